//! A repository as a test describes it: what the hub says of it, its commits, and the files of each. Nothing here is
//! checked: evil names, hashes and commit ids are served as they are given.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::content::{Content, sha1_of};

/// Who may read the files of a repository.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gate {
    /// Everybody.
    #[default]
    Open,
    /// Whoever accepted the terms.
    Auto,
    /// Whoever the publisher let in.
    Manual,
}

impl Gate {
    pub(crate) fn json(self) -> Value {
        match self {
            Self::Open => Value::Bool(false),
            Self::Auto => "auto".into(),
            Self::Manual => "manual".into(),
        }
    }
}

/// A file of a repository.
#[derive(Clone, Debug)]
pub struct File {
    pub(crate) content: Content,
    pub(crate) large: bool,
}

impl File {
    /// A file that the hub serves itself.
    #[must_use]
    pub fn small(bytes: impl Into<bytes::Bytes>) -> Self {
        Self { content: Content::memory(bytes), large: false }
    }

    /// A file in the large file storage: the hub sends askers on to the content server.
    #[must_use]
    pub fn large(content: Content) -> Self {
        Self { content, large: true }
    }

    /// Its bytes.
    #[must_use]
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// What git holds in place of a large file.
    pub(crate) fn pointer(&self) -> String {
        let (sha256, bytes) = (self.content.sha256(), self.content.bytes());
        format!("version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {bytes}\n")
    }

    /// What git calls it.
    pub(crate) fn git_id(&self) -> String {
        if !self.large {
            return self.content.git_blob();
        }
        let pointer = self.pointer();
        sha1_of(format!("blob {}\0{pointer}", pointer.len()).as_bytes())
    }
}

pub(crate) type Files = BTreeMap<String, File>;

#[derive(Clone, Debug)]
pub(crate) struct Commit {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) files: Files,
}

/// A repository. It begins with one commit without files, to which `main` points.
#[derive(Clone, Debug)]
pub struct RepoSpec {
    pub(crate) id: String,
    pub(crate) gate: Gate,
    pub(crate) private: bool,
    pub(crate) disabled: bool,
    pub(crate) downloads: u64,
    pub(crate) likes: u64,
    pub(crate) trending: f64,
    pub(crate) tags: Vec<String>,
    pub(crate) pipeline: Option<String>,
    pub(crate) library: Option<String>,
    pub(crate) created: String,
    pub(crate) modified: String,
    /// Further fields of the hub's answer, as they are: `cardData`, `config`, `gguf`, `safetensors`.
    pub(crate) fields: Map<String, Value>,
    pub(crate) commits: Vec<Commit>,
    /// Branches and what commit they point to; `main` is one.
    pub(crate) branches: BTreeMap<String, usize>,
    pub(crate) git_tags: BTreeMap<String, usize>,
}

