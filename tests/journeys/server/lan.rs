//! The server as a neighbour in the network meets it, who asks from another machine over a cable.

use futures::StreamExt as _;
use inglenook_contract::*;
use inglenook_journeys::http::{Answer, Connection, Request};
use inglenook_server::ROUTES;
use serde_json::json;

use crate::cable::{HERE, Neighbour, NeighbourAt, between_two_machines, runs};
use crate::matrix::{LISTED, goes_through, own_names, path};
use crate::{Served, chat};

/// What is served to everybody who can connect: that somebody is there, and how to ask.
const NEEDS_NO_TOKEN: [&str; 8] =
    ["/", "/api/version", "/docs", "/docs/docs.css", "/docs/docs.js", "/docs/mark.svg", "/health", "/openapi.json"];

/// Where a neighbour finds the server, in both families.
fn doors(port: u16) -> [String; 2] {
    let [older, newer] = HERE;
    [format!("{older}:{port}"), format!("[{newer}]:{port}")]
}

/// A server that is open to the network, and where it says that it is reached from there.
async fn shared() -> (Served, Vec<String>) {
    let served = Served::with(|server| {
        server.origins = vec![LISTED.into()];
        server.hosts = vec!["hearth.example".into()];
    })
    .await;
    served.makes_token("first", &[TokenScope::Read]).await;
    served.sets(|server| server.lan = true).await;
    // It starts anew because it was set otherwise; this is behind that in the queue.
    let ServerState::Running { lan, .. } = served.switches(true).await else { panic!("it runs") };
    let lan = lan.iter().map(|address| address.strip_prefix("http://").expect("a URL").to_owned()).collect();
    (served, lan)
}

/// A request for what is served, as an ordinary program makes it.
fn list<'a>(host: &str, token: Option<&str>) -> Request<'a> {
    let mut headers = vec![("host", host.to_owned())];
    headers.extend(token.map(|token| ("authorization", format!("Bearer {token}"))));
    Request { method: "GET", path: "/v1/models", headers, body: b"" }
}

async fn nobody_answers(neighbour: &mut Neighbour, port: u16) {
    for door in doors(port) {
        let refused = neighbour.asks(&door, &list(&door, None)).await.map(|answer| answer.status);
        assert_eq!(refused, Err("ConnectionRefused".to_owned()), "{door}: nobody listens there");
    }
}

#[test]
fn a_server_for_this_machine_is_not_there_for_a_neighbour() {
    let name = "lan::a_server_for_this_machine_is_not_there_for_a_neighbour";
    between_two_machines(name, async |mut neighbour| {
        let served = Served::new().await;
        let ServerState::Running { lan, .. } = served.switches(true).await else { panic!("it runs") };
        assert!(lan.is_empty(), "no address in the network is shown: {lan:?}");
        nobody_answers(&mut neighbour, served.port).await;
        for own in ["127.0.0.1", "[::1]"] {
            let own = format!("{own}:{}", served.port);
            let mut connection = Connection::open(&own).await.expect("it listens on this machine");
            assert_eq!(connection.ask(&list(&own, None)).await.expect("an answer").status, 200, "{own}");
        }
    });
}

#[test]
fn a_server_without_a_token_is_not_opened_to_the_network() {
    between_two_machines("lan::a_server_without_a_token_is_not_opened_to_the_network", async |mut neighbour| {
        let served = Served::with(|server| server.lan = true).await;
        let ServerState::Failed { error } = served.switches(true).await else { panic!("there is no token yet") };
        assert!(error.message.contains("token"), "{}", error.message);
        nobody_answers(&mut neighbour, served.port).await;
    });
}

#[test]
fn a_port_that_another_program_has_in_one_family_is_not_opened_in_the_other() {
    let name = "lan::a_port_that_another_program_has_in_one_family_is_not_opened_in_the_other";
    between_two_machines(name, async |_| {
        let (served, _) = shared().await;
        for (lan, other) in [(true, HERE[1]), (false, "::1")] {
            served.switches(false).await;
            let _other = std::net::TcpListener::bind((other, served.port)).expect("it is free");
            served.sets(|server| server.lan = lan).await;
            let ServerState::Failed { error } = served.switches(true).await else {
                panic!("neighbours would show their tokens to whoever has {other}")
            };
            assert_eq!(error.code, ErrorCode::Busy, "{other}: {}", error.message);
        }
    });
}

