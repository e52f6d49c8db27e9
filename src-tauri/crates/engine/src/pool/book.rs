//! The book of a pool: all slots behind one lock, and what is shared around it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use inglenook_contract::ModelId;
use tokio::sync::{Notify, broadcast};

use super::kernels::KernelsBook;
use super::slot::{Loaded, Phase, Slot};
use super::{FreeMemory, LoadSpec, OnLoaded, OnMeasured};
use crate::death::Ended;
use crate::{Clock, Launcher, Patience};

/// What all handles on a pool, its leases and its tasks share.
pub(crate) struct Inner {
    pub(super) launcher: Launcher,
    pub(super) patience: Patience,
    pub(super) free_memory: FreeMemory,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) book: Mutex<Book>,
    pub(super) changed: broadcast::Sender<ModelId>,
    /// A lease was given back.
    pub(super) released: Notify,
    /// Held by the one load that is under way.
    pub(super) turn: tokio::sync::Mutex<()>,
    /// What crashed and what works.
    pub(super) kernels: KernelsBook,
    pub(super) on_measured: OnMeasured,
    pub(super) on_loaded: OnLoaded,
}

/// Everything that changes, behind one lock that is never held across a wait.
#[derive(Debug)]
pub(crate) struct Book {
    pub(super) slots: BTreeMap<ModelId, Slot>,
    pub(super) idle_unload: Option<Duration>,
    pub(super) max_loaded: usize,
    pub(super) closing: bool,
    /// The sweeper runs.
    pub(super) sweeping: bool,
    /// Counts loads and leases: tells a worker from its successor, and what was used before what.
    pub(super) ticks: u64,
    /// Workers that were told to end and still hold their memory.
    pub(super) ending: Vec<Arc<Loaded>>,
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inner").field("launcher", &self.launcher).field("book", &self.book).finish_non_exhaustive()
    }
}

impl Inner {
    pub(super) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().expect("no code panics while it holds this lock")
    }

    pub(super) fn tell(&self, model: &ModelId) {
        // Fails only while nobody listens.
        let _ = self.changed.send(model.clone());
    }

    /// Waits until the workers that were told to end are gone and their memory is back.
    pub(super) async fn ended(&self) {
        let ending = self.book().ending.clone();
        for loaded in &ending {
            loaded.worker.gone().await;
        }
        self.book().ending.retain(|loaded| !ending.iter().any(|gone| gone.serial == loaded.serial));
    }
}

impl Book {
    pub(super) fn tick(&mut self) -> u64 {
        self.ticks += 1;
        self.ticks
    }

    /// The slot of a model, made if need be.
    pub(super) fn slot(&mut self, spec: &LoadSpec) -> &mut Slot {
        self.slots.entry(spec.model.clone()).or_insert_with(|| Slot { phase: Phase::Unloaded, waiting: 0 })
    }

    /// Tells a loaded model's worker to end and forgets a failure. A load under way is left alone.
    pub(super) fn retire(&mut self, model: &ModelId, reason: Ended) {
        let Some(slot) = self.slots.get_mut(model) else { return };
        match &slot.phase {
            Phase::Loading(_) => return,
            Phase::Ready(loaded) => {
                tracing::info!(%model, ?reason, "unloading");
                loaded.worker.ask_to_end(reason);
                self.ending.push(Arc::clone(loaded));
            }
            Phase::Unloaded | Phase::Resting { .. } | Phase::Failed(_) => {}
        }
        slot.phase = Phase::Unloaded;
    }

    /// The idle models besides the `keep` loaded ones that were used last, be those idle or not: what was asked
    /// for a moment ago does not go because something older is still answering.
    pub(super) fn surplus(&self, keep: usize) -> Vec<ModelId> {
        let mut loaded: Vec<_> = self
            .slots
            .iter()
            .filter_map(|(model, slot)| match &slot.phase {
                Phase::Ready(loaded) => Some((loaded.used(), model, slot)),
                _ => None,
            })
            .collect();
        loaded.sort_by_key(|(used, ..)| std::cmp::Reverse(*used));
        let beyond = loaded.into_iter().skip(keep).filter(|(.., slot)| slot.idle().is_some());
        beyond.map(|(_, model, _)| model.clone()).collect()
    }

    /// The idle models, least recently used first.
    pub(super) fn idle(&self) -> Vec<(ModelId, Arc<Loaded>)> {
        let idle = self.slots.iter().filter_map(|(model, slot)| Some((model.clone(), Arc::clone(slot.idle()?))));
        let mut idle: Vec<_> = idle.collect();
        idle.sort_by_key(|(_, loaded)| loaded.used());
        idle
    }
}
