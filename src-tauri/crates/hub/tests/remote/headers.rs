//! Headers of GGUF files that are not downloaded.

use inglenook_hub::remote::HubError;
use inglenook_testkit::gguf::{Header, Storage, Value};
use inglenook_testkit::{Content, FakeHub, Fault, RepoSpec, What};

use super::{LARGE, anonymous, file, one_repository};

/// A model with so many tokens and weights of some gigabytes, which are generated.
fn model(tokens: usize) -> (Content, u64) {
    let texts = (0..tokens).map(|number| format!("token number {number:08}")).collect();
    let mut header = Header::default()
        .entry("general.architecture", Value::Text("qwen3".to_owned()))
        .entry("general.name", Value::Text("Far Away".to_owned()))
        .entry("qwen3.context_length", Value::U32(40_960))
        .entry("qwen3.block_count", Value::U32(2))
        .entry("tokenizer.ggml.model", Value::Text("gpt2".to_owned()))
        .entry("tokenizer.ggml.tokens", Value::Texts(texts))
        .entry("tokenizer.ggml.eos_token_id", Value::U32(1));
    for block in 0..4 {
        header = header.tensor(format!("blk.{block}.ffn_up.weight"), &[4096, 100_000], Storage::Q8_0);
    }
    let (bytes, length) = header.build();
    let read = bytes.len() as u64;
    (Content::generated_after(bytes, 1, length).claiming("ab".repeat(32)), read)
}

#[tokio::test]
async fn a_header_is_read_with_little_traffic() {
    let fake = FakeHub::start().await;
    let (small, small_bytes) = model(100);
    let (large, large_bytes) = model(150_000);
    assert!(large.bytes() > 1_500_000_000);
    fake.add(RepoSpec::new("ada/Far").large("small.gguf", small).large("large.gguf", large));
    let hub = anonymous(&fake);
    for (name, header_bytes, requests) in [("small.gguf", small_bytes, 2), ("large.gguf", large_bytes, 6)] {
        let before = fake.requests().len();
        let read = hub.gguf_header(&file("ada/Far", name), "Test").await.expect("a header");
        assert_eq!(
            (read.header.architecture.as_deref(), read.header.name.as_deref()),
            (Some("qwen3"), Some("Far Away"))
        );
        assert_eq!(read.header.context_length, Some(40_960));
        assert!(read.fetched_bytes < header_bytes * 2 + (512 << 10), "{} of {header_bytes}", read.fetched_bytes);
        assert!(fake.served_bytes(&format!("ada/Far/{name}")) < header_bytes * 2 + (1 << 20));
        assert!(fake.requests().len() - before <= requests, "{} requests", fake.requests().len() - before);
    }
}

#[tokio::test]
async fn a_header_is_read_from_a_server_that_ignores_ranges() {
    let fake = FakeHub::start().await;
    let (content, header_bytes) = model(50_000);
    fake.add(RepoSpec::new("ada/Far").large("m.gguf", content));
    fake.fault(Fault::cdn(What::IgnoreRange));
    let read = anonymous(&fake).gguf_header(&file("ada/Far", "m.gguf"), "Test").await.expect("a header");
    assert_eq!(read.header.name.as_deref(), Some("Far Away"));
    assert!(read.fetched_bytes < header_bytes + (4 << 20), "it stops when the header is read");
}

#[tokio::test]
async fn what_is_no_model_is_told() {
    let fake = one_repository().await;
    let error = anonymous(&fake).gguf_header(&file("ada/Model-1B-GGUF", LARGE), "Test").await.expect_err("noise");
    assert!(matches!(error, HubError::Header(_)), "{error:?}");
}

#[tokio::test]
async fn a_header_that_breaks_off_is_the_networks_fault() {
    let fake = FakeHub::start().await;
    fake.add(RepoSpec::new("ada/Far").large("m.gguf", model(50_000).0));
    fake.fault(Fault::cdn(What::Cut { after: 100_000 }));
    let error = anonymous(&fake).gguf_header(&file("ada/Far", "m.gguf"), "Test").await.expect_err("cut");
    assert!(matches!(error, HubError::Net(_)) && error.passes(), "{error:?}");
}

#[tokio::test]
async fn a_header_without_an_end_is_given_up() {
    let fake = FakeHub::start().await;
    let endless = Header::default()
        .entry("general.architecture", Value::Text("llama".to_owned()))
        .entry("tokenizer.ggml.tokens", Value::Texts(vec!["x".repeat(60); 1_500_000]));
    let (bytes, _) = endless.build();
    let length = bytes.len() as u64;
    assert!(length > 100_000_000);
    fake.add(RepoSpec::new("eve/Endless").large("m.gguf", Content::memory(bytes).claiming("cd".repeat(32))));
    let error = anonymous(&fake).gguf_header(&file("eve/Endless", "m.gguf"), "Test").await.expect_err("endless");
    assert!(matches!(error, HubError::NotUnderstood { .. }), "{error:?}");
    assert!(fake.served_bytes("eve/Endless/m.gguf") < 80 << 20);
}
