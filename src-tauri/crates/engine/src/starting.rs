//! A worker on its way: from its program to its loaded model, or to its end.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::{mpsc, watch};

use crate::death::{Death, Ended};
use crate::launcher::Program;
use crate::link::{Link, Status};
use crate::process::{LogTail, spawn, write_lines};
use crate::protocol::{Load, PROTOCOL_VERSION, Request};
use crate::watch::{read_reports, watch_process};
use crate::{EngineError, Patience, Worker};

/// A process without a model yet. Dropping it ends the process; [`gone`](Self::gone) tells when its memory is back.
#[derive(Debug)]
pub(crate) struct Starting {
    started: Started,
    log: LogTail,
}

/// Ends the process when dropped: also when a start is given up half-way.
#[derive(Debug)]
pub(crate) struct Started(pub(crate) Arc<Link>);

impl Drop for Started {
    fn drop(&mut self) {
        self.0.end(Ended::Unloaded);
        self.0.end_now.cancel();
    }
}

impl Starting {
    /// Starts a program with its tasks.
    pub(crate) fn spawn(program: &Program, patience: Patience) -> Result<Self, EngineError> {
        let not_started = |reason: String| EngineError::NotStarted { path: program.path.clone(), reason };
        let pipes = spawn(program).map_err(|error| not_started(error.to_string()))?;
        let pid = pipes.child.id().ok_or_else(|| not_started("it was gone at once".to_owned()))?;
        tracing::debug!(pid, program = %program.path.display(), "a worker was started");
        let (input, lines) = mpsc::unbounded_channel();
        let link = Arc::new(Link::new(pid, patience, input));
        let log = LogTail::default();
        tokio::spawn(write_lines(pipes.input, lines));
        let follower = tokio::spawn(log.clone().follow(pipes.log, pid));
        let reader = tokio::spawn(read_reports(pipes.output, Arc::clone(&link)));
        tokio::spawn(watch_process(pipes.child, Arc::clone(&link), reader, follower, log.clone()));
        Ok(Self { started: Started(link), log })
    }

    /// Tells the kernels that it said it took; none before its greeting. It does not keep the process alive.
    pub(crate) fn kernels(&self) -> impl Fn() -> Option<String> + Send + use<> {
        let link = Arc::clone(&self.started.0);
        move || link.status.borrow().hello.as_ref()?.kernels.clone()
    }

    /// The end of the process, whatever brings it about. The future does not keep the process alive.
    pub(crate) fn gone(&self) -> impl Future<Output = Option<Death>> + Send + use<> {
        self.started.0.gone()
    }

    /// Has it load a model. `on_loading` is told of every progress, 0 to 1. Giving this future up ends the process.
    pub(crate) async fn load(
        self,
        load: Load,
        mut on_loading: impl FnMut(Option<f64>) + Send,
    ) -> Result<Worker, EngineError> {
        self.greeted().await?;
        let link = &self.started.0;
        let mut status = link.status.subscribe();
        link.send(&Request::Load(Box::new(load)));
        let ready = loop {
            let Status { fraction, loaded, death, .. } = status.borrow_and_update().clone();
            match (loaded, death) {
                (Some(Err(failure)), _) => return Err(EngineError::Reported(failure)),
                (_, Some(death)) => return Err(EngineError::Died(death)),
                (Some(Ok(ready)), None) => break ready,
                (None, None) => on_loading(fraction),
            }
            self.news(&mut status).await?;
        };
        Ok(Worker::new(self.started, ready))
    }

    /// Waits for news of the load, as long as it gets anywhere: a load that hangs would hold up every other model.
    async fn news(&self, status: &mut watch::Receiver<Status>) -> Result<(), EngineError> {
        let Link { patience, resident, .. } = &*self.started.0;
        loop {
            let before = resident.load(Ordering::Relaxed);
            match tokio::time::timeout(patience.standstill, status.changed()).await {
                Ok(news) => {
                    news.expect("the link holds the sender as long as it is held here");
                    return Ok(());
                }
                // An engine that says nothing may still be reading.
                Err(_) if resident.load(Ordering::Relaxed) > before => {}
                Err(_) => {
                    let seconds = patience.standstill.as_secs();
                    return Err(EngineError::Standstill { seconds, log: self.log.text() });
                }
            }
        }
    }

    /// Waits for it to say who it is.
    async fn greeted(&self) -> Result<(), EngineError> {
        let link = &self.started.0;
        let mut status = link.status.subscribe();
        let answered =
            status.wait_for(|status| status.hello.is_some() || status.loaded.is_some() || status.death.is_some());
        let seconds = link.patience.hello.as_secs();
        let answered = match tokio::time::timeout(link.patience.hello, answered).await {
            Ok(status) => status.expect("the link holds the sender as long as it is held here").clone(),
            Err(_) => return Err(EngineError::Silent { seconds, log: self.log.text() }),
        };
        match answered {
            // A worker may refuse before it says who it is: this processor cannot run it, for example.
            Status { loaded: Some(Err(failure)), .. } => Err(EngineError::Reported(failure)),
            Status { hello: Some(hello), .. } if hello.protocol == PROTOCOL_VERSION => Ok(()),
            Status { hello: Some(hello), .. } => Err(EngineError::WrongProtocol {
                theirs: hello.protocol,
                engine: format!("{} {}", hello.engine, hello.version),
            }),
            Status { death: Some(death), .. } => Err(EngineError::Died(death)),
            Status { .. } => Err(EngineError::Mismatched),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn a_load_that_says_nothing_goes_on_as_long_as_its_memory_grows() {
        let patience = Patience { standstill: Duration::from_millis(20), ..Patience::default() };
        let link = Arc::new(Link::new(0, patience, mpsc::unbounded_channel().0));
        let starting = Starting { started: Started(Arc::clone(&link)), log: LogTail::default() };
        let mut status = link.status.subscribe();
        // Tasks of one thread wake in the order of their times, so the growth always comes before the look at it.
        let waiting = tokio::spawn(async move { (starting.news(&mut status).await, starting.news(&mut status).await) });
        let growing = tokio::spawn(async move {
            for _ in 0..100 {
                tokio::time::sleep(Duration::from_millis(1)).await;
                link.resident.fetch_add(4096, Ordering::Relaxed);
            }
            link.status.send_modify(|status| status.fraction = Some(0.5));
        });
        growing.await.unwrap();
        let (while_it_grew, then) = waiting.await.unwrap();
        assert_eq!(while_it_grew, Ok(()), "the report at the end of it was waited for");
        assert!(matches!(then, Err(EngineError::Standstill { .. })), "nothing grew any more: {then:?}");
    }
}
