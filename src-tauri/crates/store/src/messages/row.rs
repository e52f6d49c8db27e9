//! Rows of the table of messages as the contract's messages, and back.

use inglenook_contract::{FinishReason, Message, MessageStatus, Role};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::{Result, StoreError};

/// `SELECT` of whole messages `m`, versions and all, as one static text: a `WITH` before it, more columns, the rest.
macro_rules! select_messages {
    ($rest:literal) => {
        select_messages!("", "", $rest)
    };
    ($with:literal, $more:literal, $rest:literal) => {
        concat!(
            $with,
            " SELECT m.id, m.chat_id, m.parent_id, m.depth, m.role, m.status, m.finish_reason, m.edited,
                m.created_at, m.reasoning_ms, m.answered_by, m.stats, m.error, m.tool_calls, m.text, m.reasoning,
                (SELECT json_group_array(v.id ORDER BY v.row) FROM messages v
                 WHERE v.chat_id = m.chat_id AND v.parent_id IS m.parent_id
                   AND (v.deleted_at IS NULL OR v.row = m.row)) AS versions",
            $more,
            " FROM messages m ",
            $rest
        )
    };
}
pub(crate) use select_messages;

/// A row of [`select_messages`].
pub(crate) fn message(row: &SqliteRow) -> Result<Message> {
    Ok(Message {
        id: row.try_get::<String, _>("id")?.into(),
        chat: row.try_get::<String, _>("chat_id")?.into(),
        parent: row.try_get::<Option<String>, _>("parent_id")?.map(Into::into),
        index: row.try_get("depth")?,
        role: word(row, "role")?,
        text: row.try_get("text")?,
        reasoning: row.try_get("reasoning")?,
        reasoning_ms: row.try_get("reasoning_ms")?,
        tool_calls: serde_json::from_str(row.try_get("tool_calls")?)?,
        status: word(row, "status")?,
        finish_reason: match row.try_get::<Option<&str>, _>("finish_reason")? {
            Some(reason) => Some(from_word(reason)?),
            None => None,
        },
        error: json(row, "error")?,
        stats: json(row, "stats")?,
        answered_by: json(row, "answered_by")?,
        edited: row.try_get("edited")?,
        created_at: row.try_get("created_at")?,
        versions: serde_json::from_str(row.try_get("versions")?)?,
    })
}

/// A value as JSON for a column that may be empty.
pub(crate) fn to_json<T: Serialize>(value: Option<&T>) -> Result<Option<String>> {
    Ok(value.map(serde_json::to_string).transpose()?)
}

fn json<T: DeserializeOwned>(row: &SqliteRow, column: &str) -> Result<Option<T>> {
    let text = row.try_get::<Option<&str>, _>(column)?;
    Ok(text.map(serde_json::from_str).transpose()?)
}

fn word<T: DeserializeOwned>(row: &SqliteRow, column: &str) -> Result<T> {
    from_word(row.try_get(column)?)
}

/// The words in the database are those of the wire; the contract's own reader knows them.
fn from_word<T: DeserializeOwned>(word: &str) -> Result<T> {
    serde_json::from_value(Value::from(word)).map_err(StoreError::from)
}

/// The word for a role.
pub(crate) fn role_word(role: Role) -> &'static str {
    match role {
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::Tool => "tool",
    }
}

/// The word for a status.
pub(crate) fn status_word(status: MessageStatus) -> &'static str {
    match status {
        MessageStatus::Waiting => "waiting",
        MessageStatus::Streaming => "streaming",
        MessageStatus::Done => "done",
        MessageStatus::Stopped => "stopped",
        MessageStatus::Cut => "cut",
        MessageStatus::Failed => "failed",
    }
}

/// The word for the reason of an end.
pub(crate) fn reason_word(reason: FinishReason) -> &'static str {
    match reason {
        FinishReason::Stop => "stop",
        FinishReason::Length => "length",
        FinishReason::ToolCalls => "tool_calls",
        FinishReason::Cancelled => "cancelled",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_as_it_was_written() {
        for role in [Role::User, Role::Assistant, Role::Tool] {
            assert_eq!(from_word::<Role>(role_word(role)).unwrap(), role);
        }
        use MessageStatus::*;
        for status in [Waiting, Streaming, Done, Stopped, Cut, Failed] {
            assert_eq!(from_word::<MessageStatus>(status_word(status)).unwrap(), status);
        }
        use FinishReason::*;
        for reason in [Stop, Length, ToolCalls, Cancelled] {
            assert_eq!(from_word::<FinishReason>(reason_word(reason)).unwrap(), reason);
        }
    }
}
