//! Random bytes, and a real header with random changes: read or refused, never a panic.

mod support;

use std::io::Cursor;
use std::sync::LazyLock;

use inglenook_hub::TemplateAbilities;
use inglenook_hub::header::gguf::GgufHeader;
use proptest::prelude::*;

/// The beginning of Pocket: its whole header and some weights. The length is given as the whole file's.
static POCKET: LazyLock<(Vec<u8>, u64)> = LazyLock::new(|| {
    let file = std::fs::read(support::pocket_q8()).expect("in the repository");
    (file[..200_000].to_vec(), file.len() as u64)
});

fn read(bytes: &[u8], length: u64) {
    if let Ok(header) = GgufHeader::read_from(Cursor::new(bytes), length) {
        assert!(header.parameters > 0 || header.split.is_some(), "no model without weights");
        let _ = header.template.as_deref().map(TemplateAbilities::of);
        let _ = header.shape.kv_bytes_per_token(4);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_do_no_harm(mut bytes in proptest::collection::vec(any::<u8>(), 0..4096), as_gguf in any::<bool>()) {
        if as_gguf && bytes.len() > 24 {
            bytes[..8].copy_from_slice(b"GGUF\x03\0\0\0");
            // Small counts, so that what follows is reached.
            bytes[9..16].fill(0);
            bytes[17..24].fill(0);
        }
        read(&bytes, bytes.len() as u64);
    }

    #[test]
    fn changed_bytes_of_a_real_header_do_no_harm(
        changes in proptest::collection::vec((prop_oneof![0..1200_usize, 90_000..97_300_usize, 0..97_300_usize], any::<u8>()), 1..8),
    ) {
        let (mut bytes, length) = POCKET.clone();
        for (at, value) in changes {
            bytes[at] = value;
        }
        read(&bytes, length);
    }

    #[test]
    fn changed_numbers_of_a_real_header_do_no_harm(
        at in prop_oneof![4..1200_usize, 92_000..97_200_usize],
        value in prop_oneof![Just(u64::MAX), Just(1 << 63), Just(i64::MAX as u64), Just(0), Just(1 << 32), any::<u64>()],
    ) {
        let (mut bytes, length) = POCKET.clone();
        bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
        read(&bytes, length);
    }

    #[test]
    fn pieces_left_out_or_doubled_do_no_harm(from in 0..97_000_usize, count in 1..400_usize, double in any::<bool>()) {
        let (mut bytes, length) = POCKET.clone();
        if double {
            let piece = bytes[from..from + count].to_vec();
            bytes.splice(from..from, piece);
        } else {
            bytes.drain(from..from + count);
        }
        read(&bytes, length);
    }
}
