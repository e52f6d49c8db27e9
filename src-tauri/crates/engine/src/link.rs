//! What is open between this side and one worker: requests by their id, what the worker has said of itself, and
//! whether it is to end.
//!
//! Everything here is quick and never waits, so that the reader of the worker's reports is never held up and a
//! consumer may cancel from any thread.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use inglenook_contract::EngineSpeed;
use tokio::runtime::Handle;
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use crate::EngineError;
use crate::death::{Death, Ended};
use crate::events::{EventQueue, GenerationEvent, Overflow};
use crate::protocol::{Failure, Hello, Ready, Report, Request, RequestId};
use crate::requests::{Entry, Open};
use crate::worker::Patience;

/// What a worker has said of itself so far. Nothing in it is ever taken back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Status {
    pub(crate) hello: Option<Hello>,
    pub(crate) fraction: Option<f64>,
    pub(crate) loaded: Option<Result<Ready, Failure>>,
    pub(crate) measured: Option<EngineSpeed>,
    pub(crate) death: Option<Death>,
}

/// The shared state of one worker.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) pid: u32,
    pub(crate) patience: Patience,
    pub(crate) status: watch::Sender<Status>,
    /// Fires when the worker is to be given a moment to end by itself.
    pub(crate) end_gently: CancellationToken,
    /// Fires when it is to be killed.
    pub(crate) end_now: CancellationToken,
    /// Resident bytes when last looked at; 0 before the first look.
    pub(crate) resident: AtomicU64,
    /// Cancelling may come from a thread that is none of the runtime's.
    runtime: Handle,
    input: Mutex<Option<mpsc::UnboundedSender<String>>>,
    next_id: AtomicU64,
    open: Mutex<Open>,
    /// A request was closed, or the worker is to end.
    changed: Notify,
}

impl Link {
    pub(crate) fn new(pid: u32, patience: Patience, input: mpsc::UnboundedSender<String>) -> Self {
        Self {
            pid,
            patience,
            status: watch::Sender::new(Status::default()),
            end_gently: CancellationToken::new(),
            end_now: CancellationToken::new(),
            resident: AtomicU64::new(0),
            runtime: Handle::current(),
            input: Mutex::new(Some(input)),
            next_id: AtomicU64::new(1),
            open: Mutex::default(),
            changed: Notify::new(),
        }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().expect("no code panics while it holds this lock")
    }

    pub(crate) fn next_id(&self) -> RequestId {
        self.next_id.fetch_add(1, Ordering::Relaxed)
    }

    /// Sends a request. One that no longer reaches the worker is answered by the worker's end.
    pub(crate) fn send(&self, request: &Request) {
        match serde_json::to_string(request) {
            Ok(mut line) => {
                line.push('\n');
                let input = self.input.lock().expect("no code panics while it holds this lock");
                if let Some(input) = input.as_ref() {
                    // Fails only once the writer is gone, which is after the worker's end.
                    let _ = input.send(line);
                }
            }
            Err(error) => warn!(pid = self.pid, %error, "a request could not be written as JSON"),
        }
    }

    /// Closes the worker's input, which asks it to end.
    pub(crate) fn close_input(&self) {
        self.input.lock().expect("no code panics while it holds this lock").take();
    }

    /// Opens a generation; its queue is closed at once if the worker takes no more requests.
    pub(crate) fn open_generation(&self, id: RequestId) -> (Arc<EventQueue>, bool) {
        let queue = Arc::new(EventQueue::new());
        let mut open = self.open();
        match open.closed.clone() {
            Some(failure) => {
                queue.close(GenerationEvent::Failed(failure));
                (queue, false)
            }
            None => {
                open.requests.insert(id, Entry::Generation { queue: Arc::clone(&queue), cancelling: false });
                (queue, true)
            }
        }
    }

    /// Opens a request with one answer.
    pub(crate) fn open_call(&self, id: RequestId) -> Result<oneshot::Receiver<Result<Report, Failure>>, EngineError> {
        let (answer, receiver) = oneshot::channel();
        let mut open = self.open();
        match open.closed.clone() {
            Some(failure) => Err(EngineError::Reported(failure)),
            None => {
                open.requests.insert(id, Entry::Call(answer));
                Ok(receiver)
            }
        }
    }

