//! Deleting a model's files: all that belong to it, and nothing else.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use inglenook_contract::{ErrorCode, ErrorInfo, FolderOwner, ModelFormat};

use super::LibraryModel;
use crate::download::{ModelsFolder, forget_origins};

/// What lies beside the weights of a model in a folder and is of no use without them.
const COMPANIONS: &[&str] = &[
    "added_tokens.json",
    "chat_template.jinja",
    "chat_template.json",
    "config.json",
    "generation_config.json",
    "merges.txt",
    "model.safetensors.index.json",
    "preprocessor_config.json",
    "processor_config.json",
    "quantization_config.json",
    "quantize_config.json",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer.model",
    "tokenizer_config.json",
    "vocab.json",
    "vocab.txt",
];

/// Why a model could not be deleted, or not wholly.
#[derive(Debug, thiserror::Error)]
pub enum RemovalError {
    /// It is not the person's to delete here.
    #[error("{0}")]
    NotHere(String),
    /// The system refused.
    #[error("“{}” could not be deleted.", .path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// The system's words.
        #[source]
        source: io::Error,
    },
}

impl From<RemovalError> for ErrorInfo {
    fn from(error: RemovalError) -> Self {
        match &error {
            RemovalError::NotHere(words) => Self::new(ErrorCode::InvalidRequest, words.clone()),
            RemovalError::Io { source, .. } => {
                let words = match source.kind() {
                    io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                        format!("{error} The system does not allow it.")
                    }
                    _ => error.to_string(),
                };
                Self::new(ErrorCode::PermissionDenied, words).with_detail(source.to_string())
            }
        }
    }
}

/// Why a model is not deleted here, in words; `None` if it can be.
#[must_use]
pub fn undeletable(model: &LibraryModel) -> Option<String> {
    match model.owner {
        FolderOwner::Own | FolderOwner::Added => None,
        FolderOwner::BuiltIn => Some("It comes with Inglenook and goes with it.".to_owned()),
        FolderOwner::HuggingFace => Some(
            "It lies in the cache of Hugging Face’s libraries, which other programs use too. The command “hf cache rm” \
             deletes it there."
                .to_owned(),
        ),
        FolderOwner::Ollama => Some(format!("It belongs to Ollama. The command “ollama rm {}” deletes it.", model.name)),
        FolderOwner::LmStudio => Some("It belongs to LM Studio. Delete it there.".to_owned()),
    }
}

/// Deletes a model's files and the folders that are empty then; returns how many bytes came back. What is gone already
/// is no error. A link is deleted, what it leads to is not.
///
/// # Errors
/// [`RemovalError::NotHere`] for a model that [`undeletable`] names; [`RemovalError::Io`] at the first file that cannot be
/// deleted: what was deleted before it stays deleted.
pub fn remove(model: &LibraryModel, models: &ModelsFolder) -> Result<u64, RemovalError> {
    if let Some(words) = undeletable(model) {
        return Err(RemovalError::NotHere(words));
    }
    let mut freed = 0_u64;
    let files = files_of(model);
    for path in &files {
        let bytes = frees(path);
        match std::fs::remove_file(path) {
            Ok(()) => freed = freed.saturating_add(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(RemovalError::Io { path: path.clone(), source }),
        }
    }
    if model.owner == FolderOwner::Own {
        forget_origins(models, &files);
    }
    let folders: BTreeSet<&Path> = files.iter().filter_map(|path| path.parent()).collect();
    for folder in folders.into_iter().rev() {
        remove_empty(folder, &model.root);
    }
    Ok(freed)
}

/// The weights first: what is left after an error is seen as a damaged model and not forgotten on the disk.
fn files_of(model: &LibraryModel) -> Vec<PathBuf> {
    let mut files = model.files.clone();
    if model.format == ModelFormat::Safetensors {
        files
            .extend(COMPANIONS.iter().map(|name| model.path.join(name)).filter(|path| path.symlink_metadata().is_ok()));
    }
    files
}

/// Bytes that come back when this name is deleted: none where it is a link, or the content has another name.
fn frees(path: &Path) -> u64 {
    let Ok(metadata) = path.symlink_metadata() else { return 0 };
    #[cfg(unix)]
    let only_name = std::os::unix::fs::MetadataExt::nlink(&metadata) <= 1;
    #[cfg(not(unix))]
    let only_name = true;
    if metadata.is_file() && only_name { metadata.len() } else { 0 }
}

/// Removes a folder and those above it below `root`, as far as they are empty.
fn remove_empty(folder: &Path, root: &Path) {
    let mut folder = folder;
    while folder.starts_with(root) && folder != root && std::fs::remove_dir(folder).is_ok() {
        let Some(above) = folder.parent() else { return };
        folder = above;
    }
}
