//! Every answer that the hub and the content server give when nothing goes wrong.

mod support;

use inglenook_testkit::{Content, FakeHub, File, Gate, Host, RepoSpec};
use serde_json::{Value, json};
use support::*;

fn ids(reply: &Reply) -> Vec<String> {
    let rows = reply.json();
    rows.as_array().expect("rows").iter().map(|row| row["id"].as_str().expect("an id").to_owned()).collect()
}

fn paths(reply: &Reply) -> Vec<String> {
    let rows = reply.json();
    rows.as_array().expect("rows").iter().map(|row| row["path"].as_str().expect("a path").to_owned()).collect()
}

async fn catalogue() -> FakeHub {
    let hub = FakeHub::start().await;
    let row = |id: &str, downloads, likes| RepoSpec::new(id).liked(downloads, likes).tags(["gguf"]);
    hub.add(row("ada/one-7B", 10, 3).tags(["license:mit"]).pipeline("text-generation").trending(0.5));
    hub.add(row("ada/two-1B", 30, 1).dated("2025-01-01T00:00:00.000Z", "2025-02-01T00:00:00.000Z"));
    hub.add(row("grace/three", 20, 2).gated(Gate::Auto).gguf(json!({"total": 3_000_000_000_u64})));
    hub.add(RepoSpec::new("gpt2").liked(5, 9).tags(["safetensors"]));
    hub.add(RepoSpec::new("ada/secret").private());
    hub.add(RepoSpec::new("ada/gone").disabled());
    hub
}

#[tokio::test]
async fn repositories_are_searched_filtered_and_ordered() {
    let hub = catalogue().await;
    for (query, expected) in [
        ("sort=downloads", vec!["ada/two-1B", "grace/three", "ada/one-7B", "gpt2"]),
        ("sort=likes&limit=2", vec!["gpt2", "ada/one-7B"]),
        ("sort=trendingScore&limit=1", vec!["ada/one-7B"]),
        ("sort=lastModified&limit=1", vec!["ada/two-1B"]),
        ("sort=createdAt&limit=1", vec!["ada/two-1B"]),
        ("search=ONE+ada", vec!["ada/one-7B"]),
        ("search=license%3Amit", vec!["ada/one-7B"]),
        ("search=nothing", vec![]),
        ("author=grace", vec!["grace/three"]),
        ("filter=gguf&filter=license:mit", vec!["ada/one-7B"]),
        ("filter=gguf,license:mit", vec!["ada/one-7B"]),
        ("filter=safetensors", vec!["gpt2"]),
        ("pipeline_tag=text-generation", vec!["ada/one-7B"]),
        ("gated=true", vec!["grace/three"]),
        ("num_parameters=min:2B,max:4B", vec!["grace/three"]),
    ] {
        let reply = get(&format!("{}/api/models?{query}", hub.endpoint())).await;
        assert_eq!(ids(&reply), expected, "{query}");
    }
    for wrong in ["sort=beauty", "expand=beauty", "expand=tags&full=true", "cursor=x"] {
        assert_eq!(get(&format!("{}/api/models?{wrong}", hub.endpoint())).await.status, 400, "{wrong}");
    }
}

#[tokio::test]
async fn a_list_comes_in_pages() {
    let hub = catalogue().await;
    let mut next = Some(format!("{}/api/models?filter=gguf&sort=downloads&limit=1&expand=downloads", hub.endpoint()));
    let mut found = Vec::new();
    while let Some(page) = next {
        let reply = get(&page).await;
        found.extend(ids(&reply));
        next = reply.next();
    }
    assert_eq!(found, ["ada/two-1B", "grace/three", "ada/one-7B"]);
    hub.page_sizes(2, 1000);
    let reply = get(&format!("{}/api/models", hub.endpoint())).await;
    assert_eq!((ids(&reply).len(), reply.next().is_some()), (2, true), "the hub's own limit");
}

#[tokio::test]
async fn rows_have_what_was_asked_for() {
    let hub = catalogue().await;
    let row =
        async |query: &str| get(&format!("{}/api/models?search=three&{query}", hub.endpoint())).await.json()[0].clone();
    let usual = row("").await;
    assert_eq!(
        (&usual["downloads"], &usual["sha"], &usual["modelId"]),
        (&json!(20), &Value::Null, &json!("grace/three"))
    );
    assert_eq!(row("full=true").await["gated"], "auto");
    let expanded = row("expand=gated&expand[]=gguf").await;
    assert_eq!((&expanded["gated"], &expanded["gguf"]["total"]), (&json!("auto"), &json!(3_000_000_000_u64)));
    assert_eq!(expanded.get("downloads"), None, "nothing else");
}

