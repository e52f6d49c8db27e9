//! Loading a GGUF model: held against its own header first, for llama.cpp ends the process over much that a damaged
//! file can say.

use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use inglenook_contract::{KvCache, ModelFormat};
use inglenook_engine::protocol::{Load, LoadConfig, Ready};
use inglenook_worker::gguf::{self, Header};
use inglenook_worker::load::{
    Facts, Progress, assemble, from_disk, last_panic, ready, ready_without_template, require,
};
use inglenook_worker::wire::Outbox;
use inglenook_worker::{Loaded, WorkerError, process};
use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::context::params::{KvCacheType, LlamaContextParams};
use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::model::params::LlamaModelParams;
use llama_cpp_2::token::LlamaToken;

use crate::embed::{self, Embedder};
use crate::scribe::{LONGEST_PIECE, Together};
use crate::sequences::Sequences;
use crate::vocabulary;

/// The version of `llama-cpp-2`, which brings llama.cpp.
pub(crate) const VERSION: &str = "0.1.160";

/// Conversations that the cache tells apart.
const SEQUENCES: usize = 16;
/// The same for models whose every conversation takes a fixed piece of memory.
const RECURRENT_SEQUENCES: usize = 8;

/// Bytes of weights below which one thread computes faster than several, which would mostly wait for each other.
const WORTH_DIVIDING: u64 = 64 << 20;

/// The share of free memory that parked conversations may take, as a divisor.
const PARKED_SHARE: u64 = 8;

/// Loads a model and tells how far it is.
pub(crate) fn load(load: &Load, outbox: &Outbox) -> Result<(Loaded, Ready), WorkerError> {
    if load.format != ModelFormat::Gguf {
        return Err(WorkerError::ModelUnsupported { why: "llama.cpp reads GGUF files only".into(), detail: None });
    }
    let begun = Instant::now();
    let mut progress = Progress::new(outbox);
    let files = gguf::files(load);
    let headers = gguf::headers(&files)?;
    let Some((first, path)) = headers.first().zip(files.first()) else {
        return Err(WorkerError::ModelMissing { path: load.path.clone() });
    };
    let facts = gguf::facts(first)?;
    require(headers.iter().map(|header| header.file_size).sum())?;
    let backend = LlamaBackend::init().map_err(|error| failed("start", &error.to_string()))?;
    let model = read(&backend, path, &mut progress)?;
    progress.preparing();
    let threads = if model.size() < WORTH_DIVIDING && load.config.threads.is_none() {
        1
    } else {
        process::threads(load.config.threads)
    };
    if embed::is_one(&facts.architecture, first) {
        let embedder = Embedder::new(&backend, model, facts, load.config.context_length, threads)?;
        let ready = ready_without_template(embedder.architecture.clone(), embedder.context_length, begun);
        return Ok((Loaded::Embedder(Arc::new(embedder)), ready));
    }
    writer(load, &backend, model, facts, first, threads, begun)
}

fn writer(
    load: &Load,
    backend: &LlamaBackend,
    model: &'static LlamaModel,
    mut facts: Facts,
    header: &Header,
    threads: usize,
    begun: Instant,
) -> Result<(Loaded, Ready), WorkerError> {
    let trained = facts.trained_context.max(16);
    let context_length = load.config.context_length.map_or(trained, |n| (n as usize).clamp(16, trained));
    let rewinds = !model.is_recurrent() && !model.is_hybrid();
    let numbers = if rewinds { SEQUENCES } else { RECURRENT_SEQUENCES };
    let needed = cache_bytes(header, &facts.architecture, context_length, load.config.kv_cache);
    require(needed)?;
    // A context waits for memory more than it computes.
    let (vocabulary, context) = std::thread::scope(|scope| {
        let reading = scope.spawn(|| (vocabulary::read(model), vocabulary::ends(model)));
        let context = context(backend, model, context_length, numbers, threads, &load.config);
        (reading.join(), context)
    });
    let (vocabulary, ends) = vocabulary.map_err(|_| failed("read the vocabulary", &last_panic()))?;
    facts.ends.extend(ends);
    let mut context = context?;
    try_out(&mut context, model)?;
    let budget = (process::available_bytes() / PARKED_SHARE) as usize;
    let model = Arc::new(assemble(load, facts, vocabulary, context_length, u32::MAX)?);
    let ready = ready(&model, begun);
    let scribe = Box::new(Together::new(model.clone(), context, Sequences::new(numbers, rewinds, budget)));
    Ok((Loaded::Writer { model, scribe }, ready))
}

