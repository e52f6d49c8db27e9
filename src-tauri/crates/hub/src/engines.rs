//! Which engine runs what: the one table, so that "no engine here runs this" is said before anyone tries.
//!
//! It is read off the engines' sources, not guessed; an engine's new version means reading again. Another engine is one
//! more variant of [`EngineKind`] with its own answer in `refusal`.

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

/// Every engine and why it does not run a model (`None` if it does), the preferred one for such files first: llama.cpp
/// is several times faster on processors with GGUF files, and mistral.rs alone reads safetensors.
#[must_use]
pub fn judge(candidate: Candidate<'_>) -> Vec<(EngineKind, Option<String>)> {
    let order = match candidate {
        Candidate::Gguf(_) => [EngineKind::LlamaCpp, EngineKind::MistralRs],
        Candidate::Safetensors(_) => [EngineKind::MistralRs, EngineKind::LlamaCpp],
    };
    order.into_iter().map(|engine| (engine, refusal(engine, candidate))).collect()
}

/// The first engine that does not refuse.
///
/// # Errors
/// [`ErrorCode::ModelUnsupported`] with the preferred engine's reason, in plain words.
pub fn first(judged: &[(EngineKind, Option<String>)]) -> Result<EngineKind, ErrorInfo> {
    if let Some((engine, _)) = judged.iter().find(|(_, refusal)| refusal.is_none()) {
        return Ok(*engine);
    }
    let words = judged.iter().find_map(|(_, refusal)| refusal.clone());
    let words = words.unwrap_or_else(|| "This version has no engine.".to_owned());
    Err(ErrorInfo::new(ErrorCode::ModelUnsupported, words))
}

/// The engine that makes vectors of texts with a model; `None` where none does or it was not made for that.
#[must_use]
pub fn embedder(candidate: Candidate<'_>) -> Option<EngineKind> {
    match candidate {
        Candidate::Gguf(header) => llamacpp::makes_vectors(header).then_some(EngineKind::LlamaCpp),
        Candidate::Safetensors(_) => None,
    }
}

/// What is said of models that make vectors where one is wanted to chat.
const VECTORS: &str = "This model makes vectors of texts, for searching in them; it does not chat.";

/// Why an engine does not run a model; `None` if it does.
fn refusal(engine: EngineKind, candidate: Candidate<'_>) -> Option<String> {
    match (engine, candidate) {
        (EngineKind::LlamaCpp, Candidate::Gguf(header)) => llamacpp::gguf(header),
        (EngineKind::LlamaCpp, Candidate::Safetensors(_)) => Some("llama.cpp reads GGUF files only.".to_owned()),
        (EngineKind::MistralRs, Candidate::Gguf(header)) => mistralrs::gguf(header),
        (EngineKind::MistralRs, Candidate::Safetensors(header)) => mistralrs::safetensors(header),
    }
}

/// llama.cpp as in `llama-cpp-sys-2` 0.1.161.
mod llamacpp {
    use super::{GgufHeader, VECTORS, called};

    /// `LLM_ARCH_NAMES` in `src/llama-arch.cpp`, as far as they are models that write text one word after the other.
    const ARCHITECTURES: &[&str] = &[
        "llama",
        "llama4",
        "deci",
        "falcon",
        "grok",
        "gpt2",
        "gptj",
        "gptneox",
        "mpt",
        "baichuan",
        "starcoder",
        "refact",
        "bloom",
        "stablelm",
        "qwen",
        "qwen2",
        "qwen2moe",
        "qwen2vl",
        "qwen3",
        "qwen3moe",
        "qwen3next",
        "qwen3vl",
        "qwen3vlmoe",
        "qwen35",
        "qwen35moe",
        "clef",
        "qwen4exp",
        "phi2",
        "phi3",
        "phimoe",
        "plamo",
        "plamo2",
        "plamo3",
        "codeshell",
        "orion",
        "internlm2",
        "minicpm",
        "minicpm3",
        "gemma",
        "gemma2",
        "gemma3",
        "gemma3n",
        "gemma4",
        "starcoder2",
        "mamba",
        "mamba2",
        "maple",
        "jamba",
        "falcon-h1",
        "xverse",
        "command-r",
        "cohere2",
        "cohere2moe",
        "dbrx",
        "olmo",
        "olmo2",
        "olmoe",
        "muse-glimmer",
        "openelm",
        "arctic",
        "deepseek",
        "deepseek2",
        "deepseek2-ocr",
        "deepseek32",
        "deepseek4",
        "chatglm",
        "glm4",
        "glm4moe",
        "glm-dsa",
        "bitnet",
        "jais",
        "jais2",
        "nemotron",
        "nemotron_h",
        "nemotron_h_moe",
        "exaone",
        "exaone4",
        "exaone-moe",
        "rwkv6",
        "rwkv6qwen2",
        "rwkv7",
        "arwkv7",
        "granite",
        "granitemoe",
        "granitehybrid",
        "graniteswitch",
        "granite_swa",
        "chameleon",
        "plm",
        "bailingmoe",
        "bailingmoe2",
        "bailingmoe3",
        "dots1",
        "dots3note",
        "arcee",
        "afmoe",
        "laguna",
        "ernie4_5",
        "ernie4_5-moe",
        "hunyuan-moe",
        "hunyuan-dense",
        "hunyuan_vl",
        "hy_v3",
        "hy_v4",
        "smollm3",
        "gpt-oss",
        "lfm2",
        "lfm2moe",
        "smallthinker",
        "seed_oss",
        "grovemoe",
        "apertus",
        "minimax-01",
        "hrm_text",
        "minimax-m2",
        "minimax-m3",
        "cogvlm",
        "pangu-embedded",
        "mistral3",
        "mistral4",
        "paddleocr",
        "mimo2",
        "step35",
        "spark2_5",
        "maincoder",
        "kimi-linear",
        "kimi-k3",
        "glm5-next",
        "talkie",
        "mellum",
        "nanbeige",
    ];

