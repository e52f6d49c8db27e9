//! What a model is called by: an identifier that outlasts a restart, and a move of the data.

use std::path::{Path, PathBuf};

use inglenook_contract::{FolderOwner, ModelId};
use sha2::{Digest as _, Sha256};

use super::SearchedFolder;

/// The folders whose place does not count. The data can be moved and the application installed elsewhere; chats
/// and settings name their models by identifier and have to find them again.
pub(super) struct Roots(Vec<(PathBuf, &'static str)>);

impl Roots {
    pub(super) fn of(folders: &[SearchedFolder]) -> Self {
        let named = folders.iter().filter_map(|folder| match folder.owner {
            FolderOwner::BuiltIn => Some((real(&folder.path), "built-in:")),
            FolderOwner::Own => Some((real(&folder.path), "own:")),
            _ => None,
        });
        Self(named.collect())
    }

    /// The first 16 hex digits of the SHA-256 of the real path, so that links to one file are one model; of the
    /// path within its root where it lies in one.
    pub(super) fn identify(&self, path: &Path) -> ModelId {
        let real = real(path);
        let within =
            |(root, name): &(PathBuf, &'static str)| real.strip_prefix(root).ok().map(|inside| (*name, inside));
        // No absolute path begins with a root's name.
        let (name, path) = self.0.iter().find_map(within).unwrap_or(("", &real));
        let digest = Sha256::new().chain_update(name).chain_update(path.as_os_str().as_encoded_bytes()).finalize();
        digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect::<String>().into()
    }
}

fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
