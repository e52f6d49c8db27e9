//! One load: making room, starting the worker, and telling everybody who waits how it went.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use inglenook_contract::{EngineSpeed, ErrorInfo, ModelId};
use tokio::sync::watch;
use tracing::{info, warn};

use super::book::{Book, Inner};
use super::slot::{Loaded, Phase};
use super::{LoadSpec, LoadTook, kernels, sweep};
use crate::death::{Death, Ended};
use crate::link::Link;
use crate::{EngineError, Worker};

/// How often listeners are told of progress, at most.
const TELL: Duration = Duration::from_millis(100);

/// A load under way.
#[derive(Debug)]
pub(super) struct Loading {
    pub(super) spec: Arc<LoadSpec>,
    progress: Mutex<Progress>,
    /// Progress that listeners were not told of yet.
    pub(super) untold: AtomicBool,
    aborted: watch::Sender<Option<EngineError>>,
    outcome: watch::Sender<Option<Result<Arc<Link>, ErrorInfo>>>,
}

#[derive(Debug)]
struct Progress {
    fraction: Option<f64>,
    told: Option<Instant>,
}

impl Loading {
    fn new(spec: Arc<LoadSpec>) -> Self {
        Self {
            spec,
            progress: Mutex::new(Progress { fraction: None, told: None }),
            untold: AtomicBool::new(false),
            aborted: watch::Sender::new(None),
            outcome: watch::Sender::new(None),
        }
    }

    pub(super) fn fraction(&self) -> Option<f64> {
        self.progress.lock().expect("no code panics while it holds this lock").fraction
    }

    /// Notes progress; `true` if it is time to tell of it.
    pub(super) fn note(&self, fraction: Option<f64>) -> bool {
        let mut progress = self.progress.lock().expect("no code panics while it holds this lock");
        if progress.fraction == fraction {
            return false;
        }
        progress.fraction = fraction;
        let due = progress.told.is_none_or(|told| told.elapsed() >= TELL);
        if due {
            progress.told = Some(Instant::now());
        }
        self.untold.store(!due, Ordering::Relaxed);
        due
    }

    /// Gives it up; it ends with this error.
    pub(super) fn abort(&self, error: EngineError) {
        self.aborted.send_modify(|aborted| {
            aborted.get_or_insert(error);
        });
    }

    /// Whether it was given up; its end may still be waited for.
    pub(super) fn is_aborted(&self) -> bool {
        self.aborted.borrow().is_some()
    }

    /// What `part` of the load comes to, or why it was given up; then `part` is dropped at once.
    pub(super) async fn unless_aborted<T>(&self, part: impl Future<Output = T>) -> Result<T, EngineError> {
        let mut aborted = self.aborted.subscribe();
        tokio::select! {
            biased;
            // The sender lives in `self`, so a reason was waited for.
            error = aborted.wait_for(Option::is_some) => {
                Err(error.ok().and_then(|error| error.clone()).unwrap_or(EngineError::Unloaded))
            }
            outcome = part => Ok(outcome),
        }
    }

    /// Waits for its end: what it came to, though not a lease on it.
    pub(super) async fn outcome(&self) -> Result<Arc<Link>, ErrorInfo> {
        let mut outcome = self.outcome.subscribe();
        let outcome = outcome.wait_for(Option::is_some).await;
        // The sender lives in `self`, so a value was waited for.
        outcome.ok().and_then(|outcome| outcome.clone()).unwrap_or_else(|| Err(EngineError::Unloaded.into()))
    }
}

/// Begins a load in the place of whatever the slot holds. The book is locked by the caller.
pub(super) fn begin(
    inner: &Arc<Inner>,
    book: &mut Book,
    spec: &Arc<LoadSpec>,
    replaced: Option<Arc<Loaded>>,
) -> Arc<Loading> {
    let loading = Arc::new(Loading::new(Arc::clone(spec)));
    book.slot(spec).phase = Phase::Loading(Arc::clone(&loading));
    if let Some(replaced) = replaced {
        replaced.worker.ask_to_end(Ended::Unloaded);
        book.ending.push(replaced);
    }
    tokio::spawn(run(Arc::clone(inner), Arc::clone(&loading)));
    sweep::keep_sweeping(inner, book);
    loading
}

