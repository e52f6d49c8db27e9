//! An order from its first request to its files in their places.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use inglenook_contract::ErrorInfo;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::backoff::{Cause, Patience};
use super::file::blocking;
use super::folder::Folder;
use super::gauge::{FileGauge, FileStage, Gauge};
use super::names::PartNames;
use super::stored::OrderLock;
use super::{DownloadError, ModelsFolder, Order, OrderedFile, Placed, Progress, Settings, file, place, sidecar, space};
use crate::remote::{FileRef, Hub, HubError, Resolved};

/// How long a stopped run waits for what it was just writing.
const LAST_WORDS: Duration = Duration::from_millis(700);

/// Everything that the tasks of one run share.
pub(super) struct Context {
    pub(super) hub: Hub,
    pub(super) order: Order,
    pub(super) settings: Settings,
    pub(super) models: ModelsFolder,
    /// The order's own folder.
    pub(super) folder: Arc<Folder>,
    pub(super) gauges: Gauge,
    /// The threads that write, which a run waits for before it ends.
    pub(super) writers: TaskTracker,
    /// Held by the run, and by what writes, so that a run that was dropped keeps the next one out until that has ended.
    pub(super) lock: Weak<OrderLock>,
    patience: Mutex<Patience>,
    fetched_when_failed: AtomicU64,
    stop: AtomicBool,
}

/// Ends the threads that look at files when a run ends.
struct Stopping(Arc<Context>);

impl Drop for Stopping {
    fn drop(&mut self) {
        self.0.stop.store(true, Ordering::Relaxed);
    }
}

/// Runs an order, or goes on with it after a pause, an error, a crash or a kill. A pause is a stop by `cancel`: what
/// came so far is kept until [`super::discard`]. Waits for the network as long as it takes.
///
/// # Errors
/// [`DownloadError`]; what came so far is kept, unless it was found wrong.
pub async fn run(
    hub: &Hub,
    order: &Order,
    folder: &ModelsFolder,
    settings: &Settings,
    progress: &watch::Sender<Progress>,
    cancel: CancellationToken,
) -> Result<Placed, DownloadError> {
    check(order)?;
    let (lock, own) = {
        let (models, id) = (folder.clone(), order.id.clone());
        blocking(move || OrderLock::take(&models, &id)).await??
    };
    let lock = Arc::new(lock);
    let context = Arc::new(Context::new(hub, order, folder, own, settings, &lock));
    let downloaded = tokio::select! {
        biased;
        () = cancel.cancelled() => Err(DownloadError::Cancelled),
        downloaded = download(Arc::clone(&context)) => downloaded,
        never = context.gauges.tell(progress) => match never {},
    };
    context.writers.close();
    // Nothing that is written late may come after another run has begun.
    if tokio::time::timeout(LAST_WORDS, context.writers.wait()).await.is_err() {
        tracing::warn!(order = order.id, "the disk is slow; a download's last bytes are still being written");
    }
    let ended = match downloaded {
        Ok(present) => {
            context.gauges.place();
            progress.send_replace(context.gauges.progress(None));
            let context = Arc::clone(&context);
            // Not to be stopped: half a model is none.
            blocking(move || place::place(&context, &present)).await?
        }
        Err(error) => Err(error),
    };
    progress.send_replace(context.gauges.progress(None));
    // Systems other than Unix remove no open file.
    let lock = Some(lock).filter(|_| cfg!(unix));
    if ended.is_ok()
        && let Err(error) = folder.remove_order(&order.id)
    {
        tracing::warn!(%error, order = order.id, "what is left of a finished download cannot be removed");
    }
    drop(lock);
    ended.map_err(|error| context.told(error))
}

/// Refuses an order whose files cannot lie beside each other.
fn check(order: &Order) -> Result<(), DownloadError> {
    let wrong = |words: String| Err(DownloadError::Name(words));
    if order.files.is_empty() {
        return wrong("it has no files".to_owned());
    }
    let mut names = BTreeSet::new();
    for file in &order.files {
        let name = file.path.as_str().to_lowercase();
        if name == sidecar::NAME {
            return wrong(format!("“{}” is a name that Inglenook uses itself", file.path));
        }
        if !names.insert(name) {
            return wrong(format!("two of its files are called “{}”", file.path));
        }
    }
    let above = |name: &String| {
        let mut folders = name.match_indices('/').map(|(at, _)| name.split_at(at).0.to_owned());
        folders.find(|folder| names.contains(folder))
    };
    match names.iter().find_map(above) {
        Some(folder) => wrong(format!("“{folder}” would be a file and a folder")),
        None => Ok(()),
    }
}

