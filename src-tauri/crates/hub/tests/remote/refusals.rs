//! What a hub refuses, and what is said of it.

use inglenook_contract::{ErrorCode, ErrorInfo};
use inglenook_hub::remote::{Hub, HubError};
use inglenook_testkit::{Again, Content, FakeHub, Fault, Gate, RepoSpec, What};

use super::{LARGE, TOKEN, anonymous, client, file, id, one_repository};

async fn refusal(hub: &Hub, repo: &str, path: &str) -> HubError {
    hub.resolve(&file(repo, path), "Test").await.expect_err("a refusal")
}

#[tokio::test]
async fn terms_are_to_be_accepted_before_a_file_is_given() {
    let fake = FakeHub::start().await;
    fake.add(RepoSpec::new("meta/Llama").gated(Gate::Auto).large("m.gguf", Content::generated(1, 100)));
    let error = refusal(&anonymous(&fake), "meta/Llama", "m.gguf").await;
    assert!(matches!(error, HubError::Gated { signed_in: false, .. }), "{error:?}");
    assert!(error.to_string().contains(&format!("{}/meta/Llama", fake.endpoint())), "{error}");
    assert_eq!(error.code(), ErrorCode::AccessNeeded);

    let _ = fake.token(TOKEN);
    let hub = client(&fake, Some(TOKEN)).hub;
    let error = refusal(&hub, "meta/Llama", "m.gguf").await;
    assert!(matches!(error, HubError::Gated { signed_in: true, .. }), "{error:?}");

    let _ = fake.token(TOKEN).may_read("meta/Llama");
    assert!(hub.resolve(&file("meta/Llama", "m.gguf"), "Test").await.is_ok());
}

#[tokio::test]
async fn an_unknown_repository_is_told_apart_from_a_wrong_token() {
    let fake = one_repository().await;
    fake.add(RepoSpec::new("ada/Secret").private().small("config.json", "{}"));
    for named in [true, false] {
        fake.name_unknown(named);
        let hub = anonymous(&fake);
        assert!(matches!(refusal(&hub, "no/body", "x").await, HubError::NoRepo { signed_in: false, .. }));
        assert!(matches!(hub.repo(&id("no/body"), None).await, Err(HubError::NoRepo { .. })));
        assert!(matches!(refusal(&hub, "ada/Secret", "config.json").await, HubError::NoRepo { .. }));
    }
    let wrong = client(&fake, Some("hf_revoked")).hub;
    let error = refusal(&wrong, "ada/Secret", "config.json").await;
    assert!(matches!(error, HubError::NotAllowed { signed_in: true, .. }), "{error:?}");
    assert!(error.to_string().contains("does not accept your access token"), "{error}");

    fake.name_unknown(true);
    let _ = fake.token(TOKEN).may_read("ada/Secret");
    let right = client(&fake, Some(TOKEN)).hub;
    assert!(right.resolve(&file("ada/Secret", "config.json"), "Test").await.is_ok());
    assert!(matches!(refusal(&right, "no/body", "x").await, HubError::NoRepo { signed_in: true, .. }));
}

#[tokio::test]
async fn what_a_repository_does_not_have_is_named() {
    let fake = one_repository().await;
    fake.add(RepoSpec::new("ada/Closed").disabled().small("config.json", "{}"));
    let hub = anonymous(&fake);
    let error = refusal(&hub, "ada/Model-1B-GGUF", "missing.gguf").await;
    assert!(error.to_string().contains("missing.gguf") && matches!(error, HubError::NoFile { .. }), "{error}");
    let mut other = file("ada/Model-1B-GGUF", LARGE);
    other.revision = "v9".to_owned();
    let error = hub.resolve(&other, "Test").await.expect_err("no such revision");
    assert!(error.to_string().contains("v9") && matches!(error, HubError::NoRevision { .. }), "{error}");
    assert!(matches!(refusal(&hub, "ada/Closed", "config.json").await, HubError::Disabled { .. }));
}

