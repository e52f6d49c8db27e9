//! Texts that wait in a chat until the answer before them is done.

use inglenook_contract::{AnsweredBy, ChatId, ErrorInfo, QueuedId, QueuedMessage};

use crate::{Result, Store, Turn};

impl Store {
    /// Puts a text at the end of a chat's queue and empties the draft.
    ///
    /// # Errors
    /// `NotFound` for a chat that is not there or in the trash.
    pub async fn push_queued(&self, _chat: &ChatId, _text: &str) -> Result<QueuedMessage> {
        unimplemented!()
    }

    /// The queue of a chat, in order.
    ///
    /// # Errors
    /// As every read; an unknown chat has an empty queue.
    pub async fn queue(&self, _chat: &ChatId) -> Result<Vec<QueuedMessage>> {
        unimplemented!()
    }

    /// The first text that is not held, which stays in the queue: [`Store::add_queued_turn`] takes it out in the
    /// same transaction that puts it into the chat, so that a crash between the two cannot lose it.
    ///
    /// # Errors
    /// As every read.
    pub async fn next_queued(&self, _chat: &ChatId) -> Result<Option<QueuedMessage>> {
        unimplemented!()
    }

    /// [`Store::add_turn`] with a text of the queue (held or not), which leaves the queue. The draft stays.
    ///
    /// # Errors
    /// `NotFound` where the text is not in this chat's queue any more.
    pub async fn add_queued_turn(
        &self,
        _chat: &ChatId,
        _queued: &QueuedId,
        _answered_by: Option<&AnsweredBy>,
    ) -> Result<Turn> {
        unimplemented!()
    }

    /// Takes a text out of the queue.
    ///
    /// # Errors
    /// `NotFound` where it is not in this chat's queue any more.
    pub async fn take_queued(&self, _chat: &ChatId, _queued: &QueuedId) -> Result<QueuedMessage> {
        unimplemented!()
    }

    /// Holds every text of the queue that is not held yet, for this reason.
    ///
    /// # Errors
    /// As every write.
    pub async fn hold_queue(&self, _chat: &ChatId, _reason: &ErrorInfo) -> Result<()> {
        unimplemented!()
    }

    /// Lets a held text wait for its turn again.
    ///
    /// # Errors
    /// `NotFound` where it is not in this chat's queue any more.
    pub async fn release_queued(&self, _chat: &ChatId, _queued: &QueuedId) -> Result<()> {
        unimplemented!()
    }
}
