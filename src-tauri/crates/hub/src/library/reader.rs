//! Reading folders, and remembering headers by size and time of change so that the next reading is quick.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use inglenook_contract::{ErrorCode, ErrorInfo, FolderOwner, ModelFolder, RejectedFile};

use super::identity::Roots;
use super::model::{self, Verdict};
use super::walk::{Found, walk};
use super::{Library, LibraryModel, SearchedFolder};
use crate::HeaderError;
use crate::header::gguf::GgufHeader;
use crate::header::safetensors::SafetensorsHeader;
use crate::parts::missing_words;

/// Reads folders. Keep one: it remembers headers.
#[derive(Clone, Debug, Default)]
pub struct LibraryReader {
    memory: Arc<Mutex<Memory>>,
}

impl LibraryReader {
    /// A reader that remembers nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads all folders, off the async threads. Never fails as a whole: what is wrong with a folder or a file
    /// stands in the result.
    pub async fn read(&self, folders: Vec<SearchedFolder>) -> Library {
        let reader = self.clone();
        let asked = folders.clone();
        match tokio::task::spawn_blocking(move || reader.read_blocking(&folders)).await {
            Ok(library) => library,
            Err(error) => {
                tracing::error!(%error, "reading the model folders ended early");
                let broken = ErrorInfo::new(ErrorCode::Internal, "Reading the folder was broken off.")
                    .with_detail(error.to_string());
                let of = |folder: SearchedFolder| ModelFolder { error: Some(broken.clone()), ..told(&folder) };
                Library { folders: asked.into_iter().map(of).collect(), ..Library::default() }
            }
        }
    }

    /// As [`LibraryReader::read`], on this thread. Readings wait for one another.
    #[must_use]
    pub fn read_blocking(&self, folders: &[SearchedFolder]) -> Library {
        // What a panicking reading left behind is whole: entries are only ever put in.
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let mut reading = Reading::new(&mut memory, Roots::of(folders));
        for folder in folders {
            reading.folder(folder);
        }
        reading.finish()
    }
}

/// A folder of which nothing is known yet.
fn told(folder: &SearchedFolder) -> ModelFolder {
    ModelFolder {
        path: folder.path.display().to_string(),
        owner: folder.owner,
        error: None,
        away: false,
        ignored: false,
        models: 0,
        size_bytes: 0,
    }
}

/// What a file was when its header was read.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamp {
    path: PathBuf,
    bytes: u64,
    changed: Option<SystemTime>,
}

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        let metadata = std::fs::metadata(path).ok()?;
        Some(Self { path: path.to_owned(), bytes: metadata.len(), changed: metadata.modified().ok() })
    }

    /// Of all files in a folder; the headers of a model with safetensors hang on several.
    fn of_folder(folder: &Path) -> Option<Vec<Self>> {
        let mut stamps = Vec::new();
        for entry in std::fs::read_dir(folder).ok()? {
            stamps.extend(Self::of(&entry.ok()?.path()));
        }
        stamps.sort_by(|one, other| one.path.cmp(&other.path));
        Some(stamps)
    }
}

/// What was read, or why it was refused.
type Outcome<T> = Result<Arc<T>, ErrorInfo>;
/// A header with the state of the files it was read from.
type Remembered<T> = HashMap<PathBuf, (Vec<Stamp>, Outcome<T>)>;

#[derive(Debug, Default)]
struct Memory {
    gguf: Remembered<GgufHeader>,
    safetensors: Remembered<SafetensorsHeader>,
}

/// The remembered outcome where the stamps are the same, else a new one. A refusal of the system is not
/// remembered: rights change without changing the file.
fn recall<T>(
    memory: &mut Remembered<T>,
    path: &Path,
    stamps: Option<Vec<Stamp>>,
    read: impl FnOnce(&Path) -> Result<T, HeaderError>,
) -> Outcome<T> {
    if let (Some(stamps), Some((known, outcome))) = (&stamps, memory.get(path))
        && stamps == known
    {
        return outcome.clone();
    }
    let outcome = read(path);
    let passing = matches!(outcome, Err(HeaderError::Io { .. }));
    let outcome = outcome.map(Arc::new).map_err(ErrorInfo::from);
    match stamps {
        Some(stamps) if !passing => {
            memory.insert(path.to_owned(), (stamps, outcome.clone()));
        }
        _ => {
            memory.remove(path);
        }
    }
    outcome
}

