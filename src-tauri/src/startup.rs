//! The host on its way: begun before the page asks, waited for by every call, and begun anew by the first call after
//! a failure was told, so that a person may connect a disk or close another Inglenook and try again.

use std::sync::{Mutex, PoisonError};

use futures::future::{BoxFuture, FutureExt as _, Shared};
use inglenook_contract::ErrorInfo;

/// One start, running or over.
type Attempt<T> = Shared<BoxFuture<'static, Result<T, ErrorInfo>>>;

/// What is being started, or was.
pub(crate) struct Startup<T> {
    begin: Box<dyn Fn() -> Attempt<T> + Send + Sync>,
    attempt: Mutex<Option<Attempt<T>>>,
}

impl<T: Clone> Startup<T> {
    /// Begins. What `begin` returns has to run by itself: nobody may be waiting yet.
    pub(crate) fn new(begin: impl Fn() -> BoxFuture<'static, Result<T, ErrorInfo>> + Send + Sync + 'static) -> Self {
        let begin = Box::new(move || begin().shared());
        let attempt = Mutex::new(Some(begin()));
        Self { begin, attempt }
    }

    /// What was started, as soon as it is.
    pub(crate) async fn ready(&self) -> Result<T, ErrorInfo> {
        let attempt = self.running();
        let outcome = attempt.clone().await;
        if outcome.is_err() {
            self.forget(&attempt);
        }
        outcome
    }

    /// What was started, for whoever ends it: begins nothing.
    pub(crate) async fn begun(&self) -> Option<T> {
        let attempt = self.attempt.lock().unwrap_or_else(PoisonError::into_inner).clone();
        attempt?.await.ok()
    }

    fn running(&self) -> Attempt<T> {
        let mut attempt = self.attempt.lock().unwrap_or_else(PoisonError::into_inner);
        attempt.get_or_insert_with(&self.begin).clone()
    }

    /// Lets go of an attempt that failed, unless somebody has begun another since.
    fn forget(&self, failed: &Attempt<T>) {
        self.attempt.lock().unwrap_or_else(PoisonError::into_inner).take_if(|attempt| attempt.ptr_eq(failed));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use futures::channel::oneshot;
    use futures::executor::block_on;
    use futures::future::{join, ready};
    use inglenook_contract::ErrorCode;

    use super::*;

    fn unplugged() -> ErrorInfo {
        ErrorInfo::new(ErrorCode::NotFound, "The disk is not connected.")
    }

    #[test]
    fn a_start_that_failed_is_begun_anew_by_the_next_call_and_one_that_worked_is_not() {
        let tries = AtomicU32::new(0);
        let startup = Startup::new(move || match tries.fetch_add(1, Ordering::Relaxed) {
            0 => ready(Err(unplugged())).boxed(),
            again => ready(Ok(again)).boxed(),
        });
        assert_eq!(block_on(startup.ready()), Err(unplugged()), "the first failure is told, not swallowed");
        assert_eq!(block_on(startup.begun()), None, "closing the window starts nothing");
        assert_eq!(block_on(startup.ready()), Ok(1), "the disk is connected now");
        assert_eq!(block_on(startup.ready()), Ok(1), "it is started once");
        assert_eq!(block_on(startup.begun()), Some(1));
    }

    #[test]
    fn calls_that_wait_together_are_told_of_one_failure() {
        let tries = Arc::new(AtomicU32::new(0));
        let (fail, failed) = oneshot::channel::<()>();
        let failed = failed.shared();
        let counted = Arc::clone(&tries);
        let startup = Startup::new(move || {
            counted.fetch_add(1, Ordering::Relaxed);
            failed.clone().map(|_| Err::<(), _>(unplugged())).boxed()
        });
        let mut both = join(startup.ready(), startup.ready()).boxed();
        assert!((&mut both).now_or_never().is_none(), "both wait");
        let _ = fail.send(());
        assert_eq!(block_on(both), (Err(unplugged()), Err(unplugged())));
        assert_eq!(tries.load(Ordering::Relaxed), 1);
    }
}
