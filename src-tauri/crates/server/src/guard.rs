//! Who may ask: the layer around everything that is served.
//!
//! - The Host header is checked on every request and in every mode: a web page elsewhere may point its own name at this
//!   machine (DNS rebinding).
//! - An Origin that is not listed is refused, and credentials of a browser are never allowed: a page in the person's
//!   browser must not ask behind their back. Allowed pages get the headers that browsers want to see.
//! - What has a body is JSON: no form of a web page can send that without asking first.
//! - Tokens come in `Authorization: Bearer` or `x-api-key`, read in one place for all families, and are held against the
//!   scope that the route asks for.
//!
//! The layer also notes every request in the log, and writes the bodies of errors in the shape of the path's family.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use inglenook_app::serving;
use inglenook_contract::{ServerSettings, TokenScope};
use tokio::sync::watch;

use crate::error::ApiError;
use crate::requests::Entry;
use crate::routes::{Family, Route};
use crate::state::Serving;

/// Where Anthropic's programs put their token.
const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
/// Seconds for which a browser remembers what it was allowed.
const REMEMBER: HeaderValue = HeaderValue::from_static("600");
const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, DELETE, OPTIONS");

/// What requests are held against, as the server was started.
#[derive(Clone, Debug)]
pub(crate) struct Door {
    /// As [`names`] gives them. Another network gives this machine others, while the server runs.
    pub(crate) names: watch::Receiver<Vec<String>>,
    /// It leads to the network, where nobody does without a token. The settings may say otherwise by now, but who came
    /// in by this door came from there.
    pub(crate) lan: bool,
}

/// `name:port` of this machine, in lower case. `hosts` are what the person calls it, `addresses` those in its network
/// where others may ask.
pub(crate) fn names(port: u16, hosts: &[String], addresses: &[String]) -> Vec<String> {
    let own = ["127.0.0.1", "localhost", "[::1]"].map(str::to_owned);
    let names = own.iter().chain(hosts).chain(addresses);
    let with_port = |name: &String| format!("{}:{port}", name.to_lowercase());
    let mut names: Vec<String> = names
        .flat_map(|name| {
            // Programs leave the port out where it is the scheme's own.
            let bare = (port == 80).then(|| name.to_lowercase());
            [Some(with_port(name)), bare].into_iter().flatten().collect::<Vec<_>>()
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

impl Door {
    fn lets_in(&self, headers: &HeaderMap, uri: &Uri) -> bool {
        let mut hosts = headers.get_all(header::HOST).iter();
        let host = hosts.next().and_then(|host| host.to_str().ok()).map(str::to_lowercase);
        let known = |host: &str| self.names.borrow().iter().any(|name| name == host);
        // An absolute address in the request line counts more than the header, so both have to be right.
        let line = uri.authority().map(|authority| authority.as_str().to_lowercase());
        hosts.next().is_none() && host.as_deref().is_some_and(known) && line.as_deref().is_none_or(known)
    }
}

/// The Origin of a request; `Err` where it is not allowed.
fn origin(headers: &HeaderMap, settings: &ServerSettings) -> Result<Option<HeaderValue>, ()> {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let (Some(origin), None) = (origins.next(), origins.next()) else {
        return if headers.contains_key(header::ORIGIN) { Err(()) } else { Ok(None) };
    };
    let listed = origin.to_str().is_ok_and(|origin| settings.origins.iter().any(|allowed| allowed == origin));
    if listed { Ok(Some(origin.clone())) } else { Err(()) }
}

/// The layer around all routes.
pub(crate) async fn guard(
    State((serving, door)): State<(Serving, Door)>,
    mut request: Request,
    next: Next,
) -> Response {
    let family = Family::of(request.uri().path());
    let settings = serving.app().settings().server;
    let entry = serving.requests().begin(request.method().as_str(), request.uri().path(), settings.log_bodies);
    request.extensions_mut().insert(entry.clone());
    let (origin, response) = match origin(request.headers(), &settings) {
        _ if !door.lets_in(request.headers(), request.uri()) => (None, wrong_host().into_response()),
        Err(()) => (None, wrong_origin().into_response()),
        Ok(Some(origin)) if request.method() == Method::OPTIONS => (Some(origin), preflight(request.headers())),
        Ok(origin) => match check_form(&request) {
            Ok(()) => (origin, next.run(request).await),
            Err(error) => (origin, error.into_response()),
        },
    };
    logged(allowed(shaped(response, family, &entry), origin), entry)
}

fn wrong_host() -> ApiError {
    let words = "This name is not one of this machine's. If it is, add it to the server's allowed hosts.";
    ApiError::new(StatusCode::FORBIDDEN, words).code("host_not_allowed")
}

fn wrong_origin() -> ApiError {
    let words = "This web page may not use the server. If it may, add its origin to the server's allowed origins.";
    ApiError::new(StatusCode::FORBIDDEN, words).code("origin_not_allowed")
}

/// What has a body has to say that it is JSON.
fn check_form(request: &Request) -> Result<(), ApiError> {
    let headers = request.headers();
    let empty = headers.get(header::CONTENT_LENGTH).is_none_or(|length| length == "0")
        && !headers.contains_key(header::TRANSFER_ENCODING);
    if empty {
        return Ok(());
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind == "application/json" {
        return Ok(());
    }
    let words = "Requests are JSON: send the header \"Content-Type: application/json\".";
    Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, words).code("not_json"))
}

/// The answer to a browser that asks whether a page may ask.
fn preflight(headers: &HeaderMap) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let answer = response.headers_mut();
    answer.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    if let Some(asked) = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        answer.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
    }
    if headers.contains_key("access-control-request-private-network") {
        answer.insert("access-control-allow-private-network", HeaderValue::from_static("true"));
    }
    answer.insert(header::ACCESS_CONTROL_MAX_AGE, REMEMBER);
    response
}

