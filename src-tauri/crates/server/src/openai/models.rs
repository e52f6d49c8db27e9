//! `GET /v1/models` and `GET /v1/models/{id}`; Anthropic has the same paths, and its programs say so by a header.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use inglenook_app::serving::{self, Served};
use inglenook_contract::ModelState;
use serde::Serialize;

use crate::anthropic::models as anthropic;
use crate::error::ApiError;
use crate::state::Serving;

/// A list, as OpenAI writes it.
#[derive(Serialize)]
pub(crate) struct List<T> {
    object: &'static str,
    data: Vec<T>,
}

/// A model. What follows `owned_by` is more than OpenAI says.
#[derive(Serialize)]
pub(crate) struct Model {
    id: String,
    object: &'static str,
    /// Seconds since 1970-01-01 UTC.
    created: i64,
    owned_by: String,
    /// `loaded` or `not-loaded`.
    state: &'static str,
    max_context_length: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    aliases: Vec<String>,
}

fn model(served: Served) -> Model {
    let loaded = matches!(served.model.state, ModelState::Ready { .. });
    let origin = served.model.origin;
    Model {
        id: served.name,
        object: "model",
        created: origin.as_ref().map_or(0, |origin| origin.finished_at / 1000),
        owned_by: origin
            .and_then(|origin| Some(origin.repo.split_once('/')?.0.to_owned()))
            .unwrap_or("inglenook".into()),
        state: if loaded { "loaded" } else { "not-loaded" },
        max_context_length: served.model.context_length,
        aliases: served.aliases,
    }
}

pub(crate) async fn list(State(serving): State<Serving>, headers: HeaderMap) -> Result<Response, ApiError> {
    let served = serving::models(serving.app()).await?;
    if anthropic::are_asked(&headers) {
        return Ok(Json(anthropic::Page::of(served)).into_response());
    }
    Ok(Json(List { object: "list", data: served.into_iter().map(model).collect() }).into_response())
}

pub(crate) async fn one(
    State(serving): State<Serving>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let served = serving::find(serving.app(), &id).await?;
    if anthropic::are_asked(&headers) {
        return Ok(Json(anthropic::Model::from(served)).into_response());
    }
    Ok(Json(model(served)).into_response())
}