/// One reading of all folders.
struct Reading<'a> {
    memory: &'a mut Memory,
    roots: Roots,
    library: Library,
    met: HashSet<PathBuf>,
    models: HashSet<PathBuf>,
}

impl<'a> Reading<'a> {
    fn new(memory: &'a mut Memory, roots: Roots) -> Self {
        Self { memory, roots, library: Library::default(), met: HashSet::new(), models: HashSet::new() }
    }

    fn folder(&mut self, folder: &SearchedFolder) {
        let walked = walk(&folder.path);
        let mut told = ModelFolder {
            error: walked.error,
            away: walked.empty && folder.owner == FolderOwner::Added,
            ..told(folder)
        };
        for found in walked.found {
            if let Some(bytes) = self.found(found, folder) {
                told.models = told.models.saturating_add(1);
                told.size_bytes = told.size_bytes.saturating_add(bytes);
            }
        }
        self.library.rejected.extend(walked.unreadable);
        self.library.folders.push(told);
    }

    /// The size of the model that it was, if it was one.
    fn found(&mut self, found: Found, searched: &SearchedFolder) -> Option<u64> {
        match found {
            Found::Gguf(path) => self.gguf(vec![path], None, searched),
            Found::Named(name, path) => self.gguf(vec![path], Some(name), searched),
            Found::Parts { folder, any, present } => {
                let numbers: Vec<u32> = present.keys().copied().collect();
                match missing_words(&numbers, any.count) {
                    None => self.gguf(present.into_values().collect(), None, searched),
                    Some(words) => {
                        let path = folder.join(any.sibling(numbers.first().copied().unwrap_or(1)));
                        let words = format!("{words}: the model was probably not downloaded completely.");
                        self.reject(&path, ErrorInfo::new(ErrorCode::ModelDamaged, words))
                    }
                }
            }
            Found::Safetensors(folder) => {
                let stamps = Stamp::of_folder(&folder);
                let header = recall(&mut self.memory.safetensors, &folder, stamps, SafetensorsHeader::read);
                self.met.insert(folder.clone());
                match header {
                    Ok(header) => {
                        let weights = header.files.first().cloned().unwrap_or_else(|| folder.clone());
                        self.add(&weights, model::of_safetensors(&folder, &header, &self.roots), searched)
                    }
                    Err(error) => self.reject(&folder, error),
                }
            }
        }
    }

    /// `named` in a store that has names of its own.
    fn gguf(&mut self, paths: Vec<PathBuf>, named: Option<String>, searched: &SearchedFolder) -> Option<u64> {
        let mut headers = Vec::with_capacity(paths.len());
        for path in &paths {
            let stamps = Stamp::of(path).map(|stamp| vec![stamp]);
            self.met.insert(path.clone());
            match recall(&mut self.memory.gguf, path, stamps, GgufHeader::read) {
                Ok(header) => headers.push(header),
                Err(error) => return self.reject(path, error),
            }
        }
        match (model::of_gguf(&paths, &headers, &self.roots), paths.first()) {
            (Verdict::Model(mut model), Some(first)) => {
                if let Some(name) = named {
                    model.name = name;
                    model.owner = FolderOwner::Ollama;
                }
                self.add(first, *model, searched)
            }
            (Verdict::Rejected(error), Some(first)) => self.reject(first, error),
            _ => None,
        }
    }

    /// Adds a model unless its weights were met before, under another name or in another folder.
    fn add(&mut self, weights: &Path, mut model: LibraryModel, searched: &SearchedFolder) -> Option<u64> {
        let real = weights.canonicalize().unwrap_or_else(|_| weights.to_owned());
        let bytes = model.size_bytes;
        if self.models.insert(real) {
            model.placed_in(weights, searched);
            self.library.models.push(model);
        }
        Some(bytes)
    }

    fn reject(&mut self, path: &Path, error: ErrorInfo) -> Option<u64> {
        let path = path.display().to_string();
        if !self.library.rejected.iter().any(|rejected| rejected.path == path) {
            self.library.rejected.push(RejectedFile { path, error });
        }
        None
    }

    fn finish(mut self) -> Library {
        self.memory.gguf.retain(|path, _| self.met.contains(path));
        self.memory.safetensors.retain(|path, _| self.met.contains(path));
        let key = |model: &LibraryModel| (model.name.to_lowercase(), model.quantisation.clone(), model.path.clone());
        self.library.models.sort_by_cached_key(key);
        self.library
    }
}
