//! What the estimate needs to know of a model, whatever format said it.

use inglenook_contract::ModelFormat;

use super::{quantisations, scaled};
use crate::header::gguf::GgufHeader;
use crate::header::safetensors::SafetensorsHeader;
use crate::header::{Group, Layers, WeightSum};

/// A model's sizes.
#[derive(Clone, Debug, PartialEq)]
pub struct Sizes {
    /// How the weights are stored.
    pub format: ModelFormat,
    /// Architecture as the header names it.
    pub architecture: String,
    /// How the weights are quantised.
    pub quantisation: Option<String>,
    /// Bytes on disk, all files.
    pub file_bytes: u64,
    /// Bytes before the weights.
    pub header_bytes: u64,
    /// Weights by purpose and type.
    pub weights: Vec<WeightSum>,
    /// Bytes of the weights where an engine unpacks them to 32 bits.
    pub unpacked_bytes: u64,
    /// Tokens the model was trained to hold.
    pub trained_context: Option<u32>,
    /// What every block keeps.
    pub layers: Layers,
}

impl Default for Sizes {
    fn default() -> Self {
        Self {
            format: ModelFormat::Gguf,
            architecture: String::new(),
            quantisation: None,
            file_bytes: 0,
            header_bytes: 0,
            weights: Vec::new(),
            unpacked_bytes: 0,
            trained_context: None,
            layers: Layers::default(),
        }
    }
}

impl From<&GgufHeader> for Sizes {
    fn from(header: &GgufHeader) -> Self {
        let elements = header.weights.iter().map(|sum| sum.elements).fold(0, u64::saturating_add);
        Self {
            format: ModelFormat::Gguf,
            architecture: header.architecture.clone().unwrap_or_default(),
            quantisation: header.quantisation.clone(),
            file_bytes: header.file_bytes,
            header_bytes: header.header_bytes,
            weights: header.weights.clone(),
            unpacked_bytes: elements.saturating_mul(4),
            trained_context: header.context_length,
            layers: header.layers.clone(),
        }
    }
}

impl From<&SafetensorsHeader> for Sizes {
    fn from(header: &SafetensorsHeader) -> Self {
        Self {
            format: ModelFormat::Safetensors,
            architecture: header.architecture.clone(),
            quantisation: header.quantisation.clone(),
            file_bytes: header.size_bytes,
            header_bytes: 0,
            weights: header.weights.clone(),
            unpacked_bytes: header.unpacked_bytes,
            trained_context: header.context_length,
            layers: header.layers.clone(),
        }
    }
}

impl Sizes {
    /// A model in several GGUF files: what the first says, and the weights of all.
    #[must_use]
    pub fn of_parts<'a>(headers: impl IntoIterator<Item = &'a GgufHeader>) -> Option<Self> {
        let mut headers = headers.into_iter();
        let mut whole = Self::from(headers.next()?);
        for part in headers.map(Self::from) {
            whole.file_bytes = whole.file_bytes.saturating_add(part.file_bytes);
            whole.header_bytes = whole.header_bytes.saturating_add(part.header_bytes);
            whole.unpacked_bytes = whole.unpacked_bytes.saturating_add(part.unpacked_bytes);
            let had_vocabulary = whole.layers.vocabulary;
            whole.layers.vocabulary = had_vocabulary.max(part.layers.vocabulary);
            for sum in part.weights {
                WeightSum::add(&mut whole.weights, sum);
            }
        }
        Some(whole)
    }

    /// The first part's header with the length of all parts together: what is known before the others are there.
    /// Weights that no header listed yet count as stored like those that are.
    #[must_use]
    pub fn with_all_parts(mut self, file_bytes: u64) -> Self {
        let known = self.file_bytes.saturating_sub(self.header_bytes);
        let all = file_bytes.saturating_sub(self.header_bytes);
        if all > known {
            self.stretch(all, known);
            self.file_bytes = file_bytes;
        }
        self
    }

    /// The same model in another file, of which only the length is known. What kernels might keep twice is guessed from
    /// the bits that a weight has, on the high side.
    #[must_use]
    pub fn with_file_bytes(&self, file_bytes: u64) -> Self {
        self.in_another_file(file_bytes, None)
    }

    /// The same model in another quantisation, named as files are (`Q4_K_M`).
    #[must_use]
    pub fn with_quantisation(&self, file_bytes: u64, name: &str) -> Self {
        self.in_another_file(file_bytes, Some(name))
    }

    fn in_another_file(&self, file_bytes: u64, name: Option<&str>) -> Self {
        let mut other = Self { file_bytes, quantisation: name.map(str::to_owned), ..self.clone() };
        let bytes = file_bytes.saturating_sub(self.header_bytes);
        if self.format == ModelFormat::Safetensors {
            other.stretch(bytes, self.weights_bytes());
            other.unpacked_bytes = self.unpacked_bytes;
            return other;
        }
        other.weights = quantisations::spread(&self.weights, self.is_tied(), bytes, name);
        other
    }

    /// Multiplies all sums by `to / from`.
    fn stretch(&mut self, to: u64, from: u64) {
        for sum in &mut self.weights {
            sum.elements = scaled(sum.elements, to, from);
            sum.bytes = scaled(sum.bytes, to, from);
            sum.in_eights_bytes = scaled(sum.in_eights_bytes, to, from);
        }
        self.unpacked_bytes = scaled(self.unpacked_bytes, to, from);
    }

    /// Bytes of all weights.
    #[must_use]
    pub fn weights_bytes(&self) -> u64 {
        self.weights.iter().map(|sum| sum.bytes).fold(0, u64::saturating_add)
    }

    /// Bytes of weights for one purpose.
    #[must_use]
    pub fn group_bytes(&self, group: Group) -> u64 {
        self.sums(group).map(|sum| sum.bytes).fold(0, u64::saturating_add)
    }

    /// Numbers in weights for one purpose.
    #[must_use]
    pub fn group_elements(&self, group: Group) -> u64 {
        self.sums(group).map(|sum| sum.elements).fold(0, u64::saturating_add)
    }

    fn sums(&self, group: Group) -> impl Iterator<Item = &WeightSum> {
        self.weights.iter().filter(move |sum| sum.group == group)
    }

    /// The table of embeddings is the last layer, too.
    #[must_use]
    pub fn is_tied(&self) -> bool {
        self.sums(Group::Output).next().is_none()
    }

    /// The header said enough for an estimate.
    #[must_use]
    pub fn are_known(&self) -> bool {
        !self.layers.blocks.is_empty() && self.file_bytes > 0
    }
}
