//! Who may ask: every route, from every side.

use inglenook_contract::*;
use inglenook_journeys::http::{Connection, Request};
use inglenook_server::{ROUTES, Route};
use serde_json::json;

use crate::Served;

const LISTED: &str = "http://localhost:3000";

/// What a request shows of itself.
#[derive(Clone, Copy, Debug)]
struct Shown<'a> {
    hosts: &'a [&'a str],
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

/// The status that has to come; `None` for any that says neither "not you" nor "not so".
fn expected(route: &Route, shown: &Shown<'_>, own: &[String], token_needed: bool) -> Option<u16> {
    let host = matches!(shown.hosts, [host] if own.iter().any(|own| own.eq_ignore_ascii_case(host)));
    let json = route.method == "GET" || shown.kind == "application/json";
    let token = match (shown.credential, route.scope) {
        (_, None) | (Credential::Bearer | Credential::ApiKey, _) => None,
        (Credential::Lacking, _) => Some(403),
        (Credential::None | Credential::Wrong, _) => token_needed.then_some(401),
    };
    match (host, shown.origin) {
        (false, _) => Some(403),
        (true, Some(origin)) if origin != LISTED => Some(403),
        _ if !json => Some(415),
        _ => token,
    }
}

async fn asks(connection: &mut Connection, route: &Route, shown: &Shown<'_>, token: Option<(&str, String)>) -> u16 {
    let mut headers: Vec<(&str, String)> = shown.hosts.iter().map(|host| ("host", (*host).to_owned())).collect();
    headers.extend(shown.origin.map(|origin| ("origin", origin.to_owned())));
    headers.extend(token);
    let path = route.path.replace("{*id}", "nothing").replace("{id}", "nothing").replace("{name}", "nothing");
    let path = path.replace("{job_id}", "nothing");
    let body: &[u8] = if route.method == "GET" { b"" } else { b"{}" };
    if !body.is_empty() {
        headers.push(("content-type", shown.kind.to_owned()));
    }
    let request = Request { method: route.method, path: &path, headers, body };
    let answer = connection.ask(&request).await.unwrap_or_else(|error| panic!("{route:?} {shown:?}: {error}"));
    let reads = answer.header("access-control-allow-origin");
    let listed = shown.origin.filter(|origin| *origin == LISTED && answer.status != 403);
    assert!(reads == listed || answer.status == 403, "{route:?} {shown:?}: the answer may be read by {reads:?}");
    assert_eq!(answer.header("access-control-allow-credentials"), None, "never a browser's credentials");
    answer.status
}

/// Everything against everything.
async fn goes_through(served: &Served, own: &[String], token_needed: bool) {
    let tokens = Tokens::of(served).await;
    let mut connection = served.connects().await;
    let (port, first) = (served.port, own[0].clone());
    let foreign = format!("127.0.0.1.evil.com:{port}");
    let elsewhere = format!("127.0.0.1:{}", port.wrapping_add(1));
    let mut hosts: Vec<Vec<&str>> = own.iter().map(|host| vec![host.as_str()]).collect();
    hosts.extend([
        vec!["evil.com"],
        vec![&foreign],
        vec![&elsewhere],
        vec!["127.0.0.1"],
        vec![first.as_str(), "evil.com"],
    ]);
    let credentials =
        [Credential::None, Credential::Wrong, Credential::Bearer, Credential::ApiKey, Credential::Lacking];
    let mut asked = 0;
    for route in ROUTES {
        for hosts in &hosts {
            for origin in [None, Some("null"), Some("http://evil.com"), Some("tauri://localhost"), Some(LISTED)] {
                for credential in credentials {
                    for kind in ["application/json", "text/plain", "application/x-www-form-urlencoded"] {
                        if route.method == "GET" && kind != "application/json" {
                            continue;
                        }
                        let shown = Shown { hosts, origin, credential, kind };
                        let token = tokens.header(credential, route);
                        let status = asks(&mut connection, route, &shown, token).await;
                        let wanted = expected(route, &shown, own, token_needed);
                        let fits = wanted.map_or(!matches!(status, 401 | 403 | 415), |wanted| wanted == status);
                        assert!(fits, "{} {} {shown:?}: {status}, not {wanted:?}", route.method, route.path);
                        asked += 1;
                    }
                }
            }
        }
    }
    assert!(asked > 1_000, "only {asked} requests: something is wrong with the list");
}

