//! From logits to one token.

use rand_chacha::rand_core::RngCore;

/// As many of the likeliest are looked at first when a sum of probabilities is asked for; nearly always enough,
/// and much cheaper than sorting a vocabulary of 150,000.
const FIRST_LOOK: usize = 1024;

/// The likeliest token, the first of equals; `None` if none is possible.
pub(super) fn likeliest(logits: &[f32]) -> Option<u32> {
    let mut best: Option<(usize, f32)> = None;
    for (token, &logit) in logits.iter().enumerate() {
        if logit > best.map_or(f32::NEG_INFINITY, |(_, highest)| highest) {
            best = Some((token, logit));
        }
    }
    best.map(|(token, _)| token as u32)
}

/// The `n` likeliest tokens in order.
pub(super) fn highest(logits: &[f32], n: usize) -> Vec<u32> {
    let mut tokens: Vec<u32> = (0..logits.len() as u32).collect();
    let by_logit = |a: &u32, b: &u32| logits[*b as usize].total_cmp(&logits[*a as usize]).then(a.cmp(b));
    let n = n.min(tokens.len());
    if n == 0 {
        return Vec::new();
    }
    tokens.select_nth_unstable_by(n - 1, by_logit);
    tokens.truncate(n);
    tokens.sort_unstable_by(by_logit);
    tokens
}

/// What may be drawn, with weights: after temperature, then top-k, then top-p, then min-p.
pub(super) fn candidates(
    logits: &[f32],
    temperature: f64,
    top_k: Option<usize>,
    top_p: Option<f64>,
    min_p: Option<f64>,
) -> Vec<(u32, f64)> {
    let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let weight = |token: u32| (f64::from(logits[token as usize] - top) / temperature).exp();
    let possible = |token: &u32| logits[*token as usize] > f32::NEG_INFINITY;
    let kept: Vec<u32> = match top_k {
        Some(k) => highest(logits, k),
        None => match top_p {
            Some(_) => highest(logits, FIRST_LOOK),
            None => (0..logits.len() as u32).collect(),
        },
    };
    let mut kept: Vec<(u32, f64)> = kept.into_iter().filter(possible).map(|t| (t, weight(t))).collect();
    if let Some(share) = top_p {
        let total = match top_k {
            Some(_) => kept.iter().map(|(_, w)| w).sum(),
            None => (0..logits.len() as u32).map(weight).sum::<f64>(),
        };
        if top_k.is_none() && kept.iter().map(|(_, w)| w).sum::<f64>() < share * total {
            kept = highest(logits, logits.len()).into_iter().filter(possible).map(|t| (t, weight(t))).collect();
        }
        let mut sum = 0.0;
        // The token that crosses the share is part of the nucleus, so that there is always one.
        let crossing = kept.iter().position(|(_, weight)| {
            sum += weight;
            sum >= share * total
        });
        kept.truncate(crossing.map_or(kept.len(), |at| at + 1));
    }
    if let Some(least) = min_p {
        // The likeliest has weight 1.
        kept.retain(|(_, w)| *w >= least);
    }
    kept
}

/// The candidate at `at` (0 to 1) of the way through the weights.
pub(super) fn one_of(candidates: &[(u32, f64)], at: f64) -> Option<u32> {
    let total: f64 = candidates.iter().map(|(_, w)| w).sum();
    let mut left = at * total;
    for (token, weight) in candidates {
        left -= weight;
        if left < 0.0 {
            return Some(*token);
        }
    }
    candidates.last().map(|(token, _)| *token)
}

/// A number in [0, 1), each of its 53 bits random.
pub(super) fn uniform(random: &mut impl RngCore) -> f64 {
    (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(candidates: &[(u32, f64)]) -> Vec<u32> {
        candidates.iter().map(|(t, _)| *t).collect()
    }

    #[test]
    fn top_k_keeps_the_likeliest() {
        assert_eq!(tokens(&candidates(&[1.0, 4.0, 3.0, 2.0], 1.0, Some(2), None, None)), [1, 2]);
    }

    #[test]
    fn top_p_keeps_the_smallest_set_that_reaches_the_share() {
        let logits: Vec<f32> = [0.5f32, 0.3, 0.2].iter().map(|p| p.ln()).collect();
        assert_eq!(tokens(&candidates(&logits, 1.0, None, Some(0.5), None)), [0]);
        assert_eq!(tokens(&candidates(&logits, 1.0, None, Some(0.6), None)), [0, 1]);
        assert_eq!(tokens(&candidates(&logits, 1.0, None, Some(0.0), None)), [0], "never nothing");
    }

    #[test]
    fn top_p_is_right_where_the_first_look_is_too_short() {
        let flat = vec![0.0f32; 5000];
        assert_eq!(candidates(&flat, 1.0, None, Some(0.5), None).len(), 2500);
    }

    #[test]
    fn min_p_measures_against_the_likeliest() {
        let logits: Vec<f32> = [0.5f32, 0.3, 0.2].iter().map(|p| p.ln()).collect();
        assert_eq!(tokens(&candidates(&logits, 1.0, None, None, Some(0.5))), [0, 1]);
    }

    #[test]
    fn draws_in_proportion() {
        let two = [(3, 1.0), (5, 3.0)];
        assert_eq!((one_of(&two, 0.2), one_of(&two, 0.26), one_of(&two, 0.999_999)), (Some(3), Some(5), Some(5)));
        assert_eq!(one_of(&[], 0.5), None);
    }
}
