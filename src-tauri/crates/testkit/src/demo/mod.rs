//! A believable catalogue, for developing and for trying things out: well-known families with their licences, cards
//! and files. Numbers of downloads are made up, headers are real, weights are noise.
//!
//! The data lies in `demo/*.json` beside this crate's sources. Files of at most [`HONEST`] bytes have the SHA-256 that
//! they say; larger ones say a made-up one unless all are asked to be honest, for hashing the catalogue would take
//! hours. A download of such a file ends as a damaged one, which is worth seeing too.

mod model;

use std::io;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::content::{Content, sha256_of};
use crate::repo::{Gate, RepoSpec};
use model::Model;

/// Length in bytes up to which a file of the catalogue says its true SHA-256.
pub const HONEST: u64 = 1 << 30;

const FAMILIES: &[&str] = &[
    include_str!("../../demo/google.json"),
    include_str!("../../demo/meta.json"),
    include_str!("../../demo/mistral.json"),
    include_str!("../../demo/others.json"),
    include_str!("../../demo/qwen.json"),
];

/// A repository as the catalogue's files describe it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    #[serde(default)]
    gate: Option<Terms>,
    #[serde(default)]
    private: bool,
    #[serde(default)]
    downloads: u64,
    #[serde(default)]
    likes: u64,
    #[serde(default)]
    trending: f64,
    created: String,
    modified: String,
    #[serde(default)]
    pipeline: Option<String>,
    #[serde(default)]
    library: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    card: Value,
    #[serde(default)]
    readme: String,
    #[serde(default)]
    model: Option<Model>,
    files: Vec<FileEntry>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Terms {
    Auto,
    Manual,
}

/// A file; what else than its path is said tells what it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileEntry {
    path: String,
    /// A GGUF file of the entry's model.
    #[serde(default)]
    quantisation: Option<String>,
    /// In how many parts.
    #[serde(default)]
    parts: Option<u32>,
    /// The eyes of the entry's model, of so many bytes.
    #[serde(default)]
    projector: Option<u64>,
    /// The entry's model as its publisher made it, in so many files.
    #[serde(default)]
    safetensors: Option<u32>,
    /// Noise of so many bytes.
    #[serde(default)]
    bytes: Option<u64>,
    /// A small text.
    #[serde(default)]
    text: Option<String>,
}

/// The catalogue. `honest` lets every file say its true SHA-256, however long that takes when it is asked for.
///
/// # Errors
/// Where its data is not what it should be.
pub fn repos(honest: bool) -> Result<Vec<RepoSpec>, serde_json::Error> {
    let mut all = Vec::new();
    for family in FAMILIES {
        all.extend(from_json(family, honest)?);
    }
    Ok(all)
}

/// Repositories from JSON in the form of `demo/*.json`.
///
/// # Errors
/// Where it is not of that form.
pub fn from_json(json: &str, honest: bool) -> Result<Vec<RepoSpec>, serde_json::Error> {
    let entries: Vec<Entry> = serde_json::from_str(json)?;
    Ok(entries.into_iter().map(|entry| Made { honest, entry }.repo()).collect())
}

/// The repository `inglenook/Pocket-GGUF` with a real model that lies on this machine.
///
/// # Errors
/// Where the file cannot be read.
pub fn real(path: &Path) -> io::Result<RepoSpec> {
    let name = path.file_name().map_or_else(|| "model.gguf".to_owned(), |name| name.to_string_lossy().into_owned());
    let readme = "---\nlicense: apache-2.0\nlibrary_name: gguf\n---\n\n# Pocket\n\nA very small model that really runs, \
                  for trying out how models are found, fetched and used.\n";
    Ok(RepoSpec::new("inglenook/Pocket-GGUF")
        .liked(42, 7)
        .trending(99.0)
        .dated("2025-01-01T00:00:00.000Z", "2025-06-01T00:00:00.000Z")
        .tags(["gguf", "text-generation", "conversational", "en"])
        .pipeline("text-generation")
        .library("gguf")
        .card(json!({"license": "apache-2.0", "library_name": "gguf"}))
        .small("README.md", readme)
        .large(name, Content::disk(path)?))
}

struct Made {
    honest: bool,
    entry: Entry,
}

impl Made {
    fn repo(&self) -> RepoSpec {
        let entry = &self.entry;
        let mut repo = RepoSpec::new(&entry.id)
            .liked(entry.downloads, entry.likes)
            .trending(entry.trending)
            .dated(&entry.created, &entry.modified)
            .tags(entry.tags.iter().cloned());
        repo = match entry.gate {
            Some(Terms::Auto) => repo.gated(Gate::Auto),
            Some(Terms::Manual) => repo.gated(Gate::Manual),
            None => repo,
        };
        if entry.private {
            repo = repo.private();
        }
        if let Some(pipeline) = &entry.pipeline {
            repo = repo.pipeline(pipeline);
        }
        if let Some(library) = &entry.library {
            repo = repo.library(library);
        }
        if !entry.card.is_null() {
            repo = repo.card(entry.card.clone());
        }
        if !entry.readme.is_empty() {
            repo = repo.small("README.md", entry.readme.clone());
        }
        repo = repo.small(".gitattributes", "*.gguf filter=lfs diff=lfs merge=lfs -text\n");
        entry.files.iter().fold(repo, |repo, file| self.file(repo, file))
    }

