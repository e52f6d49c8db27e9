//! Downloads that never corrupt: a file appears in the models folder only when it is whole and was found right.
//!
//! An order is what a person asked for: one model, in one file or many. Its parts lie in a folder of their own beside
//! the models (`.downloads/<order>`), with a journal of which bytes are there, so that a pause, an error or a kill loses
//! nothing that was written. Every content is hashed as it comes; all files of an order are put in their places
//! together, and a sidecar beside them keeps where each came from. How a hub is asked is in `remote`; which orders
//! there are, and when they run, is decided by whoever calls [`run`].

mod backoff;
mod connection;
mod digest;
mod error;
mod file;
mod folder;
mod gauge;
mod journal;
mod names;
mod order;
mod part;
mod place;
mod positional;
mod segments;
mod sidecar;
mod space;
mod step;
mod stored;
mod transfer;
mod verify;

use std::path::PathBuf;
use std::time::Duration;

use inglenook_contract::ErrorInfo;

use crate::remote::{Commit, RepoId, RepoPath, Sha256Hex};

pub use error::DownloadError;
pub use order::run;
pub(crate) use sidecar::forget_origins;
pub use sidecar::{Origin, Origins, origin_of, origins};
pub use stored::{ModelsFolder, discard, kept};
pub use verify::{Checked, Expected, Finding, Sum, git_hash_of, verify};

/// One thing that a person asked for; all its files appear together or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// What its folder is called: letters, digits, `-` and `_`, 64 at most. The same order keeps its identifier.
    pub id: String,
    /// Where the files come from.
    pub repo: RepoId,
    /// Of which commit.
    pub commit: Commit,
    /// The files.
    pub files: Vec<OrderedFile>,
}

/// One file of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderedFile {
    /// Its path in the repository.
    pub path: RepoPath,
    /// Its size.
    pub bytes: u64,
    /// Its digest, where the hub knows it.
    pub sha256: Option<Sha256Hex>,
}

/// Bounds and measures of a download. The default is for people; tests make them small.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Connections at once, at most; fewer where a host asks for it.
    pub connections: usize,
    /// Files up to this size, bytes, come by one connection each.
    pub small_bytes: u64,
    /// Least bytes that one connection asks for at once.
    pub least_step_bytes: u64,
    /// Most bytes that one connection asks for at once.
    pub most_step_bytes: u64,
    /// A connection without work takes half of another's where more bytes than this remain.
    pub least_theft_bytes: u64,
    /// Bytes of a file that may be written and not yet safe from a power cut, where the disk keeps up.
    pub flush_bytes: u64,
    /// Bytes after which the free space is looked at again.
    pub space_step_bytes: u64,
    /// Bytes that are left free.
    pub margin_bytes: u64,
    /// The wait after a first failure; it doubles with each.
    pub shortest_wait: Duration,
    /// The longest wait, unless a host asks for more.
    pub longest_wait: Duration,
    /// Failures of a server in a row, without a byte in between, after which the download ends with its error.
    pub most_tries: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connections: 8,
            small_bytes: 8 << 20,
            least_step_bytes: 4 << 20,
            most_step_bytes: 64 << 20,
            least_theft_bytes: 2 << 20,
            flush_bytes: 8 << 20,
            space_step_bytes: 256 << 20,
            margin_bytes: 64 << 20,
            shortest_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(60),
            most_tries: 8,
        }
    }
}

/// How far an order is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Bytes that are there.
    pub done_bytes: u64,
    /// Bytes of all files.
    pub total_bytes: u64,
    /// Bytes a second over the last seconds; `None` while that cannot be told.
    pub bytes_per_s: Option<f64>,
    /// Connections at this moment.
    pub connections: usize,
    /// Why something had to begin anew, in words for a person.
    pub note: Option<String>,
}

/// What is being done.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Stage {
    /// Looking at what is there, and asking the hub where the files lie.
    #[default]
    Resolving,
    /// Bytes come.
    Downloading,
    /// Nothing comes until then.
    Waiting {
        /// Milliseconds since 1970-01-01 UTC.
        until_ms: i64,
        /// What kept it from going on.
        why: ErrorInfo,
    },
    /// All bytes are there and are being hashed.
    Verifying {
        /// Bytes that are hashed, of all files.
        done: u64,
    },
    /// The files are being put in their places.
    Placing,
}

/// An order that came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The repository's folder below the models folder.
    pub folder: PathBuf,
    /// The files, in the order's order.
    pub files: Vec<PathBuf>,
    /// Bytes of all of them.
    pub bytes: u64,
}
