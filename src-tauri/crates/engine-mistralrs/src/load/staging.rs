//! A private folder for files that the engine wants to read and that the model's folder does not have in the
//! right form. Nothing is ever written into the model's own folder.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use inglenook_worker::WorkerError;
use tempfile::TempDir;

/// The folders of this process, to be removed at its end however it comes.
static FOLDERS: Mutex<Vec<TempDir>> = Mutex::new(Vec::new());

/// A template that says nothing. The engine is given it in the place of the model's own, which it would read for
/// reasoning and tool calls, and for some download a vocabulary; all of that is the worker's business.
const SILENT: &str = "{{ messages }}";

/// A folder of this process.
pub(super) struct Staging {
    folder: PathBuf,
}

impl Staging {
    /// A new, empty folder that only this user can look into.
    pub(super) fn new() -> Result<Self, WorkerError> {
        let folder = tempfile::Builder::new().prefix("inglenook-").tempdir().map_err(failed)?;
        let path = folder.path().to_owned();
        FOLDERS.lock().unwrap_or_else(PoisonError::into_inner).push(folder);
        Ok(Self { folder: path })
    }

    /// Writes a file and returns its path.
    pub(super) fn write(&self, name: &str, content: &str) -> Result<PathBuf, WorkerError> {
        let path = self.folder.join(name);
        std::fs::write(&path, content).map_err(failed)?;
        Ok(path)
    }

    /// A chat template that says nothing.
    pub(super) fn silent_template(&self) -> Result<PathBuf, WorkerError> {
        self.write("silent.jinja", SILENT)
    }
}

/// Removes all folders of this process.
pub(crate) fn remove_all() {
    FOLDERS.lock().unwrap_or_else(PoisonError::into_inner).clear();
}

fn failed(error: std::io::Error) -> WorkerError {
    WorkerError::EngineFailed { doing: "make a temporary folder", detail: error.to_string() }
}
