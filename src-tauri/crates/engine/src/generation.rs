//! A running generation as its consumer holds it: a stream of events that can be cancelled, and that is cancelled
//! when it is dropped.

use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};

use futures::Stream;

use crate::events::EventQueue;
pub use crate::events::GenerationEvent;
use crate::link::Link;
use crate::pool::Lease;
use crate::protocol::RequestId;

/// A running generation: a stream that ends after [`GenerationEvent::Done`] or [`GenerationEvent::Failed`].
/// Dropping it cancels the generation.
#[derive(Debug)]
#[must_use = "dropping a generation cancels it"]
pub struct Generation {
    queue: Arc<EventQueue>,
    canceller: Canceller,
    /// Keeps the model from being unloaded as idle while the answer is written.
    lease: Option<Lease>,
}

/// Cancels a generation from elsewhere than where its events are read.
#[derive(Clone, Debug)]
pub struct Canceller {
    id: RequestId,
    worker: Weak<Link>,
}

impl Canceller {
    /// Asks the worker to end the generation. The stream ends with `Done` and
    /// [`FinishReason::Cancelled`](inglenook_contract::FinishReason::Cancelled) soon after, whatever the worker
    /// does (see [`Patience`](crate::Patience)). Later calls do nothing, and so does a call after the end.
    pub fn cancel(&self) {
        if let Some(worker) = self.worker.upgrade() {
            worker.cancel(self.id);
        }
    }
}

impl Generation {
    pub(crate) fn new(id: RequestId, queue: Arc<EventQueue>, worker: Weak<Link>) -> Self {
        Self { queue, canceller: Canceller { id, worker }, lease: None }
    }

    pub(crate) fn holding(mut self, lease: Lease) -> Self {
        self.lease = Some(lease);
        self
    }

    /// The next event; `None` after the last.
    pub async fn next(&mut self) -> Option<GenerationEvent> {
        std::future::poll_fn(|cx| self.queue.poll_next(cx)).await
    }

    /// Asks the worker to end it, see [`Canceller::cancel`].
    pub fn cancel(&self) {
        self.canceller.cancel();
    }

    /// Something that can cancel it from elsewhere.
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        self.canceller.clone()
    }
}

impl Stream for Generation {
    type Item = GenerationEvent;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.queue.poll_next(cx)
    }
}

impl Drop for Generation {
    fn drop(&mut self) {
        self.queue.abandon();
        self.canceller.cancel();
    }
}