impl RepoSpec {
    /// A public repository `user/name`, or `name` alone as the oldest ones have it.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        let id = id.into();
        let first = Commit { id: commit_id(&id, 0), title: "Upload".to_owned(), files: Files::new() };
        Self {
            id,
            gate: Gate::Open,
            private: false,
            disabled: false,
            downloads: 0,
            likes: 0,
            trending: 0.0,
            tags: Vec::new(),
            pipeline: None,
            library: None,
            created: "2024-01-01T00:00:00.000Z".to_owned(),
            modified: "2024-06-01T00:00:00.000Z".to_owned(),
            fields: Map::new(),
            commits: vec![first],
            branches: BTreeMap::from([("main".to_owned(), 0)]),
            git_tags: BTreeMap::new(),
        }
    }

    /// Its name, as `user/name`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// With terms that must be accepted.
    #[must_use]
    pub fn gated(mut self, gate: Gate) -> Self {
        self.gate = gate;
        self
    }

    /// Not to be seen without a token that may read it.
    #[must_use]
    pub fn private(mut self) -> Self {
        self.private = true;
        self
    }

    /// Taken down by the hub.
    #[must_use]
    pub fn disabled(mut self) -> Self {
        self.disabled = true;
        self
    }

    /// How often it was downloaded in the last month, and how many like it.
    #[must_use]
    pub fn liked(mut self, downloads: u64, likes: u64) -> Self {
        (self.downloads, self.likes) = (downloads, likes);
        self
    }

    /// How much it is talked about at the moment.
    #[must_use]
    pub fn trending(mut self, score: f64) -> Self {
        self.trending = score;
        self
    }

    /// Adds tags, as `gguf` or `license:mit`.
    #[must_use]
    pub fn tags<T: Into<String>>(mut self, tags: impl IntoIterator<Item = T>) -> Self {
        self.tags.extend(tags.into_iter().map(Into::into));
        self
    }

    /// What it is for, as `text-generation`.
    #[must_use]
    pub fn pipeline(mut self, pipeline: impl Into<String>) -> Self {
        self.pipeline = Some(pipeline.into());
        self
    }

    /// What it is run with, as `transformers`.
    #[must_use]
    pub fn library(mut self, library: impl Into<String>) -> Self {
        self.library = Some(library.into());
        self
    }

    /// When it was made and last changed, as `2025-04-27T03:38:03.000Z`.
    #[must_use]
    pub fn dated(mut self, created: impl Into<String>, modified: impl Into<String>) -> Self {
        (self.created, self.modified) = (created.into(), modified.into());
        self
    }

    /// The front matter of its card. A licence and the original model become tags too, as the hub makes them.
    #[must_use]
    pub fn card(mut self, card: Value) -> Self {
        if let Some(licence) = card["license"].as_str() {
            self.tags.push(format!("license:{licence}"));
        }
        let bases = card["base_model"].as_array().cloned().unwrap_or_else(|| vec![card["base_model"].clone()]);
        self.tags.extend(bases.iter().filter_map(Value::as_str).map(|base| format!("base_model:{base}")));
        self.field("cardData", card)
    }

    /// What the hub read in the header of one of its GGUF files.
    #[must_use]
    pub fn gguf(self, gguf: Value) -> Self {
        self.field("gguf", gguf)
    }

    /// A further field of the hub's answer, as it is.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, value: Value) -> Self {
        self.fields.insert(name.into(), value);
        self
    }

    /// Adds a file to the newest commit. Any name is taken.
    #[must_use]
    pub fn file(mut self, path: impl Into<String>, file: File) -> Self {
        self.newest().files.insert(path.into(), file);
        self
    }

    /// Adds a file that the hub serves itself.
    #[must_use]
    pub fn small(self, path: impl Into<String>, bytes: impl Into<bytes::Bytes>) -> Self {
        self.file(path, File::small(bytes))
    }

    /// Adds a file in the large file storage.
    #[must_use]
    pub fn large(self, path: impl Into<String>, content: Content) -> Self {
        self.file(path, File::large(content))
    }

    /// Gives the newest commit this id, whatever it looks like.
    #[must_use]
    pub fn commit_id(mut self, id: impl Into<String>) -> Self {
        self.newest().id = id.into();
        self
    }

    /// Begins a commit with the files of the one before; `main` moves to it.
    #[must_use]
    pub fn commit(mut self, title: impl Into<String>) -> Self {
        let files = self.newest().files.clone();
        self.push(title.into(), files);
        self
    }

    /// Lets a branch point to the newest commit.
    #[must_use]
    pub fn branch(mut self, name: impl Into<String>) -> Self {
        self.branches.insert(name.into(), self.commits.len() - 1);
        self
    }

    /// Lets a tag of git point to the newest commit.
    #[must_use]
    pub fn git_tag(mut self, name: impl Into<String>) -> Self {
        self.git_tags.insert(name.into(), self.commits.len() - 1);
        self
    }

    pub(crate) fn push(&mut self, title: String, files: Files) {
        self.commits.push(Commit { id: commit_id(&self.id, self.commits.len()), title, files });
        self.branches.insert("main".to_owned(), self.commits.len() - 1);
    }

    fn newest(&mut self) -> &mut Commit {
        let last = self.commits.len() - 1;
        &mut self.commits[last]
    }

    /// The commit that a branch, a tag of git or a commit's id names.
    pub(crate) fn at(&self, revision: &str) -> Option<&Commit> {
        let named = self.branches.get(revision).or_else(|| self.git_tags.get(revision));
        match named {
            Some(&index) => self.commits.get(index),
            None => self.commits.iter().find(|commit| commit.id == revision),
        }
    }

    /// The commit that `main` points to.
    pub(crate) fn main(&self) -> &Commit {
        let index = self.branches.get("main").copied().unwrap_or(0);
        &self.commits[index.min(self.commits.len() - 1)]
    }

    pub(crate) fn author(&self) -> Option<&str> {
        self.id.split_once('/').map(|(author, _)| author)
    }

    /// What the hub's database calls it: 24 hexadecimal digits.
    pub(crate) fn number(&self) -> String {
        sha1_of(self.id.as_bytes())[..24].to_owned()
    }

    /// The number of parameters, where a header was read.
    pub(crate) fn parameters(&self) -> Option<u64> {
        let total = |field: &str| self.fields.get(field).and_then(|value| value["total"].as_u64());
        total("safetensors").or_else(|| total("gguf"))
    }

    pub(crate) fn refs(&self) -> Value {
        let list = |kind: &str, names: &BTreeMap<String, usize>| -> Vec<Value> {
            let one = |(name, index): (&String, &usize)| json!({"name": name, "ref": format!("refs/{kind}/{name}"), "targetCommit": self.commits[*index].id});
            names.iter().map(one).collect()
        };
        json!({"branches": list("heads", &self.branches), "converts": [], "tags": list("tags", &self.git_tags)})
    }
}

fn commit_id(repo: &str, index: usize) -> String {
    sha1_of(format!("{repo} {index}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_keeps_what_was_before() {
        let repo = RepoSpec::new("ada/x").small("a", "one").git_tag("v1").commit("more").small("a", "two");
        let text = |revision: &str| repo.at(revision).map(|commit| commit.files["a"].content.all().expect("bytes"));
        assert_eq!(text("v1").as_deref(), Some(&b"one"[..]));
        assert_eq!(text("main").as_deref(), Some(&b"two"[..]));
        assert_eq!(text(&repo.main().id).as_deref(), Some(&b"two"[..]));
        assert!(repo.at("v2").is_none());
        assert_ne!(repo.commits[0].id, repo.commits[1].id);
    }

    #[test]
    fn git_knows_a_large_file_by_its_pointer() {
        let bytes = &b"0123456789"[..];
        assert_eq!(File::small(bytes).git_id(), Content::memory(bytes).git_blob());
        let large = File::large(Content::memory(bytes));
        assert_ne!(large.git_id(), File::small(bytes).git_id());
        assert!(large.pointer().contains(&large.content().sha256()));
    }

    #[test]
    fn a_card_becomes_tags() {
        let repo = RepoSpec::new("ada/x").card(json!({"license": "mit", "base_model": ["org/base"]}));
        assert_eq!(repo.tags, ["license:mit", "base_model:org/base"]);
    }
}
