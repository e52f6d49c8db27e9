//! How a failure crosses the wire: a code that the window maps to an action, and words for a person.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What kind of failure it was. The window keys severity and the mending action on it; nobody matches on text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The request was malformed or a value is out of range.
    InvalidRequest,
    /// What the request names does not exist (any more).
    NotFound,
    /// It cannot be done now because something else is under way.
    Busy,
    /// The model file or folder is gone from the disk.
    ModelMissing,
    /// No engine in this build can run the model.
    ModelUnsupported,
    /// The model file is cut, damaged or not what it claims to be.
    ModelDamaged,
    /// The model does not fit in the memory that is free.
    OutOfMemory,
    /// No model was chosen yet.
    NoModel,
    /// The engine's program was not found or could not be started.
    EngineMissing,
    /// The processor lacks what the engine was built for.
    ProcessorUnsupported,
    /// The engine's process ended in the middle of its work.
    EngineCrashed,
    /// The engine reported a failure of its own.
    EngineFailed,
    /// The prompt is longer than the context that the model was loaded with.
    ContextFull,
    /// The model's chat template refused the conversation.
    TemplateFailed,
    /// The person stopped it.
    Cancelled,
    /// The database could not be read or written.
    StoreFailed,
    /// The database is damaged; it was set aside.
    StoreDamaged,
    /// The database was written by a newer version of the application.
    StoreTooNew,
    /// The disk is full.
    DiskFull,
    /// The operating system denied access to a file or folder.
    PermissionDenied,
    /// The person switched the network, or this host, off.
    NetworkOff,
    /// A host on the network cannot be reached, is not trusted or fell silent.
    Unreachable,
    /// A host wants us to wait.
    RateLimited,
    /// What was asked for needs a token, or its terms accepted.
    AccessNeeded,
    /// A host answered what cannot be used.
    HubFailed,
    /// What was downloaded is not what was announced.
    DownloadDamaged,
    /// This host cannot do it (for example, a folder dialogue in a browser).
    Unavailable,
    /// A fault of ours.
    Internal,
}

/// A failure as the window sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[error("{message}")]
pub struct ErrorInfo {
    /// The kind of failure.
    pub code: ErrorCode,
    /// What happened, in plain words, one or two sentences, ready to be shown.
    pub message: String,
    /// What a developer or a bug report needs: the engine's own words, a path, the end of a log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub detail: Option<String>,
    /// Whether the same request may succeed when tried again unchanged.
    #[serde(default)]
    pub retryable: bool,
    /// Milliseconds to wait before that, where a host asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub retry_in_ms: Option<u64>,
}

impl ErrorInfo {
    /// A failure that trying again unchanged will not mend.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), detail: None, retryable: false, retry_in_ms: None }
    }

    /// The same failure with what a bug report needs.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// The same failure, marked as worth another try.
    #[must_use]
    pub fn retryable(mut self) -> Self {
        self.retryable = true;
        self
    }

    /// The same failure, worth another try after so many milliseconds.
    #[must_use]
    pub fn retry_in(mut self, ms: u64) -> Self {
        self.retry_in_ms = Some(ms);
        self.retryable()
    }
}
