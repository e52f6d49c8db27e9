//! The data of the contract, by domain.

mod change;
mod chat;
mod discover;
mod download;
mod fit;
mod hardware;
mod message;
mod model;
mod network;
mod parameters;
mod server;
mod settings;
mod system;

pub use change::*;
pub use chat::*;
pub use discover::*;
pub use download::*;
pub use fit::*;
pub use hardware::*;
pub use message::*;
pub use model::*;
pub use network::*;
pub use parameters::*;
pub use server::*;
pub use settings::*;
pub use system::*;