    /// Nobody waits for this request any more.
    pub(crate) fn forget(&self, id: RequestId) {
        self.open().requests.remove(&id);
        self.request_closed();
    }

    /// Asks the worker to end a generation, and sees to it that its consumer does not wait longer than
    /// [`Patience::cancel`], nor the worker hold up others longer than [`Patience::stuck`].
    pub(crate) fn cancel(self: &Arc<Self>, id: RequestId) {
        match self.open().requests.get_mut(&id) {
            Some(Entry::Generation { cancelling, .. }) if !*cancelling => *cancelling = true,
            _ => return,
        }
        self.send(&Request::Cancel { id });
        let link = Arc::clone(self);
        self.runtime.spawn(async move {
            tokio::time::sleep(link.patience.cancel).await;
            if link.give_up_waiting(id) {
                tokio::time::sleep(link.patience.stuck).await;
                link.end_if_stuck();
            }
        });
    }

    /// Tells the consumer of a cancelled generation that it is over, although the worker has not said so.
    fn give_up_waiting(&self, id: RequestId) -> bool {
        let queue = match self.open().requests.get_mut(&id) {
            Some(entry @ Entry::Generation { .. }) => {
                match std::mem::replace(entry, Entry::Overdue { since: Instant::now() }) {
                    Entry::Generation { queue, .. } => queue,
                    _ => return false,
                }
            }
            _ => return false,
        };
        debug!(pid = self.pid, id, "the worker did not close a cancelled generation in time");
        queue.close_cancelled(id);
        self.changed.notify_waiters();
        true
    }

    /// Ends the worker if it still has not closed a cancelled request and nobody else waits for it. While others
    /// wait, it is left alone: they would pay for what another one stopped.
    fn end_if_stuck(&self) {
        let stuck = {
            let open = self.open();
            let overdue = open.overdue_since().is_some_and(|since| since.elapsed() >= self.patience.stuck);
            overdue && open.live() == 0
        };
        if stuck {
            info!(pid = self.pid, "the worker does not stop what was cancelled and is ended");
            self.end(Ended::Stuck);
        }
    }

    fn request_closed(&self) {
        self.changed.notify_waiters();
        self.end_if_stuck();
    }

