//! Models that make vectors of texts in the place of texts: what a GGUF header says of that, to whoever reads it.

/// The first kind of `llama_pooling_type` in `llama.h` that makes one vector of a text, and the last; the next makes a
/// rank.
const POOLING: std::ops::RangeInclusive<u64> = 1..=3;

/// The entry below the architecture's name that says whether a word looks only at those before it.
pub const CAUSAL_KEY: &str = "attention.causal";
/// The entry below the architecture's name that says how the vectors of a text's tokens become one.
pub const POOLING_KEY: &str = "pooling_type";

/// Whether a model makes vectors and no text, by what stands at these keys.
#[must_use]
pub fn are_made(causal: Option<u64>, pooling: Option<u64>) -> bool {
    causal == Some(0) || pooling.is_some_and(|kind| POOLING.contains(&kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoder_makes_vectors_and_so_does_what_pools_them() {
        assert!(are_made(Some(0), None), "every word looks at every other");
        assert!(are_made(None, Some(1)) && are_made(Some(1), Some(3)));
        assert!(!are_made(None, None) && !are_made(Some(1), Some(0)), "a chat model");
        assert!(!are_made(None, Some(4)), "a rank is no vector");
    }
}
