//! The models in memory: loaded on demand, one worker each, unloaded when idle or when another needs the room.
//!
//! - A [`Lease`] keeps a model loaded; without one it is idle, and after [`PoolSettings::idle_unload`] it goes.
//! - Loads happen one after another: two at once would each count the same free memory as theirs, and the disk is
//!   the bottleneck anyway.
//! - At most [`PoolSettings::max_loaded`] models stay loaded, those that were used last. The limit is kept by
//!   unloading idle ones; a model that is answering is never unloaded for another. So with the default of one,
//!   choosing another model replaces the idle one, two chats with two models can still answer at the same time if
//!   memory holds both, and the limit is restored as soon as one of them is done.
//! - A worker that dies while something was asked of it leaves [`ModelState::Failed`]; one that dies idle leaves
//!   [`ModelState::Unloaded`]. Either way the next [`Pool::ensure`] loads the model again.
//! - A worker that was ended because it did not stop (see [`Patience::stuck`](crate::Patience::stuck)) leaves its model "ready": nobody
//!   did anything wrong, and the next request loads it again.

mod book;
mod kernels;
mod lease;
mod loading;
mod settings;
mod slot;
mod sweep;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use inglenook_contract::{ErrorInfo, ModelId, ModelState};
use tokio::sync::{Notify, broadcast};

use crate::death::{Death, Ended};
use crate::link::Link;
use crate::{EngineError, Launcher};
use book::{Book, Inner};
use kernels::KernelsBook;
pub use kernels::{KernelsKnown, OnKernels};
pub use lease::Lease;
pub use settings::{FreeMemory, Keep, LoadSpec, LoadTook, OnLoaded, OnMeasured, PoolSettings};
use slot::{Phase, Slot, Waiting};

/// The models in memory. Cloning gives another handle on the same pool; dropping the last ends all workers.
#[derive(Clone, Debug)]
pub struct Pool {
    inner: Arc<Inner>,
}

/// Workers that may die right after their load before a caller is told.
const DEATHS: u32 = 2;

/// What stands between a caller and its lease.
enum Step {
    Lease(Lease),
    /// A load of the same kind is under way; its outcome is this caller's too.
    Load(Arc<loading::Loading>),
    /// A load of another kind is under way, or one that was given up and is not gone yet.
    OtherLoad(Arc<loading::Loading>),
    /// The model is loaded in another way and is answering.
    Release,
}

/// Counts a worker that was of no use to a caller; beyond [`DEATHS`] of them the last death is the caller's error.
fn count(deaths: &mut u32, death: Option<Death>) -> Result<(), EngineError> {
    match death {
        // It was ended on purpose; there is nothing to be said against another.
        Some(Death { ended: Some(Ended::Unloaded | Ended::Closing | Ended::Stuck), .. }) => {}
        Some(death) if *deaths == DEATHS => return Err(EngineError::Died(death)),
        _ => *deaths += 1,
    }
    Ok(())
}

impl Pool {
    /// A pool without any model in it. Workers are started on the runtime that calls [`ensure`](Self::ensure).
    #[must_use]
    pub fn new(launcher: Launcher, settings: PoolSettings) -> Self {
        let PoolSettings {
            idle_unload,
            max_loaded,
            patience,
            free_memory,
            clock,
            kernels_crashed,
            on_kernels,
            on_measured,
            on_loaded,
        } = settings;
        let book = Book {
            slots: BTreeMap::new(),
            idle_unload,
            max_loaded: max_loaded.max(1),
            closing: false,
            sweeping: false,
            ticks: 0,
            ending: Vec::new(),
        };
        let inner = Inner {
            launcher,
            patience,
            free_memory,
            clock,
            book: Mutex::new(book),
            changed: broadcast::Sender::new(256),
            released: Notify::new(),
            turn: tokio::sync::Mutex::default(),
            kernels: KernelsBook::new(kernels_crashed, on_kernels),
            on_measured,
            on_loaded,
        };
        Self { inner: Arc::new(inner) }
    }

