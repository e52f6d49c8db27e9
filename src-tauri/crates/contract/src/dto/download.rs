//! Downloads: the queue and where each stands.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{DownloadId, ErrorInfo, ModelId};

/// Something to download.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StartDownload {
    /// `publisher/name`.
    pub repo: String,
    /// A branch, a tag or a commit; `None` is the main branch.
    pub revision: Option<String>,
    /// The item of the repository's card; `None` takes the one recommended for this machine, of this quantisation
    /// where one is named.
    pub item: Option<String>,
    /// The quantisation to look for where no item is named.
    pub quantisation: Option<String>,
}

/// One download.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Download {
    /// Which.
    pub id: DownloadId,
    /// `publisher/name`.
    pub repo: String,
    /// Its name for people.
    pub name: String,
    /// How the weights are quantised.
    pub quantisation: Option<String>,
    /// How many files.
    pub files: u32,
    /// Bytes of all files.
    pub size_bytes: u64,
    /// Bytes that are here.
    pub done_bytes: u64,
    /// When it was asked for, milliseconds since 1970-01-01 UTC.
    pub added_at: i64,
    /// Where it stands.
    pub state: DownloadState,
}

/// Where a download stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DownloadState {
    /// Its turn has not come.
    Queued,
    /// Bytes are coming.
    Running {
        /// Bytes a second, over the last seconds; `None` before that is known.
        bytes_per_s: Option<f64>,
    },
    /// It waits until the host answers again, or allows it.
    Waiting {
        /// Until when, milliseconds since 1970-01-01 UTC.
        until: i64,
        /// Why.
        error: ErrorInfo,
    },
    /// All bytes are here and are held against the hub's sum.
    Verifying {
        /// 0 to 1.
        fraction: f64,
    },
    /// The person paused it; what is here stays.
    Paused,
    /// It failed; what is here stays.
    Failed {
        /// Why.
        error: ErrorInfo,
    },
    /// It is among the models.
    Done {
        /// The model; `None` where it was deleted or moved since.
        model: Option<ModelId>,
    },
}

/// Names a download.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DownloadRef {
    /// Which.
    pub download: DownloadId,
}

/// Another place in the queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MoveDownload {
    /// Which.
    pub download: DownloadId,
    /// In front of which; `None` puts it last.
    pub before: Option<DownloadId>,
}

/// How many bytes came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Freed {
    /// Bytes.
    pub bytes: u64,
}
