//! What the hub said lately: a card is asked for by its page, by its fits and by a download within seconds.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use inglenook_hub::fit::Sizes;
use inglenook_hub::remote::Repo;
use tokio::sync::OnceCell;

/// How long an answer counts as fresh. Headers never grow old: they belong to a commit.
const FRESH: Duration = Duration::from_secs(300);
/// Answers that are kept.
const KEPT: usize = 64;

/// A repository's answer, or the place where it will stand: whoever asks at the same time waits for the same one.
pub(crate) type Asked = Arc<OnceCell<Arc<Repo>>>;

/// The newest answers.
#[derive(Default)]
pub(crate) struct Seen(Mutex<Book>);

#[derive(Default)]
struct Book {
    repos: Vec<(String, Instant, Asked)>,
    headers: Vec<(String, Arc<SeenHeader>)>,
}

/// What a header on the hub says.
#[derive(Clone, Debug)]
pub(crate) struct SeenHeader {
    /// The sizes of the item that it belongs to.
    pub(crate) sizes: Sizes,
    /// The item.
    pub(crate) item: String,
    /// Number of weights of the whole model; `None` where only a part of it was read.
    pub(crate) parameters: Option<u64>,
    /// Every engine and why it does not run it.
    pub(crate) engines: Vec<(inglenook_hub::EngineKind, Option<String>)>,
    /// Bytes that were read from the hub.
    pub(crate) read_bytes: u64,
}

impl Seen {
    /// A repository that was asked for lately, or is to be asked for now; `at` names the endpoint, the repository and the
    /// revision.
    pub(crate) fn repo(&self, at: &str) -> Asked {
        let mut book = self.lock();
        book.repos.retain(|(key, when, _)| key != at || when.elapsed() < FRESH);
        if let Some((.., asked)) = book.repos.iter().find(|(key, ..)| key == at) {
            return Arc::clone(asked);
        }
        let asked = Asked::default();
        book.repos.insert(0, (at.to_owned(), Instant::now(), Arc::clone(&asked)));
        book.repos.truncate(KEPT);
        asked
    }

    /// A header of a repository at a commit.
    pub(crate) fn header(&self, at: &str) -> Option<Arc<SeenHeader>> {
        self.lock().headers.iter().find(|(key, _)| key == at).map(|(_, header)| Arc::clone(header))
    }

    pub(crate) fn note_header(&self, at: String, header: Arc<SeenHeader>) {
        let mut book = self.lock();
        book.headers.retain(|(key, _)| *key != at);
        book.headers.insert(0, (at, header));
        book.headers.truncate(KEPT);
    }

    /// Forgets everything: another hub, or another person at it.
    pub(crate) fn forget(&self) {
        *self.lock() = Book::default();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