/// Reads the weights. The model lives as long as the process, which ends when it is to be unloaded.
fn read(backend: &LlamaBackend, path: &Path, progress: &mut Progress) -> Result<&'static LlamaModel, WorkerError> {
    let mut tell = progress.measured();
    let params = LlamaModelParams::default().with_progress_callback(move |fraction| {
        tell(f64::from(fraction));
        true
    });
    let model =
        LlamaModel::load_from_file(backend, path, &params).map_err(|error| refused(path, &error.to_string()))?;
    Ok(Box::leak(Box::new(model)))
}

/// What it means that llama.cpp does not load a file whose header is sound: it says why only in its log.
fn refused(path: &Path, detail: &str) -> WorkerError {
    // A disk that fails would have to be told apart first.
    match std::fs::File::open(path) {
        Err(error) => from_disk(path, &error),
        Ok(_) => WorkerError::ModelUnsupported {
            why: "llama.cpp does not take it, for it is of a kind that it does not know or parts of it are missing"
                .into(),
            detail: Some(detail.to_owned()),
        },
    }
}

fn context(
    backend: &LlamaBackend,
    model: &'static LlamaModel,
    context_length: usize,
    numbers: usize,
    threads: usize,
    config: &LoadConfig,
) -> Result<LlamaContext<'static>, WorkerError> {
    let kv = match config.kv_cache {
        Some(KvCache::Q8_0) => KvCacheType::Q8_0,
        Some(KvCache::F16) | None => KvCacheType::F16,
    };
    let piece = LONGEST_PIECE.min(context_length.next_multiple_of(32)) as u32;
    let params = LlamaContextParams::default()
        .with_n_ctx(NonZeroU32::new(context_length as u32))
        .with_n_batch(piece)
        .with_n_ubatch(piece)
        .with_n_seq_max(numbers as u32)
        // One pool for all: a single conversation may take all of it.
        .with_kv_unified(true)
        // All of a sliding window's past, so that a conversation can be cut back.
        .with_swa_full(true)
        .with_type_k(kv)
        .with_type_v(kv)
        .with_n_threads(threads as i32)
        .with_n_threads_batch(threads as i32)
        .with_no_perf(true);
    model.new_context(backend, params).map_err(|error| WorkerError::EngineFailed {
        doing: "make room for conversations; a shorter context length needs less memory",
        detail: error.to_string(),
    })
}

/// Computes once what every answer needs: kernels that this processor does not run after all die here, before anybody
/// has asked anything. One batch has all of them: rows are multiplied four at a time, and a single one, as a drawn token
/// is, reaches the last layer.
fn try_out(context: &mut LlamaContext<'_>, model: &LlamaModel) -> Result<(), WorkerError> {
    const ROWS: i32 = 4;
    let last = model.n_vocab().max(1) - 1;
    let mut batch = LlamaBatch::new(ROWS as usize, 1);
    for at in 0..ROWS {
        let added = batch.add(LlamaToken::new(last.min(at)), at, &[0], at + 1 == ROWS);
        debug_assert!(added.is_ok(), "the batch is long enough");
    }
    context.decode(&mut batch).map_err(|error| failed("compute with this model", &error.to_string()))?;
    context.synchronize();
    context.clear_kv_cache();
    Ok(())
}

/// Bytes of keys and values for so many tokens, as far as the header tells; 0 where it does not.
fn cache_bytes(header: &Header, architecture: &str, tokens: usize, kv: Option<KvCache>) -> u64 {
    let number = |key: &str| header.unsigned(&format!("{architecture}.{key}"));
    let (Some(layers), Some(embedding), Some(heads)) =
        (number("block_count"), number("embedding_length"), number("attention.head_count").filter(|n| *n > 0))
    else {
        return 0;
    };
    let kv_heads = number("attention.head_count_kv").unwrap_or(heads);
    let of = |key: &str| number(key).unwrap_or(embedding / heads);
    let width = kv_heads * (of("attention.key_length") + of("attention.value_length"));
    let elements = layers.saturating_mul(width).saturating_mul(tokens as u64);
    match kv {
        // 32 numbers in 34 bytes.
        Some(KvCache::Q8_0) => elements / 32 * 34,
        _ => elements.saturating_mul(2),
    }
}

pub(crate) fn failed(doing: &'static str, detail: &str) -> WorkerError {
    WorkerError::EngineFailed { doing, detail: detail.to_owned() }
}
