//! What a person can download of a repository: each GGUF with all its parts, the safetensors with what belongs to
//! them, each UQFF. Files that nobody here can use are in none of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::quantisation;
use super::repo::{Repo, RepoFile};
use crate::parts::Part;

/// Which part of split safetensors holds what; engines read it.
const INDEX: &str = "model.safetensors.index.json";

/// The format of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// One file, or parts of one.
    Gguf,
    /// Weights with their settings and tokenizer.
    Safetensors,
    /// The same as mistral.rs quantised them.
    Uqff,
}

/// One thing to download.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What to call it: a file's name without its ending, or the repository's.
    pub name: String,
    /// Its format.
    pub kind: ItemKind,
    /// How its numbers are stored: `Q4_K_M`, `BF16`, `GPTQ`; `None` where nothing tells.
    pub quantisation: Option<String>,
    /// An importance matrix was used for quantising, by its name.
    pub imatrix: bool,
    /// All its files, the first part first.
    pub files: Vec<RepoFile>,
    /// Their size together, without the projector's.
    pub bytes: u64,
    /// The file that lets it see or hear, where the repository has one; a further download.
    pub projector: Option<RepoFile>,
}

impl Item {
    fn new(name: String, kind: ItemKind, quantisation: Option<String>, files: Vec<RepoFile>) -> Self {
        let bytes = files.iter().fold(0_u64, |sum, file| sum.saturating_add(file.bytes));
        Self { name, kind, quantisation, imatrix: false, files, bytes, projector: None }
    }
}

/// Everything to download, from small to large. A split file of which a part is missing is not offered.
#[must_use]
pub fn items(repo: &Repo) -> Vec<Item> {
    let mut all = gguf(&repo.files);
    all.extend(safetensors(repo));
    all.extend(uqff(&repo.files));
    all.sort_by(|one, other| one.bytes.cmp(&other.bytes).then_with(|| one.name.cmp(&other.name)));
    all
}

/// A file's name without this ending, in any case.
fn stem<'a>(name: &'a str, ending: &str) -> Option<&'a str> {
    let cut = name.len().checked_sub(ending.len())?;
    let (stem, end) = name.split_at_checked(cut)?;
    (end.eq_ignore_ascii_case(ending) && !stem.is_empty()).then_some(stem)
}

/// Where a part lies and whose it is: folder, stem, count, and the length of the name, which tells `1-of-3` from
/// `00001-of-00003`.
type Whole<'a> = (&'a str, String, u32, usize);

fn gguf(files: &[RepoFile]) -> Vec<Item> {
    let mut found = Vec::new();
    let mut split: BTreeMap<Whole<'_>, BTreeMap<u32, &RepoFile>> = BTreeMap::new();
    let is_gguf = |file: &&RepoFile| stem(file.path.file_name(), ".gguf").is_some() && !is_hidden(file);
    let (projectors, models): (Vec<&RepoFile>, Vec<&RepoFile>) =
        files.iter().filter(is_gguf).partition(|file| is_projector(file));
    for file in models {
        let name = file.path.file_name();
        match Part::of(name, ".gguf") {
            Some(part) => {
                let whole = (file.path.folder(), part.stem, part.count, name.len());
                split.entry(whole).or_default().insert(part.number, file);
            }
            None => found
                .extend(stem(name, ".gguf").and_then(|stem| gguf_item(stem, file.path.folder(), vec![file.clone()]))),
        }
    }
    for ((folder, stem, count, _), parts) in split {
        // Numbers lie between 1 and the count, so that as many as the count are all of them.
        if u32::try_from(parts.len()).is_ok_and(|there| there == count) {
            found.extend(gguf_item(&stem, folder, parts.into_values().cloned().collect()));
        }
    }
    for item in &mut found {
        item.projector = item.files.first().and_then(|file| projector(&projectors, file.path.folder())).cloned();
    }
    found
}

