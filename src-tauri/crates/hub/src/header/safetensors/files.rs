//! Which files of a folder belong to the model, and bounded reading of the small ones.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};

use crate::HeaderError;
use crate::header::not_a_file;
use crate::parts::Part;

/// Longest index. The largest models' (100,000 tensors) have 9 MB.
const MAX_INDEX_BYTES: u64 = 32 << 20;
/// Most weight files of a model.
const MAX_FILES: usize = 10_000;

/// The name of the index that some folders have.
pub(crate) const INDEX: &str = "model.safetensors.index.json";

/// A text file of at most `limit` bytes.
pub(super) fn read_text(path: &Path, limit: u64) -> Result<String, HeaderError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let metadata = std::fs::metadata(path).map_err(HeaderError::read)?;
    if !metadata.is_file() {
        return Err(not_a_file());
    }
    let mut text = Vec::new();
    File::open(path)
        .map_err(HeaderError::read)?
        .take(limit.saturating_add(1))
        .read_to_end(&mut text)
        .map_err(HeaderError::read)?;
    if text.len() as u64 > limit {
        return Err(HeaderError::damaged(format!("{name} is longer than any model's: it is damaged.")));
    }
    String::from_utf8(text).map_err(|_| HeaderError::damaged(format!("{name} is not text: it is damaged.")))
}

/// The weight files of a folder, in order, all of them there.
pub(super) fn weights(folder: &Path) -> Result<Vec<PathBuf>, HeaderError> {
    let index = folder.join(INDEX);
    let names = if index.exists() { from_index(&index)? } else { from_listing(folder)? };
    let missing: Vec<&String> = names.iter().filter(|name| !folder.join(name).exists()).collect();
    match missing.as_slice() {
        [] => Ok(names.iter().map(|name| folder.join(name)).collect()),
        [one] => Err(HeaderError::damaged(format!(
            "The file {one} is missing: the model was probably not downloaded completely."
        ))),
        [one, others @ ..] => Err(HeaderError::damaged(format!(
            "The file {one} and {} more are missing: the model was probably not downloaded completely.",
            others.len()
        ))),
    }
}

fn from_index(path: &Path) -> Result<Vec<String>, HeaderError> {
    let text = read_text(path, MAX_INDEX_BYTES)?;
    let index: Index = serde_json::from_str(&text)
        .map_err(|error| HeaderError::damaged(format!("{INDEX} cannot be understood ({error}): it is damaged.")))?;
    let names = index.weight_map.0;
    if names.is_empty() {
        return Err(HeaderError::damaged(format!("{INDEX} names no files: it is damaged.")));
    }
    // A name from a downloaded file becomes a path here: only a plain name of a file in this folder may.
    match names.iter().find(|name| !is_plain_name(name)) {
        Some(name) => Err(HeaderError::damaged(format!("{INDEX} names the file “{name:.80}”, which no model has."))),
        None => Ok(names.into_iter().collect()),
    }
}

fn is_plain_name(name: &str) -> bool {
    name.len() <= 255
        && name.ends_with(".safetensors")
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.+".contains(letter))
        && !name.starts_with('.')
}

fn from_listing(folder: &Path) -> Result<Vec<String>, HeaderError> {
    let mut names = BTreeSet::new();
    for entry in std::fs::read_dir(folder).map_err(HeaderError::read)? {
        if let Ok(name) = entry.map_err(HeaderError::read)?.file_name().into_string() {
            names.insert(name);
        }
    }
    for whole in ["model.safetensors", "consolidated.safetensors"] {
        if names.contains(whole) {
            return Ok(vec![whole.to_owned()]);
        }
    }
    let parts: Vec<Part> = names
        .iter()
        .filter_map(|name| Part::of(name, ".safetensors"))
        .filter(|part| part.stem == "model" && part.count as usize <= MAX_FILES)
        .collect();
    match parts.first() {
        Some(first) => Ok((1..=first.count).map(|number| first.sibling(number)).collect()),
        None => Err(HeaderError::Missing("The folder holds no model.safetensors.".to_owned())),
    }
}

/// Whether a file of this name makes a folder with `config.json` a model's.
pub(crate) fn is_weights_name(name: &str) -> bool {
    matches!(name, "model.safetensors" | "consolidated.safetensors" | INDEX)
        || Part::of(name, ".safetensors").is_some_and(|part| part.stem == "model")
}

#[derive(Deserialize)]
struct Index {
    weight_map: FileNames,
}

/// The values of a map from tensor to file, each once.
struct FileNames(BTreeSet<String>);

impl<'de> Deserialize<'de> for FileNames {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Values;
        impl<'de> Visitor<'de> for Values {
            type Value = FileNames;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map from tensor to file")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<FileNames, A::Error> {
                let mut names = BTreeSet::new();
                while let Some((_, name)) = map.next_entry::<serde::de::IgnoredAny, std::borrow::Cow<'de, str>>()? {
                    if !names.contains(name.as_ref()) {
                        names.insert(name.into_owned());
                    }
                    if names.len() > MAX_FILES {
                        return Err(A::Error::custom("more files than any model has"));
                    }
                }
                Ok(FileNames(names))
            }
        }
        deserializer.deserialize_map(Values)
    }
}
