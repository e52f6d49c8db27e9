//! Which engine runs what: the one table.

use inglenook_contract::Parameter;

/// An engine that this version knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EngineKind {
    /// mistral.rs 0.8, in the worker `inglenook-mistralrs`.
    MistralRs,
}

impl EngineKind {
    /// Every engine, the preferred one first.
    pub const ALL: &'static [Self] = &[Self::MistralRs];

    /// Its name for people, as its worker says it in `hello`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::MistralRs => "mistral.rs",
        }
    }

    /// The file name of its worker, without the `.exe` of Windows.
    #[must_use]
    pub const fn worker(self) -> &'static str {
        match self {
            Self::MistralRs => "inglenook-mistralrs",
        }
    }

    /// The knobs it takes.
    #[must_use]
    pub const fn parameters(self) -> &'static [Parameter] {
        use Parameter::*;
        match self {
            Self::MistralRs => &[
                Temperature,
                TopP,
                TopK,
                MinP,
                RepeatPenalty,
                PresencePenalty,
                FrequencyPenalty,
                MaxTokens,
                Stop,
                Seed,
                ContextLength,
                Thinking,
            ],
        }
    }
}
