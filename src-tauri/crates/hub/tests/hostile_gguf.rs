//! A model file is hostile input: whatever its header claims, it is refused in plain words, in under 200 ms and
//! 200 MB, without a panic.

#[path = "support/bounds.rs"]
mod bounds;
mod support;

use std::io::Cursor;

use inglenook_contract::{ErrorCode, ErrorInfo};
use inglenook_hub::HeaderError;
use inglenook_hub::header::gguf::GgufHeader;
use support::*;

/// Reads and measures: the outcome must come within the bounds, whatever it is.
fn measured(name: &str, bytes: &[u8], length: u64) -> Result<GgufHeader, HeaderError> {
    bounds::within(name, || GgufHeader::read_from(Cursor::new(bytes), length))
}

/// The words of a refusal, which must be plain.
fn refused(name: &str, bytes: &[u8]) -> ErrorInfo {
    let info = match measured(name, bytes, bytes.len() as u64) {
        Ok(_) => panic!("{name}: was not refused"),
        Err(error) => ErrorInfo::from(error),
    };
    assert!(
        matches!(info.code, ErrorCode::ModelDamaged | ErrorCode::ModelUnsupported),
        "{name}: the wrong code in {info:?}"
    );
    assert!(info.message.ends_with('.') && info.message.len() < 600, "{name}: not plain words: {}", info.message);
    info
}

#[test]
fn the_small_model_of_these_tests_is_whole() {
    let file = Gguf::small().build();
    let header = measured("small", &file, file.len() as u64).expect("whole");
    assert_eq!(header.parameters, 192);
    assert_eq!(header.quantisation.as_deref(), Some("Q8_0"));
    let file = Gguf { version: 2, ..Gguf::small() }.build();
    assert_eq!(measured("version 2", &file, file.len() as u64).expect("whole").version, 2);
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let file = Gguf::small().build();
    for length in 0..file.len() {
        refused(&format!("cut to {length} bytes"), &file[..length]);
    }
    let header = Gguf::small().header().len();
    let words = refused("in the header", &file[..header - 40]).message;
    assert_eq!(words, "The file ends in the middle of its header: it was probably not downloaded completely.");
    let words = refused("in the weights", &file[..file.len() - 1]).message;
    assert!(words.contains("it was probably not downloaded completely"), "{words}");
    let words = refused("empty", &[]).message;
    assert_eq!(words, "The file is empty.");
}

#[test]
fn a_real_file_cut_in_its_header_or_weights_is_refused() {
    let file = std::fs::read(pocket_q8()).expect("in the repository");
    for length in (0..97_228).step_by(997).chain([97_227, 97_228, 97_280, 200_000, file.len() - 1]) {
        refused(&format!("Pocket cut to {length}"), &file[..length]);
    }
}

#[test]
fn other_files_are_told_apart() {
    for (begin, words) in [
        (&b"<!DOCTYPE html><html>Not found</html>"[..], "web page"),
        (b"version https://git-lfs.github.com/spec/v1", "Git LFS pointer"),
        (b"lmgg12345678901234567890", "GGML format"),
        (b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "begins with zeros"),
        (b"PK\x03\x04 a zip file, of all things", "does not begin as a GGUF file"),
        (b"FUGG\0\0\0\x03", "big-endian"),
        (b"GGUF\0\0\0\x03\0\0\0\0", "big-endian"),
    ] {
        let message = refused(words, begin).message;
        assert!(message.contains(words), "{message}");
    }
    for (version, words) in [(1, "version 1 of GGUF"), (99, "version 99 of GGUF"), (0, "version 0 of GGUF"), (4, "4")] {
        let info = refused("version", &Gguf { version, ..Gguf::small() }.build());
        assert!(info.message.contains(words), "{}", info.message);
        assert_eq!(info.code, ErrorCode::ModelUnsupported, "another version is no damage");
    }
}

