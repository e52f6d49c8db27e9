//! What the application does: its use-cases as plain functions over [`App`].
//!
//! No window and no HTTP here. The window, the HTTP host and the tests call the same functions; each names what it
//! changed on the change bus, and the store is the record of it.

mod answers;
mod app;
mod changes;
pub mod chats;
mod defaults;
pub mod downloads;
pub mod engines;
mod error;
pub mod fit;
pub mod hardware;
pub mod hub;
pub mod messages;
pub mod models;
pub mod network;
pub mod serving;
pub mod settings;

pub use app::{App, AppParts};
pub use error::AppError;
pub use inglenook_hub::Surroundings;

/// What every use-case returns.
pub type Result<T, E = AppError> = std::result::Result<T, E>;
