//! Settings that last.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ModelId, Parameters, ServerSettings};

/// Light, dark, or as the system says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// How much the log tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LogLevel {
    /// Only failures.
    Error,
    /// And what looks wrong.
    Warn,
    /// And what happens.
    #[default]
    Info,
    /// And how.
    Debug,
}

/// Everything a person can set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Settings {
    /// Light or dark.
    pub theme: Theme,
    /// Size of the text in chats, pixels, 12 to 22.
    pub text_size: u32,
    /// Folders with models, absolute paths, besides the application's own.
    pub model_folders: Vec<String>,
    /// Folders of other programs that are not looked in, absolute paths.
    pub ignored_folders: Vec<String>,
    /// What chats begin with where they set nothing themselves.
    pub defaults: Parameters,
    /// Minutes without a question after which a model is unloaded; 0 for never.
    pub idle_unload_minutes: u32,
    /// Models that stay in memory beside each other, where there is room; 1 to 16.
    pub models_in_memory: u32,
    /// How much the log tells.
    pub log_level: LogLevel,
    /// Nothing leaves this machine.
    pub offline: bool,
    /// Hosts that are not contacted, in lower case; hosts below them neither.
    pub blocked_hosts: Vec<String>,
    /// The address of the hub, or of a mirror; empty takes `HF_ENDPOINT`, else huggingface.co.
    pub hub_endpoint: String,
    /// The address of a proxy; empty takes what the system says.
    pub proxy: String,
    /// The local server.
    pub server: ServerSettings,
    /// The model that a new chat begins with: the last one chosen.
    pub last_model: Option<ModelId>,
    /// The first start was done.
    pub welcomed: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            text_size: 15,
            model_folders: Vec::new(),
            ignored_folders: Vec::new(),
            defaults: Parameters::default(),
            idle_unload_minutes: 15,
            models_in_memory: 2,
            log_level: LogLevel::Info,
            offline: false,
            blocked_hosts: Vec::new(),
            hub_endpoint: String::new(),
            proxy: String::new(),
            server: ServerSettings::default(),
            last_model: None,
            welcomed: false,
        }
    }
}

/// Where the data lies and what decided it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DataLocation {
    /// The folder in use.
    pub path: String,
    /// `INGLENOOK_HOME` names it, so it cannot be changed here.
    pub from_environment: bool,
    /// The folder that the next start will use, where a person chose another.
    pub next: Option<String>,
}

/// Another place for the data, from the next start on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MoveData {
    /// An absolute path; `None` takes a planned move back.
    pub path: Option<String>,
}
