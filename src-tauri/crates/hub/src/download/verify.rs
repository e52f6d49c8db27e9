//! Whether downloaded files are still what they were when they came.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::digest::of_file;
use super::file::blocking;
use super::folder::{Folder, Kind};
use super::gauge::{FileStage, Gauge};
use super::sidecar::{Origin, repo_folder};
use super::{DownloadError, ModelsFolder, Progress, origins};
use crate::header::size_words;
use crate::remote::{RepoId, RepoPath, Sha256Hex};

/// What was found out about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It is byte for byte what was downloaded.
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
    /// It has the same length and another content.
    Differs {
        /// Its digest when it came.
        expected: Sha256Hex,
        /// Its digest now.
        found: Sha256Hex,
    },
    /// It was not downloaded, so there is nothing to compare it with.
    NoOrigin,
}

/// A file and what was found out about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Its path in the repository.
    pub path: RepoPath,
    /// What was found out.
    pub finding: Finding,
}

impl Checked {
    /// What is wrong, in words for a person; `None` for a file that is as it came.
    #[must_use]
    pub fn words(&self) -> Option<String> {
        let path = &self.path;
        match &self.finding {
            Finding::Same => None,
            Finding::Missing => Some(format!("“{path}” is not there any more.")),
            Finding::OtherLength { expected, found } if found < expected => {
                Some(format!("“{path}” is cut: {} of {} are there.", size_words(*found), size_words(*expected)))
            }
            Finding::OtherLength { expected, found } => {
                Some(format!("“{path}” has {}, and came with {}.", size_words(*found), size_words(*expected)))
            }
            Finding::Differs { .. } => Some(format!(
                "“{path}” is not what was downloaded: its content was changed or damaged. Download it again."
            )),
            Finding::NoOrigin => {
                Some(format!("“{path}” was not downloaded here, so there is nothing to compare it with."))
            }
        }
    }
}

/// Compares files of a repository with what they were when they came; all that were downloaded where `paths` is empty.
/// Reads them whole.
///
/// # Errors
/// [`DownloadError::Cancelled`], and [`DownloadError::Io`] where a file cannot be read.
pub async fn verify(
    folder: &ModelsFolder,
    repo: &RepoId,
    paths: &[RepoPath],
    progress: &watch::Sender<Progress>,
    cancel: CancellationToken,
) -> Result<Vec<Checked>, DownloadError> {
    let origins = origins(folder, repo);
    let files: Vec<(RepoPath, Option<Origin>)> = if paths.is_empty() {
        origins.files.iter().map(|origin| (origin.path.clone(), Some(origin.clone()))).collect()
    } else {
        paths.iter().map(|path| (path.clone(), origins.of(path).cloned())).collect()
    };
    let sizes = files.iter().map(|(_, origin)| origin.as_ref().map_or(0, |origin| origin.bytes));
    let gauge = Arc::new(Gauge::new(sizes));
    let stop = Arc::new(AtomicBool::new(false));
    let checked = {
        let (models, repo, gauge, stop) = (folder.clone(), repo.clone(), Arc::clone(&gauge), Arc::clone(&stop));
        blocking(move || all_checked(&models, &repo, files, &gauge, &stop))
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

fn all_checked(
    models: &ModelsFolder,
    repo: &RepoId,
    files: Vec<(RepoPath, Option<Origin>)>,
    gauge: &Gauge,
    stop: &AtomicBool,
) -> Result<Vec<Checked>, DownloadError> {
    let mut all = Vec::with_capacity(files.len());
    for ((path, origin), gauge) in files.into_iter().zip(&gauge.files) {
        gauge.set(FileStage::Verifying);
        let finding = match origin {
            None => Finding::NoOrigin,
            Some(origin) => {
                let file = models.path().join(repo.to_path()).join(path.to_path());
                let found =
                    found(models, repo, &origin, gauge, stop).map_err(DownloadError::io("cannot be read", file))?;
                found.ok_or(DownloadError::Cancelled)?
            }
        };
        gauge.set(FileStage::Done);
        all.push(Checked { path, finding });
    }
    Ok(all)
}

/// `None` where it was stopped.
fn found(
    models: &ModelsFolder,
    repo: &RepoId,
    origin: &Origin,
    gauge: &super::gauge::FileGauge,
    stop: &AtomicBool,
) -> std::io::Result<Option<Finding>> {
    let missing = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => Ok(Some(Finding::Missing)),
        _ => Err(error),
    };
    let folder = match within(models, repo, &origin.path) {
        Ok(folder) => folder,
        Err(error) => return missing(error),
    };
    let bytes = match folder.kind(origin.path.file_name())? {
        None => return Ok(Some(Finding::Missing)),
        Some(Kind::File { bytes }) if bytes == origin.bytes => bytes,
        Some(Kind::File { bytes }) => return Ok(Some(Finding::OtherLength { expected: origin.bytes, found: bytes })),
        Some(_) => 0,
    };
    let file = match folder.open(origin.path.file_name()) {
        Ok(file) => file,
        Err(error) => return missing(error),
    };
    let Some(sums) = of_file(&file, bytes, &gauge.hashed, stop)? else { return Ok(None) };
    gauge.done.store(bytes, Ordering::Relaxed);
    let same = sums.sha256 == origin.sha256;
    Ok(Some(if same {
        Finding::Same
    } else {
        Finding::Differs { expected: origin.sha256.clone(), found: sums.sha256 }
    }))
}

fn within(models: &ModelsFolder, repo: &RepoId, path: &RepoPath) -> std::io::Result<Folder> {
    let mut folder = repo_folder(models, repo)?;
    for name in path.folder().split('/').filter(|name| !name.is_empty()) {
        folder = folder.enter(name)?;
    }
    Ok(folder)
}
