//! The local server: how it is set, whether it runs, who may use it, and what it was asked.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ErrorInfo, ModelId, TokenId};

/// How the local server is set. What changes takes effect at once, also while it runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct ServerSettings {
    /// It is switched on when the application starts.
    pub start_with_app: bool,
    /// While it is on, closing the window leaves the application running in the tray, where there is one.
    pub keep_serving: bool,
    /// The port it listens on, 1 to 65535.
    pub port: u16,
    /// Other machines of the network may use it; every request needs a token then.
    pub lan: bool,
    /// Requests from this machine need a token too.
    pub require_token: bool,
    /// Web pages that may use it, exact origins such as `http://localhost:3000`.
    pub origins: Vec<String>,
    /// Further names of this machine that requests may be addressed to, without a port.
    pub hosts: Vec<String>,
    /// Answers that are written at once, 1 to 32.
    pub parallel: u32,
    /// Requests that may wait beyond those, 0 to 1,000.
    pub queue: u32,
    /// A model that is asked for is loaded; otherwise only loaded ones answer.
    pub load_on_demand: bool,
    /// The log of requests keeps what was asked and answered, in memory alone.
    pub log_bodies: bool,
    /// What holds for single models.
    pub models: Vec<ServedModel>,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            start_with_app: false,
            keep_serving: true,
            port: 1234,
            lan: false,
            require_token: false,
            origins: Vec::new(),
            hosts: Vec::new(),
            parallel: 4,
            queue: 64,
            load_on_demand: true,
            log_bodies: false,
            models: Vec::new(),
        }
    }
}

/// What holds for one model when programs ask it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ServedModel {
    /// Which model.
    pub model: ModelId,
    /// Further names that it answers to.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Minutes without a question after which it is unloaded, in the place of the general setting; 0 for never.
    #[serde(default)]
    pub idle_unload_minutes: Option<u32>,
}

/// Whether the local server runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ServerState {
    /// Nobody can connect.
    Off,
    /// It answers.
    Running {
        /// Where programs on this machine reach it, for example `http://127.0.0.1:1234`.
        address: String,
        /// Where other machines reach it; empty unless they may.
        lan: Vec<String>,
    },
    /// It could not be started.
    Failed {
        /// Why.
        error: ErrorInfo,
    },
}

/// The local server as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ServerStatus {
    /// Whether it runs.
    pub state: ServerState,
    /// The name by which programs ask for each model.
    pub names: Vec<ServedName>,
}

/// The name by which programs ask for a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ServedName {
    /// The model.
    pub model: ModelId,
    /// Its name.
    pub name: String,
}

/// Switches the local server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SwitchServer {
    /// On or off.
    pub on: bool,
}

/// What the holder of a token may do. Each includes nothing of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TokenScope {
    /// See the models, the machine and how the server is doing.
    Read,
    /// Have models write and compute, which loads them.
    Generate,
    /// Load, unload, download and delete models.
    Manage,
}

/// A token as it is shown once it exists: its secret is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ServerToken {
    /// Which token.
    pub id: TokenId,
    /// What the person called it.
    pub name: String,
    /// What its holder may do.
    pub scopes: Vec<TokenScope>,
    /// The end of its secret, to tell it from others.
    pub ending: String,
    /// When it was made, milliseconds since 1970-01-01 UTC.
    pub created_at: i64,
    /// When it was last used, to the minute; `None` for never.
    pub last_used_at: Option<i64>,
}

/// A token to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NewServerToken {
    /// What it is for.
    pub name: String,
    /// What its holder may do; at least one.
    pub scopes: Vec<TokenScope>,
}

/// A token that was just made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MadeServerToken {
    /// As it will be shown from now on.
    pub token: ServerToken,
    /// The secret, shown this once.
    pub secret: String,
}

/// Names a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ServerTokenRef {
    /// Which token.
    pub token: TokenId,
}

/// A request that the local server was sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ServerRequest {
    /// Its number, counted from the start of the application.
    pub number: u64,
    /// When it came, milliseconds since 1970-01-01 UTC.
    pub at: i64,
    /// `GET`, `POST`…
    pub method: String,
    /// The path, without what follows a question mark.
    pub path: String,
    /// The name of the token it showed; `None` without one.
    pub token: Option<String>,
    /// The model that was asked, by its name for people.
    pub model: Option<String>,
    /// The status of the answer; `None` while there is none.
    pub status: Option<u16>,
    /// The answer is whole, or broke off.
    pub ended: bool,
    /// Tokens of the prompt.
    pub prompt_tokens: Option<u32>,
    /// Tokens that were written.
    pub completion_tokens: Option<u32>,
    /// Tokens written in a second.
    pub tok_s: Option<f64>,
    /// From the request to the first token, milliseconds.
    pub first_token_ms: Option<f64>,
    /// From the request to the end of the answer, milliseconds; `None` until then.
    pub took_ms: Option<f64>,
    /// What went wrong, in words; also when the client went away in the middle.
    pub error: Option<String>,
    /// What was asked, where that is kept.
    pub request_body: Option<String>,
    /// What was answered, where that is kept.
    pub response_body: Option<String>,
}

/// What happens to requests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ServerRequestEvent {
    /// All that are remembered, the oldest first; the first event, and again after too many changes at once.
    All {
        /// The requests.
        requests: Vec<ServerRequest>,
    },
    /// A request came, or got on.
    Changed {
        /// As it is now.
        request: Box<ServerRequest>,
    },
}
