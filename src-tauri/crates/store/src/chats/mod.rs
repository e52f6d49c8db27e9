//! Chats: the list, one chat's own data, the trash, branches.

mod branch;
mod read;
mod trash;
mod write;

use sqlx::SqliteConnection;

use crate::{Result, StoreError, identity};

pub(crate) const NO_CHAT: StoreError = StoreError::NotFound("This chat does not exist any more.");
const IN_TRASH: StoreError = StoreError::NotFound("This chat is in the trash. Restore it first.");

/// Notes that something is said in this chat now.
///
/// # Errors
/// `NotFound` where it is not there or in the trash.
pub(crate) async fn touch(db: &mut SqliteConnection, chat: &str) -> Result<()> {
    let deleted: Option<Option<i64>> =
        sqlx::query_scalar("SELECT deleted_at FROM chats WHERE id = ?1").bind(chat).fetch_optional(&mut *db).await?;
    match deleted {
        None => Err(NO_CHAT),
        Some(Some(_)) => Err(IN_TRASH),
        Some(None) => note_time(db, chat).await,
    }
}

/// Notes that something was said in this chat until now, in the trash or not.
pub(crate) async fn note_time(db: &mut SqliteConnection, chat: &str) -> Result<()> {
    sqlx::query("UPDATE chats SET updated_at = ?2 WHERE id = ?1").bind(chat).bind(identity::now()).execute(db).await?;
    Ok(())
}

/// How many messages the path that is shown has.
///
/// # Errors
/// `NotFound` for an unknown chat.
pub(crate) async fn count_shown(db: &mut SqliteConnection, chat: &str) -> Result<u32> {
    let count = sqlx::query_scalar(
        "SELECT coalesce((SELECT m.depth + 1 FROM messages m WHERE m.chat_id = c.id AND m.shown = 1
                          ORDER BY m.depth DESC LIMIT 1), 0)
         FROM chats c WHERE c.id = ?1",
    )
    .bind(chat)
    .fetch_optional(db)
    .await?;
    count.ok_or(NO_CHAT)
}
