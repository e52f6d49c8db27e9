//! Running the queue: one download at a time, the first that waits.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use inglenook_contract::{ChangeTag, DownloadId, ErrorInfo};
use inglenook_hub::download::{self, DownloadError, Order, OrderedFile, Progress, Settings};
use inglenook_hub::remote::{Commit, HubError, NameError, RepoId, RepoPath, Sha256Hex};
use inglenook_store::{DownloadStanding, KeptDownload, StoreError};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::App;

/// How often the window is told that a download got on.
const TELL: Duration = Duration::from_millis(500);
/// When a download is looked at again whose end could not be written.
const LATER: Duration = Duration::from_secs(30);

/// What runs.
#[derive(Default)]
pub(crate) struct Queue {
    running: Mutex<Option<Running>>,
    again: Notify,
    tasks: TaskTracker,
    closing: CancellationToken,
}

#[derive(Clone)]
struct Running {
    id: DownloadId,
    cancel: CancellationToken,
    progress: watch::Receiver<Progress>,
    ended: CancellationToken,
}

impl Queue {
    /// Where a download stands that runs.
    pub(crate) fn progress(&self, id: &DownloadId) -> Option<Progress> {
        let running = self.lock().clone().filter(|running| running.id == *id)?;
        let progress = running.progress.borrow().clone();
        Some(progress)
    }

    /// The queue in the store is another now.
    pub(crate) fn look_again(&self) {
        self.again.notify_one();
    }

    /// Stops a download if it runs; returns when nothing of it does any more.
    pub(crate) async fn stop(&self, id: &DownloadId) {
        let running = self.lock().clone().filter(|running| running.id == *id);
        if let Some(running) = running {
            running.cancel.cancel();
            running.ended.cancelled().await;
        }
        self.look_again();
    }

    /// Has what runs begin its connections anew: the network's settings are others now.
    pub(crate) fn connect_anew(&self) {
        if let Some(running) = self.lock().as_ref() {
            running.cancel.cancel();
        }
    }

    /// Stops what runs; it goes on with the next start.
    pub(crate) async fn shutdown(&self) {
        self.closing.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs the queue until the application ends.
pub(crate) fn drive(app: &App) {
    let app = app.clone();
    let queue = app.downloads();
    queue.tasks.clone().spawn(async move {
        let queue = app.downloads();
        loop {
            let first = match first(&app).await {
                Ok(first) => first,
                Err(StoreError::Busy(_)) => break,
                Err(error) => {
                    tracing::error!(%error, "the queue of downloads cannot be read");
                    None
                }
            };
            match first {
                Some(kept) => run(&app, kept).await,
                None => {
                    tokio::select! {
                        () = queue.again.notified() => {}
                        () = queue.closing.cancelled() => break,
                    }
                }
            }
            if queue.closing.is_cancelled() {
                break;
            }
        }
    });
}

async fn first(app: &App) -> Result<Option<KeptDownload>, StoreError> {
    let all = app.store().downloads().await?;
    Ok(all.into_iter().find(|kept| kept.standing == DownloadStanding::Queued))
}

/// Runs one download until it ends, is stopped, or another one comes before it.
async fn run(app: &App, kept: KeptDownload) {
    let queue = app.downloads();
    let (progress, watched) = watch::channel(Progress::default());
    let running = Running {
        id: kept.id.clone(),
        cancel: queue.closing.child_token(),
        progress: watched.clone(),
        ended: CancellationToken::new(),
    };
    *queue.lock() = Some(running.clone());
    let _ended = running.ended.clone().drop_guard();
    let telling = tokio::spawn(tell_progress(app.clone(), watched));
    let outcome = {
        let download = fetch(app, &kept, &progress, running.cancel.clone());
        let mut download = std::pin::pin!(download);
        loop {
            tokio::select! {
                outcome = &mut download => break outcome,
                () = queue.again.notified() => {
                    let comes_first = first(app).await.is_ok_and(|first| first.is_some_and(|first| first.id == kept.id));
                    if !comes_first {
                        running.cancel.cancel();
                    }
                }
            }
        }
    };
    telling.abort();
    finish(app, &kept, outcome).await;
    *queue.lock() = None;
    app.changes_bus().tell(ChangeTag::Downloads);
}

async fn finish(app: &App, kept: &KeptDownload, outcome: Result<(), DownloadError>) {
    let (standing, name) = match outcome {
        Ok(()) => {
            tracing::info!(repo = kept.what.repo, item = kept.what.item, "downloaded");
            app.scan().await;
            (DownloadStanding::Done, "done")
        }
        // Paused, cancelled, put behind another one, or the application ends: the store says which already.
        Err(DownloadError::Cancelled) => return,
        Err(error) => {
            let error = ErrorInfo::from(error);
            tracing::warn!(repo = kept.what.repo, item = kept.what.item, code = ?error.code, error = error.message, "not downloaded");
            (DownloadStanding::Failed(error), "failed")
        }
    };
    match app.store().set_download(&kept.id, &standing).await {
        Ok(()) | Err(StoreError::NotFound(_)) => {}
        Err(error) => {
            tracing::error!(%error, name, "where a download stands could not be written");
            // It still stands there as queued and comes again; not at once, for the disk may be full.
            let _ = tokio::time::timeout(LATER, app.downloads().closing.cancelled()).await;
        }
    }
}

async fn fetch(
    app: &App,
    kept: &KeptDownload,
    progress: &watch::Sender<Progress>,
    cancel: CancellationToken,
) -> Result<(), DownloadError> {
    let order = order(kept).map_err(HubError::from)?;
    let hub = app.network().hub().await;
    let folder = app.models_folder();
    download::run(&hub, &order, &folder, &Settings::default(), progress, cancel).await.map(|_| ())
}

fn order(kept: &KeptDownload) -> Result<Order, NameError> {
    let files = kept.what.files.iter().map(|file| {
        Ok(OrderedFile {
            path: RepoPath::parse(&file.path)?,
            bytes: file.bytes,
            sha256: file.sha256.as_deref().map(Sha256Hex::parse).transpose()?,
        })
    });
    Ok(Order {
        id: kept.id.as_str().to_owned(),
        repo: RepoId::parse(&kept.what.repo)?,
        commit: Commit::parse(&kept.what.revision)?,
        files: files.collect::<Result<_, NameError>>()?,
    })
}

/// Tells the window that a download got on, now and then.
async fn tell_progress(app: App, mut progress: watch::Receiver<Progress>) {
    while progress.changed().await.is_ok() {
        app.changes_bus().tell(ChangeTag::Downloads);
        tokio::time::sleep(TELL).await;
    }
}