#[test]
fn from_another_machine_every_route_asks_for_a_token_and_is_closed_to_foreign_pages() {
    let name = "lan::from_another_machine_every_route_asks_for_a_token_and_is_closed_to_foreign_pages";
    between_two_machines(name, async |mut neighbour| {
        let (served, shown) = shared().await;
        let port = served.port;
        let mut own = own_names(port);
        own.push(format!("hearth.example:{port}"));
        own.extend(shown);
        let [here, _] = HERE;
        let foreign = [here.to_owned(), format!("{here}.evil.com:{port}"), format!("10.91.0.2:{port}")];
        let [door, _] = doors(port);
        goes_through(&served, &own, &foreign, true, &mut NeighbourAt(&mut neighbour, door)).await;
    });
}

#[test]
fn without_a_token_a_neighbour_gets_what_is_meant_for_everybody_and_nothing_else() {
    let name = "lan::without_a_token_a_neighbour_gets_what_is_meant_for_everybody_and_nothing_else";
    between_two_machines(name, async |mut neighbour| {
        let (served, _) = shared().await;
        let home = served.person.home().display().to_string();
        for door in doors(served.port) {
            for route in ROUTES {
                let body: &[u8] = if route.method == "GET" { b"" } else { b"{}" };
                let headers = vec![("host", door.clone()), ("content-type", "application/json".to_owned())];
                let path = path(route);
                let request = Request { method: route.method, path: &path, headers, body };
                let answer = neighbour.asks(&door, &request).await.expect("an answer");
                let meant = NEEDS_NO_TOKEN.contains(&route.path);
                assert_eq!(answer.status, if meant { 200 } else { 401 }, "{} {}", route.method, route.path);
                assert!(!answer.text().contains(&home), "{}: where the data lies is nobody's business", route.path);
            }
        }
    });
}

#[test]
fn every_address_that_is_shown_answers_from_there() {
    between_two_machines("lan::every_address_that_is_shown_answers_from_there", async |mut neighbour| {
        let (served, shown) = shared().await;
        let token = served.makes_token("Neighbour", &[TokenScope::Read]).await.secret;
        let doors = doors(served.port);
        let (numbers, names): (Vec<String>, Vec<String>) =
            shown.into_iter().partition(|address| address.parse::<std::net::SocketAddr>().is_ok());
        assert_eq!(numbers, doors, "both addresses of the one card, and no others");
        for number in &numbers {
            let answer = neighbour.asks(number, &list(number, Some(&token))).await.map(|answer| answer.status);
            assert_eq!(answer, Ok(200), "{number}");
        }
        // Whom a name leads to is the network's business; it has to be let in once it led here.
        for name in &names {
            for door in &doors {
                let answer = neighbour.asks(door, &list(name, Some(&token))).await.map(|answer| answer.status);
                assert_eq!(answer, Ok(200), "{name} at {door}");
            }
        }
    });
}

#[test]
fn in_another_network_the_server_is_found_where_the_machine_is_now() {
    let name = "lan::in_another_network_the_server_is_found_where_the_machine_is_now";
    between_two_machines(name, async |mut neighbour| {
        let (served, _) = shared().await;
        let token = served.makes_token("Neighbour", &[TokenScope::Read]).await.secret;
        let mut changes = served.person.opens::<Vec<Changed>>("app.changes", json!({})).await;
        let (old, new) = (HERE[0], "10.91.0.7");
        runs(&format!("ip address del {old}/24 dev lan0")).await;
        runs(&format!("ip address add {new}/24 dev lan0")).await;
        let [gone, door] = [old, new].map(|address| format!("http://{address}:{}", served.port));
        let shown = async {
            loop {
                let status: ServerStatus = served.person.gets("server.status", json!({})).await;
                let ServerState::Running { lan, .. } = status.state else { panic!("it runs on") };
                if lan.contains(&door) && !lan.contains(&gone) {
                    return;
                }
                changes.next().await.expect("changes are told as long as the application runs");
            }
        };
        tokio::time::timeout(inglenook_journeys::PATIENCE, shown).await.expect("the new address is shown");
        let door = door.strip_prefix("http://").expect("a URL");
        let answer = neighbour.asks(door, &list(door, Some(&token))).await.map(|answer| answer.status);
        assert_eq!(answer, Ok(200), "it is let in by its new name");
        let before = gone.strip_prefix("http://").expect("a URL");
        let answer = neighbour.asks(door, &list(before, Some(&token))).await.map(|answer| answer.status);
        assert_eq!(answer, Ok(403), "the old one is somebody else's by now");
    });
}

