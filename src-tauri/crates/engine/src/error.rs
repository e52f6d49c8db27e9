//! What can go wrong between this application and a worker, and the words for it.

use std::path::PathBuf;

use inglenook_contract::{ErrorCode, ErrorInfo};

use crate::death::Death;
use crate::memory::gigabytes;
use crate::protocol::{Failure, PROTOCOL_VERSION};

/// A failure of the supervision or of a worker. Its `Display` is ready to be shown to a person.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The engine's program is in none of the places where it should be.
    #[error("The program of the engine {engine} was not found. Installing Inglenook again brings it back.")]
    Missing {
        /// The engine's name.
        engine: &'static str,
        /// Where it was looked for, in order.
        places: Vec<PathBuf>,
    },
    /// The program is there, but the system would not start it.
    #[error("The engine's program could not be started.")]
    NotStarted {
        /// The program.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The program did not say who it is in time.
    #[error("The engine's program was started but did not answer within {seconds} seconds.")]
    Silent {
        /// How long it was waited for.
        seconds: u64,
        /// The end of its log.
        log: String,
    },
    /// A load got no further and was ended.
    #[error("Loading the model was given up: it got no further for a long time.")]
    Standstill {
        /// How long it was waited for.
        seconds: u64,
        /// The end of its log.
        log: String,
    },
    /// The program speaks another version of the worker protocol.
    #[error(
        "The engine's program belongs to another version of Inglenook. Installing Inglenook again brings the \
         right one."
    )]
    WrongProtocol {
        /// The version it speaks.
        theirs: u32,
        /// The engine's name and version as it told them.
        engine: String,
    },
    /// The process ended before it should have.
    #[error("{0}")]
    Died(Death),
    /// The memory that is free does not hold the model.
    #[error("Not enough memory: this model needs about {} and {} are free.", gigabytes(*needs), gigabytes(*free))]
    MemoryShort {
        /// Bytes that the model needs, margin included.
        needs: u64,
        /// Bytes that are free.
        free: u64,
    },
    /// The worker itself told of a failure.
    #[error("{}", .0.message)]
    Reported(Failure),
    /// The worker answered with something that does not answer the request.
    #[error("The engine gave an answer that does not belong to the question.")]
    Mismatched,
    /// The model was unloaded while it was asked something or was loading.
    #[error("The model was unloaded before this was done.")]
    Unloaded,
    /// The application is being closed.
    #[error("Inglenook is being closed.")]
    Closing,
}

impl EngineError {
    /// The kind of failure, for the wire.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Missing { .. } | Self::NotStarted { .. } | Self::WrongProtocol { .. } => ErrorCode::EngineMissing,
            Self::Silent { .. } | Self::Mismatched => ErrorCode::EngineFailed,
            // Ended in the middle of its work; a disk that hung may answer the next time.
            Self::Standstill { .. } => ErrorCode::EngineCrashed,
            Self::Died(death) => death.code(),
            Self::MemoryShort { .. } => ErrorCode::OutOfMemory,
            Self::Reported(failure) => failure.code,
            Self::Unloaded => ErrorCode::Cancelled,
            Self::Closing => ErrorCode::Unavailable,
        }
    }

    /// What a bug report needs.
    fn detail(&self) -> Option<String> {
        match self {
            Self::Missing { places, .. } => {
                let places: Vec<String> = places.iter().map(|place| place.display().to_string()).collect();
                Some(format!("Looked for: {}", places.join(", ")))
            }
            Self::NotStarted { path, reason } => Some(format!("{}: {reason}", path.display())),
            Self::Silent { log, .. } => (!log.is_empty()).then(|| log.clone()),
            Self::Standstill { seconds, log } => {
                Some(format!("no progress for {seconds} seconds\n{log}").trim_end().to_owned())
            }
            Self::WrongProtocol { theirs, engine } => {
                Some(format!("{engine} speaks worker protocol {theirs}; this build speaks {PROTOCOL_VERSION}."))
            }
            Self::Died(death) => Some(death.detail()),
            Self::Reported(failure) => failure.detail.clone(),
            Self::MemoryShort { needs, free } => Some(format!("needs {needs} bytes, free {free} bytes")),
            Self::Mismatched | Self::Unloaded | Self::Closing => None,
        }
    }
}

/// Whether trying again unchanged may help: after a crash, or when another program has given memory back.
fn retryable(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::EngineCrashed | ErrorCode::OutOfMemory | ErrorCode::Busy | ErrorCode::Cancelled)
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Reported(failure) => failure,
            error => Self { code: error.code(), message: error.to_string(), detail: error.detail() },
        }
    }
}

impl From<Failure> for ErrorInfo {
    fn from(failure: Failure) -> Self {
        Self {
            retryable: retryable(failure.code),
            retry_in_ms: None,
            code: failure.code,
            message: failure.message,
            detail: failure.detail,
        }
    }
}

impl From<EngineError> for ErrorInfo {
    fn from(error: EngineError) -> Self {
        Failure::from(error).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_memory_is_told_with_both_numbers() {
        let error = ErrorInfo::from(EngineError::MemoryShort { needs: 9_771_050_598, free: 6_871_947_674 });
        assert_eq!(error.message, "Not enough memory: this model needs about 9.1 GB and 6.4 GB are free.");
        assert_eq!(error.code, ErrorCode::OutOfMemory);
    }

    #[test]
    fn the_words_of_a_worker_are_passed_on_as_they_are() {
        let failure = Failure {
            code: ErrorCode::ModelDamaged,
            message: "The file is cut.".into(),
            detail: Some("tensor 12 of 300".into()),
        };
        let error = ErrorInfo::from(EngineError::Reported(failure));
        assert_eq!(error.code, ErrorCode::ModelDamaged);
        assert_eq!(error.message, "The file is cut.");
        assert_eq!(error.detail.as_deref(), Some("tensor 12 of 300"));
        assert!(!error.retryable, "a damaged file stays damaged");
    }
}
