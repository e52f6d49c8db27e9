//! New messages: turns, other answers, other versions. None of it changes a message that is there.

use inglenook_contract::{AnsweredBy, ChatId, Message, MessageId, MessageStatus, Role};
use sqlx::{Row as _, SqliteConnection};

use super::row::{role_word, status_word, to_json};
use super::{NO_MESSAGE, Turn, path, read};
use crate::fold::fold;
use crate::{Result, Store, StoreError, chats, identity, title};

/// What a new message is made of.
struct New<'a> {
    role: Role,
    status: MessageStatus,
    text: &'a str,
    reasoning: &'a str,
    reasoning_ms: Option<u32>,
    answered_by: Option<&'a AnsweredBy>,
    edited: bool,
}

impl<'a> New<'a> {
    fn by_person(text: &'a str) -> Self {
        Self {
            role: Role::User,
            status: MessageStatus::Done,
            text,
            reasoning: "",
            reasoning_ms: None,
            answered_by: None,
            edited: false,
        }
    }

    fn answer(answered_by: Option<&'a AnsweredBy>) -> Self {
        Self { role: Role::Assistant, status: MessageStatus::Waiting, answered_by, ..Self::by_person("") }
    }
}

impl Store {
    /// At the end of the path that is shown: what a person said, and an empty answer that waits. Empties the draft
    /// and, where the chat has none yet, gives it its automatic title.
    ///
    /// # Errors
    /// `NotFound` for a chat that is not there or in the trash.
    pub async fn add_turn(&self, chat: &ChatId, text: &str, answered_by: Option<&AnsweredBy>) -> Result<Turn> {
        self.write(async |db| {
            let turn = self.turn_at_end(db, chat.as_str(), text, answered_by).await?;
            sqlx::query("UPDATE chats SET draft = '' WHERE id = ?1").bind(chat.as_str()).execute(db).await?;
            Ok(turn)
        })
        .await
    }

    /// [`Store::add_turn`] within a transaction; the draft stays.
    pub(crate) async fn turn_at_end(
        &self,
        db: &mut SqliteConnection,
        chat: &str,
        text: &str,
        answered_by: Option<&AnsweredBy>,
    ) -> Result<Turn> {
        let leaf = path::leaf(db, chat).await?;
        self.turn_after(db, chat, leaf.as_deref(), text, answered_by).await
    }

    /// A turn below the message `after`; at the beginning of the chat where that is `None`.
    pub(crate) async fn turn_after(
        &self,
        db: &mut SqliteConnection,
        chat: &str,
        after: Option<&str>,
        text: &str,
        answered_by: Option<&AnsweredBy>,
    ) -> Result<Turn> {
        chats::touch(db, chat).await?;
        sqlx::query("UPDATE chats SET title_auto = ?2 WHERE id = ?1 AND title_auto = ''")
            .bind(chat)
            .bind(title::automatic(text))
            .execute(&mut *db)
            .await?;
        self.turn_under(db, chat, after, New::by_person(text), answered_by).await
    }

    /// Another answer, waiting, to the message `parent`; it is shown from now on.
    ///
    /// # Errors
    /// `NotFound`; `Refused` where `parent` is itself an answer.
    pub async fn add_answer(&self, parent: &MessageId, answered_by: Option<&AnsweredBy>) -> Result<Message> {
        self.write(async |db| {
            let parent = read::living(db, parent.as_str()).await?;
            if parent.role == Role::Assistant {
                return Err(StoreError::Refused("An answer cannot be answered by the model."));
            }
            chats::touch(db, parent.chat.as_str()).await?;
            self.insert(db, parent.chat.as_str(), Some(parent.id.as_str()), New::answer(answered_by)).await
        })
        .await
    }

