//! How an engine will load a model: what the memory it takes depends on besides the model itself.

use inglenook_contract::KvCache;

use super::{Repacking, Sizes};
use crate::EngineKind;

/// How numbers are kept in the KV cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KvType {
    /// 4 bytes a number.
    F32,
    /// 2 bytes a number.
    F16,
    /// 32 numbers in 34 bytes.
    Q8_0,
}

impl KvType {
    /// Bytes of a row of so many numbers.
    #[must_use]
    pub fn row_bytes(self, numbers: u32) -> u64 {
        let numbers = u64::from(numbers);
        match self {
            Self::F32 => numbers.saturating_mul(4),
            Self::F16 => numbers.saturating_mul(2),
            Self::Q8_0 => numbers.div_ceil(32).saturating_mul(34),
        }
    }
}

impl From<KvCache> for KvType {
    fn from(chosen: KvCache) -> Self {
        match chosen {
            KvCache::F16 => Self::F16,
            KvCache::Q8_0 => Self::Q8_0,
        }
    }
}

/// Tokens that llama.cpp's worker reads at once.
const LLAMACPP_BATCH: u32 = 512;
/// Tokens that mistral.rs reads at once.
const MISTRALRS_BATCH: u32 = 512;
/// Conversations that llama.cpp's worker tells apart in the cache.
const CONVERSATIONS: u32 = 16;
/// The same where each of them takes memory of its own.
const RECURRENT_CONVERSATIONS: u32 = 8;
/// Caches with mistral.rs: the one of the conversation that is answered, and its copy from the last piece of the prompt.
const MISTRALRS_CONVERSATIONS: u32 = 2;

/// How a model is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The engine.
    pub engine: EngineKind,
    /// Context length, tokens.
    pub context: u32,
    /// How keys and values are kept.
    pub kv: KvType,
    /// Tokens that are read at once.
    pub batch: u32,
    /// Threads that compute.
    pub threads: u32,
    /// Conversations that are kept apart. With llama.cpp all share one cache, with mistral.rs each has its own; states of
    /// recurrent layers are one each.
    pub parallel: u32,
    /// Blocks with a sliding window keep everything nevertheless, so that a conversation can be cut back.
    pub whole_windows: bool,
    /// What the kernels do with the weights; of no meaning for mistral.rs.
    pub repacking: Repacking,
    /// Bytes free on a graphics card that would take what it can; `None` where the engine uses none.
    pub card_bytes: Option<u64>,
}

impl Plan {
    /// As the workers of this application load it: on the processor, `context` tokens or what the model was trained
    /// for, `kv` as the person chose it. Set [`Plan::repacking`] to what the chosen kernels do, where that is known.
    #[must_use]
    pub fn usual(engine: EngineKind, sizes: &Sizes, context: Option<u32>, kv: Option<KvCache>) -> Self {
        let trained = sizes.trained_context;
        let context = context.or(trained).unwrap_or(4096).min(trained.unwrap_or(u32::MAX)).max(16);
        match engine {
            EngineKind::LlamaCpp => Self {
                engine,
                context,
                kv: kv.map_or(KvType::F16, KvType::from),
                batch: context.min(LLAMACPP_BATCH).next_multiple_of(32),
                threads: threads(),
                parallel: if sizes.layers.is_recurrent() { RECURRENT_CONVERSATIONS } else { CONVERSATIONS },
                whole_windows: true,
                repacking: Repacking::of_this_processor(),
                card_bytes: None,
            },
            EngineKind::MistralRs => Self {
                engine,
                context,
                kv: KvType::F32,
                batch: MISTRALRS_BATCH.min(context),
                threads: threads(),
                parallel: MISTRALRS_CONVERSATIONS,
                whole_windows: false,
                repacking: Repacking::None,
                card_bytes: None,
            },
        }
    }

    /// Tokens that a block's cache has room for.
    pub(super) fn cells(&self, window_tokens: Option<u32>) -> u64 {
        let all = u64::from(self.context);
        match (self.engine, window_tokens.filter(|_| !self.whole_windows)) {
            // llama.cpp rounds up to 256 (`GGML_PAD` in `llama_context`, `llama_kv_cache_iswa`).
            (EngineKind::LlamaCpp, None) => rounded(all, 256),
            (EngineKind::LlamaCpp, Some(window)) => {
                let seen = u64::from(window).saturating_mul(self.parallel.into()).saturating_add(self.batch.into());
                rounded(seen.min(rounded(all, 256)), 256)
            }
            // mistral.rs lets a cache grow by 512.
            (EngineKind::MistralRs, None) => rounded(all, 512),
            (EngineKind::MistralRs, Some(window)) => rounded(all, 512).min(window.into()),
        }
    }
}

/// Threads that compute where nobody asked for another number: one for each core, as far as the system tells.
fn threads() -> u32 {
    std::thread::available_parallelism().map_or(1, |count| u32::try_from(count.get()).unwrap_or(u32::MAX))
}

fn rounded(number: u64, step: u64) -> u64 {
    number.checked_next_multiple_of(step).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_numbers_takes_what_its_type_asks_for() {
        assert_eq!([KvType::F32, KvType::F16, KvType::Q8_0].map(|kind| kind.row_bytes(1024)), [4096, 2048, 1088]);
        assert_eq!(KvType::Q8_0.row_bytes(33), 68, "a block is whole");
    }

    #[test]
    fn a_window_counts_only_where_the_cache_is_cut_to_it() {
        let mut plan = Plan::usual(EngineKind::LlamaCpp, &Sizes::default(), Some(8192), None);
        assert_eq!(plan.cells(Some(1024)), 8192, "the worker keeps everything");
        plan.whole_windows = false;
        plan.parallel = 1;
        assert_eq!(plan.cells(Some(1024)), 1536, "the window and one batch");
        assert_eq!(plan.cells(Some(8000)), 8192, "never more than the context");
        assert_eq!(plan.cells(None), 8192);
    }

    #[test]
    fn a_context_beyond_the_training_is_cut() {
        let sizes = Sizes { trained_context: Some(2048), ..Sizes::default() };
        assert_eq!(Plan::usual(EngineKind::LlamaCpp, &sizes, Some(100_000), None).context, 2048);
        assert_eq!(Plan::usual(EngineKind::LlamaCpp, &sizes, None, None).context, 2048);
    }

    #[test]
    fn the_longest_context_that_a_header_can_claim_is_planned_for() {
        let sizes = Sizes { trained_context: Some(u32::MAX), ..Sizes::default() };
        for engine in [EngineKind::LlamaCpp, EngineKind::MistralRs] {
            let plan = Plan::usual(engine, &sizes, None, None);
            assert_eq!((plan.context, plan.batch), (u32::MAX, 512), "{engine:?}");
        }
        assert_eq!(Plan::usual(EngineKind::LlamaCpp, &sizes, Some(33), None).batch, 64, "a batch is whole rows");
    }
}
