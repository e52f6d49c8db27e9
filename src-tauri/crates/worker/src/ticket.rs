//! A request from its arrival to its one closing report.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use inglenook_contract::FinishReason;
use inglenook_engine::protocol::{Delta, Done, Report, RequestId, Timings, Usage};

use crate::error::WorkerError;
use crate::wire::Outbox;

/// A generation under way. Everything reported about it passes through here, so that exactly one report closes
/// it and none comes later, whichever thread is first.
pub struct Ticket {
    id: RequestId,
    outbox: Outbox,
    state: Mutex<State>,
}

struct State {
    closed: bool,
    begun: Instant,
    first_token: Option<Instant>,
    last_token: Option<Instant>,
    usage: Usage,
}

impl Ticket {
    /// A request that has just arrived.
    pub fn new(id: RequestId, outbox: Outbox) -> Self {
        let state = State {
            closed: false,
            begun: Instant::now(),
            first_token: None,
            last_token: None,
            usage: Usage::default(),
        };
        Self { id, outbox, state: Mutex::new(state) }
    }

    /// Which request it is.
    pub fn id(&self) -> RequestId {
        self.id
    }

    /// Whether its closing report was sent; then nobody waits for more.
    pub fn is_closed(&self) -> bool {
        self.state().closed
    }

    /// Reports how much of the prompt is read.
    pub fn prefill(&self, done: usize, total: usize, cached: usize) {
        let mut state = self.state();
        if state.closed {
            return;
        }
        let (done, total, cached) = (done as u32, total as u32, cached as u32);
        state.usage.prompt_tokens = total;
        state.usage.cached_tokens = cached;
        self.outbox.send(&Report::Prefill { id: self.id, done, total, cached });
    }

    /// Counts a token of the answer, at the time it was drawn.
    pub fn token(&self) {
        let mut state = self.state();
        let now = Instant::now();
        state.first_token.get_or_insert(now);
        state.last_token = Some(now);
        state.usage.completion_tokens += 1;
    }

    /// Reports more of the answer.
    pub fn delta(&self, delta: Delta) {
        let state = self.state();
        if !state.closed {
            self.outbox.send(&Report::Delta(Box::new(Delta { id: self.id, ..delta })));
        }
    }

    /// Closes it as done; `stop_text` is the one of the request's that ended it.
    pub fn done(&self, finish_reason: FinishReason, stop_text: Option<String>) {
        let mut state = self.state();
        if std::mem::replace(&mut state.closed, true) {
            return;
        }
        let ms = |from: Instant, to: Instant| to.saturating_duration_since(from).as_secs_f64() * 1000.0;
        let timings = Timings {
            first_token_ms: ms(state.begun, state.first_token.unwrap_or_else(Instant::now)),
            generation_ms: state.first_token.zip(state.last_token).map_or(0.0, |(first, last)| ms(first, last)),
        };
        let done = Done { id: self.id, finish_reason, stop_text, usage: state.usage, timings };
        self.outbox.send(&Report::Done(Box::new(done)));
    }

    /// Closes it as failed.
    pub fn failed(&self, error: &WorkerError) {
        let mut state = self.state();
        if !std::mem::replace(&mut state.closed, true) {
            self.outbox.fail(Some(self.id), error);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::tests::Sink;

    #[test]
    fn the_first_to_close_it_closes_it_and_nothing_follows() {
        let sink = Sink::default();
        let ticket = Ticket::new(4, sink.outbox());
        ticket.delta(Delta { text: "a".into(), ..Delta::default() });
        ticket.done(FinishReason::Cancelled, None);
        ticket.delta(Delta { text: "b".into(), ..Delta::default() });
        ticket.failed(&WorkerError::NoModel);
        ticket.done(FinishReason::Stop, None);
        let reports = sink.reports();
        assert_eq!(reports.len(), 2, "{reports:?}");
        assert!(matches!(&reports[0], Report::Delta(delta) if delta.id == 4 && delta.text == "a"));
        assert!(matches!(&reports[1], Report::Done(done) if done.finish_reason == FinishReason::Cancelled));
    }
}