    fn file(&self, repo: RepoSpec, file: &FileEntry) -> RepoSpec {
        if let Some(text) = &file.text {
            return repo.small(&file.path, text.clone());
        }
        if let Some(bytes) = file.bytes {
            return self.large(repo, &file.path, Vec::new(), bytes);
        }
        let Some(model) = &self.entry.model else { return repo };
        if let Some(bytes) = file.projector {
            return self.large(repo, &file.path, model.projector(), bytes);
        }
        if let Some(shards) = file.safetensors {
            return self.safetensors(repo, model, shards);
        }
        let quantisation = file.quantisation.as_deref().unwrap_or("Q8_0");
        let parts = model.gguf(quantisation, file.parts.unwrap_or(1));
        let count = parts.len();
        let total: u64 = parts.iter().map(|(_, bytes)| bytes).sum();
        let mut repo = repo.gguf(model.said(total));
        for (index, (header, bytes)) in parts.into_iter().enumerate() {
            repo = self.large(repo, &part_name(&file.path, index, count), header, bytes);
        }
        repo
    }

    fn safetensors(&self, mut repo: RepoSpec, model: &Model, shards: u32) -> RepoSpec {
        let files = model.safetensors(shards);
        let count = files.len();
        for (index, (header, bytes)) in files.into_iter().enumerate() {
            repo = self.large(repo, &part_name("model.safetensors", index, count), header, bytes);
        }
        for (path, text) in model.companions(shards) {
            repo = repo.small(path, text);
        }
        repo.field("safetensors", json!({"parameters": {"BF16": model.parameters()}, "total": model.parameters()}))
            .field("config", model.config())
    }

    fn large(&self, repo: RepoSpec, path: &str, header: Vec<u8>, bytes: u64) -> RepoSpec {
        let name = sha256_of(format!("{}/{path}", self.entry.id).as_bytes());
        let seed = u64::from_str_radix(&name[..16], 16).unwrap_or(0);
        let content = Content::generated_after(header, seed, bytes);
        let told = self.honest || content.bytes() <= HONEST;
        repo.large(path, if told { content } else { content.claiming(name) })
    }
}

/// A part's name as both formats have it: `name-00001-of-00003.gguf`.
fn part_name(path: &str, index: usize, count: usize) -> String {
    match path.rsplit_once('.') {
        Some((stem, ending)) if count > 1 => format!("{stem}-{:05}-of-{count:05}.{ending}", index + 1),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_can_be_read_and_is_large() {
        let repos = repos(false).expect("the catalogue");
        assert!(repos.len() >= 30, "{}", repos.len());
        let gated = repos.iter().filter(|repo| repo.gate != Gate::Open).count();
        assert!(gated >= 3, "{gated}");
        for repo in &repos {
            assert!(repo.main().files.contains_key("README.md"), "{} has no card", repo.id);
            assert!(repo.tags.iter().any(|tag| tag.starts_with("license:")), "{} has no licence", repo.id);
            assert!(repo.main().files.values().any(|file| file.large), "{} has no weights", repo.id);
        }
    }

    #[test]
    fn files_are_about_as_long_as_the_real_ones() {
        let repos = repos(false).expect("the catalogue");
        for (id, path, gigabytes) in [
            ("Qwen/Qwen3-0.6B-GGUF", "Qwen3-0.6B-Q8_0.gguf", 0.64),
            ("Qwen/Qwen3-8B-GGUF", "Qwen3-8B-Q4_K_M.gguf", 5.03),
            ("bartowski/Llama-3.2-1B-Instruct-GGUF", "Llama-3.2-1B-Instruct-Q4_K_M.gguf", 0.81),
            ("ggml-org/gpt-oss-20b-GGUF", "gpt-oss-20b-MXFP4.gguf", 12.1),
            ("meta-llama/Llama-3.2-1B-Instruct", "model.safetensors", 2.47),
            ("Qwen/Qwen3-30B-A3B-GGUF", "Qwen3-30B-A3B-Q4_K_M.gguf", 18.6),
        ] {
            let repo = repos.iter().find(|repo| repo.id == id).expect(id);
            let file = repo.main().files.get(path).unwrap_or_else(|| panic!("{path} in {id}"));
            let said = file.content.bytes() as f64 / 1e9;
            assert!((said / gigabytes - 1.0).abs() < 0.08, "{path} has {said} GB instead of {gigabytes}");
        }
    }

    #[test]
    fn parts_are_named_as_they_are_elsewhere() {
        assert_eq!(part_name("a/x-Q8_0.gguf", 0, 2), "a/x-Q8_0-00001-of-00002.gguf");
        assert_eq!(part_name("model.safetensors", 0, 1), "model.safetensors");
    }
}
