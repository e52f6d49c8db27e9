//! Responses that were given, for programs that go on from one or look at it again. They lie in memory alone: the last
//! ones, as long as the application runs. The oldest go first.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use inglenook_engine::protocol::ChatMessage;
use serde_json::Value;

/// Responses that are kept.
const MOST: usize = 1000;
/// Bytes that they may take together, as they are written.
const BYTES: usize = 64 << 20;

/// One response.
#[derive(Debug)]
pub(crate) struct Kept {
    /// As it was answered.
    pub(crate) response: Value,
    /// What was asked, item by item.
    pub(crate) input: Vec<Value>,
    /// The whole conversation up to it and with it, without the instructions, which hold for one response only.
    pub(crate) conversation: Vec<ChatMessage>,
}

impl Kept {
    fn id(&self) -> &str {
        self.response["id"].as_str().unwrap_or_default()
    }

    fn bytes(&self) -> usize {
        let parts = [
            serde_json::to_vec(&self.response),
            serde_json::to_vec(&self.input),
            serde_json::to_vec(&self.conversation),
        ];
        parts.iter().flatten().map(Vec::len).sum()
    }
}

/// All that are kept.
#[derive(Default)]
pub(crate) struct Responses(Mutex<Book>);

#[derive(Default)]
struct Book {
    /// The oldest first, each with its bytes.
    kept: VecDeque<(Arc<Kept>, usize)>,
    bytes: usize,
}

impl Responses {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps one, in the place of the oldest where there is no room. One that takes all of it is not kept.
    pub(crate) fn keep(&self, one: Kept) {
        let bytes = one.bytes();
        if bytes > BYTES {
            return;
        }
        let mut book = self.book();
        book.kept.push_back((Arc::new(one), bytes));
        book.bytes += bytes;
        while book.kept.len() > MOST || book.bytes > BYTES {
            let Some((_, bytes)) = book.kept.pop_front() else { return };
            book.bytes -= bytes;
        }
    }

    /// The one with this identifier.
    pub(crate) fn find(&self, id: &str) -> Option<Arc<Kept>> {
        self.book().kept.iter().find(|(one, _)| one.id() == id).map(|(one, _)| Arc::clone(one))
    }

    /// Forgets one; `false` where it is not there.
    pub(crate) fn forget(&self, id: &str) -> bool {
        let mut book = self.book();
        let Some(at) = book.kept.iter().position(|(one, _)| one.id() == id) else { return false };
        let bytes = book.kept.remove(at).map_or(0, |(_, bytes)| bytes);
        book.bytes -= bytes;
        true
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn one(id: usize, bytes: usize) -> Kept {
        let text = "x".repeat(bytes);
        Kept { response: json!({ "id": id.to_string(), "text": text }), input: Vec::new(), conversation: Vec::new() }
    }

    #[test]
    fn the_oldest_goes_where_there_are_too_many() {
        let responses = Responses::default();
        (0..=MOST).for_each(|id| responses.keep(one(id, 0)));
        assert!(responses.find("0").is_none());
        assert_eq!(responses.find("1").expect("kept").id(), "1");
        assert!(responses.forget("1") && !responses.forget("1"));
        assert!(responses.find("1").is_none() && responses.find("2").is_some());
    }

    #[test]
    fn together_they_take_so_much_memory_and_no_more() {
        let responses = Responses::default();
        (0..4).for_each(|id| responses.keep(one(id, BYTES / 4)));
        assert!(responses.find("0").is_none(), "four of a quarter and a bit do not fit");
        assert!(responses.find("3").is_some());
        responses.keep(one(9, BYTES));
        assert!(responses.find("9").is_none() && responses.find("3").is_some(), "what is too large is not kept");
        assert!(["1", "2", "3"].iter().all(|id| responses.forget(id)));
        assert_eq!(responses.book().bytes, 0);
    }
}
