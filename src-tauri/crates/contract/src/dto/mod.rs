//! The data of the contract, by domain.

mod change;
mod chat;
mod hardware;
mod message;
mod model;
mod parameters;
mod settings;
mod system;

pub use change::*;
pub use chat::*;
pub use hardware::*;
pub use message::*;
pub use model::*;
pub use parameters::*;
pub use settings::*;
pub use system::*;
