//! `POST /api/pull`: a download followed line by line. A client that goes away leaves it running.

use axum::Json as Sent;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use futures::{Stream, StreamExt as _};
use inglenook_app::downloads::Fetched;
use inglenook_app::serving;
use inglenook_contract::{Download, DownloadState, ErrorCode, ErrorInfo};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Named;
use crate::body::Json;
use crate::error::ApiError;
use crate::routes::Family;
use crate::sse;
use crate::state::Serving;

/// A request.
#[derive(Debug, Deserialize)]
pub(crate) struct Request {
    #[serde(flatten)]
    named: Named,
    stream: Option<bool>,
}

/// What a client is told next.
type Told = Result<Value, ApiError>;

pub(crate) async fn pull(State(serving): State<Serving>, Json(request): Json<Request>) -> Result<Response, ApiError> {
    let fetched = serving::pull(serving.app(), request.named.name()?).await?;
    let lines: futures::stream::BoxStream<'static, Told> = match fetched {
        Fetched::Here(_) => futures::stream::iter([Ok(success())]).boxed(),
        Fetched::Started(download) => {
            let digest = serving::pull_digest(serving.app(), &download.download).await?;
            followed(&serving, download.download, digest).boxed()
        }
    };
    let lines = futures::stream::iter([Ok(status("pulling manifest"))]).chain(lines);
    if request.stream.unwrap_or(true) {
        return Ok(sse::lines(lines.map(|told| told.unwrap_or_else(|error| error.body(Family::Ollama)))));
    }
    let mut lines = std::pin::pin!(lines);
    let mut last = Value::Null;
    while let Some(told) = lines.next().await {
        last = told?;
    }
    Ok(Sent(last).into_response())
}

fn status(words: &str) -> Value {
    json!({ "status": words })
}

fn success() -> Value {
    status("success")
}

/// The lines of a download, to its end.
fn followed(
    serving: &Serving,
    id: inglenook_contract::DownloadId,
    digest: Option<String>,
) -> impl Stream<Item = Told> + Send + use<> {
    // Programs cut letters out of the digest, so there has to be one.
    let digest = format!("sha256:{}", digest.unwrap_or_else(|| "0".repeat(64)));
    let steps = serving::follow(serving.app(), id).map(Some).chain(futures::stream::iter([None]));
    let steps = steps.scan(Progress::default(), move |progress, step| {
        let told = match step {
            Some(Ok(download)) => progress.told(&digest, download),
            Some(Err(error)) => {
                progress.over = true;
                vec![Err(error.into())]
            }
            None if progress.over => Vec::new(),
            None => vec![Err(stopped("The download was taken off the list in Inglenook."))],
        };
        futures::future::ready(Some(told))
    });
    steps.flat_map(futures::stream::iter)
}

fn stopped(words: &str) -> ApiError {
    ErrorInfo::new(ErrorCode::Cancelled, words).into()
}

/// What of a download was told.
#[derive(Default)]
struct Progress {
    last: Option<Value>,
    over: bool,
}

impl Progress {
    /// The lines that tell where a download stands; none where nothing changed.
    fn told(&mut self, digest: &str, download: Download) -> Vec<Told> {
        let Download { size_bytes: total, done_bytes: completed, .. } = download;
        let short = digest.trim_start_matches("sha256:").get(..12).unwrap_or_default();
        let bytes =
            |words: String| json!({ "status": words, "digest": digest, "total": total, "completed": completed });
        let line = match download.state {
            DownloadState::Queued | DownloadState::Running { .. } => bytes(format!("pulling {short}")),
            DownloadState::Waiting { error, .. } => bytes(format!("waiting: {}", error.message)),
            DownloadState::Verifying { .. } => status("verifying sha256 digest"),
            DownloadState::Done { .. } => {
                self.over = true;
                let all = json!({ "status": format!("pulling {short}"), "digest": digest, "total": total, "completed": total });
                let last = [all, status("verifying sha256 digest"), status("writing manifest"), success()];
                let verified = self.last.as_ref().is_some_and(|last| *last == status("verifying sha256 digest"));
                return last.into_iter().skip(if verified { 2 } else { 0 }).map(Ok).collect();
            }
            DownloadState::Failed { error } => {
                self.over = true;
                return vec![Err(error.into())];
            }
            DownloadState::Paused => {
                self.over = true;
                return vec![Err(stopped("The download was paused in Inglenook; it can be resumed there."))];
            }
        };
        if self.last.as_ref() == Some(&line) {
            return Vec::new();
        }
        self.last = Some(line.clone());
        vec![Ok(line)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    fn download(done_bytes: u64, state: DownloadState) -> Download {
        Download {
            id: "d".into(),
            repo: "a/b".into(),
            name: "b".into(),
            quantisation: None,
            files: 1,
            size_bytes: 10,
            done_bytes,
            added_at: 0,
            state,
        }
    }

    fn lines(states: Vec<Download>) -> Vec<Value> {
        let mut progress = Progress::default();
        let told = states.into_iter().flat_map(|state| progress.told(DIGEST, state));
        told.map(|told| told.unwrap_or_else(|error| error.body(Family::Ollama))).collect()
    }

    #[test]
    fn a_download_is_told_as_ollama_does() {
        let running = |bytes| download(bytes, DownloadState::Running { bytes_per_s: None });
        let told = lines(vec![
            running(0),
            running(4),
            running(4),
            download(10, DownloadState::Verifying { fraction: 0.1 }),
            download(10, DownloadState::Verifying { fraction: 0.9 }),
            download(10, DownloadState::Done { model: None }),
        ]);
        let pulling = |completed| json!({ "status": "pulling 0123456789ab", "digest": DIGEST, "total": 10, "completed": completed });
        let last = ["verifying sha256 digest", "writing manifest", "success"].map(status);
        assert_eq!(told, [vec![pulling(0), pulling(4)], last.to_vec()].concat());
    }

    #[test]
    fn one_that_is_quick_is_told_whole() {
        let told = lines(vec![download(10, DownloadState::Done { model: None })]);
        assert_eq!(told.first().map(|line| line["completed"].clone()), Some(json!(10)));
        assert_eq!(told.last(), Some(&success()));
    }

    #[test]
    fn a_failure_and_a_pause_are_the_last_line_in_words() {
        let error = ErrorInfo::new(ErrorCode::DiskFull, "The disk is full.");
        assert_eq!(
            lines(vec![download(1, DownloadState::Failed { error })]),
            [json!({ "error": "The disk is full." })]
        );
        let paused = lines(vec![download(1, DownloadState::Paused)]);
        assert!(paused[0]["error"].as_str().is_some_and(|words| words.contains("paused")), "{paused:?}");
    }
}
