//! Who may ask: a page that this process served, on this machine, with the key.
//!
//! The Host header is checked on every request (a web page elsewhere may point its own name at 127.0.0.1), the
//! Origin on every request that has one, and the session's key on everything but the page's own files. A page gets
//! that key for the one in the address it was opened with, which works once: an address that lies about afterwards, in
//! a terminal, a history or a screenshot, opens nothing.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use inglenook_contract::{ErrorCode, ErrorInfo};
use subtle::ConstantTimeEq as _;

/// The header that carries the key.
pub(crate) const KEY_HEADER: &str = "x-inglenook-key";

/// What a request is held against.
#[derive(Clone)]
pub(crate) struct Guard {
    names: [String; 2],
    /// Opens every call until this process ends.
    session: Arc<str>,
    /// Stands in the address and is spent by the first page that shows it.
    entry: Arc<Mutex<String>>,
}

/// A key of 122 random bits.
fn draw() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

fn shown(headers: &HeaderMap) -> &[u8] {
    headers.get(KEY_HEADER).map_or(&[], |key| key.as_bytes())
}

impl Guard {
    /// Keys of its own for the host behind this port.
    pub(crate) fn new(port: u16) -> Self {
        let names = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
        Self { names, session: draw().into(), entry: Arc::new(Mutex::new(draw())) }
    }

    /// The key for the address that is printed next.
    pub(crate) fn entry_key(&self) -> String {
        self.entry.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The session's key, where the headers show the entry key; that one is spent then and another takes its place.
    pub(crate) fn enter(&self, headers: &HeaderMap) -> Option<Arc<str>> {
        let mut entry = self.entry.lock().unwrap_or_else(PoisonError::into_inner);
        if !bool::from(shown(headers).ct_eq(entry.as_bytes())) {
            return None;
        }
        *entry = draw();
        Some(Arc::clone(&self.session))
    }

    fn right_host(&self, headers: &HeaderMap) -> bool {
        let mut hosts = headers.get_all(header::HOST).iter();
        let host = hosts.next().and_then(|host| host.to_str().ok());
        hosts.next().is_none() && host.is_some_and(|host| self.names.iter().any(|name| name == host))
    }

    fn right_origin(&self, headers: &HeaderMap) -> bool {
        let origins: Vec<_> = headers.get_all(header::ORIGIN).iter().collect();
        origins.iter().all(|origin| {
            let name = origin.to_str().ok().and_then(|origin| origin.strip_prefix("http://"));
            name.is_some_and(|name| self.names.iter().any(|own| own == name))
        })
    }

    fn right_key(&self, headers: &HeaderMap) -> bool {
        shown(headers).ct_eq(self.session.as_bytes()).into()
    }
}

/// Lets a request to the page's files through if it came to this host by its own name.
pub(crate) async fn own_name(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    if guard.right_host(request.headers()) && guard.right_origin(request.headers()) {
        next.run(request).await
    } else {
        refused(StatusCode::FORBIDDEN, "This address is not the one that Inglenook printed.")
    }
}

/// Lets a call through if it also has the key and is JSON, which no foreign form can send.
pub(crate) async fn with_key(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let json = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !guard.right_key(headers) {
        no_key()
    } else if !json.is_some_and(|kind| kind.starts_with("application/json")) {
        refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Requests are JSON.")
    } else {
        next.run(request).await
    }
}

/// The answer to whoever has no key, or one that was spent.
pub(crate) fn no_key() -> Response {
    let words = "This page has no key, or one that was used before. Open the address that Inglenook printed last.";
    refused(StatusCode::UNAUTHORIZED, words)
}

fn refused(status: StatusCode, words: &str) -> Response {
    (status, axum::Json(ErrorInfo::new(ErrorCode::PermissionDenied, words))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().expect("a header"));
        }
        headers
    }

    #[test]
    fn a_foreign_name_for_this_machine_is_refused() {
        let guard = Guard::new(4000);
        for host in ["127.0.0.1:4000", "localhost:4000"] {
            assert!(guard.right_host(&headers(&[("host", host)])), "{host} is ours");
        }
        for host in ["evil.com", "evil.com:4000", "127.0.0.1.evil.com:4000", "127.0.0.1:4001", "127.0.0.1", ""] {
            assert!(!guard.right_host(&headers(&[("host", host)])), "{host} may be a rebound name");
        }
        assert!(!guard.right_host(&headers(&[])), "no host at all");
        let two = headers(&[("host", "127.0.0.1:4000"), ("host", "evil.com")]);
        assert!(!guard.right_host(&two), "two hosts are one too many");
    }

    #[test]
    fn a_foreign_page_is_refused() {
        let guard = Guard::new(4000);
        assert!(guard.right_origin(&headers(&[])), "the page's own GET has none");
        assert!(guard.right_origin(&headers(&[("origin", "http://127.0.0.1:4000")])), "the page itself");
        for origin in ["null", "http://evil.com", "https://127.0.0.1:4000", "http://127.0.0.1:4001"] {
            assert!(!guard.right_origin(&headers(&[("origin", origin)])), "{origin} is not our page");
        }
    }

    #[test]
    fn only_the_whole_key_opens() {
        let guard = Guard::new(4000);
        let key = guard.session.to_string();
        assert!(guard.right_key(&headers(&[(KEY_HEADER, &key)])), "the key");
        for wrong in ["", &key[1..], &format!("{key}0"), &key.to_uppercase(), &guard.entry_key()] {
            assert!(!guard.right_key(&headers(&[(KEY_HEADER, wrong)])), "{wrong:?} is not the key {key:?}");
        }
        assert!(!guard.right_key(&headers(&[])), "no key");
    }

    #[test]
    fn the_key_of_an_address_works_once() {
        let guard = Guard::new(4000);
        let first = guard.entry_key();
        let session = guard.enter(&headers(&[(KEY_HEADER, &first)])).expect("the first use");
        assert!(guard.right_key(&headers(&[(KEY_HEADER, &session)])), "it opens the session");
        assert!(guard.enter(&headers(&[(KEY_HEADER, &first)])).is_none(), "it is spent");
        assert!(guard.enter(&headers(&[(KEY_HEADER, &session)])).is_none(), "the session's key is another");
        assert!(guard.enter(&headers(&[(KEY_HEADER, &guard.entry_key())])).is_some(), "the next address works");
    }
}