/// Lets the page that asked read the answer.
fn allowed(mut response: Response, origin: Option<HeaderValue>) -> Response {
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("retry-after, x-request-id"));
    }
    response
}

/// Gives an error the shape of its family; also those that come from the router itself.
fn shaped(mut response: Response, family: Family, entry: &Entry) -> Response {
    let error = match (response.extensions_mut().remove::<ApiError>(), response.status()) {
        (Some(error), _) => error,
        (None, StatusCode::METHOD_NOT_ALLOWED) => {
            ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "This path is not asked in this way.")
        }
        _ => return response,
    };
    entry.error(&error.message);
    let allow = response.headers().get(header::ALLOW).cloned();
    let mut shaped = error.response(family);
    if let Some(allow) = allow {
        shaped.headers_mut().insert(header::ALLOW, allow);
    }
    shaped
}

/// Notes the status, and keeps the request's place in the log open until the answer's last byte.
fn logged(mut response: Response, entry: Entry) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // A foreign page can put any address into a picture or a script, without an Origin; it gets nothing out of that.
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    entry.status(response.status().as_u16());
    let (parts, body) = response.into_parts();
    Response::from_parts(parts, Body::new(crate::sse::Followed::new(body, entry)))
}

/// The layer around one route: notes which it is, and holds the token against the scope. `lan` is the door's.
pub(crate) async fn admit(
    State((serving, route, lan)): State<(Serving, &'static Route, bool)>,
    request: Request,
    next: Next,
) -> Response {
    if let Some(entry) = request.extensions().get::<Entry>() {
        entry.route(route.path);
    }
    let Some(scope) = route.scope else { return next.run(request).await };
    let needed = lan || serving.app().settings().server.require_token;
    match check(&serving, scope, needed, request.headers(), request.extensions().get::<Entry>()).await {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

async fn check(
    serving: &Serving,
    scope: TokenScope,
    needed: bool,
    headers: &HeaderMap,
    entry: Option<&Entry>,
) -> Result<(), ApiError> {
    let Some(secret) = shown(headers) else {
        return if needed {
            Err(no_token("This server asks for a token: make one on its page in Inglenook."))
        } else {
            Ok(())
        };
    };
    let token = match serving::check_token(serving.app(), &secret).await? {
        Some(token) => token,
        // Programs that were written for a service send some word where none is needed.
        None if !needed => return Ok(()),
        None => return Err(no_token("This token is not known, or was revoked.")),
    };
    if let Some(entry) = entry {
        entry.token(&token.name);
    }
    // A token that is known means what it says, also where none is needed.
    if token.scopes.contains(&scope) {
        Ok(())
    } else {
        let words = format!("The token \"{}\" does not allow this: it lacks \"{}\".", token.name, scope_name(scope));
        Err(ApiError::new(StatusCode::FORBIDDEN, words).code("scope_missing"))
    }
}

fn no_token(words: &str) -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, words).code("invalid_api_key")
}

pub(crate) fn scope_name(scope: TokenScope) -> &'static str {
    match scope {
        TokenScope::Read => "read",
        TokenScope::Generate => "generate",
        TokenScope::Manage => "manage",
    }
}

