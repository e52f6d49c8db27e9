//! Opening the store.

use std::path::Path;
use std::sync::Arc;

use inglenook_contract::Notice;

use crate::Result;

/// A handle on one database of chats; cloning it is cheap.
#[derive(Clone, Debug)]
pub struct Store {
    _inner: Arc<()>,
}

/// A store that was opened, and what the person should be told about it.
#[derive(Debug)]
pub struct Opened {
    /// The store, ready for use.
    pub store: Store,
    /// [`Notice::DatabaseSetAside`] where the database was damaged.
    pub notices: Vec<Notice>,
}

impl Store {
    /// Opens (or makes) the database in the folder `dir`, brings it to this version's form and puts right what an
    /// unclean end left behind: answers that were being written are [`Cut`](inglenook_contract::MessageStatus::Cut),
    /// queued texts are held.
    ///
    /// # Errors
    /// `Busy` where another process has it open, `TooNew`, `PermissionDenied`, `DiskFull`, `Failed`. Damage is not
    /// an error but a notice.
    pub async fn open(_dir: &Path) -> Result<Opened> {
        unimplemented!()
    }

    /// A store that lives in memory only and is gone with its last handle. Its ids begin with `temp-`.
    ///
    /// # Errors
    /// `Failed` where no memory is left.
    pub async fn temporary() -> Result<Self> {
        unimplemented!()
    }

    /// Whether this store lives in memory only.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        unimplemented!()
    }

    /// Ends the use of the database, so that the next start knows that all is well. Later calls fail.
    ///
    /// # Errors
    /// Whatever the last write fails with.
    pub async fn close(&self) -> Result<()> {
        unimplemented!()
    }
}
