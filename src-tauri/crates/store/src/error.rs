//! What can go wrong with the record, in words for a person.

use std::io;

use inglenook_contract::{ErrorCode, ErrorInfo};
use sqlx::migrate::MigrateError;

/// A failure of the store. The detail that some carry is for a bug report, not for the person.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// What was asked for does not exist (any more); the text says what.
    #[error("{0}")]
    NotFound(&'static str),
    /// The request contradicts what is stored; the text says how.
    #[error("{0}")]
    Refused(&'static str),
    /// Something else holds the database, or the store was closed; the text says which.
    #[error("{0}")]
    Busy(&'static str),
    /// The database was written by a newer version of the application.
    #[error(
        "The chats were last used with a newer version of Inglenook, which this one cannot read. \
         Please install that version or a later one. Nothing was changed."
    )]
    TooNew,
    /// The database is damaged.
    #[error(
        "The file with the chats is damaged. At its next start Inglenook sets it aside and offers the latest backup."
    )]
    Damaged(String),
    /// A backup is damaged; the database is not.
    #[error("This backup is damaged and cannot be used. Choose another one.")]
    BackupDamaged(String),
    /// No space is left.
    #[error("The disk is full, so the chats could not be saved. Free some space, then try again.")]
    DiskFull(String),
    /// The operating system denied access.
    #[error("The folder with the chats, or a file in it, cannot be read or written: access is denied.")]
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
            Self::Damaged(_) | Self::BackupDamaged(_) => ErrorCode::StoreDamaged,
            Self::DiskFull(_) => ErrorCode::DiskFull,
            Self::PermissionDenied(_) => ErrorCode::PermissionDenied,
            Self::Failed(_) => ErrorCode::StoreFailed,
        }
    }

    /// What a bug report needs.
    fn detail(&self) -> Option<&str> {
        match self {
            Self::Damaged(detail)
            | Self::BackupDamaged(detail)
            | Self::DiskFull(detail)
            | Self::PermissionDenied(detail)
            | Self::Failed(detail) => Some(detail),
            Self::NotFound(_) | Self::Refused(_) | Self::Busy(_) | Self::TooNew => None,
        }
    }
}

impl From<StoreError> for ErrorInfo {
    fn from(error: StoreError) -> Self {
        let info = Self::new(error.code(), error.to_string());
        let info = match error.detail() {
            Some(detail) => info.with_detail(detail),
            None => info,
        };
        match error {
            StoreError::Busy(_) | StoreError::DiskFull(_) => info.retryable(),
            _ => info,
        }
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        let detail = error.to_string();
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull(detail),
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::PermissionDenied(detail),
            _ => Self::Failed(detail),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let detail = error.to_string();
        match error {
            sqlx::Error::Io(error) => error.into(),
            sqlx::Error::Database(error) => {
                let code = error.code().and_then(|code| code.parse().ok()).unwrap_or(0);
                from_sqlite(code, detail)
            }
            _ => Self::Failed(detail),
        }
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
            MigrateError::VersionMissing(_) => Self::TooNew,
            error => Self::Failed(error.to_string()),
        }
    }
}

impl From<serde_json::Error> for StoreError {
    /// The JSON is our own: what cannot be read was written by another version, and setting the whole database aside
    /// would mend nothing.
    fn from(error: serde_json::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

/// The failure behind an extended result code (<https://sqlite.org/rescode.html>).
fn from_sqlite(code: u32, detail: String) -> StoreError {
    const IOERR_CORRUPTFS: u32 = 8458;
    match (code & 0xff, code) {
        (11 | 26, _) | (_, IOERR_CORRUPTFS) => StoreError::Damaged(detail),
        (13, _) => StoreError::DiskFull(detail),
        (3 | 8 | 23, _) => StoreError::PermissionDenied(detail),
        (5 | 6, _) => StoreError::Busy("Another program is using the file with the chats. Try again in a moment."),
        _ => StoreError::Failed(detail),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_result_code_of_the_database_gets_its_own_kind() {
        let expected = [
            (11, ErrorCode::StoreDamaged),
            (267, ErrorCode::StoreDamaged), // SQLITE_CORRUPT_VTAB
            (26, ErrorCode::StoreDamaged),
            (8458, ErrorCode::StoreDamaged),
            (13, ErrorCode::DiskFull),
            (8, ErrorCode::PermissionDenied),
            (1032, ErrorCode::PermissionDenied), // SQLITE_READONLY_DBMOVED
            (5, ErrorCode::Busy),
            (517, ErrorCode::Busy), // SQLITE_BUSY_SNAPSHOT
            (778, ErrorCode::StoreFailed),
            (1, ErrorCode::StoreFailed),
        ];
        for (code, kind) in expected {
            assert_eq!(from_sqlite(code, String::new()).code(), kind, "result code {code}");
        }
    }

    #[test]
    fn the_databases_own_words_are_detail_and_not_message() {
        let info = ErrorInfo::from(StoreError::DiskFull("(code: 13) database or disk is full".into()));
        assert_eq!(info.detail.as_deref(), Some("(code: 13) database or disk is full"));
        assert!(!info.message.contains("13"), "a person is not shown a number: {}", info.message);
        assert!(info.retryable, "with space freed the same request succeeds");
    }
}
