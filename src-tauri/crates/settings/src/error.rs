//! What can go wrong with the data folder and the settings.

use std::io;
use std::path::{Path, PathBuf};

use inglenook_contract::{ErrorCode, ErrorInfo};

/// A failure of this crate. Every message is ready to be shown to a person.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The system names no folder for application data.
    #[error("This system names no folder for application data. Set INGLENOOK_HOME to a folder of your choice.")]
    NoPlace,
    /// Another process has this data folder open.
    #[error("Inglenook is already running with the data in {}.", .0.display())]
    AlreadyRunning(PathBuf),
    /// The data was moved to a place that is not there now.
    #[error(
        "The data lies in {}, which is not there. Connect its disk and start again; to begin anew elsewhere, delete {}.",
        .path.display(), .pointer.display()
    )]
    HomeMissing {
        /// Where the data should be.
        path: PathBuf,
        /// The file that says so.
        pointer: PathBuf,
    },
    /// The file that says where the data lies cannot be understood.
    #[error("{} says where the data lies, but cannot be understood. Mend it, or delete it to use the usual place.", .path.display())]
    PointerDamaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A value that a person gave is not allowed; the words say which and why.
    #[error("{0}")]
    Invalid(String),
    /// The operating system refused or failed; `action` completes "could not".
    #[error("{}", words(.action, .path, .source))]
    Io {
        /// What was tried, for example "be written".
        action: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// The system's own words.
        #[source]
        source: io::Error,
    },
    /// A copy differs from what was copied.
    #[error("The copy of {} differs from the original. The new disk may be failing.", .0.display())]
    CopyDiffers(PathBuf),
}

fn words(action: &str, path: &Path, source: &io::Error) -> String {
    let path = path.display();
    match source.kind() {
        io::ErrorKind::PermissionDenied => format!("{path} could not {action}: the system denied access."),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            format!("{path} could not {action}: the disk is full.")
        }
        io::ErrorKind::NotFound => format!("{path} could not {action}: it is not there."),
        io::ErrorKind::ReadOnlyFilesystem => format!("{path} could not {action}: the disk is read-only."),
        _ => format!("{path} could not {action}: {source}."),
    }
}

impl SettingsError {
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }

    /// The kind of failure, for the window.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::NoPlace | Self::HomeMissing { .. } => ErrorCode::NotFound,
            Self::PointerDamaged { .. } => ErrorCode::StoreFailed,
            Self::AlreadyRunning(_) => ErrorCode::Busy,
            Self::Invalid(_) => ErrorCode::InvalidRequest,
            Self::CopyDiffers(_) => ErrorCode::StoreFailed,
            Self::Io { source, .. } => match source.kind() {
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => ErrorCode::PermissionDenied,
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ErrorCode::DiskFull,
                io::ErrorKind::NotFound => ErrorCode::NotFound,
                _ => ErrorCode::StoreFailed,
            },
        }
    }
}

impl From<SettingsError> for ErrorInfo {
    fn from(error: SettingsError) -> Self {
        let info = ErrorInfo::new(error.code(), error.to_string());
        match error {
            SettingsError::Io { source, .. } => info.with_detail(source.to_string()),
            SettingsError::PointerDamaged { reason, .. } => info.with_detail(reason),
            _ => info,
        }
    }
}
