//! When a model last answered.

use std::collections::HashMap;

use inglenook_contract::ModelId;

use crate::{Result, Store, identity};

impl Store {
    /// Notes that a model answers now.
    ///
    /// # Errors
    /// As every write.
    pub async fn record_use(&self, model: &ModelId) -> Result<()> {
        self.write(async |db| {
            sqlx::query(
                "INSERT INTO model_use (model_id, last_used_at) VALUES (?1, ?2)
                 ON CONFLICT (model_id) DO UPDATE SET last_used_at = excluded.last_used_at",
            )
            .bind(model.as_str())
            .bind(identity::now())
            .execute(db)
            .await?;
            Ok(())
        })
        .await
    }

    /// When each model last answered, milliseconds since 1970-01-01 UTC.
    ///
    /// # Errors
    /// As every read.
    pub async fn last_used(&self) -> Result<HashMap<ModelId, i64>> {
        self.read(async |db| {
            let rows: Vec<(String, i64)> =
                sqlx::query_as("SELECT model_id, last_used_at FROM model_use").fetch_all(db).await?;
            Ok(rows.into_iter().map(|(model, at)| (model.into(), at)).collect())
        })
        .await
    }
}
