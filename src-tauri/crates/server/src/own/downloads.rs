//! `/api/v1/models/download`: fetching models from the hub, and how that gets on.

use std::time::{SystemTime, UNIX_EPOCH};

use axum::Json as Sent;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use inglenook_app::downloads::{self, Fetched};
use inglenook_app::{hub, serving};
use inglenook_contract::{Download, DownloadId, DownloadState, ModelId, StartDownload};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::job::DownloadJob;
use crate::body::Json;
use crate::error::ApiError;
use crate::state::Serving;

/// A model to fetch.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct DownloadRequest {
    /// A repository, `publisher/name`, or its address at the hub; the address of a file names that file.
    #[schema(example = "Qwen/Qwen3-4B-GGUF")]
    model: String,
    /// The quantisation to take; where neither it nor an item is named, the one that suits this machine. `quantization`
    /// is understood too, and so is `publisher/name:Q4_K_M`.
    #[serde(alias = "quantization")]
    #[schema(example = "Q4_K_M")]
    quantisation: Option<String>,
    /// The item of the repository to take, as `fit` lists them, or one of its files.
    item: Option<String>,
    /// A branch, a tag or a commit; the main branch unless it is named.
    revision: Option<String>,
}

/// Fetch a model.
///
/// From the hub: puts it into the queue, where one comes after the other, and answers at once; its status tells how it gets on. What
/// is in the queue already is gone on with, and what is here is not fetched again.
#[utoipa::path(
    post,
    path = "/api/v1/models/download",
    operation_id = "download_model",
    tag = "Downloads",
    request_body = DownloadRequest,
    responses(
        (status = 202, description = "It is on its way", body = DownloadJob),
        (status = 200, description = "It was here before: its status is `already_downloaded`", body = DownloadJob),
        (status = 403, description = "Its publisher has to let you in first", body = super::openapi::Error),
        (status = 404, description = "There is no such repository, or nothing in it that was asked for",
            body = super::openapi::Error),
        (status = 502, description = "The hub was not reached, or may not be asked", body = super::openapi::Error)
    )
)]
pub(crate) async fn start(
    State(serving): State<Serving>,
    Json(asked): Json<DownloadRequest>,
) -> Result<(StatusCode, Sent<DownloadJob>), ApiError> {
    let app = serving.app();
    let (link, tagged) = untagged(&asked.model);
    let linked = hub::linked(app, link).await?;
    let request = StartDownload {
        repo: linked.repo,
        revision: asked.revision.or(linked.revision),
        item: asked.item.or(linked.item),
        quantisation: asked.quantisation.or(tagged.map(str::to_owned)),
    };
    match downloads::fetch(app, &request).await? {
        Fetched::Started(download) => Ok((StatusCode::ACCEPTED, Sent(job(&serving, &download.download).await?))),
        Fetched::Here(model) => Ok((StatusCode::OK, Sent(here(&serving, &model).await?))),
    }
}

/// A repository and the quantisation behind its colon, as Ollama writes it.
fn untagged(model: &str) -> (&str, Option<&str>) {
    match model.trim().rsplit_once(':') {
        Some((link, tag)) if !tag.is_empty() && !tag.contains('/') => (link, Some(tag)),
        _ => (model, None),
    }
}

async fn here(serving: &Serving, model: &ModelId) -> Result<DownloadJob, ApiError> {
    let all = serving::all(serving.app()).await?;
    let served = all.into_iter().find(|served| served.model.id == *model);
    let gone = || ApiError::not_found("The model was deleted at this moment. Try again.");
    served.map(DownloadJob::none).ok_or_else(gone)
}

async fn find(serving: &Serving, id: &DownloadId) -> Result<Download, ApiError> {
    let all = downloads::list(serving.app()).await?;
    all.into_iter().find(|download| download.id == *id).ok_or_else(|| {
        ApiError::not_found("There is no such download; it may have been cancelled or cleared away.")
            .code("job_not_found")
    })
}

async fn job(serving: &Serving, id: &DownloadId) -> Result<DownloadJob, ApiError> {
    let download = find(serving, id).await?;
    let model = match &download.state {
        DownloadState::Done { model: Some(model) } => {
            let all = serving::all(serving.app()).await?;
            all.into_iter().find(|served| served.model.id == *model).map(|served| served.name)
        }
        _ => None,
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    Ok(DownloadJob::of(download, model, i64::try_from(now).unwrap_or(i64::MAX)))
}

/// Follow a download.
#[utoipa::path(
    get,
    path = "/api/v1/models/download/status/{job_id}",
    operation_id = "download_status",
    tag = "Downloads",
    params(("job_id" = String, Path, description = "The download, as starting it named it")),
    responses(
        (status = 200, description = "Where it stands", body = DownloadJob),
        (status = 404, description = "There is no such download (any more)", body = super::openapi::Error)
    )
)]
pub(crate) async fn status(
    State(serving): State<Serving>,
    Path(id): Path<String>,
) -> Result<Sent<DownloadJob>, ApiError> {
    Ok(Sent(job(&serving, &id.into()).await?))
}

