//! What a pool does by itself while a model is loaded: unload what is idle for long enough, and tell of memory
//! and progress that changed.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use inglenook_contract::ModelId;

use super::book::{Book, Inner};
use super::slot::{Phase, Slot};
use crate::death::Ended;

/// How often.
const EVERY: Duration = Duration::from_secs(1);

/// Starts the sweeper unless it runs. It ends by itself when nothing is loaded, so an idle application sleeps.
pub(super) fn keep_sweeping(inner: &Arc<Inner>, book: &mut Book) {
    if std::mem::replace(&mut book.sweeping, true) {
        return;
    }
    let inner = Arc::downgrade(inner);
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(EVERY).await;
            let Some(inner) = inner.upgrade() else { return };
            sweep(&inner);
            inner.ended().await;
            let mut book = inner.book();
            let nothing = |slot: &Slot| matches!(slot.phase, Phase::Unloaded | Phase::Failed(_));
            if book.ending.is_empty() && book.slots.values().all(nothing) {
                book.sweeping = false;
                return;
            }
        }
    });
}

/// Unloads what is due and tells of what changed.
pub(super) fn sweep(inner: &Inner) {
    let changed: Vec<ModelId> = {
        let mut book = inner.book();
        let (now, idle_unload) = (inner.clock.now(), book.idle_unload);
        let due = |at: Option<i64>| at.is_some_and(|at| at <= now);
        let due: Vec<ModelId> = book
            .slots
            .iter()
            .filter(|(_, slot)| due(slot.unload_at(idle_unload)))
            .map(|(model, _)| model.clone())
            .collect();
        due.iter().for_each(|model| book.retire(model, Ended::Unloaded));
        let news = book.slots.iter().filter(|(_, slot)| has_news(&slot.phase)).map(|(model, _)| model.clone());
        due.iter().cloned().chain(news).collect()
    };
    changed.iter().for_each(|model| inner.tell(model));
}

/// Progress that was not told, or memory that changed by more than a tenth since it was told.
fn has_news(phase: &Phase) -> bool {
    match phase {
        Phase::Loading(loading) => loading.untold.swap(false, Ordering::Relaxed),
        Phase::Ready(loaded) => {
            let (now, told) = (loaded.worker.memory_bytes(), loaded.told_memory.load(Ordering::Relaxed));
            let news = now.abs_diff(told) > told / 10;
            if news {
                loaded.told_memory.store(now, Ordering::Relaxed);
            }
            news
        }
        _ => false,
    }
}
