//! A download as the window shows it.

use inglenook_contract::{Download, DownloadId, DownloadState};
use inglenook_hub::download::{self, Stage};
use inglenook_hub::{Library, LibraryModel};
use inglenook_store::{DownloadStanding, KeptDownload};

use crate::App;

pub(super) fn download(app: &App, library: &Library, kept: KeptDownload) -> Download {
    let running = app.downloads().progress(&kept.id);
    let (done, state) = match (&kept.standing, running) {
        (DownloadStanding::Queued, Some(progress)) => {
            let state = match progress.stage {
                Stage::Waiting { until_ms, why } => DownloadState::Waiting { until: until_ms, error: why },
                Stage::Verifying { done } => DownloadState::Verifying { fraction: fraction(done, kept.size_bytes) },
                Stage::Placing => DownloadState::Verifying { fraction: 1.0 },
                Stage::Resolving | Stage::Downloading => DownloadState::Running { bytes_per_s: progress.bytes_per_s },
            };
            (progress.done_bytes, state)
        }
        (DownloadStanding::Done, _) => {
            let model = placed(app, library, &kept).map(|model| model.id.clone());
            (kept.size_bytes, DownloadState::Done { model })
        }
        (DownloadStanding::Queued, None) => (here(app, &kept.id), DownloadState::Queued),
        (DownloadStanding::Paused, _) => (here(app, &kept.id), DownloadState::Paused),
        (DownloadStanding::Failed(error), _) => (here(app, &kept.id), DownloadState::Failed { error: error.clone() }),
    };
    Download {
        id: kept.id,
        repo: kept.what.repo,
        name: kept.what.name,
        quantisation: kept.what.quantisation,
        files: u32::try_from(kept.what.files.len()).unwrap_or(u32::MAX),
        size_bytes: kept.size_bytes,
        done_bytes: done.min(kept.size_bytes),
        added_at: kept.added_at,
        state,
    }
}

fn here(app: &App, id: &DownloadId) -> u64 {
    download::kept(&app.models_folder(), id.as_str())
}

#[expect(clippy::cast_precision_loss, reason = "a bar is shown")]
fn fraction(done: u64, of: u64) -> f64 {
    if of == 0 { 1.0 } else { (done as f64 / of as f64).min(1.0) }
}

/// The model that a download became.
fn placed<'a>(app: &App, library: &'a Library, kept: &KeptDownload) -> Option<&'a LibraryModel> {
    let first = kept.what.files.iter().map(|file| file.path.as_str());
    from_hub(app, library, &kept.what.repo, first)
}

/// The model on this machine that has one of these files of a repository.
pub(crate) fn from_hub<'a, 'f>(
    app: &App,
    library: &'a Library,
    repo: &str,
    mut files: impl Iterator<Item = &'f str>,
) -> Option<&'a LibraryModel> {
    let folder = app.models_folder().of_repo(repo)?;
    let folder = folder.canonicalize().unwrap_or(folder);
    files.find_map(|file| {
        let path = folder.join(file);
        library.models.iter().find(|model| model.files.contains(&path) || model.path == path)
    })
}

/// The download of these files that is not done yet.
pub(crate) fn under_way<'a>(downloads: &'a [KeptDownload], repo: &str, path: &str) -> Option<&'a DownloadId> {
    let wanted = |kept: &&KeptDownload| {
        kept.standing != DownloadStanding::Done
            && kept.what.repo == repo
            && kept.what.files.first().is_some_and(|file| file.path == path)
    };
    downloads.iter().find(wanted).map(|kept| &kept.id)
}
