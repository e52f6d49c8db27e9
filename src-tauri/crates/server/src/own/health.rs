//! `GET /health`: that somebody is there.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

/// That the server answers.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// Always `ok`: a server that is not well does not answer.
    #[schema(example = "ok")]
    status: &'static str,
    /// Inglenook's version.
    #[schema(example = "0.1.0")]
    version: &'static str,
}

/// Check that the server is up.
///
/// Needs no token, so that whatever watches the machine can ask.
#[utoipa::path(
    get,
    path = "/health",
    operation_id = "health",
    tag = "Server",
    responses((status = 200, description = "It is", body = Health))
)]
pub(crate) async fn health() -> Json<Health> {
    Json(Health { status: "ok", version: env!("CARGO_PKG_VERSION") })
}
