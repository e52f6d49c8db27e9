//! Messages: a tree in every chat, of which one path is shown.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ChatId, ErrorInfo, MessageId, ModelId, QueuedId};

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The person.
    User,
    /// The model.
    Assistant,
    /// A tool's result.
    Tool,
}

/// How far a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum MessageStatus {
    /// An answer that waits for the model to load or for its turn.
    Waiting,
    /// An answer that is being written.
    Streaming,
    /// Whole.
    Done,
    /// The person stopped it.
    Stopped,
    /// The application ended while it was written; what had been said is there.
    Cut,
    /// The engine failed; what had been said is there, and `error` says why it ended.
    Failed,
}

/// Why an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FinishReason {
    /// The model was done, or a stop text came.
    Stop,
    /// The longest answer allowed was reached.
    Length,
    /// The model asks for a tool.
    ToolCalls,
    /// The person stopped it.
    Cancelled,
}

/// A tool that the model wants to be called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ToolCall {
    /// The call's name in this conversation, for the result to refer to.
    pub id: String,
    /// The tool.
    pub name: String,
    /// The arguments, a JSON object as text, exactly as the model wrote it.
    pub arguments: String,
}

/// What an answer took. Times are milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct AnswerStats {
    /// Tokens in the prompt.
    pub prompt_tokens: u32,
    /// Of these, taken from the KV cache instead of computed again.
    pub cached_tokens: u32,
    /// Tokens written, reasoning included.
    pub completion_tokens: u32,
    /// From the request to the first token.
    pub first_token_ms: u32,
    /// From the first token to the last.
    pub generation_ms: u32,
}

/// The model that wrote an answer, as it was called then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AnsweredBy {
    /// Which model; it may be gone by now.
    pub id: ModelId,
    /// Its name.
    pub name: String,
    /// Its quantisation, for example `Q4_K_M`.
    pub quantisation: Option<String>,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Message {
    /// Which message.
    pub id: MessageId,
    /// The chat it is in.
    pub chat: ChatId,
    /// The message before it; `None` for the first.
    pub parent: Option<MessageId>,
    /// Its place on the path, from 0.
    pub index: u32,
    /// Who speaks.
    pub role: Role,
    /// What is said, Markdown for an answer.
    pub text: String,
    /// What the model thought before it spoke; empty if it did not.
    pub reasoning: String,
    /// How long it thought, milliseconds.
    pub reasoning_ms: Option<u32>,
    /// Tools it asks for.
    pub tool_calls: Vec<ToolCall>,
    /// How far it is.
    pub status: MessageStatus,
    /// Why it ended.
    pub finish_reason: Option<FinishReason>,
    /// Why it failed.
    pub error: Option<ErrorInfo>,
    /// What it took.
    pub stats: Option<AnswerStats>,
    /// Who wrote it.
    pub answered_by: Option<AnsweredBy>,
    /// A person changed this text (an edited version).
    pub edited: bool,
    /// When it was made, milliseconds since 1970-01-01 UTC.
    pub created_at: i64,
    /// All versions at this place, in order of making, this one among them; one entry if there is only this.
    pub versions: Vec<MessageId>,
}

/// A page of messages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct MessagePage {
    /// In the order of the path.
    pub messages: Vec<Message>,
    /// How many the whole path has.
    pub total: u32,
}

/// A message in the trash, with what followed it and went there along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DeletedMessages {
    /// The first of them.
    pub message: MessageId,
    /// Their chat.
    pub chat: ChatId,
    /// What the chat is called.
    pub title: String,
    /// How the first of them begins: 200 characters at most.
    pub text: String,
    /// How many they are.
    pub count: u32,
    /// When they were deleted, milliseconds since 1970-01-01 UTC.
    #[ts(type = "number")]
    pub deleted_at: i64,
}

/// Names a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MessageRef {
    /// Which message.
    pub message: MessageId,
}

/// What a person says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SendMessage {
    /// In which chat.
    pub chat: ChatId,
    /// The text; not empty.
    pub text: String,
}

/// What became of a sent text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Sent {
    /// It stands in the chat and an answer has begun.
    Answering {
        /// The person's message.
        message: MessageId,
        /// The answer.
        answer: MessageId,
    },
    /// It waits for the answer before it.
    Queued {
        /// The waiting text.
        queued: QueuedId,
    },
}

/// A new version of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EditMessage {
    /// The message to make a version of.
    pub message: MessageId,
    /// The new text. For a person's message an answer to it begins; for a model's it simply stands there.
    pub text: String,
}

/// What an answer's stream tells. The first event is always a [`AnswerEvent::Snapshot`], the last a
/// [`AnswerEvent::Ended`]. Between them a snapshot may come again (when writing begins); everything else adds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AnswerEvent {
    /// The answer as it stands now.
    Snapshot {
        /// All of it.
        message: Box<Message>,
    },
    /// The model reads the prompt.
    Prefill {
        /// Prompt tokens read, those from the cache included.
        done: u32,
        /// Prompt tokens in all.
        total: u32,
    },
    /// More text.
    Delta {
        /// To be added to the text.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        text: String,
        /// To be added to the reasoning.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reasoning: String,
    },
    /// It ended, well or not.
    Ended {
        /// The answer as it was stored.
        message: Box<Message>,
    },
}