/// `None` for the importance matrix itself, and for a vocabulary without a model.
fn gguf_item(stem: &str, folder: &str, files: Vec<RepoFile>) -> Option<Item> {
    let of_folder = || quantisation::of_gguf(folder.rsplit('/').next()?);
    let quantisation = quantisation::of_gguf(stem).or_else(of_folder);
    let lower = stem.to_ascii_lowercase();
    let words: Vec<&str> = lower.split(['-', '.', '_']).collect();
    let matrix = words.iter().any(|word| matches!(*word, "imatrix" | "imat" | "i1"));
    if (matrix && quantisation.is_none()) || lower.starts_with("ggml-vocab") {
        return None;
    }
    let mut item = Item::new(stem.to_owned(), ItemKind::Gguf, quantisation, files);
    item.imatrix = matrix;
    Some(item)
}

fn is_projector(file: &RepoFile) -> bool {
    file.path.file_name().to_ascii_lowercase().contains("mmproj")
}

/// The projector beside a file, else of the whole repository: 16 bits before all else, for they lose nothing that
/// the model's makers had.
fn projector<'a>(projectors: &[&'a RepoFile], folder: &str) -> Option<&'a RepoFile> {
    let rank = |file: &RepoFile| {
        let stored = stem(file.path.file_name(), ".gguf").and_then(quantisation::of_gguf);
        match stored.as_deref() {
            Some("F16") => 0,
            Some("BF16") => 1,
            Some("Q8_0") => 2,
            Some("F32") => 3,
            None => 4,
            Some(_) => 5,
        }
    };
    let best = |of: &dyn Fn(&RepoFile) -> bool| {
        projectors.iter().copied().filter(|file| of(file)).min_by_key(|file| (rank(file), file.bytes))
    };
    best(&|file| file.path.folder() == folder).or_else(|| best(&|file| file.path.folder().is_empty()))
}

/// Files of version control and of tools, which are no part of a model.
fn is_hidden(file: &RepoFile) -> bool {
    file.path.as_str().split('/').any(|part| part.starts_with('.'))
}

/// Files at the top, where a model's lie.
fn top(files: &[RepoFile]) -> impl Iterator<Item = &RepoFile> {
    files.iter().filter(|file| file.path.folder().is_empty() && !is_hidden(file))
}

fn safetensors(repo: &Repo) -> Option<Item> {
    let has = |name: &str| top(&repo.files).any(|file| file.path.as_str() == name);
    if !has("config.json") {
        return None;
    }
    let mut files = weights(&repo.files)?;
    let single = files.len() == 1;
    files.extend(companions(&repo.files).filter(|file| !single || file.path.as_str() != INDEX).cloned());
    let name = repo.id.name().to_owned();
    let quantisation =
        quantisation::of_safetensors(&name, &repo.tags).map(str::to_owned).or_else(|| repo.stored.clone());
    Some(Item::new(name, ItemKind::Safetensors, quantisation, files))
}

/// One file or all its parts, under the names that a folder of a model has; nothing is taken twice.
fn weights(files: &[RepoFile]) -> Option<Vec<RepoFile>> {
    let named = |name: &str| top(files).find(|file| file.path.as_str() == name).cloned();
    let mut parts: BTreeMap<(u32, usize), BTreeMap<u32, &RepoFile>> = BTreeMap::new();
    for file in top(files) {
        let name = file.path.file_name();
        if let Some(part) = Part::of(name, ".safetensors").filter(|part| part.stem == "model") {
            parts.entry((part.count, name.len())).or_default().insert(part.number, file);
        }
    }
    let whole =
        parts.into_iter().find(|((count, _), parts)| usize::try_from(*count).is_ok_and(|count| parts.len() == count));
    let parts = || whole.map(|(_, parts)| parts.into_values().cloned().collect());
    named("model.safetensors")
        .map(|file| vec![file])
        .or_else(parts)
        .or_else(|| named("consolidated.safetensors").map(|file| vec![file]))
}

