//! Who may ask: a page that this process served, on this machine, with the key.
//!
//! The Host header is checked on every request (a web page elsewhere may point its own name at 127.0.0.1), the
//! Origin on every request that has one, and the key on everything but the page's own files.

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
    key: String,
}

impl Guard {
    pub(crate) fn new(port: u16, key: &str) -> Self {
        Self { names: [format!("127.0.0.1:{port}"), format!("localhost:{port}")], key: key.to_owned() }
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
        let key = headers.get(KEY_HEADER).map_or(&[][..], |key| key.as_bytes());
        key.ct_eq(self.key.as_bytes()).into()
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
        refused(StatusCode::UNAUTHORIZED, "The key is missing or wrong. Open the address that Inglenook printed.")
    } else if !json.is_some_and(|kind| kind.starts_with("application/json")) {
        refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Requests are JSON.")
    } else {
        next.run(request).await
    }
}

fn refused(status: StatusCode, words: &str) -> Response {
    (status, axum::Json(ErrorInfo::new(ErrorCode::PermissionDenied, words))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().expect("a header"));
        }
        headers
    }

    #[test]
    fn a_foreign_name_for_this_machine_is_refused() {
        let guard = Guard::new(4000, "k");
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
        let guard = Guard::new(4000, "k");
        assert!(guard.right_origin(&headers(&[])), "the page's own GET has none");
        assert!(guard.right_origin(&headers(&[("origin", "http://127.0.0.1:4000")])), "the page itself");
        for origin in ["null", "http://evil.com", "https://127.0.0.1:4000", "http://127.0.0.1:4001"] {
            assert!(!guard.right_origin(&headers(&[("origin", origin)])), "{origin} is not our page");
        }
    }

    #[test]
    fn only_the_whole_key_opens() {
        let guard = Guard::new(4000, "secret");
        assert!(guard.right_key(&headers(&[(KEY_HEADER, "secret")])), "the key");
        for key in ["", "secre", "secrets", "SECRET"] {
            assert!(!guard.right_key(&headers(&[(KEY_HEADER, key)])), "{key:?} is not the key");
        }
        assert!(!guard.right_key(&headers(&[])), "no key");
    }
}
