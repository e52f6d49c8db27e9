//! A folder with safetensors: `config.json`, the headers of all weight files, the tokenizer, the chat template.
#![deny(clippy::arithmetic_side_effects)]

mod config;
mod files;
mod layers;
mod weights;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

pub use config::Quantised;
pub(crate) use files::is_weights_name;

use super::Shape;
use super::layers::{Group, Layers, WeightSum};
use crate::HeaderError;
use config::Config;

/// Longest `tokenizer_config.json`: the longest in use have 200 kB.
const MAX_TOKENIZER_CONFIG_BYTES: u64 = 8 << 20;
/// Longest chat template.
const MAX_TEMPLATE_BYTES: u64 = 1 << 20;

/// What a folder's headers say.
#[derive(Clone, Debug, PartialEq)]
pub struct SafetensorsHeader {
    /// The model's class, for example `Qwen3ForCausalLM`; what `model_type` says where `config.json` has no class.
    pub architecture: String,
    /// How many classes `config.json` names.
    pub architectures: usize,
    /// Number of weights.
    pub parameters: u64,
    /// For example `BF16` or `GPTQ 4-bit`.
    pub quantisation: Option<String>,
    /// How the weights were quantised; `None` for plain numbers.
    pub quantised: Option<Quantised>,
    /// Tokens the model was trained to hold.
    pub context_length: Option<u32>,
    /// The sizes that decide what the KV cache takes.
    pub shape: Shape,
    /// What every block keeps of a conversation.
    pub layers: Layers,
    /// The tensors of all files by purpose.
    pub weights: Vec<WeightSum>,
    /// Bytes of all weights once those that are not quantised are unpacked to 32 bits.
    pub unpacked_bytes: u64,
    /// The chat template (Jinja).
    pub template: Option<String>,
    /// `tokenizer.json` is there.
    pub has_tokenizer: bool,
    /// The weight files, in order.
    pub files: Vec<PathBuf>,
    /// Bytes of all weight files.
    pub size_bytes: u64,
}

impl SafetensorsHeader {
    /// Reads the headers of the model in `folder`.
    ///
    /// # Errors
    /// [`HeaderError`], saying exactly what is wrong.
    pub fn read(folder: &Path) -> Result<Self, HeaderError> {
        let config = Config::read(&folder.join("config.json"))?;
        let Some(architecture) = config.architectures.first().or(config.model_type.as_ref()) else {
            return Err(HeaderError::unsupported("config.json does not say which architecture the model has."));
        };
        let files = files::weights(folder)?;
        let mut sums = Sums::new(config.quantised.as_ref());
        let mut size_bytes = 0_u64;
        for file in &files {
            let length = weights::read(file, &mut |tensor| sums.add(tensor)).map_err(|error| in_file(error, file))?;
            size_bytes = size_bytes.saturating_add(length);
        }
        let quantisation = config.quantised.as_ref().map(Quantised::name).or_else(|| sums.commonest());
        Ok(Self {
            architecture: architecture.chars().take(200).collect(),
            architectures: config.architectures.len(),
            parameters: sums.parameters,
            quantisation,
            context_length: config.context_length,
            shape: config.shape,
            layers: config.layers,
            weights: sums.weights,
            unpacked_bytes: sums.unpacked_bytes,
            template: template(folder)?,
            has_tokenizer: folder.join("tokenizer.json").is_file(),
            files,
            size_bytes,
            quantised: config.quantised,
        })
    }
}

/// The error with the file's name in front, since a folder has several.
fn in_file(error: HeaderError, file: &Path) -> HeaderError {
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    match error {
        HeaderError::Damaged(words) => HeaderError::Damaged(format!("{name}: {words}")),
        HeaderError::Io { message, source } => HeaderError::Io { message: format!("{name}: {message}"), source },
        other => other,
    }
}

