//! What a person decides about a chat: its title, its model, its parameters, its draft.

use inglenook_contract::{Chat, ChatId, ModelId, Parameters};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteQueryResult;

use super::NO_CHAT;
use crate::{Result, Store, Turn, identity};

/// The longest title that a person can give, characters.
const LONGEST_TITLE: usize = 200;

impl Store {
    /// A new, empty chat.
    ///
    /// # Errors
    /// As every write.
    pub async fn create_chat(&self, model: Option<&ModelId>) -> Result<Chat> {
        self.write(async |db| {
            let id = self.insert_chat(db, model, &Parameters::default()).await?;
            self.chat_in(db, &id).await
        })
        .await
    }

    /// A new chat, what a person says in it first, and an empty answer that waits. Empties the new chat's draft.
    ///
    /// # Errors
    /// As every write; after one there is no chat, and the draft stays.
    pub async fn begin_chat(&self, model: Option<&ModelId>, parameters: &Parameters, text: &str) -> Result<Turn> {
        self.write(async |db| {
            let id = self.insert_chat(db, model, parameters).await?;
            let turn = self.turn_at_end(db, &id, text, None).await?;
            sqlx::query("UPDATE new_chat SET draft = ''").execute(db).await?;
            Ok(turn)
        })
        .await
    }

    async fn insert_chat(
        &self,
        db: &mut SqliteConnection,
        model: Option<&ModelId>,
        parameters: &Parameters,
    ) -> Result<String> {
        let id = self.new_id();
        let insert = "INSERT INTO chats (id, model_id, parameters, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?4)";
        sqlx::query(insert)
            .bind(&id)
            .bind(model.map(ModelId::as_str))
            .bind(serde_json::to_string(parameters)?)
            .bind(identity::now())
            .execute(db)
            .await?;
        Ok(id)
    }

    /// What was written for a new chat and not said yet.
    ///
    /// # Errors
    /// As every read.
    pub async fn new_draft(&self) -> Result<String> {
        self.read(async |db| Ok(sqlx::query_scalar("SELECT draft FROM new_chat").fetch_one(db).await?)).await
    }

    /// What stands in the composer of a chat that does not exist yet, all of it.
    ///
    /// # Errors
    /// As every write.
    pub async fn save_new_draft(&self, text: &str) -> Result<()> {
        self.write(async |db| {
            sqlx::query("UPDATE new_chat SET draft = ?1").bind(text).execute(db).await?;
            Ok(())
        })
        .await
    }

    /// A title by a person, of which one line and 200 characters are kept; an empty one gives the automatic title
    /// back.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn rename_chat(&self, chat: &ChatId, title: &str) -> Result<()> {
        let title: String =
            title.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST_TITLE).collect();
        self.write(async |db| {
            let changed = sqlx::query("UPDATE chats SET title_person = nullif(?2, '') WHERE id = ?1")
                .bind(chat.as_str())
                .bind(title)
                .execute(db)
                .await?;
            found(&changed)
        })
        .await
    }

    /// Pins or unpins.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn pin_chat(&self, chat: &ChatId, pinned: bool) -> Result<()> {
        self.write(async |db| {
            let changed = sqlx::query("UPDATE chats SET pinned = ?2 WHERE id = ?1")
                .bind(chat.as_str())
                .bind(pinned)
                .execute(db)
                .await?;
            found(&changed)
        })
        .await
    }

    /// The model that answers next.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn choose_model(&self, chat: &ChatId, model: &ModelId) -> Result<()> {
        self.write(async |db| {
            let changed = sqlx::query("UPDATE chats SET model_id = ?2 WHERE id = ?1")
                .bind(chat.as_str())
                .bind(model.as_str())
                .execute(db)
                .await?;
            found(&changed)
        })
        .await
    }

    /// What steers the answers, all of it.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn save_parameters(&self, chat: &ChatId, parameters: &Parameters) -> Result<()> {
        self.write(async |db| {
            let changed = sqlx::query("UPDATE chats SET parameters = ?2 WHERE id = ?1")
                .bind(chat.as_str())
                .bind(serde_json::to_string(parameters)?)
                .execute(db)
                .await?;
            found(&changed)
        })
        .await
    }

    /// What stands in the composer, all of it.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn save_draft(&self, chat: &ChatId, text: &str) -> Result<()> {
        self.write(async |db| {
            let changed = sqlx::query("UPDATE chats SET draft = ?2 WHERE id = ?1")
                .bind(chat.as_str())
                .bind(text)
                .execute(db)
                .await?;
            found(&changed)
        })
        .await
    }
}

fn found(changed: &SqliteQueryResult) -> Result<()> {
    if changed.rows_affected() == 0 { Err(NO_CHAT) } else { Ok(()) }
}
