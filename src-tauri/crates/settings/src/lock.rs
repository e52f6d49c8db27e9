//! The lock that keeps a second process out of a home: two of them would ruin one database.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

use crate::SettingsError;

/// The lock file's name in a home. It is left there: removing it would let two processes lock two files.
pub(crate) const NAME: &str = "lock";

/// The lock of a home. Dropping it, or the end of the process however it comes, frees it.
#[derive(Debug)]
pub struct HomeLock {
    _file: File,
}

impl HomeLock {
    /// Locks the home at `root`, which exists.
    pub(crate) fn take(root: &Path) -> Result<Self, SettingsError> {
        let path = root.join(NAME);
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(SettingsError::io("be opened", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(SettingsError::AlreadyRunning(root.to_owned())),
            // Some network disks have no locks. Better to go on than never to start there.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                tracing::warn!(%error, "this disk has no locks: a second process would not be kept out");
            }
            Err(TryLockError::Error(error)) => return Err(SettingsError::io("be locked", &path)(error)),
        }
        Ok(Self { _file: file })
    }
}
