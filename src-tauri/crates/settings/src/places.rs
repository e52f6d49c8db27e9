//! What decides where the home is.

use std::path::PathBuf;

use crate::SettingsError;

/// Names the environment variable that overrides everything else.
const VARIABLE: &str = "INGLENOOK_HOME";

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
    /// [`SettingsError::NoPlace`] where neither names a folder; [`SettingsError::Io`] for a relative
    /// `INGLENOOK_HOME` in a working folder that is gone.
    pub fn of_this_machine() -> Result<Self, SettingsError> {
        let environment = match std::env::var_os(VARIABLE).filter(|value| !value.is_empty()) {
            Some(path) => {
                let path = PathBuf::from(path);
                Some(std::path::absolute(&path).map_err(SettingsError::io("be found", &path))?)
            }
            None => None,
        };
        // The names that are usual on each system; `dirs` knows the folders they lie in.
        let name = if cfg!(any(target_os = "macos", target_os = "windows")) { "Inglenook" } else { "inglenook" };
        // Never the folder of the data: whoever deletes the old data after a move must not delete the pointer.
        let config = dirs::preference_dir().map(|folder| folder.join(name));
        let data = dirs::data_local_dir().map(|folder| folder.join(name));
        match (environment, config, data) {
            (environment, Some(config), Some(data)) => Ok(Self { environment, config, data }),
            // Where the variable decides, the other two are never looked at.
            (Some(home), _, _) => Ok(Self { config: home.clone(), data: home.clone(), environment: Some(home) }),
            (None, _, _) => Err(SettingsError::NoPlace),
        }
    }
}
