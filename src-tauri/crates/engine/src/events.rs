//! The events of one generation on their way from the worker's reader to whoever shows them.
//!
//! The reader never waits: a slow consumer must not hold up the other generations of the same worker. What a
//! consumer has not taken yet is joined instead, so a backlog costs no more than the answer's own text; a worker
//! that fills it beyond all reason is ended.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};
use std::task::{Context, Poll};
use std::time::Instant;

use futures::task::AtomicWaker;
use inglenook_contract::FinishReason;

use crate::protocol::{Delta, Done, Failure, RequestId, Timings, Usage};

/// Bytes that may wait for a consumer. An answer of 100,000 tokens has about half a megabyte.
const BACKLOG: usize = 16 << 20;

/// What a generation tells. The last event is always [`Done`](Self::Done) or [`Failed`](Self::Failed).
#[derive(Clone, Debug, PartialEq)]
pub enum GenerationEvent {
    /// The prompt is being read.
    Prefill {
        /// Prompt tokens read, `cached` ones included.
        done: u32,
        /// Prompt tokens in all.
        total: u32,
        /// Of these, found in the KV cache.
        cached: u32,
    },
    /// More of the answer. Several reports of the worker may come as one.
    Delta(Delta),
    /// It ended, as asked or because it was cancelled.
    Done(Done),
    /// It failed; what came before stands.
    Failed(Failure),
}

/// A queue of one generation's events. Once closed it takes nothing more.
#[derive(Debug)]
pub(crate) struct EventQueue {
    state: Mutex<State>,
    waker: AtomicWaker,
}

#[derive(Debug)]
struct State {
    pending: VecDeque<GenerationEvent>,
    bytes: usize,
    closed: bool,
    /// Nobody listens any more.
    abandoned: bool,
    tally: Tally,
}

/// What this side knows of the generation, for the `Done` it writes itself when the worker does not.
#[derive(Debug)]
struct Tally {
    started: Instant,
    first: Option<Instant>,
    last: Option<Instant>,
    usage: Usage,
}

/// More waits than may wait.
#[derive(Debug)]
pub(crate) struct Overflow;

