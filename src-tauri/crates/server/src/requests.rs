//! The log of requests: the last ones, in memory alone. It is gone with the application.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use futures::Stream;
use inglenook_contract::{ServerRequest, ServerRequestEvent};
use inglenook_engine::protocol::{Delta, Done};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::meter::Meter;

/// Requests that are remembered.
const REMEMBERED: usize = 500;
/// Bytes of a body that are kept.
const LARGEST_BODY: usize = 64 << 10;
/// Changes that a listener may fall behind before it is told everything anew.
const BACKLOG: usize = 1024;

/// All that is remembered.
pub(crate) struct Requests {
    book: Mutex<Book>,
    /// `None` says that all of it is another now.
    changed: broadcast::Sender<Option<Arc<ServerRequest>>>,
    meter: Meter,
}

#[derive(Default)]
struct Book {
    last: u64,
    requests: VecDeque<Arc<ServerRequest>>,
}

impl Default for Requests {
    fn default() -> Self {
        Self { book: Mutex::default(), changed: broadcast::Sender::new(BACKLOG), meter: Meter::default() }
    }
}

impl Requests {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is counted of requests.
    pub(crate) fn meter(&self) -> &Meter {
        &self.meter
    }

    /// A request that has just come.
    pub(crate) fn begin(self: &Arc<Self>, method: &str, path: &str, keep_bodies: bool) -> Entry {
        let at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let mut book = self.book();
        book.last += 1;
        let request = ServerRequest {
            number: book.last,
            at: i64::try_from(at).unwrap_or(i64::MAX),
            method: method.to_owned(),
            path: path.to_owned(),
            token: None,
            model: None,
            status: None,
            ended: false,
            prompt_tokens: None,
            completion_tokens: None,
            tok_s: None,
            first_token_ms: None,
            took_ms: None,
            error: None,
            request_body: None,
            response_body: None,
        };
        self.meter.began();
        let open = Open {
            requests: Arc::clone(self),
            keep_bodies,
            began: Instant::now(),
            route: OnceLock::new(),
            served: OnceLock::new(),
            now: Mutex::new(request),
        };
        let entry = Entry(Arc::new(open));
        book.requests.push_back(Arc::new(entry.0.now().clone()));
        if book.requests.len() > REMEMBERED {
            book.requests.pop_front();
        }
        drop(book);
        entry.0.tell();
        entry
    }

    /// Forgets what has ended.
    pub(crate) fn clear(&self) {
        self.book().requests.retain(|request| !request.ended);
        let _ = self.changed.send(None);
    }

    fn put(&self, request: &Arc<ServerRequest>) {
        let mut book = self.book();
        if let Some(place) = book.requests.iter_mut().rev().find(|other| other.number == request.number) {
            *place = Arc::clone(request);
        }
        drop(book);
        // Fails only while nobody listens.
        let _ = self.changed.send(Some(Arc::clone(request)));
    }

    fn all(&self) -> ServerRequestEvent {
        ServerRequestEvent::All { requests: self.book().requests.iter().map(|one| ServerRequest::clone(one)).collect() }
    }

    /// All that is remembered, and what changes from now on.
    pub(crate) fn watch(self: &Arc<Self>) -> impl Stream<Item = ServerRequestEvent> + Send + 'static + use<> {
        let (requests, receiver) = (Arc::clone(self), self.changed.subscribe());
        futures::stream::unfold((requests, receiver, true), |(requests, mut receiver, first)| async move {
            if first {
                let all = requests.all();
                return Some((all, (requests, receiver, false)));
            }
            let event = match receiver.recv().await {
                Ok(Some(request)) => ServerRequestEvent::Changed { request: Box::new(ServerRequest::clone(&request)) },
                Ok(None) | Err(RecvError::Lagged(_)) => requests.all(),
                Err(RecvError::Closed) => return None,
            };
            Some((event, (requests, receiver, false)))
        })
    }
}

/// One request's place in the log, for whoever answers it. When the last handle is dropped the request has ended.
#[derive(Clone)]
pub(crate) struct Entry(Arc<Open>);

struct Open {
    requests: Arc<Requests>,
    keep_bodies: bool,
    began: Instant,
    /// The pattern of its path.
    route: OnceLock<&'static str>,
    /// The model that is asked, by its name for programs.
    served: OnceLock<String>,
    now: Mutex<ServerRequest>,
}

impl Open {
    fn now(&self) -> MutexGuard<'_, ServerRequest> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ms(&self) -> f64 {
        self.began.elapsed().as_secs_f64() * 1e3
    }

    fn tell(&self) {
        let now = Arc::new(self.now().clone());
        self.requests.put(&now);
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let ms = self.ms();
        {
            let mut now = self.now();
            now.ended = true;
            now.took_ms = Some(ms);
            if now.status.is_none() {
                now.error.get_or_insert_with(|| "The client went away before it was answered.".to_owned());
            }
        }
        self.requests.meter.ended(&self.now(), self.route.get().copied(), self.served.get().map(String::as_str));
        self.tell();
    }
}

impl Entry {
    fn change(&self, change: impl FnOnce(&mut ServerRequest)) {
        change(&mut self.0.now());
    }

    /// The pattern of its path, for what is counted.
    pub(crate) fn route(&self, pattern: &'static str) {
        let _ = self.0.route.set(pattern);
    }

