//! How weights are spread over types in a file of which only the length, and perhaps the name, is known.

use inglenook_engine::tensor_types::TensorType;

use super::scaled;
use crate::header::{Group, WeightSum};

/// What llama.cpp's quantiser makes of most matrices, by the beginning of the quantisation's name, with the share of the
/// bytes that stays in that type, in hundredths: the rest gets more bits (`llama_tensor_get_type` in `llama-quant.cpp`).
/// The longest beginnings stand first.
const MAIN: &[(&str, &str, u64)] = &[
    ("Q4_K_S", "Q4_K", 95),
    ("Q4_K", "Q4_K", 82),
    ("Q4_0", "Q4_0", 100),
    ("Q4_1", "Q4_1", 100),
    ("IQ4_NL", "IQ4_NL", 97),
    ("IQ4_XS", "IQ4_XS", 97),
    ("MXFP4", "MXFP4", 97),
    ("Q2_K", "Q2_K", 70),
    ("IQ2", "IQ2_XS", 100),
    ("IQ1", "IQ1_S", 100),
    ("IQ3", "IQ3_S", 100),
    ("Q3_K", "Q3_K", 100),
    ("Q5_K", "Q5_K", 82),
    ("Q5", "Q5_0", 100),
    ("Q6_K", "Q6_K", 100),
    ("Q8", "Q8_0", 100),
    ("BF16", "BF16", 100),
    ("F16", "F16", 100),
    ("F32", "F32", 100),
];

/// What most types below have their remainder and their last layer in.
const MORE_BITS: &str = "Q6_K";

/// The sums of a model of `bytes` bytes that has the same tensors as `known`.
pub(super) fn spread(known: &[WeightSum], tied: bool, bytes: u64, name: Option<&str>) -> Vec<WeightSum> {
    let elements = known.iter().map(|sum| sum.elements).fold(0, u64::saturating_add);
    let (main, share) = named(name).unwrap_or_else(|| (by_bits(bytes, elements), 100));
    let Some(main) = kind(main) else { return Vec::new() };
    let last = kind(MORE_BITS).filter(|more| bits_less(main, *more)).unwrap_or(main);
    let of_group = |group: Group| known.iter().filter(move |sum| sum.group == group);
    let count = |group: Group| of_group(group).map(|sum| sum.elements).fold(0, u64::saturating_add);
    let mut sums = Vec::new();
    let mut rest = bytes;
    for (group, stored) in [(Group::Embeddings, if tied { last } else { main }), (Group::Output, last)] {
        let elements = count(group);
        let wanted = scaled(elements, stored.bytes, stored.block).min(rest);
        if elements > 0 {
            rest = rest.saturating_sub(wanted);
            sums.push(sum(group, stored, elements, wanted));
        }
    }
    let (blocks, experts) = (count(Group::Blocks), count(Group::Experts));
    let all = blocks.saturating_add(experts);
    for (group, elements) in [(Group::Blocks, blocks), (Group::Experts, experts)] {
        let part = if all == 0 { 0 } else { scaled(rest, elements, all) };
        let in_main = scaled(part, share, 100);
        if elements > 0 {
            sums.push(sum(group, main, scaled(elements, share, 100), in_main));
            let more = elements.saturating_sub(scaled(elements, share, 100));
            WeightSum::add(&mut sums, sum(group, last, more, part.saturating_sub(in_main)));
        }
    }
    sums
}

fn sum(group: Group, kind: TensorType, elements: u64, bytes: u64) -> WeightSum {
    WeightSum { group, kind: Some(kind), elements, bytes, in_eights_bytes: bytes }
}

fn named(name: Option<&str>) -> Option<(&'static str, u64)> {
    // `UD-Q4_K_XL` is a mixture around Q4_K.
    let name = name?.to_uppercase();
    let name = name.strip_prefix("UD-").unwrap_or(&name);
    MAIN.iter().find(|(beginning, ..)| name.starts_with(beginning)).map(|(_, main, share)| (*main, *share))
}

/// A type of so many bits a weight, one that kernels keep twice where there are several.
fn by_bits(bytes: u64, elements: u64) -> &'static str {
    let hundredths = scaled(bytes.saturating_mul(8), 100, elements.max(1));
    match hundredths {
        0..240 => "IQ2_XS",
        240..340 => "Q2_K",
        340..410 => "Q3_K",
        410..535 => "Q4_K",
        535..620 => "Q5_K",
        620..760 => "Q6_K",
        760..1000 => "Q8_0",
        1000..2000 => "F16",
        _ => "F32",
    }
}

fn kind(name: &str) -> Option<TensorType> {
    (0..64).filter_map(TensorType::of).find(|kind| kind.name == name)
}

/// Whether `one` takes fewer bits a number than `other`.
fn bits_less(one: TensorType, other: TensorType) -> bool {
    one.bytes.saturating_mul(other.block) < other.bytes.saturating_mul(one.block)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_in_the_table_is_one_that_files_have() {
        for (_, main, _) in MAIN {
            assert!(kind(main).is_some(), "{main}");
        }
        assert!(kind(MORE_BITS).is_some());
    }

    #[test]
    fn the_bytes_are_those_of_the_file() {
        let f16 = kind("F16").expect("in the table");
        let known = [sum(Group::Embeddings, f16, 1_000_000, 2_000_000), sum(Group::Blocks, f16, 9_000_000, 18_000_000)];
        for name in [None, Some("Q4_K_M"), Some("UD-Q4_K_XL"), Some("Q8_0"), Some("of next year")] {
            let sums = spread(&known, true, 6_000_000, name);
            assert_eq!(sums.iter().map(|sum| sum.bytes).sum::<u64>(), 6_000_000, "{name:?}");
            assert_eq!(sums.iter().map(|sum| sum.elements).sum::<u64>(), 10_000_000, "{name:?}");
        }
        assert_eq!(spread(&known, true, 0, None).iter().map(|sum| sum.bytes).sum::<u64>(), 0);
        assert!(spread(&[], true, 100, Some("Q8_0")).is_empty(), "no tensors, no weights");
    }
}
