//! What of an answer was written: the whole text, the reasoning and how long it took, the tools asked for.

use inglenook_contract::{AnswerStats, ErrorInfo, FinishReason, Message, MessageStatus, ToolCall};
use inglenook_engine::protocol::Delta;
use inglenook_store::FinishedAnswer;
use tokio::time::Instant;

/// The answer so far.
pub(super) struct Written {
    text: String,
    reasoning: String,
    /// Thought already when this began, milliseconds.
    thought_before: u32,
    thinking_since: Option<Instant>,
    thought_until: Option<Instant>,
    tool_calls: Vec<ToolCall>,
}

impl Written {
    /// What stood in the answer before: nothing, or what it goes on from.
    pub(super) fn going_on_from(message: &Message) -> Self {
        Self {
            text: message.text.clone(),
            reasoning: message.reasoning.clone(),
            thought_before: message.reasoning_ms.unwrap_or(0),
            thinking_since: None,
            thought_until: None,
            tool_calls: message.tool_calls.clone(),
        }
    }

    pub(super) fn add(&mut self, delta: Delta) {
        let now = Instant::now();
        if !delta.reasoning.is_empty() {
            self.thinking_since.get_or_insert(now);
            self.thought_until = Some(now);
        }
        self.text.push_str(&delta.text);
        self.reasoning.push_str(&delta.reasoning);
        self.tool_calls.extend(delta.tool_call.map(|call| ToolCall {
            id: call.id,
            name: call.name,
            arguments: call.arguments,
        }));
    }

    fn reasoning_ms(&self) -> Option<u32> {
        let now = match (self.thinking_since, self.thought_until) {
            (Some(since), Some(until)) => u32::try_from((until - since).as_millis()).unwrap_or(u32::MAX),
            _ => 0,
        };
        (!self.reasoning.is_empty()).then(|| self.thought_before.saturating_add(now))
    }

    pub(super) fn finished(
        self,
        status: MessageStatus,
        finish_reason: Option<FinishReason>,
        stats: Option<AnswerStats>,
        error: Option<ErrorInfo>,
    ) -> FinishedAnswer {
        FinishedAnswer {
            reasoning_ms: self.reasoning_ms(),
            status,
            finish_reason,
            error,
            stats,
            tool_calls: self.tool_calls,
            text: self.text,
            reasoning: self.reasoning,
        }
    }
}
