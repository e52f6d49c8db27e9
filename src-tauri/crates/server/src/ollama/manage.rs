//! `POST /api/copy` and `DELETE /api/delete`.

use axum::extract::State;
use axum::http::StatusCode;
use inglenook_app::serving;
use serde::Deserialize;

use super::Named;
use crate::body::Json;
use crate::error::ApiError;
use crate::requests::Entry;
use crate::state::Serving;

/// What is to be called what else.
#[derive(Debug, Deserialize)]
pub(crate) struct CopyRequest {
    source: String,
    destination: String,
}

/// Nothing is copied: the model answers to the other name too.
pub(crate) async fn copy(
    State(serving): State<Serving>,
    Json(request): Json<CopyRequest>,
) -> Result<StatusCode, ApiError> {
    serving::add_alias(serving.app(), &request.source, &request.destination).await?;
    Ok(StatusCode::OK)
}

/// Of a further name only that goes; else the model's files go for good.
pub(crate) async fn delete(
    State(serving): State<Serving>,
    axum::Extension(entry): axum::Extension<Entry>,
    Json(named): Json<Named>,
) -> Result<StatusCode, ApiError> {
    let name = named.name()?;
    if !serving::remove_alias(serving.app(), name)? {
        let (deleted, _) = serving::delete(serving.app(), name).await?;
        entry.model(&deleted.model.name);
    }
    Ok(StatusCode::OK)
}
