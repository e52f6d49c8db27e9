//! Other versions shown, messages deleted and brought back.

use inglenook_contract::{ChatId, DeletedMessages, MessageId};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use super::{NO_MESSAGE, path, read};
use crate::{Result, Store, StoreError, identity};

const NOT_IN_TRASH: StoreError = StoreError::NotFound("This message is not in the trash any more.");

impl Store {
    /// Shows this version, and below it the path that was last shown there. Returns the chat.
    ///
    /// # Errors
    /// `NotFound` where there is none or it is in the trash.
    pub async fn show_message(&self, message: &MessageId) -> Result<ChatId> {
        self.write(async |db| {
            let message = read::living(db, message.as_str()).await?;
            path::show_through(db, message.chat.as_str(), message.id.as_str()).await?;
            Ok(message.chat)
        })
        .await
    }

    /// This version and all that follows it to the trash. Where it was shown, the path then goes through the version
    /// made before it (else the one after), or ends at the message above. Returns the chat.
    ///
    /// # Errors
    /// `NotFound` where there is none or it is in the trash already.
    pub async fn delete_message(&self, message: &MessageId) -> Result<ChatId> {
        self.write(async |db| {
            let message = read::living(db, message.as_str()).await?;
            let (chat, id) = (message.chat.as_str(), message.id.as_str());
            let shown: bool =
                sqlx::query_scalar("SELECT shown FROM messages WHERE id = ?1").bind(id).fetch_one(&mut *db).await?;
            // What is in the trash already went there by itself and comes back by itself.
            sqlx::query(
                "WITH RECURSIVE down(id) AS (
                    SELECT ?1
                    UNION ALL
                    SELECT c.id FROM messages c JOIN down ON c.parent_id = down.id WHERE c.deleted_at IS NULL
                 )
                 UPDATE messages SET deleted_at = ?2, deleted_with = ?1 WHERE id IN (SELECT id FROM down)",
            )
            .bind(id)
            .bind(identity::now())
            .execute(&mut *db)
            .await?;
            if shown {
                path::hide_from(db, chat, message.index).await?;
                if let Some(version) = neighbour(&message.versions, &message.id) {
                    path::show_through(db, chat, version.as_str()).await?;
                }
            }
            Ok(message.chat)
        })
        .await
    }

    /// What went to the trash message by message, in chats that are not there themselves; last deleted first, the last
    /// 500 of them.
    ///
    /// # Errors
    /// As every read.
    pub async fn deleted_messages(&self) -> Result<Vec<DeletedMessages>> {
        let select = "SELECT top.id, top.chat_id, coalesce(c.title_person, c.title_auto) AS title,
                substr(top.text, 1, 200) AS text, top.deleted_at,
                (SELECT count(*) FROM messages m WHERE m.deleted_with = top.id) AS count
             FROM messages top JOIN chats c ON c.id = top.chat_id
             WHERE top.deleted_with = top.id AND c.deleted_at IS NULL
             ORDER BY top.deleted_at DESC, top.row DESC LIMIT 500";
        self.read(async |db| {
            let rows = sqlx::query(select).fetch_all(db).await?;
            rows.iter().map(deleted).collect()
        })
        .await
    }

    /// A deleted message and all below it out of the trash for good, overwritten in the database.
    ///
    /// # Errors
    /// `NotFound` where it is not in the trash.
    pub async fn purge_message(&self, message: &MessageId) -> Result<()> {
        self.write(async |db| {
            if deletion(db, message.as_str()).await?.is_none() {
                return Err(NOT_IN_TRASH);
            }
            sqlx::query(
                "WITH RECURSIVE down(id) AS (
                    SELECT ?1
                    UNION ALL
                    SELECT c.id FROM messages c JOIN down ON c.parent_id = down.id
                 )
                 DELETE FROM messages WHERE id IN (SELECT id FROM down)",
            )
            .bind(message.as_str())
            .execute(db)
            .await?;
            Ok(())
        })
        .await?;
        self.empty_log().await;
        Ok(())
    }

    /// Back from the trash with what followed it, and shown. Where the messages above it went to the trash later,
    /// they come back as well, since it could not be shown without them. Returns the chat.
    ///
    /// # Errors
    /// `NotFound` where it is not in the trash.
    pub async fn restore_message(&self, message: &MessageId) -> Result<ChatId> {
        self.write(async |db| {
            let mut deletion = deletion(db, message.as_str()).await?;
            if deletion.is_none() {
                return Err(NOT_IN_TRASH);
            }
            while let Some((top, above)) = deletion {
                sqlx::query("UPDATE messages SET deleted_at = NULL, deleted_with = NULL WHERE deleted_with = ?1")
                    .bind(top)
                    .execute(&mut *db)
                    .await?;
                deletion = match above {
                    Some(above) => self::deletion(db, &above).await?,
                    None => None,
                };
            }
            let message = read::living(db, message.as_str()).await?;
            path::show_through(db, message.chat.as_str(), message.id.as_str()).await?;
            Ok(message.chat)
        })
        .await
    }
}

fn deleted(row: &SqliteRow) -> Result<DeletedMessages> {
    Ok(DeletedMessages {
        message: row.try_get::<String, _>("id")?.into(),
        chat: row.try_get::<String, _>("chat_id")?.into(),
        title: row.try_get("title")?,
        text: row.try_get("text")?,
        count: row.try_get("count")?,
        deleted_at: row.try_get("deleted_at")?,
    })
}

/// The version before `id`, else the one after it.
fn neighbour<'a>(versions: &'a [MessageId], id: &MessageId) -> Option<&'a MessageId> {
    let place = versions.iter().position(|version| version == id)?;
    if place > 0 { versions.get(place - 1) } else { versions.get(1) }
}

/// With which message this one went to the trash, and what is above that one.
async fn deletion(db: &mut SqliteConnection, id: &str) -> Result<Option<(String, Option<String>)>> {
    let row = sqlx::query(
        "SELECT m.deleted_with, top.parent_id AS above
         FROM messages m LEFT JOIN messages top ON top.id = m.deleted_with WHERE m.id = ?1",
    )
    .bind(id)
    .fetch_optional(db)
    .await?
    .ok_or(NO_MESSAGE)?;
    let top: Option<String> = row.try_get("deleted_with")?;
    let above = row.try_get("above")?;
    Ok(top.map(|top| (top, above)))
}
