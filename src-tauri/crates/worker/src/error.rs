//! Everything that can go wrong in the worker, with its code and its words for a person.

use std::path::PathBuf;

use inglenook_contract::ErrorCode;
use inglenook_engine::protocol::Failure;

/// Why the worker could not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the fields are what the words of their variant name")]
pub enum WorkerError {
    /// The file or folder is not there.
    #[error("The model is no longer at {}.", path.display())]
    ModelMissing { path: PathBuf },
    /// The operating system does not let the worker read the model.
    #[error("The model at {} may not be read by this user.", path.display())]
    ModelDenied { path: PathBuf },
    /// The disk or the network drive does not give what is on it.
    #[error("The model at {} could not be read: the system reported an error.", path.display())]
    ModelUnreadable { path: PathBuf, detail: String },
    /// The engine does not know this kind of model.
    #[error("The engine cannot run this model: {why}.")]
    ModelUnsupported { why: String, detail: Option<String> },
    /// The files are not what they claim to be.
    #[error("The model file is damaged: {why}. Downloading it again mends this.")]
    ModelDamaged { why: String, detail: Option<String> },
    /// There is not enough memory.
    #[error("Not enough memory: this model needs about {needed_gb:.1} GB and {free_gb:.1} GB are free.")]
    OutOfMemory { needed_gb: Gb, free_gb: Gb },
    /// The engine said no, in its own words.
    #[error("The engine could not {doing}.")]
    EngineFailed { doing: &'static str, detail: String },
    /// The engine's thread died.
    #[error("The engine crashed while it worked on this answer.")]
    EngineCrashed { detail: String },
    /// The prompt is too long.
    #[error("The conversation takes {needed} tokens and the model was loaded with room for {context}.")]
    ContextFull { needed: usize, context: usize },
    /// The chat template refused or could not be run.
    #[error("The model's chat template could not be used: {words}.")]
    TemplateFailed { words: String },
    /// The request makes no sense.
    #[error("{why}")]
    InvalidRequest { why: String },
    /// This model or engine cannot do it.
    #[error("{why}")]
    Unavailable { why: String },
    /// No model was loaded yet.
    #[error("No model is loaded yet.")]
    NoModel,
    /// A model is loaded already.
    #[error("This process has a model already; another needs a process of its own.")]
    Busy,
}

/// Gigabytes of memory (2³⁰ bytes, as memory is sold), comparable, for messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gb(pub u64);

impl std::fmt::Display for Gb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let gb = self.0 as f64 / f64::from(1 << 30);
        write!(f, "{gb:.*}", f.precision().unwrap_or(1))
    }
}

impl WorkerError {
    /// The kind of failure, for the window to act on.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::ModelMissing { .. } => ErrorCode::ModelMissing,
            Self::ModelDenied { .. } => ErrorCode::PermissionDenied,
            Self::ModelUnsupported { .. } => ErrorCode::ModelUnsupported,
            Self::ModelDamaged { .. } => ErrorCode::ModelDamaged,
            Self::OutOfMemory { .. } => ErrorCode::OutOfMemory,
            Self::ModelUnreadable { .. } | Self::EngineFailed { .. } => ErrorCode::EngineFailed,
            Self::EngineCrashed { .. } => ErrorCode::EngineCrashed,
            Self::ContextFull { .. } => ErrorCode::ContextFull,
            Self::TemplateFailed { .. } => ErrorCode::TemplateFailed,
            Self::InvalidRequest { .. } => ErrorCode::InvalidRequest,
            Self::Unavailable { .. } => ErrorCode::Unavailable,
            Self::NoModel => ErrorCode::NoModel,
            Self::Busy => ErrorCode::Busy,
        }
    }

    /// The failure as it goes over the wire.
    pub fn failure(&self) -> Failure {
        let detail = match self {
            Self::ModelUnsupported { detail, .. } | Self::ModelDamaged { detail, .. } => detail.clone(),
            Self::ModelUnreadable { detail, .. }
            | Self::EngineFailed { detail, .. }
            | Self::EngineCrashed { detail } => Some(detail.clone()),
            _ => None,
        };
        Failure { code: self.code(), message: self.to_string(), detail }
    }

    /// Weights stored in a way that the engine cannot compute with; `stored` names it.
    #[must_use]
    pub fn unknown_weights(tensor: &str, stored: &str) -> Self {
        Self::ModelUnsupported {
            why: "its weights are stored in a way that it does not know; another file of the same model may work"
                .into(),
            detail: Some(format!("the tensor {tensor} is stored as {stored}")),
        }
    }

    /// A malformed or impossible request.
    pub fn invalid(why: impl Into<String>) -> Self {
        Self::InvalidRequest { why: why.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_told_in_gigabytes_as_it_is_sold() {
        let error = WorkerError::OutOfMemory { needed_gb: Gb(16 << 30), free_gb: Gb(3 << 29) };
        assert_eq!(error.to_string(), "Not enough memory: this model needs about 16.0 GB and 1.5 GB are free.");
    }
}