#[tokio::test]
async fn a_repository_says_what_it_has() {
    let hub = hub().await;
    let api = format!("{}/api/models/ada/engine-GGUF", hub.endpoint());
    let info = get(&format!("{api}?blobs=true")).await.json();
    assert_eq!(info["sha"].as_str(), hub.commit("ada/engine-GGUF", "main").as_deref());
    assert_eq!((&info["gated"], &info["private"]), (&json!(false), &json!(false)));
    let large = &info["siblings"][1];
    assert_eq!((&large["rfilename"], &large["size"]), (&json!("engine.gguf"), &json!(LARGE)));
    assert_eq!(large["lfs"]["sha256"], Content::generated(1, LARGE).sha256());
    assert_eq!(info["siblings"][0]["blobId"], Content::memory(&br#"{"a":1}"#[..]).git_blob());
    assert_eq!(get(&api).await.json()["siblings"][1].get("size"), None, "sizes come with blobs only");
    let expanded = get(&format!("{api}?expand=likes")).await.json();
    assert_eq!((&expanded["likes"], expanded.get("sha")), (&json!(5), None));
    let refs = get(&format!("{api}/refs")).await.json();
    assert_eq!(refs["branches"][0]["ref"], "refs/heads/main");

    let at = get(&format!("{api}/revision/main")).await.json();
    assert_eq!(at["sha"], info["sha"]);
    let wrong = get(&format!("{api}/revision/nowhere")).await;
    assert_eq!((wrong.status, wrong.header("x-error-code")), (404, Some("RevisionNotFound")));
}

#[tokio::test]
async fn repositories_may_have_a_bare_name() {
    let hub = catalogue().await;
    hub.add(RepoSpec::new("gpt2").small("config.json", "{}"));
    assert_eq!(get(&format!("{}/api/models/gpt2", hub.endpoint())).await.json()["id"], "gpt2");
    assert_eq!(paths(&get(&format!("{}/api/models/gpt2/tree/main", hub.endpoint())).await), ["config.json"]);
    let file = get(&format!("{}/gpt2/resolve/main/config.json", hub.endpoint())).await;
    assert_eq!((file.status, file.text().as_str()), (200, "{}"));
}

#[tokio::test]
async fn files_are_listed_in_pages_and_folders() {
    let hub = hub().await;
    let tree = format!("{}/api/models/ada/engine-GGUF/tree/main", hub.endpoint());
    assert_eq!(paths(&get(&tree).await), ["config.json", "engine.gguf", "sub"]);
    assert_eq!(paths(&get(&format!("{tree}/sub?recursive=true")).await), ["sub/folder", "sub/folder/notes.txt"]);
    let large = get(&tree).await.json()[1].clone();
    assert_eq!((&large["type"], &large["size"]), (&json!("file"), &json!(LARGE)));
    assert_eq!(large["lfs"]["oid"], Content::generated(1, LARGE).sha256());
    assert_eq!(large["lfs"]["pointerSize"], 132);
    assert!(get(&format!("{tree}?expand=true")).await.json()[0]["lastCommit"]["id"].is_string());
    let missing = get(&format!("{tree}/nothing")).await;
    assert_eq!((missing.status, missing.header("x-error-code")), (404, Some("EntryNotFound")));

    hub.page_sizes(1000, 2);
    let mut next = Some(format!("{tree}?recursive=true"));
    let mut found = Vec::new();
    while let Some(page) = next {
        let reply = get(&page).await;
        found.extend(paths(&reply));
        next = reply.next();
    }
    assert_eq!(found, ["config.json", "engine.gguf", "sub", "sub/folder", "sub/folder/notes.txt"]);
}

#[tokio::test]
async fn single_paths_can_be_asked_about() {
    let hub = hub().await;
    let url = format!("{}/api/models/ada/engine-GGUF/paths-info/main", hub.endpoint());
    let body = json!({"paths": ["sub/folder", "engine.gguf", "nothing"]}).to_string();
    let reply = ask("POST", &url, &[("Content-Type", "application/json")], &body).await.expect("an answer");
    assert_eq!(paths(&reply), ["sub/folder", "engine.gguf"]);
    let reply = ask("POST", &url, &[], "paths=config.json&expand=true").await.expect("an answer");
    assert_eq!((paths(&reply), reply.json()[0]["lastCommit"].is_object()), (vec!["config.json".to_owned()], true));
}

#[tokio::test]
async fn a_large_file_is_redirected_to_a_signed_address() {
    let hub = hub().await;
    let reply = head(&resolve(&hub, "engine.gguf")).await;
    let sha256 = Content::generated(1, LARGE).sha256();
    assert_eq!(reply.status, 302);
    assert_eq!(reply.header("x-linked-etag"), Some(format!("\"{sha256}\"").as_str()));
    assert_eq!(reply.header("x-linked-size"), Some("1000003"));
    assert_eq!(reply.header("x-repo-commit").map(str::to_owned), hub.commit("ada/engine-GGUF", "main"));
    assert_eq!(reply.header("accept-ranges"), Some("bytes"));
    assert_ne!(reply.length() as u64, LARGE, "a redirect has a length of its own");
    let location = reply.location();
    assert!(location.starts_with("http://localhost:") && location.starts_with(&hub.cdn()), "{location}");
    assert!(hub.endpoint().starts_with("http://127.0.0.1:"));

    assert!(!get(&resolve(&hub, "engine.gguf")).await.body.is_empty());
    let whole = get(&location).await;
    assert_eq!((whole.status, whole.body == content()), (200, true));
    assert_eq!(whole.header("etag"), Some(format!("\"{sha256}\"").as_str()));
    assert_eq!(hub.served_bytes(FILE), LARGE);
    let said = head(&location).await;
    assert_eq!((said.status, said.length() as u64), (200, LARGE));
}

#[tokio::test]
async fn parts_of_a_file_are_served() {
    let hub = hub().await;
    let (location, all) = (signed(&hub).await, content());
    let part = async |range: &str| get_with(&location, &[("Range", range)]).await;
    let reply = part("bytes=10-19").await;
    assert_eq!((reply.status, reply.header("content-range")), (206, Some("bytes 10-19/1000003")));
    assert_eq!(reply.body, all[10..20]);
    let reply = part("bytes=999999-1000003").await;
    assert_eq!(reply.header("content-range"), Some("bytes 999999-1000002/1000003"), "an end past the file's");
    assert_eq!(reply.body, all[999_999..]);
    assert_eq!(part("bytes=-3").await.body, all[1_000_000..]);
    let reply = part("bytes=1000003-").await;
    assert_eq!((reply.status, reply.header("content-range")), (416, Some("bytes */1000003")));
    assert_eq!(part("bytes=0-1,4-5").await.status, 200, "several ranges are not understood");

    let etag = head(&location).await.header("etag").expect("an etag").to_owned();
    let known = get_with(&location, &[("Range", "bytes=0-9"), ("If-Range", &etag)]).await;
    assert_eq!((known.status, known.body.len()), (206, 10));
    let other = get_with(&location, &[("Range", "bytes=0-9"), ("If-Range", "\"other\"")]).await;
    assert_eq!((other.status, other.body.len() as u64), (200, LARGE), "another file than the asker knows");
}

#[tokio::test]
async fn addresses_expire_and_cannot_be_made_up() {
    let hub = hub().await;
    let location = signed(&hub).await;
    assert_eq!(head(&location).await.status, 200);
    assert_eq!(head(&location.replace("Signature=", "Signature=0")).await.status, 403);
    assert_eq!(head(location.split('?').next().expect("a path")).await.status, 403);
    hub.expire_signatures();
    let reply = get(&location).await;
    assert_eq!((reply.status, reply.text().contains("AccessDenied")), (403, true));
    assert_eq!(head(&signed(&hub).await).await.status, 200, "a new address is good");
}

#[tokio::test]
async fn a_small_file_is_served_by_the_hub() {
    let hub = hub().await;
    let url = resolve(&hub, "config.json");
    for reply in [head(&url).await, get(&url).await] {
        assert_eq!((reply.status, reply.length()), (200, 7));
        let id = Content::memory(&br#"{"a":1}"#[..]).git_blob();
        assert_eq!(reply.header("etag"), Some(format!("\"{id}\"").as_str()));
        assert!(reply.header("x-repo-commit").is_some() && reply.header("x-linked-size").is_none());
    }
    assert_eq!(get(&resolve(&hub, "sub%2Ffolder/notes.txt")).await.text(), "notes");
    assert_eq!(get_with(&url, &[("Range", "bytes=1-3")]).await.text(), "\"a\"");

    hub.redirect_small(true);
    let reply = head(&url).await;
    assert_eq!(reply.status, 307);
    assert!(reply.location().starts_with("/api/resolve-cache/models/ada/engine-GGUF/"), "{}", reply.location());
    assert_eq!(get(&format!("{}{}", hub.endpoint(), reply.location())).await.text(), r#"{"a":1}"#);
}

#[tokio::test]
async fn what_git_holds_can_be_read() {
    let hub = hub().await;
    let raw = |path: &str| format!("{}/ada/engine-GGUF/raw/main/{path}", hub.endpoint());
    assert_eq!(get(&raw("config.json")).await.text(), r#"{"a":1}"#);
    assert!(get(&raw("engine.gguf")).await.text().starts_with("version https://git-lfs.github.com/spec/v1\n"));
}

#[tokio::test]
async fn what_is_not_there_has_its_own_answer() {
    let hub = hub().await;
    for (url, status, code) in [
        (resolve(&hub, "nothing.gguf"), 404, "EntryNotFound"),
        (format!("{}/ada/engine-GGUF/resolve/v9/engine.gguf", hub.endpoint()), 404, "RevisionNotFound"),
        (format!("{}/ada/nothing/resolve/main/x", hub.endpoint()), 401, "RepoNotFound"),
        (format!("{}/api/models/ada/nothing", hub.endpoint()), 401, "RepoNotFound"),
    ] {
        let reply = get(&url).await;
        assert_eq!((reply.status, reply.header("x-error-code")), (status, Some(code)), "{url}");
        assert_eq!(reply.json()["error"].as_str(), reply.header("x-error-message"), "{url}");
    }
    assert!(get(&resolve(&hub, "nothing")).await.header("x-repo-commit").is_some());
    hub.name_unknown(false);
    let reply = get(&format!("{}/api/models/ada/nothing", hub.endpoint())).await;
    assert_eq!((reply.status, reply.header("x-error-code")), (401, None));
}

#[tokio::test]
async fn a_token_opens_what_it_may_open() {
    let hub = hub().await;
    hub.add(RepoSpec::new("org/gated").gated(Gate::Manual).small("README.md", "# Hello").small("x.json", "{}"));
    hub.add(RepoSpec::new("grace/secret").private().small("x.json", "{}"));
    hub.add(RepoSpec::new("org/gone").disabled());
    hub.token("hf_grace").named("grace").may_read("org/gated");
    hub.token("hf_other");
    let status = async |path: &str, token: Option<&str>| {
        let header = token.map(|token| format!("Bearer {token}"));
        let headers: Vec<_> = header.iter().map(|header| ("Authorization", header.as_str())).collect();
        let reply = get_with(&format!("{}{path}", hub.endpoint()), &headers).await;
        (reply.status, reply.header("x-error-code").map(str::to_owned))
    };
    let gated = Some("GatedRepo".to_owned());
    let unknown = Some("RepoNotFound".to_owned());
    assert_eq!(status("/org/gated/resolve/main/x.json", None).await, (401, gated.clone()));
    assert_eq!(status("/org/gated/resolve/main/x.json", Some("hf_other")).await, (403, gated));
    assert_eq!(status("/org/gated/resolve/main/x.json", Some("hf_grace")).await, (200, None));
    assert_eq!(status("/org/gated/resolve/main/README.md", None).await, (200, None), "the card is open");
    assert_eq!(status("/api/models/org/gated", None).await, (200, None));
    assert_eq!(status("/api/models/grace/secret", None).await, (401, unknown.clone()));
    assert_eq!(status("/api/models/grace/secret", Some("hf_other")).await, (404, unknown));
    assert_eq!(status("/api/models/grace/secret", Some("hf_grace")).await, (200, None), "it is hers");
    assert_eq!(status("/api/models/org/gone", None).await, (403, None));
    assert_eq!(status("/api/models/ada/engine-GGUF", Some("hf_wrong")).await, (401, None));

    assert_eq!(status("/api/whoami-v2", None).await, (401, None));
    let who = get_with(&format!("{}/api/whoami-v2", hub.endpoint()), &[("authorization", "Bearer hf_grace")]).await;
    assert_eq!(who.json()["name"], "grace");
    hub.revoke("hf_grace");
    assert_eq!(status("/api/whoami-v2", Some("hf_grace")).await, (401, None));
}

#[tokio::test]
async fn a_renamed_repository_redirects_without_a_word() {
    let hub = hub().await;
    hub.rename("ada/engine-GGUF", "ada/machine-GGUF");
    let reply = head(&resolve(&hub, "engine.gguf")).await;
    assert_eq!((reply.status, reply.location().as_str()), (307, "/ada/machine-GGUF/resolve/main/engine.gguf"));
    assert_eq!((reply.header("x-repo-commit"), reply.header("x-linked-etag")), (None, None));
    let reply = get(&format!("{}/api/models/ada/engine-GGUF?blobs=true", hub.endpoint())).await;
    assert_eq!((reply.status, reply.location().as_str()), (307, "/api/models/ada/machine-GGUF?blobs=true"));
    assert_eq!(get(&format!("{}{}", hub.endpoint(), reply.location())).await.json()["id"], "ada/machine-GGUF");
}

#[tokio::test]
async fn a_file_may_change_while_clients_are_connected() {
    let hub = hub().await;
    let before = hub.commit("ada/engine-GGUF", "main").expect("a commit");
    let location = signed(&hub).await;
    let new = hub.update("ada/engine-GGUF", [("engine.gguf", File::large(Content::memory(&b"new"[..])))]);
    assert_eq!(hub.commit("ada/engine-GGUF", "main"), new);
    assert_ne!(new.as_deref(), Some(before.as_str()));
    assert_eq!(get(&signed(&hub).await).await.text(), "new");
    assert_eq!(get(&location).await.body.len() as u64, LARGE, "a signed address stays what it was");
    let old = format!("{}/ada/engine-GGUF/resolve/{before}/engine.gguf", hub.endpoint());
    assert_eq!(head(&old).await.header("x-linked-size"), Some("1000003"), "and so does a commit");
    hub.remove_file("ada/engine-GGUF", "engine.gguf").expect("a commit");
    assert_eq!(head(&resolve(&hub, "engine.gguf")).await.status, 404);
    assert_eq!(hub.update("ada/nothing", [("x", File::small(""))]), None);
}

#[tokio::test]
async fn every_request_is_kept() {
    let hub = hub().await;
    let location = signed(&hub).await;
    get_with(&location, &[("Range", "bytes=0-99"), ("Authorization", "Bearer hf_leaked")]).await;
    hub.until_requests(2).await;
    hub.until(|now| now.answering == 0 && now.connections == 0).await;
    let requests = hub.requests();
    assert_eq!((requests[0].host, requests[0].method.as_str(), requests[0].status), (Host::Hub, "HEAD", Some(302)));
    let second = &requests[1];
    assert_eq!(
        (second.host, second.file.as_deref(), second.range.as_deref()),
        (Host::Cdn, Some(FILE), Some("bytes=0-99"))
    );
    assert_eq!((second.authorised, second.served, second.ended), (true, 100, true));
    assert_eq!(hub.authorised_on_cdn(), 1);
    assert_eq!((hub.served_bytes(FILE), hub.served_bytes("ada/other")), (100, 0));
    hub.forget_served();
    assert_eq!((hub.served_bytes(FILE), hub.counts().served), (0, 0));
}

#[tokio::test]
async fn a_connection_serves_several_requests() {
    let hub = hub().await;
    let url = url::Url::parse(&resolve(&hub, "config.json")).expect("an address");
    let mut client = Client::to(&url).await;
    for _ in 0..3 {
        client.ask("GET", &url, &[], "").await;
        let length = client.head().await.expect("an answer").length();
        assert_eq!(client.body(length).await, br#"{"a":1}"#);
        client.ask("HEAD", &url, &[], "").await;
        assert_eq!(client.head().await.expect("an answer").length(), 7, "and nothing comes after it");
    }
    assert_eq!(hub.connections(), 1);
    hub.stop();
    assert!(client.rest().await.is_empty(), "both servers end at once");
}

#[tokio::test]
async fn hostile_names_are_served_as_they_are() {
    let hub = FakeHub::start().await;
    let long = "n".repeat(300);
    let names = ["../x", "/etc/passwd", "C:\\x", "a\0b", "CON", &long, "\u{202e}fdp.exe", "Case", "case", "a//b", "x "];
    let repo =
        names.iter().fold(RepoSpec::new("evil/names").commit_id("../../x"), |repo, name| repo.small(*name, "evil"));
    hub.add(repo.large("lie.gguf", Content::memory(&b"x"[..]).claiming("../../etag")));
    let listed = paths(&get(&format!("{}/api/models/evil/names/tree/main?recursive=true", hub.endpoint())).await);
    for name in names {
        assert!(listed.iter().any(|path| path == name), "{name:?} in {listed:?}");
    }
    let info = get(&format!("{}/api/models/evil/names?blobs=true", hub.endpoint())).await.json();
    assert_eq!(info["sha"], "../../x");
    let reply = head(&format!("{}/evil/names/resolve/main/lie.gguf", hub.endpoint())).await;
    assert_eq!(
        (reply.header("x-linked-etag"), reply.header("x-repo-commit")),
        (Some("\"../../etag\""), Some("../../x"))
    );
    assert_eq!(get(&reply.location()).await.text(), "x");
}
