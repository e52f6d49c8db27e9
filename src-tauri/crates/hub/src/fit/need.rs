//! The estimate itself: what a model takes under a plan, part by part.

use inglenook_contract::ModelFormat;

use super::{Plan, Sizes};
use crate::EngineKind;
use crate::header::Group;

/// What a loaded model takes, bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Need {
    /// While it answers, with its context full.
    pub resident_bytes: u64,
    /// When it has just been loaded and nothing was asked yet.
    pub after_load_bytes: u64,
    /// The most on the way there and after.
    pub loading_peak_bytes: u64,
    /// What 1,024 more tokens of context would take.
    pub per_1k_context_bytes: u64,
    /// What [`Need::resident_bytes`] is made of.
    pub parts: NeedParts,
}

/// What the memory is for, bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NeedParts {
    /// The weights as the engine holds them.
    pub weights: u64,
    /// Keys and values of a full context.
    pub kv: u64,
    /// States of recurrent layers.
    pub recurrent: u64,
    /// What is held while computing.
    pub compute: u64,
    /// Weights that the kernels keep a second time in an order of their own.
    pub repacked: u64,
    /// The process, its libraries, the vocabulary.
    pub overhead: u64,
}

impl NeedParts {
    /// All of them.
    #[must_use]
    pub fn total(&self) -> u64 {
        [self.weights, self.kv, self.recurrent, self.compute, self.repacked, self.overhead]
            .into_iter()
            .fold(0, u64::saturating_add)
    }

    /// What the header says exactly.
    #[must_use]
    pub fn exact(&self) -> u64 {
        self.kv.saturating_add(self.recurrent)
    }
}

// Measured with `tests/bench/fit.py`, kernels with AVX-512, 0.5B to 8B:

/// The worker's process with llama.cpp and its kernels.
const LLAMACPP_PROCESS: u64 = 12 << 20;
/// What a token of the vocabulary takes with it: llama.cpp's tables, the worker's, the tree for grammars.
const LLAMACPP_TOKEN: u64 = 320;
/// What a rule of the vocabulary takes with it.
const LLAMACPP_MERGE: u64 = 140;
/// The worker's process with mistral.rs.
const MISTRALRS_PROCESS: u64 = 32 << 20;
/// What a token of the vocabulary takes with it.
const MISTRALRS_TOKEN: u64 = 1180;
/// What a thread takes: its stack as far as it is used, and room for intermediate results.
const THREAD: u64 = 1 << 20;
/// Bytes of a state's number: 32 bits.
const STATE_NUMBER: u64 = 4;

/// What a model takes under a plan. Where its sizes are not known, only the weights are counted.
#[must_use]
pub fn need(sizes: &Sizes, plan: &Plan) -> Need {
    let parts = parts(sizes, plan);
    let resident = parts.total();
    let grows = match plan.engine {
        EngineKind::LlamaCpp => 0,
        // Its cache grows with the conversation.
        EngineKind::MistralRs => parts.kv.saturating_add(parts.recurrent),
    };
    let after_load = resident.saturating_sub(parts.compute).saturating_sub(grows);
    Need {
        resident_bytes: resident,
        after_load_bytes: after_load,
        loading_peak_bytes: loading_peak(sizes, plan, &parts).max(resident),
        per_1k_context_bytes: per_1k_context(sizes, plan),
        parts,
    }
}

fn parts(sizes: &Sizes, plan: &Plan) -> NeedParts {
    NeedParts {
        weights: weights(sizes, plan),
        kv: kv(sizes, plan),
        recurrent: recurrent(sizes, plan),
        compute: compute(sizes, plan),
        repacked: repacked(sizes, plan),
        overhead: overhead(sizes, plan),
    }
}

fn overhead(sizes: &Sizes, plan: &Plan) -> u64 {
    let (tokens, merges) = (u64::from(sizes.layers.vocabulary), u64::from(sizes.layers.merges));
    match plan.engine {
        EngineKind::LlamaCpp => {
            // The chances of the next token, in 32 bits, for every conversation.
            let chances = u64::from(plan.parallel.max(1)).saturating_mul(4);
            let tables = tokens.saturating_mul(LLAMACPP_TOKEN.saturating_add(chances));
            LLAMACPP_PROCESS.saturating_add(tables).saturating_add(merges.saturating_mul(LLAMACPP_MERGE))
        }
        EngineKind::MistralRs => MISTRALRS_PROCESS.saturating_add(tokens.saturating_mul(MISTRALRS_TOKEN)),
    }
}

