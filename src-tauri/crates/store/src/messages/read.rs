//! Reading messages: pages of the path, single ones, and the way to one.

use inglenook_contract::{ChatId, Message, MessageId, MessagePage};
use sqlx::{Row as _, SqliteConnection};

use super::NO_MESSAGE;
use super::row::{message, select_messages};
use crate::{Result, Store, chats};

impl Store {
    /// A page of the path that is shown: from index `from`, or the last `limit` messages.
    ///
    /// # Errors
    /// `NotFound` for an unknown chat.
    pub async fn page(&self, chat: &ChatId, from: Option<u32>, limit: u32) -> Result<MessagePage> {
        self.read(async |db| {
            // One statement, so that the messages and the total are of the same moment.
            let rows = sqlx::query(select_messages!(
                "WITH path(total) AS (SELECT max(depth) + 1 FROM messages WHERE chat_id = ?1 AND shown = 1)",
                ", path.total",
                "JOIN path ON m.depth >= coalesce(?2, path.total - ?3) AND m.depth < coalesce(?2, path.total - ?3) + ?3
                 WHERE m.chat_id = ?1 AND m.shown = 1 ORDER BY m.depth"
            ))
            .bind(chat.as_str())
            .bind(from)
            .bind(limit)
            .fetch_all(&mut *db)
            .await?;
            let total = match rows.first() {
                Some(first) => first.try_get("total")?,
                None => chats::count_shown(db, chat.as_str()).await?,
            };
            Ok(MessagePage { messages: rows.iter().map(message).collect::<Result<_>>()?, total })
        })
        .await
    }

    /// One message, shown or not.
    ///
    /// # Errors
    /// `NotFound` where there is none or it is in the trash.
    pub async fn message(&self, message: &MessageId) -> Result<Message> {
        self.read(async |db| living(db, message.as_str()).await).await
    }

    /// The messages from the first one down to this one, for a prompt.
    ///
    /// # Errors
    /// `NotFound` where there is none or it is in the trash.
    pub async fn path_to(&self, id: &MessageId) -> Result<Vec<Message>> {
        let path = self
            .read(async |db| {
                let rows = sqlx::query(select_messages!(
                    "WITH RECURSIVE up(id, parent_id) AS (
                        SELECT id, parent_id FROM messages WHERE id = ?1 AND deleted_at IS NULL
                        UNION ALL
                        SELECT p.id, p.parent_id FROM messages p JOIN up ON p.id = up.parent_id
                     )",
                    "",
                    "WHERE m.id IN (SELECT id FROM up) ORDER BY m.depth"
                ))
                .bind(id.as_str())
                .fetch_all(db)
                .await?;
                rows.iter().map(message).collect::<Result<Vec<_>>>()
            })
            .await?;
        if path.is_empty() { Err(NO_MESSAGE) } else { Ok(path) }
    }

    /// All versions at the place of this message, in order of making, this one among them.
    ///
    /// # Errors
    /// `NotFound` where there is none or it is in the trash.
    pub async fn versions(&self, id: &MessageId) -> Result<Vec<Message>> {
        let versions = self
            .read(async |db| {
                let rows = sqlx::query(select_messages!(
                    "JOIN messages one ON one.chat_id = m.chat_id AND one.parent_id IS m.parent_id
                     WHERE one.id = ?1 AND one.deleted_at IS NULL AND m.deleted_at IS NULL ORDER BY m.row"
                ))
                .bind(id.as_str())
                .fetch_all(db)
                .await?;
                rows.iter().map(message).collect::<Result<Vec<_>>>()
            })
            .await?;
        if versions.is_empty() { Err(NO_MESSAGE) } else { Ok(versions) }
    }
}

/// A message outside the trash.
pub(crate) async fn living(db: &mut SqliteConnection, id: &str) -> Result<Message> {
    let row =
        sqlx::query(select_messages!("WHERE m.id = ?1 AND m.deleted_at IS NULL")).bind(id).fetch_optional(db).await?;
    message(&row.ok_or(NO_MESSAGE)?)
}

/// A message, in the trash or not.
pub(crate) async fn any(db: &mut SqliteConnection, id: &str) -> Result<Message> {
    let row = sqlx::query(select_messages!("WHERE m.id = ?1")).bind(id).fetch_optional(db).await?;
    message(&row.ok_or(NO_MESSAGE)?)
}