    /// Waits until a new request would not have to wait behind a cancelled one. `false` if the worker takes no
    /// more requests.
    pub(crate) async fn settled(&self) -> bool {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            {
                let open = self.open();
                if open.closed.is_some() {
                    return false;
                }
                if !open.stopping() || open.wanted() > 0 {
                    return true;
                }
            }
            changed.await;
        }
    }

    /// Has the worker ended, for the first reason given; what is open fails at once.
    pub(crate) fn end(&self, reason: Ended) {
        let loading = self.status.borrow().loaded.is_none();
        let first = {
            let mut open = self.open();
            let first = open.ended.is_none();
            open.ended.get_or_insert(reason);
            first
        };
        if first {
            let death = Death { ended: Some(reason), ..Death::from_status(None, String::new()) };
            self.close_all(EngineError::Died(death).into());
        }
        // While it loads it may not read its input, and there is nothing in it to be put away.
        let patient = matches!(reason, Ended::Unloaded | Ended::Closing) && !loading;
        if patient { self.end_gently.cancel() } else { self.end_now.cancel() }
    }

    /// Whether requests are taken.
    pub(crate) fn is_open(&self) -> bool {
        self.open().closed.is_none()
    }

    /// This side's reason for the end, if it was this side's doing.
    pub(crate) fn ended(&self) -> Option<Ended> {
        self.open().ended
    }

    /// How many requests somebody waits for.
    pub(crate) fn live(&self) -> usize {
        self.open().live()
    }

    /// The end of the process, whatever brings it about. The future does not hold the link.
    pub(crate) fn gone(&self) -> impl Future<Output = Option<Death>> + Send + use<> {
        let mut status = self.status.subscribe();
        async move { status.wait_for(|status| status.death.is_some()).await.ok().and_then(|status| status.death.clone()) }
    }

    /// The process is gone and everything it said was read.
    pub(crate) fn died(&self, death: Death) {
        self.close_input();
        self.close_all(EngineError::Died(death.clone()).into());
        self.status.send_modify(|status| status.death = Some(death));
        self.changed.notify_waiters();
    }

    fn close_all(&self, failure: Failure) {
        let requests = {
            let mut open = self.open();
            open.closed.get_or_insert_with(|| failure.clone());
            std::mem::take(&mut open.requests)
        };
        for (id, entry) in requests {
            match entry {
                Entry::Generation { queue, cancelling: false } => queue.close(GenerationEvent::Failed(failure.clone())),
                Entry::Generation { queue, cancelling: true } => queue.close_cancelled(id),
                // A caller that no longer listens has nothing to be told.
                Entry::Call(answer) => drop(answer.send(Err(failure.clone()))),
                Entry::Overdue { .. } => {}
            }
        }
        self.changed.notify_waiters();
    }

    /// Takes in one report.
    pub(crate) fn report(&self, report: Report) {
        match report {
            Report::Hello(hello) => self.status.send_modify(|status| {
                status.hello.get_or_insert(hello);
            }),
            Report::Loading { fraction, stage } => {
                debug!(pid = self.pid, ?fraction, stage, "loading");
                let fraction =
                    fraction.filter(|fraction| fraction.is_finite()).map(|fraction| fraction.clamp(0.0, 1.0));
                self.status.send_modify(|status| status.fraction = fraction);
            }
            Report::Ready(ready) => self.status.send_modify(|status| {
                status.loaded.get_or_insert(Ok(*ready));
            }),
            Report::Measured(speed) => self.status.send_modify(|status| status.measured = Some(speed)),
            Report::LoadFailed(failure) => self.status.send_modify(|status| {
                status.loaded.get_or_insert(Err(failure));
            }),
            Report::Prefill { id, done, total, cached } => {
                if let Some(queue) = self.queue(id) {
                    queue.prefill(done, total, cached);
                }
            }
            Report::Delta(delta) => {
                if let Some(queue) = self.queue(delta.id)
                    && let Err(Overflow) = queue.delta(*delta)
                {
                    warn!(pid = self.pid, "the worker sends faster than anybody could read");
                    self.end(Ended::Flooded);
                }
            }
            Report::Done(done) => self.close(done.id, Ok(Report::Done(done))),
            Report::Failed { id: Some(id), failure } => self.close(id, Err(failure)),
            Report::Failed { id: None, failure } => {
                // Its words may quote the line, which holds a conversation.
                warn!(pid = self.pid, code = ?failure.code, "the worker did not understand a line");
            }
            Report::Embedded { id, .. } | Report::Counted { id, .. } | Report::Detokenized { id, .. } => {
                self.close(id, Ok(report));
            }
        }
    }

    fn queue(&self, id: RequestId) -> Option<Arc<EventQueue>> {
        match self.open().requests.get(&id) {
            Some(Entry::Generation { queue, .. }) => Some(Arc::clone(queue)),
            _ => None,
        }
    }

    fn close(&self, id: RequestId, outcome: Result<Report, Failure>) {
        let entry = self.open().requests.remove(&id);
        match (entry, outcome) {
            (Some(Entry::Generation { queue, .. }), Ok(Report::Done(done))) => {
                queue.close(GenerationEvent::Done(*done))
            }
            (Some(Entry::Generation { queue, .. }), Err(failure)) => queue.close(GenerationEvent::Failed(failure)),
            (Some(Entry::Generation { queue, .. }), Ok(_)) => {
                queue.close(GenerationEvent::Failed(EngineError::Mismatched.into()));
            }
            // A caller that no longer listens has nothing to be told.
            (Some(Entry::Call(answer)), outcome) => drop(answer.send(outcome)),
            (Some(Entry::Overdue { .. }), _) => debug!(pid = self.pid, id, "a cancelled generation was closed late"),
            (None, _) => debug!(pid = self.pid, id, "a report for a request that is not open"),
        }
        self.request_closed();
    }
}
