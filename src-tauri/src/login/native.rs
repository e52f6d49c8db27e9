//! The system's own list, through the crate that knows it: a launch agent on macOS, the registry on Windows.

use std::io;

use auto_launch::{AutoLaunch, AutoLaunchBuilder};
use inglenook_host::Places;

use crate::background::BACKGROUND;

/// The entry that starts the application.
pub(crate) struct Login(AutoLaunch);

impl Login {
    /// The entry for this program; `None` where none can be made: an entry cannot say where the data lies, if the
    /// environment decided it.
    pub(crate) fn of(places: &Places, _name: &str) -> Option<Self> {
        if places.environment.is_some() {
            return None;
        }
        let program = std::env::current_exe().ok()?;
        let built = AutoLaunchBuilder::new()
            .set_app_name("Inglenook")
            .set_app_path(program.to_str()?)
            .set_args(&[BACKGROUND])
            .build();
        built.ok().map(Self)
    }

    /// Whether the system starts the application at login.
    ///
    /// # Errors
    /// The list cannot be read.
    pub(crate) fn is_on(&self) -> io::Result<bool> {
        self.0.is_enabled().map_err(io::Error::other)
    }

    /// Puts the application on the list, or takes it off.
    ///
    /// # Errors
    /// The list cannot be written.
    pub(crate) fn set(&self, on: bool) -> io::Result<()> {
        if on { self.0.enable() } else { self.0.disable() }.map_err(io::Error::other)
    }

    /// Puts the program on the list where it is now.
    pub(crate) fn refresh(&self) {
        if self.is_on().unwrap_or(false)
            && let Err(error) = self.set(true)
        {
            tracing::warn!(%error, "the system starts another program at login");
        }
    }
}
