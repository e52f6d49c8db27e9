//! One repository: what its hub knows about the model, and all its files with their sizes and digests.

use inglenook_net::Request;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::answers::About;
use super::names::{Commit, RepoId, RepoPath, Sha256Hex, check_revision, is_git_hash, without_clashes};
use super::search::{RepoFormat, parameters};
use super::{Follow, Hub, HubError, abilities, reading};
use crate::template::TemplateAbilities;

/// Longest answer about a repository, bytes: a card, a template and some thousand names.
const MAX_INFO_BYTES: u64 = 32 << 20;
/// Longest page of files, bytes: a thousand entries.
const MAX_TREE_BYTES: u64 = 16 << 20;
/// Most pages of files. A thousand files are a page.
const MAX_TREE_PAGES: usize = 30;
/// Longest chat template that is kept, bytes.
const MAX_TEMPLATE_BYTES: usize = 1 << 20;
/// Longest address of a licence, bytes.
const MAX_LINK_BYTES: usize = 2000;

/// Whether a repository's terms have to be accepted before its files are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    /// They are given to everybody.
    #[default]
    Open,
    /// Whoever accepts the terms gets them at once.
    Terms,
    /// The publisher looks at each request.
    Asked,
}

/// What a hub tells of the repository's GGUF files, read from one of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GgufFacts {
    /// Numbers in the model.
    pub parameters: Option<u64>,
    /// For example `qwen3`.
    pub architecture: Option<String>,
    /// Tokens the model was trained to hold.
    pub context_length: Option<u32>,
    /// The chat template (Jinja).
    pub template: Option<String>,
}

/// A file of a repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepoFile {
    /// Where it lies.
    pub path: RepoPath,
    /// Its size.
    pub bytes: u64,
    /// Its digest, which hubs know of large files.
    pub sha256: Option<Sha256Hex>,
    /// The hash that git gives it, 40 lower-case hex digits; of a large file that of its pointer.
    pub git: Option<String>,
}

/// A repository at one commit.
#[derive(Clone, Debug, PartialEq)]
pub struct Repo {
    /// Its name; another than was asked for where it was renamed.
    pub id: RepoId,
    /// What everything here is of.
    pub commit: Commit,
    /// Who published it; empty where nobody is named.
    pub author: String,
    /// Downloads of the last month.
    pub downloads: u64,
    /// Likes.
    pub likes: u64,
    /// The last change, milliseconds since 1970-01-01 UTC.
    pub updated: Option<i64>,
    /// Whether terms have to be accepted.
    pub gated: Gate,
    /// Only the publisher and whom they let in see it.
    pub private: bool,
    /// The hub's owners have closed it.
    pub disabled: bool,
    /// As the Hub names it: `apache-2.0`, `other`.
    pub licence: Option<String>,
    /// What the publisher calls a licence that the Hub has no name for.
    pub licence_name: Option<String>,
    /// Where its text is; an address of the web.
    pub licence_link: Option<Url>,
    /// The repositories of the models that this one was made of.
    pub base_models: Vec<RepoId>,
    /// Its tags.
    pub tags: Vec<String>,
    /// What it is for, as the Hub sorts it: `text-generation`.
    pub pipeline: Option<String>,
    /// The formats that its tags name.
    pub formats: Vec<RepoFormat>,
    /// It takes pictures, by its tags.
    pub vision: bool,
    /// It calls tools, by its template, else by its tags or its family.
    pub tools: bool,
    /// It reasons aloud, by its template.
    pub thinks: bool,
    /// Numbers in the model, as the Hub counted them, else by its name.
    pub parameters: Option<u64>,
    /// What most of the numbers in safetensors are stored as: `BF16`.
    pub stored: Option<String>,
    /// What the hub read from a GGUF file.
    pub gguf: Option<GgufFacts>,
    /// All files with names that can be stored, in the hub's order.
    pub files: Vec<RepoFile>,
    /// How many files were left out, because their names cannot be stored.
    pub left_out: usize,
    /// The files are shown only to people who have accepted the terms; `files` is empty.
    pub files_withheld: bool,
}

