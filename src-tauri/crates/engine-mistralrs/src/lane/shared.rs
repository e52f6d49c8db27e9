//! What all lanes of a model have in common.

use inglenook_worker::WorkerError;
use inglenook_worker::tokens::speaks;
use mistralrs_core::llguidance::toktrie::TokTrie;

use crate::engine::SharedPipeline;

/// A model and what lanes must know of it.
pub(crate) struct Shared {
    /// The model.
    pub(super) pipeline: SharedPipeline,
    /// Ends a request without ever being read; see the module's head.
    pub(super) sentinel: u32,
    /// Fills a place that nobody will look at; ends an answer like any of its kind.
    pub(super) filler: u32,
    /// Whether a conversation can be gone on from at all. Recurrent layers begin anew with every request (mistral.rs
    /// 0.8.1), so models that have some are read from the start each time, and in one go.
    pub(super) keeps: bool,
    /// Whether the cache can be cut back to any length. Sliding windows cannot.
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
        let (keeps, rewinds, bytes_per_token) = {
            let model = pipeline.blocking_lock();
            let metadata = model.get_metadata();
            let keeps = !model.cache().is_hybrid();
            let rewinds = keeps
                && metadata.sliding_window.is_none()
                && !model.cache().normal().0.iter().any(|layer| layer.is_rotating());
            let elements = metadata.model_metadata.as_ref().map_or(0, |m| {
                (0..m.num_layers())
                    .map(|l| m.num_kv_heads_for_layer(l) * (m.k_head_dim_for_layer(l) + m.v_head_dim_for_layer(l)))
                    .sum()
            });
            (keeps, rewinds, elements * metadata.activation_dtype.size_in_bytes())
        };
        tracing::info!(sentinel, keeps, rewinds, bytes_per_token, "KV cache");
        let filler = ends.iter().copied().find(|end| *end != sentinel).unwrap_or_default();
        Ok(Self { pipeline, sentinel, filler, keeps, rewinds, bytes_per_token })
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
    // Looked for here and not by the trie's own function, which panics where there is none.
    let mut special = (0..trie.vocab_size() as u32).filter(|id| trie.is_special_token(*id));
    special.find(silent).or_else(|| (0..trie.vocab_size() as u32).rev().find(fits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use mistralrs_core::llguidance::toktrie::TokRxInfo;

    fn trie(words: &[&[u8]]) -> TokTrie {
        let words: Vec<Vec<u8>> = words.iter().map(|word| word.to_vec()).collect();
        TokTrie::from(&TokRxInfo::new(words.len() as u32, 0), &words)
    }

    #[test]
    fn a_request_ends_with_a_special_token_that_says_nothing() {
        let words: [&[u8]; 5] = [b"\xff</s>", b"\xff<think>", b"\xff<pad>", b"a", b"ab"];
        assert_eq!(sentinel(&trie(&words), &[0]), Some(2));
    }

    #[test]
    fn a_vocabulary_without_special_tokens_lends_another_one() {
        assert_eq!(sentinel(&trie(&[b"a", b"ab", b"b"]), &[2]), Some(1), "no other begins like it");
        assert_eq!(sentinel(&trie(&[b"a", b"\xff"]), &[1]), Some(0), "a lone byte 255 is none either");
    }
}
