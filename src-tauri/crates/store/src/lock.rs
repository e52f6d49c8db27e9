//! One process at a time, and whether the last one ended well.
//!
//! The lock is the operating system's, so it ends with the process however that ends. In the locked file stands
//! what the database looked like when it was last closed in good order; any other look, or an empty file, means
//! that the database should be examined before it is used.

use std::fs::{File, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;
use std::time::UNIX_EPOCH;

use crate::files::{Files, open_private};
use crate::{Result, StoreError};

/// The lock on the store's folder; given back when dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock.
    pub(crate) fn take(files: &Files) -> Result<Self> {
        let file = open_private(&files.lock())?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::Busy(
                    "The chats are open in another Inglenook that is still running. Close it, then try again.",
                ));
            }
            // Some network file systems have no locks. The chats are more use unlocked than out of reach.
            Err(TryLockError::Error(error)) => tracing::warn!(%error, "the chats' folder cannot be locked"),
        }
        Ok(Self { file })
    }

    /// Whether the database is as the last process left it in good order. Asking makes it so no longer.
    pub(crate) fn take_clean(&mut self, files: &Files) -> Result<bool> {
        let mut note = String::new();
        // A note that is not text is not ours and says nothing.
        let _ = self.file.read_to_string(&mut note);
        self.file.set_len(0)?;
        Ok(look(&files.database()).is_some_and(|look| look == note))
    }

    /// Notes that the database was closed in good order.
    pub(crate) fn note_clean(&mut self, files: &Files) -> Result<()> {
        if let Some(look) = look(&files.database()) {
            self.file.rewind()?;
            self.file.write_all(look.as_bytes())?;
        }
        Ok(())
    }
}

/// What a file looks like from outside: size and time of its last change.
fn look(path: &Path) -> Option<String> {
    let found = std::fs::metadata(path).ok()?;
    let changed = found.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("closed {} {}", found.len(), changed.as_nanos()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holder_is_refused_until_the_first_is_gone() {
        let home = tempfile::tempdir().unwrap();
        let files = Files::at(home.path()).unwrap();
        let first = Lock::take(&files).unwrap();
        assert!(matches!(Lock::take(&files), Err(StoreError::Busy(_))), "one at a time");
        drop(first);
        Lock::take(&files).unwrap();
    }

    #[test]
    fn a_clean_end_is_believed_once_and_only_of_the_same_file() {
        let home = tempfile::tempdir().unwrap();
        let files = Files::at(home.path()).unwrap();
        std::fs::write(files.database(), "database").unwrap();
        let mut lock = Lock::take(&files).unwrap();
        assert!(!lock.take_clean(&files).unwrap(), "nobody noted anything yet");
        lock.note_clean(&files).unwrap();
        drop(lock);

        let mut lock = Lock::take(&files).unwrap();
        assert!(lock.take_clean(&files).unwrap());
        lock.note_clean(&files).unwrap();
        drop(lock);

        std::fs::write(files.database(), "cut").unwrap();
        let mut lock = Lock::take(&files).unwrap();
        assert!(!lock.take_clean(&files).unwrap(), "the file is another one now");
    }
}