/// Pause a download.
///
/// What is here of it stays, also over a restart.
#[utoipa::path(
    post,
    path = "/api/v1/models/download/pause/{job_id}",
    operation_id = "pause_download",
    tag = "Downloads",
    params(("job_id" = String, Path, description = "The download, as starting it named it")),
    responses(
        (status = 200, description = "It is paused", body = DownloadJob),
        (status = 404, description = "There is no such download (any more)", body = super::openapi::Error),
        (status = 409, description = "It is complete", body = super::openapi::Error)
    )
)]
pub(crate) async fn pause(
    State(serving): State<Serving>,
    Path(id): Path<String>,
) -> Result<Sent<DownloadJob>, ApiError> {
    let id = unfinished(&serving, id.into()).await?;
    downloads::pause(serving.app(), &id).await?;
    Ok(Sent(job(&serving, &id).await?))
}

/// Resume a download.
///
/// Goes on with one that was paused or failed, from where it stopped.
#[utoipa::path(
    post,
    path = "/api/v1/models/download/resume/{job_id}",
    operation_id = "resume_download",
    tag = "Downloads",
    params(("job_id" = String, Path, description = "The download, as starting it named it")),
    responses(
        (status = 200, description = "It goes on, or waits for its turn", body = DownloadJob),
        (status = 404, description = "There is no such download (any more)", body = super::openapi::Error),
        (status = 409, description = "It is complete", body = super::openapi::Error)
    )
)]
pub(crate) async fn resume(
    State(serving): State<Serving>,
    Path(id): Path<String>,
) -> Result<Sent<DownloadJob>, ApiError> {
    let id = unfinished(&serving, id.into()).await?;
    downloads::resume(serving.app(), &id).await?;
    Ok(Sent(job(&serving, &id).await?))
}

/// The download, unless it is complete: then there is nothing to pause or to go on with.
async fn unfinished(serving: &Serving, id: DownloadId) -> Result<DownloadId, ApiError> {
    match find(serving, &id).await?.state {
        DownloadState::Done { .. } => {
            Err(ApiError::new(StatusCode::CONFLICT, "This download is complete.").code("job_completed"))
        }
        _ => Ok(id),
    }
}

/// A download that was taken off the list.
#[derive(Serialize, ToSchema)]
pub(crate) struct CancelledDownload {
    /// Which.
    job_id: String,
    /// Always `cancelled`.
    #[schema(example = "cancelled")]
    status: &'static str,
    /// Bytes of it that were here and are gone.
    #[schema(example = 734_003_200_u64)]
    freed_bytes: u64,
}

/// Cancel a download.
///
/// Takes it off the list and deletes what is here of it. A model that is complete stays; delete it as a model.
#[utoipa::path(
    post,
    path = "/api/v1/models/download/cancel/{job_id}",
    operation_id = "cancel_download",
    tag = "Downloads",
    params(("job_id" = String, Path, description = "The download, as starting it named it")),
    responses(
        (status = 200, description = "It is gone", body = CancelledDownload),
        (status = 404, description = "There is no such download (any more)", body = super::openapi::Error)
    )
)]
pub(crate) async fn cancel(
    State(serving): State<Serving>,
    Path(id): Path<String>,
) -> Result<Sent<CancelledDownload>, ApiError> {
    let download = find(&serving, &id.into()).await?;
    let freed = downloads::cancel(serving.app(), &download.id).await?;
    let job_id = download.id.as_str().to_owned();
    Ok(Sent(CancelledDownload { job_id, status: "cancelled", freed_bytes: freed.bytes }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantisation_may_stand_behind_a_colon() {
        assert_eq!(untagged("a/b:Q4_K_M"), ("a/b", Some("Q4_K_M")));
        assert_eq!(untagged("hf.co/a/b:Q8_0"), ("hf.co/a/b", Some("Q8_0")));
        assert_eq!(untagged("https://huggingface.co/a/b"), ("https://huggingface.co/a/b", None));
        assert_eq!(untagged("http://127.0.0.1:8080/a/b"), ("http://127.0.0.1:8080/a/b", None));
        assert_eq!(untagged("a/b"), ("a/b", None));
    }
}
