//! Who asks, and what that person may see and read.

use serde_json::json;

use super::refusal;
use crate::content::sha1_of;
use crate::repo::{Gate, RepoSpec};
use crate::shared::{Person, World};
use crate::wire::{Answer, Asked};

/// Files that may be read before the terms are accepted.
const OPEN_FILES: &[&str] = &["README.md", ".gitattributes"];

enum Asker<'w> {
    Nobody,
    Unknown,
    Known(&'w Person),
}

fn asker<'w>(world: &'w World, asked: &Asked) -> Asker<'w> {
    let Some(header) = asked.header("authorization") else { return Asker::Nobody };
    let token = header.split_once(' ').map_or(header, |(_, token)| token.trim());
    world.people.get(token).map_or(Asker::Unknown, Asker::Known)
}

fn wrong_token() -> Answer {
    refusal(401, None, "Invalid credentials in Authorization header")
}

/// Whose token it is.
pub(super) fn who(world: &World, asked: &Asked) -> Answer {
    match asker(world, asked) {
        Asker::Nobody => refusal(401, None, "Invalid username or password."),
        Asker::Unknown => wrong_token(),
        Asker::Known(person) => Answer::json(&json!({
            "type": "user",
            "id": sha1_of(person.name.as_bytes())[..24],
            "name": person.name,
            "fullname": person.name,
            "isPro": false,
            "avatarUrl": "/avatars/none.svg",
            "orgs": [],
            "auth": {"type": "access_token", "accessToken": {"displayName": "Inglenook", "role": "read"}},
        })),
    }
}

/// The repository, for whoever may know of it.
pub(super) fn seen<'w>(world: &'w World, asked: &Asked, id: &str) -> Result<&'w RepoSpec, Answer> {
    let person = match asker(world, asked) {
        Asker::Unknown => return Err(wrong_token()),
        Asker::Nobody => None,
        Asker::Known(person) => Some(person),
    };
    let found = world.repo(id).filter(|repo| !repo.private || person.is_some_and(|person| owns(person, repo)));
    let code = world.says_unknown.then_some("RepoNotFound");
    match found {
        Some(repo) if repo.disabled => Err(refusal(403, None, "Access to this resource is disabled.")),
        Some(repo) => Ok(repo),
        None if person.is_some() => Err(refusal(404, code, "Repository not found")),
        None => Err(refusal(401, code, "Invalid username or password.")),
    }
}

/// Whether a list of repositories shows this one.
pub(super) fn lists(world: &World, asked: &Asked, repo: &RepoSpec) -> bool {
    let known = || matches!(asker(world, asked), Asker::Known(person) if owns(person, repo));
    !repo.disabled && (!repo.private || known())
}

fn owns(person: &Person, repo: &RepoSpec) -> bool {
    person.reads.contains(&repo.id) || repo.author() == Some(person.name.as_str())
}

/// Whether a file may be read.
pub(super) fn may_read(world: &World, asked: &Asked, repo: &RepoSpec, path: &str) -> Result<(), Answer> {
    if repo.gate == Gate::Open || OPEN_FILES.contains(&path) {
        return Ok(());
    }
    let id = &repo.id;
    match asker(world, asked) {
        Asker::Known(person) if owns(person, repo) => Ok(()),
        Asker::Known(_) => {
            let words = format!(
                "Access to model {id} is restricted and you are not in the authorized list. \
                 Visit https://huggingface.co/{id} to ask for access."
            );
            Err(refusal(403, Some("GatedRepo"), &words))
        }
        Asker::Nobody | Asker::Unknown => {
            let words = format!(
                "Access to model {id} is restricted. \
                 You must have access to it and be authenticated to access it. Please log in."
            );
            Err(refusal(401, Some("GatedRepo"), &words))
        }
    }
}