    /// What is known of the kernels on this machine.
    #[must_use]
    pub fn kernels(&self) -> KernelsKnown {
        self.inner.kernels.known()
    }

    /// Bytes that come back when all idle models are unloaded.
    #[must_use]
    pub fn idle_bytes(&self) -> u64 {
        let idle = self.inner.book().idle();
        idle.iter().map(|(_, loaded)| loaded.worker.memory_bytes()).fold(0, u64::saturating_add)
    }

    /// Lets kernels that crashed be tried again, at the next load.
    pub fn retry_kernels(&self) {
        self.inner.kernels.note(|known| known.crashed = None);
    }

    /// A lease on a loaded model; loads it first if need be. Callers that ask at the same time share one load.
    /// If the model is loaded in another way (another context length, say), it is loaded again once nobody holds
    /// a lease on it. So take a lease for one request and give it back; who holds one while asking for the same
    /// model in another way waits for itself.
    ///
    /// Giving the future up does not stop the load: the model will be there for the next question.
    ///
    /// # Errors
    /// Why it could not be loaded: `engine_missing`, `out_of_memory`, what the worker says of the file, how its
    /// process died; `cancelled` if it was unloaded meanwhile, `unavailable` after [`shutdown`](Self::shutdown).
    pub async fn ensure(&self, spec: LoadSpec) -> Result<Lease, ErrorInfo> {
        let spec = Arc::new(spec);
        let _waiting = Waiting::new(&self.inner, &spec);
        let mut deaths = 0;
        let mut loaded: Option<Arc<Link>> = None;
        loop {
            // Its end may come before a lease on it does.
            if let Some(worker) = loaded.take().filter(|worker| !worker.is_open()) {
                count(&mut deaths, worker.gone().await)?;
            }
            let released = self.inner.released.notified();
            tokio::pin!(released);
            released.as_mut().enable();
            match self.step(&spec)? {
                Step::Lease(lease) => {
                    if lease.settled().await {
                        return Ok(lease);
                    }
                    count(&mut deaths, lease.gone().await)?;
                }
                Step::Load(loading) => loaded = Some(loading.outcome().await?),
                // Its failure is told to those who asked for it.
                Step::OtherLoad(loading) => drop(loading.outcome().await),
                Step::Release => released.await,
            }
        }
    }

    /// A lease on a model that is loaded, in whatever way that is; `None` where it is not.
    #[must_use]
    pub fn lease(&self, model: &ModelId) -> Option<Lease> {
        let lease = {
            let mut book = self.inner.book();
            let tick = book.tick();
            let Phase::Ready(loaded) = &book.slots.get(model)?.phase else { return None };
            if book.closing || !loaded.worker.is_open() {
                return None;
            }
            loaded.leased(tick);
            Lease::new(&self.inner, Arc::clone(loaded))
        };
        self.inner.tell(model);
        Some(lease)
    }

    fn step(&self, spec: &Arc<LoadSpec>) -> Result<Step, EngineError> {
        let mut book = self.inner.book();
        if book.closing {
            return Err(EngineError::Closing);
        }
        let slot = book.slot(spec);
        let replaced = match &slot.phase {
            Phase::Loading(loading) if loading.spec.loads_like(spec) && !loading.is_aborted() => {
                return Ok(Step::Load(Arc::clone(loading)));
            }
            Phase::Loading(loading) => return Ok(Step::OtherLoad(Arc::clone(loading))),
            Phase::Ready(loaded) if loaded.worker.is_open() && loaded.spec.loads_like(spec) => {
                let loaded = Arc::clone(loaded);
                loaded.leased(book.tick());
                let lease = Lease::new(&self.inner, loaded);
                drop(book);
                self.inner.tell(&spec.model);
                return Ok(Step::Lease(lease));
            }
            Phase::Ready(loaded) if loaded.worker.is_open() && loaded.leases() > 0 => return Ok(Step::Release),
            Phase::Ready(loaded) => Some(Arc::clone(loaded)),
            Phase::Unloaded | Phase::Resting { .. } | Phase::Failed(_) => None,
        };
        let loading = loading::begin(&self.inner, &mut book, spec, replaced);
        drop(book);
        self.inner.tell(&spec.model);
        Ok(Step::Load(loading))
    }

