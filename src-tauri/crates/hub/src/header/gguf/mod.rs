//! GGUF, versions 2 and 3, little endian: the header, read within hard limits.
//!
//! Version 1 (a few weeks of 2023) and big-endian files are refused in plain words. Only the header is read, and
//! of it only what is kept: token lists are skipped. Whatever a file claims, reading it takes some megabytes of
//! memory and well under 200 ms.
#![deny(clippy::arithmetic_side_effects)]

mod bytes;
mod entries;
mod layers;
mod metadata;
mod tensors;
mod value;
mod windows;

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

pub use entries::entries;
pub use inglenook_engine::tensor_types::{TensorType, file_type_name};
use inglenook_engine::vectors;

use super::layers::{Layers, WeightSum};
use super::{Shape, not_a_file};
use crate::HeaderError;
use bytes::Bytes;
use layers::Entries;
use metadata::Metadata;
use tensors::Tensors;

/// What a GGUF file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A language model, or a part of one.
    Model,
    /// The part of a model that sees or hears (`mmproj`); no model by itself.
    Projector,
    /// A change to another model (LoRA).
    Adapter,
    /// Numbers for quantising another model.
    ImportanceMatrix,
}

/// Which part of a model a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    /// From 0.
    pub number: u32,
    /// How many there are.
    pub count: u32,
}

/// What the header of one file says.
#[derive(Clone, Debug, PartialEq)]
pub struct GgufHeader {
    /// Of the format: 2 or 3.
    pub version: u32,
    /// What the file is for.
    pub purpose: Purpose,
    /// For example `qwen3`. Parts after the first may have none.
    pub architecture: Option<String>,
    /// The model's name.
    pub name: Option<String>,
    /// Numbers in all tensors of this file.
    pub parameters: u64,
    /// How many of them turn tokens into vectors; 0 in a part of a model that has no such table.
    pub embeddings: u64,
    /// What `general.file_type` says, by name; else the commonest type.
    pub quantisation: Option<String>,
    /// Every way that numbers are stored in this file, the commonest first.
    pub tensor_types: Vec<TensorType>,
    /// Tokens the model was trained to hold.
    pub context_length: Option<u32>,
    /// The sizes that decide what the KV cache takes.
    pub shape: Shape,
    /// What every block keeps of a conversation. Parts of a model after the first have none.
    pub layers: Layers,
    /// The tensors of this file by purpose and type.
    pub weights: Vec<WeightSum>,
    /// The chat template (Jinja).
    pub template: Option<String>,
    /// The kind of tokenizer, for example `gpt2` or `llama`.
    pub tokenizer: Option<String>,
    /// It makes vectors of texts and does not write.
    pub makes_vectors: bool,
    /// The tokens are in the file, and so is the one that ends an answer where the model writes any.
    pub has_tokens: bool,
    /// Which part of a split model this file is.
    pub split: Option<Split>,
    /// Where the weights begin, bytes from the file's beginning.
    pub header_bytes: u64,
    /// The file's length, bytes.
    pub file_bytes: u64,
}

impl GgufHeader {
    /// Reads the header of the file at `path`.
    ///
    /// # Errors
    /// [`HeaderError`], saying exactly what is wrong.
    pub fn read(path: &Path) -> Result<Self, HeaderError> {
        let metadata = std::fs::metadata(path).map_err(HeaderError::read)?;
        if !metadata.is_file() {
            return Err(not_a_file());
        }
        let file = File::open(path).map_err(HeaderError::read)?;
        Self::read_from(file, metadata.len())
    }

    /// Reads the header of a file of `length` bytes that `source` stands at the beginning of.
    ///
    /// # Errors
    /// As [`GgufHeader::read`].
    pub fn read_from<R: Read + Seek>(source: R, length: u64) -> Result<Self, HeaderError> {
        if length == 0 {
            return Err(HeaderError::damaged("The file is empty."));
        }
        let mut bytes = Bytes::new(source, length);
        check_magic(bytes.take()?)?;
        let version = check_version(bytes.u32()?)?;
        let tensor_count = bytes.u64()?;
        let entry_count = bytes.u64()?;
        let metadata = Metadata::read(&mut bytes, entry_count)?;
        let alignment = metadata.alignment()?;
        let mut tensors = Tensors::read(&mut bytes, tensor_count, alignment)?;
        let begin = tensors.check_extents(bytes.position(), alignment, length)?;
        let header = Self::assemble(version, metadata, &tensors)?;
        Ok(Self { header_bytes: begin, file_bytes: length, ..header })
    }

