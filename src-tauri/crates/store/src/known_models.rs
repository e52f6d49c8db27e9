//! The models of folders that may be away, as they were when they were last there.

use inglenook_contract::{Model, ModelId};

use crate::downloads::json;
use crate::{Result, Store};

impl Store {
    /// Notes what lies in a folder now.
    ///
    /// # Errors
    /// As every write.
    pub async fn keep_models(&self, folder: &str, models: &[Model]) -> Result<()> {
        let rows: Vec<(&str, String)> =
            models.iter().map(|model| Ok((model.id.as_str(), json(model)?))).collect::<Result<_>>()?;
        self.write(async |db| {
            sqlx::query("DELETE FROM known_models WHERE folder = ?1").bind(folder).execute(&mut *db).await?;
            for (model, described) in &rows {
                sqlx::query("INSERT INTO known_models (folder, model_id, described) VALUES (?1, ?2, ?3)")
                    .bind(folder)
                    .bind(model)
                    .bind(described)
                    .execute(&mut *db)
                    .await?;
            }
            Ok(())
        })
        .await
    }

    /// Forgets what lay in all other folders.
    ///
    /// # Errors
    /// As every write.
    pub async fn keep_folders(&self, folders: &[String]) -> Result<()> {
        let folders = json(&folders)?;
        self.write(async |db| {
            sqlx::query("DELETE FROM known_models WHERE folder NOT IN (SELECT value FROM json_each(?1))")
                .bind(&folders)
                .execute(db)
                .await?;
            Ok(())
        })
        .await
    }

    /// Forgets a model that was deleted, wherever it lay.
    ///
    /// # Errors
    /// As every write.
    pub async fn forget_kept_model(&self, model: &ModelId) -> Result<()> {
        self.write(async |db| {
            sqlx::query("DELETE FROM known_models WHERE model_id = ?1").bind(model.as_str()).execute(db).await?;
            Ok(())
        })
        .await
    }

    /// What lay in a folder when it was last there. What an older version described in another way is left out: the
    /// folder's next reading describes it anew.
    ///
    /// # Errors
    /// As every read.
    pub async fn kept_models(&self, folder: &str) -> Result<Vec<Model>> {
        self.read(async |db| {
            let rows: Vec<String> =
                sqlx::query_scalar("SELECT described FROM known_models WHERE folder = ?1 ORDER BY model_id")
                    .bind(folder)
                    .fetch_all(db)
                    .await?;
            Ok(rows.iter().filter_map(|row| serde_json::from_str(row).ok()).collect())
        })
        .await
    }
}
