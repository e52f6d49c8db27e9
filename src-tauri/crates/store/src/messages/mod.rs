//! Messages.

use inglenook_contract::{
    AnswerStats, AnsweredBy, ChatId, ErrorInfo, FinishReason, Message, MessageId, MessagePage, MessageStatus, ToolCall,
};

use crate::{Result, Store};

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
    /// Not `Waiting` or `Streaming`.
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
    /// All of the text, what stood there before it went on included.
    pub text: String,
    /// All of the reasoning.
    pub reasoning: String,
}

impl Store {
    /// A page of the path that is shown: from index `from`, or the last `limit` messages.
    ///
    /// # Errors
    /// `NotFound` for an unknown chat.
    pub async fn page(&self, _chat: &ChatId, _from: Option<u32>, _limit: u32) -> Result<MessagePage> {
        unimplemented!()
    }

    /// One message, shown or not.
    ///
    /// # Errors
    /// `NotFound` where there is none or it is in the trash.
    pub async fn message(&self, _message: &MessageId) -> Result<Message> {
        unimplemented!()
    }

    /// The messages from the first one down to this one, for a prompt.
    ///
    /// # Errors
    /// `NotFound` where there is none or it is in the trash.
    pub async fn path_to(&self, _message: &MessageId) -> Result<Vec<Message>> {
        unimplemented!()
    }

    /// All versions at the place of this message, in order of making, this one among them.
    ///
    /// # Errors
    /// `NotFound` where there is none or it is in the trash.
    pub async fn versions(&self, _message: &MessageId) -> Result<Vec<Message>> {
        unimplemented!()
    }

    /// At the end of the path that is shown: what a person said, and an empty answer that waits. Empties the draft
    /// and, with the first message, gives the chat its automatic title.
    ///
    /// # Errors
    /// `NotFound` for a chat that is not there or in the trash.
    pub async fn add_turn(&self, _chat: &ChatId, _text: &str, _answered_by: Option<&AnsweredBy>) -> Result<Turn> {
        unimplemented!()
    }

    /// Another answer, waiting, to the message `parent`; it is shown from now on.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn add_answer(&self, _parent: &MessageId, _answered_by: Option<&AnsweredBy>) -> Result<Message> {
        unimplemented!()
    }

    /// Another version of what a person said, and an answer to it that waits; both are shown from now on.
    ///
    /// # Errors
    /// `NotFound`; `Refused` for a message that is not a person's.
    pub async fn edit_user(
        &self,
        _message: &MessageId,
        _text: &str,
        _answered_by: Option<&AnsweredBy>,
    ) -> Result<Turn> {
        unimplemented!()
    }

    /// Another version of an answer with a person's words, done; it is shown from now on.
    ///
    /// # Errors
    /// `NotFound`; `Refused` for a message that is not an answer.
    pub async fn edit_answer(&self, _message: &MessageId, _text: &str) -> Result<Message> {
        unimplemented!()
    }

    /// Makes an answer that ended wait again, to be gone on with; its text stays.
    ///
    /// # Errors
    /// `NotFound`; `Refused` for a message that is not an answer or is being written.
    pub async fn reopen(&self, _answer: &MessageId) -> Result<Message> {
        unimplemented!()
    }

    /// A model begins to write this answer.
    ///
    /// # Errors
    /// `NotFound`; `Refused` where the answer has ended.
    pub async fn begin_streaming(&self, _answer: &MessageId, _answered_by: &AnsweredBy) -> Result<Message> {
        unimplemented!()
    }

    /// Adds to the text and the reasoning of an answer that is being written.
    ///
    /// # Errors
    /// `NotFound`; `Refused` where the answer has ended.
    pub async fn append(&self, _answer: &MessageId, _text: &str, _reasoning: &str) -> Result<()> {
        unimplemented!()
    }

    /// The end of an answer, in the trash or not; returns it as it is kept.
    ///
    /// # Errors
    /// `NotFound`; `Refused` where the answer has ended already: what is done is never overwritten.
    pub async fn finish(&self, _answer: &MessageId, _end: FinishedAnswer) -> Result<Message> {
        unimplemented!()
    }

    /// Shows this version, and below it the path that was last shown. Returns the chat.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn show_message(&self, _message: &MessageId) -> Result<ChatId> {
        unimplemented!()
    }

    /// This version and all that follows it to the trash. The path then goes through a sibling version or ends at
    /// the message before. Returns the chat.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn delete_message(&self, _message: &MessageId) -> Result<ChatId> {
        unimplemented!()
    }

    /// Back from the trash with what followed it, and shown. Returns the chat.
    ///
    /// # Errors
    /// `NotFound` where it is not in the trash.
    pub async fn restore_message(&self, _message: &MessageId) -> Result<ChatId> {
        unimplemented!()
    }
}
