//! Why a file is not the model it seems to be.

use std::io;

use inglenook_contract::{ErrorCode, ErrorInfo};

/// What is wrong with a model's header. Every message is ready to be shown to a person.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HeaderError {
    /// It is cut, damaged or not what it claims to be.
    #[error("{0}")]
    Damaged(String),
    /// It is whole as far as can be told, but of a kind that is not read here.
    #[error("{0}")]
    Unsupported(String),
    /// A file is not there (any more).
    #[error("{0}")]
    Missing(String),
    /// The operating system refused or failed.
    #[error("{message}")]
    Io {
        /// Plain words.
        message: String,
        /// The system's own words.
        #[source]
        source: io::Error,
    },
}

impl HeaderError {
    /// The kind of failure, for the window.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Damaged(_) => ErrorCode::ModelDamaged,
            Self::Unsupported(_) => ErrorCode::ModelUnsupported,
            Self::Missing(_) => ErrorCode::ModelMissing,
            Self::Io { source, .. } => match source.kind() {
                io::ErrorKind::PermissionDenied => ErrorCode::PermissionDenied,
                io::ErrorKind::NotFound => ErrorCode::ModelMissing,
                _ => ErrorCode::ModelDamaged,
            },
        }
    }
}

impl From<HeaderError> for ErrorInfo {
    fn from(error: HeaderError) -> Self {
        let info = ErrorInfo::new(error.code(), error.to_string());
        match error {
            HeaderError::Io { source, .. } => info.with_detail(source.to_string()),
            _ => info,
        }
    }
}
