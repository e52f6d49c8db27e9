//! Resolving files and fetching their content.

use std::ops::Range;

use inglenook_hub::remote::{Hub, HubError, Resolved};
use inglenook_testkit::{Content, FakeHub, Fault, File, Host, RepoSpec, What};

use super::{LARGE, TOKEN, anonymous, client, file, one_repository};

const REPO: &str = "ada/Model-1B-GGUF";

async fn all(hub: &Hub, resolved: &Resolved, range: Range<u64>) -> Result<(Range<u64>, Vec<u8>), HubError> {
    let mut fetched = hub.fetch(resolved, range, "Test").await?;
    let mut bytes = Vec::new();
    while let Some(piece) = fetched.chunk().await? {
        bytes.extend_from_slice(&piece);
    }
    Ok((fetched.range.clone(), bytes))
}

/// The hub with its large file resolved before this fault of the content server is set.
async fn with_fault(what: What) -> (FakeHub, Hub, Resolved) {
    let fake = one_repository().await;
    let hub = anonymous(&fake);
    let resolved = hub.resolve(&file(REPO, LARGE), "Test").await.expect("resolved");
    fake.fault(Fault::cdn(what));
    (fake, hub, resolved)
}

#[tokio::test]
async fn a_large_file_lies_at_the_content_server() {
    let fake = one_repository().await;
    let resolved = anonymous(&fake).resolve(&file(REPO, LARGE), "Test").await.expect("resolved");
    let content = Content::generated(7, 300_000);
    assert!(resolved.content.as_str().starts_with(&fake.cdn()));
    assert_eq!(resolved.bytes, 300_000);
    assert_eq!(resolved.sha256.map(String::from), Some(content.sha256()));
    assert_eq!(Some(resolved.commit.to_string()), fake.commit(REPO, "main"));
    assert!(fake.requests().iter().all(|record| record.method == "HEAD"), "nothing was fetched");
}