    /// The same for models that make vectors of texts.
    const EMBEDDING: &[&str] = &[
        "bert",
        "modern-bert",
        "nomic-bert",
        "nomic-bert-moe",
        "neo-bert",
        "jina-bert-v2",
        "jina-bert-v3",
        "eurobert",
        "gemma-embedding",
        "llama-embed",
        "t5encoder",
    ];

    /// The same for models that read a text and then write another, or all of a text at once; chats go otherwise.
    const OTHERWISE: &[&str] = &["t5", "dream", "llada", "llada-moe", "rnd1"];

    /// `llama_vocab::impl::load` in `src/llama-vocab.cpp`.
    const TOKENIZERS: &[&str] = &["llama", "gpt2", "bert", "t5", "rwkv", "plamo2", "gemma4", "hybriddna"];

    pub(super) fn gguf(header: &GgufHeader) -> Option<String> {
        let architecture = header.architecture.as_deref().unwrap_or_default();
        if EMBEDDING.contains(&architecture) {
            return Some(VECTORS.to_owned());
        }
        if OTHERWISE.contains(&architecture) {
            return Some(format!(
                "This model, {}, does not write word after word as a chat needs it; this version cannot run it.",
                called(architecture)
            ));
        }
        if !ARCHITECTURES.contains(&architecture) {
            return Some(format!(
                "This model's architecture, {}, is not one that this version can run from a GGUF file.",
                called(architecture)
            ));
        }
        if header.makes_vectors {
            return Some(VECTORS.to_owned());
        }
        unreadable(header)
    }

    pub(super) fn makes_vectors(header: &GgufHeader) -> bool {
        let architecture = header.architecture.as_deref().unwrap_or_default();
        let known = EMBEDDING.contains(&architecture) || ARCHITECTURES.contains(&architecture);
        known && header.makes_vectors && unreadable(header).is_none()
    }

    /// Why the model's tokens cannot be read.
    fn unreadable(header: &GgufHeader) -> Option<String> {
        match header.tokenizer.as_deref() {
            Some(kind) if !TOKENIZERS.contains(&kind) => {
                Some(format!("This model's tokenizer, “{kind:.40}”, is not one that this version can read."))
            }
            Some(_) if header.has_tokens => None,
            _ => Some("This file does not hold the model's tokens, without which it cannot be run.".to_owned()),
        }
    }
}

/// mistral.rs 0.8.1 with candle 0.10.2, on the processor.
mod mistralrs {
    use super::{GgufHeader, SafetensorsHeader, VECTORS, called, safetensors_classes};

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
        "PhiForCausalLM",
        "Phi3ForCausalLM",
        "LlamaForCausalLM",
        "Qwen2ForCausalLM",
        "Starcoder2ForCausalLM",
        "PhiMoEForCausalLM",
        "DeepseekV3ForCausalLM",
        "Qwen3ForCausalLM",
        "Glm4ForCausalLM",
        "Glm4MoeLiteForCausalLM",
        "Glm4MoeForCausalLM",
        "SmolLM3ForCausalLM",
        "GraniteMoeHybridForCausalLM",
        "Qwen3NextForCausalLM",
    ];

    /// Loaded too, but other words come out than their makers' own program writes, or none (test `architectures` of the
    /// worker, against transformers 4.57.6).
    const SAFETENSORS_DIFFERENT: &[&str] = &["Gemma2ForCausalLM", "DeepseekV2ForCausalLM", "Qwen3MoeForCausalLM"];

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
        if header.makes_vectors {
            return Some(VECTORS.to_owned());
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
        if SAFETENSORS_DIFFERENT.contains(&architecture) {
            return Some(format!(
                "mistral.rs does not compute this model, {}, as its makers do. A GGUF file of the same model runs with llama.cpp.",
                called(architecture)
            ));
        }
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
