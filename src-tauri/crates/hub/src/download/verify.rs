//! Whether files are still what they have to be: as they were downloaded, or as the name of their content promises.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::digest::{Sums, of_content};
use super::file::blocking;
use super::gauge::{FileGauge, FileStage, Gauge};
use super::sidecar::Origin;
use super::{DownloadError, ModelsFolder, Progress};
use crate::header::size_words;
use crate::remote::Sha256Hex;

/// What a file has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// What it is called for people.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
    /// Its size, where that is known.
    pub bytes: Option<u64>,
    /// Its digest.
    pub sum: Sum,
}

/// By what a content is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sum {
    /// Its SHA-256.
    Sha256(Sha256Hex),
    /// The hash that git gives it, 40 lower-case hex digits.
    Git(String),
}

impl Expected {
    /// A downloaded file, as it came.
    #[must_use]
    pub fn of_origin(models: &ModelsFolder, origin: &Origin) -> Self {
        Self {
            name: origin.path.to_string(),
            path: models.path().join(origin.repo.to_path()).join(origin.path.to_path()),
            bytes: Some(origin.bytes),
            sum: Sum::Sha256(origin.sha256.clone()),
        }
    }
}

/// What was found out about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It is byte for byte what it has to be.
    Same,
    /// It is not there any more.
    Missing,
    /// It has another length.
    OtherLength {
        /// Bytes that it had.
        expected: u64,
        /// Bytes that it has.
        found: u64,
    },
    /// It has another content.
    Differs,
}

/// A file and what was found out about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// What it is called for people.
    pub name: String,
    /// What was found out.
    pub finding: Finding,
}

impl Checked {
    /// What is wrong, in words for a person; `None` for a file that is as it has to be.
    #[must_use]
    pub fn words(&self) -> Option<String> {
        let name = &self.name;
        match &self.finding {
            Finding::Same => None,
            Finding::Missing => Some(format!("“{name}” is not there any more.")),
            Finding::OtherLength { expected, found } if found < expected => {
                Some(format!("“{name}” is cut: {} of {} are there.", size_words(*found), size_words(*expected)))
            }
            Finding::OtherLength { expected, found } => {
                Some(format!("“{name}” has {}, and came with {}.", size_words(*found), size_words(*expected)))
            }
            Finding::Differs => {
                Some(format!("“{name}” is not what it was when it came: its content was changed or damaged."))
            }
        }
    }
}

/// Reads files whole and compares them with what they have to be.
///
/// # Errors
/// [`DownloadError::Cancelled`], and [`DownloadError::Io`] where a file cannot be read.
pub async fn verify(
    files: Vec<Expected>,
    progress: &watch::Sender<Progress>,
    cancel: CancellationToken,
) -> Result<Vec<Checked>, DownloadError> {
    let gauge = Arc::new(Gauge::new(files.iter().map(|file| file.bytes.unwrap_or_else(|| length_of(file)))));
    let stop = Arc::new(AtomicBool::new(false));
    let checked = {
        let (gauge, stop) = (Arc::clone(&gauge), Arc::clone(&stop));
        blocking(move || all_checked(files, &gauge, &stop))
    };
    let ended = tokio::select! {
        biased;
        () = cancel.cancelled() => Err(DownloadError::Cancelled),
        checked = checked => checked?,
        never = gauge.tell(progress) => match never {},
    };
    stop.store(true, Ordering::Relaxed);
    progress.send_replace(gauge.progress(None));
    ended
}

/// The hash that git gives a downloaded file as it is now; `None` where it cannot be read.
#[must_use]
pub fn git_hash_of(models: &ModelsFolder, origin: &Origin) -> Option<String> {
    let content = File::open(Expected::of_origin(models, origin).path).ok()?;
    let bytes = content.metadata().ok()?.len();
    of_content(&content, bytes, true, &AtomicU64::new(0), &AtomicBool::new(false)).ok()??.git
}

fn length_of(file: &Expected) -> u64 {
    file.path.metadata().map_or(0, |metadata| metadata.len())
}

fn all_checked(files: Vec<Expected>, gauge: &Gauge, stop: &AtomicBool) -> Result<Vec<Checked>, DownloadError> {
    let mut all = Vec::with_capacity(files.len());
    for (file, gauge) in files.into_iter().zip(&gauge.files) {
        gauge.set(FileStage::Verifying);
        let found = found(&file, gauge, stop).map_err(DownloadError::io("cannot be read", &file.path))?;
        let finding = found.ok_or(DownloadError::Cancelled)?;
        gauge.set(FileStage::Done);
        all.push(Checked { name: file.name, finding });
    }
    Ok(all)
}

/// `None` where it was stopped.
fn found(file: &Expected, gauge: &FileGauge, stop: &AtomicBool) -> io::Result<Option<Finding>> {
    let content = match File::open(&file.path) {
        Ok(content) => content,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Some(Finding::Missing)),
        Err(error) => return Err(error),
    };
    let bytes = content.metadata()?.len();
    if let Some(expected) = file.bytes.filter(|expected| *expected != bytes) {
        return Ok(Some(Finding::OtherLength { expected, found: bytes }));
    }
    let git = matches!(file.sum, Sum::Git(_));
    let Some(sums) = of_content(&content, bytes, git, &gauge.hashed, stop)? else { return Ok(None) };
    gauge.done.store(bytes, Ordering::Relaxed);
    Ok(Some(if is_same(&file.sum, &sums) { Finding::Same } else { Finding::Differs }))
}

fn is_same(expected: &Sum, found: &Sums) -> bool {
    match expected {
        Sum::Sha256(sha256) => found.sha256 == *sha256,
        Sum::Git(git) => found.git.as_ref() == Some(git),
    }
}
