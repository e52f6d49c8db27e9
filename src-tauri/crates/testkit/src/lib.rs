//! A fake of the model hub and its content servers, with faults on demand.
//!
//! [`FakeHub`] serves on two ports of this machine: the hub as `127.0.0.1`, the content server as `localhost`, so that
//! clients take them for two hosts. Repositories are described by [`RepoSpec`], what goes wrong by [`Fault`]; every
//! request is kept as a [`Record`]. The same serves as the binary `inglenook-fakehub`, with the [`demo`] catalogue.
//!
//! It answers as the real hub was seen to answer, and was held against the real Python client
//! (`scripts/fakehub.sh`). Nothing of the application is known here.

mod cdn;
mod connection;
mod content;
pub mod demo;
mod fake;
mod faults;
pub mod gguf;
mod hub;
mod misled;
mod passed;
mod records;
mod repo;
mod shared;
mod wire;

pub use content::Content;
pub use fake::{FakeHub, Token};
pub use faults::{Again, Fault, What};
pub use records::{Counts, Host, Record};
pub use repo::{File, Gate, RepoSpec};
