//! Backups.

use std::path::PathBuf;

use inglenook_contract::Backup;

use crate::{Result, Store};

impl Store {
    /// The backups there are, newest first.
    ///
    /// # Errors
    /// `Failed` where the folder cannot be read.
    pub async fn backups(&self) -> Result<Vec<Backup>> {
        unimplemented!()
    }

    /// Puts the backup called `name` in the place of the database, while the store is open; returns where the
    /// database that was in use lies now. Stop all answers before: they are not in the backup.
    ///
    /// # Errors
    /// `NotFound` for an unknown name, `Damaged` or `TooNew` where the backup cannot be used, `DiskFull`. After an
    /// error the database that was in use still is.
    pub async fn restore_backup(&self, _name: &str) -> Result<PathBuf> {
        unimplemented!()
    }
}