    /// The model that is asked, by its name for programs, for what is counted.
    pub(crate) fn served(&self, name: &str) {
        let _ = self.0.served.set(name.to_owned());
    }

    pub(crate) fn token(&self, name: &str) {
        self.change(|now| now.token = Some(name.to_owned()));
    }

    /// The model that is asked, by its name for people.
    pub(crate) fn model(&self, title: &str) {
        self.change(|now| now.model = Some(title.to_owned()));
        self.0.tell();
    }

    pub(crate) fn status(&self, status: u16) {
        self.change(|now| now.status = Some(status));
        self.0.tell();
    }

    pub(crate) fn error(&self, words: &str) {
        self.change(|now| now.error = Some(words.to_owned()));
    }

    /// The client went away in the middle of the answer.
    pub(crate) fn broke_off(&self) {
        self.change(|now| {
            now.error.get_or_insert_with(|| "The client went away in the middle of the answer.".to_owned());
        });
    }

    pub(crate) fn request_body(&self, body: &[u8]) {
        if self.0.keep_bodies {
            self.change(|now| now.request_body = Some(shown(body)));
        }
    }

    /// Adds to what was answered.
    pub(crate) fn response_body(&self, more: &[u8]) {
        if !self.0.keep_bodies {
            return;
        }
        self.change(|now| {
            let body = now.response_body.get_or_insert_default();
            let room = LARGEST_BODY.saturating_sub(body.len());
            body.push_str(&shown(&more[..more.len().min(room)]));
        });
    }

    /// Notes the first word.
    pub(crate) fn delta(&self, delta: &Delta) {
        let called = delta.tool_arguments.is_some() || delta.tool_call.is_some();
        let wrote = called || !delta.text.is_empty() || !delta.reasoning.is_empty();
        if wrote && self.0.now().first_token_ms.is_none() {
            let ms = self.0.ms();
            self.change(|now| now.first_token_ms = Some(ms));
            self.0.tell();
        }
    }

    /// Adds what an answer took; a request may have several.
    pub(crate) fn done(&self, done: &Done) {
        self.change(|now| {
            let more = |so_far: Option<u32>, tokens: u32| Some(so_far.unwrap_or(0).saturating_add(tokens));
            now.prompt_tokens = more(now.prompt_tokens, done.usage.prompt_tokens);
            now.completion_tokens = more(now.completion_tokens, done.usage.completion_tokens);
            let (tokens, ms) = (f64::from(done.usage.completion_tokens), done.timings.generation_ms);
            if tokens > 1.0 && ms > 0.0 {
                now.tok_s = Some((tokens - 1.0) / ms * 1e3);
            }
        });
    }

    /// Tokens that were read without an answer.
    pub(crate) fn read(&self, tokens: u32) {
        self.change(|now| now.prompt_tokens = Some(tokens));
    }
}

fn shown(body: &[u8]) -> String {
    let cut = &body[..body.len().min(LARGEST_BODY)];
    String::from_utf8_lossy(cut).into_owned()
}

#[cfg(test)]
mod tests {
    use futures::StreamExt as _;

    use super::*;

    #[tokio::test]
    async fn a_request_is_seen_from_its_coming_to_its_end() {
        let requests = Arc::new(Requests::default());
        let mut seen = Box::pin(requests.watch());
        assert!(matches!(seen.next().await, Some(ServerRequestEvent::All { requests }) if requests.is_empty()));
        let entry = requests.begin("POST", "/v1/chat/completions", false);
        entry.model("Pocket");
        entry.status(200);
        entry.response_body(b"secret");
        drop(entry);
        let mut last = None;
        for _ in 0..4 {
            last = seen.next().await;
        }
        let Some(ServerRequestEvent::Changed { request }) = last else { panic!("{last:?}") };
        assert!(request.ended && request.took_ms.is_some());
        assert_eq!((request.status, request.model.as_deref()), (Some(200), Some("Pocket")));
        assert_eq!(request.response_body, None, "bodies are kept only when asked");
        assert_eq!(request.error, None);
    }

    #[tokio::test]
    async fn only_the_last_are_remembered_and_a_slow_listener_is_told_anew() {
        let requests = Arc::new(Requests::default());
        let mut seen = Box::pin(requests.watch());
        seen.next().await;
        for _ in 0..REMEMBERED + 100 {
            requests.begin("GET", "/v1/models", false).status(200);
        }
        let Some(ServerRequestEvent::All { requests: told }) = seen.next().await else { panic!("it fell behind") };
        assert_eq!(told.len(), REMEMBERED);
        assert_eq!(told.last().map(|request| request.number), Some(REMEMBERED as u64 + 100));
        requests.clear();
        assert!(matches!(requests.all(), ServerRequestEvent::All { requests } if requests.is_empty()));
    }

    #[test]
    fn a_client_that_goes_away_unanswered_is_told_so() {
        let requests = Arc::new(Requests::default());
        drop(requests.begin("POST", "/v1/chat/completions", false));
        let ServerRequestEvent::All { requests } = requests.all() else { panic!("all") };
        assert!(requests[0].error.as_deref().is_some_and(|words| words.contains("went away")), "{requests:?}");
    }
}
