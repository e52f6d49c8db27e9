//! What is answered, and what becomes of an answer whose client, worker or model goes away.

use futures::StreamExt as _;
use inglenook_contract::*;
use inglenook_journeys::http::{Connection, Request};
use serde_json::json;

use crate::{Served, chat};

/// Reads events until one has this text.
async fn reads_until(connection: &mut Connection, text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let reading = async {
        loop {
            let line = connection.line().await.unwrap_or_else(|error| panic!("{error} before {text:?}: {lines:#?}"));
            let found = line.contains(text);
            lines.push(line);
            if found {
                return;
            }
        }
    };
    let patience = inglenook_journeys::PATIENCE;
    tokio::time::timeout(patience, reading).await.unwrap_or_else(|_| panic!("no {text:?} in {patience:?}"));
    lines
}

/// What the events among these lines say, joined: one event may carry several tokens or one.
fn said(lines: &[String]) -> String {
    let events = lines.iter().filter_map(|line| line.strip_prefix("data: "));
    let events = events.filter_map(|data| serde_json::from_str::<serde_json::Value>(data).ok());
    events.filter_map(|event| event["choices"][0]["delta"]["content"].as_str().map(str::to_owned)).collect()
}

/// Waits until a request has ended, and returns it as the log shows it.
async fn logged(served: &Served, wanted: impl Fn(&ServerRequest) -> bool) -> ServerRequest {
    let mut events = served.person.opens::<ServerRequestEvent>("server.requests", json!({})).await;
    let waiting = async {
        while let Some(event) = events.next().await {
            let requests = match event {
                ServerRequestEvent::All { requests } => requests,
                ServerRequestEvent::Changed { request } => vec![*request],
            };
            if let Some(found) = requests.into_iter().find(|request| wanted(request)) {
                return found;
            }
        }
        panic!("the log closed");
    };
    tokio::time::timeout(inglenook_journeys::PATIENCE, waiting).await.expect("the request is logged")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_answered_and_stands_in_the_log() {
    let served = Served::new().await;
    let answer = served.says("hello").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json()["choices"][0]["message"]["content"], "You said: hello");
    let request = logged(&served, |request| request.ended).await;
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/v1/chat/completions"));
    assert_eq!((request.status, request.model.as_deref(), request.error), (Some(200), Some("Pocket"), None));
    assert!(request.completion_tokens.is_some_and(|tokens| tokens > 0), "its tokens are counted");
    assert_eq!((request.request_body, request.response_body), (None, None), "bodies are kept only when asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_are_kept_when_asked_and_never_on_the_disk() {
    let served = Served::with(|server| server.log_bodies = true).await;
    served.says("my little secret").await;
    let request = logged(&served, |request| request.ended).await;
    assert!(request.request_body.is_some_and(|body| body.contains("my little secret")));
    assert!(request.response_body.is_some_and(|body| body.contains("You said: my little secret")));
    let mut folders = vec![served.person.home()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder of the home").flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                let bytes = std::fs::read(entry.path()).unwrap_or_default();
                let found = bytes.windows(16).any(|window| window == b"my little secret");
                assert!(!found, "{} holds what a program asked", entry.path().display());
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_goes_away_stops_the_model() {
    let served = Served::with(|server| {
        server.parallel = 1;
        server.queue = 1;
    })
    .await;
    for stream in [true, false] {
        let mut connection = served.connects().await;
        let body = chat("slow", stream).to_string();
        let path = "/v1/chat/completions";
        let request = Request { method: "POST", path, headers: served.headers(), body: body.as_bytes() };
        connection.send(&request).await.expect("it is sent");
        if stream {
            reads_until(&mut connection, "word").await;
        } else {
            logged(&served, |request| !request.ended && request.first_token_ms.is_some()).await;
        }
        drop(connection);
        let gone = logged(&served, |request| request.ended && request.error.is_some()).await;
        assert!(gone.error.is_some_and(|words| words.contains("went away")), "the log says so");
        let next = served.says("hello").await;
        assert_eq!(next.status, 200, "the one turn that there is came back: {}", next.text());
        served.person.gets::<Nothing>("server.clearRequests", json!({})).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_finds_the_queue_full_is_told_when_to_come_again() {
    let served = Served::with(|server| {
        server.parallel = 1;
        server.queue = 0;
    })
    .await;
    let mut first = served.listens("slow").await;
    reads_until(&mut first, "word").await;
    let refused = served.says("hello").await;
    assert_eq!(refused.status, 503, "{}", refused.text());
    assert!(refused.header("retry-after").and_then(|seconds| seconds.parse::<u64>().ok()).is_some());
    assert_eq!(refused.json()["error"]["code"], "queue_full");
    served.sets(|server| server.parallel = 2).await;
    served.switches(true).await;
    let answered = served.says("hello").await;
    assert_eq!(answered.status, 200, "there are two turns now: {}", answered.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_dies_in_the_middle_is_told_as_an_error_and_never_as_an_end() {
    let served = Served::new().await;
    let mut connection = served.listens("crash").await;
    let lines = reads_until(&mut connection, "\"error\"").await;
    assert_eq!(said(&lines), "It began well", "what was said stands: {lines:#?}");
    let rest = async {
        let mut rest = Vec::new();
        while let Ok(line) = connection.line().await {
            let last = line == "0";
            rest.push(line);
            if last {
                break;
            }
        }
        rest
    };
    let rest = tokio::time::timeout(inglenook_journeys::PATIENCE, rest).await.expect("it ends");
    assert!(!rest.iter().chain(&lines).any(|line| line.contains("[DONE]") || line.contains("\"stop\"")), "{rest:#?}");
    let whole = served.says("crash").await;
    assert_eq!(whole.status, 500, "{}", whole.text());
    assert_eq!(served.says("hello").await.status, 200, "the model is loaded again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_that_does_not_fit_is_refused_with_the_numbers_before_the_first_byte() {
    let served = Served::new().await;
    for stream in [false, true] {
        let answer = served.posts("/v1/chat/completions", &chat(&"hello ".repeat(3_000), stream)).await;
        assert_eq!(answer.status, 400, "{}", answer.text());
        let error = &answer.json()["error"];
        assert_eq!(error["code"], "context_length_exceeded");
        let words = error["message"].as_str().unwrap_or_default();
        assert!(words.contains("3000") && words.contains("2048"), "both numbers: {words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_is_found_by_its_alias_and_an_unknown_one_is_named() {
    let served = Served::new().await;
    let pocket = served.person.pocket().await.id;
    let set = ServedModel { model: pocket, aliases: vec!["gpt-4o".into()], idle_unload_minutes: None };
    served.sets(|server| server.models = vec![set]).await;
    let mut asked = chat("hello", false);
    asked["model"] = json!("gpt-4o");
    assert_eq!(served.posts("/v1/chat/completions", &asked).await.status, 200);
    asked["model"] = json!("gpt-5");
    let unknown = served.posts("/v1/chat/completions", &asked).await;
    assert_eq!((unknown.status, &unknown.json()["error"]["code"]), (404, &json!("model_not_found")));
    let words = unknown.json()["error"]["message"].to_string();
    assert!(words.contains("gpt-5") && words.contains("pocket"), "what there is stands beside it: {words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_loading_on_demand_only_loaded_models_answer() {
    let served = Served::with(|server| server.load_on_demand = false).await;
    assert_eq!(served.says("hello").await.status, 404);
    let pocket = served.person.pocket().await.id;
    let _: Nothing = served.person.gets("model.load", json!({ "model": pocket })).await;
    assert_eq!(served.says("hello").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_leaves_when_the_request_said_so() {
    let served = Served::new().await;
    let mut asked = chat("hello", false);
    asked["ttl"] = json!(0);
    let mut changes = served.person.watches_changes().await;
    assert_eq!(served.posts("/v1/chat/completions", &asked).await.status, 200);
    while served.person.pocket().await.state != ModelState::Unloaded {
        changes.next().await.expect("changes are told");
    }
    asked["ttl"] = json!(-1);
    assert_eq!(served.posts("/v1/chat/completions", &asked).await.status, 200);
    let ModelState::Ready { unload_at, .. } = served.person.pocket().await.state else { panic!("it stays") };
    assert_eq!(unload_at, None, "until it is unloaded");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_taken_is_told_and_another_one_mends_it() {
    let served = Served::new().await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("its number").port();
    served.switches(false).await;
    served.sets(|server| server.port = port).await;
    let ServerState::Failed { error } = served.switches(true).await else { panic!("the port is taken") };
    assert!(error.message.contains(&port.to_string()) && error.message.contains("Another program"), "{error:?}");
    served.sets(|server| server.port = served.port).await;
    assert!(matches!(served.switches(true).await, ServerState::Running { .. }));
    assert_eq!(served.says("hello").await.status, 200);
}