fn own_names(port: u16) -> Vec<String> {
    ["127.0.0.1", "localhost", "[::1]", "LOCALHOST"].map(|name| format!("{name}:{port}")).to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn on_this_machine_every_route_is_open_to_programs_and_closed_to_foreign_pages() {
    let served = Served::with(|server| server.origins = vec![LISTED.into()]).await;
    goes_through(&served, &own_names(served.port), false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_token_is_required_no_route_does_without() {
    let served = Served::with(|server| {
        server.origins = vec![LISTED.into()];
        server.require_token = true;
    })
    .await;
    goes_through(&served, &own_names(served.port), true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_the_network_every_route_asks_for_a_token() {
    let served = Served::with(|server| {
        server.origins = vec![LISTED.into()];
        server.hosts = vec!["hearth.example".into()];
        server.lan = true;
    })
    .await;
    let ServerState::Failed { error } = served.switches(true).await else { panic!("there is no token yet") };
    assert!(error.message.contains("token"), "{}", error.message);
    served.makes_token("first", &[TokenScope::Read]).await;
    let ServerState::Running { lan, .. } = served.switches(true).await else { panic!("there is a token now") };
    let mut own = own_names(served.port);
    own.push(format!("hearth.example:{}", served.port));
    own.extend(lan.iter().filter_map(|address| address.strip_prefix("http://")).map(str::to_owned));
    goes_through(&served, &own, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_asks_first_is_told_what_a_listed_page_may_do() {
    let served = Served::with(|server| server.origins = vec![LISTED.into()]).await;
    let mut connection = served.connects().await;
    for route in ROUTES {
        for (origin, allowed) in [(LISTED, true), ("http://evil.com", false)] {
            let headers = vec![
                ("host", served.address()),
                ("origin", origin.to_owned()),
                ("access-control-request-method", route.method.to_owned()),
                ("access-control-request-headers", "authorization,content-type,x-stainless-os".to_owned()),
            ];
            let request = Request { method: "OPTIONS", path: route.path, headers, body: b"" };
            let answer = connection.ask(&request).await.expect("an answer");
            assert_eq!(answer.status, if allowed { 204 } else { 403 }, "{} {origin}", route.path);
            assert_eq!(answer.header("access-control-allow-origin"), allowed.then_some(origin));
            if allowed {
                let headers = answer.header("access-control-allow-headers").unwrap_or_default();
                assert!(headers.contains("x-stainless-os"), "what OpenAI's own client sends: {headers}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_the_listed_routes_is_served() {
    let served = Served::new().await;
    let mut connection = served.connects().await;
    for path in [
        "/v1",
        "/v1/app/readFileSync",
        "/v1/models/../../etc/passwd",
        "/index.html",
        "/api/call/settings.get",
        "/v1/files",
    ] {
        let request = Request { method: "GET", path, headers: served.headers(), body: b"" };
        let answer = connection.ask(&request).await.expect("an answer");
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
        assert!(answer.json()["error"].is_object() || answer.json()["error"].is_string(), "{path}: {}", answer.text());
    }
    for method in ["PUT", "PATCH", "TRACE", "BREW"] {
        let request = Request { method, path: "/v1/models", headers: served.headers(), body: b"" };
        let answer = connection.ask(&request).await.expect("an answer");
        assert_eq!(answer.status, 405, "{method}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_revoked_is_of_no_use_at_once() {
    let served = Served::with(|server| server.require_token = true).await;
    let made = served.makes_token("Editor", &[TokenScope::Read]).await;
    assert!(made.secret.ends_with(&made.token.ending));
    let mut connection = served.connects().await;
    let mut headers = served.headers();
    headers.push(("authorization", format!("Bearer {}", made.secret)));
    let request = Request { method: "GET", path: "/v1/models", headers, body: b"" };
    assert_eq!(connection.ask(&request).await.expect("an answer").status, 200);
    let tokens: Vec<ServerToken> = served.person.gets("server.tokens", json!({})).await;
    assert!(tokens[0].last_used_at.is_some(), "its use is shown: {tokens:?}");
    let _: Nothing = served.person.gets("server.revokeToken", json!({ "token": made.token.id })).await;
    let refused = connection.ask(&request).await.expect("an answer");
    assert_eq!((refused.status, refused.json()["error"]["type"].clone()), (401, json!("authentication_error")));
    let database = std::fs::read_dir(served.person.home()).expect("the home").flatten();
    let kept = database.filter(|file| file.path().is_file()).any(|file| {
        let bytes = std::fs::read(file.path()).unwrap_or_default();
        bytes.windows(made.secret.len()).any(|window| window == made.secret.as_bytes())
    });
    assert!(!kept, "a secret is shown once and stored nowhere");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_setting_changes_what_the_wire_does_while_the_server_runs() {
    let served = Served::new().await;
    let status = async |host: String, origin: Option<&str>| {
        let mut headers = vec![("host", host)];
        headers.extend(origin.map(|origin| ("origin", origin.to_owned())));
        let request = Request { method: "GET", path: "/v1/models", headers, body: b"" };
        served.connects().await.ask(&request).await.expect("an answer").status
    };
    let port = served.port;
    assert_eq!(status(served.address(), Some(LISTED)).await, 403);
    served.sets(|server| server.origins = vec![LISTED.into()]).await;
    assert_eq!(status(served.address(), Some(LISTED)).await, 200, "the page is listed now");
    served.sets(|server| server.origins.clear()).await;
    assert_eq!(status(served.address(), Some(LISTED)).await, 403, "and now it is not");

    assert_eq!(status(format!("hearth.example:{port}"), None).await, 403);
    served.sets(|server| server.hosts = vec!["hearth.example".into()]).await;
    running_again(&served).await;
    assert_eq!(status(format!("hearth.example:{port}"), None).await, 200);

    assert_eq!(status(served.address(), None).await, 200);
    served.sets(|server| server.require_token = true).await;
    assert_eq!(status(served.address(), None).await, 401);
    served.sets(|server| server.require_token = false).await;

    served.switches(false).await;
    assert!(Connection::open(&served.address()).await.is_err(), "nobody listens");
}

/// The server starts anew in the background when what it listens on was changed; this is behind it in the queue.
async fn running_again(served: &Served) {
    assert!(matches!(served.switches(true).await, ServerState::Running { .. }), "it runs as it is set now");
}
