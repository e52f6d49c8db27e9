//! The contract over HTTP: `POST /api/call/<name>` answers with JSON, `POST /api/stream/<name>` with server-sent
//! events (one JSON event each, then `event: end`). No call is known by name here. `POST /api/enter` exchanges the key
//! of an address for the session's, `{"key": "..."}`.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Json;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use futures::{Stream, StreamExt as _};
use inglenook_contract::{ErrorCode, ErrorInfo};
use inglenook_host::Reached;
use serde_json::{Value, json};

use crate::guard::{self, Guard};
use crate::page;

/// Largest request, bytes: a pasted book fits.
const LARGEST_REQUEST: usize = 16 << 20;

/// All routes, guarded.
/// `page` is the address that is printed for the next tab.
pub(crate) fn router(host: Arc<Reached>, guard: Guard, page: String) -> axum::Router {
    let api = axum::Router::new()
        .route("/api/call/{name}", post(call))
        .route("/api/stream/{name}", post(stream))
        .with_state(host)
        .layer(DefaultBodyLimit::max(LARGEST_REQUEST))
        .layer(middleware::from_fn_with_state(guard.clone(), guard::with_key));
    let door = axum::Router::new().route("/api/enter", post(enter)).with_state((guard.clone(), page));
    api.merge(door).fallback(page::file).layer(middleware::from_fn_with_state(guard, guard::own_name))
}

async fn enter(State((guard, page)): State<(Guard, String)>, headers: HeaderMap) -> Response {
    match guard.enter(&headers) {
        Some(session) => {
            crate::announce_next(&page, &guard.entry_key());
            Json(json!({ "key": &*session })).into_response()
        }
        None => guard::no_key(),
    }
}

async fn call(State(host): State<Arc<Reached>>, Path(name): Path<String>, Json(request): Json<Value>) -> Response {
    match to_its_end(async move { host.call(&name, request).await }).await {
        Ok(answer) => Json(answer).into_response(),
        Err(error) => failed(error),
    }
}

/// Does the work in a task of its own: a handler is dropped at any await when its browser goes away, and what was
/// begun must not stop half-way.
async fn to_its_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, ErrorInfo>> + Send + 'static,
) -> Result<T, ErrorInfo> {
    tokio::spawn(work).await.unwrap_or_else(|error| {
        Err(ErrorInfo::new(ErrorCode::Internal, "The call was broken off.").with_detail(error.to_string()))
    })
}

async fn stream(State(host): State<Arc<Reached>>, Path(name): Path<String>, Json(request): Json<Value>) -> Response {
    match to_its_end(async move { host.stream(&name, request).await }).await {
        Ok(events) => Sse::new(sse(events)).keep_alive(KeepAlive::default()).into_response(),
        Err(error) => failed(error),
    }
}

fn sse(events: impl Stream<Item = Value> + Send) -> impl Stream<Item = Result<Event, Infallible>> + Send {
    let end = futures::stream::once(async { Ok(Event::default().event("end").data("null")) });
    events.map(|event| Ok(Event::default().data(event.to_string()))).chain(end)
}

fn failed(error: ErrorInfo) -> Response {
    let status = match error.code {
        ErrorCode::InvalidRequest => StatusCode::BAD_REQUEST,
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::Busy => StatusCode::CONFLICT,
        ErrorCode::PermissionDenied => StatusCode::FORBIDDEN,
        ErrorCode::Unavailable => StatusCode::NOT_IMPLEMENTED,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    (status, Json(error)).into_response()
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn a_call_whose_browser_has_gone_is_done_all_the_same() {
        let (go_on, may_go_on) = oneshot::channel();
        let (tell, told) = oneshot::channel();
        let work = async move {
            let _ = may_go_on.await;
            let _ = tell.send("done");
            Ok(())
        };
        let mut handler = Box::pin(to_its_end(work));
        assert!(handler.as_mut().now_or_never().is_none(), "it waits, half-way");
        drop(handler);
        let _ = go_on.send(());
        assert_eq!(told.await, Ok("done"));
    }
}
