//! Finding what may be a model below a folder, without opening a single file.

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};

use inglenook_contract::{ErrorCode, ErrorInfo, RejectedFile};

use super::ollama;
use crate::header::safetensors::is_weights_name;
use crate::parts::Part;

/// How deep folders are searched. The cache of Hugging Face needs five.
const MAX_DEPTH: u32 = 8;
/// Most entries that are looked at below one folder, so that a folder such as `/` does not keep the disk busy.
const MAX_ENTRIES: u32 = 200_000;
/// Folders of the system, which nobody may read and which hold no models.
const SYSTEM_FOLDERS: &[&str] = &["lost+found", "System Volume Information", "$RECYCLE.BIN"];

/// What may be a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// One GGUF file.
    Gguf(PathBuf),
    /// One GGUF file in Ollama's store, with the name by which people know it there.
    Named(String, PathBuf),
    /// Parts of one model, by number, of `count`.
    Parts {
        /// In which folder.
        folder: PathBuf,
        /// What any one of the names says.
        any: Part,
        /// The parts that are there.
        present: BTreeMap<u32, PathBuf>,
    },
    /// A folder with `config.json` and safetensors files.
    Safetensors(PathBuf),
}

/// What lies below one folder.
#[derive(Debug, Default)]
pub(super) struct Walked {
    pub(super) found: Vec<Found>,
    /// Folders below it that could not be read.
    pub(super) unreadable: Vec<RejectedFile>,
    /// What is wrong with the folder itself.
    pub(super) error: Option<ErrorInfo>,
    /// It is not there, or nothing at all is in it: its disk may not be connected.
    pub(super) empty: bool,
}

/// Walks `root`. Symbolic links are followed, each real folder once.
pub(super) fn walk(root: &Path) -> Walked {
    let mut walk = Walk::default();
    match std::fs::metadata(root) {
        Ok(metadata) if !metadata.is_dir() => {
            let words = "This is a file, not a folder.";
            walk.walked.error = Some(ErrorInfo::new(ErrorCode::InvalidRequest, words));
        }
        Ok(_) => {
            if let Err(error) = walk.folder(root, 0) {
                walk.walked.error = Some(folder_error(&error));
            } else if walk.left == MAX_ENTRIES {
                walk.walked.empty = true;
            } else if walk.left == 0 {
                walk.walked.error = Some(ErrorInfo::new(
                    ErrorCode::InvalidRequest,
                    "This folder holds more than 200,000 files; not all were looked at. Choose the folder with the models in it.",
                ));
            }
        }
        Err(error) => {
            walk.walked.empty = error.kind() == io::ErrorKind::NotFound;
            walk.walked.error = Some(folder_error(&error));
        }
    }
    walk.walked
}

fn folder_error(error: &io::Error) -> ErrorInfo {
    let (code, words) = match error.kind() {
        io::ErrorKind::NotFound => {
            (ErrorCode::NotFound, "The folder is not there. It was moved or deleted, or its disk is not connected.")
        }
        io::ErrorKind::PermissionDenied => (ErrorCode::PermissionDenied, "The system denied access to this folder."),
        _ => (ErrorCode::NotFound, "The folder could not be read."),
    };
    ErrorInfo::new(code, words).with_detail(error.to_string())
}

struct Walk {
    walked: Walked,
    seen: HashSet<PathBuf>,
    left: u32,
}

impl Default for Walk {
    fn default() -> Self {
        Self { walked: Walked::default(), seen: HashSet::new(), left: MAX_ENTRIES }
    }
}

impl Walk {
    fn folder(&mut self, folder: &Path, depth: u32) -> io::Result<()> {
        // A link may lead to a folder that was walked already, or to one that this one lies in.
        if !self.seen.insert(folder.canonicalize()?) {
            return Ok(());
        }
        let mut names = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            if self.left == 0 {
                break;
            }
            self.left -= 1;
            names.push(entry?);
        }
        names.sort_by_key(std::fs::DirEntry::file_name);

        let mut parts: BTreeMap<(String, u32), Found> = BTreeMap::new();
        let (mut has_config, mut has_weights) = (false, false);
        let mut folders = Vec::new();
        for entry in names {
            let Ok(name) = entry.file_name().into_string() else { continue };
            if name.starts_with('.') || SYSTEM_FOLDERS.contains(&name.as_str()) {
                continue;
            }
            let path = entry.path();
            let is_folder = match entry.file_type() {
                Ok(kind) if kind.is_symlink() => path.is_dir(),
                Ok(kind) => kind.is_dir(),
                Err(_) => continue,
            };
            if is_folder {
                folders.push(path);
            } else if let Some(part) = Part::of(&name, ".gguf") {
                let key = (part.stem.clone(), part.count);
                let number = part.number;
                let new = || Found::Parts { folder: folder.to_owned(), any: part, present: BTreeMap::new() };
                if let Found::Parts { present, .. } = parts.entry(key).or_insert_with(new) {
                    present.insert(number, path);
                }
            } else if has_ending(&name, ".gguf") {
                self.walked.found.push(Found::Gguf(path));
            } else {
                has_config |= name == "config.json";
                has_weights |= is_weights_name(&name);
            }
        }
        self.walked.found.extend(parts.into_values());
        if has_config && has_weights {
            self.walked.found.push(Found::Safetensors(folder.to_owned()));
        }
        if ollama::is_store(&folders) {
            let models = ollama::models(folder).into_iter();
            self.walked.found.extend(models.map(|model| Found::Named(model.name, model.blob)));
            return Ok(());
        }
        if depth < MAX_DEPTH {
            for below in folders {
                if let Err(error) = self.folder(&below, depth + 1) {
                    let path = below.display().to_string();
                    self.walked.unreadable.push(RejectedFile { path, error: folder_error(&error) });
                }
            }
        }
        Ok(())
    }
}

fn has_ending(name: &str, ending: &str) -> bool {
    name.len() > ending.len()
        && name.get(name.len() - ending.len()..).is_some_and(|end| end.eq_ignore_ascii_case(ending))
}
