//! What the files of a model have to be: told by where they were downloaded from, or by the names of their contents.

use std::path::{Path, PathBuf};

use inglenook_contract::{FolderOwner, ModelFormat};

use super::{LibraryModel, ollama};
use crate::download::{Expected, ModelsFolder, Origin, Sum, origins};
use crate::remote::names::is_git_hash;
use crate::remote::{RepoId, Sha256Hex};

impl LibraryModel {
    /// What its files have to be, as far as that is known; nothing for files that a person brought.
    #[must_use]
    pub fn expected(&self) -> Vec<Expected> {
        match self.owner {
            FolderOwner::Own => self.as_downloaded(&ModelsFolder::new(&self.root)),
            FolderOwner::Ollama | FolderOwner::HuggingFace => {
                self.all_files().iter().filter_map(|path| as_promised(path, self.owner)).collect()
            }
            FolderOwner::BuiltIn | FolderOwner::Added | FolderOwner::LmStudio => Vec::new(),
        }
    }

    /// Where its files came from, as far as they were downloaded.
    #[must_use]
    pub fn origins(&self) -> Vec<Origin> {
        let models = ModelsFolder::new(&self.root);
        let Some(repo) = self.origin.as_ref().and_then(|origin| RepoId::parse(&origin.repo).ok()) else {
            return Vec::new();
        };
        let folder = models.path().join(repo.to_path());
        let is_its = |origin: &Origin| {
            let path = folder.join(origin.path.to_path());
            match self.format {
                ModelFormat::Gguf => self.files.contains(&path),
                // A repository may have models of other formats too.
                ModelFormat::Safetensors => {
                    path.starts_with(&self.path) && path.extension().is_none_or(|ending| ending != "gguf")
                }
            }
        };
        origins(&models, &repo).files.into_iter().filter(is_its).collect()
    }

    fn as_downloaded(&self, models: &ModelsFolder) -> Vec<Expected> {
        self.origins().iter().map(|origin| Expected::of_origin(models, origin)).collect()
    }

    /// The weights, and for a folder whatever else is in it.
    fn all_files(&self) -> Vec<PathBuf> {
        if self.format == ModelFormat::Gguf {
            return self.files.clone();
        }
        let entries = std::fs::read_dir(&self.path).into_iter().flatten().flatten();
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect();
        files.sort();
        files
    }
}

/// What the name of a content promises: in Ollama's store its own, in Hugging Face's cache that of the file to which a
/// revision's link leads.
pub(super) fn as_promised(path: &Path, owner: FolderOwner) -> Option<Expected> {
    let sum = match owner {
        FolderOwner::Ollama => Sum::Sha256(ollama::digest_of(path)?),
        FolderOwner::HuggingFace => in_cache(path)?,
        _ => return None,
    };
    let name = path.file_name()?.to_string_lossy().into_owned();
    Some(Expected { name, path: path.to_owned(), bytes: None, sum })
}

/// `blobs/<etag>`: large files are called by their SHA-256, small ones by the hash that git gives them.
fn in_cache(link: &Path) -> Option<Sum> {
    let target = std::fs::read_link(link).ok()?;
    if target.parent()?.file_name()? != "blobs" {
        return None;
    }
    let name = target.file_name()?.to_str()?;
    match Sha256Hex::parse(name) {
        Ok(sha256) => Some(Sum::Sha256(sha256)),
        Err(_) => is_git_hash(name).then(|| Sum::Git(name.to_owned())),
    }
}
