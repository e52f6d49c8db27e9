//! `GET /metrics`: what is counted, and how things stand at this moment, as Prometheus reads it.
//!
//! What stands is looked at for each answer and kept nowhere, so that a model that was unloaded is gone from it.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use inglenook_app::{downloads, serving};
use inglenook_contract::{Download, DownloadState, ModelState};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use crate::error::ApiError;
use crate::meter::OfModel;
use crate::state::Serving;

/// OpenMetrics, which Prometheus has read since its version 2.5.
const FORMAT: HeaderValue = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");

/// How things stand.
struct Now {
    /// Answers that are being written, and requests that wait.
    load: (usize, usize),
    /// Name and bytes of each model in memory.
    loaded: Vec<(String, u64)>,
    downloads: Vec<Download>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfState {
    state: &'static str,
}

/// Read the figures.
///
/// For Prometheus and what reads its format: counters of requests by method, route and status, tokens by model, histograms of durations, and what is in memory,
/// waiting and on its way now. OpenMetrics text.
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "metrics",
    tag = "Server",
    responses((status = 200, description = "The figures", body = String,
        content_type = "application/openmetrics-text"))
)]
pub(crate) async fn metrics(State(serving): State<Serving>) -> Result<Response, ApiError> {
    let all = serving::all(serving.app()).await?;
    let loaded = all.into_iter().filter_map(|served| match served.model.state {
        ModelState::Ready { memory_bytes, .. } => Some((served.name, memory_bytes)),
        _ => None,
    });
    let now =
        Now { load: serving.gate().load(), loaded: loaded.collect(), downloads: downloads::list(serving.app()).await? };
    let text = text(serving.requests().meter().registry(), &now).map_err(|_| {
        ApiError::new(axum::http::StatusCode::INTERNAL_SERVER_ERROR, "The figures could not be written.")
    })?;
    Ok(([(header::CONTENT_TYPE, FORMAT)], text).into_response())
}

fn text(counted: &Registry, now: &Now) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    encode_registry(&mut text, counted)?;
    encode_registry(&mut text, &standing(now))?;
    encode_eof(&mut text)?;
    Ok(text)
}

fn standing(now: &Now) -> Registry {
    let mut registry = Registry::with_prefix("inglenook");
    let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
    registry.register("build", "What is running", version);
    let (writing, waiting) = now.load;
    registry.register("answers_in_progress", "Requests whose answers are being written", gauge(writing as u64));
    registry.register("requests_waiting", "Requests that wait for their turn", gauge(waiting as u64));
    let memory = Family::<OfModel, Gauge>::default();
    for (name, bytes) in &now.loaded {
        memory.get_or_create(&OfModel { model: name.clone() }).set(signed(*bytes));
    }
    registry.register("models_loaded", "Models in memory", gauge(now.loaded.len() as u64));
    registry.register_with_unit("model_memory", "Memory that a loaded model takes", Unit::Bytes, memory);
    let states = Family::<OfState, Gauge>::default();
    for download in &now.downloads {
        states.get_or_create(&OfState { state: state(&download.state) }).inc();
    }
    registry.register("downloads", "Downloads in the list, by where they stand", states);
    let open = || now.downloads.iter().filter(|download| !matches!(download.state, DownloadState::Done { .. }));
    let received = gauge(open().map(|download| download.done_bytes).sum());
    let wanted = gauge(open().map(|download| download.size_bytes).sum());
    let words = "What is here of downloads that are not done";
    registry.register_with_unit("download_received", words, Unit::Bytes, received);
    registry.register_with_unit("download_size", "The whole of downloads that are not done", Unit::Bytes, wanted);
    registry
}

fn gauge(value: u64) -> Gauge {
    let gauge = Gauge::<i64>::default();
    gauge.set(signed(value));
    gauge
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn state(state: &DownloadState) -> &'static str {
    match state {
        DownloadState::Queued => "queued",
        DownloadState::Running { .. } => "running",
        DownloadState::Waiting { .. } => "waiting",
        DownloadState::Verifying { .. } => "verifying",
        DownloadState::Paused => "paused",
        DownloadState::Failed { .. } => "failed",
        DownloadState::Done { .. } => "done",
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::requests::Requests;

    #[test]
    fn requests_and_tokens_are_counted_by_bounded_labels() {
        let requests = Arc::new(Requests::default());
        for path in ["/v1/models/a", "/v1/models/b"] {
            let entry = requests.begin("GET", path, false);
            entry.route("/v1/models/{*id}");
            entry.status(200);
        }
        requests.begin("BREW", "/coffee", false).status(404);
        drop(requests.begin("POST", "/v1/chat/completions", false));
        let answer = requests.begin("POST", "/v1/embeddings", false);
        answer.route("/v1/embeddings");
        answer.served("pocket");
        answer.status(200);
        answer.read(7);
        drop(answer);
        let _open = requests.begin("GET", "/metrics", false);
        let now = Now { load: (2, 1), loaded: vec![("pocket".into(), 1 << 30)], downloads: Vec::new() };
        let text = text(requests.meter().registry(), &now).expect("text");
        for line in [
            r#"inglenook_requests_total{method="GET",route="/v1/models/{*id}",status="200"} 2"#,
            r#"inglenook_requests_total{method="other",route="other",status="404"} 1"#,
            r#"inglenook_requests_total{method="POST",route="other",status="499"} 1"#,
            r#"inglenook_request_duration_seconds_count{method="POST",route="/v1/embeddings"} 1"#,
            r#"inglenook_prompt_tokens_total{model="pocket"} 7"#,
            "inglenook_requests_in_flight 1",
            "inglenook_answers_in_progress 2",
            "inglenook_requests_waiting 1",
            "inglenook_models_loaded 1",
            r#"inglenook_model_memory_bytes{model="pocket"} 1073741824"#,
            "inglenook_download_received_bytes 0",
        ] {
            assert!(text.lines().any(|there| there == line), "{line} is not in\n{text}");
        }
        assert!(!text.contains("completion_tokens_total{"), "nothing was written");
        assert!(!text.contains("coffee"), "a path that a client made up is no label");
        assert!(text.ends_with("# EOF\n"), "it is whole");
    }
}
