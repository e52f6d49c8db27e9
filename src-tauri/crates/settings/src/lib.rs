//! Where the data lies and the settings that last.
//!
//! [`Home`] is the one folder with everything in it, [`SettingsFile`] the settings in it, `validate` what values are
//! allowed, [`Secrets`] what the system's keyring keeps. Chats and models lie in the home too, but are other crates' business.

mod carry;
mod durable;
mod error;
mod file;
mod home;
mod lock;
mod places;
mod pointer;
mod secrets;
mod stored;
mod validate;

pub use error::SettingsError;
pub use file::SettingsFile;
pub use home::{Home, OpenedHome};
pub use lock::HomeLock;
pub use places::Places;
pub use secrets::{Held, Secrets};
pub use validate::validate_parameters;
