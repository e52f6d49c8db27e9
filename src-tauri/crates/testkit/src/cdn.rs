//! The content server: large files by signed addresses, whole or in parts. It knows bytes and signatures; who may read
//! what was decided where the address was signed.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::content::{sha1_of, sha256_of};
use crate::misled::{expired, http_date};
use crate::repo::{File, RepoSpec};
use crate::shared::{Shared, World};
use crate::wire::{Answer, Asked, escaped, file};

/// The path of a file's address: by its content, as the real one's.
fn address(repo: &RepoSpec, path: &str, file: &File) -> String {
    format!("/repos/{}/{}/{}", repo.number(), &sha1_of(path.as_bytes())[..12], place(file))
}

/// A file's hash as a piece of an address, where it is one; a lie of another form (`../x`) gives one of its own.
fn place(file: &File) -> String {
    let said = file.content.sha256();
    let whole = said.len() == 64 && said.bytes().all(|byte| byte.is_ascii_hexdigit());
    if whole { said } else { sha256_of(said.as_bytes()) }
}

fn seconds(at: SystemTime) -> u64 {
    at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

fn signature(path: &str, expires: u64, generation: u64) -> String {
    sha256_of(format!("a key that nobody has to guess {path} {expires} {generation}").as_bytes())
}

/// An address that is good for a while.
pub(crate) fn signed(shared: &Shared, world: &World, repo: &RepoSpec, path: &str, file: &File) -> String {
    let address = address(repo, path, file);
    let expires = seconds(SystemTime::now() + world.lifetime);
    let signature = signature(&address, expires, world.generation);
    let name = escaped(path.rsplit('/').next().unwrap_or(path)).replace('/', "%2F");
    format!(
        "{}{address}?response-content-disposition=inline%3B+filename%3D%22{name}%22%3B&Expires={expires}\
         &Signature={signature}&Key-Pair-Id=FAKE",
        shared.cdn
    )
}

/// The file that an address means. Of equal ones in a repository, the newest commit's.
fn meant<'w>(world: &'w World, asked: &Asked) -> Option<(&'w RepoSpec, &'w String, &'w File)> {
    let mut pieces = asked.path.strip_prefix("/repos/")?.split('/');
    let (repo, path, sha256) = (pieces.next()?, pieces.next()?, pieces.next()?);
    let fits = |(of, at, file): &(&RepoSpec, &String, &File)| {
        file.large && of.number() == repo && sha1_of(at.as_bytes())[..12] == *path && place(file) == sha256
    };
    world.files().find(fits)
}

/// The file that a request means, as `user/repo/path`.
pub(crate) fn file_of(world: &World, asked: &Asked) -> Option<String> {
    meant(world, asked).map(|(repo, path, _)| format!("{}/{path}", repo.id))
}

pub(crate) fn answer(shared: &Shared, asked: &Asked) -> Answer {
    if !matches!(asked.method.as_str(), "GET" | "HEAD") {
        return Answer::text(405, "Only GET and HEAD.");
    }
    let world = shared.world();
    let expires = asked.field("Expires").and_then(|at| at.parse::<u64>().ok()).unwrap_or(0);
    let right = asked.field("Signature") == Some(signature(&asked.path, expires, world.generation));
    if !right || expires < seconds(SystemTime::now()) {
        return expired();
    }
    match meant(&world, asked) {
        Some((_, _, meant)) => {
            let etag = format!("\"{}\"", meant.content.sha256());
            file(asked, &meant.content, &etag)
                .with("Last-Modified", http_date(UNIX_EPOCH + Duration::from_secs(1_700_000_000)))
                .with("Cache-Control", "public, max-age=31536000")
        }
        None => Answer::text(404, "There is nothing here."),
    }
}
