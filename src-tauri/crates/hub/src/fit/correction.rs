//! Learning from what was measured: pairs of what was said and what came, for one architecture, quantisation and
//! engine.
//!
//! What the header says exactly (the cache, states) is left as it is; everything else is multiplied by what the pairs
//! had in common. One pair lowers nothing: what "fits" by a lucky measurement would fail later.

use super::{Need, NeedParts};

/// Thousandths, so that corrections are whole numbers.
const ONE: u64 = 1000;
/// No correction goes below this share of what was said.
const LEAST: u64 = 700;
/// None goes above this.
const MOST: u64 = 2000;
/// Pairs that it takes to say less than the estimate.
const PAIRS_TO_LOWER: usize = 2;
/// Pairs that are looked at, the newest.
const MAX_PAIRS: usize = 64;

/// What was said and what came, bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// [`Need::after_load_bytes`], uncorrected.
    pub predicted_bytes: u64,
    /// How much of it the header says exactly.
    pub exact_bytes: u64,
    /// What the process held when it was loaded.
    pub measured_bytes: u64,
}

impl Pair {
    /// A pair to keep, after a model was loaded.
    #[must_use]
    pub fn of(need: &Need, measured_bytes: u64) -> Self {
        let held = need.after_load_bytes.saturating_add(need.parts.compute);
        // Where the cache grows later it is no part of this.
        let exact = if held < need.resident_bytes { 0 } else { need.parts.exact() };
        Self { predicted_bytes: need.after_load_bytes, exact_bytes: exact, measured_bytes }
    }

    /// By how much the inexact part was off, thousandths; `None` of a pair that says nothing.
    fn ratio(&self) -> Option<u64> {
        let said = self.predicted_bytes.checked_sub(self.exact_bytes).filter(|said| *said > 0)?;
        let came = self.measured_bytes.checked_sub(self.exact_bytes).filter(|came| *came > 0)?;
        Some(super::scaled(came, ONE, said).clamp(LEAST, MOST))
    }
}

/// How the estimate is put right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Correction {
    thousandths: u64,
    pairs: usize,
}

impl Default for Correction {
    fn default() -> Self {
        Self { thousandths: ONE, pairs: 0 }
    }
}

impl Correction {
    /// What pairs of the same architecture, quantisation and engine have in common, the newest last: the median.
    #[must_use]
    pub fn learn(pairs: &[Pair]) -> Self {
        let newest = pairs.iter().rev().take(MAX_PAIRS);
        let mut ratios: Vec<u64> = newest.filter_map(Pair::ratio).collect();
        ratios.sort_unstable();
        // The upper one of two.
        let Some(median) = ratios.get(ratios.len() / 2).copied() else { return Self::default() };
        let floor = if ratios.len() < PAIRS_TO_LOWER { ONE } else { LEAST };
        Self { thousandths: median.max(floor), pairs: ratios.len() }
    }

    /// How many pairs it was learnt from.
    #[must_use]
    pub fn pairs(&self) -> usize {
        self.pairs
    }

    /// The estimate, put right.
    #[must_use]
    pub fn apply(&self, need: &Need) -> Need {
        let by = |bytes: u64| super::scaled(bytes, self.thousandths, ONE);
        let said = need.parts;
        let parts =
            NeedParts { weights: by(said.weights), repacked: by(said.repacked), overhead: by(said.overhead), ..said };
        let (total, before) = (u128::from(parts.total()), u128::from(said.total()));
        // In wide numbers: a sum that ends at 64 bits would lose more than was added, and what can never fit would.
        let changed = |bytes: u64| {
            let changed = u128::from(bytes).saturating_add(total).saturating_sub(before);
            u64::try_from(changed).unwrap_or(u64::MAX)
        };
        Need {
            resident_bytes: changed(need.resident_bytes),
            after_load_bytes: changed(need.after_load_bytes),
            // On the way there the weights come in whole in any case.
            loading_peak_bytes: changed(need.loading_peak_bytes).max(said.weights),
            per_1k_context_bytes: need.per_1k_context_bytes,
            parts,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn need() -> Need {
        let parts = NeedParts { weights: 900, kv: 500, compute: 50, overhead: 100, ..NeedParts::default() };
        Need { resident_bytes: 1550, after_load_bytes: 1500, loading_peak_bytes: 1550, per_1k_context_bytes: 7, parts }
    }

    #[test]
    fn nothing_learnt_changes_nothing() {
        assert_eq!(Correction::learn(&[]).apply(&need()), need());
        let silent = Pair { predicted_bytes: 5, exact_bytes: 5, measured_bytes: 9 };
        assert_eq!(Correction::learn(&[silent]), Correction::default(), "a pair without an inexact part says nothing");
    }

    #[test]
    fn the_cache_is_exact_and_stays() {
        let pair = Pair::of(&need(), 1600);
        assert_eq!(pair.exact_bytes, 500);
        let corrected = Correction::learn(&[pair]).apply(&need());
        assert_eq!(corrected.parts.kv, 500);
        assert_eq!((corrected.parts.weights, corrected.parts.overhead), (990, 110));
        assert_eq!(corrected.after_load_bytes, 1600, "the measured value comes out");
        assert_eq!(corrected.resident_bytes, 1650);
    }

    #[test]
    fn one_lucky_measurement_lowers_nothing() {
        let low = Pair::of(&need(), 1400);
        assert_eq!(Correction::learn(&[low]).apply(&need()), need());
        assert_eq!(Correction::learn(&[low, low]).apply(&need()).after_load_bytes, 1400);
    }

    #[test]
    fn what_can_never_fit_stays_so() {
        let parts = NeedParts { weights: 900, recurrent: u64::MAX, ..NeedParts::default() };
        let (resident_bytes, loading_peak_bytes) = (parts.total(), u64::MAX);
        let absurd = Need { resident_bytes, loading_peak_bytes, parts, ..Need::default() };
        assert_eq!(Correction::default().apply(&absurd), absurd, "nothing learnt changes nothing, however much it is");
        let more = Correction::learn(&[Pair { predicted_bytes: 100, exact_bytes: 0, measured_bytes: 150 }]);
        assert_eq!(more.apply(&absurd).resident_bytes, u64::MAX);
    }

    #[test]
    fn absurd_measurements_are_bounded() {
        let absurd = [Pair::of(&need(), u64::MAX), Pair::of(&need(), u64::MAX)];
        assert_eq!(Correction::learn(&absurd).apply(&need()).parts.weights, 1800);
        let none = [Pair::of(&need(), 501), Pair::of(&need(), 501)];
        assert_eq!(Correction::learn(&none).apply(&need()).parts.weights, 630);
    }
}
