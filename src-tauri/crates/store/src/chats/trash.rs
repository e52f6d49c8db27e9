//! Chats in the trash, and out of it one way or the other.

use inglenook_contract::ChatId;
use sqlx::SqliteConnection;

use super::NO_CHAT;
use crate::{Result, Store, StoreError, identity};

impl Store {
    /// To the trash. One that is in the trash already stays as it is.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn delete_chat(&self, chat: &ChatId) -> Result<()> {
        self.write(async |db| {
            let changed = sqlx::query("UPDATE chats SET deleted_at = coalesce(deleted_at, ?2) WHERE id = ?1")
                .bind(chat.as_str())
                .bind(identity::now())
                .execute(db)
                .await?;
            if changed.rows_affected() == 0 { Err(NO_CHAT) } else { Ok(()) }
        })
        .await
    }

    /// Back from the trash, or left outside it.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn restore_chat(&self, chat: &ChatId) -> Result<()> {
        self.write(async |db| {
            let changed =
                sqlx::query("UPDATE chats SET deleted_at = NULL WHERE id = ?1").bind(chat.as_str()).execute(db).await?;
            if changed.rows_affected() == 0 { Err(NO_CHAT) } else { Ok(()) }
        })
        .await
    }

    /// Out of the trash for good: overwritten in the database, though backups made before still hold it.
    ///
    /// # Errors
    /// `NotFound` where it is not in the trash.
    pub async fn purge_chat(&self, chat: &ChatId) -> Result<()> {
        self.write(async |db| {
            let in_trash: bool =
                sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM chats WHERE id = ?1 AND deleted_at IS NOT NULL)")
                    .bind(chat.as_str())
                    .fetch_one(&mut *db)
                    .await?;
            if !in_trash {
                return Err(StoreError::NotFound("This chat is not in the trash any more."));
            }
            purge_deleted(db, Some(chat)).await
        })
        .await?;
        self.empty_log().await;
        Ok(())
    }

    /// Everything in the trash for good: chats, and messages that were deleted one by one.
    ///
    /// # Errors
    /// As every write.
    pub async fn empty_trash(&self) -> Result<()> {
        self.write(async |db| {
            purge_deleted(db, None).await?;
            // What is below a deleted message is deleted too, so no child loses its parent.
            sqlx::query("DELETE FROM messages WHERE deleted_at IS NOT NULL").execute(db).await?;
            Ok(())
        })
        .await?;
        self.empty_log().await;
        Ok(())
    }
}

/// Removes this chat, or every chat, that is in the trash.
async fn purge_deleted(db: &mut SqliteConnection, chat: Option<&ChatId>) -> Result<()> {
    let chat = chat.map(ChatId::as_str);
    sqlx::query(
        "DELETE FROM messages WHERE chat_id IN
            (SELECT id FROM chats WHERE deleted_at IS NOT NULL AND (?1 IS NULL OR id = ?1))",
    )
    .bind(chat)
    .execute(&mut *db)
    .await?;
    sqlx::query(
        "DELETE FROM queue WHERE chat_id IN
            (SELECT id FROM chats WHERE deleted_at IS NOT NULL AND (?1 IS NULL OR id = ?1))",
    )
    .bind(chat)
    .execute(&mut *db)
    .await?;
    sqlx::query("DELETE FROM chats WHERE deleted_at IS NOT NULL AND (?1 IS NULL OR id = ?1)")
        .bind(chat)
        .execute(db)
        .await?;
    Ok(())
}
