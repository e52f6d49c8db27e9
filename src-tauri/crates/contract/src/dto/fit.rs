//! Whether a model fits this machine.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What can be said before a model is downloaded or loaded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Fit {
    /// The answer in a word.
    pub verdict: Verdict,
    /// Bytes it will rest at with [`Fit::context`]; `None` where its header does not say enough.
    pub needs_bytes: Option<u64>,
    /// Bytes it will take at most while it is loaded.
    pub loading_bytes: Option<u64>,
    /// Of these, what every 1,024 tokens of context take.
    pub per_1k_bytes: Option<u64>,
    /// Bytes it may take: free now and what unloading others gives back, less a margin.
    pub budget_bytes: u64,
    /// Tokens of context that `needs_bytes` counts with.
    pub context: u32,
    /// The longest context that fits, tokens; `None` where not even a short one does.
    pub longest_context: Option<u32>,
    /// Tokens a second it may write, from and to; `None` where nothing is known to tell from.
    pub speed: Option<SpeedRange>,
    /// How many loads on this machine the figures were corrected by.
    pub learnt_from: u32,
    /// The engine that would run it; `None` if none here can.
    pub engine: Option<String>,
    /// Why none can.
    pub refusal: Option<String>,
}

/// The answer in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Verdict {
    /// With the whole context that is usual here.
    Fits,
    /// With a shorter context, of so many tokens at most.
    FitsUpTo {
        /// Tokens.
        tokens: u32,
    },
    /// Not on the graphics card as a whole: a part of it is computed by the processor.
    PartlyOnProcessor,
    /// Not at all.
    DoesNotFit,
    /// No engine here runs it.
    NoEngine,
    /// Its header does not say enough.
    Unknown,
}

/// From and to, tokens a second.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct SpeedRange {
    /// At least, tokens a second.
    pub from: f64,
    /// At most, tokens a second.
    pub to: f64,
}

/// What was predicted for a load, and what it took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct FitRecord {
    /// The model's name.
    pub name: String,
    /// Its quantisation.
    pub quantisation: Option<String>,
    /// The engine that ran it.
    pub engine: String,
    /// Tokens of context.
    pub context: u32,
    /// Bytes that were predicted, corrected by what was known then.
    pub predicted_bytes: u64,
    /// Bytes that it took.
    pub measured_bytes: u64,
    /// When, milliseconds since 1970-01-01 UTC.
    pub at: i64,
}
