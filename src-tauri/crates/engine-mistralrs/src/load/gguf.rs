//! GGUF files.

use std::path::PathBuf;

use candle_core::Device;
use inglenook_engine::protocol::Load;
use inglenook_engine::tensor_types::TensorType;
use inglenook_worker::WorkerError;
use inglenook_worker::gguf::{self, Header};
use inglenook_worker::load::{Facts, Progress, require};
use mistralrs_core::{
    AdapterPaths, DeviceMapSetting, GGUFLoaderBuilder, GGUFSpecificConfig, LocalModelPaths, ModelDType, ModelPaths,
};

use super::staging::Staging;
use super::vocabulary::Vocabulary;
use super::{Read, TokenSource, from_engine};

/// Architectures that mistral.rs 0.8.1 can run from a GGUF file.
const KNOWN: [&str; 8] = ["llama", "mistral3", "phi2", "phi3", "starcoder2", "qwen2", "qwen3", "qwen3moe"];

/// How weights may be stored for it.
const STORED: [&str; 15] = [
    "F32", "F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q8_1", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K",
    "Q8_K",
];

/// Loads a model from one GGUF file or several that belong together.
pub(super) fn load(request: &Load, progress: &mut Progress) -> Result<Read, WorkerError> {
    let files = gguf::files(request);
    let headers = gguf::headers(&files)?;
    let Some(first) = headers.first() else {
        return Err(WorkerError::ModelMissing { path: request.path.clone() });
    };
    let facts = gguf::facts(first)?;
    check(&facts, &headers)?;
    let tokens = TokenSource::Header(Box::new(Vocabulary::read(first)?));
    let needed = needed(&headers);
    require(needed)?;
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
    Ok(Read::Writer { pipeline, facts: Box::new(facts), tokens })
}

/// Fails if the engine does not know what the header describes.
fn check(facts: &Facts, headers: &[Header]) -> Result<(), WorkerError> {
    if !KNOWN.contains(&facts.architecture.as_str()) {
        let why = format!("it does not know the architecture {}", facts.architecture);
        return Err(WorkerError::ModelUnsupported { why, detail: None });
    }
    for tensor in headers.iter().flat_map(|header| &header.tensors) {
        let stored = TensorType::of(tensor.kind).map_or("unknown", |kind| kind.name);
        if !STORED.contains(&stored) {
            return Err(WorkerError::unknown_weights(&tensor.name, stored));
        }
    }
    Ok(())
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
