//! A lease: the right to ask a loaded model, which stays loaded meanwhile.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use inglenook_contract::ModelId;

use super::Keep;
use super::book::Inner;
use super::slot::Loaded;
use crate::death::Ended;
use crate::protocol::Generate;
use crate::{Generation, Worker};

/// Keeps a model loaded and lets its holder ask it. Cloning shares it; the model is idle once the last is dropped.
#[derive(Clone, Debug)]
#[must_use = "a model without a lease is idle"]
pub struct Lease {
    held: Arc<Held>,
}

#[derive(Debug)]
struct Held {
    inner: Arc<Inner>,
    loaded: Arc<Loaded>,
}

impl Lease {
    /// To be called under the book's lock.
    pub(super) fn new(inner: &Arc<Inner>, loaded: Arc<Loaded>) -> Self {
        loaded.leases.fetch_add(1, Ordering::AcqRel);
        Self { held: Arc::new(Held { inner: Arc::clone(inner), loaded }) }
    }

    /// The model.
    #[must_use]
    pub fn model(&self) -> &ModelId {
        &self.held.loaded.spec.model
    }

    /// How long the model stays loaded after its last lease; the latest word counts.
    pub fn keep(&self, keep: Keep) {
        self.held.loaded.set_keep(keep);
    }

    /// Begins an answer; see [`Worker::generate`]. The generation shares this lease.
    pub fn generate(&self, generate: Generate) -> Generation {
        self.held.loaded.worker.generate(generate).holding(self.clone())
    }
}

impl Deref for Lease {
    type Target = Worker;

    fn deref(&self) -> &Worker {
        &self.held.loaded.worker
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let retired = {
            let mut book = self.inner.book();
            if self.loaded.leases.fetch_sub(1, Ordering::AcqRel) == 1 {
                self.loaded.idle_since.store(self.inner.clock.now(), Ordering::Release);
            }
            let surplus = book.surplus(book.max_loaded);
            surplus.iter().for_each(|model| book.retire(model, Ended::Unloaded));
            surplus
        };
        self.inner.released.notify_waiters();
        self.inner.tell(&self.loaded.spec.model);
        retired.iter().for_each(|model| self.inner.tell(model));
    }
}
