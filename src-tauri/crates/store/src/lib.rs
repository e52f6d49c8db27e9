//! The record: chats and messages in SQLite, and what else has to outlast the end: the queue of downloads, the ledger
//! of the network, what is known of engines, loads
//! and folders that are away.
//!
//! A [`Store`] is a cheap handle on one database: the one on disk ([`Store::open`]) or one that lives in memory
//! only ([`Store::temporary`], for temporary chats). Every method is one transaction. What a method returns has
//! been committed: it survives the end of the process, and with the database on disk a power cut as well.
//!
//! Messages are a tree, and nothing that a person wrote is ever overwritten: an edit is a sibling, a deletion is a
//! mark. Of every tree one path is shown; it is kept as a mark on its messages, so that a page of it is one walk
//! along an index however long the chat is.
//!
//! Not here: what a prompt is made of, which model answers, and the change events. That is the application's part.

mod backup;
mod chats;
mod connections;
mod contacts;
mod downloads;
mod engines;
mod error;
mod files;
mod fit_records;
mod fold;
mod identity;
mod known_models;
mod lock;
mod messages;
mod model_use;
mod open;
mod queue;
mod schema;
mod server_tokens;
mod store;
mod title;

pub use contacts::HostSums;
pub use downloads::{DownloadFile, DownloadStanding, KeptDownload, NewDownload};
pub use error::StoreError;
pub use fit_records::LoadRecord;
pub use messages::{FinishedAnswer, Turn};
pub use open::Opened;
pub use server_tokens::SecretHash;
pub use store::Store;

/// What every method of the store returns.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;
