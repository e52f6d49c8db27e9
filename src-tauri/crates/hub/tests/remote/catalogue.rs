//! Searching, looking at repositories, reading about them.

use inglenook_hub::remote::{Cursor, Gate, HubError, ItemKind, RepoFormat, SearchQuery, Sort, items};
use inglenook_testkit::{Content, FakeHub, Fault, Gate as Terms, RepoSpec, What};
use serde_json::json;

use super::{TOKEN, anonymous, client, file, id, one_repository};

fn many(fake: &FakeHub) {
    for number in 0..7_u64 {
        fake.add(
            RepoSpec::new(format!("ada/Llama-{}B-GGUF", number + 1))
                .tags(["gguf", "llama"])
                .card(json!({"license": if number % 2 == 0 { "mit" } else { "apache-2.0" }}))
                .pipeline("text-generation")
                .liked(100 - number, number),
        );
    }
    fake.add(RepoSpec::new("grace/Qwen3-VL-8B").tags(["safetensors"]).pipeline("image-text-to-text").liked(1, 1000));
}

fn query(words: &str) -> SearchQuery {
    SearchQuery { words: words.to_owned(), sort: Sort::Downloads, limit: 3, ..SearchQuery::default() }
}

#[tokio::test]
async fn a_search_gives_rows_in_order_page_by_page() {
    let fake = FakeHub::start().await;
    many(&fake);
    let hub = anonymous(&fake);
    let mut page = hub.search(&query("llama")).await.expect("a page");
    let mut names: Vec<String> = Vec::new();
    let mut pages = 1;
    loop {
        names.extend(page.rows.iter().map(|row| row.repo.to_string()));
        let Some(next) = page.next else { break };
        page = hub.next_page(&next).await.expect("a page");
        pages += 1;
    }
    let expected: Vec<String> = (1..=7).map(|number| format!("ada/Llama-{number}B-GGUF")).collect();
    assert_eq!((names, pages), (expected, 3));
}

#[tokio::test]
async fn a_search_keeps_to_what_was_asked() {
    let fake = FakeHub::start().await;
    many(&fake);
    let hub = anonymous(&fake);
    let names = |query: SearchQuery| {
        let hub = hub.clone();
        async move {
            let page = hub.search(&SearchQuery { limit: 100, ..query }).await.expect("a page");
            page.rows.iter().map(|row| row.repo.name().to_owned()).collect::<Vec<_>>()
        }
    };
    let licensed = names(SearchQuery { licence: Some("apache-2.0".to_owned()), ..query("") }).await;
    assert_eq!(licensed, ["Llama-2B-GGUF", "Llama-4B-GGUF", "Llama-6B-GGUF"]);
    assert_eq!(names(SearchQuery { author: Some("grace".to_owned()), ..query("") }).await, ["Qwen3-VL-8B"]);
    assert_eq!(names(SearchQuery { vision: true, ..query("") }).await, ["Qwen3-VL-8B"]);
    assert_eq!(names(SearchQuery { tools: true, ..query("") }).await, ["Qwen3-VL-8B"], "its family calls tools");
    assert_eq!(names(SearchQuery { format: Some(RepoFormat::Gguf), ..query("") }).await.len(), 7);
    assert_eq!(
        names(SearchQuery { sort: Sort::Likes, ..query("") }).await.first().map(String::as_str),
        Some("Qwen3-VL-8B")
    );
    assert!(names(query("nothing of this name")).await.is_empty());
}

#[tokio::test]
async fn a_cursor_of_another_hub_is_not_followed() {
    let (one, other) = (FakeHub::start().await, FakeHub::start().await);
    many(&one);
    let page = anonymous(&one).search(&query("llama")).await.expect("a page");
    let cursor: Cursor = page.next.expect("another page");
    let refused = anonymous(&other).next_page(&cursor).await;
    assert!(matches!(refused, Err(HubError::Name { .. })), "{refused:?}");
    assert_eq!(one.requests().len() + other.requests().len(), 1, "nobody was asked");
}

#[tokio::test]
async fn a_page_that_is_none_is_told_and_odd_rows_are_left_out() {
    let fake = FakeHub::start().await;
    let hub = anonymous(&fake);
    let odd = r#"[{"id":"../evil"},{"id":"a/b","likes":"many"},7,null,{"id":"c/d","new":{}}]"#;
    let body = |text: &str| What::Body { content_type: "application/json".to_owned(), text: text.to_owned() };
    fake.fault(Fault::hub(body(odd)).times(1));
    let page = hub.search(&query("")).await.expect("a page");
    assert_eq!(page.rows.iter().map(|row| row.repo.as_str()).collect::<Vec<_>>(), ["a/b", "c/d"]);
    fake.clear_faults();
    fake.fault(Fault::hub(What::WebPage));
    let told = hub.search(&query("")).await.expect_err("a web page");
    assert!(told.to_string().contains("does not understand"), "{told}");
}

