//! Everything that is served: one list, from which the router is made and which tests go through.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::http::Uri;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{MethodRouter, delete, get, post};
use hyper::body::Incoming;
use inglenook_contract::TokenScope;
use tower_service::Service as _;

use crate::anthropic;
use crate::error::ApiError;
use crate::guard::{self, Door};
use crate::ollama;
use crate::openai;
use crate::own;
use crate::state::Serving;

/// Whose programs ask on a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// OpenAI's.
    OpenAi,
    /// Ollama's.
    Ollama,
    /// Anthropic's.
    Anthropic,
    /// Ours.
    Own,
}

impl Family {
    /// The family of a path, served or not: it decides the shape of errors.
    #[must_use]
    pub fn of(path: &str) -> Self {
        let under = |start: &str| path == start || path.strip_prefix(start).is_some_and(|rest| rest.starts_with('/'));
        if under("/v1/messages") {
            Self::Anthropic
        } else if under("/api/v1") {
            Self::Own
        } else if under("/api") {
            Self::Ollama
        } else {
            Self::OpenAi
        }
    }
}

/// One thing that is served.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// `GET`, `POST` or `DELETE`.
    pub method: &'static str,
    /// Its path, with `{name}` for what varies.
    pub path: &'static str,
    /// What a token has to allow; `None` lets everybody in who may ask at all.
    pub scope: Option<TokenScope>,
    handler: fn() -> MethodRouter<Serving>,
}

const READ: Option<TokenScope> = Some(TokenScope::Read);
const GENERATE: Option<TokenScope> = Some(TokenScope::Generate);
const MANAGE: Option<TokenScope> = Some(TokenScope::Manage);

/// All that is served.
pub const ROUTES: &[Route] = &[
    Route { method: "GET", path: "/v1/models", scope: READ, handler: || get(openai::models::list) },
    Route { method: "GET", path: "/v1/models/{*id}", scope: READ, handler: || get(openai::models::one) },
    Route { method: "POST", path: "/v1/chat/completions", scope: GENERATE, handler: || post(openai::chat::complete) },
    Route { method: "POST", path: "/v1/completions", scope: GENERATE, handler: || post(openai::completions::complete) },
    Route { method: "POST", path: "/v1/embeddings", scope: GENERATE, handler: || post(openai::embeddings::embed) },
    Route { method: "POST", path: "/v1/responses", scope: GENERATE, handler: || post(openai::responses::create) },
    Route { method: "GET", path: "/v1/responses/{id}", scope: GENERATE, handler: || get(openai::responses::one) },
    Route {
        method: "DELETE",
        path: "/v1/responses/{id}",
        scope: GENERATE,
        handler: || delete(openai::responses::delete),
    },
    Route {
        method: "GET",
        path: "/v1/responses/{id}/input_items",
        scope: GENERATE,
        handler: || get(openai::responses::input_items),
    },
    Route { method: "POST", path: "/v1/messages", scope: GENERATE, handler: || post(anthropic::messages::create) },
    Route {
        method: "POST",
        path: "/v1/messages/count_tokens",
        scope: GENERATE,
        handler: || post(anthropic::messages::count_tokens),
    },
    Route { method: "GET", path: "/", scope: None, handler: || get(ollama::models::root) },
    Route { method: "GET", path: "/api/version", scope: None, handler: || get(ollama::models::version) },
    Route { method: "GET", path: "/api/tags", scope: READ, handler: || get(ollama::models::tags) },
    Route { method: "GET", path: "/api/ps", scope: READ, handler: || get(ollama::models::ps) },
    Route { method: "POST", path: "/api/show", scope: READ, handler: || post(ollama::models::show) },
    Route { method: "POST", path: "/api/chat", scope: GENERATE, handler: || post(ollama::chat::chat) },
    Route { method: "POST", path: "/api/generate", scope: GENERATE, handler: || post(ollama::generate::generate) },
    Route { method: "POST", path: "/api/embed", scope: GENERATE, handler: || post(ollama::embed::embed) },
    Route { method: "POST", path: "/api/embeddings", scope: GENERATE, handler: || post(ollama::embed::embeddings) },
    Route { method: "POST", path: "/api/pull", scope: MANAGE, handler: || post(ollama::pull::pull) },
    Route { method: "POST", path: "/api/copy", scope: MANAGE, handler: || post(ollama::manage::copy) },
    Route { method: "DELETE", path: "/api/delete", scope: MANAGE, handler: || delete(ollama::manage::delete) },
    Route { method: "GET", path: "/health", scope: None, handler: || get(own::health::health) },
    Route { method: "GET", path: "/metrics", scope: READ, handler: || get(own::metrics::metrics) },
    Route { method: "GET", path: "/openapi.json", scope: None, handler: || get(own::openapi::document) },
    Route { method: "GET", path: "/docs", scope: None, handler: || get(own::page::html) },
    Route { method: "GET", path: "/docs/docs.css", scope: None, handler: || get(own::page::css) },
    Route { method: "GET", path: "/docs/docs.js", scope: None, handler: || get(own::page::js) },
    Route { method: "GET", path: "/docs/mark.svg", scope: None, handler: || get(own::page::mark) },
    Route { method: "GET", path: "/api/v1/models", scope: READ, handler: || get(own::models::list) },
    Route { method: "DELETE", path: "/api/v1/models/{*name}", scope: MANAGE, handler: || delete(own::models::delete) },
    Route { method: "POST", path: "/api/v1/models/load", scope: MANAGE, handler: || post(own::load::load) },
    Route { method: "POST", path: "/api/v1/models/unload", scope: MANAGE, handler: || post(own::load::unload) },
    Route { method: "POST", path: "/api/v1/models/download", scope: MANAGE, handler: || post(own::downloads::start) },
    Route {
        method: "GET",
        path: "/api/v1/models/download/status/{job_id}",
        scope: READ,
        handler: || get(own::downloads::status),
    },
    Route {
        method: "POST",
        path: "/api/v1/models/download/pause/{job_id}",
        scope: MANAGE,
        handler: || post(own::downloads::pause),
    },
    Route {
        method: "POST",
        path: "/api/v1/models/download/resume/{job_id}",
        scope: MANAGE,
        handler: || post(own::downloads::resume),
    },
    Route {
        method: "POST",
        path: "/api/v1/models/download/cancel/{job_id}",
        scope: MANAGE,
        handler: || post(own::downloads::cancel),
    },
    Route { method: "GET", path: "/api/v1/hardware", scope: READ, handler: || get(own::hardware::show) },
    Route { method: "POST", path: "/api/v1/fit", scope: READ, handler: || post(own::fit::fit) },
];

