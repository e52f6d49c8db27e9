//! Drawing tokens.
//!
//! mistral.rs has one random generator for all requests, so a seed cannot be given to one of them. The worker
//! therefore draws every token itself, from the raw logits, with a generator of its own for each request.

mod closed;
mod draw;
pub(crate) mod grammar;
mod penalties;

use std::collections::HashSet;

use inglenook_engine::protocol::Sampling;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::error::WorkerError;
use penalties::Penalties;

/// How the tokens of one request are drawn.
pub(crate) struct Sampler {
    temperature: f64,
    top_k: Option<usize>,
    top_p: Option<f64>,
    min_p: Option<f64>,
    penalties: Penalties,
    bias: Vec<(u32, f32)>,
    never: u32,
    random: ChaCha8Rng,
}

impl Sampler {
    /// A sampler for these knobs. `prompt` counts for the repetition penalty, apart from the tokens `ends`, which
    /// end answers; the token `never` is not drawn. Fails on values out of range.
    pub(crate) fn new(
        sampling: &Sampling,
        prompt: &[u32],
        ends: &HashSet<u32>,
        never: u32,
    ) -> Result<Self, WorkerError> {
        let temperature = in_range("temperature", sampling.temperature, 0.0, 100.0)?.unwrap_or(1.0);
        let seed = sampling.seed.unwrap_or_else(|| uuid::Uuid::new_v4().as_u64_pair().0);
        Ok(Self {
            temperature,
            top_k: sampling.top_k.filter(|k| *k > 0).map(|k| k as usize),
            top_p: in_range("top_p", sampling.top_p, 0.0, 1.0)?.filter(|p| *p < 1.0),
            min_p: in_range("min_p", sampling.min_p, 0.0, 1.0)?.filter(|p| *p > 0.0),
            penalties: Penalties::new(sampling, prompt, ends)?,
            bias: bias(&sampling.logit_bias)?,
            never,
            random: ChaCha8Rng::seed_from_u64(seed),
        })
    }

    /// Draws the next token. `allowed`, where there is a grammar, says which may be drawn. `None` if none may.
    pub(crate) fn draw(&mut self, logits: &[f32], allowed: Option<&dyn Fn(u32) -> bool>) -> Option<u32> {
        let mut logits = logits.to_vec();
        for (token, bias) in &self.bias {
            if let Some(logit) = logits.get_mut(*token as usize) {
                *logit += bias;
            }
        }
        self.penalties.apply(&mut logits);
        if let Some(logit) = logits.get_mut(self.never as usize) {
            *logit = f32::NEG_INFINITY;
        }
        if let Some(allowed) = allowed {
            for (token, logit) in logits.iter_mut().enumerate() {
                if !allowed(token as u32) {
                    *logit = f32::NEG_INFINITY;
                }
            }
        }
        let token = if self.temperature < 1e-5 {
            draw::likeliest(&logits)?
        } else {
            let candidates = draw::candidates(&logits, self.temperature, self.top_k, self.top_p, self.min_p);
            draw::one_of(&candidates, draw::uniform(&mut self.random))?
        };
        Some(token)
    }

    /// Counts a token that has become part of the answer.
    pub(crate) fn accept(&mut self, token: u32) {
        self.penalties.accept(token);
    }
}

fn in_range(name: &str, value: Option<f64>, low: f64, high: f64) -> Result<Option<f64>, WorkerError> {
    match value {
        Some(v) if !(low..=high).contains(&v) => {
            Err(WorkerError::invalid(format!("{name} must lie between {low} and {high}; it is {v}.")))
        }
        value => Ok(value),
    }
}

/// Biases lie between −100 and 100.
fn bias(bias: &[(u32, f32)]) -> Result<Vec<(u32, f32)>, WorkerError> {
    match bias.iter().find(|(_, bias)| !(-100.0..=100.0).contains(bias)) {
        Some((_, bias)) => {
            Err(WorkerError::invalid(format!("logit_bias must lie between -100 and 100; it is {bias}.")))
        }
        None => Ok(bias.to_vec()),
    }
}

