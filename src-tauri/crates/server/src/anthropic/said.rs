//! What is answered: the parts that whole answers and those on their way share.

use inglenook_contract::FinishReason;
use inglenook_engine::protocol::Usage as Tokens;
use serde::Serialize;
use serde_json::{Value, json};

/// What stands for the signature of a thought. Nothing is signed: thoughts that come back are left out, and no one has to
/// prove that they are the model's.
pub(super) const SIGNATURE: &str = "unsigned";

/// Tokens of a request. What was found in the cache is counted apart from what was read, as Anthropic does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Usage {
    input_tokens: u32,
    cache_creation_input_tokens: u32,
    cache_read_input_tokens: u32,
    output_tokens: u32,
}

impl From<Tokens> for Usage {
    fn from(tokens: Tokens) -> Self {
        Self {
            input_tokens: tokens.prompt_tokens.saturating_sub(tokens.cached_tokens),
            cache_creation_input_tokens: 0,
            cache_read_input_tokens: tokens.cached_tokens,
            output_tokens: tokens.completion_tokens,
        }
    }
}

/// What is common to an answer and to its beginning.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) id: String,
    pub(super) model: String,
}

impl Head {
    /// The message with this content.
    pub(super) fn message(&self, content: &[Value], stop_reason: Option<&str>, usage: Usage) -> Value {
        json!({
            "id": self.id,
            "type": "message",
            "role": "assistant",
            "model": self.model,
            "content": content,
            "stop_reason": stop_reason,
            "stop_sequence": null,
            "usage": usage,
        })
    }
}

/// Why an answer ended. Engines do not tell whether the model was done or wrote a stop text, so that both are the end of
/// a turn; `stop_sequence` would have to be guessed.
pub(super) fn stop_reason(reason: FinishReason, calls: bool) -> &'static str {
    match reason {
        FinishReason::Length => "max_tokens",
        _ if calls => "tool_use",
        _ => "end_turn",
    }
}
