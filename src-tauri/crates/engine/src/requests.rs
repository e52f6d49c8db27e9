//! The requests that are open with one worker, and which of them hold up whom.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::oneshot;

use crate::death::Ended;
use crate::events::EventQueue;
use crate::protocol::{Failure, Report, RequestId};

/// What is open, and whether more is taken.
#[derive(Debug, Default)]
pub(crate) struct Open {
    pub(crate) requests: HashMap<RequestId, Entry>,
    pub(crate) ended: Option<Ended>,
    /// Why no request can be taken any more.
    pub(crate) closed: Option<Failure>,
}

/// One open request.
#[derive(Debug)]
pub(crate) enum Entry {
    Generation {
        queue: Arc<EventQueue>,
        cancelling: bool,
    },
    Call(oneshot::Sender<Result<Report, Failure>>),
    /// Its consumer was told that it is cancelled, but the worker has not closed it yet.
    Overdue {
        since: Instant,
    },
}

impl Open {
    /// Requests that somebody waits for.
    pub(crate) fn live(&self) -> usize {
        self.requests.values().filter(|entry| !matches!(entry, Entry::Overdue { .. })).count()
    }

    /// Requests that somebody waits for and has not cancelled.
    pub(crate) fn wanted(&self) -> usize {
        let wanted = |entry: &&Entry| matches!(entry, Entry::Generation { cancelling: false, .. } | Entry::Call(_));
        self.requests.values().filter(wanted).count()
    }

    /// Something was cancelled that the worker has not closed yet.
    pub(crate) fn stopping(&self) -> bool {
        self.wanted() < self.requests.len()
    }

    /// When the first request that the worker should have closed became overdue.
    pub(crate) fn overdue_since(&self) -> Option<Instant> {
        let since = |entry: &Entry| match entry {
            Entry::Overdue { since } => Some(*since),
            _ => None,
        };
        self.requests.values().filter_map(since).min()
    }
}