/// The logarithms of the probabilities of `token` and of the `top` likeliest, as the model gives them: before
/// penalties, temperature and grammar.
pub(crate) fn logprobs(logits: &[f32], token: u32, top: usize) -> (f32, Vec<(u32, f32)>) {
    let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = logits.iter().map(|l| f64::from(l - highest).exp()).sum();
    let norm = f64::from(highest) + sum.ln();
    let of = |logit: f32| ((f64::from(logit) - norm) as f32).min(0.0);
    let best = draw::highest(logits, top).into_iter().map(|t| (t, of(logits[t as usize]))).collect();
    (logits.get(token as usize).map_or(f32::NEG_INFINITY, |l| of(*l)), best)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(sampling: &Sampling) -> Result<Sampler, WorkerError> {
        Sampler::new(sampling, &[], &HashSet::new(), u32::MAX)
    }

    fn sampler(sampling: Sampling) -> Sampler {
        new(&sampling).unwrap()
    }

    fn drawn(seed: u64, n: usize) -> Vec<u32> {
        let mut sampler = sampler(Sampling { seed: Some(seed), ..Sampling::default() });
        (0..n).map(|_| sampler.draw(&[1.0, 2.0, 1.5, 0.5], None).unwrap()).collect()
    }

    #[test]
    fn the_same_seed_draws_the_same_and_another_one_does_not() {
        assert_eq!(drawn(7, 64), drawn(7, 64));
        assert_ne!(drawn(7, 64), drawn(8, 64));
    }

    #[test]
    fn temperature_zero_takes_the_likeliest_and_the_first_of_equals() {
        let mut sampler = sampler(Sampling { temperature: Some(0.0), ..Sampling::default() });
        assert_eq!(sampler.draw(&[0.0, 3.0, 3.0], None), Some(1));
    }

    #[test]
    fn a_grammar_leaves_only_what_it_allows() {
        let mut sampler = sampler(Sampling::default());
        assert_eq!(sampler.draw(&[9.0, 1.0, 9.0], Some(&|t| t == 1)), Some(1));
        assert_eq!(sampler.draw(&[9.0, 1.0, 9.0], Some(&|_| false)), None);
    }

    #[test]
    fn a_bias_forbids_a_token_or_demands_it() {
        let likeliest = |logit_bias: &[(u32, f32)]| {
            let sampling = Sampling { temperature: Some(0.0), logit_bias: logit_bias.to_vec(), ..Sampling::default() };
            sampler(sampling).draw(&[1.0, 3.0, 2.0], None)
        };
        assert_eq!(likeliest(&[(1, -100.0)]), Some(2));
        assert_eq!(likeliest(&[(0, 100.0)]), Some(0));
        assert_eq!(likeliest(&[(9, 100.0)]), Some(1), "a token that the model does not have");
    }

    #[test]
    fn values_out_of_range_are_refused_by_name() {
        assert!(new(&Sampling { logit_bias: vec![(1, 101.0)], ..Sampling::default() }).is_err());
        let error = new(&Sampling { top_p: Some(1.5), ..Sampling::default() }).err().unwrap();
        assert!(error.to_string().contains("top_p"), "{error}");
        assert!(new(&Sampling { temperature: Some(f64::NAN), ..Sampling::default() }).is_err());
    }

    #[test]
    fn log_probabilities_sum_to_one_and_come_in_order() {
        let (own, top) = logprobs(&[1.0, 3.0, 2.0], 2, 3);
        let total: f32 = top.iter().map(|(_, l)| l.exp()).sum();
        assert!((total - 1.0).abs() < 1e-5);
        assert_eq!(top.iter().map(|(t, _)| *t).collect::<Vec<_>>(), [1, 2, 0]);
        assert_eq!(own, top[1].1);
    }
}
