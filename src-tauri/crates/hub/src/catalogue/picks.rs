//! Which models of the catalogue suit a machine: what fits its memory, and how fast it will answer.
//!
//! Rules of thumb for the list and the first start, before any file is looked at; the verdict on a file that a person
//! chose comes from its header.

use super::{Entry, Strength, catalogue};
use crate::licences::{Commercial, licence};

/// Tokens that a model is planned with; what a chat begins with.
const CONTEXT: u32 = 8_192;

/// Bytes a second (in GB of 10^9) that a modest machine reads from memory; where nothing was measured.
const MODEST_BANDWIDTH: f64 = 25.0;

/// Parts of the bandwidth that an answer makes use of: what is seen at worst and at best.
const USED: (f64, f64) = (0.6, 0.8);

/// Tokens a second from which nobody waits: about twice as fast as one reads.
const PLEASANT: f64 = 10.0;

/// Tokens a second below which an answer takes longer than most people's patience.
const BEARABLE: f64 = 3.0;

/// Tokens a second that "quick" promises.
const QUICK: f64 = 12.0;

/// Points of quality that each halving of the speed below [`PLEASANT`] costs.
const SLOWNESS: f64 = 14.0;

/// Points of quality that filling the whole budget costs: other programs want memory too.
const FULLNESS: f64 = 4.0;

/// The part of the budget that an all-round choice may take.
const ROOMY: f64 = 0.7;

/// The part of the budget beyond which a model leaves nothing to anybody else.
const BRIMFUL: f64 = 0.85;

/// The largest download that is still small.
const SMALL_FILE: u64 = 3_000_000_000;

/// Below this many parameters a model loses twice as much by quantisation.
const DELICATE: u64 = 3_000_000_000;

/// A machine, as far as models care.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Machine {
    /// Bytes of memory it has.
    pub memory_bytes: u64,
    /// Bytes of it that a model may take.
    pub budget_bytes: u64,
    /// What was measured of its memory's speed, in GB (10^9 bytes) a second.
    pub bandwidth_gb_s: Option<f64>,
}

/// What a model is beside the others on a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Small and quick.
    Small,
    /// The middle way.
    Balanced,
    /// As much as the machine holds.
    Best,
}

/// A model for a machine, in the quantisation that suits it.
#[derive(Clone, Debug, PartialEq)]
pub struct Pick {
    /// The model.
    pub entry: &'static Entry,
    /// The quantisation, as files are named after it.
    pub quantisation: &'static str,
    /// About how many bytes are downloaded.
    pub bytes: u64,
    /// About how many bytes of memory it takes with a conversation of 8,192 tokens, or as many as it can.
    pub needs_bytes: u64,
    /// Whether that is within the machine's budget.
    pub fits: bool,
    /// Tokens a second, from and to.
    pub speed: (f64, f64),
    /// What it is beside the others.
    pub class: Class,
    /// Why, in a sentence for people.
    pub reason: String,
}

/// A model in one quantisation on one machine, before it is put into words.
#[derive(Clone, Copy)]
struct Candidate {
    entry: &'static Entry,
    quantisation: &'static str,
    bytes: u64,
    needs_bytes: u64,
    speed: (f64, f64),
    score: f64,
}

/// Every model of the catalogue: first those that fit, the best for this machine first (by quality, less what
/// slowness costs), then the others, the smallest first.
#[must_use]
pub fn rank(machine: &Machine) -> Vec<Pick> {
    let mut fitting: Vec<Candidate> = catalogue().iter().filter_map(|entry| suiting(entry, machine)).collect();
    fitting.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.entry.name.cmp(&b.entry.name)));
    let fits = |entry: &Entry| fitting.iter().any(|candidate| candidate.entry == entry);
    let mut too_large: Vec<Candidate> = catalogue()
        .iter()
        .filter(|entry| !fits(entry))
        .filter_map(|entry| candidates(entry, machine).min_by_key(|candidate| candidate.bytes))
        .collect();
    too_large.sort_by_key(|candidate| candidate.needs_bytes);
    let in_budget = fitting.iter().map(|candidate| {
        let class = class_by_size(candidate, machine);
        let reason = format!("{} {} here.", candidate.entry.best_for, capital(&speed_words(candidate.speed, machine)));
        candidate.pick(machine, class, reason)
    });
    let beyond = too_large.iter().map(|candidate| {
        let (needs, budget) = (memory_words(candidate.needs_bytes), memory_words(machine.budget_bytes));
        candidate.pick(machine, Class::Best, format!("Needs {needs} of memory, and a model may take {budget} here."))
    });
    in_budget.chain(beyond).collect()
}

