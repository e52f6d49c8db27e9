//! The pointer file, `location.json`: which home is in use where a person has moved it, and which is to be used
//! from the next start on.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::{SettingsError, durable};

/// What the pointer file says. A missing file says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Pointer {
    /// The home in use; `None` for the usual place.
    pub(crate) current: Option<PathBuf>,
    /// The home from the next start on.
    pub(crate) next: Option<PathBuf>,
}

impl Pointer {
    /// The file in the folder of configurations.
    pub(crate) fn path(config: &Path) -> PathBuf {
        config.join("location.json")
    }

    /// Reads the file. One that cannot be understood is an error: going on without it would show an empty
    /// application to somebody whose chats lie elsewhere.
    pub(crate) fn read(config: &Path) -> Result<Self, SettingsError> {
        let path = Self::path(config);
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(SettingsError::io("be read", &path)(error)),
        };
        // By way of an object: a list would do for a struct with serde.
        let object = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&text);
        let pointer: Self = match object.and_then(|object| serde_json::from_value(object.into())) {
            Ok(pointer) => pointer,
            Err(error) => return Err(SettingsError::PointerDamaged { path, reason: error.to_string() }),
        };
        match pointer.current.iter().chain(&pointer.next).find(|path| !path.is_absolute()) {
            Some(relative) => Err(SettingsError::PointerDamaged {
                path,
                reason: format!("“{}” is not an absolute path", relative.display()),
            }),
            None => Ok(pointer),
        }
    }

    /// Writes the file, all or nothing.
    pub(crate) fn write(&self, config: &Path) -> Result<(), SettingsError> {
        durable::make_folder(config)?;
        let text = serde_json::to_vec_pretty(self).map_err(|error| SettingsError::Invalid(error.to_string()))?;
        durable::replace(&Self::path(config), &text)
    }
}
