//! What can go wrong with the record, in words for a person.

use inglenook_contract::{ErrorCode, ErrorInfo};

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// What was asked for does not exist (any more); the text says what.
    #[error("{0}")]
    NotFound(&'static str),
    /// The request contradicts what is stored; the text says how.
    #[error("{0}")]
    Refused(&'static str),
    /// Something else holds the database; the text says what.
    #[error("{0}")]
    Busy(&'static str),
    /// The database was written by a newer version of the application.
    #[error(
        "The chats were last used with a newer version of Inglenook. Please install that version or a later one; nothing was changed."
    )]
    TooNew,
    /// The database is damaged.
    #[error("The file with the chats is damaged.")]
    Damaged(String),
    /// No space is left.
    #[error("The disk is full, so the chats could not be saved. Please free some space and try again.")]
    DiskFull(String),
    /// The operating system denied access.
    #[error("Inglenook may not write to the folder with the chats.")]
    PermissionDenied(String),
    /// Everything else, with the database's own words.
    #[error("The chats could not be read or saved.")]
    Failed(String),
}

impl StoreError {
    /// What kind of failure it is, for the window.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::NotFound(_) => ErrorCode::NotFound,
            Self::Refused(_) => ErrorCode::InvalidRequest,
            Self::Busy(_) => ErrorCode::Busy,
            Self::TooNew => ErrorCode::StoreTooNew,
            Self::Damaged(_) => ErrorCode::StoreDamaged,
            Self::DiskFull(_) => ErrorCode::DiskFull,
            Self::PermissionDenied(_) => ErrorCode::PermissionDenied,
            Self::Failed(_) => ErrorCode::StoreFailed,
        }
    }
}

impl From<StoreError> for ErrorInfo {
    fn from(error: StoreError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}