impl EventQueue {
    pub(crate) fn new() -> Self {
        let tally = Tally { started: Instant::now(), first: None, last: None, usage: Usage::default() };
        let state = State { pending: VecDeque::new(), bytes: 0, closed: false, abandoned: false, tally };
        Self { state: Mutex::new(state), waker: AtomicWaker::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no code panics while it holds this lock")
    }

    /// Notes how far the prompt is read.
    pub(crate) fn prefill(&self, done: u32, total: u32, cached: u32) {
        let mut state = self.state();
        state.tally.usage.prompt_tokens = total;
        state.tally.usage.cached_tokens = cached;
        if state.closed || state.abandoned {
            return;
        }
        let event = GenerationEvent::Prefill { done, total, cached };
        match state.pending.back_mut() {
            Some(last @ GenerationEvent::Prefill { .. }) => *last = event,
            _ => state.pending.push_back(event),
        }
        drop(state);
        self.waker.wake();
    }

    /// Adds a piece of the answer.
    pub(crate) fn delta(&self, delta: Delta) -> Result<(), Overflow> {
        let mut state = self.state();
        let now = Instant::now();
        state.tally.first.get_or_insert(now);
        state.tally.last = Some(now);
        state.tally.usage.completion_tokens += 1;
        if state.closed || state.abandoned {
            return Ok(());
        }
        state.bytes += size_of_delta(&delta);
        if state.bytes > BACKLOG {
            return Err(Overflow);
        }
        match state.pending.back_mut() {
            Some(GenerationEvent::Delta(last)) if joins(last, &delta) => join(last, delta),
            _ => state.pending.push_back(GenerationEvent::Delta(delta)),
        }
        drop(state);
        self.waker.wake();
        Ok(())
    }

    /// Closes it with the worker's or this side's last word. The first close counts.
    pub(crate) fn close(&self, last: GenerationEvent) {
        let mut state = self.state();
        if state.closed {
            return;
        }
        state.closed = true;
        if !state.abandoned {
            state.pending.push_back(last);
        }
        drop(state);
        self.waker.wake();
    }

    /// Closes it as cancelled, with what this side knows: tokens are counted as reports that brought text, and
    /// times are this side's.
    pub(crate) fn close_cancelled(&self, id: RequestId) {
        let done = {
            let state = self.state();
            let tally = &state.tally;
            let millis = |from: Instant, to: Instant| to.saturating_duration_since(from).as_secs_f64() * 1e3;
            let first = tally.first.unwrap_or_else(Instant::now);
            let timings = Timings {
                first_token_ms: millis(tally.started, first),
                generation_ms: tally.last.map_or(0.0, |last| millis(first, last)),
            };
            Done { id, finish_reason: FinishReason::Cancelled, stop_text: None, usage: tally.usage, timings }
        };
        self.close(GenerationEvent::Done(done));
    }

    /// Nobody listens any more; what waits is dropped.
    pub(crate) fn abandon(&self) {
        let mut state = self.state();
        state.abandoned = true;
        state.pending.clear();
        state.bytes = 0;
    }

    /// The next event; `None` after the last.
    pub(crate) fn poll_next(&self, cx: &mut Context<'_>) -> Poll<Option<GenerationEvent>> {
        self.waker.register(cx.waker());
        let mut state = self.state();
        match state.pending.pop_front() {
            Some(event) => {
                if let GenerationEvent::Delta(delta) = &event {
                    state.bytes = state.bytes.saturating_sub(size_of_delta(delta));
                }
                if state.pending.is_empty() {
                    state.bytes = 0;
                }
                Poll::Ready(Some(event))
            }
            None if state.closed => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}

/// A piece can join the one before it unless that would change the order of what was told, or put two tool calls in
/// one.
fn joins(last: &Delta, next: &Delta) -> bool {
    let in_order = match (&last.tool_arguments, &next.tool_arguments) {
        (Some(_), _) if !next.text.is_empty() || !next.reasoning.is_empty() => false,
        (Some(last), Some(next)) => last.id == next.id,
        _ => next.reasoning.is_empty() || last.text.is_empty(),
    };
    last.tool_call.is_none() && in_order
}

fn join(last: &mut Delta, next: Delta) {
    last.text.push_str(&next.text);
    last.reasoning.push_str(&next.reasoning);
    last.logprobs.extend(next.logprobs);
    match (&mut last.tool_arguments, next.tool_arguments) {
        (Some(last), Some(next)) => last.text.push_str(&next.text),
        (last @ None, next) => *last = next,
        (Some(_), None) => {}
    }
    last.tool_call = next.tool_call;
}

/// Roughly the bytes that a piece takes while it waits.
fn size_of_delta(delta: &Delta) -> usize {
    let call = delta.tool_call.as_ref().map_or(0, |call| call.name.len() + call.id.len() + call.arguments.len());
    let more = delta.tool_arguments.as_ref().map_or(0, |more| more.name.len() + more.id.len() + more.text.len());
    let logprobs: usize = delta.logprobs.iter().map(|token| 64 + token.token.len() + 40 * token.top.len()).sum();
    64 + delta.text.len() + delta.reasoning.len() + call + more + logprobs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{ToolArguments, ToolCallOut};
    use futures::task::noop_waker_ref;

    fn text(text: &str) -> Delta {
        Delta { id: 1, text: text.into(), ..Delta::default() }
    }

    fn reasoning(text: &str) -> Delta {
        Delta { id: 1, reasoning: text.into(), ..Delta::default() }
    }

    fn drain(queue: &EventQueue) -> Vec<GenerationEvent> {
        let mut cx = Context::from_waker(noop_waker_ref());
        let mut events = Vec::new();
        while let Poll::Ready(Some(event)) = queue.poll_next(&mut cx) {
            events.push(event);
        }
        events
    }

    #[test]
    fn what_waits_is_joined_and_loses_nothing() {
        let queue = EventQueue::new();
        queue.prefill(1, 2, 0);
        queue.prefill(2, 2, 1);
        for piece in [reasoning("think"), reasoning("ing"), text("Hel"), text("lo")] {
            queue.delta(piece).unwrap();
        }
        queue.delta(reasoning("again")).unwrap();
        let joined = Delta { id: 1, text: "Hello".into(), reasoning: "thinking".into(), ..Delta::default() };
        assert_eq!(
            drain(&queue),
            [
                GenerationEvent::Prefill { done: 2, total: 2, cached: 1 },
                GenerationEvent::Delta(joined),
                GenerationEvent::Delta(reasoning("again")),
            ],
            "only the newest progress, reasoning before text in one piece, later reasoning apart"
        );
    }

    #[test]
    fn the_arguments_of_a_call_are_joined_and_those_of_another_are_not() {
        let arguments = |id: &str, text: &str| {
            let more = ToolArguments { id: id.into(), name: "add".into(), text: text.into() };
            Delta { id: 1, tool_arguments: Some(more), ..Delta::default() }
        };
        let call = ToolCallOut { id: "a".into(), name: "add".into(), arguments: "{}".into() };
        let whole = Delta { id: 1, tool_call: Some(call), ..Delta::default() };
        let queue = EventQueue::new();
        for piece in [text("So:"), arguments("a", "{"), arguments("a", "}"), whole.clone(), arguments("b", "{")] {
            queue.delta(piece).unwrap();
        }
        queue.delta(text("{")).unwrap();
        let joined = Delta { text: "So:".into(), tool_call: whole.tool_call, ..arguments("a", "{}") };
        assert_eq!(
            drain(&queue),
            [joined, arguments("b", "{"), text("{")].map(GenerationEvent::Delta),
            "text that is told behind arguments stays behind them"
        );
    }

    #[test]
    fn the_first_close_counts_and_nothing_follows_it() {
        let queue = EventQueue::new();
        queue.prefill(7, 7, 3);
        queue.delta(text("a")).unwrap();
        queue.close_cancelled(1);
        queue.delta(text("late")).unwrap();
        queue.close_cancelled(1);
        let events = drain(&queue);
        assert_eq!(events.len(), 3, "{events:?}");
        let Some(GenerationEvent::Done(done)) = events.last() else { panic!("{events:?} ends in Done") };
        assert_eq!(done.finish_reason, FinishReason::Cancelled);
        assert_eq!(done.usage, Usage { prompt_tokens: 7, cached_tokens: 3, completion_tokens: 1 });
        assert!(matches!(queue.poll_next(&mut Context::from_waker(noop_waker_ref())), Poll::Ready(None)));
    }

    #[test]
    fn a_backlog_beyond_reason_overflows_and_a_taken_one_does_not() {
        let queue = EventQueue::new();
        let megabyte = "x".repeat(1 << 20);
        for _ in 0..40 {
            queue.delta(text(&megabyte)).expect("a consumer that keeps up is never cut off");
            drain(&queue);
        }
        let fits = (0..).take_while(|_| queue.delta(text(&megabyte)).is_ok()).count();
        assert_eq!(fits, 15, "16 MiB may wait, bookkeeping included");
    }
}
