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
    /// A file that belongs to the model is not there (any more).
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
    pub(crate) fn damaged(words: impl Into<String>) -> Self {
        Self::Damaged(words.into())
    }

    pub(crate) fn unsupported(words: impl Into<String>) -> Self {
        Self::Unsupported(words.into())
    }

    /// A failed read, where the end of the file means that the file is cut.
    pub(crate) fn read(source: io::Error) -> Self {
        let message = match source.kind() {
            io::ErrorKind::UnexpectedEof => return Self::cut(),
            io::ErrorKind::NotFound => "The file is not there any more.".to_owned(),
            io::ErrorKind::PermissionDenied => "The system denied access to the file.".to_owned(),
            _ => "The file could not be read. The disk may be failing or unplugged.".to_owned(),
        };
        Self::Io { message, source }
    }

    /// The commonest damage by far.
    pub(crate) fn cut() -> Self {
        Self::damaged("The file ends in the middle of its header: it was probably not downloaded completely.")
    }

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
