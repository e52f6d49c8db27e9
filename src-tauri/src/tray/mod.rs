//! The icon in the system's tray, where the application is found while it serves without a window.
//!
//! On Linux the icon speaks the desktops' own protocol over the bus (`item.rs`). Tauri's icon needs a library that it
//! ends the process without, and does not tell whether anybody shows it: on a desktop without a tray the application
//! would be gone from sight (seen in tray-icon 0.25). Elsewhere it is Tauri's (`native.rs`).

use std::sync::Arc;

#[cfg(target_os = "linux")]
mod item;
#[cfg(not(target_os = "linux"))]
mod native;

#[cfg(target_os = "linux")]
pub(crate) use item::{Icon, is_there};
#[cfg(not(target_os = "linux"))]
pub(crate) use native::{Icon, is_there};

/// What the person chose at the icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chosen {
    /// To see the window.
    Open,
    /// That nobody is served any more.
    Stop,
    /// To end the application.
    Quit,
}

/// What an icon tells.
pub(crate) trait Heard: Send + Sync {
    /// The person chose something.
    fn chosen(&self, what: Chosen);

    /// The icon can be seen from now on, or no longer.
    fn seen(&self, seen: bool);
}

/// Whoever listens to an icon.
pub(crate) type Listener = Arc<dyn Heard>;

/// The line that says what goes on.
fn serving(address: &str) -> String {
    format!("Serving at {}", address.trim_start_matches("http://"))
}

const OPEN: &str = "Open Inglenook";
const STOP: &str = "Stop the server";
const QUIT: &str = "Quit Inglenook";

#[cfg(test)]
mod tests {
    #[test]
    fn the_line_names_the_address_as_one_types_it() {
        assert_eq!(super::serving("http://127.0.0.1:1234"), "Serving at 127.0.0.1:1234");
    }
}
