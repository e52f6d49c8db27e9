//! Headers good and bad, written by hand.

use super::*;
use std::io::Write;

const POCKET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../resources/models/pocket/Pocket-Q8_0.gguf");

fn read(bytes: &[u8]) -> Result<Header, WorkerError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    Header::read(file.path())
}

#[test]
fn reads_the_starter_model() {
    let header = Header::read(Path::new(POCKET)).unwrap();
    assert_eq!(header.text("general.architecture"), Some("qwen3"));
    assert!(header.list("tokenizer.ggml.tokens").unwrap().len() > 3000);
    assert!(header.tensors.iter().any(|t| t.name == "token_embd.weight"));
}

#[test]
fn a_file_cut_anywhere_is_called_damaged() {
    let whole = std::fs::read(POCKET).unwrap();
    for length in [0, 3, 4, 8, 20, 40, 1000, 100_000, whole.len() - 1] {
        let error = read(&whole[..length]).unwrap_err();
        assert!(matches!(error, WorkerError::ModelDamaged { .. }), "cut at {length}: {error:?}");
    }
}

#[test]
fn lengths_that_cannot_be_are_not_believed() {
    let mut bytes = b"GGUF\x03\0\0\0".to_vec();
    bytes.extend(0u64.to_le_bytes());
    bytes.extend(1u64.to_le_bytes());
    bytes.extend(u64::MAX.to_le_bytes());
    assert!(matches!(read(&bytes), Err(WorkerError::ModelDamaged { .. })));
}

#[test]
fn lists_within_lists_have_an_end() {
    let mut bytes = b"GGUF\x03\0\0\0".to_vec();
    bytes.extend(0u64.to_le_bytes());
    bytes.extend(1u64.to_le_bytes());
    bytes.extend(1u64.to_le_bytes());
    bytes.push(b'k');
    bytes.extend(9u32.to_le_bytes());
    for _ in 0..1000 {
        bytes.extend(9u32.to_le_bytes());
        bytes.extend(1u64.to_le_bytes());
    }
    assert!(matches!(read(&bytes), Err(WorkerError::ModelDamaged { .. })));
}

#[test]
fn lists_longer_than_any_vocabulary_are_refused() {
    let mut bytes = b"GGUF\x03\0\0\0".to_vec();
    bytes.extend(0u64.to_le_bytes());
    bytes.extend(2u64.to_le_bytes());
    for key in [b'a', b'b'] {
        let half = MOST_ELEMENTS as u64 / 2 + 1;
        bytes.extend(1u64.to_le_bytes());
        bytes.push(key);
        bytes.extend(9u32.to_le_bytes());
        bytes.extend(0u32.to_le_bytes());
        bytes.extend(half.to_le_bytes());
        bytes.resize(bytes.len() + half as usize, 0);
    }
    let error = read(&bytes).unwrap_err();
    assert!(error.to_string().contains("lists are longer"), "{error}");
}

#[test]
fn a_version_that_nobody_knows_yet_is_unsupported_not_damaged() {
    let error = read(b"GGUF\x04\0\0\0").unwrap_err();
    assert!(matches!(error, WorkerError::ModelUnsupported { .. }), "{error:?}");
}

#[test]
fn what_cannot_be_read_is_not_called_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let error = Header::read(folder.path()).unwrap_err();
    assert!(matches!(error, WorkerError::ModelUnreadable { .. }), "{error:?}");
}

#[test]
fn a_quantisation_that_nobody_knows_is_unsupported_not_damaged() {
    let mut bytes = b"GGUF\x03\0\0\0".to_vec();
    bytes.extend(1u64.to_le_bytes());
    bytes.extend(0u64.to_le_bytes());
    bytes.extend(1u64.to_le_bytes());
    bytes.push(b't');
    bytes.extend(1u32.to_le_bytes());
    bytes.extend(256u64.to_le_bytes());
    bytes.extend(4u32.to_le_bytes());
    bytes.extend(0u64.to_le_bytes());
    bytes.resize(4096, 0);
    assert!(matches!(read(&bytes), Err(WorkerError::ModelUnsupported { .. })));
}

#[test]
fn what_is_not_there_is_missing() {
    assert!(matches!(Header::read(Path::new("/nowhere/at.all")), Err(WorkerError::ModelMissing { .. })));
}
