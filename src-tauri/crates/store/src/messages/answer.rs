//! The life of an answer: it waits, is written, ends; and may be gone on with.
//!
//! Only an answer that waits or is being written changes. Once it has ended nothing is written over it, however
//! late a message from an engine comes.

use inglenook_contract::{AnsweredBy, Message, MessageId, MessageStatus};
use sqlx::SqliteConnection;

use super::row::{reason_word, status_word, to_json};
use super::{FinishedAnswer, NO_MESSAGE, read};
use crate::fold::fold;
use crate::{Result, Store, StoreError, chats};

impl Store {
    /// Makes an answer that ended wait again, to be gone on with; its text stays.
    ///
    /// # Errors
    /// `NotFound`; `Refused` for a message that is not an answer or has not ended.
    pub async fn reopen(&self, answer: &MessageId) -> Result<Message> {
        self.write(async |db| {
            let changed = sqlx::query(
                "UPDATE messages SET status = 'waiting', finish_reason = NULL, error = NULL
                 WHERE id = ?1 AND deleted_at IS NULL AND role = 'assistant' AND status NOT IN ('waiting', 'streaming')",
            )
            .bind(answer.as_str())
            .execute(&mut *db)
            .await?;
            let message = read::living(db, answer.as_str()).await?;
            if changed.rows_affected() == 0 {
                return Err(StoreError::Refused("Only an answer that has ended can be continued."));
            }
            chats::touch(db, message.chat.as_str()).await?;
            Ok(message)
        })
        .await
    }

    /// A model begins to write this answer.
    ///
    /// # Errors
    /// `NotFound`; `Refused` where the answer has ended.
    pub async fn begin_streaming(&self, answer: &MessageId, answered_by: &AnsweredBy) -> Result<Message> {
        self.write(async |db| {
            let changed = sqlx::query(
                "UPDATE messages SET status = 'streaming', answered_by = ?2
                 WHERE id = ?1 AND status IN ('waiting', 'streaming')",
            )
            .bind(answer.as_str())
            .bind(to_json(Some(answered_by))?)
            .execute(&mut *db)
            .await?;
            unless_ended(db, answer, changed.rows_affected()).await?;
            read::any(db, answer.as_str()).await
        })
        .await
    }

    /// Adds to the text and the reasoning of an answer that is being written. What was added when this returns is
    /// there after the process is killed.
    ///
    /// # Errors
    /// `NotFound`; `Refused` where the answer has ended.
    pub async fn append(&self, answer: &MessageId, text: &str, reasoning: &str) -> Result<()> {
        self.write(async |db| {
            let changed = sqlx::query(
                "UPDATE messages SET text = text || ?2, reasoning = reasoning || ?3
                 WHERE id = ?1 AND status IN ('waiting', 'streaming')",
            )
            .bind(answer.as_str())
            .bind(text)
            .bind(reasoning)
            .execute(&mut *db)
            .await?;
            unless_ended(db, answer, changed.rows_affected()).await?;
            if !text.is_empty() {
                sqlx::query(
                    "UPDATE message_search SET folded = folded || ?2
                     WHERE row = (SELECT row FROM messages WHERE id = ?1)",
                )
                .bind(answer.as_str())
                .bind(fold(text))
                .execute(db)
                .await?;
            }
            Ok(())
        })
        .await
    }

    /// The end of an answer, in the trash or not; returns it as it is kept.
    ///
    /// # Errors
    /// `NotFound`; `Refused` where the answer has ended already.
    pub async fn finish(&self, answer: &MessageId, end: FinishedAnswer) -> Result<Message> {
        if matches!(end.status, MessageStatus::Waiting | MessageStatus::Streaming) {
            return Err(StoreError::Refused("An answer cannot end as one that is still being written."));
        }
        self.write(async |db| {
            let changed = sqlx::query(
                "UPDATE messages SET status = ?2, finish_reason = ?3, error = ?4, stats = ?5, tool_calls = ?6,
                                     reasoning_ms = ?7, text = ?8, reasoning = ?9
                 WHERE id = ?1 AND status IN ('waiting', 'streaming')",
            )
            .bind(answer.as_str())
            .bind(status_word(end.status))
            .bind(end.finish_reason.map(reason_word))
            .bind(to_json(end.error.as_ref())?)
            .bind(to_json(end.stats.as_ref())?)
            .bind(serde_json::to_string(&end.tool_calls)?)
            .bind(end.reasoning_ms)
            .bind(&end.text)
            .bind(&end.reasoning)
            .execute(&mut *db)
            .await?;
            unless_ended(db, answer, changed.rows_affected()).await?;
            sqlx::query("UPDATE message_search SET folded = ?2 WHERE row = (SELECT row FROM messages WHERE id = ?1)")
                .bind(answer.as_str())
                .bind(fold(&end.text))
                .execute(&mut *db)
                .await?;
            let message = read::any(db, answer.as_str()).await?;
            chats::note_time(db, message.chat.as_str()).await?;
            Ok(message)
        })
        .await
    }
}

/// Says why no answer was changed, if none was.
async fn unless_ended(db: &mut SqliteConnection, answer: &MessageId, changed: u64) -> Result<()> {
    if changed > 0 {
        return Ok(());
    }
    let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM messages WHERE id = ?1)")
        .bind(answer.as_str())
        .fetch_one(db)
        .await?;
    Err(if exists { StoreError::Refused("This answer has ended already.") } else { NO_MESSAGE })
}
