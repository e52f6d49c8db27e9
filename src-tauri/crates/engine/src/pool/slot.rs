//! One model's place in the pool, and the book of all of them.

use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use inglenook_contract::{ErrorInfo, ModelId, ModelState};

use super::book::Inner;
use super::loading::Loading;
use super::{Keep, LoadSpec};
use crate::Worker;

/// One model's place.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) phase: Phase,
    /// Callers that wait for a lease; the model is not idle for them.
    pub(super) waiting: usize,
}

/// Where a model stands.
#[derive(Debug)]
pub(super) enum Phase {
    Unloaded,
    Loading(Arc<Loading>),
    Ready(Arc<Loaded>),
    /// Its worker was ended because it did not stop; to be loaded again at the next request.
    Resting {
        context_length: u32,
        since: i64,
    },
    Failed(ErrorInfo),
}

/// A loaded model.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// Tells this worker from those before and after it.
    pub(super) serial: u64,
    pub(super) spec: Arc<LoadSpec>,
    pub(crate) worker: Worker,
    /// Changed under the book's lock only.
    pub(super) leases: AtomicUsize,
    /// The book's tick when it was loaded or last leased.
    used: AtomicU64,
    /// When the last lease was given back, or it was loaded, milliseconds since 1970-01-01 UTC.
    pub(super) idle_since: AtomicI64,
    /// What the latest holder of a lease wished.
    keep: Mutex<Keep>,
    /// Resident bytes that listeners were last told of.
    pub(super) told_memory: AtomicU64,
}

impl Loaded {
    /// A worker that has just loaded its model. `now` is milliseconds since 1970-01-01 UTC.
    pub(super) fn new(spec: Arc<LoadSpec>, worker: Worker, tick: u64, now: i64) -> Self {
        Self {
            serial: tick,
            spec,
            told_memory: AtomicU64::new(worker.memory_bytes()),
            worker,
            leases: AtomicUsize::new(0),
            keep: Mutex::default(),
            used: AtomicU64::new(tick),
            idle_since: AtomicI64::new(now),
        }
    }

    /// Notes that it was leased.
    pub(super) fn leased(&self, tick: u64) {
        self.used.store(tick, Ordering::Release);
    }

    /// The tick of its load or last lease.
    pub(super) fn used(&self) -> u64 {
        self.used.load(Ordering::Acquire)
    }

    pub(super) fn set_keep(&self, keep: Keep) {
        *self.keep.lock().unwrap_or_else(PoisonError::into_inner) = keep;
    }

    /// After how long without a lease it goes; `None` for never.
    fn stays(&self, idle_unload: Option<Duration>) -> Option<Duration> {
        match *self.keep.lock().unwrap_or_else(PoisonError::into_inner) {
            Keep::AsSet => idle_unload,
            Keep::For(time) => Some(time),
            Keep::Loaded => None,
        }
    }

    pub(super) fn leases(&self) -> usize {
        self.leases.load(Ordering::Acquire)
    }

    pub(super) fn idle_since(&self) -> i64 {
        self.idle_since.load(Ordering::Acquire)
    }
}

impl Slot {
    /// Loaded, and nobody holds or waits for a lease.
    pub(super) fn idle(&self) -> Option<&Arc<Loaded>> {
        match &self.phase {
            Phase::Ready(loaded) if loaded.leases() == 0 && self.waiting == 0 => Some(loaded),
            _ => None,
        }
    }

    pub(super) fn loading(&self) -> Option<Arc<Loading>> {
        match &self.phase {
            Phase::Loading(loading) => Some(Arc::clone(loading)),
            _ => None,
        }
    }

    /// When it will be unloaded if nobody asks it anything, milliseconds since 1970-01-01 UTC.
    pub(super) fn unload_at(&self, idle_unload: Option<Duration>) -> Option<i64> {
        let (since, stays) = match &self.phase {
            Phase::Ready(_) => self.idle().map(|loaded| (loaded.idle_since(), loaded.stays(idle_unload)))?,
            Phase::Resting { since, .. } if self.waiting == 0 => (*since, idle_unload),
            _ => return None,
        };
        Some(since.saturating_add(i64::try_from(stays?.as_millis()).unwrap_or(i64::MAX)))
    }

    pub(super) fn state(&self, idle_unload: Option<Duration>) -> ModelState {
        match &self.phase {
            Phase::Unloaded => ModelState::Unloaded,
            Phase::Loading(loading) => ModelState::Loading { fraction: loading.fraction() },
            Phase::Ready(loaded) => ModelState::Ready {
                context_length: loaded.worker.ready().context_length,
                memory_bytes: loaded.worker.memory_bytes(),
                unload_at: self.unload_at(idle_unload),
            },
            Phase::Resting { context_length, .. } => ModelState::Ready {
                context_length: *context_length,
                memory_bytes: 0,
                unload_at: self.unload_at(idle_unload),
            },
            Phase::Failed(error) => ModelState::Failed { error: error.clone() },
        }
    }
}

/// Says that a caller waits for a model, as long as it lives.
pub(super) struct Waiting<'a> {
    inner: &'a Inner,
    model: ModelId,
}

impl<'a> Waiting<'a> {
    pub(super) fn new(inner: &'a Inner, spec: &LoadSpec) -> Self {
        inner.book().slot(spec).waiting += 1;
        Self { inner, model: spec.model.clone() }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(slot) = self.inner.book().slots.get_mut(&self.model) {
            slot.waiting -= 1;
        }
    }
}
