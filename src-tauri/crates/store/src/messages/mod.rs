//! Messages: a tree in every chat, of which one path is shown.

mod answer;
pub(crate) mod path;
mod read;
pub(crate) mod row;
mod trash;
pub(crate) mod turns;

use inglenook_contract::{AnswerStats, ErrorInfo, FinishReason, Message, MessageStatus, ToolCall};

use crate::StoreError;

/// What a person said and the answer to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// The person's message.
    pub message: Message,
    /// The answer, waiting.
    pub answer: Message,
}

/// How an answer ended.
#[derive(Clone, Debug, PartialEq)]
pub struct FinishedAnswer {
    /// How far it came: not `Waiting` or `Streaming`.
    pub status: MessageStatus,
    /// Why it ended.
    pub finish_reason: Option<FinishReason>,
    /// Why it failed.
    pub error: Option<ErrorInfo>,
    /// What it took.
    pub stats: Option<AnswerStats>,
    /// Tools it asks for.
    pub tool_calls: Vec<ToolCall>,
    /// How long it thought, milliseconds.
    pub reasoning_ms: Option<u32>,
    /// All of the text, what stood there before it was gone on with included.
    pub text: String,
    /// All of the reasoning, likewise.
    pub reasoning: String,
}

pub(crate) const NO_MESSAGE: StoreError = StoreError::NotFound("This message does not exist any more.");
