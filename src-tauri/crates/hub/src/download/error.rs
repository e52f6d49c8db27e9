//! Why a download did not come to its end, in words for a person.

use std::io;
use std::path::{Path, PathBuf};

use inglenook_contract::{ErrorCode, ErrorInfo};

use super::folder::Link;
use crate::header::size_words;
use crate::remote::HubError;

/// What ended a download. Every message is ready to be shown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DownloadError {
    /// The hub or the way to it; what came so far is kept.
    #[error(transparent)]
    Hub(#[from] HubError),
    /// There is no room; what came so far is kept.
    #[error("{}", full_words(.folder, *.needed_bytes, *.free_bytes))]
    DiskFull {
        /// Where the models lie.
        folder: PathBuf,
        /// Bytes that are still to come, and a margin.
        needed_bytes: u64,
        /// Bytes that are free there, where the system tells.
        free_bytes: Option<u64>,
    },
    /// The file system ends files before this one's end.
    #[error(
        "The disk with “{}” cannot hold a file this large: with FAT32, 4 GB are the most. Keep your models on a disk with another file system.",
        .path.display()
    )]
    TooLarge {
        /// Which file, or the folder it belongs into.
        path: PathBuf,
    },
    /// The system refused or failed to read or write.
    #[error("“{}” {what}.", .path.display())]
    Io {
        /// What cannot be done with it: "cannot be written".
        what: &'static str,
        /// Which file or folder.
        path: PathBuf,
        /// The system's words.
        #[source]
        source: io::Error,
    },
    /// Twice, what came was not what the hub had announced.
    #[error(
        "“{file}” arrived damaged twice, so it was thrown away. The host or a proxy on the way alters it; another network may help."
    )]
    Damaged {
        /// Its path in the repository.
        file: String,
    },
    /// The file on the hub is not (or no longer) the one that was ordered.
    #[error(
        "“{file}” has changed on the hub since the download began. Open the model's page again to get the new version."
    )]
    Changed {
        /// Its path in the repository.
        file: String,
    },
    /// Another file, which did not come by a download, has the name.
    #[error("There is another file already at “{}”. Move it away, or delete it, and try again.", .path.display())]
    InTheWay {
        /// Where.
        path: PathBuf,
    },
    /// A link stands where a folder or file is to be.
    #[error("“{}” is a link to another place. Downloads are not written through links; replace it by a folder.", .path.display())]
    Linked {
        /// Where.
        path: PathBuf,
    },
    /// A name that cannot be one here.
    #[error("This download cannot be stored: {0}.")]
    Name(String),
    /// The person stopped it.
    #[error("The download was stopped.")]
    Cancelled,
    /// The same download is running already.
    #[error("This download is running already.")]
    Busy,
}

fn full_words(folder: &Path, needed: u64, free: Option<u64>) -> String {
    let folder = folder.display();
    let needed = size_words(needed);
    match free.map(size_words) {
        Some(free) => format!(
            "The disk with “{folder}” has too little room: {needed} are needed, and {free} are free. What came so far is kept."
        ),
        None => format!("The disk with “{folder}” is full: {needed} are needed. What came so far is kept."),
    }
}

impl DownloadError {
    /// Sorts what the system said about `path`.
    pub(super) fn io(what: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| {
            if source.get_ref().is_some_and(|inner| inner.is::<Link>()) {
                return Self::Linked { path };
            }
            match source.kind() {
                io::ErrorKind::FileTooLarge => Self::TooLarge { path },
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    Self::DiskFull { folder: path, needed_bytes: 0, free_bytes: None }
                }
                _ => Self::Io { what, path, source },
            }
        }
    }

    /// A thread of ours that ended without a word.
    pub(super) fn thread(error: tokio::task::JoinError) -> Self {
        Self::Io { what: "cannot be worked on", path: PathBuf::from("The download"), source: io::Error::other(error) }
    }

    /// The kind of failure, for the window.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Hub(error) => error.code(),
            Self::DiskFull { .. } | Self::TooLarge { .. } => ErrorCode::DiskFull,
            Self::Io { source, .. } => match source.kind() {
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => ErrorCode::PermissionDenied,
                io::ErrorKind::NotFound => ErrorCode::NotFound,
                _ => ErrorCode::Internal,
            },
            Self::Damaged { .. } | Self::Changed { .. } => ErrorCode::DownloadDamaged,
            Self::InTheWay { .. } | Self::Linked { .. } | Self::Name(_) => ErrorCode::InvalidRequest,
            Self::Cancelled => ErrorCode::Cancelled,
            Self::Busy => ErrorCode::Busy,
        }
    }
}

impl From<DownloadError> for ErrorInfo {
    fn from(error: DownloadError) -> Self {
        let info = ErrorInfo::new(error.code(), error.to_string());
        match error {
            DownloadError::Hub(error) => error.into(),
            DownloadError::Io { source, .. } => info.with_detail(source.to_string()).retryable(),
            DownloadError::DiskFull { .. } | DownloadError::Damaged { .. } | DownloadError::Cancelled => {
                info.retryable()
            }
            _ => info,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_with_its_folder_and_both_sizes() {
        for kind in [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded] {
            let error = DownloadError::io("cannot be written", "/models")(kind.into());
            assert_eq!(error.code(), ErrorCode::DiskFull, "{kind:?}");
        }
        let words = full_words(Path::new("/models"), 4_100_000_000, Some(900_000_000));
        assert!(words.contains("/models") && words.contains("4.1 GB") && words.contains("900.0 MB"), "{words}");
    }
}
