//! What the headers of model files say, whatever the format.

use inglenook_contract::ModelFormat;

/// A model's header in the terms that both formats share. Nothing in it was computed from weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// How the weights are stored.
    pub format: ModelFormat,
    /// Architecture as the file names it: `qwen3` in GGUF, `Qwen3ForCausalLM` in `config.json`.
    pub architecture: String,
    /// The model's name, where the file has one.
    pub name: Option<String>,
    /// Number of weights.
    pub parameters: Option<u64>,
    /// How the weights are quantised, for example `Q4_K_M` or `BF16`.
    pub quantisation: Option<String>,
    /// Tokens the model was trained to hold.
    pub context_length: Option<u32>,
    /// The sizes that decide what the KV cache takes.
    pub shape: Shape,
    /// The chat template (Jinja).
    pub template: Option<String>,
}

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