async fn run(inner: Arc<Inner>, loading: Arc<Loading>) {
    let model = &loading.spec.model;
    // Held until the outcome stands in the book: the next load counts the models that stand there.
    let (_turn, outcome) = match loading.unless_aborted(inner.turn.lock()).await {
        Ok(turn) => (Some(turn), start(&inner, &loading).await),
        Err(error) => (None, Err(error)),
    };
    let outcome = {
        let mut book = inner.book();
        let (phase, outcome) = match outcome {
            Ok(worker) => {
                let ready = worker.ready();
                info!(%model, pid = worker.pid(), context = ready.context_length, ms = ready.load_ms, "loaded");
                let took = LoadTook { context_length: ready.context_length, memory_bytes: worker.memory_bytes() };
                (inner.on_loaded)(&loading.spec, took);
                if loading.spec.measure {
                    tokio::spawn(measure(Arc::downgrade(&inner), Arc::clone(&loading.spec), worker.measure()));
                }
                let loaded = Loaded::new(Arc::clone(&loading.spec), worker, book.tick(), inner.clock.now());
                tokio::spawn(attend(Arc::downgrade(&inner), model.clone(), loaded.serial, loaded.worker.gone()));
                let link = loaded.worker.link();
                (Phase::Ready(Arc::new(loaded)), Ok(link))
            }
            Err(error @ (EngineError::Unloaded | EngineError::Closing)) => (Phase::Unloaded, Err(error.into())),
            Err(error) => {
                let error = ErrorInfo::from(error);
                warn!(%model, code = ?error.code, message = error.message, "loading failed");
                (Phase::Failed(error.clone()), Err(error))
            }
        };
        book.slot(&loading.spec).phase = phase;
        outcome
    };
    inner.tell(model);
    loading.outcome.send_replace(Some(outcome));
}

/// Starts the worker. However that fails, its memory is back before this is told: who unloads a model waits for
/// it, and the next load counts what is free.
async fn start(inner: &Arc<Inner>, loading: &Loading) -> Result<Worker, EngineError> {
    let spec = &loading.spec;
    let program = inner.launcher.program(spec.engine)?;
    loading.unless_aborted(make_room(inner, spec)).await??;
    kernels::start(&inner.kernels, &program, inner.patience, loading, || inner.tell(&spec.model)).await
}

/// Unloads idle models until the limit and the memory allow one more.
async fn make_room(inner: &Inner, spec: &LoadSpec) -> Result<(), EngineError> {
    let needs = spec.needs();
    loop {
        inner.ended().await;
        let free = (inner.free_memory)();
        let victims = {
            let mut book = inner.book();
            let mut victims = book.surplus(book.max_loaded - 1);
            if let Some(free) = free.filter(|free| *free < needs) {
                let idle = book.idle();
                let back: u64 = idle.iter().map(|(_, loaded)| loaded.worker.memory_bytes()).sum();
                if idle.is_empty() || free.saturating_add(back) < needs {
                    // Nothing is unloaded in vain.
                    return Err(EngineError::MemoryShort { needs, free });
                }
                if victims.is_empty() {
                    victims.extend(idle.into_iter().map(|(model, _)| model).take(1));
                }
            }
            victims.iter().for_each(|model| book.retire(model, Ended::Unloaded));
            victims
        };
        if victims.is_empty() {
            return Ok(());
        }
        victims.iter().for_each(|model| inner.tell(model));
    }
}

/// Waits for how fast a worker is, and tells it.
async fn measure(inner: Weak<Inner>, spec: Arc<LoadSpec>, speed: impl Future<Output = Option<EngineSpeed>> + Send) {
    let Some(speed) = speed.await else { return };
    if let Some(inner) = inner.upgrade() {
        info!(model = %spec.model, engine = spec.engine.name(), ?speed, "measured");
        (inner.on_measured)(&spec.model, spec.engine, speed);
    }
}

/// Waits for the end of a loaded worker and notes in its slot what it means for the model.
async fn attend(inner: Weak<Inner>, model: ModelId, serial: u64, gone: impl Future<Output = Option<Death>> + Send) {
    let death = gone.await;
    let (Some(inner), Some(death)) = (inner.upgrade(), death) else { return };
    {
        let mut book = inner.book();
        let Some(slot) = book.slots.get_mut(&model) else { return };
        let Phase::Ready(loaded) = &slot.phase else { return };
        if loaded.serial != serial {
            return;
        }
        let idle = death.open_requests == 0;
        slot.phase = match death.ended {
            Some(Ended::Stuck) => {
                Phase::Resting { context_length: loaded.worker.ready().context_length, since: inner.clock.now() }
            }
            Some(Ended::Unloaded | Ended::Closing) => Phase::Unloaded,
            None if idle => {
                warn!(%model, "a worker died while it had nothing to do; the model is loaded again when it is asked");
                Phase::Unloaded
            }
            Some(Ended::Flooded) | None => Phase::Failed(EngineError::Died(death).into()),
        };
    }
    inner.released.notify_waiters();
    inner.tell(&model);
}
