//! The home: the one folder where everything lies.

use std::path::{Path, PathBuf};

use inglenook_contract::{DataLocation, Notice};

use crate::pointer::Pointer;
use crate::{HomeLock, Places, SettingsError, carry, durable, lock};

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

impl Home {
    /// Finds the home; makes and changes nothing.
    ///
    /// # Errors
    /// [`SettingsError::PointerDamaged`] and [`SettingsError::HomeMissing`] where a moved home cannot be found.
    pub fn locate_in(places: Places) -> Result<Self, SettingsError> {
        if let Some(root) = &places.environment {
            return Ok(Self { root: root.clone(), places });
        }
        let Some(root) = Pointer::read(&places.config)?.current else {
            return Ok(Self { root: places.data.clone(), places });
        };
        // A moved home has a lock file. Without one its disk is not connected, and making a new home at the place
        // where it is usually mounted would look as if all chats were lost.
        if !root.join(lock::NAME).exists() {
            return Err(SettingsError::HomeMissing { path: root, pointer: Pointer::path(&places.config) });
        }
        Ok(Self { root, places })
    }

    /// Makes the folders, locks them, and carries out a planned move. What a start calls, once.
    ///
    /// # Errors
    /// [`SettingsError::AlreadyRunning`] where another process has the home; [`SettingsError::Io`] where a
    /// folder cannot be made; as [`Home::locate_in`]. A move that fails is not an error: the old home is opened and
    /// the notice says why.
    pub fn open_in(places: Places) -> Result<OpenedHome, SettingsError> {
        let home = Self::locate_in(places)?;
        home.make_folders()?;
        let lock = home.lock()?;
        durable::remove_leftovers(&home.root);
        carry::forget_finished(&home.root);
        let Some(next) = home.planned()? else {
            return Ok(OpenedHome { home, lock, notice: None });
        };
        match home.move_to(&next) {
            Ok((new, new_lock)) => {
                let notice = Some(Notice::DataMoved { from: home.root.display().to_string() });
                Ok(OpenedHome { home: new, lock: new_lock, notice })
            }
            Err(error) => {
                tracing::warn!(%error, to = %next.display(), "the data was not moved");
                // Not tried again at every start: the person is told and may plan anew.
                if let Err(error) = home.take_back_move() {
                    tracing::warn!(%error, "the plan to move the data could not be taken back");
                }
                Ok(OpenedHome { home, lock, notice: Some(Notice::DataNotMoved { error: error.into() }) })
            }
        }
    }

    /// Copies everything, then lets the pointer point to the copy. Up to that moment the old home is in use.
    fn move_to(&self, next: &Path) -> Result<(Self, HomeLock), SettingsError> {
        carry::carry(&self.root, next, || {
            let new = Self { root: next.to_owned(), places: self.places.clone() };
            let lock = new.lock()?;
            Pointer { current: Some(next.to_owned()), next: None }.write(&self.places.config)?;
            Ok((new, lock))
        })
    }

    /// Keeps other processes out of this home.
    ///
    /// # Errors
    /// [`SettingsError::AlreadyRunning`] where another process has it.
    pub fn lock(&self) -> Result<HomeLock, SettingsError> {
        HomeLock::take(&self.root)
    }

    fn make_folders(&self) -> Result<(), SettingsError> {
        for folder in [self.root.clone(), self.chats(), self.models(), self.logs()] {
            durable::make_folder(&folder)?;
        }
        Ok(())
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

    /// Makes the folder where the web view keeps what is its own (cache, local storage), and says where it is.
    ///
    /// # Errors
    /// [`SettingsError::Io`] where it cannot be made.
    pub fn make_web_view_folder(&self) -> Result<PathBuf, SettingsError> {
        let folder = self.root.join(carry::WEB_VIEW);
        durable::make_folder(&folder)?;
        Ok(folder)
    }

    /// The settings file.
    #[must_use]
    pub fn settings(&self) -> PathBuf {
        self.root.join("settings.json")
    }

    /// Where the data lies, what decided it, and where it will lie.
    #[must_use]
    pub fn location(&self) -> DataLocation {
        // A pointer that became unreadable since the start is told of at the next one.
        let next = self.planned().unwrap_or_default();
        DataLocation {
            path: self.root.display().to_string(),
            from_environment: self.places.environment.is_some(),
            next: next.map(|path| path.display().to_string()),
        }
    }

    /// The home from the next start on; `None` where the environment decides.
    fn planned(&self) -> Result<Option<PathBuf>, SettingsError> {
        match self.places.environment {
            Some(_) => Ok(None),
            None => Ok(Pointer::read(&self.places.config)?.next),
        }
    }

    /// Plans a move to `path` at the next start: an absolute path of a folder that is empty or not there yet.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] where that cannot be, in plain words; [`SettingsError::Io`] where nothing can be
    /// written there, or the plan could not be written down.
    pub fn plan_move(&self, path: &Path) -> Result<DataLocation, SettingsError> {
        if self.places.environment.is_some() {
            return Err(SettingsError::Invalid(
                "INGLENOOK_HOME says where the data lies, so it cannot be moved from here.".to_owned(),
            ));
        }
        carry::check_target(&self.root, path)?;
        carry::check_writable(path)?;
        let pointer = Pointer::read(&self.places.config)?;
        Pointer { next: Some(path.to_owned()), ..pointer }.write(&self.places.config)?;
        Ok(self.location())
    }

    /// Takes a planned move back; does nothing where none is planned.
    ///
    /// # Errors
    /// [`SettingsError::Io`] where that could not be written down.
    pub fn take_back_move(&self) -> Result<DataLocation, SettingsError> {
        if self.planned()?.is_some() {
            let pointer = Pointer::read(&self.places.config)?;
            Pointer { next: None, ..pointer }.write(&self.places.config)?;
        }
        Ok(self.location())
    }
}
