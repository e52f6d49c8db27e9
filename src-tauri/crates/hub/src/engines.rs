//! Which engine runs what: the one table, so that "no engine here runs this" is said before anyone tries.
//!
//! It is read off the engines' sources, not guessed; an engine's new version means reading again. A second engine
//! is one more variant of [`EngineKind`] with its own answer in `refusal`.

use inglenook_contract::{ErrorCode, ErrorInfo};
pub use inglenook_engine::EngineKind;

use crate::architectures::{architecture_name, safetensors_classes};
use crate::header::gguf::GgufHeader;
use crate::header::safetensors::SafetensorsHeader;

/// What an engine is asked about.
#[derive(Clone, Copy, Debug)]
pub enum Candidate<'a> {
    /// GGUF: the header of the first part.
    Gguf(&'a GgufHeader),
    /// A folder with safetensors.
    Safetensors(&'a SafetensorsHeader),
}

/// The engine that runs a model: the first one in [`EngineKind::ALL`] that does not refuse.
///
/// # Errors
/// [`ErrorCode::ModelUnsupported`] with the preferred engine's reason, in plain words.
pub fn choose(candidate: Candidate<'_>) -> Result<EngineKind, ErrorInfo> {
    let mut reason = None;
    for engine in EngineKind::ALL {
        match refusal(*engine, candidate) {
            None => return Ok(*engine),
            Some(words) => reason = reason.or(Some(words)),
        }
    }
    let words = reason.unwrap_or_else(|| "This version has no engine.".to_owned());
    Err(ErrorInfo::new(ErrorCode::ModelUnsupported, words))
}

/// Why an engine does not run a model; `None` if it does.
fn refusal(engine: EngineKind, candidate: Candidate<'_>) -> Option<String> {
    match (engine, candidate) {
        (EngineKind::MistralRs, Candidate::Gguf(header)) => mistralrs::gguf(header),
        (EngineKind::MistralRs, Candidate::Safetensors(header)) => mistralrs::safetensors(header),
    }
}

/// mistral.rs 0.8.1 with candle 0.10.2, on the processor.
mod mistralrs {
    use super::{GgufHeader, SafetensorsHeader, called, safetensors_classes};

    /// `GGUFArchitecture` in `gguf/mod.rs`, as far as `pipeline/gguf.rs` makes a model of it.
    const GGUF: &[&str] = &["llama", "mistral3", "phi2", "phi3", "starcoder2", "qwen2", "qwen3", "qwen3moe"];

    /// `GgmlDType::from_u32` in candle's `quantized/mod.rs`.
    const TENSOR_TYPES: &[&str] = &[
        "F32", "F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q8_1", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K",
        "Q8_K",
    ];

    /// `gguf/gguf_tokenizer.rs`.
    const TOKENIZERS: &[&str] = &["llama", "replit", "gpt2"];

    /// `NormalLoaderType::from_causal_lm_name` in `pipeline/loaders/normal_loaders.rs`.
    const SAFETENSORS: &[&str] = &[
        "MistralForCausalLM",
        "MixtralForCausalLM",
        "GemmaForCausalLM",
        "Gemma2ForCausalLM",
        "PhiForCausalLM",
        "Phi3ForCausalLM",
        "LlamaForCausalLM",
        "Qwen2ForCausalLM",
        "Starcoder2ForCausalLM",
        "PhiMoEForCausalLM",
        "DeepseekV2ForCausalLM",
        "DeepseekV3ForCausalLM",
        "Qwen3ForCausalLM",
        "Glm4ForCausalLM",
        "Glm4MoeLiteForCausalLM",
        "Glm4MoeForCausalLM",
        "Qwen3MoeForCausalLM",
        "SmolLM3ForCausalLM",
        "GraniteMoeHybridForCausalLM",
        "Qwen3NextForCausalLM",
    ];

    /// Loaded too, but their layers ask for a graphics card (`MXFP4Layer` in mistralrs-quant).
    const SAFETENSORS_GPU: &[&str] = &["GptOssForCausalLM"];

    /// `QuantizedConfig` in mistralrs-quant, as far as the layers compute on the processor; GPTQ and AWQ ask for
    /// CUDA there, MXFP4 for CUDA or Metal.
    const METHODS: &[&str] = &["fp8", "bitsandbytes", "afq"];

    pub(super) fn gguf(header: &GgufHeader) -> Option<String> {
        let architecture = header.architecture.as_deref().unwrap_or_default();
        if !GGUF.contains(&architecture.to_ascii_lowercase().as_str()) {
            let other = safetensors_classes(architecture).iter().any(|class| SAFETENSORS.contains(class));
            let hint = if other { " It can run the same model from safetensors files." } else { "" };
            return Some(format!(
                "This model's architecture, {}, is not one that this version can run from a GGUF file.{hint}",
                called(architecture)
            ));
        }
        if let Some(stored) = header.tensor_types.iter().find(|stored| !TENSOR_TYPES.contains(&stored.name)) {
            return Some(format!(
                "Some of this model's weights are stored as {}, which this version cannot read. A file of the same model with Q4_K_M or Q8_0 will run.",
                stored.name
            ));
        }
        match header.tokenizer.as_deref() {
            Some(kind) if !TOKENIZERS.contains(&kind) => {
                return Some(format!(
                    "This model's tokenizer, “{kind:.40}”, is not one that this version can read from a GGUF file."
                ));
            }
            Some(_) if header.has_tokens => {}
            _ => return Some("This file does not hold the model's tokens, without which it cannot be run.".to_owned()),
        }
        let shape = &header.shape;
        let needed = [
            ("context_length", header.context_length),
            ("embedding_length", shape.embedding),
            ("block_count", shape.blocks),
            ("attention.head_count", shape.heads),
            ("attention.head_count_kv", shape.kv_heads),
        ];
        let (missing, _) = needed.iter().find(|(_, value)| value.is_none_or(|number| number == 0))?;
        Some(format!(
            "The file's header does not give “{architecture}.{missing}”, without which the model cannot be run."
        ))
    }

    pub(super) fn safetensors(header: &SafetensorsHeader) -> Option<String> {
        let architecture = header.architecture.as_str();
        if SAFETENSORS_GPU.contains(&architecture) {
            return Some(format!(
                "This model's architecture, {}, needs a graphics card, and this version computes on the processor.",
                called(architecture)
            ));
        }
        if header.architectures != 1 || !SAFETENSORS.contains(&architecture) {
            return Some(format!(
                "This model's architecture, {}, is not one that this version can run. It runs models for text.",
                called(architecture)
            ));
        }
        if let Some(quantised) = &header.quantised {
            let eight_bit = quantised.method == "bitsandbytes" && quantised.bits == Some(8);
            if eight_bit || !METHODS.contains(&quantised.method.as_str()) {
                return Some(format!(
                    "This model's weights are quantised with {}, which this version cannot run on the processor. The same model as plain safetensors or as a GGUF file may run.",
                    quantised.name()
                ));
            }
        }
        (!header.has_tokenizer).then(|| {
            "The file tokenizer.json is missing in the model's folder, without which it cannot be run.".to_owned()
        })
    }
}

/// `Gemma 3 (gemma3)`, or what the file says where that is all that is known.
fn called(architecture: &str) -> String {
    match architecture_name(architecture) {
        Some(name) => format!("{name} ({architecture})"),
        None if architecture.is_empty() => "which its header does not name".to_owned(),
        None => format!("{architecture:.60}"),
    }
}
