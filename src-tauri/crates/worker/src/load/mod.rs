//! What loading a model has in common, whatever the engine: its facts become a [`Model`], and what went wrong becomes
//! words.

mod memory;
mod progress;

use std::collections::HashSet;
use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Instant;

use inglenook_engine::protocol::{Load, Ready};

use crate::error::WorkerError;
use crate::model::Model;
use crate::process;
use crate::prompt::PLAIN;
use crate::template::{SpecialTokens, Template};
use crate::tokens::Tokens;
pub use memory::require;
pub use progress::Progress;

/// What the files say of a model, apart from its weights and its vocabulary.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Architecture as the files name it.
    pub architecture: String,
    /// Tokens that the model was trained to take at once.
    pub trained_context: usize,
    /// Its chat template.
    pub template: Option<String>,
    /// Tokens that templates refer to by name.
    pub special: SpecialTokens,
    /// Tokens that end an answer.
    pub ends: Vec<u32>,
    /// Tokens in front of a text that no template has written.
    pub text_prefix: Vec<u32>,
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

/// The tokens that end an answer: those that the files name, and those that are called so.
#[must_use]
pub fn ends(facts: &Facts, vocabulary: &Tokens) -> HashSet<u32> {
    let special = vocabulary.special();
    let named = ENDS.iter().filter_map(|name| special.get(name).copied());
    facts.ends.iter().copied().chain(named).collect()
}

/// A model from what is known of it. `context_length` is what one generation may take, `never` a token that the engine
/// needs for itself (`u32::MAX` for none).
///
/// # Errors
/// The chat template cannot be compiled.
pub fn assemble(
    load: &Load,
    facts: Facts,
    vocabulary: Tokens,
    context_length: usize,
    never: u32,
) -> Result<Model, WorkerError> {
    let ends = ends(&facts, &vocabulary);
    let source = load.config.chat_template.clone().or(facts.template).filter(|t| !t.trim().is_empty());
    let template = Template::new(source.as_deref().unwrap_or(PLAIN), facts.special)?;
    Ok(Model {
        architecture: facts.architecture,
        context_length,
        vocabulary,
        template,
        has_template: source.is_some(),
        ends,
        text_prefix: facts.text_prefix,
        grammars: OnceLock::new(),
        never,
    })
}

/// What is told of a model that writes, loaded since `begun`.
#[must_use]
pub fn ready(model: &Model, begun: Instant) -> Ready {
    Ready {
        template: model.has_template.then(|| model.template.source().to_owned()),
        reasoning: model.template.knows_reasoning(),
        // What the template does not know the worker writes into the system message.
        tools: model.has_template,
        ..ready_without_template(model.architecture.clone(), model.context_length, begun)
    }
}

/// The same for a model that makes vectors.
#[must_use]
pub fn ready_without_template(architecture: String, context_length: usize, begun: Instant) -> Ready {
    Ready {
        architecture,
        context_length: context_length as u32,
        template: None,
        reasoning: false,
        tools: false,
        memory_bytes: process::resident_bytes(),
        load_ms: begun.elapsed().as_millis() as u64,
    }
}

/// Fails with the right word if a path does not lead to something that can be read.
///
/// # Errors
/// What [`from_disk`] makes of it.
pub fn require_readable(path: &Path) -> Result<(), WorkerError> {
    std::fs::File::open(path).and_then(|file| file.metadata()).map(drop).map_err(|error| from_disk(path, &error))
}

/// The text of a file that may be missing.
///
/// # Errors
/// It is there and cannot be read.
pub fn text_if_there(path: &Path) -> Result<Option<String>, WorkerError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(from_disk(path, &error)),
    }
}

/// What a failure to read a file comes to for a person.
#[must_use]
pub fn from_disk(path: &Path, error: &std::io::Error) -> WorkerError {
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

/// Runs a load. A panic, of the engine or over what the files say, is a failure like any other.
pub(crate) fn guarded<T>(load: impl FnOnce() -> Result<T, WorkerError>) -> Result<T, WorkerError> {
    remember_panics();
    catch_unwind(AssertUnwindSafe(load))
        .unwrap_or_else(|_| Err(WorkerError::EngineFailed { doing: "load the model", detail: last_panic() }))
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
#[must_use]
pub fn last_panic() -> String {
    LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
