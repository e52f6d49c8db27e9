//! Everything against everything: each route of the server's own list, asked in every way, with every host, origin,
//! credential and content type. A route that is added cannot escape it.

use std::io;

use inglenook_contract::TokenScope;
use inglenook_journeys::http::{Answer, Connection, Request};
use inglenook_server::{ROUTES, Route};

use crate::Served;

/// The origin of the one page that may ask.
pub(crate) const LISTED: &str = "http://localhost:3000";

const ORIGINS: [Option<&str>; 5] =
    [None, Some("null"), Some("http://evil.com"), Some("tauri://localhost"), Some(LISTED)];
const KINDS: [&str; 3] = ["application/json", "text/plain", "application/x-www-form-urlencoded"];
const CREDENTIALS: [Credential; 5] =
    [Credential::None, Credential::Wrong, Credential::Bearer, Credential::ApiKey, Credential::Lacking];

/// Whoever asks: a program on this machine, or a neighbour.
pub(crate) trait Asks {
    async fn asks(&mut self, request: &Request<'_>) -> io::Result<Answer>;
}

impl Asks for Connection {
    async fn asks(&mut self, request: &Request<'_>) -> io::Result<Answer> {
        self.ask(request).await
    }
}

/// What a request shows of itself.
#[derive(Clone, Copy, Debug)]
struct Shown<'a> {
    method: &'a str,
    hosts: &'a [String],
    origin: Option<&'a str>,
    credential: Credential,
    kind: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Credential {
    None,
    Wrong,
    /// A token for everything, in one header or the other.
    Bearer,
    ApiKey,
    /// A token for everything but what the route asks for.
    Lacking,
}

struct Tokens {
    all: String,
    /// Without `read`, `generate`, `manage`.
    lacking: [(TokenScope, String); 3],
}

impl Tokens {
    async fn of(served: &Served) -> Self {
        const ALL: [TokenScope; 3] = [TokenScope::Read, TokenScope::Generate, TokenScope::Manage];
        let all = served.makes_token("all", &ALL).await.secret;
        let mut lacking = Vec::new();
        for scope in ALL {
            let others: Vec<_> = ALL.into_iter().filter(|other| *other != scope).collect();
            lacking.push((scope, served.makes_token("some", &others).await.secret));
        }
        Self { all, lacking: lacking.try_into().expect("three") }
    }

    fn header(&self, credential: Credential, route: &Route) -> Option<(&'static str, String)> {
        let scope = route.scope.unwrap_or(TokenScope::Read);
        let lacking = || self.lacking.iter().find(|(its, _)| *its == scope).map(|(_, secret)| secret.clone());
        match credential {
            Credential::None => None,
            Credential::Wrong => Some(("authorization", "Bearer ink-0000".to_owned())),
            Credential::Bearer => Some(("authorization", format!("Bearer {}", self.all))),
            Credential::ApiKey => Some(("x-api-key", self.all.clone())),
            Credential::Lacking => Some(("authorization", format!("Bearer {}", lacking()?))),
        }
    }
}

impl Shown<'_> {
    fn has_body(&self) -> bool {
        !matches!(self.method, "GET" | "HEAD" | "OPTIONS")
    }
}

/// The status that has to come; `None` for any that says neither "not you" nor "not so".
fn expected(route: &Route, shown: &Shown<'_>, own: &[String], token_needed: bool) -> Option<u16> {
    let host = matches!(shown.hosts, [host] if own.iter().any(|own| own.eq_ignore_ascii_case(host)));
    let served = shown.method == route.method || (shown.method, route.method) == ("HEAD", "GET");
    let answered = if served { None } else { Some(405) };
    match (host, shown.origin) {
        (false, _) => Some(403),
        (true, Some(origin)) if origin != LISTED => Some(403),
        // A browser that asks whether a page may ask; it shows no token then.
        (true, Some(_)) if shown.method == "OPTIONS" => Some(204),
        _ if shown.has_body() && shown.kind != "application/json" => Some(415),
        _ => match (shown.credential, route.scope) {
            (Credential::Lacking, Some(_)) => Some(403),
            (Credential::None | Credential::Wrong, Some(_)) if token_needed => Some(401),
            _ => answered,
        },
    }
}

