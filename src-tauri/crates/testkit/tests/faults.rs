//! Every fault, as a client sees it.

mod support;

use std::io::Read as _;
use std::time::{Duration, Instant};

use inglenook_testkit::{Again, FakeHub, Fault, What};
use support::*;
use url::Url;

async fn opened(url: &str, headers: &[(&str, &str)]) -> (Client, Reply) {
    let url = Url::parse(url).expect("an address");
    let mut client = Client::to(&url).await;
    client.ask("GET", &url, headers, "").await;
    let reply = client.head().await.expect("an answer");
    (client, reply)
}

/// A hub with a fault, and the large file's address.
async fn with(fault: Fault) -> (FakeHub, String) {
    let hub = hub().await;
    let location = signed(&hub).await;
    hub.fault(fault);
    (hub, location)
}

#[tokio::test]
async fn a_cut_ends_the_connection_after_so_many_bytes() {
    let (hub, location) = with(Fault::cdn(What::Cut { after: 1000 }).nth(1)).await;
    let (mut client, reply) = opened(&location, &[]).await;
    assert_eq!(reply.length() as u64, LARGE);
    assert_eq!(client.rest().await, content()[..1000]);
    assert_eq!(hub.served_bytes(FILE), 1000);
    assert_eq!(get(&location).await.body.len() as u64, LARGE, "only the first");
}

#[tokio::test]
async fn a_cut_at_once_leaves_the_head() {
    let (_hub, location) = with(Fault::cdn(What::Cut { after: 0 })).await;
    let (mut client, reply) = opened(&location, &[("Range", "bytes=5-")]).await;
    assert_eq!((reply.status, client.rest().await.len()), (206, 0));
}

#[tokio::test]
async fn a_stall_holds_until_it_is_released() {
    let (hub, location) = with(Fault::cdn(What::Stall { after: 500 })).await;
    let (mut client, _) = opened(&location, &[]).await;
    assert_eq!(client.body(500).await.len(), 500);
    hub.until(|now| now.stalled == 1).await;
    assert_eq!(hub.served_bytes(FILE), 500);
    hub.release();
    let rest = client.body(LARGE as usize - 500).await;
    assert_eq!(rest, content()[500..]);
    assert_eq!(hub.counts().stalled, 0);
}

#[tokio::test]
async fn a_stall_ends_when_the_client_goes() {
    let (hub, location) = with(Fault::cdn(What::Stall { after: 0 })).await;
    let (client, _) = opened(&location, &[]).await;
    hub.until(|now| now.stalled == 1).await;
    drop(client);
    hub.until(|now| now.stalled == 0 && now.connections == 0).await;
    assert!(hub.requests().iter().all(|record| record.ended));
}