impl Hub {
    /// What a hub knows of a repository, at a revision or as it is now, with all its files.
    ///
    /// # Errors
    /// Everything that a hub can refuse.
    pub async fn repo(&self, repo: &RepoId, revision: Option<&str>) -> Result<Repo, HubError> {
        let purpose = format!("Look at {repo}");
        let about = About { repo: Some(repo), revision, path: None };
        let url = match revision {
            None => self.api_url(repo, []),
            Some(revision) => {
                check_revision(revision)?;
                self.api_url(repo, ["revision", revision])
            }
        };
        let make = |url| Request::get(url, purpose.as_str()).compressed();
        let answer = self.ask(make, url, Follow::Own, &about).await?;
        let info: Value = answer.response.json(MAX_INFO_BYTES).await?;
        let mut found = Repo::read(&info, repo, self)?;
        match self.tree(&found.id, &found.commit, &purpose).await {
            Ok(Tree { files, left_out }) => {
                found.files = files;
                found.left_out = left_out;
            }
            Err(HubError::Gated { .. }) => found.files_withheld = true,
            Err(error) => return Err(error),
        }
        Ok(found)
    }

    fn api_url<'a, const N: usize>(&self, repo: &'a RepoId, behind: [&'a str; N]) -> Url {
        self.url(["api", "models"].into_iter().chain(repo.as_str().split('/')).chain(behind))
    }

    /// All files at a commit.
    async fn tree(&self, repo: &RepoId, commit: &Commit, purpose: &str) -> Result<Tree, HubError> {
        let about = About { repo: Some(repo), revision: Some(commit.as_str()), path: None };
        let mut url = self.api_url(repo, ["tree", commit.as_str()]);
        url.query_pairs_mut().append_pair("recursive", "true");
        let mut tree = Tree::default();
        for _ in 0..MAX_TREE_PAGES {
            let make = |url| Request::get(url, purpose).compressed();
            let response = self.ask(make, url, Follow::Own, &about).await?.response;
            let more = response.header("link").is_some_and(|link| link.contains("next"));
            let next = self.next_address(&response)?;
            let entries: Vec<Value> = response.json(MAX_TREE_BYTES).await?;
            entries.iter().for_each(|entry| tree.take(entry));
            match next {
                Some(next) => url = next,
                None if more => {
                    return Err(HubError::not_understood(self.host(), "The list of files goes on elsewhere."));
                }
                None => return Ok(tree.finished()),
            }
        }
        Err(HubError::not_understood(self.host(), "The list of files has no end."))
    }
}

/// Files as they are read.
#[derive(Debug, Default)]
struct Tree {
    files: Vec<RepoFile>,
    left_out: usize,
}

impl Tree {
    fn take(&mut self, entry: &Value) {
        if entry.get("type").and_then(Value::as_str) != Some("file") {
            return;
        }
        match RepoFile::read(entry) {
            Some(file) => self.files.push(file),
            None => self.left_out += 1,
        }
    }

    fn finished(mut self) -> Self {
        let all = self.files.len();
        self.files = without_clashes(self.files, |file| &file.path);
        self.left_out += all - self.files.len();
        self
    }
}

impl RepoFile {
    fn read(entry: &Value) -> Option<Self> {
        let path = RepoPath::parse(entry.get("path")?.as_str()?).ok()?;
        let large = entry.get("lfs").filter(|large| large.is_object());
        let bytes =
            large.and_then(|large| reading::number(large, "size")).or_else(|| reading::number(entry, "size"))?;
        let sha256 = large.and_then(|large| Sha256Hex::parse(large.get("oid")?.as_str()?).ok());
        let git = entry.get("oid").and_then(Value::as_str).filter(|oid| is_git_hash(oid)).map(str::to_owned);
        Some(Self { path, bytes, sha256, git })
    }
}

