//! What a content is known by: its SHA-256, and for small files the hash that git gives it.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::positional::read_exact_at;
use crate::remote::Sha256Hex;

/// Bytes that are read at once.
const READ_BYTES: u64 = 256 << 10;

/// Both hashes of one content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) sha256: Sha256Hex,
    /// 40 hex digits; only where it was asked for.
    pub(super) git: Option<String>,
}

/// A content as it is hashed.
pub(super) struct Digests {
    sha256: Sha256,
    git: Option<Sha1>,
}

impl Digests {
    /// Of a content of `bytes` bytes; with the hash that git gives it where `git` is set.
    pub(super) fn new(bytes: u64, git: bool) -> Self {
        let git = git.then(|| Sha1::new().chain_update(format!("blob {bytes}\0")));
        Self { sha256: Sha256::new(), git }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        if let Some(git) = &mut self.git {
            git.update(bytes);
        }
    }

    pub(super) fn finish(self) -> Sums {
        Sums { sha256: Sha256Hex::of(self.sha256.finalize().into()), git: self.git.map(|git| hex(&git.finalize())) }
    }
}

/// The hashes of the first `bytes` bytes of a file; `None` where `stop` was set before its end. `hashed` follows.
pub(super) fn of_file(file: &File, bytes: u64, hashed: &AtomicU64, stop: &AtomicBool) -> io::Result<Option<Sums>> {
    of_content(file, bytes, false, hashed, stop)
}

/// As [`of_file`]; with the hash that git gives it where `git` is set.
pub(super) fn of_content(
    file: &File,
    bytes: u64,
    git: bool,
    hashed: &AtomicU64,
    stop: &AtomicBool,
) -> io::Result<Option<Sums>> {
    let mut digests = Digests::new(bytes, git);
    let mut buffer = vec![0; usize::try_from(READ_BYTES.min(bytes)).unwrap_or_default()];
    let mut at = 0;
    while at < bytes {
        if stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let length = usize::try_from(READ_BYTES.min(bytes - at)).unwrap_or(buffer.len());
        let Some(piece) = buffer.get_mut(..length) else { break };
        read_exact_at(file, piece, at)?;
        digests.update(piece);
        at += length as u64;
        hashed.store(at, Ordering::Relaxed);
    }
    Ok(Some(digests.finish()))
}

/// A file name for any text: 16 hex digits.
pub(super) fn short_name(text: &str) -> String {
    let mut name = hex(&Sha256::digest(text));
    name.truncate(16);
    name
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remote::names::is_git_hash;

    #[test]
    fn a_content_has_the_hash_that_git_gives_it() {
        let mut digests = Digests::new(6, true);
        digests.update(b"hel");
        digests.update(b"lo\n");
        let sums = digests.finish();
        assert_eq!(sums.git.as_deref(), Some("ce013625030ba8dba906f756967f9e9ca394464a"), "git hash-object says so");
        assert_eq!(sums.sha256.as_str(), "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03");
    }

    #[test]
    fn an_etag_of_git_is_told_from_others() {
        assert!(is_git_hash("ce013625030ba8dba906f756967f9e9ca394464a"));
        assert!(!is_git_hash("ce013625030ba8dba906f756967f9e9ca394464"));
        assert!(!is_git_hash("CE013625030BA8DBA906F756967F9E9CA394464A"), "git writes small letters");
    }

    #[test]
    fn short_names_are_names_on_any_system() {
        assert_eq!(short_name("sub/CON.gguf").len(), 16);
        assert_ne!(short_name("a"), short_name("b"));
    }
}
