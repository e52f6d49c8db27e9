//! The path that is shown: which messages are on it, and where it goes when it changes.
//!
//! It is a mark on the messages (`shown`), one at each depth from 0 to its end; an index sees to that. Where it
//! went below a message that it has left is remembered in that message (`active_child`).

use sqlx::{Row as _, SqliteConnection};

use super::NO_MESSAGE;
use crate::Result;

/// The end of the path that is shown; `None` in an empty chat.
pub(crate) async fn leaf(db: &mut SqliteConnection, chat: &str) -> Result<Option<String>> {
    let leaf =
        sqlx::query_scalar("SELECT id FROM messages WHERE chat_id = ?1 AND shown = 1 ORDER BY depth DESC LIMIT 1")
            .bind(chat)
            .fetch_optional(db)
            .await?;
    Ok(leaf)
}

/// Ends the path above `depth`.
pub(crate) async fn hide_from(db: &mut SqliteConnection, chat: &str, depth: u32) -> Result<()> {
    sqlx::query("UPDATE messages SET shown = 0 WHERE chat_id = ?1 AND shown = 1 AND depth >= ?2")
        .bind(chat)
        .bind(depth)
        .execute(db)
        .await?;
    Ok(())
}

/// Leads the path through a message outside the trash, and on below it as it last went there.
pub(crate) async fn show_through(db: &mut SqliteConnection, chat: &str, message: &str) -> Result<()> {
    // Up to where the path is left, the message itself included even if it is on it.
    let above = sqlx::query(
        "WITH RECURSIVE up(id, parent_id, depth) AS (
            SELECT id, parent_id, depth FROM messages WHERE id = ?1
            UNION ALL
            SELECT p.id, p.parent_id, p.depth FROM messages p JOIN up ON p.id = up.parent_id WHERE p.shown = 0
         )
         SELECT id, depth FROM up ORDER BY depth",
    )
    .bind(message)
    .fetch_all(&mut *db)
    .await?;
    let first = above.first().ok_or(NO_MESSAGE)?;
    hide_from(db, chat, first.try_get("depth")?).await?;

    // Down along the child last shown; the latest one where that is in the trash.
    let below: Vec<String> = sqlx::query_scalar(
        "WITH RECURSIVE down(id) AS (
            SELECT ?1
            UNION ALL
            SELECT coalesce(
                (SELECT c.id FROM messages c WHERE c.id = p.active_child AND c.deleted_at IS NULL),
                (SELECT c.id FROM messages c WHERE c.parent_id = p.id AND c.deleted_at IS NULL
                 ORDER BY c.row DESC LIMIT 1)
            )
            FROM down JOIN messages p ON p.id = down.id
         )
         SELECT id FROM down WHERE id IS NOT NULL",
    )
    .bind(message)
    .fetch_all(&mut *db)
    .await?;

    let mut path = below;
    for row in above {
        path.push(row.try_get("id")?);
    }
    let path = serde_json::to_string(&path)?;
    sqlx::query("UPDATE messages SET shown = 1 WHERE id IN (SELECT value FROM json_each(?1))")
        .bind(&path)
        .execute(&mut *db)
        .await?;
    sqlx::query(
        "UPDATE messages AS p SET active_child = c.id FROM messages c
         WHERE c.id IN (SELECT value FROM json_each(?1)) AND p.id = c.parent_id AND p.active_child IS NOT c.id",
    )
    .bind(&path)
    .execute(db)
    .await?;
    Ok(())
}