#[tokio::test]
async fn a_wait_is_as_long_as_the_hub_says() {
    let fake = one_repository().await;
    let hub = anonymous(&fake);
    for (status, again) in [(429, Again::RateLimit), (429, Again::Seconds), (429, Again::Date), (503, Again::Seconds)] {
        fake.clear_faults();
        fake.fault(Fault::hub(What::TooMany { status, seconds: 55, again }));
        let error = hub.repo(&id("ada/Model-1B-GGUF"), None).await.expect_err("a wait");
        let HubError::Wait { after, .. } = &error else { panic!("{error:?}") };
        assert!((50..=55).contains(&after.as_secs()), "{after:?} by {again:?}");
        let info = ErrorInfo::from(error);
        assert!(info.retryable && info.retry_in_ms.is_some_and(|ms| ms >= 50_000), "{info:?}");
    }
    fake.clear_faults();
    fake.fault(Fault::cdn(What::TooMany { status: 429, seconds: 7, again: Again::Seconds }));
    let resolved = hub.resolve(&file("ada/Model-1B-GGUF", LARGE), "Test").await.expect("resolved");
    let error = hub.fetch(&resolved, 0..10, "Test").await.err().expect("a wait");
    assert!(matches!(error, HubError::Wait { after, .. } if after.as_secs() == 7), "{error:?}");
}

#[tokio::test]
async fn a_fault_of_the_hub_is_told_as_one() {
    let fake = one_repository().await;
    fake.fault(Fault::hub(What::Status { status: 502 }));
    let error = refusal(&anonymous(&fake), "ada/Model-1B-GGUF", LARGE).await;
    assert!(matches!(error, HubError::Failed { status: 502, .. }) && error.passes(), "{error:?}");
    fake.clear_faults();
    fake.fault(Fault::hub(What::RedirectLoop));
    let error = refusal(&anonymous(&fake), "ada/Model-1B-GGUF", LARGE).await;
    assert!(matches!(error, HubError::NotUnderstood { .. }), "{error:?}");
    assert!(fake.requests().len() <= 8, "it does not go on for ever");
}

#[tokio::test]
async fn what_the_hub_says_of_a_file_must_make_sense() {
    let fake = one_repository().await;
    let hub = anonymous(&fake);
    for fault in [
        What::Commit { commit: "../../etc".to_owned() },
        What::Commit { commit: String::new() },
        What::Etag { etag: "two words".to_owned() },
        What::Size { size: "-1".to_owned() },
        What::Size { size: "99999999999999999999999".to_owned() },
        What::WebPage,
        What::RedirectTo { location: "http://192.0.2.1/x".to_owned() },
        What::RedirectTo { location: "file:///etc/passwd".to_owned() },
        What::RedirectTo { location: "https://user:word@192.0.2.1/x".to_owned() },
    ] {
        fake.clear_faults();
        fake.fault(Fault::hub(fault.clone()));
        let error = refusal(&hub, "ada/Model-1B-GGUF", LARGE).await;
        assert!(matches!(error, HubError::NotUnderstood { .. }), "{fault:?}: {error:?}");
    }
    fake.clear_faults();
    fake.fault(Fault::hub(What::Size { size: "60000000000".to_owned() }));
    let error = refusal(&hub, "ada/Model-1B-GGUF", LARGE).await;
    assert!(matches!(error, HubError::TooLarge { bytes: 60_000_000_000, .. }), "{error:?}");
    assert!(error.to_string().contains("60.0 GB"), "{error}");
}

#[tokio::test]
async fn a_hub_that_is_gone_cannot_be_reached() {
    let fake = one_repository().await;
    let hub = anonymous(&fake);
    fake.stop();
    let error = hub.repo(&id("ada/Model-1B-GGUF"), None).await.expect_err("nobody is there");
    assert!(error.passes() && error.code() == ErrorCode::Unreachable, "{error:?}");
}
