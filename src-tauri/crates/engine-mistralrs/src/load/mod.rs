//! Loading a model from local files.

mod config;
mod embedding;
mod gguf;
mod safetensors;
pub(crate) mod staging;
mod vocabulary;

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Instant;

use inglenook_contract::ModelFormat;
use inglenook_engine::protocol::{Load, Ready};
use inglenook_worker::load::{Facts, Progress, assemble, ends, ready, ready_without_template};
use inglenook_worker::model::Model;
use inglenook_worker::tokens::{Encode, TokenBytes, Tokens};
use inglenook_worker::wire::Outbox;
use inglenook_worker::{Loaded, WorkerError};
use mistralrs_core::llguidance::toktrie::{TokTrie, TokenId};
use tokenizers::Tokenizer;
use vocabulary::Vocabulary;

use crate::embed::Embedder;
use crate::engine::SharedPipeline;
use crate::generate::OneByOne;
use crate::lane::Shared;

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
    Writer { pipeline: SharedPipeline, facts: Box<Facts>, tokens: TokenSource },
    /// A model that makes vectors.
    Embedder(Box<Embedder>),
}

/// Loads a model and tells how far it is.
pub(crate) fn load(load: &Load, outbox: &Outbox) -> Result<(Loaded, Ready), WorkerError> {
    let begun = Instant::now();
    let mut progress = Progress::new(outbox);
    let read = match load.format {
        ModelFormat::Gguf => gguf::load(load, &mut progress),
        ModelFormat::Safetensors => safetensors::load(load, &mut progress),
    }?;
    progress.preparing();
    match read {
        Read::Writer { pipeline, facts, tokens } => {
            let (model, shared) = finish(load, pipeline, *facts, tokens)?;
            let model = Arc::new(model);
            let ready = ready(&model, begun);
            let scribe = Box::new(OneByOne::new(model.clone(), Arc::new(shared)));
            Ok((Loaded::Writer { model, scribe }, ready))
        }
        Read::Embedder(embedder) => {
            let ready = ready_without_template(embedder.architecture.clone(), embedder.context_length, begun);
            Ok((Loaded::Embedder(Arc::new(*embedder)), ready))
        }
    }
}

fn finish(
    load: &Load,
    pipeline: SharedPipeline,
    facts: Facts,
    tokens: TokenSource,
) -> Result<(Model, Shared), WorkerError> {
    let (metadata, engine_tokenizer) = {
        let model = pipeline.blocking_lock();
        (model.get_metadata(), model.tokenizer())
    };
    let environment = metadata.tok_env();
    let (Some(environment), Some(engine_tokenizer)) = (environment, engine_tokenizer) else {
        return Err(WorkerError::ModelUnsupported { why: "it has no vocabulary".into(), detail: None });
    };
    let (tokenizer, bytes) = match tokens {
        TokenSource::Header(vocabulary) => vocabulary.build(&engine_tokenizer)?,
        TokenSource::File(tokenizer) => {
            let bytes = bytes_of(&tokenizer, environment.tok_trie());
            (*tokenizer, bytes)
        }
    };
    let special = tokenizer.get_added_tokens_decoder().into_iter().map(|(id, token)| (token.content, id)).collect();
    let vocabulary = Tokens::new(Box::new(Encoder(tokenizer)), bytes, special);
    let ends: Vec<u32> = ends(&facts, &vocabulary).into_iter().collect();
    let shared = Shared::new(pipeline, environment.tok_trie(), &ends)?;
    let possible = possible_context(facts.trained_context.min(metadata.max_seq_len));
    let context_length = load.config.context_length.map_or(possible, |n| (n as usize).clamp(16, possible.max(16)));
    Ok((assemble(load, facts, vocabulary, context_length, shared.sentinel())?, shared))
}

struct Encoder(Tokenizer);

impl Encode for Encoder {
    fn encode(&self, text: &str) -> Result<Vec<u32>, String> {
        let encoding = self.0.encode_fast(text, false).map_err(|error| error.to_string())?;
        Ok(encoding.get_ids().to_vec())
    }
}

/// The bytes of a tokenizer's tokens, where nothing but the tokenizer is known; `trie` is the engine's.
fn bytes_of(tokenizer: &Tokenizer, trie: &TokTrie) -> Vec<TokenBytes> {
    let size = trie.vocab_size().max(tokenizer.get_vocab_size(true));
    let mut all: Vec<TokenBytes> = (0..size)
        .map(|id| {
            let bytes = if id < trie.vocab_size() { trie.token(id as TokenId) } else { &[] };
            match bytes.split_first() {
                Some((&TokTrie::SPECIAL_TOKEN_MARKER, name)) => TokenBytes { bytes: name.to_vec(), special: true },
                _ => TokenBytes { bytes: bytes.to_vec(), special: false },
            }
        })
        .collect();
    for (id, token) in tokenizer.get_added_tokens_decoder() {
        if let Some(entry) = all.get_mut(id as usize) {
            *entry = TokenBytes { bytes: token.content.into_bytes(), special: token.special };
        }
    }
    all
}

/// The engine's cache grows by 512 tokens and fails when a step would pass what the model was trained for, so a
/// last part of a step can never be used.
fn possible_context(trained: usize) -> usize {
    const STEP: usize = 512;
    if trained > STEP { trained / STEP * STEP } else { trained }
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
