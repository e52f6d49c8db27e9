//! What the window and the host say to each other: identifiers, data, error codes, change tags and the one
//! table of calls and streams.
//!
//! No I/O lives here and nothing that only one side needs. Every type is plain data with serde and a TypeScript
//! twin; the twin is printed from these definitions (see [`bindings`]) and never written by hand.

mod api;
pub mod bindings;
mod dto;
mod error;
mod id;

pub use api::{Api, Calls, EventStream, Streams, dispatch_call, open_stream};
pub use dto::*;
pub use error::{ErrorCode, ErrorInfo};
pub use id::{ChatId, DownloadId, MessageId, ModelId, QueuedId, TokenId};
