//! The estimate held against what is free.

use super::{Correction, Need, Plan, Sizes, need};

/// What is left free at least, so that the rest of the machine can breathe.
const MARGIN_BYTES: u64 = 512 << 20;
/// The same as a share of what is free, as a divisor: 2 %.
const MARGIN_DIVISOR: u64 = 50;
/// Contexts come in steps of so many tokens.
const STEP_TOKENS: u32 = 256;
/// How much of what the header does not say exactly may come on top of the estimate, as a divisor: 5 %.
const DOUBT_DIVISOR: u64 = 20;

/// Whether a model fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// With the wanted context.
    Fits,
    /// With a shorter one, of at most so many tokens.
    FitsUpTo(u32),
    /// Only if some of it stays off the graphics card, which makes it slow.
    PartlyOnCpu,
    /// Not even with the shortest context.
    DoesNotFit,
    /// No engine here runs it; why, in words for a person.
    NoEngine(String),
}

/// Bytes that a model may take: what is free and what comes back when the loaded model goes, without a margin.
#[must_use]
pub fn budget(free_bytes: u64, given_back_bytes: u64) -> u64 {
    let free = free_bytes.saturating_add(given_back_bytes);
    let share = free.checked_div(MARGIN_DIVISOR).unwrap_or(0);
    free.saturating_sub(share.max(MARGIN_BYTES))
}

/// The longest context that fits the budget, in steps of 256 tokens and never beyond what the model was trained for;
/// `None` where not even the shortest does, or where the header does not say what a context takes.
#[must_use]
pub fn longest_context(sizes: &Sizes, plan: &Plan, budget_bytes: u64, correction: &Correction) -> Option<u32> {
    if !sizes.are_known() {
        return None;
    }
    let most = sizes.trained_context.unwrap_or(plan.context).max(1);
    let of_steps = |steps: u32| steps.saturating_mul(STEP_TOKENS).min(most);
    let fits = |steps: u32| {
        let plan = Plan { context: of_steps(steps), ..*plan };
        upper(&correction.apply(&need(sizes, &plan))) <= budget_bytes
    };
    if !fits(1) {
        return None;
    }
    // The need grows with the context: the last step that fits is found by halving.
    let (mut good, mut bad) = (1, most.div_ceil(STEP_TOKENS).saturating_add(1));
    while bad.saturating_sub(good) > 1 {
        let middle = good.midpoint(bad);
        if fits(middle) { good = middle } else { bad = middle }
    }
    Some(of_steps(good))
}

/// The estimate with what it may be off by.
fn upper(need: &Need) -> u64 {
    let parts = &need.parts;
    let inexact = parts.compute.saturating_add(parts.overhead).saturating_add(parts.repacked);
    let most = need.resident_bytes.max(need.loading_peak_bytes);
    most.saturating_add(inexact.checked_div(DOUBT_DIVISOR).unwrap_or(0))
}

/// Whether a model fits the budget with the wanted context. `engine_refusal` is why no engine runs it.
///
/// Where the header does not say what a context takes, a model fits if its weights do.
#[must_use]
pub fn verdict(
    sizes: &Sizes,
    plan: &Plan,
    budget_bytes: u64,
    wanted_context: u32,
    correction: Option<Correction>,
    engine_refusal: Option<&str>,
) -> Verdict {
    if let Some(words) = engine_refusal {
        return Verdict::NoEngine(words.to_owned());
    }
    let correction = correction.unwrap_or_default();
    let wanted = sizes.trained_context.map_or(wanted_context, |trained| wanted_context.min(trained));
    let wanted = Plan { context: wanted.max(1), ..*plan };
    let most = upper(&correction.apply(&need(sizes, &wanted)));
    if let Some(card) = plan.card_bytes {
        if most <= card {
            return Verdict::Fits;
        }
        return if most <= card.saturating_add(budget_bytes) { Verdict::PartlyOnCpu } else { Verdict::DoesNotFit };
    }
    if most <= budget_bytes {
        return Verdict::Fits;
    }
    longest_context(sizes, plan, budget_bytes, &correction).map_or(Verdict::DoesNotFit, Verdict::FitsUpTo)
}
