//! GGUF files.

use std::path::{Path, PathBuf};

use candle_core::Device;
use inglenook_engine::protocol::Load;
use mistralrs_core::{
    AdapterPaths, DeviceMapSetting, GGUFLoaderBuilder, GGUFSpecificConfig, LocalModelPaths, ModelDType, ModelPaths,
};

use super::header::{Header, Value};
use super::staging::Staging;
use super::vocabulary::Vocabulary;
use super::{Facts, Progress, Read, TokenSource, from_engine, memory};
use crate::error::WorkerError;
use crate::template::SpecialTokens;

/// Architectures that mistral.rs 0.8.1 can run from a GGUF file.
const KNOWN: [&str; 8] = ["llama", "mistral3", "phi2", "phi3", "starcoder2", "qwen2", "qwen3", "qwen3moe"];

/// Loads a model from one GGUF file or several that belong together.
pub(super) fn load(request: &Load, progress: &mut Progress) -> Result<Read, WorkerError> {
    let files = files(request)?;
    let headers = files.iter().map(|file| Header::read(file)).collect::<Result<Vec<_>, _>>()?;
    let Some(first) = headers.first() else {
        return Err(WorkerError::ModelMissing { path: request.path.clone() });
    };
    let facts = facts(first)?;
    let needed = needed(&headers);
    memory::require(needed)?;
    let staging = Staging::new()?;
    let paths: Box<dyn ModelPaths> = Box::new(LocalModelPaths {
        tokenizer_filename: PathBuf::new(),
        config_filename: PathBuf::new(),
        template_filename: Some(staging.silent_template()?),
        filenames: files,
        adapter_paths: AdapterPaths::None,
        gen_conf: None,
        preprocessor_config: None,
        processor_config: None,
        chat_template_json_filename: None,
    });
    progress.weights(needed);
    let builder =
        GGUFLoaderBuilder::new(None, None, "local".into(), Vec::new(), GGUFSpecificConfig::default(), false, None);
    let pipeline = builder
        .build()
        // Activations and cache in 32 bits: processors have no arithmetic for 16, and candle's detour through it
        // costs time and digits.
        .load_model_from_path(&paths, &ModelDType::F32, &Device::Cpu, true, DeviceMapSetting::dummy(), None, None)
        .map_err(|error| from_engine(&error))?;
    Ok(Read::Writer { pipeline, facts: Box::new(facts) })
}

/// All files of the model: as the host lists them, or found by the first one's name.
fn files(request: &Load) -> Result<Vec<PathBuf>, WorkerError> {
    if !request.files.is_empty() {
        return Ok(request.files.clone());
    }
    Ok(siblings(&request.path).unwrap_or_else(|| vec![request.path.clone()]))
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

fn facts(header: &Header) -> Result<Facts, WorkerError> {
    let unsupported = |why: String| WorkerError::ModelUnsupported { why, detail: None };
    let architecture = header
        .text("general.architecture")
        .ok_or_else(|| unsupported("the file does not say what kind of model it is".into()))?
        .to_owned();
    if !KNOWN.contains(&architecture.as_str()) {
        return Err(unsupported(format!("it does not know the architecture {architecture}")));
    }
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
        tokens: TokenSource::Header(Box::new(Vocabulary::read(header)?)),
    })
}

/// Bytes of memory that the weights will take: as on disk, and the table of embeddings once more in 32 bits, for
/// the engine unpacks it.
fn needed(headers: &[Header]) -> u64 {
    let on_disk: u64 = headers.iter().map(|header| header.file_size).sum();
    let embeddings =
        headers.iter().flat_map(|header| &header.tensors).find(|tensor| tensor.name == "token_embd.weight");
    let unpacked = embeddings.map_or(0, |tensor| tensor.dimensions.iter().product::<u64>() * 4);
    on_disk + unpacked
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