/// What to offer on a machine without any model: one that is small and quick, one that is balanced, and the best that
/// fits, in this order; fewer where fewer fit. All are made for conversation and may be used for business.
#[must_use]
pub fn first_start(machine: &Machine) -> Vec<Pick> {
    let eligible = |entry: &&'static Entry| {
        entry.is_good_at(Strength::Chat) && licence(Some(&entry.licence), None, None).commercial != Commercial::No
    };
    let fitting: Vec<Candidate> =
        catalogue().iter().filter(eligible).filter_map(|entry| suiting(entry, machine)).collect();
    let Some(best) = best(&fitting, machine) else { return Vec::new() };
    let balanced = balanced(&fitting, best, machine);
    let small = small(&fitting, balanced.unwrap_or(best), best, machine);
    let words = |candidate: &Candidate| speed_words(candidate.speed, machine);
    if balanced.is_none() && small.is_none() {
        let reason = format!("The model of our list that fits this machine: {}.", words(&best));
        return vec![best.pick(machine, Class::Balanced, reason)];
    }
    let small = small.map(|small| {
        let reason = format!("Small and quick: {}, and only {} to download.", words(&small), file_words(small.bytes));
        small.pick(machine, Class::Small, reason)
    });
    let balanced = balanced.map(|balanced| {
        let reason = format!("The best all-round choice for this machine: {}.", words(&balanced));
        balanced.pick(machine, Class::Balanced, reason)
    });
    let slowly = if best.middle() < PLEASANT / 2.0 { ", but slowly" } else { "" };
    let reason = format!("The best answers that fit this machine{slowly}: {}.", words(&best));
    small.into_iter().chain(balanced).chain([best.pick(machine, Class::Best, reason)]).collect()
}

/// The one with the best answers that are not unbearably slow and do not fill the memory to the brim; where there is none
/// such, the one that suits best.
fn best(fitting: &[Candidate], machine: &Machine) -> Option<Candidate> {
    let fine = |candidate: &&Candidate| candidate.middle() >= BEARABLE && candidate.share(machine) <= BRIMFUL;
    let bearable = fitting.iter().filter(fine);
    let by_quality = bearable.max_by(|a, b| a.entry.quality.cmp(&b.entry.quality).then(a.score.total_cmp(&b.score)));
    by_quality.or_else(|| most_suiting(fitting.iter())).copied()
}

/// The one that suits best of those that leave room, besides the best.
fn balanced(fitting: &[Candidate], best: Candidate, machine: &Machine) -> Option<Candidate> {
    most_suiting(fitting.iter().filter(|candidate| {
        candidate.differs_from(&best) && candidate.needs_bytes < best.needs_bytes && candidate.share(machine) <= ROOMY
    }))
    .copied()
}

/// The best of the quick ones that need much less than the balanced one, or less at all; where none is quick, the one
/// that suits best. Of each model any quantisation will do, since the download is to be small.
fn small(fitting: &[Candidate], balanced: Candidate, best: Candidate, machine: &Machine) -> Option<Candidate> {
    let others = fitting.iter().filter(|other| other.differs_from(&balanced) && other.differs_from(&best));
    let smaller: Vec<Candidate> = others
        .flat_map(|other| candidates(other.entry, machine))
        .filter(|candidate| candidate.needs_bytes < balanced.needs_bytes && candidate.bytes <= SMALL_FILE)
        .collect();
    let quick = || smaller.iter().filter(|candidate| candidate.middle() >= QUICK);
    let much_smaller = quick().filter(|candidate| candidate.needs_bytes <= balanced.needs_bytes / 4 * 3);
    most_suiting(much_smaller).or_else(|| most_suiting(quick())).or_else(|| most_suiting(smaller.iter())).copied()
}

fn most_suiting<'a>(candidates: impl Iterator<Item = &'a Candidate>) -> Option<&'a Candidate> {
    candidates.max_by(|a, b| a.score.total_cmp(&b.score))
}

/// A model in the quantisation that suits a machine best; `None` where none fits.
fn suiting(entry: &'static Entry, machine: &Machine) -> Option<Candidate> {
    candidates(entry, machine)
        .filter(|candidate| candidate.needs_bytes <= machine.budget_bytes)
        .max_by(|a, b| a.score.total_cmp(&b.score).then(b.bytes.cmp(&a.bytes)))
}

