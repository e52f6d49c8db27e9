//! Files by their address: small ones are served, large ones are redirected to the content server.

use super::info::no_revision;
use super::{access, refusal};
use crate::cdn;
use crate::repo::{Commit, File, RepoSpec};
use crate::shared::{Shared, World};
use crate::wire::{self, Answer, Asked, escaped};

fn find<'r>(
    world: &World,
    asked: &Asked,
    repo: &'r RepoSpec,
    revision: &str,
    path: &str,
) -> Result<(&'r Commit, &'r File), Answer> {
    if !matches!(asked.method.as_str(), "GET" | "HEAD") {
        return Err(refusal(405, None, "Only GET and HEAD."));
    }
    let commit = repo.at(revision).ok_or_else(|| no_revision(revision))?;
    access::may_read(world, asked, repo, path)?;
    let file = commit.files.get(path).ok_or_else(|| {
        refusal(404, Some("EntryNotFound"), "Entry not found").with("X-Repo-Commit", commit.id.clone())
    })?;
    Ok((commit, file))
}

pub(super) fn file(
    shared: &Shared,
    world: &World,
    asked: &Asked,
    repo: &RepoSpec,
    revision: &str,
    path: &str,
) -> Answer {
    let (commit, file) = match find(world, asked, repo, revision, path) {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    if file.large {
        let etag = format!("\"{}\"", file.content.sha256());
        return Answer::redirect(302, cdn::signed(shared, world, repo, path, file))
            .with("X-Repo-Commit", commit.id.clone())
            .with("X-Linked-Size", file.content.bytes().to_string())
            .with("X-Linked-Etag", etag.clone())
            .with("ETag", etag)
            .with("Accept-Ranges", "bytes");
    }
    if world.small_by_redirect {
        let cache = format!("/api/resolve-cache/models/{}/{}/{}", repo.id, escaped(&commit.id), escaped(path));
        return Answer::redirect(307, cache)
            .with("X-Repo-Commit", commit.id.clone())
            .with("X-Linked-Size", file.content.bytes().to_string())
            .with("ETag", format!("\"{}\"", file.git_id()));
    }
    served(asked, commit, file, path)
}

fn served(asked: &Asked, commit: &Commit, file: &File, path: &str) -> Answer {
    let kind = match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("json") => "application/json; charset=utf-8",
        _ => "text/plain; charset=utf-8",
    };
    let mut answer = wire::file(asked, &file.content, &format!("\"{}\"", file.git_id()));
    answer.change("Content-Type", |_| kind.to_owned());
    answer.with("X-Repo-Commit", commit.id.clone())
}

/// The repository, the commit and the path of an address in the hub's cache.
pub(super) fn in_cache(pieces: &[String]) -> Option<(String, String, String)> {
    match pieces {
        [api, cache, models, user, name, commit, path @ ..]
            if api == "api" && cache == "resolve-cache" && models == "models" && !path.is_empty() =>
        {
            Some((format!("{user}/{name}"), commit.clone(), path.join("/")))
        }
        _ => None,
    }
}

/// A small file, after the redirect.
pub(super) fn cached(world: &World, asked: &Asked, pieces: &[String]) -> Answer {
    let Some((id, commit, path)) = in_cache(pieces) else {
        return refusal(404, None, "There is no such interface.");
    };
    let found = access::seen(world, asked, &id).and_then(|repo| find(world, asked, repo, &commit, &path));
    match found {
        Ok((commit, file)) => served(asked, commit, file, &path),
        Err(answer) => answer,
    }
}

/// What git holds: a small file, or what stands in place of a large one.
pub(super) fn raw(world: &World, asked: &Asked, repo: &RepoSpec, revision: &str, path: &str) -> Answer {
    match find(world, asked, repo, revision, path) {
        Ok((commit, file)) if file.large => {
            let answer = Answer::text(200, file.pointer());
            answer.with("X-Repo-Commit", commit.id.clone()).with("ETag", format!("\"{}\"", file.git_id()))
        }
        Ok((commit, file)) => served(asked, commit, file, path),
        Err(answer) => answer,
    }
}
