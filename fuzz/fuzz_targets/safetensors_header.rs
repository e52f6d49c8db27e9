//! Any files as a folder with safetensors.
#![no_main]

use inglenook_fuzz::{Folder, ask, refusal};
use inglenook_hub::engines::Candidate;
use inglenook_hub::fit::Sizes;
use inglenook_hub::header::safetensors::SafetensorsHeader;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let header = match SafetensorsHeader::read_from(&Folder::of(input).0) {
        Ok(header) => header,
        Err(error) => return refusal(&error),
    };
    assert!(!header.files.is_empty() && header.layers.blocks.len() <= 512);
    let weights = header.weights.iter().map(|sum| sum.bytes).fold(0, u64::saturating_add);
    assert!(weights <= header.size_bytes, "{weights} bytes of weights in {}", header.size_bytes);
    ask(&Sizes::from(&header), &header.shape, header.template.as_deref(), Candidate::Safetensors(&header));
});
