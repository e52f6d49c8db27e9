//! Where each downloaded file came from: a small file beside the files of a repository.
//!
//! It is what verifying compares with, and what tells a file of ours, which a newer one may replace, from a person's.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::ModelsFolder;
use super::folder::Folder;
use crate::remote::{Commit, RepoId, RepoPath, Sha256Hex};

/// Its name; the library passes over names that begin with a dot.
pub(super) const NAME: &str = ".inglenook.json";
/// No sidecar of ours is longer.
const MOST_BYTES: u64 = 8 << 20;
const VERSION: u32 = 1;

/// Where a file came from, and what it was when it had come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The hub's address.
    pub endpoint: String,
    /// The repository.
    pub repo: RepoId,
    /// The commit.
    pub commit: Commit,
    /// Its path in the repository, and below the repository's folder here.
    pub path: RepoPath,
    /// Its size.
    pub bytes: u64,
    /// Its digest, as computed here.
    pub sha256: Sha256Hex,
    /// When it was put in its place, milliseconds since 1970-01-01 UTC.
    pub finished_at: i64,
}

/// The origins of one repository's files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origins {
    version: u32,
    /// A file each.
    pub files: Vec<Origin>,
}

impl Default for Origins {
    fn default() -> Self {
        Self { version: VERSION, files: Vec::new() }
    }
}

impl Origins {
    /// That of one file.
    #[must_use]
    pub fn of(&self, path: &RepoPath) -> Option<&Origin> {
        self.files.iter().find(|origin| origin.path == *path)
    }

    /// Those in a repository's folder; none where there is no sidecar, or a damaged one.
    pub(super) fn read(folder: &Folder) -> Self {
        let mut text = Vec::new();
        let read = folder.open(NAME).and_then(|file| file.take(MOST_BYTES).read_to_end(&mut text));
        let Ok(_) = read else { return Self::default() };
        serde_json::from_slice(&text).ok().filter(|origins: &Self| origins.version == VERSION).unwrap_or_else(|| {
            tracing::warn!(folder = %folder.path().display(), "a list of where files came from cannot be read");
            Self::default()
        })
    }

    /// Puts these in the place of those of the same paths, and keeps the others.
    pub(super) fn add(&mut self, new: Vec<Origin>) {
        self.files.retain(|origin| !new.iter().any(|new| new.path == origin.path));
        self.files.extend(new);
        self.files.sort_by(|one, other| one.path.cmp(&other.path));
    }

    pub(super) fn write(&self, folder: &Folder) -> std::io::Result<()> {
        folder.replace(NAME, &serde_json::to_vec_pretty(self)?)
    }
}

/// The folder of a repository, where it is there.
pub(super) fn repo_folder(models: &ModelsFolder, repo: &RepoId) -> std::io::Result<Folder> {
    let mut folder = Folder::existing(models.path())?;
    for name in repo.as_str().split('/') {
        folder = folder.enter(name)?;
    }
    Ok(folder)
}

/// Where the files of a repository came from; none where nothing of it was downloaded.
#[must_use]
pub fn origins(folder: &ModelsFolder, repo: &RepoId) -> Origins {
    repo_folder(folder, repo).map(|folder| Origins::read(&folder)).unwrap_or_default()
}

/// Where a file below the models folder came from; `None` for one that was not downloaded.
#[must_use]
pub fn origin_of(folder: &ModelsFolder, file: &Path) -> Option<Origin> {
    let inside = file.strip_prefix(folder.path()).ok()?;
    let name = |component| if let Component::Normal(name) = component { name.to_str() } else { None };
    let names: Vec<&str> = inside.components().map(name).collect::<Option<_>>()?;
    // `publisher/name/…`, and `name/…` for the few that have no publisher.
    [2, 1].into_iter().find_map(|length| {
        let (repo, path) = names.split_at_checked(length)?;
        let (repo, path) = (RepoId::parse(&repo.join("/")).ok()?, RepoPath::parse(&path.join("/")).ok()?);
        origins(folder, &repo).of(&path).filter(|origin| origin.repo == repo).cloned()
    })
}

/// Forgets where deleted files came from; a list that is empty then goes.
pub(crate) fn forget_origins(models: &ModelsFolder, files: &[PathBuf]) {
    let repos: BTreeSet<RepoId> =
        files.iter().filter_map(|file| origin_of(models, file)).map(|origin| origin.repo).collect();
    for repo in repos {
        let forget = |folder: Folder| {
            let mut origins = Origins::read(&folder);
            let within = models.path().join(repo.to_path());
            origins.files.retain(|origin| !files.contains(&within.join(origin.path.to_path())));
            if origins.files.is_empty() { folder.remove(NAME) } else { origins.write(&folder) }
        };
        if let Err(error) = repo_folder(models, &repo).and_then(forget) {
            tracing::warn!(%error, repo = repo.as_str(), "where deleted files came from could not be forgotten");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(path: &str, digit: char) -> Origin {
        Origin {
            endpoint: "https://huggingface.co".to_owned(),
            repo: RepoId::parse("ann/little").expect("a name"),
            commit: Commit::parse(&"c".repeat(40)).expect("a commit"),
            path: RepoPath::parse(path).expect("a path"),
            bytes: 10,
            sha256: Sha256Hex::parse(&digit.to_string().repeat(64)).expect("a digest"),
            finished_at: 1,
        }
    }

    #[test]
    fn a_newer_file_takes_the_place_of_its_elder_and_leaves_the_others() {
        let place = tempfile::tempdir().expect("a folder");
        let models = ModelsFolder::new(place.path());
        let root = Folder::root(place.path()).expect("opened");
        let folder = root.make("ann").and_then(|ann| ann.make("little")).expect("made");
        let mut origins = Origins::default();
        origins.add(vec![origin("sub/a.gguf", 'a'), origin("b.gguf", 'b')]);
        origins.add(vec![origin("sub/a.gguf", 'd')]);
        origins.write(&folder).expect("written");
        let read = super::origins(&models, &RepoId::parse("ann/little").expect("a name"));
        assert_eq!(read, origins);
        assert_eq!(read.files.len(), 2);
        let found = origin_of(&models, &place.path().join("ann/little/sub/a.gguf"));
        assert_eq!(found, Some(origin("sub/a.gguf", 'd')));
        assert_eq!(origin_of(&models, &place.path().join("ann/little/mine.gguf")), None);
        assert_eq!(origin_of(&models, Path::new("/elsewhere/ann/little/b.gguf")), None);
    }

    #[test]
    fn a_damaged_sidecar_is_none() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::root(place.path()).expect("opened");
        for text in ["", "{", "[]", r#"{"version":9,"files":[]}"#, r#"{"version":1,"files":[{"path":"../x"}]}"#] {
            std::fs::write(place.path().join(NAME), text).expect("written");
            assert_eq!(Origins::read(&folder), Origins::default(), "{text}");
        }
    }
}
