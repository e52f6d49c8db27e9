//! Any bytes as a GGUF file.
#![no_main]

use std::io::Cursor;

use inglenook_fuzz::{ask, refusal};
use inglenook_hub::HeaderError;
use inglenook_hub::engines::Candidate;
use inglenook_hub::fit::Sizes;
use inglenook_hub::header::gguf::GgufHeader;
use libfuzzer_sys::fuzz_target;

fn read(bytes: &[u8], length: u64) -> Result<GgufHeader, HeaderError> {
    let read = GgufHeader::read_from(Cursor::new(bytes), length);
    match &read {
        Ok(header) => {
            assert!(header.parameters > 0 || header.split.is_some(), "no model without weights");
            assert!(header.header_bytes <= header.file_bytes);
            let weights = header.weights.iter().map(|sum| sum.bytes).try_fold(0, u64::checked_add);
            let room = header.file_bytes - header.header_bytes;
            assert!(weights.is_some_and(|bytes| bytes <= room), "{weights:?} bytes of weights in {room}");
        }
        Err(error) => refusal(error),
    }
    read
}

/// The header with the length that a file with its weights would have.
fn as_long_as_described(header: &GgufHeader) -> GgufHeader {
    let weights = header.weights.iter().map(|sum| sum.bytes).sum::<u64>();
    GgufHeader { file_bytes: header.header_bytes.saturating_add(weights), ..header.clone() }
}

fuzz_target!(|bytes: &[u8]| {
    // Inputs are headers alone: in a file of any length there is room for whatever they describe.
    let whole = read(bytes, u64::MAX);
    let cut = read(bytes, bytes.len() as u64);
    assert!(whole.is_ok() || cut.is_err(), "a longer file is none the worse");
    let Ok(whole) = whole else { return };
    for header in [&as_long_as_described(&whole), &whole] {
        ask(&Sizes::from(header), &header.shape, header.template.as_deref(), Candidate::Gguf(header));
    }
    if let Some(sizes) = Sizes::of_parts([&whole, &whole, &whole]) {
        assert!(sizes.weights_bytes() >= Sizes::from(&whole).weights_bytes());
    }
});