/// What an engine reads beside the weights. Programs are never among it.
fn companions(files: &[RepoFile]) -> impl Iterator<Item = &RepoFile> {
    const NAMES: &[&str] = &[
        INDEX,
        "added_tokens.json",
        "chat_template.jinja",
        "chat_template.json",
        "config.json",
        "generation_config.json",
        "hf_quant_config.json",
        "image_processor_config.json",
        "merges.txt",
        "preprocessor_config.json",
        "processor_config.json",
        "quant_config.json",
        "quantize_config.json",
        "special_tokens_map.json",
        "tekken.json",
        "video_preprocessor_config.json",
        "vocab.json",
        "vocab.txt",
    ];
    let belongs = |file: &&RepoFile| {
        let name = file.path.file_name();
        let of_tokenizer =
            name.starts_with("tokenizer") && [".json", ".jinja", ".txt"].iter().any(|end| name.ends_with(end));
        // `tokenizer.model.v3`, as Mistral names them.
        NAMES.contains(&name) || of_tokenizer || name.ends_with(".model") || name.starts_with("tokenizer.model.")
    };
    top(files).filter(belongs)
}

fn uqff(files: &[RepoFile]) -> Vec<Item> {
    let mut sets: BTreeMap<String, BTreeMap<u32, &RepoFile>> = BTreeMap::new();
    for file in top(files) {
        if let Some(stem) = stem(file.path.file_name(), ".uqff") {
            let numbered = stem.rsplit_once('-').and_then(|(set, number)| Some((set, number.parse::<u32>().ok()?)));
            let (set, number) = numbered.filter(|(_, number)| *number < 1000).unwrap_or((stem, 0));
            sets.entry(set.to_owned()).or_default().insert(number, file);
        }
    }
    let beside: Vec<RepoFile> = top(files)
        .filter(|file| file.path.as_str() == "residual.safetensors")
        .chain(companions(files).filter(|file| file.path.as_str() != INDEX))
        .cloned()
        .collect();
    let whole = |parts: &BTreeMap<u32, &RepoFile>| {
        parts.keys().next_back().is_some_and(|last| usize::try_from(*last).is_ok_and(|last| last + 1 == parts.len()))
    };
    let item = |(name, parts): (String, BTreeMap<u32, &RepoFile>)| {
        let quantisation = quantisation::of_uqff(&name);
        let files = parts.into_values().chain(&beside).cloned().collect();
        Item::new(name, ItemKind::Uqff, quantisation, files)
    };
    sets.into_iter().filter(|(_, parts)| whole(parts)).map(item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remote::names::{Commit, RepoId, RepoPath};
    use crate::remote::repo::Gate;

    fn repo(files: &[(&str, u64)]) -> Repo {
        let file = |(path, bytes): &(&str, u64)| RepoFile {
            path: RepoPath::parse(path).expect("a path"),
            bytes: *bytes,
            sha256: None,
            git: None,
        };
        Repo {
            id: RepoId::parse("user/Model-7B").expect("a name"),
            commit: Commit::parse(&"0".repeat(40)).expect("a commit"),
            author: "user".to_owned(),
            downloads: 0,
            likes: 0,
            updated: None,
            gated: Gate::Open,
            private: false,
            disabled: false,
            licence: None,
            licence_name: None,
            licence_link: None,
            base_models: Vec::new(),
            tags: Vec::new(),
            pipeline: None,
            formats: Vec::new(),
            vision: false,
            tools: false,
            thinks: false,
            parameters: None,
            stored: Some("BF16".to_owned()),
            gguf: None,
            files: files.iter().map(file).collect(),
            left_out: 0,
            files_withheld: false,
        }
    }

    /// Name, quantisation, files and bytes of each item.
    fn seen(files: &[(&str, u64)]) -> Vec<(String, Option<String>, Vec<String>, u64)> {
        let of = |item: Item| {
            let files = item.files.iter().map(|file| file.path.as_str().to_owned()).collect();
            (item.name, item.quantisation, files, item.bytes)
        };
        items(&repo(files)).into_iter().map(of).collect()
    }

    #[test]
    fn each_gguf_is_an_item_from_small_to_large() {
        let found = seen(&[("M-Q8_0.gguf", 80), ("M-Q4_K_M.gguf", 40), ("README.md", 1), (".hidden.gguf", 1)]);
        let names: Vec<&str> = found.iter().map(|(name, ..)| name.as_str()).collect();
        assert_eq!(names, ["M-Q4_K_M", "M-Q8_0"]);
    }

    #[test]
    fn parts_are_one_item_and_a_missing_part_is_none() {
        let found = seen(&[
            ("BF16/M-00002-of-00002.gguf", 30),
            ("BF16/M-00001-of-00002.gguf", 40),
            ("M-Q4_0-00001-of-00003.gguf", 1),
            ("M-Q4_0-00003-of-00003.gguf", 1),
        ]);
        let files = ["BF16/M-00001-of-00002.gguf", "BF16/M-00002-of-00002.gguf"].map(str::to_owned).to_vec();
        assert_eq!(found, [("M".to_owned(), Some("BF16".to_owned()), files, 70)]);
    }

    #[test]
    fn a_projector_belongs_to_every_model_and_is_none_itself() {
        let found = items(&repo(&[
            ("M-Q4_K_M.gguf", 40),
            ("mmproj-M-f32.gguf", 9),
            ("mmproj-M-f16.gguf", 5),
            ("mmproj-M-bf16.gguf", 5),
        ]));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].bytes, 40, "the projector is a further download");
        assert_eq!(found[0].projector.as_ref().map(|file| file.path.as_str()), Some("mmproj-M-f16.gguf"));
    }

    #[test]
    fn an_importance_matrix_is_no_model_and_a_model_made_with_one_says_so() {
        let found = items(&repo(&[
            ("imatrix.gguf", 1),
            ("M.imatrix.gguf", 1),
            ("imatrix_unsloth.gguf", 1),
            ("M.i1-IQ2_XS.gguf", 2),
            ("M-Q4_K_M.gguf", 3),
        ]));
        let flags: Vec<(&str, bool)> = found.iter().map(|item| (item.name.as_str(), item.imatrix)).collect();
        assert_eq!(flags, [("M.i1-IQ2_XS", true), ("M-Q4_K_M", false)]);
    }

    #[test]
    fn safetensors_come_with_what_they_need_and_nothing_twice() {
        let found = seen(&[
            ("config.json", 1),
            ("generation_config.json", 1),
            ("model-00001-of-00002.safetensors", 50),
            ("model-00002-of-00002.safetensors", 40),
            ("model.safetensors.index.json", 1),
            ("consolidated.safetensors", 90),
            ("pytorch_model.bin", 90),
            ("onnx/model.onnx", 90),
            ("original/tokenizer.model", 1),
            ("tokenizer.json", 1),
            ("tokenizer.model.v3", 1),
            ("modeling_evil.py", 1),
            ("README.md", 1),
        ]);
        let [(name, quantisation, files, bytes)] = found.as_slice() else { panic!("one item: {found:?}") };
        assert_eq!((name.as_str(), quantisation.as_deref(), *bytes), ("Model-7B", Some("BF16"), 95));
        assert_eq!(files.len(), 7, "{files:?}");
        for left_out in ["consolidated.safetensors", "pytorch_model.bin", "modeling_evil.py", "README.md"] {
            assert!(!files.iter().any(|file| file == left_out), "{left_out}");
        }
    }

    #[test]
    fn weights_alone_or_in_pieces_are_no_item() {
        assert_eq!(seen(&[("model.safetensors", 9)]), [], "without config.json nobody knows what they are");
        assert_eq!(seen(&[("config.json", 1), ("adapter_model.safetensors", 9)]), []);
        assert_eq!(seen(&[("config.json", 1), ("model-00001-of-00002.safetensors", 9)]), []);
        assert_eq!(seen(&[("config.json", 1), ("unet/model.safetensors", 9)]), []);
    }

    #[test]
    fn uqff_files_are_items_with_their_residue() {
        let found = seen(&[
            ("m-q4k-0.uqff", 10),
            ("m-q4k-1.uqff", 10),
            ("m-afq8.uqff", 50),
            ("residual.safetensors", 5),
            ("config.json", 1),
            ("tokenizer.json", 1),
        ]);
        let short: Vec<(&str, Option<&str>, usize, u64)> = found
            .iter()
            .map(|(name, stored, files, bytes)| (name.as_str(), stored.as_deref(), files.len(), *bytes))
            .collect();
        assert_eq!(short, [("m-q4k", Some("Q4K"), 5, 27), ("m-afq8", Some("AFQ8"), 4, 57)]);
    }
}
