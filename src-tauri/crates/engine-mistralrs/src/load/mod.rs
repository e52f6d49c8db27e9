//! Loading a model from local files.

mod config;
mod embedding;
mod gguf;
mod header;
mod memory;
mod progress;
mod safetensors;
pub(crate) mod staging;
mod vocabulary;

use std::collections::HashSet;
use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use inglenook_contract::ModelFormat;
use inglenook_engine::protocol::{Load, Ready};
use progress::Progress;
use tokenizers::Tokenizer;
use vocabulary::Vocabulary;

use crate::embed::Embedder;
use crate::engine::SharedPipeline;
use crate::error::WorkerError;
use crate::lane::Shared;
use crate::model::Model;
use crate::process;
use crate::prompt::PLAIN;
use crate::template::{SpecialTokens, Template};
use crate::tokens::Tokens;
use crate::wire::Outbox;

/// What the files say of a model, apart from its weights.
struct Facts {
    architecture: String,
    trained_context: usize,
    template: Option<String>,
    special: SpecialTokens,
    ends: Vec<u32>,
    text_prefix: Vec<u32>,
    tokens: TokenSource,
}

/// Where the vocabulary comes from.
enum TokenSource {
    /// A `tokenizer.json`.
    File(Box<Tokenizer>),
    /// The header of a GGUF file.
    Header(Box<Vocabulary>),
}

/// What the engine has read.
enum Read {
    /// A model that writes.
    Writer { pipeline: SharedPipeline, facts: Box<Facts> },
    /// A model that makes vectors.
    Embedder(Box<Embedder>),
}

/// A model ready for requests.
#[derive(Clone)]
pub(crate) enum Loaded {
    /// It writes.
    Writer(Arc<Model>),
    /// It makes vectors.
    Embedder(Arc<Embedder>),
}

/// Names of tokens that end an answer, whatever the files say: many a file forgets one.
const ENDS: [&str; 11] = [
    "<|im_end|>",
    "<|eot_id|>",
    "<|eom_id|>",
    "<|end|>",
    "<|endoftext|>",
    "<end_of_turn>",
    "<|end_of_text|>",
    "<|endofturn|>",
    "<|return|>",
    "<｜end▁of▁sentence｜>",
    "<turn|>",
];

/// Loads a model and tells how far it is. A panic, of the engine or over what the files say, is a failure like any
/// other.
pub(crate) fn load(request: &Load, outbox: &Outbox) -> Result<(Loaded, Ready), WorkerError> {
    remember_panics();
    catch_unwind(AssertUnwindSafe(|| read_and_finish(request, outbox)))
        .unwrap_or_else(|_| Err(WorkerError::EngineFailed { doing: "load the model", detail: last_panic() }))
}

fn read_and_finish(request: &Load, outbox: &Outbox) -> Result<(Loaded, Ready), WorkerError> {
    let begun = Instant::now();
    let mut progress = Progress::new(outbox);
    let read = match request.format {
        ModelFormat::Gguf => gguf::load(request, &mut progress),
        ModelFormat::Safetensors => safetensors::load(request, &mut progress),
    }?;
    progress.preparing();
    let mut ready = Ready {
        architecture: String::new(),
        context_length: 0,
        template: None,
        reasoning: false,
        tools: false,
        memory_bytes: 0,
        load_ms: 0,
    };
    let loaded = match read {
        Read::Writer { pipeline, facts } => {
            let model = finish(request, pipeline, *facts)?;
            ready.architecture.clone_from(&model.architecture);
            ready.context_length = model.context_length as u32;
            ready.template = model.has_template.then(|| model.template.source().to_owned());
            ready.reasoning = model.template.knows_reasoning();
            // What the template does not know the worker writes into the system message.
            ready.tools = model.has_template;
            Loaded::Writer(Arc::new(model))
        }
        Read::Embedder(embedder) => {
            ready.architecture.clone_from(&embedder.architecture);
            ready.context_length = embedder.context_length as u32;
            Loaded::Embedder(Arc::new(*embedder))
        }
    };
    ready.memory_bytes = process::resident_bytes();
    ready.load_ms = begun.elapsed().as_millis() as u64;
    Ok((loaded, ready))
}

fn finish(request: &Load, pipeline: SharedPipeline, facts: Facts) -> Result<Model, WorkerError> {
    let (metadata, engine_tokenizer) = {
        let model = pipeline.blocking_lock();
        (model.get_metadata(), model.tokenizer())
    };
    let environment = metadata.tok_env();
    let (Some(environment), Some(engine_tokenizer)) = (environment, engine_tokenizer) else {
        return Err(WorkerError::ModelUnsupported { why: "it has no vocabulary".into(), detail: None });
    };
    let (tokenizer, bytes) = match facts.tokens {
        TokenSource::Header(vocabulary) => vocabulary.build(&engine_tokenizer)?,
        TokenSource::File(tokenizer) => {
            let bytes = Tokens::bytes_of(&tokenizer, environment.tok_trie());
            (*tokenizer, bytes)
        }
    };
    let vocabulary = Tokens::new(tokenizer, bytes);
    let mut ends: HashSet<u32> = facts.ends.into_iter().collect();
    let special = vocabulary.special();
    ends.extend(ENDS.iter().filter_map(|name| special.get(name).copied()));
    let shared = Shared::new(pipeline.clone(), environment.tok_trie(), &ends.iter().copied().collect::<Vec<_>>())?;
    let source = request.config.chat_template.clone().or(facts.template).filter(|t| !t.trim().is_empty());
    let template = Template::new(source.as_deref().unwrap_or(PLAIN), facts.special)?;
    let possible = possible_context(facts.trained_context.min(metadata.max_seq_len));
    let context_length = request.config.context_length.map_or(possible, |n| (n as usize).clamp(16, possible.max(16)));
    Ok(Model {
        architecture: facts.architecture,
        context_length,
        vocabulary,
        template,
        has_template: source.is_some(),
        ends,
        text_prefix: facts.text_prefix,
        grammars: std::sync::OnceLock::new(),
        shared: Arc::new(shared),
    })
}

