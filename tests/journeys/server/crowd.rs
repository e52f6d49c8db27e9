//! Many at once, large requests, clients that dawdle, and a long day.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::StreamExt as _;
use inglenook_contract::*;
use inglenook_journeys::http::{Connection, Request};
use serde_json::{Value, json};

use crate::{Served, chat};

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_messages_that_do_not_fit_are_refused_with_the_numbers() {
    let served = Served::new().await;
    let messages: Vec<Value> = (0..10_000)
        .map(|n| json!({ "role": if n % 2 == 0 { "user" } else { "assistant" }, "content": format!("message {n}") }))
        .chain([json!({ "role": "user", "content": "hello" })])
        .collect();
    let answer = served.posts("/v1/chat/completions", &json!({ "model": "pocket", "messages": messages })).await;
    assert_eq!(answer.status, 400, "{}", answer.text());
    let error = &answer.json()["error"];
    assert_eq!(error["code"], "context_length_exceeded");
    assert!(error["message"].as_str().is_some_and(|words| words.contains("2048")), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_beyond_all_measure_is_refused_before_it_is_read() {
    let served = Served::new().await;
    let mut connection = served.connects().await;
    let head = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        served.address(),
        100 << 20,
    );
    connection.raw(head.as_bytes()).await.expect("it is sent");
    let piece = vec![b' '; 1 << 20];
    // The server may close its end once it has said what it has to say.
    for _ in 0..100 {
        if connection.raw(&piece).await.is_err() {
            break;
        }
    }
    let answer = connection.answer("POST").await;
    assert!(answer.is_ok_and(|answer| answer.status == 413), "refused, with the reason");
    assert_eq!(served.says("hello").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_clients_at_once_are_all_answered() {
    let served = Served::with(|server| server.queue = 500).await;
    let answers = futures::future::join_all((0..200).map(|n| {
        let served = &served;
        async move { served.says(&format!("hello {n}")).await }
    }))
    .await;
    for (n, answer) in answers.iter().enumerate() {
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.json()["choices"][0]["message"]["content"], format!("You said: hello {n}"), "its own answer");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_begin_and_fall_silent_keep_nobody_out() {
    let served = Served::new().await;
    let mut silent: Vec<Connection> = Vec::new();
    for n in 0..200 {
        let mut connection = served.connects().await;
        let head = if n % 2 == 0 {
            "POST /v1/chat/completions HTTP/1.1\r\nhost: ".to_owned()
        } else {
            let address = served.address();
            format!(
                "POST /v1/chat/completions HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{{"
            )
        };
        connection.raw(head.as_bytes()).await.expect("it is sent");
        silent.push(connection);
    }
    assert_eq!(served.says("hello").await.status, 200, "they take no turn");
    let _: Vec<ChatSummary> = served.person.sees_chats().await;
}

/// What became of a request: exactly one of these.
#[derive(Default)]
struct Tally {
    answered: AtomicUsize,
    refused: AtomicUsize,
    failed: AtomicUsize,
    left: AtomicUsize,
}

/// One client's day: questions, streams that it leaves, answers whose worker dies.
async fn client(served: Arc<Served>, tally: Arc<Tally>, seed: usize, requests: usize) {
    for n in 0..requests {
        let kind = (seed * 31 + n * 17) % 40;
        let count = |counter: &AtomicUsize| counter.fetch_add(1, Ordering::Relaxed);
        match kind {
            0..4 => {
                let mut connection = served.listens("slow").await;
                // Leaves at once, after the head, or in the middle.
                if kind > 0 && connection.head().await.is_ok() && kind > 1 {
                    let _ = connection.line().await;
                }
                count(&tally.left);
            }
            4 => count_status(&served.says("crash").await.status, &tally),
            _ => {
                let answer = served.says(&format!("hello {seed} {n}")).await;
                if answer.status == 200 {
                    let text = answer.json()["choices"][0]["message"]["content"].to_string();
                    assert!(text.contains(&format!("hello {seed} {n}")), "somebody else's answer: {text}");
                }
                count_status(&answer.status, &tally);
            }
        }
    }
}

fn count_status(status: &u16, tally: &Tally) {
    let counter = match status {
        200 => &tally.answered,
        503 => &tally.refused,
        500 => &tally.failed,
        status => panic!("{status} is none of what may come"),
    };
    counter.fetch_add(1, Ordering::Relaxed);
}

/// Resident bytes of this process.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    status.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4096
}

const CLIENTS: usize = 16;
const REQUESTS: usize = 125;

#[tokio::test(flavor = "multi_thread")]
async fn after_a_long_day_everything_was_answered_and_nothing_is_kept() {
    let served = Arc::new(Served::with(|server| server.queue = 1_000).await);
    let day = async |requests: usize| {
        let tally = Arc::new(Tally::default());
        let clients = (0..CLIENTS).map(|seed| tokio::spawn(client(served.clone(), tally.clone(), seed, requests)));
        for ended in futures::future::join_all(clients).await {
            ended.expect("a client's day ends well");
        }
        let all = [&tally.answered, &tally.refused, &tally.failed, &tally.left];
        all.map(|counter| counter.load(Ordering::Relaxed))
    };
    // What is made once is made before the measuring.
    day(REQUESTS / 5).await;
    let before = resident();
    let [answered, refused, failed, left] = day(REQUESTS).await;
    let all = CLIENTS * REQUESTS;
    assert_eq!(answered + refused + failed + left, all, "every request ends in exactly one way");
    assert!(answered * 10 > all * 6, "most are answered: {answered} of {all}, {failed} failed, {refused} refused");
    let mut events = served.person.opens::<ServerRequestEvent>("server.requests", json!({})).await;
    let mut open: std::collections::BTreeSet<u64> = Default::default();
    let quiet = async {
        while let Some(event) = events.next().await {
            match event {
                ServerRequestEvent::All { requests } => {
                    open = requests.iter().filter(|one| !one.ended).map(|one| one.number).collect();
                }
                ServerRequestEvent::Changed { request } if request.ended => drop(open.remove(&request.number)),
                ServerRequestEvent::Changed { request } => drop(open.insert(request.number)),
            }
            if open.is_empty() {
                return;
            }
        }
    };
    tokio::time::timeout(inglenook_journeys::PATIENCE, quiet).await.expect("every request ends");
    let after = resident();
    assert!(after < before + before / 10 + (8 << 20), "memory grew from {before} to {after} bytes");
    let answer = served.posts("/v1/chat/completions", &chat("hello", false)).await;
    assert_eq!(answer.status, 200, "and the next day begins well");
    let request = Request { method: "GET", path: "/v1/models", headers: served.headers(), body: b"" };
    assert_eq!(served.connects().await.ask(&request).await.expect("an answer").status, 200);
}