impl Repo {
    fn read(info: &Value, asked: &RepoId, hub: &Hub) -> Result<Self, HubError> {
        let wrong = |detail: &str| HubError::not_understood(hub.host(), detail);
        let id = info.get("id").and_then(Value::as_str).and_then(|id| RepoId::parse(id).ok());
        let id = id.unwrap_or_else(|| asked.clone());
        let commit = info.get("sha").and_then(Value::as_str).and_then(|commit| Commit::parse(commit).ok());
        let commit = commit.ok_or_else(|| wrong("The repository has no commit."))?;
        let card = info.get("cardData").unwrap_or(&Value::Null);
        let tags = reading::texts(info, "tags");
        let pipeline = reading::text(info, "pipeline_tag");
        let formats = abilities::formats(&tags, reading::text(info, "library_name").as_deref());
        let gguf = info.get("gguf").filter(|facts| facts.is_object()).map(GgufFacts::read);
        let template = template(info, gguf.as_ref()).map(|template| TemplateAbilities::of(&template));
        let counted = gguf.as_ref().and_then(|facts| facts.parameters);
        Ok(Self {
            author: reading::text(info, "author").or_else(|| id.author().map(str::to_owned)).unwrap_or_default(),
            downloads: reading::number(info, "downloads").unwrap_or_default(),
            likes: reading::number(info, "likes").unwrap_or_default(),
            updated: reading::time_ms(info, "lastModified"),
            gated: reading::gate(info),
            private: reading::yes(info, "private"),
            disabled: reading::yes(info, "disabled"),
            licence: reading::texts(card, "license")
                .into_iter()
                .next()
                .or_else(|| reading::tag_value(&tags, "license:")),
            licence_name: reading::text(card, "license_name"),
            licence_link: licence_link(card, &id, &commit, hub),
            base_models: base_models(card, &tags),
            vision: abilities::sees(&tags, pipeline.as_deref()),
            tools: template.map_or_else(|| abilities::calls_tools(&id, &tags), |abilities| abilities.tools),
            thinks: template.is_some_and(|abilities| abilities.thinks),
            parameters: counted.or_else(|| parameters(&id, info, &formats)),
            stored: stored(info),
            gguf,
            files: Vec::new(),
            left_out: 0,
            files_withheld: false,
            tags,
            pipeline,
            formats,
            commit,
            id,
        })
    }
}

impl GgufFacts {
    fn read(facts: &Value) -> Self {
        let template = facts.get("chat_template").and_then(Value::as_str);
        Self {
            parameters: reading::number(facts, "total").filter(|total| *total > 0),
            architecture: reading::text(facts, "architecture"),
            context_length: reading::number(facts, "context_length").and_then(|length| u32::try_from(length).ok()),
            template: template.filter(|text| !text.is_empty() && text.len() <= MAX_TEMPLATE_BYTES).map(str::to_owned),
        }
    }
}

/// The chat template, of a GGUF file or of the tokenizer's settings.
fn template(info: &Value, gguf: Option<&GgufFacts>) -> Option<String> {
    let of_config = || {
        let config = info.get("config")?;
        let own = config.get("chat_template_jinja").or_else(|| config.get("tokenizer_config")?.get("chat_template"));
        Some(own?.as_str()?.to_owned()).filter(|text| text.len() <= MAX_TEMPLATE_BYTES)
    };
    gguf.and_then(|facts| facts.template.clone()).or_else(of_config)
}

/// What most numbers are stored as.
fn stored(info: &Value) -> Option<String> {
    let counts = info.get("safetensors")?.get("parameters")?.as_object()?;
    let (kind, _) = counts.iter().max_by_key(|(_, count)| count.as_u64().unwrap_or_default())?;
    let plain = kind.len() <= 20 && kind.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (plain && !kind.is_empty()).then(|| kind.to_uppercase())
}

/// Where the licence's text is: an address, or a file of the repository.
fn licence_link(card: &Value, repo: &RepoId, commit: &Commit, hub: &Hub) -> Option<Url> {
    let link = card.get("license_link")?.as_str()?.trim();
    if link.is_empty() || link.len() > MAX_LINK_BYTES {
        return None;
    }
    match Url::parse(link) {
        Ok(url) => (matches!(url.scheme(), "https" | "http") && url.host_str().is_some()).then_some(url),
        Err(_) => RepoPath::parse(link.trim_start_matches("./")).ok().map(|path| hub.file_page(repo, commit, &path)),
    }
}

