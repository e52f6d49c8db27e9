//! A download as programs are told of it.

use inglenook_app::serving::Served;
use inglenook_contract::{Download, DownloadState};
use serde::Serialize;
use utoipa::ToSchema;

use super::moment;

/// A download.
#[derive(Serialize, ToSchema)]
pub(crate) struct DownloadJob {
    /// Names it from now on; null where nothing had to be fetched.
    #[schema(example = "01994f0e-6f2c-7c1a-9a53-2f1f7d7f0c11")]
    job_id: Option<String>,
    /// Where it stands.
    status: DownloadStatus,
    /// What it is doing, where its status is `downloading`.
    phase: Option<Phase>,
    /// The repository.
    #[schema(example = "Qwen/Qwen3-4B-GGUF")]
    source: Option<String>,
    /// How the weights are quantised.
    #[schema(example = "Q4_K_M")]
    quantisation: Option<String>,
    /// The name of the model that it became.
    model: Option<String>,
    /// Bytes of all its files.
    #[schema(example = 2_497_280_256_u64)]
    total_size_bytes: u64,
    /// Bytes that are here.
    #[schema(example = 734_003_200_u64)]
    downloaded_bytes: u64,
    /// Bytes that come in a second; null unless some do.
    #[schema(example = 41_943_040.0)]
    bytes_per_second: Option<f64>,
    /// When it was asked for.
    #[schema(format = DateTime)]
    started_at: Option<String>,
    /// When all bytes will be here at this speed.
    #[schema(format = DateTime)]
    estimated_completion: Option<String>,
    /// Seconds until then.
    #[schema(example = 42)]
    seconds_left: Option<u64>,
    /// Why it failed, or what it waits for.
    error: Option<String>,
}

/// Where a download stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(example = "downloading")]
pub(crate) enum DownloadStatus {
    /// Others come first.
    Queued,
    /// It is under way.
    Downloading,
    /// Somebody paused it; what is here stays.
    Paused,
    /// It is among the models.
    Completed,
    /// It failed; what is here stays, and it can be gone on with.
    Failed,
    /// The model was here before: nothing had to be fetched.
    AlreadyDownloaded,
}

/// What a download under way is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Phase {
    /// Bytes come.
    Receiving,
    /// The hub asked to wait, or does not answer; it is tried again.
    Waiting,
    /// What came is held against what the hub promised.
    Verifying,
}

impl DownloadJob {
    /// As it stands at this moment, milliseconds since 1970-01-01 UTC.
    pub(super) fn of(download: Download, model: Option<String>, now: i64) -> Self {
        let (status, phase, speed, error) = match download.state {
            DownloadState::Queued => (DownloadStatus::Queued, None, None, None),
            DownloadState::Paused => (DownloadStatus::Paused, None, None, None),
            DownloadState::Done { .. } => (DownloadStatus::Completed, None, None, None),
            DownloadState::Failed { error } => (DownloadStatus::Failed, None, None, Some(error.message)),
            DownloadState::Running { bytes_per_s } => {
                (DownloadStatus::Downloading, Some(Phase::Receiving), bytes_per_s, None)
            }
            DownloadState::Waiting { error, .. } => {
                (DownloadStatus::Downloading, Some(Phase::Waiting), None, Some(error.message))
            }
            DownloadState::Verifying { .. } => (DownloadStatus::Downloading, Some(Phase::Verifying), None, None),
        };
        let seconds_left = speed.and_then(|speed| seconds(download.size_bytes - download.done_bytes, speed));
        let end = seconds_left.and_then(|seconds| now.checked_add(i64::try_from(seconds).ok()?.checked_mul(1000)?));
        Self {
            job_id: Some(download.id.as_str().to_owned()),
            status,
            phase,
            source: Some(download.repo),
            quantisation: download.quantisation,
            model,
            total_size_bytes: download.size_bytes,
            downloaded_bytes: download.done_bytes,
            bytes_per_second: speed,
            started_at: moment(download.added_at),
            estimated_completion: end.and_then(moment),
            seconds_left,
            error,
        }
    }

    /// What was here before anybody asked for it.
    pub(super) fn none(served: Served) -> Self {
        Self {
            job_id: None,
            status: DownloadStatus::AlreadyDownloaded,
            phase: None,
            source: served.model.origin.map(|origin| origin.repo),
            quantisation: served.model.quantisation,
            model: Some(served.name),
            total_size_bytes: served.model.size_bytes,
            downloaded_bytes: served.model.size_bytes,
            bytes_per_second: None,
            started_at: None,
            estimated_completion: None,
            seconds_left: None,
            error: None,
        }
    }
}

/// Seconds until so many bytes have come; `None` where that would be never.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is an estimate, and above nothing"
)]
fn seconds(bytes: u64, speed: f64) -> Option<u64> {
    (speed >= 1.0).then(|| (bytes as f64 / speed).ceil() as u64)
}

#[cfg(test)]
mod tests {
    use inglenook_contract::{ErrorCode, ErrorInfo};

    use super::*;

    fn download(state: DownloadState) -> Download {
        Download {
            id: "job".into(),
            repo: "a/b".into(),
            name: "B".into(),
            quantisation: Some("Q4_0".into()),
            files: 1,
            size_bytes: 1_000,
            done_bytes: 400,
            added_at: 0,
            state,
        }
    }

    #[test]
    fn a_download_tells_when_it_will_be_here() {
        let running = DownloadState::Running { bytes_per_s: Some(250.0) };
        let job = DownloadJob::of(download(running), None, 60_000);
        assert_eq!((job.status, job.phase), (DownloadStatus::Downloading, Some(Phase::Receiving)));
        assert_eq!(job.seconds_left, Some(3), "600 bytes at 250 a second, begun seconds whole");
        assert_eq!(job.estimated_completion.as_deref(), Some("1970-01-01T00:01:03Z"));
        let stalled = DownloadState::Running { bytes_per_s: Some(0.0) };
        assert_eq!(DownloadJob::of(download(stalled), None, 0).seconds_left, None, "nobody knows when");
    }

    #[test]
    fn what_keeps_a_download_from_getting_on_is_told() {
        let error = ErrorInfo::new(ErrorCode::RateLimited, "The hub asks to wait.");
        let waiting = DownloadState::Waiting { until: 0, error: error.clone() };
        let job = DownloadJob::of(download(waiting), None, 0);
        assert_eq!((job.status, job.phase), (DownloadStatus::Downloading, Some(Phase::Waiting)));
        assert_eq!(job.error.as_deref(), Some("The hub asks to wait."));
        let failed = DownloadJob::of(download(DownloadState::Failed { error }), None, 0);
        assert_eq!((failed.status, failed.phase), (DownloadStatus::Failed, None));
    }
}