    /// Loads a model so that the next question need not wait.
    ///
    /// # Errors
    /// As [`ensure`](Self::ensure).
    pub async fn load(&self, spec: LoadSpec) -> Result<(), ErrorInfo> {
        self.ensure(spec).await.map(drop)
    }

    /// Unloads a model, also in the middle of a load or an answer (which then fails with `cancelled`), and waits
    /// until its memory is back.
    pub async fn unload(&self, model: &ModelId) {
        let loading = {
            let mut book = self.inner.book();
            let Some(slot) = book.slots.get_mut(model) else { return };
            match &slot.phase {
                Phase::Loading(loading) => {
                    loading.abort(EngineError::Unloaded);
                    Some(Arc::clone(loading))
                }
                _ => {
                    book.retire(model, Ended::Unloaded);
                    None
                }
            }
        };
        if let Some(loading) = loading {
            // Ends in `cancelled`, or in whatever came a moment before.
            let _ = loading.outcome().await;
            self.inner.book().retire(model, Ended::Unloaded);
        }
        self.inner.released.notify_waiters();
        self.inner.ended().await;
        self.inner.tell(model);
    }

    /// Where a model stands; one that was never asked for is unloaded.
    #[must_use]
    pub fn state(&self, model: &ModelId) -> ModelState {
        let book = self.inner.book();
        book.slots.get(model).map_or(ModelState::Unloaded, |slot| slot.state(book.idle_unload))
    }

    /// Where every model stands that was ever asked for, by id.
    #[must_use]
    pub fn states(&self) -> Vec<(ModelId, ModelState)> {
        let book = self.inner.book();
        book.slots.iter().map(|(model, slot)| (model.clone(), slot.state(book.idle_unload))).collect()
    }

    /// The models whose state changes from now on; progress of a load at most ten times a second. A receiver that
    /// lags behind reads [`states`](Self::states) again.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<ModelId> {
        self.inner.changed.subscribe()
    }

    /// Changes after how long without a lease a model is unloaded; `None` for never. Holds for loaded ones too.
    pub fn set_idle_unload(&self, idle_unload: Option<Duration>) {
        let models: Vec<ModelId> = {
            let mut book = self.inner.book();
            book.idle_unload = idle_unload;
            book.slots.keys().cloned().collect()
        };
        models.iter().for_each(|model| self.inner.tell(model));
    }

    /// Changes how many models stay loaded, at least 1; takes effect with the next load or lease that is given back.
    pub fn set_max_loaded(&self, max_loaded: usize) {
        self.inner.book().max_loaded = max_loaded.max(1);
    }

    /// Unloads what has been idle for long enough and waits until it is gone. A pool does this by itself every
    /// second while a model is loaded.
    pub async fn sweep(&self) {
        sweep::sweep(&self.inner);
        self.inner.ended().await;
    }

    /// Ends all workers and waits until they are gone: they get [`Patience::end`](crate::Patience::end) and are killed then. From now on
    /// nothing is loaded any more.
    pub async fn shutdown(&self) {
        let loads: Vec<Arc<loading::Loading>> = {
            let mut book = self.inner.book();
            book.closing = true;
            book.slots.values().filter_map(Slot::loading).collect()
        };
        for loading in &loads {
            loading.abort(EngineError::Closing);
        }
        for loading in &loads {
            let _ = loading.outcome().await;
        }
        let models = {
            let mut book = self.inner.book();
            let models: Vec<ModelId> = book.slots.keys().cloned().collect();
            models.iter().for_each(|model| book.retire(model, Ended::Closing));
            models
        };
        self.inner.released.notify_waiters();
        self.inner.ended().await;
        models.iter().for_each(|model| self.inner.tell(model));
    }
}
