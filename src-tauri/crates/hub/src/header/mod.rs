//! Bounded readers of model headers, one a format. They read what the header says and hold it against the
//! file's real length; they load no weights and decide nothing about engines.

pub mod gguf;
mod layers;
pub mod safetensors;

pub use layers::{Block, Group, Layers, WeightSum};

use crate::HeaderError;

/// The sizes of a transformer that decide what its KV cache takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// Transformer blocks.
    pub blocks: Option<u32>,
    /// Length of the vector between blocks.
    pub embedding: Option<u32>,
    /// Query heads.
    pub heads: Option<u32>,
    /// Key and value heads.
    pub kv_heads: Option<u32>,
    /// Length of one key head.
    pub key_length: Option<u32>,
    /// Length of one value head.
    pub value_length: Option<u32>,
}

impl Shape {
    /// Bytes that one token takes in the KV cache, with `element_bytes` bytes a number (4 for F32, 2 for F16);
    /// `None` where the header does not say enough.
    #[must_use]
    pub fn kv_bytes_per_token(&self, element_bytes: u64) -> Option<u64> {
        let heads = u64::from(self.heads?);
        let kv_heads = self.kv_heads.map_or(heads, u64::from);
        let by_division = || u64::from(self.embedding?).checked_div(heads);
        let key = self.key_length.map(u64::from).or_else(by_division)?;
        let value = self.value_length.map(u64::from).or_else(by_division)?;
        kv_heads.checked_mul(key.checked_add(value)?)?.checked_mul(u64::from(self.blocks?))?.checked_mul(element_bytes)
    }
}

/// What lies at a model's path is a folder, a device or a pipe.
fn not_a_file() -> HeaderError {
    HeaderError::damaged("This is not an ordinary file.")
}

/// A size in words: `4.7 GB`, `12.0 MB`, `140 bytes`.
#[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
pub(crate) fn size_words(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{bytes} bytes"),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}