    fn assemble(version: u32, mut entries: Metadata, tensors: &Tensors) -> Result<Self, HeaderError> {
        let architecture = entries.texts.remove("general.architecture");
        let purpose = purpose(architecture.as_deref(), entries.texts.get("general.type").map(String::as_str));
        let split = split(&entries)?;
        let first_or_only = split.is_none_or(|split| split.number == 0);
        if architecture.is_none() && purpose == Purpose::Model && first_or_only {
            return Err(HeaderError::damaged("The header does not say which architecture the model has."));
        }
        if tensors.elements == 0 && split.is_none() {
            return Err(HeaderError::unsupported("The file holds no weights, only a vocabulary or settings."));
        }
        let below = |key: &str| match &architecture {
            Some(architecture) => entries.small(&format!("{architecture}.{key}")),
            None => Ok(None),
        };
        let shape = Shape {
            blocks: below("block_count")?,
            embedding: below("embedding_length")?,
            heads: below("attention.head_count")?,
            kv_heads: below("attention.head_count_kv")?,
            key_length: below("attention.key_length")?,
            value_length: below("attention.value_length")?,
        };
        let context_length = below("context_length")?;
        let said = architecture.as_ref().and_then(|name| entries.number(&format!("{name}.vocab_size"))).unwrap_or(0);
        let listed = entries.tokens.unwrap_or(0).max(tensors.rows).max(said);
        let vocabulary = u32::try_from(listed).unwrap_or(u32::MAX);
        let layers = architecture.as_deref().map(|name| Entries { architecture: name, metadata: &entries });
        let layers = layers.map(|entries| entries.layers(vocabulary)).unwrap_or_default();
        let commonest = tensors.types.first().map(|(stored, _)| stored.name);
        let quantisation = entries.number("general.file_type").and_then(file_type_name).or(commonest);
        let number = |key| architecture.as_ref().and_then(|name| entries.number(&format!("{name}.{key}")));
        let makes_vectors = vectors::are_made(number(vectors::CAUSAL_KEY), number(vectors::POOLING_KEY));
        let ends = makes_vectors || entries.has("tokenizer.ggml.eos_token_id");
        let has_tokens = ends && entries.has("tokenizer.ggml.tokens");
        Ok(Self {
            version,
            purpose,
            name: entries.texts.remove("general.name").filter(|name| !name.trim().is_empty()),
            parameters: tensors.elements,
            embeddings: tensors.embeddings,
            quantisation: quantisation.map(str::to_owned),
            tensor_types: tensors.types.iter().map(|(stored, _)| *stored).collect(),
            context_length,
            shape,
            layers,
            weights: tensors.sums.clone(),
            template: entries.texts.remove("tokenizer.chat_template").filter(|text| !text.is_empty()),
            tokenizer: entries.texts.remove("tokenizer.ggml.model"),
            makes_vectors,
            has_tokens,
            split,
            header_bytes: 0,
            file_bytes: 0,
            architecture,
        })
    }
}

fn check_magic(magic: [u8; 4]) -> Result<(), HeaderError> {
    let words = match &magic {
        b"GGUF" => return Ok(()),
        b"FUGG" => return Err(big_endian()),
        b"<!DO" | b"<!do" | b"<htm" | b"<HTM" => {
            "The file is a web page, not a model: the server probably answered the download with an error page."
        }
        b"vers" => "The file is a Git LFS pointer, not the model that it points to. Run “git lfs pull” in its folder.",
        b"lmgg" | b"fmgg" | b"tjgg" | b"ggml" | b"ggmf" | b"ggjt" => {
            return Err(HeaderError::unsupported(
                "The file is in the GGML format that GGUF replaced in 2023, which this application does not read.",
            ));
        }
        [0, 0, 0, 0] => "The file begins with zeros instead of a header: it was probably not downloaded completely.",
        _ => "The file does not begin as a GGUF file does.",
    };
    Err(HeaderError::damaged(words))
}

fn check_version(version: u32) -> Result<u32, HeaderError> {
    match version {
        2 | 3 => Ok(version),
        1 => Err(HeaderError::unsupported(
            "The file is in version 1 of GGUF, which was in use for a few weeks of 2023. This application reads versions 2 and 3.",
        )),
        // A big-endian number of this size has its value in what is read as the two upper bytes.
        _ if version & 0xffff == 0 && version != 0 => Err(big_endian()),
        _ => Err(HeaderError::unsupported(format!(
            "The file is in version {version} of GGUF. This application reads versions 2 and 3."
        ))),
    }
}

fn big_endian() -> HeaderError {
    HeaderError::unsupported("The file is for big-endian machines, which this application does not run on.")
}

fn split(entries: &Metadata) -> Result<Option<Split>, HeaderError> {
    match (entries.small("split.no")?, entries.small("split.count")?) {
        (Some(number), Some(count)) if number < count => Ok((count > 1).then_some(Split { number, count })),
        // Tools that merge parts leave the number behind and set the count to 0.
        (_, None | Some(0)) => Ok(None),
        (number, Some(count)) => Err(HeaderError::damaged(format!(
            "The header calls the file part {} of {count}: the file is damaged.",
            number.map_or_else(|| "?".to_owned(), |number| number.saturating_add(1).to_string())
        ))),
    }
}

fn purpose(architecture: Option<&str>, kind: Option<&str>) -> Purpose {
    match (architecture, kind) {
        (Some("clip"), _) | (_, Some("mmproj" | "projector")) => Purpose::Projector,
        (_, Some("adapter")) => Purpose::Adapter,
        (Some("imatrix"), _) | (_, Some("imatrix")) => Purpose::ImportanceMatrix,
        _ => Purpose::Model,
    }
}
