//! GGUF files: their parts, their headers, and what a header says of a model.

mod header;

use std::path::{Path, PathBuf};

use inglenook_engine::protocol::Load;

use crate::error::WorkerError;
use crate::load::Facts;
use crate::template::SpecialTokens;
pub use header::{Header, Tensor, Value};

/// The headers of all files of a model, the first one first.
///
/// # Errors
/// A file is missing, damaged, or cannot be read.
pub fn headers(files: &[PathBuf]) -> Result<Vec<Header>, WorkerError> {
    files.iter().map(|file| Header::read(file)).collect()
}

/// All files of the model: as the host lists them, or found by the first one's name.
#[must_use]
pub fn files(load: &Load) -> Vec<PathBuf> {
    if !load.files.is_empty() {
        return load.files.clone();
    }
    siblings(&load.path).unwrap_or_else(|| vec![load.path.clone()])
}

/// The parts of a file named `…-00001-of-00003.gguf`.
fn siblings(path: &Path) -> Option<Vec<PathBuf>> {
    let name = path.file_name()?.to_str()?.strip_suffix(".gguf")?;
    let (front, count) = name.rsplit_once("-of-")?;
    let (front, number) = front.rsplit_once('-')?;
    let digits = |text: &str| text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(number) || !digits(count) {
        return None;
    }
    let parts: u32 = count.parse().ok()?;
    Some((1..=parts).map(|n| path.with_file_name(format!("{front}-{n:05}-of-{count}.gguf"))).collect())
}

/// What the header says of a model.
///
/// # Errors
/// It is no whole model, or contradicts itself.
pub fn facts(header: &Header) -> Result<Facts, WorkerError> {
    let unsupported = |why: String| WorkerError::ModelUnsupported { why, detail: None };
    let architecture = header
        .text("general.architecture")
        .ok_or_else(|| unsupported("the file does not say what kind of model it is".into()))?
        .to_owned();
    if header.text("general.type").is_some_and(|kind| kind != "model") {
        return Err(unsupported("the file is a part of a model or an addition to one".into()));
    }
    let tokens = header
        .list("tokenizer.ggml.tokens")
        .filter(|tokens| !tokens.is_empty())
        .ok_or_else(|| unsupported("the file has no vocabulary".into()))?;
    let id = |key: &str| header.unsigned(&format!("tokenizer.ggml.{key}_token_id")).map(|id| id as u32);
    let name =
        |key: &str| id(key).and_then(|id| tokens.get(id as usize)).and_then(Value::text).unwrap_or_default().to_owned();
    // Not the one for padding, which nobody reads and some files get wrong.
    for key in ["bos", "eos", "unknown"] {
        if id(key).is_some_and(|id| id as usize >= tokens.len()) {
            return Err(WorkerError::ModelDamaged {
                why: "it names a token that its vocabulary lacks".into(),
                detail: Some(format!("tokenizer.ggml.{key}_token_id")),
            });
        }
    }
    let is_sentencepiece = header.text("tokenizer.ggml.model") == Some("llama");
    let adds_bos = header.unsigned("tokenizer.ggml.add_bos_token").map_or(is_sentencepiece, |bit| bit == 1);
    let special = SpecialTokens { bos: name("bos"), eos: name("eos"), unk: name("unknown"), pad: name("padding") };
    Ok(Facts {
        trained_context: header.unsigned(&format!("{architecture}.context_length")).unwrap_or(4096) as usize,
        architecture,
        template: header.text("tokenizer.chat_template").map(str::to_owned),
        special,
        ends: ["eos", "eot", "eom"].iter().filter_map(|key| id(key)).collect(),
        text_prefix: id("bos").filter(|_| adds_bos).into_iter().collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_parts_of_a_split_file() {
        let parts = siblings(Path::new("/m/big-Q4_K_M-00001-of-00003.gguf")).unwrap();
        assert_eq!(parts.len(), 3);
        assert_eq!(parts[2], Path::new("/m/big-Q4_K_M-00003-of-00003.gguf"));
        assert_eq!(siblings(Path::new("/m/one-of-a-kind.gguf")), None);
    }
}