impl Context {
    fn new(
        hub: &Hub,
        order: &Order,
        models: &ModelsFolder,
        folder: Folder,
        settings: &Settings,
        lock: &Arc<OrderLock>,
    ) -> Self {
        Self {
            hub: hub.clone(),
            order: order.clone(),
            settings: settings.clone(),
            models: models.clone(),
            folder: Arc::new(folder),
            gauges: Gauge::new(order.files.iter().map(|file| file.bytes)),
            writers: TaskTracker::new(),
            lock: Arc::downgrade(lock),
            patience: Mutex::new(Patience::new(settings)),
            fetched_when_failed: AtomicU64::new(0),
            stop: AtomicBool::new(false),
        }
    }

    /// The file with this number.
    pub(super) fn file(&self, index: usize) -> &OrderedFile {
        &self.order.files[index]
    }

    pub(super) fn file_name(&self, index: usize) -> String {
        format!("{}/{}", self.order.repo, self.file(index).path)
    }

    pub(super) fn gauge(&self, index: usize) -> &FileGauge {
        &self.gauges.files[index]
    }

    pub(super) fn note(&self, words: String) {
        tracing::info!(order = self.order.id, "{words}");
        self.gauges.note(words);
    }

    pub(super) fn patience(&self) -> MutexGuard<'_, Patience> {
        self.patience.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether not a byte came since the last failure.
    pub(super) fn brought_nothing_since_failing(&self) -> bool {
        self.gauges.fetched.load(Ordering::Relaxed) <= self.fetched_when_failed.load(Ordering::Relaxed)
    }

    /// A try failed: until when nothing new is tried, and why. An error where another try is of no use.
    pub(super) fn failed(&self, error: HubError) -> Result<(Instant, ErrorInfo), DownloadError> {
        if !error.passes() {
            return Err(error.into());
        }
        let cause = match &error {
            HubError::Net(_) => Cause::Network,
            HubError::Wait { after, .. } => Cause::Wait(*after),
            _ => Cause::Server,
        };
        let fetched = self.gauges.fetched.load(Ordering::Relaxed);
        self.fetched_when_failed.store(fetched, Ordering::Relaxed);
        tracing::info!(order = self.order.id, %error, "a try failed");
        match self.patience().failed(cause, fetched, Instant::now()) {
            Some(until) => Ok((until, error.into())),
            None => Err(error.into()),
        }
    }

    /// Asks where a file lies, as often as it takes.
    pub(super) async fn resolve(&self, index: usize) -> Result<Resolved, DownloadError> {
        let order = &self.order;
        let path = self.file(index).path.clone();
        let file = FileRef { repo: order.repo.clone(), revision: order.commit.to_string(), path };
        let purpose = format!("Download of {}", self.file_name(index));
        loop {
            let quiet = self.patience().quiet_until(Instant::now());
            if let Some(until) = quiet {
                tokio::time::sleep_until(until.into()).await;
            }
            match self.hub.resolve(&file, &purpose).await {
                Ok(resolved) => return Ok(resolved),
                Err(error) => {
                    let (until, why) = self.failed(error)?;
                    self.gauge(index).set(FileStage::Waiting { until, why });
                    tokio::time::sleep_until(until.into()).await;
                    self.gauge(index).set(FileStage::Resolving);
                }
            }
        }
    }

    /// Throws a part away.
    pub(super) async fn remove(&self, index: usize, names: &PartNames) -> Result<(), DownloadError> {
        self.gauge(index).done.store(0, Ordering::Relaxed);
        self.gauge(index).hashed.store(0, Ordering::Relaxed);
        let (folder, names) = (Arc::clone(&self.folder), names.clone());
        let path = folder.path().join(&names.content);
        blocking(move || names.remove(&folder)).await?.map_err(DownloadError::io("cannot be removed", path))
    }

    /// An error where what is missing and the margin do not fit on the disk.
    pub(super) fn look_for_room(&self) -> Result<(), DownloadError> {
        let missing = self.gauges.missing();
        let enough = |free: u64| missing == 0 || free >= missing.saturating_add(self.settings.margin_bytes);
        match space::free_bytes(self.models.path()) {
            Some(free) if !enough(free) => Err(self.full()),
            _ => Ok(()),
        }
    }