#[test]
fn counts_and_lengths_beyond_reason_are_refused() {
    let huge = [u64::MAX, i64::MAX as u64, 1 << 63, 1 << 40, 1 << 32, (1 << 31) - 1, 200_000_000];
    for count in huge {
        refused("entries", &Gguf { entry_count: Some(count), ..Gguf::small() }.build());
        refused("tensors", &Gguf { tensor_count: Some(count), ..Gguf::small() }.build());
        let claim = count.to_le_bytes();
        refused("a key", &Gguf::default().raw_entry(&claim, U32, &[0; 4]).build());
        refused("an unknown text", &Gguf::small().entry("x", TEXT, &claim).build());
        refused("the architecture", &Gguf::default().entry("general.architecture", TEXT, &claim).build());
        refused("the template", &Gguf::small().entry("tokenizer.chat_template", TEXT, &claim).build());
        for kind in [U8, I8, U16, U32, F32, BOOL, TEXT, LIST, U64] {
            refused(
                &format!("a list of kind {kind}"),
                &Gguf::small().entry("x", LIST, &list(kind, count, &[])).build(),
            );
        }
        refused("heads", &Gguf::default().entry("x.attention.head_count", LIST, &list(U32, count, &[])).build());
    }
}

#[test]
fn what_takes_longest_to_read_stays_within_the_bounds() {
    // As many texts as a header may hold, then one more list.
    let texts = list(TEXT, 2 << 20, &vec![0; (2 << 20) * 8]);
    let file = Gguf::default().entry("a", LIST, &texts).entry("b", LIST, &list(TEXT, 1, &text(b"x"))).build();
    refused("two million texts", &file);
    // Texts just longer than the buffer, so that each is skipped on its own.
    let long = text(&vec![b'x'; 33_000]);
    let texts = list(TEXT, 3000, &long.repeat(3000));
    refused("3000 long texts", &Gguf::default().entry("a", LIST, &texts).build());
    // Lists in lists, as many as may be.
    let inner = list(U8, 0, &[]).repeat(1 << 17);
    refused("lists in a list", &Gguf::default().entry("a", LIST, &list(LIST, 1 << 17, &inner)).build());
    // As many entries and tensors as may be, the last of them wrong.
    let mut gguf = Gguf::default();
    for at in 0..4096 {
        gguf = gguf.entry(&format!("{at:0250}"), U8, &[0]);
    }
    refused("4096 entries", &gguf.build());
    let mut gguf = Gguf::small().no_tensors();
    for at in 0..16_384 {
        gguf = gguf.tensor(&format!("{at:0200}"), &[32], 0, at * 128);
    }
    refused("16,384 tensors without weights", &gguf.build());
}

#[test]
fn lists_nested_too_deep_are_refused() {
    let mut nested = list(U8, 0, &[]);
    for _ in 0..10_000 {
        nested = list(LIST, 1, &nested);
    }
    let words = refused("nested", &Gguf::small().entry("x", LIST, &nested).build()).message;
    assert!(words.contains("nests lists deeper"), "{words}");
}

#[test]
fn entries_of_the_wrong_kind_are_refused() {
    let number = 5_u32.to_le_bytes();
    for key in
        ["general.architecture", "general.name", "tokenizer.chat_template", "tokenizer.ggml.model", "general.type"]
    {
        let words = refused(key, &Gguf::default().entry(key, U32, &number).build()).message;
        assert!(words.contains(&format!("“{key}” should be a text and is a whole number")), "{words}");
    }
    for key in ["general.alignment", "split.no", "llama.context_length", "llama.block_count"] {
        let words = refused(key, &Gguf::default().entry(key, TEXT, &text(b"5")).build()).message;
        assert!(words.contains("should be a whole number and is a text"), "{words}");
        refused(key, &Gguf::default().entry(key, F32, &5_f32.to_le_bytes()).build());
    }
    let below = (-1_i32).to_le_bytes();
    let words = refused("below zero", &Gguf::default().entry("llama.context_length", I32, &below).build()).message;
    assert!(words.contains("is -1, below zero"), "{words}");
    let large = u64::MAX.to_le_bytes();
    refused(
        "a context beyond 32 bits",
        &Gguf::default()
            .entry("general.architecture", TEXT, &text(b"q"))
            .entry("q.context_length", U64, &large)
            .tensor("t", &[32], 0, 0)
            .data(128)
            .build(),
    );
    for kind in [13, 99, u32::MAX] {
        refused("an unknown kind", &Gguf::small().entry("x", kind, &[0; 8]).build());
    }
}