/// llama.cpp maps the file. mistral.rs reads it: quantised matrices stay so, the table of embeddings is unpacked beside
/// them (and kept as it was if it is the last layer, too); of safetensors everything becomes 32 bits.
fn weights(sizes: &Sizes, plan: &Plan) -> u64 {
    let stored = sizes.weights_bytes();
    match (plan.engine, sizes.format) {
        (EngineKind::LlamaCpp, _) => stored,
        (EngineKind::MistralRs, ModelFormat::Safetensors) => sizes.unpacked_bytes,
        (EngineKind::MistralRs, ModelFormat::Gguf) => {
            let replaced = if sizes.is_tied() { 0 } else { sizes.group_bytes(Group::Embeddings) };
            let unpacked = sizes.group_elements(Group::Embeddings).saturating_mul(4);
            stored.saturating_sub(replaced).saturating_add(unpacked)
        }
    }
}

fn repacked(sizes: &Sizes, plan: &Plan) -> u64 {
    if plan.engine != EngineKind::LlamaCpp {
        return 0;
    }
    let tied = sizes.is_tied();
    let taken = sizes.weights.iter().filter(|sum| {
        let group = if tied && sum.group == Group::Embeddings { Group::Output } else { sum.group };
        sum.kind.is_some_and(|kind| plan.repacking.takes(group, kind))
    });
    taken.map(|sum| sum.in_eights_bytes).fold(0, u64::saturating_add)
}

fn kv(sizes: &Sizes, plan: &Plan) -> u64 {
    let one = one_cache(sizes, plan);
    match plan.engine {
        EngineKind::LlamaCpp => one,
        EngineKind::MistralRs => one.saturating_mul(plan.parallel.max(1).into()),
    }
}

fn one_cache(sizes: &Sizes, plan: &Plan) -> u64 {
    let of = sizes.layers.blocks.iter().map(|block| {
        let row = plan.kv.row_bytes(block.keys).saturating_add(plan.kv.row_bytes(block.values));
        row.saturating_mul(plan.cells(block.window_tokens))
    });
    of.fold(0, u64::saturating_add)
}

fn recurrent(sizes: &Sizes, plan: &Plan) -> u64 {
    let numbers = sizes.layers.blocks.iter().map(|block| block.state).fold(0, u64::saturating_add);
    numbers.saturating_mul(STATE_NUMBER).saturating_mul(plan.parallel.max(1).into())
}

/// What a batch needs on its way through the widest block, and the mask of who sees whom.
fn compute(sizes: &Sizes, plan: &Plan) -> u64 {
    let layers = &sizes.layers;
    let batch = u64::from(plan.batch);
    let queries = u64::from(layers.heads).saturating_mul(layers.head_length.into());
    let wide = u64::from(layers.feed_forward).max(queries).saturating_mul(2);
    let numbers = wide.saturating_add(u64::from(layers.embedding).saturating_mul(4));
    let through = batch.saturating_mul(numbers).saturating_mul(4);
    let has_cache = layers.blocks.iter().any(|block| block.keys > 0);
    let mask = if has_cache { batch.saturating_mul(plan.context.into()) } else { 0 };
    let chances = u64::from(layers.vocabulary).saturating_mul(4);
    let through = through.saturating_add(THREAD.saturating_mul(plan.threads.into()));
    match plan.engine {
        // 32 bits of mask and the 16 that they become.
        EngineKind::LlamaCpp => through.saturating_add(mask.saturating_mul(6)),
        // The scores of all heads are held at once, in chunks. What else is copied grows with the conversation, too:
        // measured at 500 to 1,500 tokens, half of what its keys and values take.
        EngineKind::MistralRs => {
            let scores = mask.saturating_mul(4).saturating_mul(layers.heads.clamp(1, 8).into());
            let copied = one_cache(sizes, plan) / 2;
            through.saturating_add(scores).saturating_add(chances.saturating_mul(2)).saturating_add(copied)
        }
    }
}

/// llama.cpp maps the whole file, header included, and lets go of what it does not need at the end; mistral.rs unpacks
/// the table of embeddings while the packed one is still there.
fn loading_peak(sizes: &Sizes, plan: &Plan, parts: &NeedParts) -> u64 {
    let held = parts.repacked.saturating_add(parts.overhead);
    let read = match (plan.engine, sizes.format) {
        (EngineKind::LlamaCpp, _) => sizes.file_bytes,
        (EngineKind::MistralRs, ModelFormat::Gguf) => {
            parts.weights.saturating_add(sizes.group_bytes(Group::Embeddings)).max(sizes.file_bytes)
        }
        (EngineKind::MistralRs, ModelFormat::Safetensors) => parts.weights.max(sizes.file_bytes),
    };
    read.saturating_add(held)
}

fn per_1k_context(sizes: &Sizes, plan: &Plan) -> u64 {
    let longer = Plan { context: plan.context.saturating_add(1024), ..*plan };
    let more = |of: fn(&Sizes, &Plan) -> u64| of(sizes, &longer).saturating_sub(of(sizes, plan));
    more(kv).saturating_add(more(compute))
}
