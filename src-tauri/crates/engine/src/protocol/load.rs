//! Loading: what a worker is given and what it tells of the model.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use inglenook_contract::{KvCache, ModelFormat};

/// The model to load. Every path is absolute and local; a worker opens no socket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Load {
    /// GGUF or safetensors.
    pub format: ModelFormat,
    /// The GGUF file (the first of a split one), or the folder with `config.json`.
    pub path: PathBuf,
    /// All files of a split GGUF in order, the first included; empty for one file or a folder.
    #[serde(default)]
    pub files: Vec<PathBuf>,
    /// How to load it.
    pub config: LoadConfig,
}

/// How to load a model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LoadConfig {
    /// Tokens of prompt and answer together that one generation may take; `None` takes what the model was
    /// trained for. A prompt that does not fit fails with `context_full`; nothing is cut silently.
    pub context_length: Option<u32>,
    /// A chat template (Jinja) in the place of the file's own.
    pub chat_template: Option<String>,
    /// Quantise safetensors while loading, for example `Q4K`, `Q8_0`; `None` keeps them as they are.
    pub isq: Option<String>,
    /// Threads to compute with; `None` takes one a physical core.
    pub threads: Option<u32>,
    /// How the cache stores keys and values; `None` is 16 bits. An engine that has one form only ignores it.
    pub kv_cache: Option<KvCache>,
}

/// A loaded model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ready {
    /// Architecture as the file names it.
    pub architecture: String,
    /// Tokens that one generation may take.
    pub context_length: u32,
    /// The chat template in use; `None` where the file has none and plain text is used.
    pub template: Option<String>,
    /// The template can ask for reasoning.
    pub reasoning: bool,
    /// The template knows tools.
    pub tools: bool,
    /// Resident bytes of the worker after loading.
    pub memory_bytes: u64,
    /// What loading took, milliseconds.
    pub load_ms: u64,
}