/// The engine's cache grows by 512 tokens and fails when a step would pass what the model was trained for, so a
/// last part of a step can never be used.
fn possible_context(trained: usize) -> usize {
    const STEP: usize = 512;
    if trained > STEP { trained / STEP * STEP } else { trained }
}

/// Fails with the right word if a path does not lead to something that can be read.
fn require_readable(path: &Path) -> Result<(), WorkerError> {
    std::fs::File::open(path).and_then(|file| file.metadata()).map(drop).map_err(|error| from_disk(path, &error))
}

/// The text of a file that may be missing.
fn text_if_there(path: &Path) -> Result<Option<String>, WorkerError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(from_disk(path, &error)),
    }
}

/// What a failure to read a file comes to for a person.
fn from_disk(path: &Path, error: &std::io::Error) -> WorkerError {
    let path = path.to_owned();
    match error.kind() {
        ErrorKind::PermissionDenied => WorkerError::ModelDenied { path },
        ErrorKind::NotFound | ErrorKind::NotADirectory => WorkerError::ModelMissing { path },
        ErrorKind::UnexpectedEof => WorkerError::ModelDamaged { why: "it ends too early".into(), detail: None },
        // What our own readers say of a content, and the standard library of text that is none.
        ErrorKind::InvalidData => WorkerError::ModelDamaged { why: error.to_string(), detail: None },
        _ => WorkerError::ModelUnreadable { path, detail: error.to_string() },
    }
}

/// Puts the engine's own words into a failure of the right kind.
fn from_engine(error: &anyhow::Error) -> WorkerError {
    let detail = format!("{error:#}");
    let says = |words: &[&str]| words.iter().any(|word| detail.to_lowercase().contains(word));
    let cut = error.chain().filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    if cut.map(std::io::Error::kind).any(|kind| kind == ErrorKind::UnexpectedEof) {
        return WorkerError::ModelDamaged { why: "it ends too early".into(), detail: Some(detail) };
    }
    if says(&["cannot find tensor", "cannot find", "shape mismatch", "invalid header", "headertoolarge", "incomplete"])
    {
        return WorkerError::ModelDamaged {
            why: "a part of it is missing or does not fit".into(),
            detail: Some(detail),
        };
    }
    if says(&["unsupported", "not supported", "unknown dtype", "unknown gguf", "unexpected architecture"]) {
        return WorkerError::ModelUnsupported {
            why: "it is of a kind that it does not know".into(),
            detail: Some(detail),
        };
    }
    WorkerError::EngineFailed { doing: "load the model", detail }
}

static LAST_PANIC: Mutex<String> = Mutex::new(String::new());

/// Keeps the words of a panic, for the report that it becomes, and writes them to the log.
fn remember_panics() {
    std::panic::set_hook(Box::new(|info| {
        tracing::error!("{info}");
        *LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner) = info.to_string();
    }));
}

/// The words of the last panic, if there was one.
pub(crate) fn last_panic() -> String {
    LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_steps_of_the_cache_can_be_used() {
        assert_eq!(possible_context(2048), 2048);
        assert_eq!(possible_context(1000), 512);
        assert_eq!(possible_context(300), 300);
    }

    #[test]
    fn a_disk_that_fails_is_not_called_a_damaged_file() {
        let of = |kind: ErrorKind| from_disk(Path::new("/m/model.gguf"), &kind.into());
        assert!(matches!(of(ErrorKind::PermissionDenied), WorkerError::ModelDenied { .. }));
        assert!(matches!(of(ErrorKind::NotFound), WorkerError::ModelMissing { .. }));
        assert!(matches!(of(ErrorKind::UnexpectedEof), WorkerError::ModelDamaged { .. }));
        for kind in [ErrorKind::Other, ErrorKind::TimedOut, ErrorKind::StaleNetworkFileHandle] {
            let error = of(kind);
            assert!(matches!(error, WorkerError::ModelUnreadable { .. }), "{error:?}");
            assert!(!error.to_string().contains("ownload"), "downloading it again mends no disk: {error}");
        }
    }

    #[test]
    fn the_engines_words_become_the_right_kind_of_failure() {
        let eof = anyhow::Error::from(std::io::Error::from(std::io::ErrorKind::UnexpectedEof)).context("reading");
        assert!(matches!(from_engine(&eof), WorkerError::ModelDamaged { .. }));
        let missing = anyhow::anyhow!("cannot find tensor blk.0.attn_q.weight");
        assert!(matches!(from_engine(&missing), WorkerError::ModelDamaged { .. }));
        let unknown = anyhow::anyhow!("Unsupported architecture `rwkv`");
        assert!(matches!(from_engine(&unknown), WorkerError::ModelUnsupported { .. }));
        assert!(matches!(from_engine(&anyhow::anyhow!("hm")), WorkerError::EngineFailed { .. }));
    }
}
