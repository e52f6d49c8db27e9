//! The files of a revision: the listing, page by page, and what is said of single paths.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::info::no_revision;
use super::models::{cursor_at, next};
use super::refusal;
use crate::content::sha1_of;
use crate::repo::{Commit, File, Files, RepoSpec};
use crate::shared::World;
use crate::wire::{Answer, Asked};

/// What is said of a path.
fn entry(repo: &RepoSpec, commit: &Commit, path: &str, file: Option<&File>, expand: bool) -> Value {
    let mut entry = match file {
        Some(file) => json!({"type": "file", "oid": file.git_id(), "size": file.content.bytes(), "path": path}),
        None => json!({"type": "directory", "oid": folder_id(repo, path), "size": 0, "path": path}),
    };
    if let Some(file) = file.filter(|file| file.large) {
        let (sha256, pointer) = (file.content.sha256(), file.pointer().len());
        entry["lfs"] = json!({"oid": sha256, "size": file.content.bytes(), "pointerSize": pointer});
    }
    if expand {
        entry["lastCommit"] = json!({"id": commit.id, "title": commit.title, "date": repo.modified});
        if file.is_some() {
            let scan = json!({"status": "safe"});
            entry["securityFileStatus"] = json!({"status": "safe", "avScan": scan, "pickleImportScan": null});
        }
    }
    entry
}

fn folder_id(repo: &RepoSpec, path: &str) -> String {
    sha1_of(format!("tree {} {path}", repo.id).as_bytes())
}

/// Files and folders below a folder, in the order of their names.
fn below<'f>(files: &'f Files, folder: &str, recursive: bool) -> BTreeMap<String, Option<&'f File>> {
    let begin = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let mut found = BTreeMap::new();
    for (path, file) in files {
        let Some(rest) = path.strip_prefix(&begin) else { continue };
        let deep = rest.match_indices('/').map(|(at, _)| &path[..begin.len() + at]).filter(|name| !name.is_empty());
        let folders: Vec<&str> = if recursive { deep.collect() } else { deep.take(1).collect() };
        if recursive || folders.is_empty() {
            found.insert(path.clone(), Some(file));
        }
        for folder in folders {
            found.entry(folder.to_owned()).or_insert(None);
        }
    }
    found
}

pub(super) fn list(hub: &str, world: &World, asked: &Asked, repo: &RepoSpec, revision: &str, folder: &str) -> Answer {
    let Some(commit) = repo.at(revision) else { return no_revision(revision) };
    let folder = folder.trim_matches('/');
    let found = below(&commit.files, folder, asked.flag("recursive"));
    if found.is_empty() && !folder.is_empty() {
        return refusal(404, Some("EntryNotFound"), &format!("{folder} does not exist on “{revision}”"));
    }
    let Some(begin) = asked.field("cursor").map_or(Some(0), |cursor| cursor_at(&cursor)) else {
        return refusal(400, None, "The cursor is invalid.");
    };
    let limit = asked.field("limit").and_then(|limit| limit.parse().ok()).unwrap_or(usize::MAX);
    let end = begin.saturating_add(limit.clamp(1, world.listing)).min(found.len());
    let expand = asked.flag("expand");
    let page = found.iter().take(end).skip(begin);
    let entries: Vec<Value> = page.map(|(path, file)| entry(repo, commit, path, *file, expand)).collect();
    let answer = Answer::json(&Value::Array(entries)).with("X-Repo-Commit", commit.id.clone());
    if end < found.len() { answer.with("Link", next(hub, asked, end)) } else { answer }
}

/// What was asked about: a JSON body, or a form's.
fn wanted(asked: &Asked) -> (Vec<String>, bool) {
    if let Ok(body) = serde_json::from_slice::<Value>(&asked.body) {
        let path = |value: &Value| value.as_str().map(str::to_owned);
        let paths = match &body["paths"] {
            Value::Array(paths) => paths.iter().filter_map(path).collect(),
            one => path(one).into_iter().collect(),
        };
        return (paths, body["expand"].as_bool().unwrap_or(false));
    }
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(&asked.body).into_owned().collect();
    let expand = fields.iter().any(|(name, value)| name == "expand" && value.eq_ignore_ascii_case("true"));
    (fields.into_iter().filter(|(name, _)| name == "paths").map(|(_, path)| path).collect(), expand)
}

/// What is said of some paths; those that are not there are left out.
pub(super) fn paths(asked: &Asked, repo: &RepoSpec, revision: &str) -> Answer {
    let Some(commit) = repo.at(revision) else { return no_revision(revision) };
    let (paths, expand) = wanted(asked);
    let all = below(&commit.files, "", true);
    let known = paths.iter().filter_map(|path| all.get(path.trim_end_matches('/')).map(|file| (path, *file)));
    let entries = known.map(|(path, file)| entry(repo, commit, path.trim_end_matches('/'), file, expand)).collect();
    Answer::json(&Value::Array(entries))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_listed_once() {
        let one = || File::small("x");
        let files: Files = ["a", "b/c", "b/d/e", "b/d/f"].into_iter().map(|path| (path.to_owned(), one())).collect();
        let names = |folder: &str, recursive| below(&files, folder, recursive).into_keys().collect::<Vec<_>>();
        assert_eq!(names("", false), ["a", "b"]);
        assert_eq!(names("", true), ["a", "b", "b/c", "b/d", "b/d/e", "b/d/f"]);
        assert_eq!(names("b", false), ["b/c", "b/d"]);
        assert_eq!(names("b/d", true), ["b/d/e", "b/d/f"]);
        assert!(names("nothing", true).is_empty());
        let evil: Files = ["/etc/x", "../y", "ü/é"].into_iter().map(|path| (path.to_owned(), one())).collect();
        let found = below(&evil, "", true).into_keys().collect::<Vec<_>>();
        assert_eq!(found, ["..", "../y", "/etc", "/etc/x", "ü", "ü/é"], "any name is served");
    }
}
