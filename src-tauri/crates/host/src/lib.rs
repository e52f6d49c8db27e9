//! The host: the application put together from its real parts, behind the contract's table.
//!
//! The window's shell, the HTTP host and the tests start the same [`Host`]; what differs between them is the
//! [`Desktop`] around it. Nothing here knows Tauri or HTTP.

mod api;
mod control;
mod desktop;
mod logging;
mod reach;
mod serving;
mod start;

pub use control::{Door, Remote};
pub use desktop::{Desktop, NoDesktop};
pub use inglenook_app::Surroundings;
pub use inglenook_engine::Launcher;
pub use inglenook_settings::{Home, Places};
pub use reach::Reached;
pub use start::{Host, HostOptions};
