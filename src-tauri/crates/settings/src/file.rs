//! The settings file: one JSON object, replaced as a whole.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use inglenook_contract::{Notice, Settings};
use time::OffsetDateTime;
use time::macros::format_description;
use tokio::sync::watch;

use crate::stored::{self, Stored};
use crate::{SettingsError, durable, validate};

/// The settings in memory and on disk. One instance a process; share it in an `Arc`.
#[derive(Debug)]
pub struct SettingsFile {
    path: PathBuf,
    /// What the file holds; locked for the whole of a save, so that saves follow one another.
    stored: Mutex<Stored>,
    sender: watch::Sender<Settings>,
}

impl SettingsFile {
    /// Reads the file; a missing one gives the defaults. A file that cannot be understood is set aside, and the
    /// notice says where.
    ///
    /// # Errors
    /// [`SettingsError::Io`] where the file is there but cannot be opened or set aside.
    pub fn open(path: impl Into<PathBuf>) -> Result<(Self, Option<Notice>), SettingsError> {
        let path = path.into();
        let (settings, stored, notice) = match std::fs::read(&path) {
            Ok(text) => match stored::read(&text) {
                Some((settings, stored)) => (settings, stored, None),
                None => {
                    let aside = set_aside(&path)?;
                    tracing::warn!(aside = %aside.display(), "the settings could not be understood");
                    let notice = Notice::SettingsSetAside { path: aside.display().to_string() };
                    (Settings::default(), Stored::new(), Some(notice))
                }
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => (Settings::default(), Stored::new(), None),
            Err(error) => return Err(SettingsError::io("be read", &path)(error)),
        };
        let (sender, _) = watch::channel(settings);
        Ok((Self { path, stored: Mutex::new(stored), sender }, notice))
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
        self.update(|current| *current = settings)
    }

    /// Changes the current settings and saves them, with no other save in between. Blocks for an fsync; not at all
    /// where nothing changed.
    ///
    /// # Errors
    /// As [`SettingsFile::save`].
    pub fn update(&self, change: impl FnOnce(&mut Settings)) -> Result<Settings, SettingsError> {
        // A panic in `change` leaves what is stored as it was.
        let mut stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        let current = self.current();
        let mut settings = current.clone();
        change(&mut settings);
        let settings = validate::checked(settings).map_err(SettingsError::Invalid)?;
        if settings == current && self.path.exists() {
            return Ok(settings);
        }
        let merged = stored::merge(&stored, &settings);
        let mut text = serde_json::to_vec_pretty(&merged).map_err(|error| SettingsError::Invalid(error.to_string()))?;
        text.push(b'\n');
        durable::replace(&self.path, &text)?;
        *stored = merged;
        self.sender.send_replace(settings.clone());
        Ok(settings)
    }

    /// Tells of every save from now on.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Settings> {
        self.sender.subscribe()
    }
}

/// Renames the file to `settings.damaged-<date>.json`, under a name that is free.
fn set_aside(path: &Path) -> Result<PathBuf, SettingsError> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let date = OffsetDateTime::now_utc()
        .format(format_description!("[year]-[month]-[day]T[hour]-[minute]-[second]"))
        .unwrap_or_else(|_| "unknown".to_owned());
    let names = (1..1000).map(|number| match number {
        1 => format!("{stem}.damaged-{date}.json"),
        number => format!("{stem}.damaged-{date}-{number}.json"),
    });
    let free = names.map(|name| path.with_file_name(name)).find(|aside| !aside.exists());
    let aside = free.unwrap_or_else(|| path.with_extension("damaged.json"));
    std::fs::rename(path, &aside).map_err(SettingsError::io("be set aside", path))?;
    Ok(aside)
}