#[test]
fn entries_that_cannot_be_are_refused() {
    let twice = Gguf::small().entry("general.name", TEXT, &text(b"again")).build();
    assert!(refused("twice", &twice).message.contains("has “general.name” twice"));
    let twice = Gguf::small().entry("x", U8, &[1]).entry("x", U8, &[1]).build();
    assert!(refused("twice", &twice).message.contains("has “x” twice"));
    refused("a key that is no text", &Gguf::small().raw_entry(&text(&[0xff, 0xfe]), U8, &[1]).build());
    let name = Gguf::default().entry("general.name", TEXT, &text(&[b'a', 0xc3, 0x28])).build();
    assert!(refused("a name that is no text", &name).message.contains("is not text"));
    for alignment in [0_u32, 3, 24, 33, u32::MAX, 1 << 31] {
        let file = Gguf::small().entry("general.alignment", U32, &alignment.to_le_bytes()).build();
        assert!(refused("alignment", &file).message.contains("not a possible alignment"), "{alignment}");
    }
    let nameless = Gguf::default().tensor("t", &[32], 0, 0).data(128).build();
    assert!(refused("no architecture", &nameless).message.contains("which architecture"));
    for (number, count) in [(3, 3), (9, 2)] {
        refused("a part beyond the last", &Gguf::small().split(number, count).build());
    }
}

#[test]
fn tensors_that_cannot_be_are_refused() {
    let bare = || Gguf::small().no_tensors().data(0);
    let words = refused("none", &bare().build()).message;
    assert!(words.contains("holds no weights"), "{words}");
    let cases: &[(&str, Gguf)] = &[
        ("empty", bare().tensor("t", &[32, 0], 0, 0)),
        ("five dimensions", bare().tensor("t", &[1, 1, 1, 1, 32], 0, 0)),
        ("a product beyond 64 bits", bare().tensor("t", &[1 << 32, 1 << 32], 0, 0)),
        ("a product that wraps to a small one", bare().tensor("t", &[1 << 32, 1 << 32, 32, 1], 8, 0)),
        ("a length below zero", bare().tensor("t", &[u64::MAX], 0, 0)),
        ("bytes beyond 64 bits", bare().tensor("t", &[1 << 62], 27, 0)),
        ("no whole block", bare().tensor("t", &[33], 8, 0)),
        ("an offset that wraps", bare().tensor("t", &[32], 0, u64::MAX - 31)),
        ("an offset between places", bare().tensor("t", &[32], 0, 7)),
        ("beyond the end", bare().tensor("t", &[32], 0, 1 << 20).data(4096)),
        ("far beyond the end", bare().tensor("t", &[32], 0, 1 << 62).data(4096)),
        ("longer than the file", bare().tensor("t", &[1 << 40], 0, 0).data(4096)),
        ("one over another", bare().tensor("t", &[64], 0, 0).tensor("u", &[64], 0, 32).data(4096)),
        ("one in the same place", bare().tensor("t", &[64], 0, 0).tensor("u", &[64], 0, 0).data(4096)),
        ("twice", bare().tensor("t", &[32], 0, 0).tensor("t", &[32], 0, 128).data(4096)),
        ("an unknown type", bare().tensor("t", &[32], 99, 0).data(4096)),
        ("a type taken back", bare().tensor("t", &[32], 4, 0).data(4096)),
        ("a name of a megabyte", bare().tensor(&"x".repeat(1 << 20), &[32], 0, 0).data(4096)),
    ];
    for (name, gguf) in cases {
        refused(name, &gguf.build());
    }
    let mut alone = bare().tensor("t", &[32], 0, 0).data(0).build();
    alone.extend([0; 127]);
    refused("one byte short", &alone);
    alone.push(0);
    assert!(measured("to the byte", &alone, alone.len() as u64).is_ok());
}

#[test]
fn the_length_of_the_file_decides_and_not_what_was_read() {
    let file = Gguf::small().build();
    let shorter = measured("says shorter", &file, 100);
    assert!(matches!(shorter, Err(HeaderError::Damaged(_))));
    let longer = measured("ends before its length", &file[..100], file.len() as u64);
    assert!(matches!(longer, Err(HeaderError::Damaged(_))), "a file that shrinks while it is read is cut");
}

#[test]
fn folders_and_devices_are_no_files() {
    let folder = GgufHeader::read(std::path::Path::new("/"));
    assert!(matches!(folder, Err(HeaderError::Damaged(_))));
    #[cfg(unix)]
    assert!(GgufHeader::read(std::path::Path::new("/dev/zero")).is_err(), "reading a device would never end");
    let gone = GgufHeader::read(std::path::Path::new("/nowhere/x.gguf")).expect_err("not there");
    assert_eq!(gone.code(), ErrorCode::ModelMissing);
}
