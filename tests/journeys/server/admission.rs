//! Who may ask: every route, from every side.

use inglenook_contract::*;
use inglenook_journeys::http::{Connection, Request};
use inglenook_server::ROUTES;
use serde_json::json;

use crate::Served;
use crate::matrix::{LISTED, goes_through, own_names};

#[tokio::test(flavor = "multi_thread")]
async fn on_this_machine_every_route_is_open_to_programs_and_closed_to_foreign_pages() {
    let served = Served::with(|server| server.origins = vec![LISTED.into()]).await;
    goes_through(&served, &own_names(served.port), &[], false, &mut served.connects().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_token_is_required_no_route_does_without() {
    let served = Served::with(|server| {
        server.origins = vec![LISTED.into()];
        server.require_token = true;
    })
    .await;
    goes_through(&served, &own_names(served.port), &[], true, &mut served.connects().await).await;
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
    goes_through(&served, &own, &[], true, &mut served.connects().await).await;
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
