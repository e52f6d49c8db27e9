//! From headers to models: names, sums over parts, the engine, and what is refused.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use inglenook_contract::{ErrorCode, ErrorInfo, FolderOwner, ModelFormat, ModelOrigin};

use super::expected::as_promised;
use super::identity::Roots;
use super::{LibraryModel, SearchedFolder};
use crate::download::{ModelsFolder, origin_of};
use crate::engines::{self, Candidate};
use crate::fit::Sizes;
use crate::header::gguf::{GgufHeader, Purpose, Split};
use crate::header::safetensors::SafetensorsHeader;
use crate::parts::missing_words;
use crate::template::TemplateAbilities;

/// Longest name that is shown, characters.
const MAX_NAME: usize = 120;

/// What a file turned out to be.
pub(super) enum Verdict {
    Model(Box<LibraryModel>),
    /// Belongs to another model, or is of no use by itself.
    Ignored,
    Rejected(ErrorInfo),
}

/// A model of one GGUF file, or of all parts in order.
pub(super) fn of_gguf(paths: &[PathBuf], headers: &[Arc<GgufHeader>], roots: &Roots) -> Verdict {
    let (Some(path), Some(first)) = (paths.first(), headers.first()) else { return Verdict::Ignored };
    match first.purpose {
        Purpose::Model => {}
        Purpose::Projector | Purpose::ImportanceMatrix => return Verdict::Ignored,
        Purpose::Adapter => {
            let words = "The file is an adapter (LoRA) that changes another model; this version runs whole models.";
            return Verdict::Rejected(ErrorInfo::new(ErrorCode::ModelUnsupported, words));
        }
    }
    if let Some(error) = wrong_parts(paths, headers) {
        return Verdict::Rejected(error);
    }
    let mut whole = GgufHeader::clone(first);
    for header in headers.iter().skip(1) {
        whole.parameters = whole.parameters.saturating_add(header.parameters);
        whole.file_bytes = whole.file_bytes.saturating_add(header.file_bytes);
        for stored in &header.tensor_types {
            if !whole.tensor_types.contains(stored) {
                whole.tensor_types.push(*stored);
            }
        }
    }
    let engines = engines::judge(Candidate::Gguf(&whole));
    let choice = engines::first(&engines);
    let embedder = engines::embedder(Candidate::Gguf(&whole));
    let abilities = whole.template.as_deref().map(TemplateAbilities::of).unwrap_or_default();
    let commonest = || whole.tensor_types.first().map(|stored| stored.name.to_owned());
    Verdict::Model(Box::new(LibraryModel {
        id: roots.identify(path),
        name: whole.name.as_deref().and_then(shown_name).unwrap_or_else(|| name_of_file(path)),
        format: ModelFormat::Gguf,
        path: path.clone(),
        files: paths.to_vec(),
        size_bytes: whole.file_bytes,
        architecture: whole.architecture.clone().unwrap_or_default(),
        parameters: Some(whole.parameters),
        quantisation: whole.quantisation.clone().or_else(commonest),
        context_length: whole.context_length,
        sizes: Sizes::of_parts(headers.iter().map(Arc::as_ref)).unwrap_or_default(),
        thinks: abilities.thinks,
        tools: abilities.tools,
        root: PathBuf::new(),
        owner: FolderOwner::Added,
        origin: None,
        verifiable: false,
        engine: choice.as_ref().ok().copied(),
        unsupported: choice.err(),
        embedder,
        engines,
    }))
}

/// What the headers say against the names.
fn wrong_parts(paths: &[PathBuf], headers: &[Arc<GgufHeader>]) -> Option<ErrorInfo> {
    let damaged = |words: String| Some(ErrorInfo::new(ErrorCode::ModelDamaged, words));
    if let [header] = headers {
        let split = header.split.as_ref()?;
        let missing = missing_words(&[split.number.saturating_add(1)], split.count.min(99_999))?;
        return damaged(format!(
            "This is part {} of {} by its header, and its name does not say so, so that the others cannot be found. {missing}.",
            split.number.saturating_add(1),
            split.count
        ));
    }
    for (index, (path, header)) in paths.iter().zip(headers).enumerate() {
        let expected = Split { number: u32::try_from(index).ok()?, count: u32::try_from(paths.len()).ok()? };
        if header.split != Some(expected) {
            return damaged(format!(
                "The file {} is not part {} of {} by its header, as its name says.",
                path.file_name().unwrap_or_default().to_string_lossy(),
                index.saturating_add(1),
                paths.len()
            ));
        }
    }
    None
}