/// Bytes of the weights that the processor's kernels keep a second time, in an order of their own; counted as the verdict
/// on a file counts them, so that nothing is recommended that is then said not to fit. Of files in Q4_K_M, whose other
/// tensors stay as they are, measured: 0.45 (8B) to 0.57 (1B).
fn laid_out_anew(quantisation: &str, file_bytes: u64) -> u64 {
    if quantisation.starts_with("Q4_K") { file_bytes / 100 * 57 } else { 0 }
}

fn candidates(entry: &'static Entry, machine: &Machine) -> impl Iterator<Item = Candidate> {
    let machine = *machine;
    entry.files.iter().map(move |(quantisation, bytes)| {
        let needs_bytes =
            entry.needs_bytes(*bytes, entry.context.min(CONTEXT)).saturating_add(laid_out_anew(quantisation, *bytes));
        let active = (entry.active_bytes(*bytes) as f64 / 1e9).max(1e-3);
        let bandwidth = machine.bandwidth();
        let speed = (bandwidth * USED.0 / active, bandwidth * USED.1 / active);
        let mut candidate = Candidate { entry, quantisation, bytes: *bytes, needs_bytes, speed, score: 0.0 };
        let slowness = SLOWNESS * (PLEASANT / candidate.middle()).log2().max(0.0);
        let fullness = FULLNESS * candidate.share(&machine).powi(2);
        candidate.score = f64::from(entry.quality) - lost(entry, quantisation) - slowness - fullness;
        candidate
    })
}

/// Points of quality that a quantisation costs: our judgement, like the quality itself.
fn lost(entry: &Entry, quantisation: &str) -> f64 {
    let points = match quantisation {
        "Q6_K" => 0.3,
        "Q5_K_M" => 0.8,
        "Q4_K_M" => 2.0,
        // As they were made, or next to it.
        "F16" | "Q8_0" | "MXFP4" => 0.0,
        _ => 3.0,
    };
    if entry.parameters < DELICATE { points * 2.0 } else { points }
}

fn class_by_size(candidate: &Candidate, machine: &Machine) -> Class {
    match candidate.share(machine) {
        share if share <= 0.25 => Class::Small,
        share if share <= ROOMY => Class::Balanced,
        _ => Class::Best,
    }
}

impl Machine {
    /// What was measured, where that is a speed at all.
    fn measured(&self) -> Option<f64> {
        self.bandwidth_gb_s.filter(|speed| speed.is_finite() && *speed > 0.0)
    }

    fn bandwidth(&self) -> f64 {
        self.measured().unwrap_or(MODEST_BANDWIDTH)
    }
}

impl Candidate {
    fn middle(&self) -> f64 {
        f64::midpoint(self.speed.0, self.speed.1)
    }

    /// The part of the budget that it takes.
    fn share(&self, machine: &Machine) -> f64 {
        self.needs_bytes as f64 / (machine.budget_bytes as f64).max(1.0)
    }

    /// Whether it is another model, not the same one trained on.
    fn differs_from(&self, other: &Self) -> bool {
        (&self.entry.family, self.entry.parameters) != (&other.entry.family, other.entry.parameters)
    }

    fn pick(&self, machine: &Machine, class: Class, reason: String) -> Pick {
        let Self { entry, quantisation, bytes, needs_bytes, speed, .. } = *self;
        let fits = needs_bytes <= machine.budget_bytes;
        Pick { entry, quantisation, bytes, needs_bytes, fits, speed, class, reason }
    }
}

/// `9–12 tok/s`; with "perhaps" where the machine's memory was not measured.
fn speed_words((from, to): (f64, f64), machine: &Machine) -> String {
    let perhaps = if machine.measured().is_some() { "" } else { "perhaps " };
    if to < 1.0 {
        return format!("{perhaps}less than 1 tok/s");
    }
    let (from, to) = (from.floor().max(1.0), to.ceil().max(1.0));
    if from >= to { format!("{perhaps}{from:.0} tok/s") } else { format!("{perhaps}{from:.0}–{to:.0} tok/s") }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Memory is told in GB of 2^30 bytes.
fn memory_words(bytes: u64) -> String {
    format!("{:.1} GB", bytes as f64 / f64::from(1_u32 << 30))
}

/// Files are told in GB of 10^9 bytes, as on the button below; small ones in whole MB.
fn file_words(bytes: u64) -> String {
    if bytes < 1_000_000_000 { format!("{:.0} MB", bytes as f64 / 1e6) } else { crate::header::size_words(bytes) }
}

#[cfg(test)]
mod tests;