    fn full(&self) -> DownloadError {
        DownloadError::DiskFull {
            folder: self.models.path().to_owned(),
            needed_bytes: self.gauges.missing().saturating_add(self.settings.margin_bytes),
            free_bytes: space::free_bytes(self.models.path()),
        }
    }

    /// An error as it is told: a full disk with what is needed, wherever it was noticed.
    fn told(&self, error: DownloadError) -> DownloadError {
        match error {
            DownloadError::DiskFull { .. } => self.full(),
            // A person knows the folder of models, not that of what is on its way.
            DownloadError::TooLarge { .. } => DownloadError::TooLarge { path: self.models.path().to_owned() },
            error => error,
        }
    }
}

/// Brings all files to verified parts; returns which lie in their places already.
async fn download(context: Arc<Context>) -> Result<Vec<bool>, DownloadError> {
    let _stopping = Stopping(Arc::clone(&context));
    let mut present = Vec::new();
    for index in 0..context.order.files.len() {
        let shared = Arc::clone(&context);
        present.push(blocking(move || looked_at(&shared, index)).await??);
    }
    context.look_for_room()?;
    let missing = |index: &usize| present.get(*index) == Some(&There::No);
    let is_small = |index: &usize| context.file(*index).bytes <= context.settings.small_bytes;
    let (small, large): (Vec<usize>, Vec<usize>) = (0..present.len()).filter(missing).partition(is_small);
    let mut running = JoinSet::new();
    for index in small {
        if running.len() >= context.settings.connections.max(1)
            && let Some(ended) = running.join_next().await
        {
            ended.map_err(DownloadError::thread)??;
        }
        running.spawn(file::download(Arc::clone(&context), index));
    }
    while let Some(ended) = running.join_next().await {
        ended.map_err(DownloadError::thread)??;
    }
    for index in large {
        running.spawn(file::download(Arc::clone(&context), index));
        while let Some(ended) = running.join_next().await {
            ended.map_err(DownloadError::thread)??;
        }
    }
    Ok(present.iter().map(|there| *there == There::Placed).collect())
}

/// Where a file is already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum There {
    No,
    /// As a part that is whole and was found right.
    Part,
    /// In its place.
    Placed,
}

fn looked_at(context: &Context, index: usize) -> Result<There, DownloadError> {
    let gauge = context.gauge(index);
    let there = if place::is_placed(context, index, &gauge.hashed, &context.stop)? {
        There::Placed
    } else if place::verified_part(context, index)?.is_some() {
        There::Part
    } else {
        let kept = PartNames::of(context.file(index).path.as_str()).kept(&context.folder);
        gauge.done.store(kept.unwrap_or(0).min(context.file(index).bytes), Ordering::Relaxed);
        gauge.hashed.store(0, Ordering::Relaxed);
        There::No
    };
    gauge.set(if there == There::No { FileStage::Resolving } else { FileStage::Done });
    Ok(there)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remote::{Commit, RepoId, RepoPath};

    fn refused(paths: &[&str]) -> Option<String> {
        let file = |path: &&str| OrderedFile { path: RepoPath::parse(path).expect("a path"), bytes: 1, sha256: None };
        let order = Order {
            id: "one".to_owned(),
            repo: RepoId::parse("ann/little").expect("a name"),
            commit: Commit::parse(&"0".repeat(40)).expect("a commit"),
            files: paths.iter().map(file).collect(),
        };
        check(&order).err().map(|error| error.to_string())
    }

    #[test]
    fn files_that_would_be_one_on_some_disks_are_refused() {
        assert_eq!(refused(&["a.gguf", "b.gguf", "sub/a.gguf"]), None);
        assert!(refused(&[]).is_some());
        assert!(refused(&["Model.gguf", "model.GGUF"]).is_some(), "case does not count everywhere");
        assert!(refused(&["a", "a/b"]).is_some_and(|words| words.contains("a folder")));
        assert!(refused(&["x/y", "x/y/z/w"]).is_some());
        assert!(refused(&[".inglenook.json"]).is_some(), "the sidecar is ours");
        assert!(refused(&[".Inglenook.JSON"]).is_some());
    }
}
