//! Models on this machine.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ErrorInfo, ModelId, Parameter, Parameters};

/// How the weights are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ModelFormat {
    /// One GGUF file, or several that belong together.
    Gguf,
    /// A folder with `config.json` and safetensors files.
    Safetensors,
}

/// Where a model stands between disk and memory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ModelState {
    /// On disk only.
    Unloaded,
    /// On its way into memory.
    Loading {
        /// 0 to 1; `None` while it cannot be told.
        fraction: Option<f64>,
    },
    /// Its folder's disk is not connected; what is shown is what was known of it.
    Away,
    /// Ready to answer.
    Ready {
        /// Tokens it was loaded with.
        context_length: u32,
        /// Bytes its process takes.
        memory_bytes: u64,
        /// When it will be unloaded if nobody asks it anything, milliseconds since 1970-01-01 UTC; `None` for never.
        unload_at: Option<i64>,
    },
    /// The last attempt failed.
    Failed {
        /// Why.
        error: ErrorInfo,
    },
}

/// A model as the library and the picker show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Model {
    /// Which model.
    pub id: ModelId,
    /// Its name for people: from its header, else from the file.
    pub name: String,
    /// How the weights are stored.
    pub format: ModelFormat,
    /// The file (the first of several) or the folder.
    pub path: String,
    /// How many files it has.
    pub files: u32,
    /// Bytes on disk, all files.
    pub size_bytes: u64,
    /// Architecture as the header names it, for example `qwen3`.
    pub architecture: String,
    /// Number of weights.
    pub parameters: Option<u64>,
    /// How the weights are quantised, for example `Q4_K_M` or `BF16`.
    pub quantisation: Option<String>,
    /// Tokens the model was trained to hold.
    pub context_length: Option<u32>,
    /// The template in the file can ask the model to reason aloud.
    pub thinks: bool,
    /// The template in the file knows tools.
    pub tools: bool,
    /// Whose folder it lies in.
    pub owner: FolderOwner,
    /// Where it was downloaded from; `None` for what was not downloaded here.
    pub origin: Option<ModelOrigin>,
    /// The hub's newer one, where updates were looked for and found.
    pub update: Option<ModelUpdate>,
    /// It is known what its files have to be, so that they can be checked.
    pub verifiable: bool,
    /// Why it cannot be deleted here, in words; `None` if it can.
    pub undeletable: Option<String>,
    /// The engine that would chat with it; `None` if none here can.
    pub engine: Option<String>,
    /// Why this engine, in a few words for people: `fastest here`, `you chose it`; empty where there is none.
    pub engine_reason: String,
    /// Every engine, with what it would do with this model; the preferred one first.
    pub engines: Vec<EngineChoice>,
    /// Why no engine here can chat with it.
    pub unsupported: Option<ErrorInfo>,
    /// It makes vectors of texts, for programs that ask the local server; it does not chat.
    #[serde(default)]
    pub embeds: bool,
    /// The knobs that its engine takes.
    pub takes: Vec<Parameter>,
    /// What holds in a chat that says nothing: the person's defaults over those for this model.
    pub defaults: Parameters,
    /// Where it stands.
    pub state: ModelState,
    /// When it last answered, milliseconds since 1970-01-01 UTC.
    pub last_used_at: Option<i64>,
}

/// Whose a folder of models is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FolderOwner {
    /// What is in it ships with the application.
    BuiltIn,
    /// It belongs to the application's data and moves with them.
    Own,
    /// A person added it.
    Added,
    /// The cache that Hugging Face's libraries share.
    HuggingFace,
    /// Ollama keeps its models there.
    Ollama,
    /// LM Studio keeps its models there.
    LmStudio,
}

/// Where a model was downloaded from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelOrigin {
    /// The repository, `publisher/name`.
    pub repo: String,
    /// The commit, 40 hex digits.
    pub commit: String,
    /// When it had come, milliseconds since 1970-01-01 UTC.
    pub finished_at: i64,
}

/// A newer version of a model on the hub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelUpdate {
    /// The commit that it is of, 40 hex digits.
    pub commit: String,
    /// Bytes of the files that are others now.
    pub changed_bytes: u64,
    /// When the repository was last changed, milliseconds since 1970-01-01 UTC.
    pub updated_at: Option<i64>,
}

/// What looking for newer versions came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UpdateCheck {
    /// Downloaded models that were looked up.
    pub looked_up: u32,
    /// Of these, how many have a newer version.
    pub newer: u32,
    /// What could not be looked up, a sentence each with the reason.
    pub failed: Vec<String>,
}

/// How checking a model's files gets on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum VerifyEvent {
    /// Files are being read.
    Progress {
        /// Bytes that were read.
        done_bytes: u64,
        /// Bytes of all files.
        total_bytes: u64,
    },
    /// Every file was read; the last event.
    Done {
        /// Files that were checked.
        files: u32,
        /// What is wrong, a sentence each; empty where everything is as it came.
        problems: Vec<String>,
    },
    /// The files could not be read; the last event.
    Failed {
        /// Why.
        error: ErrorInfo,
    },
}

/// An engine that may run a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct EngineChoice {
    /// Its name, for example `llama.cpp`.
    pub engine: String,
    /// Why it does not run this model; `None` if it does.
    pub refusal: Option<String>,
    /// The person chose it for this model.
    pub chosen: bool,
    /// How fast it ran this model on this machine; `None` before that is known.
    pub speed: Option<EngineSpeed>,
}

/// How fast an engine ran a model on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct EngineSpeed {
    /// Prompt tokens read in a second.
    pub prompt_tok_s: f64,
    /// Tokens written in a second.
    pub tok_s: f64,
}

/// Which engine runs a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChooseEngine {
    /// The model.
    pub model: ModelId,
    /// The engine's name; `None` leaves the choice to the application.
    pub engine: Option<String>,
}

/// The models of all folders.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ModelList {
    /// By name.
    pub models: Vec<Model>,
    /// The folders, each with what is wrong with it.
    pub folders: Vec<ModelFolder>,
    /// Files that look like models but are damaged, with the reason.
    pub rejected: Vec<RejectedFile>,
}

/// A folder with models.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelFolder {
    /// Its path.
    pub path: String,
    /// Whose it is.
    pub owner: FolderOwner,
    /// Why it could not be read.
    pub error: Option<ErrorInfo>,
    /// Its disk is not connected; its models are remembered.
    pub away: bool,
    /// The person does not want it looked in; only other programs' folders can be left out.
    pub ignored: bool,
    /// How many models are in it, or were when it was last there.
    pub models: u32,
    /// Bytes of these.
    pub size_bytes: u64,
}

/// A file that is not the model it seems to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RejectedFile {
    /// Its path.
    pub path: String,
    /// Why.
    pub error: ErrorInfo,
}

/// Names a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelRef {
    /// Which model.
    pub model: ModelId,
}

/// A model to load.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LoadModel {
    /// Which model.
    pub model: ModelId,
    /// Although it seems not to fit: the estimate may be wrong, and the person may know better.
    #[serde(default)]
    pub anyway: bool,
    /// Tokens that its context is to hold, at most what it was trained for; without it what is set for chats.
    #[serde(default)]
    #[ts(optional)]
    pub context_length: Option<u32>,
}

/// Names a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FolderRef {
    /// Its absolute path; that of a file names the folder in which it lies.
    pub path: String,
}

/// Whether another program's folder is looked in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UseFolder {
    /// Its path, as the list of folders has it.
    pub path: String,
    /// Whether its models are wanted.
    pub used: bool,
}
