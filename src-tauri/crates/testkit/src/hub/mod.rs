//! The hub: which of its answers an address means. What each answers lies in the modules below.

mod access;
mod info;
mod models;
mod resolve;
mod tree;

use crate::shared::{Shared, World};
use crate::wire::{Answer, Asked};

/// What may follow a repository's name in the interface.
const BELOW_REPO: &[&str] = &["revision", "tree", "paths-info", "refs"];
/// What may follow it in the addresses of files.
const BELOW_PAGE: &[&str] = &["resolve", "raw", "blob"];

/// Bytes of an answer that says nothing but the reason, and the hub's two headers for it.
fn refusal(status: u16, code: Option<&str>, message: &str) -> Answer {
    let mut answer = Answer::json(&serde_json::json!({"error": message})).with("X-Error-Message", message);
    answer.status = status;
    match code {
        Some(code) => answer.with("X-Error-Code", code),
        None => answer,
    }
}

/// A repository's name at the beginning of an address, and what follows. Names of one piece (`gpt2`) are told from
/// others by the word that follows them.
fn split<'p>(world: &World, pieces: &'p [String], below: &[&str]) -> Option<(String, &'p [String])> {
    let first = pieces.first().filter(|first| !first.is_empty())?;
    let follows = |at: usize| pieces.get(at).is_none_or(|piece| below.contains(&piece.as_str()));
    if let Some(second) = pieces.get(1) {
        let whole = format!("{first}/{second}");
        let known = world.repo(&whole).is_some() || world.renamed.contains_key(&whole);
        if known || !follows(1) {
            return Some((whole, &pieces[2..]));
        }
    }
    Some((first.clone(), &pieces[1..]))
}

/// The file that a request means, as `user/repo/path`.
pub(crate) fn file_of(world: &World, asked: &Asked) -> Option<String> {
    let pieces = asked.pieces();
    if let Some((repo, _, path)) = resolve::in_cache(&pieces) {
        return Some(format!("{repo}/{path}"));
    }
    if pieces.first().is_some_and(|first| first == "api") {
        return None;
    }
    let (repo, rest) = split(world, &pieces, BELOW_PAGE)?;
    let (kind, rest) = rest.split_first()?;
    let (_, path) = rest.split_first()?;
    BELOW_PAGE.contains(&kind.as_str()).then(|| format!("{repo}/{}", path.join("/")))
}

pub(crate) fn answer(shared: &Shared, asked: &Asked) -> Answer {
    let world = shared.world();
    let pieces = asked.pieces();
    let words: Vec<&str> = pieces.iter().map(String::as_str).collect();
    let bucket = match words.as_slice() {
        ["api", ..] => "api",
        _ if words.contains(&"resolve") => "resolvers",
        _ => "pages",
    };
    let answer = match words.as_slice() {
        ["api", "whoami-v2"] => access::who(&world, asked),
        ["api", "models"] => models::list(shared, &world, asked),
        ["api", "models", ..] => interface(shared, &world, asked, &pieces[2..]),
        ["api", "resolve-cache", "models", ..] => resolve::cached(&world, asked, &pieces),
        ["api", ..] => refusal(404, None, "There is no such interface."),
        _ => page(shared, &world, asked, &pieces),
    };
    if answer.headers.iter().any(|(name, _)| *name == "RateLimit") {
        return answer;
    }
    answer
        .with("RateLimit", format!("\"{bucket}\";r=499;t=300"))
        .with("RateLimit-Policy", format!("\"fixed window\";\"{bucket}\";q=500;w=300"))
}

/// Below `/api/models/`.
fn interface(shared: &Shared, world: &World, asked: &Asked, pieces: &[String]) -> Answer {
    let Some((id, rest)) = split(world, pieces, BELOW_REPO) else {
        return refusal(404, None, "There is no such interface.");
    };
    if let Some(new) = world.renamed.get(&id) {
        return moved(asked, &id, new);
    }
    let repo = match access::seen(world, asked, &id) {
        Ok(repo) => repo,
        Err(answer) => return answer,
    };
    let words: Vec<&str> = rest.iter().map(String::as_str).collect();
    match (asked.method.as_str(), words.as_slice()) {
        ("GET" | "HEAD", []) => info::of(asked, repo, "main"),
        ("GET" | "HEAD", ["revision", revision @ ..]) => info::of(asked, repo, &revision.join("/")),
        ("GET" | "HEAD", ["refs"]) => Answer::json(&repo.refs()),
        ("GET" | "HEAD", ["tree", revision, path @ ..]) => {
            tree::list(&shared.hub, world, asked, repo, revision, &path.join("/"))
        }
        ("POST", ["paths-info", revision]) => tree::paths(asked, repo, revision),
        _ => refusal(404, None, "There is no such interface."),
    }
}

/// Below `/`: pages and files.
fn page(shared: &Shared, world: &World, asked: &Asked, pieces: &[String]) -> Answer {
    let Some((id, rest)) = split(world, pieces, BELOW_PAGE) else {
        return Answer::new(200, "text/html; charset=utf-8", "<!DOCTYPE html><title>A fake hub</title>");
    };
    if let Some(new) = world.renamed.get(&id) {
        return moved(asked, &id, new);
    }
    let repo = match access::seen(world, asked, &id) {
        Ok(repo) => repo,
        Err(answer) => return answer,
    };
    let words: Vec<&str> = rest.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => Answer::new(200, "text/html; charset=utf-8", format!("<!DOCTYPE html><title>{id}</title>")),
        ["resolve", revision, path @ ..] if !path.is_empty() => {
            resolve::file(shared, world, asked, repo, revision, &path.join("/"))
        }
        ["raw" | "blob", revision, path @ ..] if !path.is_empty() => {
            resolve::raw(world, asked, repo, revision, &path.join("/"))
        }
        _ => refusal(404, None, "There is no such page."),
    }
}

/// To the same address under the repository's new name, without a word about the file.
fn moved(asked: &Asked, old: &str, new: &str) -> Answer {
    let query = if asked.query.is_empty() { String::new() } else { format!("?{}", asked.query) };
    let path = asked.path.replacen(&format!("/{old}"), &format!("/{new}"), 1);
    Answer::redirect(307, format!("{path}{query}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::RepoSpec;

    #[test]
    fn names_of_one_piece_are_told_by_what_follows() {
        let mut world = World::default();
        world.repos.push(RepoSpec::new("ada/tree"));
        let found = |path: &str| {
            let pieces: Vec<String> = path.split('/').map(str::to_owned).collect();
            split(&world, &pieces, BELOW_REPO).map(|(id, rest)| (id, rest.len()))
        };
        assert_eq!(found("gpt2"), Some(("gpt2".to_owned(), 0)));
        assert_eq!(found("gpt2/tree/main"), Some(("gpt2".to_owned(), 2)));
        assert_eq!(found("ada/x/tree/main"), Some(("ada/x".to_owned(), 2)));
        assert_eq!(found("ada/tree/tree/main"), Some(("ada/tree".to_owned(), 2)), "a repository may be called so");
        assert_eq!(found(""), None);
    }
}
