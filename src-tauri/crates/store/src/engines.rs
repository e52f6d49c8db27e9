//! Which engine runs what, how fast, and which kernels crashed.

use std::collections::HashMap;

use inglenook_contract::{EngineSpeed, ModelId};

use crate::{Result, Store, identity};

impl Store {
    /// Notes that a person chose this engine for a model; `None` leaves it to the application.
    ///
    /// # Errors
    /// As every write.
    pub async fn choose_engine(&self, model: &ModelId, engine: Option<&str>) -> Result<()> {
        self.write(async |db| {
            match engine {
                Some(engine) => {
                    sqlx::query(
                        "INSERT INTO engine_choice (model_id, engine) VALUES (?1, ?2)
                         ON CONFLICT (model_id) DO UPDATE SET engine = excluded.engine",
                    )
                    .bind(model.as_str())
                    .bind(engine)
                    .execute(db)
                    .await?
                }
                None => {
                    sqlx::query("DELETE FROM engine_choice WHERE model_id = ?1")
                        .bind(model.as_str())
                        .execute(db)
                        .await?
                }
            };
            Ok(())
        })
        .await
    }

    /// The engines that a person chose, by model.
    ///
    /// # Errors
    /// As every read.
    pub async fn engine_choices(&self) -> Result<HashMap<ModelId, String>> {
        self.read(async |db| {
            let rows: Vec<(String, String)> =
                sqlx::query_as("SELECT model_id, engine FROM engine_choice").fetch_all(db).await?;
            Ok(rows.into_iter().map(|(model, engine)| (model.into(), engine)).collect())
        })
        .await
    }

    /// Notes how fast an engine ran a model.
    ///
    /// # Errors
    /// As every write.
    pub async fn record_speed(&self, model: &ModelId, engine: &str, speed: EngineSpeed) -> Result<()> {
        self.write(async |db| {
            sqlx::query(
                "INSERT INTO engine_speed (model_id, engine, prompt_tok_s, tok_s, measured_at)
                 VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (model_id, engine) DO UPDATE SET
                     prompt_tok_s = excluded.prompt_tok_s, tok_s = excluded.tok_s, measured_at = excluded.measured_at",
            )
            .bind(model.as_str())
            .bind(engine)
            .bind(speed.prompt_tok_s)
            .bind(speed.tok_s)
            .bind(identity::now())
            .execute(db)
            .await?;
            Ok(())
        })
        .await
    }

    /// How fast each engine ran each model.
    ///
    /// # Errors
    /// As every read.
    pub async fn engine_speeds(&self) -> Result<HashMap<(ModelId, String), EngineSpeed>> {
        self.read(async |db| {
            let rows: Vec<(String, String, f64, f64)> =
                sqlx::query_as("SELECT model_id, engine, prompt_tok_s, tok_s FROM engine_speed").fetch_all(db).await?;
            let speed = |(model, engine, prompt_tok_s, tok_s): (String, _, _, _)| {
                ((model.into(), engine), EngineSpeed { prompt_tok_s, tok_s })
            };
            Ok(rows.into_iter().map(speed).collect())
        })
        .await
    }

    /// Notes the lowest kernels that crashed on a processor; `None` forgets them.
    ///
    /// # Errors
    /// As every write.
    pub async fn record_crashed_kernels(&self, processor: &str, name: Option<&str>) -> Result<()> {
        self.write(async |db| {
            match name {
                Some(name) => {
                    sqlx::query(
                        "INSERT INTO kernels_crashed (row, name, processor) VALUES (1, ?1, ?2)
                         ON CONFLICT (row) DO UPDATE SET name = excluded.name, processor = excluded.processor",
                    )
                    .bind(name)
                    .bind(processor)
                    .execute(db)
                    .await?
                }
                None => sqlx::query("DELETE FROM kernels_crashed").execute(db).await?,
            };
            Ok(())
        })
        .await
    }

    /// The lowest kernels that are known to crash on this processor.
    ///
    /// # Errors
    /// As every read.
    pub async fn crashed_kernels(&self, processor: &str) -> Result<Option<String>> {
        self.read(async |db| {
            Ok(sqlx::query_scalar("SELECT name FROM kernels_crashed WHERE processor = ?1")
                .bind(processor)
                .fetch_optional(db)
                .await?)
        })
        .await
    }
}
