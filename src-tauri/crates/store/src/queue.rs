//! Texts that wait in a chat until the answer before them is done.

use inglenook_contract::{ChatId, ErrorInfo, MessageId, QueuedId, QueuedMessage};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use crate::{Result, Store, StoreError, Turn, chats};

const NOT_QUEUED: StoreError = StoreError::NotFound("This text does not wait any more: it was sent or taken back.");

impl Store {
    /// Puts a text at the end of a chat's queue and empties the draft.
    ///
    /// # Errors
    /// `NotFound` for a chat that is not there or in the trash.
    pub async fn push_queued(&self, chat: &ChatId, text: &str) -> Result<QueuedMessage> {
        self.write(async |db| {
            chats::touch(db, chat.as_str()).await?;
            let id = self.new_id();
            sqlx::query("INSERT INTO queue (id, chat_id, text) VALUES (?1, ?2, ?3)")
                .bind(&id)
                .bind(chat.as_str())
                .bind(text)
                .execute(&mut *db)
                .await?;
            sqlx::query("UPDATE chats SET draft = '' WHERE id = ?1").bind(chat.as_str()).execute(db).await?;
            Ok(QueuedMessage { id: id.into(), text: text.to_owned(), held: None })
        })
        .await
    }

    /// The queue of a chat, in order.
    ///
    /// # Errors
    /// As every read; an unknown chat has an empty queue.
    pub async fn queue(&self, chat: &ChatId) -> Result<Vec<QueuedMessage>> {
        self.read(async |db| {
            let rows = sqlx::query("SELECT id, text, held FROM queue WHERE chat_id = ?1 ORDER BY row")
                .bind(chat.as_str())
                .fetch_all(db)
                .await?;
            rows.iter().map(queued).collect()
        })
        .await
    }

    /// The first text that is not held. It stays in the queue: [`Store::add_queued_turn`] takes it out in the same
    /// transaction that puts it into the chat, so that the end of the process between the two cannot lose it.
    ///
    /// # Errors
    /// As every read.
    pub async fn next_queued(&self, chat: &ChatId) -> Result<Option<QueuedMessage>> {
        self.read(async |db| {
            let row = sqlx::query(
                "SELECT id, text, held FROM queue WHERE chat_id = ?1 AND held IS NULL ORDER BY row LIMIT 1",
            )
            .bind(chat.as_str())
            .fetch_optional(db)
            .await?;
            row.as_ref().map(queued).transpose()
        })
        .await
    }

    /// [`Store::add_turn`] with a text of the queue, held or not, which leaves the queue. It follows the message
    /// `after`, whatever version is shown by now, or the end of the path that is shown. The draft stays.
    ///
    /// # Errors
    /// `NotFound` where the text is not in this chat's queue any more, or the chat is in the trash.
    pub async fn add_queued_turn(&self, chat: &ChatId, id: &QueuedId, after: Option<&MessageId>) -> Result<Turn> {
        self.write(async |db| {
            let queued = take(db, chat, id).await?;
            match after {
                Some(after) => self.turn_after(db, chat.as_str(), Some(after.as_str()), &queued.text, None).await,
                None => self.turn_at_end(db, chat.as_str(), &queued.text, None).await,
            }
        })
        .await
    }

    /// Takes a text out of the queue and returns it.
    ///
    /// # Errors
    /// `NotFound` where it is not in this chat's queue any more.
    pub async fn take_queued(&self, chat: &ChatId, id: &QueuedId) -> Result<QueuedMessage> {
        self.write(async |db| take(db, chat, id).await).await
    }

    /// Holds every text of the queue that is not held yet, for this reason.
    ///
    /// # Errors
    /// As every write.
    pub async fn hold_queue(&self, chat: &ChatId, reason: &ErrorInfo) -> Result<()> {
        self.write(async |db| {
            sqlx::query("UPDATE queue SET held = ?2 WHERE chat_id = ?1 AND held IS NULL")
                .bind(chat.as_str())
                .bind(serde_json::to_string(reason)?)
                .execute(db)
                .await?;
            Ok(())
        })
        .await
    }

    /// Lets a held text wait for its turn again, at its old place.
    ///
    /// # Errors
    /// `NotFound` where it is not in this chat's queue any more.
    pub async fn release_queued(&self, chat: &ChatId, id: &QueuedId) -> Result<()> {
        self.write(async |db| {
            let changed = sqlx::query("UPDATE queue SET held = NULL WHERE id = ?1 AND chat_id = ?2")
                .bind(id.as_str())
                .bind(chat.as_str())
                .execute(db)
                .await?;
            if changed.rows_affected() == 0 { Err(NOT_QUEUED) } else { Ok(()) }
        })
        .await
    }
}

async fn take(db: &mut SqliteConnection, chat: &ChatId, id: &QueuedId) -> Result<QueuedMessage> {
    let row = sqlx::query("DELETE FROM queue WHERE id = ?1 AND chat_id = ?2 RETURNING id, text, held")
        .bind(id.as_str())
        .bind(chat.as_str())
        .fetch_optional(db)
        .await?;
    queued(&row.ok_or(NOT_QUEUED)?)
}

fn queued(row: &SqliteRow) -> Result<QueuedMessage> {
    let held: Option<&str> = row.try_get("held")?;
    Ok(QueuedMessage {
        id: row.try_get::<String, _>("id")?.into(),
        text: row.try_get("text")?,
        held: held.map(serde_json::from_str).transpose()?,
    })
}