async fn status(asker: &mut impl Asks, route: &Route, shown: &Shown<'_>, token: Option<(&str, String)>) -> u16 {
    let mut headers: Vec<(&str, String)> = shown.hosts.iter().map(|host| ("host", host.clone())).collect();
    headers.extend(shown.origin.map(|origin| ("origin", origin.to_owned())));
    headers.extend(token);
    let path = path(route);
    let body: &[u8] = if shown.has_body() { b"{}" } else { b"" };
    if shown.has_body() {
        headers.push(("content-type", shown.kind.to_owned()));
    }
    let request = Request { method: shown.method, path: &path, headers, body };
    let answer = asker.asks(&request).await.unwrap_or_else(|error| panic!("{route:?} {shown:?}: {error}"));
    let reads = answer.header("access-control-allow-origin");
    let listed = shown.origin.filter(|origin| *origin == LISTED && answer.status != 403);
    assert!(reads == listed || answer.status == 403, "{route:?} {shown:?}: the answer may be read by {reads:?}");
    assert_eq!(answer.header("access-control-allow-credentials"), None, "never a browser's credentials");
    answer.status
}

/// A path of this route, at which there is nothing.
pub(crate) fn path(route: &Route) -> String {
    let names = ["{*id}", "{id}", "{*name}", "{name}", "{job_id}"];
    names.iter().fold(route.path.to_owned(), |path, name| path.replace(name, "nothing"))
}

/// The Host headers of a request: each name of the server's own alone, and what must not pass for one.
fn hosts(own: &[String], foreign: &[String], port: u16) -> Vec<Vec<String>> {
    let elsewhere = port.wrapping_add(1);
    let wrong = [
        "evil.com".to_owned(),
        format!("evil.com:{port}"),
        format!("127.0.0.1.evil.com:{port}"),
        format!("127.0.0.1:{elsewhere}"),
        "127.0.0.1".to_owned(),
    ];
    let alone = own.iter().chain(&wrong).chain(foreign).map(|host| vec![host.clone()]);
    alone.chain([vec![], vec![own[0].clone(), "evil.com".to_owned()]]).collect()
}

/// The ways in which a route is asked: its own, a browser's question beforehand, and one that nothing here knows.
fn methods(route: &Route) -> Vec<&'static str> {
    let head = (route.method == "GET").then_some("HEAD");
    [route.method, "OPTIONS", "PUT"].into_iter().chain(head).collect()
}

/// Everything against everything. `own` are the names that the server has to know as its own, `foreign` further ones
/// that it must not.
pub(crate) async fn goes_through(
    served: &Served,
    own: &[String],
    foreign: &[String],
    token_needed: bool,
    asker: &mut impl Asks,
) {
    let tokens = Tokens::of(served).await;
    let hosts = hosts(own, foreign, served.port);
    let mut asked = 0;
    for route in ROUTES {
        for shown in all_shown(route, &hosts) {
            let token = tokens.header(shown.credential, route);
            let status = status(asker, route, &shown, token).await;
            let wanted = expected(route, &shown, own, token_needed);
            let fits = wanted.map_or(!matches!(status, 401 | 403 | 405 | 415), |wanted| wanted == status);
            assert!(fits, "{} {} {shown:?}: {status}, not {wanted:?}", route.method, route.path);
            asked += 1;
        }
    }
    assert!(asked > 10_000, "only {asked} requests: something is wrong with the list");
}

fn all_shown<'a>(route: &Route, hosts: &'a [Vec<String>]) -> Vec<Shown<'a>> {
    let mut all = Vec::new();
    for method in methods(route) {
        for hosts in hosts {
            for origin in ORIGINS {
                for credential in CREDENTIALS {
                    for kind in KINDS {
                        let shown = Shown { method, hosts, origin, credential, kind };
                        // What has no body has no type of it.
                        if shown.has_body() || kind == KINDS[0] {
                            all.push(shown);
                        }
                    }
                }
            }
        }
    }
    all
}

/// The names by which every server knows itself.
pub(crate) fn own_names(port: u16) -> Vec<String> {
    ["127.0.0.1", "localhost", "[::1]", "LOCALHOST"].map(|name| format!("{name}:{port}")).to_vec()
}
