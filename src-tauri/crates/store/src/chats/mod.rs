//! Chats.

use inglenook_contract::{Chat, ChatId, ChatSummary, MessageId, ModelId, Parameters};

use crate::{Result, Store};

impl Store {
    /// Chats (or the trash), pinned ones first, newest first. With a `search` text only those that hold it in their
    /// title or in any version of any message, letters of either case being the same.
    ///
    /// # Errors
    /// As every read.
    pub async fn chats(&self, _search: &str, _trash: bool) -> Result<Vec<ChatSummary>> {
        unimplemented!()
    }

    /// One chat, in the trash or not.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn chat(&self, _chat: &ChatId) -> Result<Chat> {
        unimplemented!()
    }

    /// A new, empty chat.
    ///
    /// # Errors
    /// As every write.
    pub async fn create_chat(&self, _model: Option<&ModelId>) -> Result<Chat> {
        unimplemented!()
    }

    /// A title by a person; an empty one gives the automatic title back.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn rename_chat(&self, _chat: &ChatId, _title: &str) -> Result<()> {
        unimplemented!()
    }

    /// Pins or unpins.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn pin_chat(&self, _chat: &ChatId, _pinned: bool) -> Result<()> {
        unimplemented!()
    }

    /// To the trash; in a temporary store it is gone at once.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn delete_chat(&self, _chat: &ChatId) -> Result<()> {
        unimplemented!()
    }

    /// Back from the trash.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn restore_chat(&self, _chat: &ChatId) -> Result<()> {
        unimplemented!()
    }

    /// Out of the trash for good.
    ///
    /// # Errors
    /// `NotFound` where it is not in the trash.
    pub async fn purge_chat(&self, _chat: &ChatId) -> Result<()> {
        unimplemented!()
    }

    /// Everything in the trash for good: chats, and messages that were deleted one by one.
    ///
    /// # Errors
    /// As every write.
    pub async fn empty_trash(&self) -> Result<()> {
        unimplemented!()
    }

    /// The model that answers next.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn choose_model(&self, _chat: &ChatId, _model: &ModelId) -> Result<()> {
        unimplemented!()
    }

    /// What steers the answers.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn save_parameters(&self, _chat: &ChatId, _parameters: &Parameters) -> Result<()> {
        unimplemented!()
    }

    /// What stands in the composer.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn save_draft(&self, _chat: &ChatId, _text: &str) -> Result<()> {
        unimplemented!()
    }

    /// A new chat with copies of the path up to `message`, its model and its parameters.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn branch_chat(&self, _message: &MessageId) -> Result<Chat> {
        unimplemented!()
    }
}
