//! A new chat that begins with the path up to a message.

use inglenook_contract::{Chat, MessageId};
use sqlx::SqliteConnection;

use crate::messages::NO_MESSAGE;
use crate::{Result, Store, identity};

impl Store {
    /// A new chat with copies of the messages from the first down to `message`, without their other versions, and
    /// with the chat's model and parameters. An answer that is being written is copied as one that was cut.
    ///
    /// # Errors
    /// `NotFound` where there is no such message or it is in the trash.
    pub async fn branch_chat(&self, message: &MessageId) -> Result<Chat> {
        self.write(async |db| {
            let path = path(db, message.as_str()).await?;
            let id = self.new_id();
            sqlx::query(
                "INSERT INTO chats (id, title_auto, model_id, parameters, created_at, updated_at)
                 SELECT ?1, coalesce(c.title_person, c.title_auto) || ' (branch)', c.model_id, c.parameters, ?3, ?3
                 FROM chats c WHERE c.id = (SELECT chat_id FROM messages WHERE id = ?2)",
            )
            .bind(&id)
            .bind(message.as_str())
            .bind(identity::now())
            .execute(&mut *db)
            .await?;
            self.copy(db, &path, &id).await?;
            self.chat_in(db, &id).await
        })
        .await
    }

    /// Copies a path into an empty chat, all of it shown.
    async fn copy(&self, db: &mut SqliteConnection, path: &[String], chat: &str) -> Result<()> {
        let copies: Vec<String> = path.iter().map(|_| self.new_id()).collect();
        let around = |place: usize, step: isize| place.checked_add_signed(step).and_then(|place| copies.get(place));
        let plan: Vec<_> =
            (0..path.len()).map(|place| (&path[place], &copies[place], around(place, -1), around(place, 1))).collect();
        sqlx::query(
            "INSERT INTO messages (id, chat_id, parent_id, depth, shown, active_child, role, status, finish_reason,
                                   edited, created_at, reasoning_ms, answered_by, stats, error, tool_calls, text,
                                   reasoning)
             SELECT plan.value ->> 1, ?1, plan.value ->> 2, m.depth, 1, plan.value ->> 3, m.role,
                    iif(m.status IN ('waiting', 'streaming'), 'cut', m.status), m.finish_reason,
                    m.edited, m.created_at, m.reasoning_ms, m.answered_by, m.stats, m.error, m.tool_calls, m.text,
                    m.reasoning
             FROM json_each(?2) plan JOIN messages m ON m.id = plan.value ->> 0 ORDER BY m.depth",
        )
        .bind(chat)
        .bind(serde_json::to_string(&plan)?)
        .execute(&mut *db)
        .await?;
        sqlx::query(
            "INSERT INTO message_search (row, folded)
             SELECT copy.row, s.folded
             FROM json_each(?1) plan JOIN messages m ON m.id = plan.value ->> 0 JOIN message_search s ON s.row = m.row
                  JOIN messages copy ON copy.id = plan.value ->> 1",
        )
        .bind(serde_json::to_string(&plan)?)
        .execute(db)
        .await?;
        Ok(())
    }
}

/// The identifiers from the first message down to this one.
async fn path(db: &mut SqliteConnection, message: &str) -> Result<Vec<String>> {
    let path: Vec<String> = sqlx::query_scalar(
        "WITH RECURSIVE up(id, parent_id, depth) AS (
            SELECT id, parent_id, depth FROM messages WHERE id = ?1 AND deleted_at IS NULL
            UNION ALL
            SELECT p.id, p.parent_id, p.depth FROM messages p JOIN up ON p.id = up.parent_id
         )
         SELECT id FROM up ORDER BY depth",
    )
    .bind(message)
    .fetch_all(db)
    .await?;
    if path.is_empty() { Err(NO_MESSAGE) } else { Ok(path) }
}