#[test]
fn a_neighbour_is_answered_with_the_right_token_alone() {
    between_two_machines("lan::a_neighbour_is_answered_with_the_right_token_alone", async |mut neighbour| {
        let (served, _) = shared().await;
        let writes = served.makes_token("Neighbour", &[TokenScope::Generate]).await;
        let reads = served.makes_token("Dashboard", &[TokenScope::Read]).await;
        let body = chat("hello", false).to_string();
        for door in doors(served.port) {
            let mut says = async |host: &str, token: &str, origin: Option<&str>| {
                let mut headers = vec![("host", host.to_owned()), ("content-type", "application/json".to_owned())];
                headers.push(("authorization", format!("Bearer {token}")));
                headers.extend(origin.map(|origin| ("origin", origin.to_owned())));
                let path = "/v1/chat/completions";
                let request = Request { method: "POST", path, headers, body: body.as_bytes() };
                neighbour.asks(&door, &request).await.expect("an answer")
            };
            let answer = says(&door, &writes.secret, None).await;
            assert_eq!(answer.json()["choices"][0]["message"]["content"], "You said: hello", "{}", answer.text());
            let refused = |answer: Answer| (answer.status, answer.json()["error"]["code"].clone());
            let wrong = says(&door, "ink-0000", None).await;
            assert_eq!(refused(wrong), (401, json!("invalid_api_key")), "{door}: nobody's token");
            let small = says(&door, &reads.secret, None).await;
            assert_eq!(refused(small), (403, json!("scope_missing")), "{door}: it may read, and not write");
            let page = says(&door, &writes.secret, Some("http://evil.com")).await;
            assert_eq!(refused(page), (403, json!("origin_not_allowed")), "{door}: a page that is not listed");
            let rebound = says("evil.com", &writes.secret, None).await;
            assert_eq!(refused(rebound), (403, json!("host_not_allowed")), "{door}: a name that is not ours");
        }
        let _: Nothing = served.person.gets("server.revokeToken", json!({ "token": writes.token.id })).await;
        let [door, _] = doors(served.port);
        let late = neighbour.asks(&door, &list(&door, Some(&writes.secret))).await.map(|answer| answer.status);
        assert_eq!(late, Ok(401), "a revoked token is of no use at once");
    });
}

#[test]
fn when_the_network_is_closed_again_neighbours_are_cut_off_and_none_slips_in() {
    let name = "lan::when_the_network_is_closed_again_neighbours_are_cut_off_and_none_slips_in";
    between_two_machines(name, async |mut neighbour| {
        let (served, _) = shared().await;
        let [kept, half] = doors(served.port);
        // A request that is half sent when the network is closed; tokens were needed when it began.
        neighbour.begins(&half, "GET /v1/models HTTP/1.1\r\n").await.expect("it is sent");
        let before = neighbour.asks(&kept, &list(&kept, None)).await.map(|answer| answer.status);
        assert_eq!(before, Ok(401), "a connection that is kept open");
        served.sets(|server| server.lan = false).await;
        let slipped = neighbour.ends(&half, &format!("host: {half}\r\n\r\n"), "GET").await;
        let slipped = slipped.map(|answer| answer.status);
        assert!(matches!(slipped, Err(_) | Ok(401)), "without a token, while the network is being closed: {slipped:?}");
        // It starts anew because it was set otherwise; this is behind that in the queue.
        assert!(matches!(served.switches(true).await, ServerState::Running { .. }), "it runs for this machine");
        let cut = neighbour.asks(&kept, &list(&kept, None)).await.map(|answer| answer.status);
        assert!(cut.is_err(), "the connection that was kept is closed: {cut:?}");
        // What was cut is not kept, so these are new connections.
        let _ = neighbour.asks(&half, &list(&half, None)).await;
        nobody_answers(&mut neighbour, served.port).await;
        assert_eq!(served.says("hello").await.status, 200, "programs of this machine are answered");
    });
}
