//! Gathers the pieces of an answer: the window gets the first at once and then a batch a frame, the store gets
//! what is new twice a second.

use std::time::Duration;

use tokio::time::Instant;

/// Between two batches for the window: 40 a second, well under what a web view can draw, and unseen by a reader.
const WINDOW_EVERY: Duration = Duration::from_millis(25);
/// Between two writes: an answer cut by a crash loses at most one second of text, so half of it.
const STORE_EVERY: Duration = Duration::from_millis(500);

/// Text and reasoning that wait for the next batch.
#[derive(Default)]
pub(crate) struct Pieces {
    pub(crate) text: String,
    pub(crate) reasoning: String,
}

impl Pieces {
    fn push(&mut self, text: &str, reasoning: &str) {
        self.text.push_str(text);
        self.reasoning.push_str(reasoning);
    }

    fn is_empty(&self) -> bool {
        self.text.is_empty() && self.reasoning.is_empty()
    }

    fn take(&mut self) -> Option<Self> {
        (!self.is_empty()).then(|| std::mem::take(self))
    }
}

/// What waits for the window and what waits for the store.
pub(crate) struct Coalescer {
    window: Pieces,
    store: Pieces,
    window_due: Instant,
    store_due: Instant,
}

impl Coalescer {
    /// Both are due at once: the first piece goes straight through.
    pub(crate) fn new(now: Instant) -> Self {
        Self { window: Pieces::default(), store: Pieces::default(), window_due: now, store_due: now }
    }

    pub(crate) fn push(&mut self, text: &str, reasoning: &str) {
        self.window.push(text, reasoning);
        self.store.push(text, reasoning);
    }

    /// What the window should be told now, if anything.
    pub(crate) fn for_window(&mut self, now: Instant) -> Option<Pieces> {
        let pieces = (now >= self.window_due).then(|| self.window.take()).flatten();
        if pieces.is_some() {
            self.window_due = now + WINDOW_EVERY;
        }
        pieces
    }

    /// What should be written now, if anything.
    pub(crate) fn for_store(&mut self, now: Instant) -> Option<Pieces> {
        let pieces = (now >= self.store_due).then(|| self.store.take()).flatten();
        if pieces.is_some() {
            self.store_due = now + STORE_EVERY;
        }
        pieces
    }

    /// When something that waits becomes due; `None` while nothing waits.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        let window = (!self.window.is_empty()).then_some(self.window_due);
        let store = (!self.store.is_empty()).then_some(self.store_due);
        window.into_iter().chain(store).min()
    }

    /// All that still waits for the window, due or not.
    pub(crate) fn rest_for_window(&mut self) -> Option<Pieces> {
        self.window.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_piece_goes_at_once_and_the_next_with_its_batch() {
        let start = Instant::now();
        let mut coalescer = Coalescer::new(start);
        coalescer.push("O", "");
        assert_eq!(coalescer.for_window(start).map(|p| p.text).as_deref(), Some("O"), "the first word must not wait");
        coalescer.push("s", "");
        coalescer.push("lo", "");
        assert!(coalescer.for_window(start).is_none(), "the second piece waits for its batch");
        let due = start + WINDOW_EVERY;
        assert!(coalescer.next_due().is_some_and(|next| next <= due), "what waits is not forgotten");
        assert_eq!(coalescer.for_window(due).map(|p| p.text).as_deref(), Some("slo"), "one batch holds all pieces");
    }

    #[test]
    fn nothing_waits_for_the_store_longer_than_half_a_second() {
        let start = Instant::now();
        let mut coalescer = Coalescer::new(start);
        coalescer.push("a", "");
        assert!(coalescer.for_store(start).is_some(), "the first piece is written at once");
        coalescer.push("b", "");
        assert!(coalescer.for_store(start + STORE_EVERY - Duration::from_millis(1)).is_none(), "not before it is due");
        assert!(coalescer.for_store(start + STORE_EVERY).is_some(), "and not after");
    }
}
