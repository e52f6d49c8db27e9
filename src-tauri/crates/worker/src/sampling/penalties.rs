//! Penalties for tokens that stand in the text already.

use std::collections::{HashMap, HashSet};

use inglenook_engine::protocol::Sampling;

use super::in_range;
use crate::error::WorkerError;

/// Repetition, presence and frequency penalty, and what they count.
pub(super) struct Penalties {
    repeat: f32,
    presence: f32,
    frequency: f32,
    /// Tokens of the prompt and the answer, those that end answers left out: the prompt holds one for each message,
    /// and made less likely they would let the model run on. Empty while nothing is penalised for repetition.
    seen: HashSet<u32>,
    /// Tokens of the answer and how often.
    written: HashMap<u32, u32>,
}

impl Penalties {
    /// The penalties of a request whose prompt is given; `ends` are the tokens that end an answer.
    pub(super) fn new(sampling: &Sampling, prompt: &[u32], ends: &HashSet<u32>) -> Result<Self, WorkerError> {
        let repeat = in_range("repeat_penalty", sampling.repeat_penalty, 0.01, 100.0)?.unwrap_or(1.0) as f32;
        let counted = prompt.iter().copied().filter(|token| !ends.contains(token));
        let seen = if repeat == 1.0 { HashSet::new() } else { counted.collect() };
        Ok(Self {
            repeat,
            presence: in_range("presence_penalty", sampling.presence_penalty, -2.0, 2.0)?.unwrap_or(0.0) as f32,
            frequency: in_range("frequency_penalty", sampling.frequency_penalty, -2.0, 2.0)?.unwrap_or(0.0) as f32,
            seen,
            written: HashMap::new(),
        })
    }

    /// Counts a token of the answer.
    pub(super) fn accept(&mut self, token: u32) {
        if self.repeat != 1.0 {
            self.seen.insert(token);
        }
        *self.written.entry(token).or_insert(0) += 1;
    }

    /// Lowers the logits of what stands in the text.
    pub(super) fn apply(&self, logits: &mut [f32]) {
        if self.repeat != 1.0 {
            for token in &self.seen {
                if let Some(logit) = logits.get_mut(*token as usize) {
                    *logit = if *logit > 0.0 { *logit / self.repeat } else { *logit * self.repeat };
                }
            }
        }
        if self.presence != 0.0 || self.frequency != 0.0 {
            for (token, times) in &self.written {
                if let Some(logit) = logits.get_mut(*token as usize) {
                    *logit -= self.presence + self.frequency * *times as f32;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repetition_counts_the_prompt_and_the_others_only_the_answer() {
        let sampling = Sampling {
            repeat_penalty: Some(2.0),
            presence_penalty: Some(0.5),
            frequency_penalty: Some(0.25),
            ..Sampling::default()
        };
        let mut penalties = Penalties::new(&sampling, &[0, 3], &HashSet::from([3])).unwrap();
        penalties.accept(1);
        penalties.accept(1);
        let mut logits = [4.0, -4.0, 4.0, 4.0];
        penalties.apply(&mut logits);
        assert_eq!(logits, [2.0, -9.0, 4.0, 4.0], "token 1: −4 · 2 − 0.5 − 2 · 0.25; token 3 ends answers");
    }
}