/// What the model was made of, by its card, else by its tags (`base_model:quantized:user/repo`).
fn base_models(card: &Value, tags: &[String]) -> Vec<RepoId> {
    let named: Vec<RepoId> =
        reading::texts(card, "base_model").iter().filter_map(|id| RepoId::parse(id).ok()).collect();
    if !named.is_empty() {
        return named;
    }
    let mut tagged: Vec<RepoId> = Vec::new();
    for tag in tags.iter().filter_map(|tag| tag.strip_prefix("base_model:")) {
        let id = tag.rsplit_once(':').map_or(tag, |(_, id)| id);
        if let Ok(id) = RepoId::parse(id)
            && !tagged.contains(&id)
        {
            tagged.push(id);
        }
    }
    tagged
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use inglenook_net::{Net, NetSettings};
    use serde_json::json;

    use super::*;

    fn read(info: &Value) -> Result<Repo, HubError> {
        let net = Net::new(NetSettings::default(), Arc::new(|_| {})).expect("a way out");
        let hub = Hub::new(net, "https://huggingface.co", Arc::new(|| None)).expect("a hub");
        Repo::read(info, &RepoId::parse("asked/for").expect("a name"), &hub)
    }

    #[test]
    fn a_repository_is_read_with_what_is_there() {
        let repo = read(&json!({
            "id": "user/Model-7B-GGUF", "sha": "a".repeat(40), "gated": "manual", "private": true, "likes": 3,
            "tags": ["gguf", "license:other"],
            "cardData": {"license": "other", "license_name": "qwen", "license_link": "LICENSE", "base_model": ["user/Model-7B", "../x"]},
            "gguf": {"total": 7_000_000_123_u64, "architecture": "qwen3", "context_length": 40960, "chat_template": "{% if tools %}{% endif %}{% if enable_thinking %}{% endif %}"},
        }))
        .expect("a repository");
        assert_eq!((repo.author.as_str(), repo.gated, repo.private), ("user", Gate::Asked, true));
        assert_eq!((repo.licence.as_deref(), repo.licence_name.as_deref()), (Some("other"), Some("qwen")));
        let link = format!("https://huggingface.co/user/Model-7B-GGUF/blob/{}/LICENSE", "a".repeat(40));
        assert_eq!(repo.licence_link.map(String::from), Some(link));
        assert_eq!(repo.base_models, [RepoId::parse("user/Model-7B").expect("a name")]);
        assert_eq!((repo.parameters, repo.tools, repo.thinks), (Some(7_000_000_123), true, true));
        assert_eq!(repo.gguf.and_then(|facts| facts.context_length), Some(40960));
    }

    #[test]
    fn a_repository_without_a_commit_is_none() {
        assert!(matches!(read(&json!({"id": "a/b"})), Err(HubError::NotUnderstood { .. })));
        assert!(matches!(read(&json!({"id": "a/b", "sha": "../x"})), Err(HubError::NotUnderstood { .. })));
        assert!(matches!(read(&json!([])), Err(HubError::NotUnderstood { .. })));
    }

    #[test]
    fn a_repository_of_odd_facts_is_read_without_them() {
        let odd = json!({"id": "../x", "sha": "0".repeat(40), "cardData": [1], "gguf": {"total": "x"}, "tags": {}, "safetensors": 1});
        let repo = read(&odd).expect("a repository");
        assert_eq!(repo.id.as_str(), "asked/for");
        assert_eq!(repo.licence_link, None);
        let link = |link: &str| {
            read(&json!({"sha": "0".repeat(40), "cardData": {"license_link": link}}))
                .ok()
                .and_then(|repo| repo.licence_link)
        };
        assert_eq!(link("javascript:alert(1)"), None);
        assert_eq!(link("../../x"), None);
        assert!(link("https://example.org/licence").is_some());
    }

    #[test]
    fn base_models_stand_in_tags_too() {
        let tags = ["base_model:user/Base", "base_model:quantized:user/Base", "base_model:x:../y"].map(str::to_owned);
        assert_eq!(base_models(&Value::Null, &tags), [RepoId::parse("user/Base").expect("a name")]);
    }

    #[test]
    fn what_is_stored_most_is_told() {
        assert_eq!(stored(&json!({"safetensors": {"parameters": {"F32": 5, "bf16": 900}}})).as_deref(), Some("BF16"));
        assert_eq!(stored(&json!({"safetensors": {"parameters": {"<b>": 1}}})), None);
    }

    #[test]
    fn files_of_evil_names_are_left_out_and_counted() {
        let mut tree = Tree::default();
        for entry in [
            json!({"type": "file", "path": "model.gguf", "size": 130, "lfs": {"oid": "AB".repeat(32), "size": 5000}}),
            json!({"type": "file", "path": "../evil", "size": 1}),
            json!({"type": "file", "path": "MODEL.GGUF", "size": 1}),
            json!({"type": "file", "path": "config.json", "size": 7, "lfs": null}),
            json!({"type": "file", "path": "no-size"}),
            json!({"type": "directory", "path": "sub"}),
            json!("odd"),
        ] {
            tree.take(&entry);
        }
        let tree = tree.finished();
        let seen: Vec<(&str, u64, bool)> =
            tree.files.iter().map(|file| (file.path.as_str(), file.bytes, file.sha256.is_some())).collect();
        assert_eq!(seen, [("model.gguf", 5000, true), ("config.json", 7, false)]);
        assert_eq!(tree.left_out, 3);
    }
}