#[tokio::test]
async fn a_repository_comes_with_all_its_files() {
    let fake = FakeHub::start().await;
    let mut spec =
        RepoSpec::new("ada/Big-GGUF").tags(["gguf"]).card(json!({"license": "mit", "base_model": "ada/Big"}));
    for number in 0..25 {
        spec = spec
            .large(format!("Big-Q{}_0-{number:05}.gguf", number % 8 + 1), Content::generated(number, 1000 + number));
    }
    fake.add(
        spec.small("README.md", "# Big").gguf(json!({"total": 5, "architecture": "llama", "context_length": 4096})),
    );
    fake.page_sizes(100, 4);
    let repo = anonymous(&fake).repo(&id("ada/Big-GGUF"), None).await.expect("a repository");
    assert_eq!(repo.files.len(), 26);
    assert_eq!(Some(repo.commit.to_string()), fake.commit("ada/Big-GGUF", "main"));
    let first = repo.files.iter().find(|file| file.path.as_str() == "Big-Q1_0-00000.gguf").expect("the file");
    let content = Content::generated(0, 1000);
    assert_eq!((first.bytes, first.sha256.as_ref().map(ToString::to_string)), (1000, Some(content.sha256())));
    assert_eq!((repo.licence.as_deref(), repo.base_models.as_slice()), (Some("mit"), [id("ada/Big")].as_slice()));
    let all = items(&repo);
    assert_eq!(all.len(), 25);
    assert!(all.iter().all(|item| item.kind == ItemKind::Gguf && item.quantisation.is_some()));
    assert!(all.is_sorted_by_key(|item| item.bytes));
}

#[tokio::test]
async fn a_renamed_repository_is_found_under_its_new_name() {
    let fake = one_repository().await;
    fake.rename("ada/Model-1B-GGUF", "ada/Better-Name");
    let hub = anonymous(&fake);
    let repo = hub.repo(&id("ada/Model-1B-GGUF"), None).await.expect("a repository");
    assert_eq!(repo.id.as_str(), "ada/Better-Name");
    assert_eq!(repo.files.len(), 3);
    let resolved = hub.resolve(&file("ada/Model-1B-GGUF", super::LARGE), "Test").await.expect("resolved");
    assert_eq!(resolved.bytes, 300_000);
}

#[tokio::test]
async fn a_revision_is_looked_at_by_its_name() {
    let fake = FakeHub::start().await;
    fake.add(RepoSpec::new("gpt2").small("a", "one").git_tag("v1").commit("more").small("b", "two").branch("wip/x"));
    let hub = anonymous(&fake);
    let files = |revision: Option<&'static str>| {
        let hub = hub.clone();
        async move { hub.repo(&id("gpt2"), revision).await.map(|repo| repo.files.len()) }
    };
    assert_eq!(files(None).await.ok(), Some(2));
    assert_eq!(files(Some("v1")).await.ok(), Some(1));
    assert_eq!(files(Some("wip/x")).await.ok(), Some(2));
    assert!(matches!(files(Some("v2")).await, Err(HubError::NoRevision { .. })));
    assert!(matches!(files(Some("../../x")).await, Err(HubError::Name { .. })));
}

#[tokio::test]
async fn evil_names_do_not_reach_anybody() {
    let fake = FakeHub::start().await;
    let mut spec = RepoSpec::new("eve/Model").small("fine.gguf", "x").small("FINE.gguf", "y");
    for evil in ["../x", "/etc/passwd", "C:\\x", "CON", "a\0b", "x\u{202e}fugg", &"n".repeat(300), "a/../../b"] {
        spec = spec.small(evil, "z");
    }
    fake.add(spec);
    let repo = anonymous(&fake).repo(&id("eve/Model"), None).await.expect("a repository");
    assert_eq!((repo.files.len(), repo.left_out), (1, 9));
}

#[tokio::test]
async fn a_repository_with_terms_is_shown_to_everybody() {
    let fake = FakeHub::start().await;
    fake.add(RepoSpec::new("meta/Llama").gated(Terms::Manual).small("config.json", "{}"));
    let repo = anonymous(&fake).repo(&id("meta/Llama"), None).await.expect("a repository");
    assert_eq!(repo.gated, Gate::Asked);
}

#[tokio::test]
async fn a_readme_comes_without_its_front_matter_and_may_be_missing() {
    let fake = one_repository().await;
    fake.add(RepoSpec::new("ada/Silent").small("config.json", "{}"));
    let long = format!("# {}", "ä".repeat(1 << 20));
    fake.add(RepoSpec::new("ada/Long").small("README.md", long));
    let hub = anonymous(&fake);
    assert_eq!(hub.readme(&id("ada/Model-1B-GGUF"), "main").await.ok().flatten().as_deref(), Some("# A model"));
    assert_eq!(hub.readme(&id("ada/Silent"), "main").await.ok(), Some(None));
    let cut = hub.readme(&id("ada/Long"), "main").await.ok().flatten().expect("text");
    assert!(cut.len() <= 1 << 20 && cut.ends_with('ä'), "{} bytes", cut.len());
}

#[tokio::test]
async fn an_account_is_known_by_its_token() {
    let fake = FakeHub::start().await;
    assert_eq!(anonymous(&fake).whoami().await.ok(), Some(None));
    assert!(fake.requests().is_empty(), "without a token nobody is asked");
    let hub = client(&fake, Some(TOKEN)).hub;
    assert!(matches!(hub.whoami().await, Err(HubError::NotAllowed { signed_in: true, .. })));
    let _ = fake.token(TOKEN).named("ada");
    assert_eq!(hub.whoami().await.ok().flatten().as_deref(), Some("ada"));
}
