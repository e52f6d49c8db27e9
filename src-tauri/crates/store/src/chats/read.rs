//! Reading chats: the list, with or without a search, and one of them.

use inglenook_contract::{Chat, ChatId, ChatSummary};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use super::NO_CHAT;
use crate::fold::fold;
use crate::{Result, Store};

/// `SELECT` of chats `c` with `more` columns, as one static text.
macro_rules! select_chats {
    ($more:literal, $after:literal) => {
        concat!(
            "SELECT c.id, coalesce(c.title_person, c.title_auto) AS title, c.pinned, c.created_at, c.updated_at,
                c.deleted_at,
                EXISTS (SELECT 1 FROM messages m WHERE m.chat_id = c.id AND m.status IN ('waiting', 'streaming')
                        AND m.deleted_at IS NULL) AS answering",
            $more,
            " FROM chats c ",
            $after
        )
    };
}

impl Store {
    /// Chats, pinned ones first, then those in which something was said last; or the trash, last deleted first.
    /// With a `search` text only those that hold it in their title or in any version of any message, letters of
    /// either case being the same. Every character counts; none has a meaning of its own.
    ///
    /// # Errors
    /// As every read.
    pub async fn chats(&self, search: &str, trash: bool) -> Result<Vec<ChatSummary>> {
        let sought = fold(search);
        let everything = sought.trim().is_empty();
        self.read(async |db| {
            let rows = if everything { all(db, trash).await? } else { holding(db, &sought, trash).await? };
            let mut chats = Vec::with_capacity(rows.len());
            for row in &rows {
                let summary = self.summary(row)?;
                if everything || row.try_get("found")? || fold(&summary.title).contains(&sought) {
                    chats.push(summary);
                }
            }
            Ok(chats)
        })
        .await
    }

    /// One chat, in the trash or not.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn chat(&self, chat: &ChatId) -> Result<Chat> {
        self.read(async |db| self.chat_in(db, chat.as_str()).await).await
    }

    /// Whether there is no chat at all, in the trash or not.
    pub(crate) async fn is_empty(&self) -> Result<bool> {
        self.read(async |db| Ok(sqlx::query_scalar("SELECT NOT EXISTS (SELECT 1 FROM chats)").fetch_one(db).await?))
            .await
    }

    pub(crate) async fn chat_in(&self, db: &mut SqliteConnection, chat: &str) -> Result<Chat> {
        let row = sqlx::query(select_chats!(
            ", c.model_id, c.parameters, c.draft,
             (SELECT json_group_array(json_object('id', q.id, 'text', q.text, 'held', json(q.held)) ORDER BY q.row)
              FROM queue q WHERE q.chat_id = c.id) AS queue,
             coalesce((SELECT m.depth + 1 FROM messages m WHERE m.chat_id = c.id AND m.shown = 1
                       ORDER BY m.depth DESC LIMIT 1), 0) AS message_count,
             (SELECT json_extract(m.stats, '$.prompt_tokens') + json_extract(m.stats, '$.completion_tokens')
              FROM messages m WHERE m.chat_id = c.id AND m.shown = 1 AND m.stats IS NOT NULL
              ORDER BY m.depth DESC LIMIT 1) AS context_used",
            "WHERE c.id = ?1"
        ))
        .bind(chat)
        .fetch_optional(db)
        .await?
        .ok_or(NO_CHAT)?;
        Ok(Chat {
            summary: self.summary(&row)?,
            model: row.try_get::<Option<String>, _>("model_id")?.map(Into::into),
            parameters: serde_json::from_str(row.try_get("parameters")?)?,
            draft: row.try_get("draft")?,
            queue: serde_json::from_str(row.try_get("queue")?)?,
            message_count: row.try_get("message_count")?,
            context_used: row.try_get("context_used")?,
        })
    }

    fn summary(&self, row: &SqliteRow) -> Result<ChatSummary> {
        Ok(ChatSummary {
            id: row.try_get::<String, _>("id")?.into(),
            title: row.try_get("title")?,
            pinned: row.try_get("pinned")?,
            temporary: self.is_temporary(),
            created_at: row.try_get("created_at")?,
            updated_at: row.try_get("updated_at")?,
            deleted_at: row.try_get("deleted_at")?,
            answering: row.try_get("answering")?,
        })
    }
}

async fn all(db: &mut SqliteConnection, trash: bool) -> Result<Vec<SqliteRow>> {
    let rows = sqlx::query(select_chats!(
        "",
        "WHERE (c.deleted_at IS NOT NULL) = ?1
         ORDER BY c.deleted_at DESC, c.pinned DESC, c.updated_at DESC, c.row DESC"
    ))
    .bind(trash)
    .fetch_all(db)
    .await?;
    Ok(rows)
}

/// As [`all`], each with whether a message of it holds the text (`found`).
///
/// This reads the folded text of every message, one after the other: 0.1 s for 50,000 messages of 1,400 characters.
/// An index of trigrams would need 3 ms, but four times the space of the text, in every backup too, and another way
/// for one or two characters.
async fn holding(db: &mut SqliteConnection, sought: &str, trash: bool) -> Result<Vec<SqliteRow>> {
    let rows = sqlx::query(select_chats!(
        ", c.id IN (SELECT m.chat_id FROM message_search s CROSS JOIN messages m ON m.row = s.row
                    WHERE instr(s.folded, ?2) > 0 AND m.deleted_at IS NULL) AS found",
        "WHERE (c.deleted_at IS NOT NULL) = ?1
         ORDER BY c.deleted_at DESC, c.pinned DESC, c.updated_at DESC, c.row DESC"
    ))
    .bind(trash)
    .bind(sought)
    .fetch_all(db)
    .await?;
    Ok(rows)
}
