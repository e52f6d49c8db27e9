//! How many answers are written at once, and how many requests may wait for their turn.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::ApiError;

/// Seconds after which a request that found the queue full is asked to come again.
const COME_AGAIN: u64 = 5;

/// Lets so many through and has so many wait; who comes beyond that is sent away.
pub(crate) struct Gate {
    turns: Arc<Semaphore>,
    /// Turns that there are, taken ones included, and how many may wait.
    limits: Mutex<(usize, usize)>,
    waiting: AtomicUsize,
}

/// The right to have answers written; gives it back when dropped.
#[derive(Debug)]
pub(crate) struct Turn(#[expect(dead_code, reason = "held for its drop")] OwnedSemaphorePermit);

/// One that waits, as long as it lives.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Gate {
    pub(crate) fn new(parallel: u32, queue: u32) -> Self {
        let turns = Arc::new(Semaphore::new(parallel as usize));
        Self { turns, limits: Mutex::new((parallel as usize, queue as usize)), waiting: AtomicUsize::new(0) }
    }

    /// Changes the limits. Those who write already go on; fewer turns take effect as they end.
    pub(crate) fn set(&self, parallel: u32, queue: u32) {
        let mut limits = self.limits.lock().unwrap_or_else(PoisonError::into_inner);
        let parallel = parallel as usize;
        if parallel > limits.0 {
            self.turns.add_permits(parallel - limits.0);
        } else if parallel < limits.0 {
            let (turns, fewer) = (Arc::clone(&self.turns), limits.0 - parallel);
            tokio::spawn(async move {
                if let Ok(permits) = turns.acquire_many_owned(u32::try_from(fewer).unwrap_or(u32::MAX)).await {
                    permits.forget();
                }
            });
        }
        *limits = (parallel, queue as usize);
    }

    /// Waits for a turn, in the order of arrival.
    ///
    /// # Errors
    /// 503 with `Retry-After` where as many wait as may.
    pub(crate) async fn turn(&self) -> Result<Turn, ApiError> {
        if let Ok(permit) = Arc::clone(&self.turns).try_acquire_owned() {
            return Ok(Turn(permit));
        }
        let queue = self.limits.lock().unwrap_or_else(PoisonError::into_inner).1;
        let waiting = Waiting(&self.waiting);
        if waiting.0.fetch_add(1, Ordering::AcqRel) >= queue {
            let words = format!("The server is busy: {queue} requests are waiting already. Try again in a moment.");
            return Err(ApiError::overloaded(words).code("queue_full").retry_after(COME_AGAIN));
        }
        match Arc::clone(&self.turns).acquire_owned().await {
            Ok(permit) => Ok(Turn(permit)),
            Err(_) => Err(ApiError::overloaded("The server is being switched off.")),
        }
    }

    /// Answers that are being written, and requests that wait.
    pub(crate) fn load(&self) -> (usize, usize) {
        let all = self.limits.lock().unwrap_or_else(PoisonError::into_inner).0;
        (all.saturating_sub(self.turns.available_permits()), self.waiting.load(Ordering::Acquire))
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn so_many_pass_so_many_wait_and_the_others_are_sent_away() {
        let gate = Gate::new(1, 1);
        let first = gate.turn().await.expect("it is free");
        let mut second = Box::pin(gate.turn());
        assert!(second.as_mut().now_or_never().is_none(), "it waits");
        let refused = gate.turn().await.expect_err("as many wait as may");
        assert_eq!((refused.status.as_u16(), refused.retry_after), (503, Some(COME_AGAIN)));
        assert_eq!(gate.load(), (1, 1));
        drop(first);
        let second = second.await.expect("its turn came");
        assert_eq!(gate.load(), (1, 0));
        drop(second);
        assert_eq!(gate.load(), (0, 0));
    }

    #[tokio::test]
    async fn who_gives_up_waiting_makes_room() {
        let gate = Gate::new(1, 1);
        let _first = gate.turn().await.expect("it is free");
        let mut second = Box::pin(gate.turn());
        assert!(second.as_mut().now_or_never().is_none(), "it waits");
        drop(second);
        assert!(Box::pin(gate.turn()).now_or_never().is_none(), "the next one waits in its place");
    }

    #[tokio::test]
    async fn other_limits_hold_for_those_who_come_next() {
        let gate = Gate::new(1, 0);
        let first = gate.turn().await.expect("it is free");
        assert!(gate.turn().await.is_err(), "nobody may wait");
        gate.set(2, 0);
        let second = gate.turn().await.expect("there are two turns now");
        gate.set(1, 0);
        drop((first, second));
        tokio::task::yield_now().await;
        let _one = gate.turn().await.expect("one turn is left");
        assert!(gate.turn().await.is_err(), "and only one");
    }
}