/// The template in its own file, else the one in `tokenizer_config.json`.
fn template(folder: &Path) -> Result<Option<String>, HeaderError> {
    let own = folder.join("chat_template.jinja");
    if own.exists() {
        return files::read_text(&own, MAX_TEMPLATE_BYTES).map(Some);
    }
    let path = folder.join("tokenizer_config.json");
    if !path.exists() {
        return Ok(None);
    }
    let text = files::read_text(&path, MAX_TOKENIZER_CONFIG_BYTES)?;
    let config: TokenizerConfig = serde_json::from_str(&text).map_err(|error| {
        HeaderError::damaged(format!("tokenizer_config.json cannot be understood ({error}): it is damaged."))
    })?;
    Ok(match config.chat_template {
        Some(Template::One(text)) => Some(text),
        Some(Template::Several(templates)) => {
            templates.into_iter().find(|named| named.name == "default").map(|named| named.template)
        }
        None => None,
    })
}

#[derive(serde::Deserialize)]
struct TokenizerConfig {
    chat_template: Option<Template>,
}

#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Template {
    One(String),
    Several(Vec<NamedTemplate>),
}

#[derive(serde::Deserialize)]
struct NamedTemplate {
    name: String,
    template: String,
}

/// What a tensor is for, by the names that published models have for it.
fn group(name: &str) -> Group {
    const EMBEDDINGS: &[&str] = &["embed_tokens.", "tok_embeddings.", "word_embeddings.", ".wte.", "embed_in."];
    const OUTPUT: &[&str] = &["lm_head.", "embed_out."];
    let has = |names: &[&str]| names.iter().any(|part| name.contains(part));
    if has(EMBEDDINGS) {
        Group::Embeddings
    } else if has(OUTPUT) || name == "output.weight" {
        Group::Output
    } else if name.contains(".experts.") {
        Group::Experts
    } else {
        Group::Blocks
    }
}

/// Adds up the tensors of all files.
struct Sums {
    parameters: u64,
    by_type: HashMap<&'static str, u64>,
    weights: Vec<WeightSum>,
    unpacked_bytes: u64,
    bits: Option<u32>,
}

impl Sums {
    fn new(quantised: Option<&Quantised>) -> Self {
        let bits = quantised.map(|quantised| quantised.bits.unwrap_or(4));
        Self { parameters: 0, by_type: HashMap::new(), weights: Vec::new(), unpacked_bytes: 0, bits }
    }

    fn add(&mut self, tensor: weights::Tensor<'_>) {
        let sum = self.by_type.entry(tensor.stored).or_default();
        *sum = sum.saturating_add(tensor.elements);
        self.parameters = self.parameters.saturating_add(self.weights_in(tensor));
        let weights = tensor.elements.saturating_mul(4);
        let unpacked = if tensor.stored.contains('F') { weights.max(tensor.bytes) } else { tensor.bytes };
        self.unpacked_bytes = self.unpacked_bytes.saturating_add(unpacked);
        let (group, elements) = (group(tensor.name), tensor.elements);
        let sum = WeightSum { group, kind: None, elements, bytes: tensor.bytes, in_eights_bytes: 0 };
        WeightSum::add(&mut self.weights, sum);
    }

    /// Quantised weights are packed, several in one whole number, with scales beside them that are no weights.
    fn weights_in(&self, tensor: weights::Tensor<'_>) -> u64 {
        let Some(bits) = self.bits else { return tensor.elements };
        const BESIDE: &[&str] =
            &["scales", "scale", "scale_inv", "biases", "qzeros", "g_idx", "absmax", "quant_map", "zero_point"];
        if BESIDE.iter().any(|ending| tensor.name.ends_with(ending)) || tensor.name.contains(".quant_state.") {
            return 0;
        }
        let width = match tensor.stored {
            "I32" | "U32" => 32_u64,
            "U8" | "I8" if bits < 8 => 8,
            _ => return tensor.elements,
        };
        let each = width.checked_div(u64::from(bits)).unwrap_or(1);
        tensor.elements.saturating_mul(each.max(1))
    }

    fn commonest(&self) -> Option<String> {
        self.by_type.iter().max_by_key(|(_, elements)| **elements).map(|(stored, _)| (*stored).to_owned())
    }
}