/// The token that a request shows, in whichever header. Two that differ are as good as a wrong one.
fn shown(headers: &HeaderMap) -> Option<String> {
    let bearer = headers.get_all(header::AUTHORIZATION).iter().map(|value| {
        let value = value.to_str().unwrap_or_default();
        let (scheme, secret) = value.split_once(' ').unwrap_or_default();
        if scheme.eq_ignore_ascii_case("bearer") { secret.trim().to_owned() } else { String::new() }
    });
    let key = headers.get_all(API_KEY).iter().map(|value| value.to_str().unwrap_or_default().trim().to_owned());
    let mut secrets: Vec<String> = bearer.chain(key).collect();
    secrets.dedup();
    match secrets.len() {
        0 => None,
        1 => secrets.pop(),
        _ => Some(String::new()),
    }
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

    fn door_of(names: Vec<String>) -> Door {
        let (_, names) = watch::channel(names);
        Door { names, lan: false }
    }

    fn lets_in(door: &Door, hosts: &[&str]) -> bool {
        let pairs: Vec<_> = hosts.iter().map(|host| ("host", *host)).collect();
        door.lets_in(&headers(&pairs), &Uri::from_static("/v1/models"))
    }

    #[test]
    fn a_foreign_name_for_this_machine_is_refused() {
        let door = door_of(names(1234, &[], &[]));
        for host in ["127.0.0.1:1234", "localhost:1234", "LOCALHOST:1234", "[::1]:1234"] {
            assert!(lets_in(&door, &[host]), "{host} is ours");
        }
        for host in [
            "evil.com",
            "evil.com:1234",
            "127.0.0.1.evil.com:1234",
            "127.0.0.1:1235",
            "127.0.0.1",
            "",
            "192.168.1.7:1234",
        ] {
            assert!(!lets_in(&door, &[host]), "{host} may be a rebound name");
        }
        assert!(!lets_in(&door, &[]), "no host at all");
        assert!(!lets_in(&door, &["127.0.0.1:1234", "evil.com"]), "two are one too many");
        let absolute = Uri::from_static("http://evil.com/v1/models");
        assert!(!door.lets_in(&headers(&[("host", "127.0.0.1:1234")]), &absolute), "the line says another name");
    }

    #[test]
    fn names_of_the_network_and_of_the_person_are_let_in_with_the_port() {
        let door = door_of(names(80, &["My-Machine.local".into()], &["192.168.1.7".into()]));
        for host in ["my-machine.local", "my-machine.local:80", "192.168.1.7", "localhost"] {
            assert!(lets_in(&door, &[host]), "{host}");
        }
        assert!(!lets_in(&door, &["192.168.1.8"]));
    }

    #[test]
    fn only_listed_pages_may_ask() {
        let settings = ServerSettings { origins: vec!["http://localhost:3000".into()], ..ServerSettings::default() };
        let of = |pairs: &[(&'static str, &str)]| origin(&headers(pairs), &settings).map(|origin| origin.is_some());
        assert_eq!(of(&[]), Ok(false), "no page at all");
        assert_eq!(of(&[("origin", "http://localhost:3000")]), Ok(true));
        for wrong in
            ["null", "http://evil.com", "http://localhost:3001", "https://localhost:3000", "http://localhost:3000/"]
        {
            assert_eq!(of(&[("origin", wrong)]), Err(()), "{wrong}");
        }
        let two = [("origin", "http://localhost:3000"), ("origin", "http://evil.com")];
        assert_eq!(of(&two), Err(()), "two are one too many");
    }

    #[test]
    fn a_token_is_read_from_either_header_and_never_chosen_between_two() {
        assert_eq!(shown(&headers(&[])), None);
        assert_eq!(shown(&headers(&[("authorization", "Bearer abc")])).as_deref(), Some("abc"));
        assert_eq!(shown(&headers(&[("authorization", "bearer  abc ")])).as_deref(), Some("abc"));
        assert_eq!(shown(&headers(&[("x-api-key", "abc")])).as_deref(), Some("abc"));
        assert_eq!(shown(&headers(&[("authorization", "Bearer abc"), ("x-api-key", "abc")])).as_deref(), Some("abc"));
        let two = [("authorization", "Bearer abc"), ("x-api-key", "def")];
        assert_eq!(shown(&headers(&two)).as_deref(), Some(""), "which of them is meant?");
        assert_eq!(shown(&headers(&[("authorization", "Basic abc")])).as_deref(), Some(""), "not ours");
    }
}
