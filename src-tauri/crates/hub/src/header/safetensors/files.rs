//! Which files of a folder belong to the model, and bounded reading of the small ones.

use std::collections::BTreeSet;
use std::fmt;
use std::io::Read as _;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};

use super::folder::Folder;
use crate::HeaderError;
use crate::parts::Part;

/// Longest index. The largest models' (100,000 tensors) have 9 MB.
const MAX_INDEX_BYTES: u64 = 32 << 20;
/// Most weight files of a model.
const MAX_FILES: usize = 10_000;

/// The name of the index that some folders have.
pub(crate) const INDEX: &str = "model.safetensors.index.json";

/// Most letters of serde's words that are repeated: they quote the file's values, however long these are.
const MAX_QUOTED: usize = 200;

/// What serde found wrong, in words of bounded length.
pub(super) fn what_is_wrong(error: &serde_json::Error) -> String {
    let words = error.to_string();
    match words.char_indices().nth(MAX_QUOTED) {
        Some((end, _)) => format!("{}…", words.get(..end).unwrap_or_default()),
        None => words,
    }
}

/// A text file of at most `limit` bytes.
pub(super) fn read_text<F: Folder + ?Sized>(folder: &F, name: &str, limit: u64) -> Result<String, HeaderError> {
    let (source, _) = folder.open(name)?;
    let mut text = Vec::new();
    source.take(limit.saturating_add(1)).read_to_end(&mut text).map_err(HeaderError::read)?;
    if text.len() as u64 > limit {
        return Err(HeaderError::damaged(format!("{name} is longer than any model's: it is damaged.")));
    }
    String::from_utf8(text).map_err(|_| HeaderError::damaged(format!("{name} is not text: it is damaged.")))
}

/// The names of the weight files of a folder, in order, all of them there.
pub(super) fn weights<F: Folder + ?Sized>(folder: &F) -> Result<Vec<String>, HeaderError> {
    let names = if folder.has(INDEX) { from_index(folder)? } else { from_listing(folder)? };
    let missing: Vec<&String> = names.iter().filter(|name| !folder.has(name)).collect();
    match missing.as_slice() {
        [] => Ok(names),
        [one] => Err(HeaderError::damaged(format!(
            "The file {one} is missing: the model was probably not downloaded completely."
        ))),
        [one, others @ ..] => Err(HeaderError::damaged(format!(
            "The file {one} and {} more are missing: the model was probably not downloaded completely.",
            others.len()
        ))),
    }
}

fn from_index<F: Folder + ?Sized>(folder: &F) -> Result<Vec<String>, HeaderError> {
    let text = read_text(folder, INDEX, MAX_INDEX_BYTES)?;
    let index: Index = serde_json::from_str(&text).map_err(|error| {
        HeaderError::damaged(format!("{INDEX} cannot be understood ({}): it is damaged.", what_is_wrong(&error)))
    })?;
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

fn from_listing<F: Folder + ?Sized>(folder: &F) -> Result<Vec<String>, HeaderError> {
    let names = folder.names()?;
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