#[tokio::test]
async fn a_drip_takes_its_time() {
    let (_hub, location) = with(Fault::cdn(What::Drip { bytes_per_s: 20_000 })).await;
    let begin = Instant::now();
    let reply = get_with(&location, &[("Range", "bytes=0-3999")]).await;
    assert_eq!(reply.body, content()[..4000]);
    assert!(begin.elapsed() >= Duration::from_millis(150), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn a_throttle_holds_for_every_connection_and_can_be_changed() {
    let hub = hub().await;
    let location = signed(&hub).await;
    hub.throttle(Some(40_000));
    let begin = Instant::now();
    let (mut client, _) = opened(&location, &[]).await;
    assert_eq!(client.body(8000).await.len(), 8000);
    assert!(begin.elapsed() >= Duration::from_millis(100), "{:?}", begin.elapsed());
    hub.throttle(None);
    assert_eq!(client.body(LARGE as usize - 8000).await, content()[8000..], "under way too");
}

#[tokio::test]
async fn a_slow_head_comes_in_the_end() {
    let (_hub, location) = with(Fault::cdn(What::SlowHead { bytes_per_s: 4000 })).await;
    let begin = Instant::now();
    assert_eq!(head(&location).await.status, 200);
    assert!(begin.elapsed() >= Duration::from_millis(50), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn a_late_answer_is_whole() {
    let (_hub, location) = with(Fault::cdn(What::Late { ms: 60 })).await;
    let begin = Instant::now();
    assert_eq!(get(&location).await.body.len() as u64, LARGE);
    assert!(begin.elapsed() >= Duration::from_millis(60));
}

#[tokio::test]
async fn a_server_fails_as_often_as_it_was_told() {
    let (hub, location) = with(Fault::cdn(What::Status { status: 503 }).times(2)).await;
    for expected in [503, 503, 200] {
        assert_eq!(get(&location).await.status, expected);
    }
    hub.fault(Fault::hub(What::Status { status: 500 }).path("/api/models").method("GET"));
    assert_eq!(get(&format!("{}/api/models?limit=1", hub.endpoint())).await.status, 500);
    assert_eq!(head(&resolve(&hub, "engine.gguf")).await.status, 302, "another path");
    hub.clear_faults();
    assert_eq!(get(&format!("{}/api/models?limit=1", hub.endpoint())).await.status, 200);
}

#[tokio::test]
async fn too_many_requests_say_when_to_come_again() {
    let hub = hub().await;
    let asked = async |again| {
        hub.clear_faults();
        hub.fault(Fault::hub(What::TooMany { status: 429, seconds: 55, again }));
        let reply = get(&format!("{}/api/models", hub.endpoint())).await;
        assert_eq!(reply.status, 429);
        (reply.header("ratelimit").map(str::to_owned), reply.header("retry-after").map(str::to_owned))
    };
    assert_eq!(asked(Again::RateLimit).await, (Some("\"api\";r=0;t=55".to_owned()), None));
    assert_eq!(asked(Again::Seconds).await, (None, Some("55".to_owned())));
    assert!(asked(Again::Date).await.1.is_some_and(|date| date.ends_with(" GMT")));
    assert_eq!(asked(Again::Unsaid).await, (None, None));
}

#[tokio::test]
async fn a_range_can_be_ignored_or_wrong() {
    let (hub, location) = with(Fault::cdn(What::IgnoreRange).nth(1)).await;
    let range = [("Range", "bytes=10-19")];
    let reply = get_with(&location, &range).await;
    assert_eq!((reply.status, reply.body.len() as u64, reply.header("content-range")), (200, LARGE, None));
    hub.fault(Fault::cdn(What::WrongRange { by: 7 }));
    let reply = get_with(&location, &range).await;
    assert_eq!((reply.status, reply.header("content-range")), (206, Some("bytes 17-26/1000003")));
    assert_eq!(reply.body, content()[10..20], "the bytes are those that were asked for");
}

#[tokio::test]
async fn a_length_can_be_too_long_or_too_short() {
    let (hub, location) = with(Fault::cdn(What::WrongLength { by: 10 }).nth(1)).await;
    let (mut client, reply) = opened(&location, &[]).await;
    assert_eq!((reply.length() as u64, client.rest().await.len() as u64), (LARGE + 10, LARGE));
    hub.fault(Fault::cdn(What::WrongLength { by: -10 }));
    let (mut client, reply) = opened(&location, &[]).await;
    assert_eq!((reply.length() as u64, client.rest().await.len() as u64), (LARGE - 10, LARGE));
}

#[tokio::test]
async fn a_byte_is_flipped_wherever_it_is_served() {
    let (hub, location) = with(Fault::cdn(What::Flip { at: 500_000 })).await;
    let mut wrong = content();
    wrong[500_000] ^= 1;
    assert_eq!(get(&location).await.body, wrong);
    let part = get_with(&location, &[("Range", "bytes=499990-500010")]).await;
    assert_eq!(part.body, wrong[499_990..=500_010]);
    assert_eq!(get_with(&location, &[("Range", "bytes=0-9")]).await.body, wrong[..10]);
    hub.clear_faults();
    assert_eq!(get(&location).await.body, content());
}

#[tokio::test]
async fn what_is_said_of_a_file_can_change_or_be_hostile() {
    let (hub, location) = with(Fault::cdn(What::Etag { etag: "other".to_owned() }).after(1)).await;
    let etag = head(&location).await.header("etag").map(str::to_owned);
    assert_ne!(etag.as_deref(), Some("\"other\""), "the first part");
    assert_eq!(head(&location).await.header("etag"), Some("\"other\""));
    let url = resolve(&hub, "engine.gguf");
    hub.fault(Fault::hub(What::Etag { etag: "../../x".to_owned() }));
    hub.fault(Fault::hub(What::Commit { commit: "..".to_owned() }));
    hub.fault(Fault::hub(What::Size { size: "-1".to_owned() }));
    let reply = head(&url).await;
    assert_eq!(reply.header("x-linked-etag"), Some("\"../../x\""));
    assert_eq!((reply.header("x-repo-commit"), reply.header("x-linked-size")), (Some(".."), Some("-1")));
}

#[tokio::test]
async fn an_address_expires_in_the_middle_of_a_file() {
    let (_hub, location) = with(Fault::cdn(What::Expired).from(1000..u64::MAX).times(1)).await;
    let status = async |range: &str| get_with(&location, &[("Range", range)]).await.status;
    assert_eq!(status("bytes=0-999").await, 206);
    assert_eq!(status("bytes=1000-1999").await, 403);
    assert_eq!(status("bytes=1000-1999").await, 206);
}

#[tokio::test]
async fn redirects_go_round_or_away() {
    let (hub, location) = with(Fault::cdn(What::RedirectLoop)).await;
    let reply = get(&location).await;
    assert_eq!((reply.status, location.ends_with(&reply.location())), (302, true));
    let elsewhere = "http://203.0.113.7/x".to_owned();
    hub.fault(Fault::hub(What::RedirectTo { location: elsewhere.clone() }));
    assert_eq!(get(&resolve(&hub, "engine.gguf")).await.location(), elsewhere);
}

#[tokio::test]
async fn a_file_comes_compressed() {
    let (_hub, location) = with(Fault::cdn(What::Gzip)).await;
    let reply = get_with(&location, &[("Range", "bytes=0-9999")]).await;
    assert_eq!((reply.status, reply.header("content-encoding")), (206, Some("gzip")));
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(&reply.body[..]).read_to_end(&mut plain).expect("gzip");
    assert_eq!(plain, content()[..10_000]);
}

#[tokio::test]
async fn a_web_page_or_anything_else_comes_instead() {
    let (hub, location) = with(Fault::cdn(What::WebPage)).await;
    let reply = get(&location).await;
    assert_eq!((reply.status, reply.text().starts_with("<!DOCTYPE html>")), (200, true));
    hub.fault(Fault::hub(What::Body { content_type: "application/json".to_owned(), text: "[{".to_owned() }));
    assert_eq!(get(&format!("{}/api/models", hub.endpoint())).await.text(), "[{");
}

#[tokio::test]
async fn a_connection_can_end_without_an_answer() {
    let (_hub, location) = with(Fault::cdn(What::HangUp).times(1)).await;
    assert!(ask("GET", &location, &[], "").await.is_none());
    assert_eq!(head(&location).await.status, 200);
}

#[tokio::test]
async fn several_faults_meet_in_one_answer() {
    let (hub, location) = with(Fault::cdn(What::Flip { at: 3 })).await;
    hub.fault(Fault::cdn(What::Cut { after: 10 }));
    let (mut client, _) = opened(&location, &[]).await;
    let came = client.rest().await;
    assert_eq!((came.len(), came[3] == content()[3] ^ 1), (10, true));
}
