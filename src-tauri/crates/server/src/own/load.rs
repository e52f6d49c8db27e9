//! `/api/v1/models/load` and `/unload`: what is in memory.

use axum::Json as Sent;
use axum::extract::State;
use inglenook_app::serving::{self, Keep, Wish};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::Json;
use crate::error::ApiError;
use crate::openai::asked;
use crate::state::Serving;

/// A model to load.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct LoadModel {
    /// Any of its names.
    #[schema(example = "qwen3-4b")]
    model: String,
    /// Tokens it has to hold. One that is loaded with more stays as it is.
    #[schema(value_type = Option<u32>, minimum = 1, example = 8192)]
    context_length: Option<i64>,
    /// Seconds after the last question for which it stays loaded, in the place of what is set; below zero until it is
    /// unloaded.
    #[schema(example = 3600)]
    ttl: Option<f64>,
    /// Load it although it seems not to fit the memory.
    anyway: Option<bool>,
}

/// A model that was loaded.
#[derive(Serialize, ToSchema)]
pub(crate) struct LoadedModel {
    /// Always `loaded`.
    #[schema(example = "loaded")]
    status: &'static str,
    /// The name it is listed by.
    #[schema(example = "qwen3-4b")]
    model: String,
    /// Tokens it holds.
    #[schema(example = 8192)]
    context_length: u32,
    /// Bytes its process takes.
    #[schema(example = 3_650_722_201_u64)]
    memory_bytes: u64,
    /// Seconds that loading took; 0 where it was loaded already.
    #[schema(example = 1.8)]
    load_time_seconds: f64,
}

impl LoadModel {
    fn wish(self) -> Result<Wish, ApiError> {
        let keep = asked::ttl(self.ttl)?;
        if keep == Some(Keep::For(std::time::Duration::ZERO)) {
            let words = "ttl is 0: the model would be unloaded at once. Give it some seconds, or -1 to keep it.";
            return Err(ApiError::invalid_param("ttl", words).code("out_of_range"));
        }
        Ok(Wish {
            name: self.model,
            context_length: context_length(self.context_length)?,
            keep,
            anyway: self.anyway.unwrap_or(false),
        })
    }
}

/// A number of tokens that a context can have.
pub(super) fn context_length(asked: Option<i64>) -> Result<Option<u32>, ApiError> {
    let in_range = |tokens| asked::in_range("context_length", tokens, 1..=i64::from(u32::MAX));
    Ok(asked.map(in_range).transpose()?.and_then(|tokens| u32::try_from(tokens).ok()))
}

/// Load a model.
///
/// Answers when it is ready. Models are also loaded when they are asked something, unless that is switched off.
#[utoipa::path(
    post,
    path = "/api/v1/models/load",
    operation_id = "load_model",
    tag = "Models",
    request_body = LoadModel,
    responses(
        (status = 200, description = "It is ready", body = LoadedModel),
        (status = 404, description = "There is no such model", body = super::openapi::Error),
        (status = 503, description = "It does not fit the memory that is free", body = super::openapi::Error)
    )
)]
pub(crate) async fn load(
    State(serving): State<Serving>,
    Json(asked): Json<LoadModel>,
) -> Result<Sent<LoadedModel>, ApiError> {
    let loaded = serving::load(serving.app(), &asked.wish()?).await?;
    Ok(Sent(LoadedModel {
        status: "loaded",
        model: loaded.name,
        context_length: loaded.context_length,
        memory_bytes: loaded.memory_bytes,
        load_time_seconds: loaded.load_ms.round() / 1e3,
    }))
}

/// A model to unload.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct UnloadModel {
    /// Any of its names.
    #[schema(example = "qwen3-4b")]
    model: String,
}

/// A model that is not in memory any more.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnloadedModel {
    /// Always `unloaded`.
    #[schema(example = "unloaded")]
    status: &'static str,
    /// The name it is listed by.
    #[schema(example = "qwen3-4b")]
    model: String,
}

/// Unload a model.
///
/// Its process ends and all its memory comes back; answers that it writes end with it. One that is not loaded is left as
/// it is.
#[utoipa::path(
    post,
    path = "/api/v1/models/unload",
    operation_id = "unload_model",
    tag = "Models",
    request_body = UnloadModel,
    responses(
        (status = 200, description = "It is not in memory any more", body = UnloadedModel),
        (status = 404, description = "There is no such model", body = super::openapi::Error)
    )
)]
pub(crate) async fn unload(
    State(serving): State<Serving>,
    Json(asked): Json<UnloadModel>,
) -> Result<Sent<UnloadedModel>, ApiError> {
    let served = serving::unload(serving.app(), &asked.model).await?;
    Ok(Sent(UnloadedModel { status: "unloaded", model: served.name }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn what_makes_no_sense_is_refused_by_name() {
        let param = |asked: Value| {
            let asked: LoadModel = serde_json::from_value(asked).expect("a request");
            asked.wish().err().and_then(|error| error.param)
        };
        assert_eq!(param(json!({ "model": "a" })), None);
        assert_eq!(param(json!({ "model": "a", "context_length": null, "ttl": -1 })), None);
        for wrong in [0_i64, -1, 1 << 32] {
            let asked = json!({ "model": "a", "context_length": wrong });
            assert_eq!(param(asked).as_deref(), Some("context_length"), "{wrong}");
        }
        assert_eq!(param(json!({ "model": "a", "ttl": 0 })).as_deref(), Some("ttl"));
    }
}
