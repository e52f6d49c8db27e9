//! The short trial that tells how fast a model is: the same for every engine, so that the figures can be compared.

/// Prompt tokens that are read.
pub const TRIAL_PROMPT: usize = 128;
/// Tokens that are written.
pub const TRIAL_ANSWER: usize = 16;

/// `count` tokens of a vocabulary of so many. What they say does not matter, but experts are chosen by it: tokens that
/// are all the same would keep most of a mixture's weights in their place.
pub fn trial(vocabulary: usize, count: usize) -> impl Iterator<Item = u32> {
    // A linear congruence (Knuth's multiplier) wanders all over the vocabulary.
    let mut state = 1u64;
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        ((state >> 33) % vocabulary.max(1) as u64) as u32
    })
    .take(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_the_trial_are_many_different_ones_of_the_vocabulary() {
        let tokens: std::collections::HashSet<u32> = trial(1000, TRIAL_PROMPT).collect();
        assert!(tokens.len() > TRIAL_PROMPT / 2 && tokens.iter().all(|token| *token < 1000), "{tokens:?}");
    }
}