#[tokio::test]
async fn a_small_file_lies_at_the_hub_itself() {
    let fake = one_repository().await;
    let hub = anonymous(&fake);
    for redirected in [false, true] {
        fake.redirect_small(redirected);
        let resolved = hub.resolve(&file(REPO, "config.json"), "Test").await.expect("resolved");
        assert!(resolved.content.as_str().starts_with(&fake.endpoint()));
        assert_eq!((resolved.bytes, resolved.etag.len(), resolved.sha256.is_some()), (8, 40, false));
        let (range, bytes) = all(&hub, &resolved, 0..8).await.expect("bytes");
        assert_eq!((range, bytes.as_slice()), (0..8, br#"{"a": 1}"#.as_slice()));
        let text = hub.text_file(&file(REPO, "config.json"), 100, "Test").await.expect("bytes");
        assert_eq!(text, br#"{"a": 1}"#);
    }
    assert!(hub.text_file(&file(REPO, "config.json"), 7, "Test").await.is_err(), "it is longer than that");
    let large = hub.text_file(&file(REPO, LARGE), 1 << 20, "Test").await.expect("bytes");
    assert_eq!(large.len(), 300_000, "redirects to the content server are followed");
}

#[tokio::test]
async fn a_range_comes_as_it_was_asked_for() {
    let fake = one_repository().await;
    let hub = anonymous(&fake);
    let resolved = hub.resolve(&file(REPO, LARGE), "Test").await.expect("resolved");
    let whole = Content::generated(7, 300_000).all().expect("bytes");
    for (asked, expected) in
        [(0..1, 0..1), (1000..50_000, 1000..50_000), (299_999..900_000, 299_999..300_000), (0..300_000, 0..300_000)]
    {
        let (range, bytes) = all(&hub, &resolved, asked).await.expect("bytes");
        assert_eq!(range, expected);
        let at = |offset: u64| usize::try_from(offset).expect("small");
        assert!(bytes == whole[at(expected.start)..at(expected.end)], "{expected:?}");
    }
    let before = fake.requests().len();
    let (range, bytes) = all(&hub, &resolved, 5..5).await.expect("nothing");
    assert_eq!((range, bytes.len(), fake.requests().len()), (5..5, 0, before), "nobody is asked for nothing");
}

#[tokio::test]
async fn a_server_that_ignores_the_range_sends_the_whole_file() {
    let (_fake, hub, resolved) = with_fault(What::IgnoreRange).await;
    let (range, bytes) = all(&hub, &resolved, 1000..2000).await.expect("bytes");
    assert_eq!((range, bytes.len()), (0..300_000, 300_000));
}

#[tokio::test]
async fn an_answer_that_does_not_agree_is_refused() {
    for what in [
        What::WrongRange { by: 1 },
        What::WrongLength { by: 10 },
        What::WrongLength { by: -10 },
        What::Gzip,
        What::WebPage,
        What::RedirectLoop,
        What::RedirectTo { location: "http://192.0.2.1/x".to_owned() },
        What::RedirectTo { location: "ftp://192.0.2.1/x".to_owned() },
    ] {
        let (_fake, hub, resolved) = with_fault(what.clone()).await;
        let error = all(&hub, &resolved, 1000..2000).await.expect_err("does not agree");
        assert!(matches!(error, HubError::NotUnderstood { .. }), "{what:?}: {error:?}");
        assert!(error.passes(), "another answer may be right");
    }
}

#[tokio::test]
async fn a_connection_that_breaks_off_is_no_end() {
    for what in [What::Cut { after: 500 }, What::Cut { after: 0 }, What::HangUp] {
        let (_fake, hub, resolved) = with_fault(what.clone()).await;
        let error = all(&hub, &resolved, 1000..2000).await.expect_err("cut");
        assert!(matches!(error, HubError::Net(_)) && error.passes(), "{what:?}: {error:?}");
    }
}

#[tokio::test]
async fn an_address_that_expired_is_resolved_again() {
    let fake = one_repository().await;
    let hub = anonymous(&fake);
    let resolved = hub.resolve(&file(REPO, LARGE), "Test").await.expect("resolved");
    fake.expire_signatures();
    assert!(matches!(all(&hub, &resolved, 0..9).await, Err(HubError::Expired)));
    let again = hub.resolve(&file(REPO, LARGE), "Test").await.expect("resolved");
    assert!(all(&hub, &again, 0..9).await.is_ok());
    assert_eq!((again.etag, again.bytes), (resolved.etag, resolved.bytes));
    for status in [404, 410] {
        let (_fake, hub, resolved) = with_fault(What::Status { status }).await;
        assert!(matches!(all(&hub, &resolved, 0..9).await, Err(HubError::Expired)), "{status}");
    }
    let (_fake, hub, resolved) = with_fault(What::Status { status: 500 }).await;
    assert!(matches!(all(&hub, &resolved, 0..9).await, Err(HubError::Failed { status: 500, .. })));
}

#[tokio::test]
async fn content_that_changes_between_parts_is_told() {
    let fake = one_repository().await;
    let hub = anonymous(&fake);
    let resolved = hub.resolve(&file(REPO, LARGE), "Test").await.expect("resolved");
    assert!(all(&hub, &resolved, 0..9).await.is_ok());
    fake.fault(Fault::cdn(What::Etag { etag: "another".to_owned() }));
    assert!(matches!(all(&hub, &resolved, 9..20).await, Err(HubError::Changed)));
    fake.clear_faults();

    let small = hub.resolve(&file(REPO, "config.json"), "Test").await.expect("resolved");
    let _ = fake.update(REPO, [("config.json", File::small(r#"{"a": 2, "b": 3}"#))]);
    assert!(matches!(all(&hub, &small, 0..8).await, Err(HubError::Changed)));
}

#[tokio::test]
async fn the_token_goes_to_the_hub_and_to_nobody_else() {
    let fake = one_repository().await;
    let _ = fake.token(TOKEN).named("ada");
    let client = client(&fake, Some(TOKEN));
    let hub = &client.hub;
    let resolved = hub.resolve(&file(REPO, LARGE), "Download a model").await.expect("resolved");
    all(hub, &resolved, 0..300_000).await.expect("bytes");
    hub.text_file(&file(REPO, LARGE), 1 << 20, "Read a text").await.expect("bytes");
    hub.repo(&super::id(REPO), None).await.expect("a repository");
    let _ = hub.gguf_header(&file(REPO, LARGE), "Read a header").await;
    let requests = fake.requests();
    assert!(requests.iter().any(|record| record.host == Host::Cdn));
    assert!(requests.iter().filter(|record| record.host == Host::Hub).all(|record| record.authorised));
    assert_eq!(fake.authorised_on_cdn(), 0);
    let contacts = client.contacts.lock().expect("a list");
    assert_eq!(contacts.len(), requests.len(), "every request stands in the ledger");
    assert!(contacts.iter().all(|contact| !format!("{contact:?}").contains(TOKEN)));
}

#[tokio::test]
async fn a_file_at_a_commit_is_the_one_of_that_commit() {
    let fake = FakeHub::start().await;
    fake.add(RepoSpec::new("ada/Two").small("a.txt", "one").commit("more").small("a.txt", "three"));
    let hub = anonymous(&fake);
    let newest = fake.commit("ada/Two", "main").expect("a commit");
    let mut asked = file("ada/Two", "a.txt");
    asked.revision.clone_from(&newest);
    let resolved = hub.resolve(&asked, "Test").await.expect("resolved");
    assert_eq!((resolved.bytes, resolved.commit.as_str()), (5, newest.as_str()));
    fake.fault(Fault::hub(What::Commit { commit: "0".repeat(40) }));
    assert!(hub.resolve(&asked, "Test").await.is_err(), "another commit than the one that was asked for");
}