/// The router, guarded.
pub(crate) fn router(serving: Serving, door: Door) -> Router {
    let mut router: Router<Serving> = Router::new();
    for route in ROUTES {
        let admit = from_fn_with_state((serving.clone(), route, door.lan), guard::admit);
        router = router.route(route.path, (route.handler)().layer(admit));
    }
    router
        .fallback(|| async { ApiError::not_found("There is nothing at this path.").code("unknown_path") })
        .layer(from_fn_with_state((serving.clone(), door), guard::guard))
        .with_state(serving)
}

/// Answers one request. Clients put slashes together carelessly, so two count as one and the last as none.
pub(crate) async fn answer(
    router: &mut Router,
    mut request: hyper::Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    if let Some(uri) = tidied(request.uri()) {
        *request.uri_mut() = uri;
    }
    router.call(request.map(Body::new)).await
}

/// The address with single slashes; `None` where it has no others.
fn tidied(uri: &Uri) -> Option<Uri> {
    let path = uri.path();
    let last = path.len() > 1 && path.ends_with('/');
    if !path.contains("//") && !last {
        return None;
    }
    let mut tidy: String = path.split('/').filter(|part| !part.is_empty()).flat_map(|part| ["/", part]).collect();
    if tidy.is_empty() {
        tidy.push('/');
    }
    if let Some(query) = uri.query() {
        tidy.push('?');
        tidy.push_str(query);
    }
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = tidy.parse().ok();
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_slashes_count_as_one() {
        let of = |uri: &str| tidied(&uri.parse().expect("an address")).map(|uri| uri.to_string());
        assert_eq!(of("/v1/models"), None);
        assert_eq!(of("/"), None);
        assert_eq!(of("//v1//models/?a=//b").as_deref(), Some("/v1/models?a=//b"));
        assert_eq!(of("http://127.0.0.1:1234//v1/models").as_deref(), Some("http://127.0.0.1:1234/v1/models"));
        assert_eq!(of("//").as_deref(), Some("/"));
    }

    #[test]
    fn a_path_tells_the_family() {
        assert_eq!(Family::of("/v1/chat/completions"), Family::OpenAi);
        assert_eq!(Family::of("/v1/messages/count_tokens"), Family::Anthropic);
        assert_eq!(Family::of("/v1/messagesx"), Family::OpenAi);
        assert_eq!(Family::of("/api/chat"), Family::Ollama);
        assert_eq!(Family::of("/api/v1/models/load"), Family::Own);
        assert_eq!(Family::of("/nothing"), Family::OpenAi);
    }
}