/// A model of a folder.
pub(super) fn of_safetensors(folder: &Path, header: &SafetensorsHeader, roots: &Roots) -> LibraryModel {
    let engines = engines::judge(Candidate::Safetensors(header));
    let choice = engines::first(&engines);
    let abilities = header.template.as_deref().map(TemplateAbilities::of).unwrap_or_default();
    LibraryModel {
        id: roots.identify(folder),
        name: name_of_folder(folder),
        format: ModelFormat::Safetensors,
        path: folder.to_owned(),
        files: header.files.clone(),
        size_bytes: header.size_bytes,
        architecture: header.architecture.clone(),
        parameters: Some(header.parameters),
        quantisation: header.quantisation.clone(),
        context_length: header.context_length,
        sizes: Sizes::from(header),
        thinks: abilities.thinks,
        tools: abilities.tools,
        root: PathBuf::new(),
        owner: FolderOwner::Added,
        origin: None,
        verifiable: false,
        engine: choice.as_ref().ok().copied(),
        unsupported: choice.err(),
        embedder: engines::embedder(Candidate::Safetensors(header)),
        engines,
    }
}

impl LibraryModel {
    /// Notes in which folder its weights were found, whose they are, and what is known of where they came from.
    pub(super) fn placed_in(&mut self, weights: &Path, searched: &SearchedFolder) {
        self.root = searched.path.clone();
        if self.owner != FolderOwner::Ollama {
            let cached = weights.ancestors().any(|folder| cached_name(folder).is_some());
            self.owner = if cached { FolderOwner::HuggingFace } else { searched.owner };
        }
        if self.owner == FolderOwner::Own {
            let origin = origin_of(&ModelsFolder::new(&searched.path), weights);
            self.origin = origin.map(|origin| ModelOrigin {
                repo: origin.repo.to_string(),
                commit: origin.commit.to_string(),
                finished_at: origin.finished_at,
            });
        }
        self.verifiable = self.origin.is_some() || as_promised(weights, self.owner).is_some();
    }
}

/// A header's name on one line and of a length that can be shown; `None` if nothing is left.
fn shown_name(name: &str) -> Option<String> {
    let words: Vec<&str> = name.split(|letter: char| letter.is_whitespace() || letter.is_control()).collect();
    let line = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let short: String = line.chars().take(MAX_NAME).collect();
    (!short.is_empty()).then_some(short)
}

fn name_of_file(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match crate::parts::Part::of(&name, ".gguf") {
        Some(part) => part.stem,
        None => path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
    }
}

/// The folder's name; in the cache of Hugging Face, where that is a revision, the model's.
fn name_of_folder(folder: &Path) -> String {
    cached_name(folder).unwrap_or_else(|| folder.file_name().unwrap_or_default().to_string_lossy().into_owned())
}

/// The model's name where the folder is one of its revisions in the cache of Hugging Face.
fn cached_name(folder: &Path) -> Option<String> {
    let snapshots = folder.parent().filter(|parent| parent.file_name().is_some_and(|name| name == "snapshots"));
    let model = snapshots.and_then(Path::parent)?.file_name()?.to_str()?.strip_prefix("models--")?;
    Some(model.rsplit("--").next().unwrap_or(model).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_from_a_header_is_one_line() {
        assert_eq!(shown_name("  Big\n\u{7}Model \t 7B ").as_deref(), Some("Big Model 7B"));
        assert_eq!(shown_name(" \n "), None);
        assert_eq!(shown_name(&"x".repeat(5000)).map(|name| name.len()), Some(MAX_NAME));
    }

    #[test]
    fn a_revision_in_the_cache_is_called_after_its_model() {
        let cached = Path::new("/c/hub/models--Qwen--Qwen3-0.6B/snapshots/0123abcd");
        assert_eq!(name_of_folder(cached), "Qwen3-0.6B");
        assert_eq!(name_of_folder(Path::new("/models/Phi-4")), "Phi-4");
    }
}
