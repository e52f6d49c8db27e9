//! A folder with safetensors: `config.json`, the headers of all weight files, the tokenizer, the chat template.
//! Whatever it holds, of each file a few megabytes are read, and nothing that a file says decides how much is allocated.
#![deny(clippy::arithmetic_side_effects)]

mod config;
mod files;
mod folder;
mod layers;
mod weights;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

pub use config::Quantised;
pub(crate) use files::is_weights_name;
pub use folder::{Beginnings, Folder};

use super::Shape;
use super::layers::{Group, Layers, WeightSum};
use crate::HeaderError;
use config::Config;
use serde_json::value::RawValue;

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
    /// The weight files, in order; names alone where they were not read from a folder of this machine.
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
        let header = Self::read_from(folder)?;
        let files = header.files.iter().map(|name| folder.join(name)).collect();
        Ok(Self { files, ..header })
    }

    /// Reads the headers of the model that these files are.
    ///
    /// # Errors
    /// As [`SafetensorsHeader::read`].
    pub fn read_from<F: Folder + ?Sized>(folder: &F) -> Result<Self, HeaderError> {
        let config = Config::read(folder)?;
        let Some(architecture) = config.architectures.first().or(config.model_type.as_ref()) else {
            return Err(HeaderError::unsupported("config.json does not say which architecture the model has."));
        };
        let files = files::weights(folder)?;
        let mut sums = Sums::new(config.quantised.as_ref());
        let mut size_bytes = 0_u64;
        for name in &files {
            let length = read_weights(folder, name, &mut sums).map_err(|error| in_file(error, name))?;
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
            has_tokenizer: folder.open("tokenizer.json").is_ok(),
            files: files.into_iter().map(PathBuf::from).collect(),
            size_bytes,
            quantised: config.quantised,
        })
    }
}

/// Adds up the tensors of one file and returns its length.
fn read_weights<F: Folder + ?Sized>(folder: &F, name: &str, sums: &mut Sums) -> Result<u64, HeaderError> {
    let (source, length) = folder.open(name)?;
    weights::read(source, length, &mut |tensor| sums.add(tensor))?;
    Ok(length)
}

/// The error with the file's name in front, since a folder has several.
fn in_file(error: HeaderError, name: &str) -> HeaderError {
    match error {
        HeaderError::Damaged(words) => HeaderError::Damaged(format!("{name}: {words}")),
        HeaderError::Io { message, source } => HeaderError::Io { message: format!("{name}: {message}"), source },
        other => other,
    }
}

/// The template in its own file, else the one in `tokenizer_config.json`.
fn template<F: Folder + ?Sized>(folder: &F) -> Result<Option<String>, HeaderError> {
    const OWN: &str = "chat_template.jinja";
    const TOKENIZER: &str = "tokenizer_config.json";
    if folder.has(OWN) {
        return files::read_text(folder, OWN, MAX_TEMPLATE_BYTES).map(Some);
    }
    if !folder.has(TOKENIZER) {
        return Ok(None);
    }
    let text = files::read_text(folder, TOKENIZER, MAX_TOKENIZER_CONFIG_BYTES)?;
    let found = serde_json::from_str(&text).and_then(|config: TokenizerConfig<'_>| config.template());
    found.map_err(|error| {
        let what = files::what_is_wrong(&error);
        HeaderError::damaged(format!("{TOKENIZER} cannot be understood ({what}): it is damaged."))
    })
}

#[derive(serde::Deserialize)]
struct TokenizerConfig<'a> {
    /// One text, or several with names. Left unread until it is known which: a list of millions of numbers would become
    /// millions of values otherwise.
    #[serde(borrow)]
    chat_template: Option<&'a RawValue>,
}

#[derive(serde::Deserialize)]
struct NamedTemplate {
    name: String,
    template: String,
}

impl TokenizerConfig<'_> {
    /// The only one, or that of several which is the default.
    fn template(&self) -> Result<Option<String>, serde_json::Error> {
        let Some(raw) = self.chat_template else { return Ok(None) };
        if raw.get().starts_with('"') {
            return serde_json::from_str(raw.get()).map(Some);
        }
        let several: Vec<NamedTemplate> = serde_json::from_str(raw.get())?;
        Ok(several.into_iter().find(|named| named.name == "default").map(|named| named.template))
    }
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
