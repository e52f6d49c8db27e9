//! Where the data lies and the settings that last.

mod error;
mod file;
mod home;
mod validate;

pub use error::SettingsError;
pub use file::SettingsFile;
pub use home::{Home, HomeLock, OpenedHome, Places};
pub use validate::{validate, validate_parameters};
