//! The machine: what it is, and how much of it is in use.

use std::time::Duration;

use futures::stream::{self, Stream, StreamExt as _};
use inglenook_contract::{Hardware, HardwareUse, ModelState};
use inglenook_engine::Pool;
use inglenook_hardware::Watch;

use crate::{App, engines};

/// How long after the beginning the first look is told: the processor's share is of the time since then.
const FIRST: Duration = Duration::from_millis(250);
/// How long after one look the next one comes.
const EVERY: Duration = Duration::from_secs(1);

/// What the machine is, now.
pub async fn get(app: &App) -> Hardware {
    let root = app.home().root().to_path_buf();
    let probed = tokio::task::spawn_blocking(move || inglenook_hardware::probe(&root)).await;
    let mut hardware = probed.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
    hardware.kernels = engines::kernels_shown(&app.pool().kernels());
    hardware
}

/// The addresses and names under which other machines of the network reach this one.
pub async fn addresses() -> Vec<String> {
    tokio::task::spawn_blocking(inglenook_hardware::addresses).await.unwrap_or_default()
}

/// How much of the machine is in use, about once a second. Nothing is looked at before the stream is polled, nor after
/// it is dropped.
pub fn watch(app: &App) -> impl Stream<Item = HardwareUse> + Send + 'static + use<> {
    let (root, pool) = (app.home().root().to_path_buf(), app.pool().clone());
    looks(move || Watch::begin(&root), Watch::look, FIRST, EVERY)
        .map(move |look| HardwareUse { models_bytes: models_bytes(&pool), ..look })
}

/// Bytes that the models in memory take.
fn models_bytes(pool: &Pool) -> u64 {
    let bytes = |state| if let ModelState::Ready { memory_bytes, .. } = state { memory_bytes } else { 0 };
    pool.states().into_iter().map(|(_, state)| bytes(state)).fold(0, u64::saturating_add)
}

/// One look after the other, each off the async threads: a driver or a disk may take its time to answer.
fn looks<W, T>(
    begin: impl FnOnce() -> W + Send + 'static,
    look: fn(&mut W) -> T,
    first: Duration,
    every: Duration,
) -> impl Stream<Item = T> + Send + 'static
where
    W: Send + 'static,
    T: Send + 'static,
{
    let begun = stream::once(async move { tokio::task::spawn_blocking(begin).await.ok() });
    begun.filter_map(std::future::ready).flat_map(move |watch| {
        stream::unfold((watch, first), move |(mut watch, wait)| async move {
            tokio::time::sleep(wait).await;
            let looked = tokio::task::spawn_blocking(move || (look(&mut watch), watch)).await;
            looked.ok().map(|(seen, watch)| (seen, (watch, every)))
        })
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    const SOON: Duration = Duration::from_millis(1);

    fn count(looks: &mut Arc<AtomicU32>) -> u32 {
        looks.fetch_add(1, Ordering::SeqCst)
    }

    #[tokio::test]
    async fn the_machine_is_looked_at_only_while_somebody_listens() {
        let counted = Arc::new(AtomicU32::new(0));
        let begun = Arc::clone(&counted);
        let mut stream = Box::pin(looks(move || begun, count, SOON, SOON));
        assert_eq!(Arc::strong_count(&counted), 2, "handed over");
        for look in 0..3 {
            assert_eq!(stream.next().await, Some(look));
        }
        drop(stream);
        assert_eq!(Arc::strong_count(&counted), 1, "what it held open is let go");
        assert_eq!(counted.load(Ordering::SeqCst), 3, "and nothing was looked at ahead");
    }

    #[tokio::test]
    async fn a_look_that_fails_ends_the_stream() {
        let mut stream = Box::pin(looks(|| (), |_| panic!("the driver is gone"), SOON, SOON));
        assert_eq!(stream.next().await, None::<()>);
    }
}
