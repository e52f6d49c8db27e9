//! What all lanes of a model have in common.

use mistralrs_core::llguidance::toktrie::TokTrie;

use crate::engine::SharedPipeline;
use crate::error::WorkerError;
use crate::tokens::speaks;

/// A model and what lanes must know of it.
pub(crate) struct Shared {
    /// The model.
    pub(super) pipeline: SharedPipeline,
    /// Ends a request without ever being read; see the module's head.
    pub(super) sentinel: u32,
    /// Fills a place that nobody will look at; ends an answer like any of its kind.
    pub(super) filler: u32,
    /// Whether the cache can be cut back to any length. Sliding windows and recurrent layers cannot.
    pub(super) rewinds: bool,
    /// Bytes of keys and values for one token.
    pub(super) bytes_per_token: usize,
}

impl Shared {
    /// The token that answers must not contain.
    pub(crate) fn sentinel(&self) -> u32 {
        self.sentinel
    }

    /// Looks at a loaded model. `ends` are the tokens that end its answers.
    pub(crate) fn new(pipeline: SharedPipeline, trie: &TokTrie, ends: &[u32]) -> Result<Self, WorkerError> {
        let sentinel = sentinel(trie, ends)
            .ok_or_else(|| WorkerError::ModelUnsupported { why: "its vocabulary is too small".into(), detail: None })?;
        let (rewinds, bytes_per_token) = {
            let model = pipeline.blocking_lock();
            let metadata = model.get_metadata();
            let rewinds = !model.cache().is_hybrid()
                && metadata.sliding_window.is_none()
                && !model.cache().normal().0.iter().any(|layer| layer.is_rotating());
            let elements = metadata.model_metadata.as_ref().map_or(0, |m| {
                (0..m.num_layers())
                    .map(|l| m.num_kv_heads_for_layer(l) * (m.k_head_dim_for_layer(l) + m.v_head_dim_for_layer(l)))
                    .sum()
            });
            (rewinds, elements * metadata.activation_dtype.size_in_bytes())
        };
        tracing::info!(sentinel, rewinds, bytes_per_token, "KV cache");
        let filler = ends.iter().copied().find(|end| *end != sentinel).unwrap_or_default();
        Ok(Self { pipeline, sentinel, filler, rewinds, bytes_per_token })
    }
}

/// A token to end requests with: one that the engine accepts for it (no other token begins with the same bytes)
/// and that does not end answers, since the next turn's prompt goes on with such a one.
fn sentinel(trie: &TokTrie, ends: &[u32]) -> Option<u32> {
    let fits = |id: &u32| {
        let bytes = trie.token(*id);
        !bytes.is_empty() && !trie.has_extensions(bytes) && !ends.contains(id)
    };
    // A special one is best, for it never stands within what somebody says, unless it marks a tool call or the
    // like: the model can no longer write the one that is taken.
    let silent = |id: &u32| fits(id) && !speaks(trie.token(*id).get(1..).unwrap_or_default());
    let special = trie.get_special_tokens().into_iter().find(silent);
    special.or_else(|| (0..trie.vocab_size() as u32).rev().find(fits))
}
