//! What is answered: the parts that whole answers and those on their way share.

use inglenook_contract::FinishReason;
use inglenook_engine::protocol::{Done, Usage as Tokens};
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
    /// The message with this content; `stop` is missing at its beginning.
    pub(super) fn message(&self, content: &[Value], stop: Option<Stop<'_>>, usage: Usage) -> Value {
        let Stop { reason, sequence } = stop.unwrap_or_default();
        json!({
            "id": self.id,
            "type": "message",
            "role": "assistant",
            "model": self.model,
            "content": content,
            "stop_reason": reason,
            "stop_sequence": sequence,
            "usage": usage,
        })
    }
}

/// Why an answer ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stop<'a> {
    /// Anthropic's word for it; `None` while it goes on.
    pub(super) reason: Option<&'static str>,
    /// The text of `stop_sequences` that ended it, where that is the reason.
    pub(super) sequence: Option<&'a str>,
}

impl<'a> Stop<'a> {
    /// The end of an answer with or without tool calls. Calls come first: whoever made them is waited for.
    pub(super) fn new(done: &'a Done, calls: bool) -> Self {
        let because = |reason| Self { reason: Some(reason), sequence: None };
        match (done.finish_reason, done.stop_text.as_deref()) {
            (FinishReason::Length, _) => because("max_tokens"),
            _ if calls => because("tool_use"),
            (_, Some(text)) => Self { sequence: Some(text), ..because("stop_sequence") },
            (_, None) => because("end_turn"),
        }
    }
}