    /// Another version of what a person said, and an answer to it that waits; both are shown from now on.
    ///
    /// # Errors
    /// `NotFound`; `Refused` for a message that is not a person's.
    pub async fn edit_user(&self, message: &MessageId, text: &str, answered_by: Option<&AnsweredBy>) -> Result<Turn> {
        self.write(async |db| {
            let old = read::living(db, message.as_str()).await?;
            if old.role != Role::User {
                return Err(StoreError::Refused("Only what a person said can be said in other words."));
            }
            chats::touch(db, old.chat.as_str()).await?;
            let new = New { edited: true, ..New::by_person(text) };
            let parent = old.parent.as_ref().map(MessageId::as_str);
            self.turn_under(db, old.chat.as_str(), parent, new, answered_by).await
        })
        .await
    }

    /// Another version of an answer with a person's words, done; it is shown from now on. What the model thought
    /// and who it was is kept, what the answer took is not: that belongs to the other text.
    ///
    /// # Errors
    /// `NotFound`; `Refused` for a message that is not an answer.
    pub async fn edit_answer(&self, message: &MessageId, text: &str) -> Result<Message> {
        self.write(async |db| {
            let old = read::living(db, message.as_str()).await?;
            if old.role != Role::Assistant {
                return Err(StoreError::Refused("This message is not an answer."));
            }
            chats::touch(db, old.chat.as_str()).await?;
            let new = New {
                status: MessageStatus::Done,
                text,
                reasoning: &old.reasoning,
                reasoning_ms: old.reasoning_ms,
                edited: true,
                ..New::answer(old.answered_by.as_ref())
            };
            self.insert(db, old.chat.as_str(), old.parent.as_ref().map(MessageId::as_str), new).await
        })
        .await
    }

    async fn turn_under(
        &self,
        db: &mut SqliteConnection,
        chat: &str,
        parent: Option<&str>,
        new: New<'_>,
        answered_by: Option<&AnsweredBy>,
    ) -> Result<Turn> {
        let message = self.insert(db, chat, parent, new).await?;
        let answer = self.insert(db, chat, Some(message.id.as_str()), New::answer(answered_by)).await?;
        Ok(Turn { message, answer })
    }

    /// Puts a new message under `parent` and ends the path with it.
    async fn insert(
        &self,
        db: &mut SqliteConnection,
        chat: &str,
        parent: Option<&str>,
        new: New<'_>,
    ) -> Result<Message> {
        let depth = match parent {
            Some(parent) => below(db, chat, parent).await?,
            None => 0,
        };
        path::hide_from(db, chat, depth).await?;
        let id = self.new_id();
        let made = sqlx::query(
            "INSERT INTO messages (id, chat_id, parent_id, depth, shown, role, status, edited, created_at,
                                   reasoning_ms, answered_by, text, reasoning)
             VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )
        .bind(&id)
        .bind(chat)
        .bind(parent)
        .bind(depth)
        .bind(role_word(new.role))
        .bind(status_word(new.status))
        .bind(new.edited)
        .bind(identity::now())
        .bind(new.reasoning_ms)
        .bind(to_json(new.answered_by)?)
        .bind(new.text)
        .bind(new.reasoning)
        .execute(&mut *db)
        .await?;
        sqlx::query("INSERT INTO message_search (row, folded) VALUES (?1, ?2)")
            .bind(made.last_insert_rowid())
            .bind(fold(new.text))
            .execute(&mut *db)
            .await?;
        sqlx::query("UPDATE messages SET active_child = ?2 WHERE id = ?1")
            .bind(parent)
            .bind(&id)
            .execute(&mut *db)
            .await?;
        read::living(db, &id).await
    }
}

/// The depth below `parent`, which is on the path from now on.
async fn below(db: &mut SqliteConnection, chat: &str, parent: &str) -> Result<u32> {
    let row = sqlx::query("SELECT depth, shown FROM messages WHERE id = ?1")
        .bind(parent)
        .fetch_optional(&mut *db)
        .await?
        .ok_or(NO_MESSAGE)?;
    if !row.try_get::<bool, _>("shown")? {
        path::show_through(db, chat, parent).await?;
    }
    Ok(row.try_get::<u32, _>("depth")? + 1)
}
