//! The lock that keeps a second process out of a home: two of them would ruin one database.

use std::fs::{File, TryLockError};
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
        if held_elsewhere(file.try_lock()) {
            return Err(SettingsError::AlreadyRunning(root.to_owned()));
        }
        Ok(Self { _file: file })
    }
}

/// Whether another process has the lock. Network disks without locks say so in many ways, most of which have no name
/// in the standard library; on all of them it is better to go on than never to start.
fn held_elsewhere(tried: Result<(), TryLockError>) -> bool {
    match tried {
        Ok(()) => false,
        Err(TryLockError::WouldBlock) => true,
        Err(TryLockError::Error(error)) => {
            tracing::warn!(%error, "this disk gives no lock: a second process would not be kept out");
            false
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn a_disk_without_locks_opens_and_a_held_lock_does_not() {
        assert!(held_elsewhere(Err(TryLockError::WouldBlock)));
        for code in [libc::ENOLCK, libc::EOPNOTSUPP, libc::ENOSYS] {
            let error = io::Error::from_raw_os_error(code);
            assert!(!held_elsewhere(Err(TryLockError::Error(error))), "{code}: nobody is known to have it");
        }
    }
}
