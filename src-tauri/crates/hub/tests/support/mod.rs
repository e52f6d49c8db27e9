//! GGUF files built in code, whole or wrong in any way a test wants.
#![allow(dead_code, reason = "every test file uses a part of it")]
#![allow(clippy::missing_panics_doc, missing_docs, unreachable_pub)]

use std::path::PathBuf;

pub const U8: u32 = 0;
pub const I8: u32 = 1;
pub const U16: u32 = 2;
pub const U32: u32 = 4;
pub const I32: u32 = 5;
pub const F32: u32 = 6;
pub const BOOL: u32 = 7;
pub const TEXT: u32 = 8;
pub const LIST: u32 = 9;
pub const U64: u32 = 10;

/// A header under construction.
#[derive(Clone, Debug)]
pub struct Gguf {
    pub magic: [u8; 4],
    pub version: u32,
    /// What the counts say, where that is not what is there.
    pub tensor_count: Option<u64>,
    pub entry_count: Option<u64>,
    pub entries: Vec<Vec<u8>>,
    pub tensors: Vec<Vec<u8>>,
    /// Bytes of weights.
    pub data: usize,
    pub alignment: usize,
}

impl Default for Gguf {
    fn default() -> Self {
        Self {
            magic: *b"GGUF",
            version: 3,
            tensor_count: None,
            entry_count: None,
            entries: Vec::new(),
            tensors: Vec::new(),
            data: 0,
            alignment: 32,
        }
    }
}

pub fn text(value: &[u8]) -> Vec<u8> {
    let mut bytes = (value.len() as u64).to_le_bytes().to_vec();
    bytes.extend(value);
    bytes
}

pub fn list(kind: u32, count: u64, items: &[u8]) -> Vec<u8> {
    let mut bytes = kind.to_le_bytes().to_vec();
    bytes.extend(count.to_le_bytes());
    bytes.extend(items);
    bytes
}

impl Gguf {
    /// The least that is a whole model: a small llama with two tensors.
    pub fn small() -> Self {
        Self::named("llama", "Small")
    }

    pub fn named(architecture: &str, name: &str) -> Self {
        let number = |key: &str, value: u32| (format!("{architecture}.{key}"), value);
        let mut gguf = Self::default()
            .entry("general.architecture", TEXT, &text(architecture.as_bytes()))
            .entry("general.name", TEXT, &text(name.as_bytes()))
            .entry("general.file_type", U32, &7_u32.to_le_bytes());
        for (key, value) in [
            number("context_length", 4096),
            number("embedding_length", 64),
            number("block_count", 2),
            number("attention.head_count", 4),
            number("attention.head_count_kv", 2),
        ] {
            gguf = gguf.entry(&key, U32, &value.to_le_bytes());
        }
        let mut tokens = text(b"a");
        tokens.extend(text(b"b"));
        gguf.entry("tokenizer.ggml.model", TEXT, &text(b"gpt2"))
            .entry("tokenizer.ggml.tokens", LIST, &list(TEXT, 2, &tokens))
            .entry("tokenizer.ggml.eos_token_id", U32, &1_u32.to_le_bytes())
            .tensor("token_embd.weight", &[64, 2], 8, 0)
            .tensor("output_norm.weight", &[64], 0, 160)
            .data(416)
    }

    pub fn entry(self, key: &str, kind: u32, value: &[u8]) -> Self {
        self.raw_entry(&text(key.as_bytes()), kind, value)
    }

    pub fn raw_entry(mut self, key: &[u8], kind: u32, value: &[u8]) -> Self {
        let mut bytes = key.to_vec();
        bytes.extend(kind.to_le_bytes());
        bytes.extend(value);
        self.entries.push(bytes);
        self
    }

    pub fn tensor(mut self, name: &str, dimensions: &[u64], kind: u32, offset: u64) -> Self {
        let mut bytes = text(name.as_bytes());
        bytes.extend(u32::try_from(dimensions.len()).expect("few").to_le_bytes());
        for length in dimensions {
            bytes.extend(length.to_le_bytes());
        }
        bytes.extend(kind.to_le_bytes());
        bytes.extend(offset.to_le_bytes());
        self.tensors.push(bytes);
        self
    }

    pub fn no_tensors(mut self) -> Self {
        self.tensors.clear();
        self
    }

    pub fn data(mut self, bytes: usize) -> Self {
        self.data = bytes;
        self
    }

    pub fn split(self, number: u16, count: u16) -> Self {
        self.entry("split.no", U16, &number.to_le_bytes()).entry("split.count", U16, &count.to_le_bytes())
    }

    /// The header without padding and weights.
    pub fn header(&self) -> Vec<u8> {
        let mut bytes = self.magic.to_vec();
        bytes.extend(self.version.to_le_bytes());
        bytes.extend(self.tensor_count.unwrap_or(self.tensors.len() as u64).to_le_bytes());
        bytes.extend(self.entry_count.unwrap_or(self.entries.len() as u64).to_le_bytes());
        bytes.extend(self.entries.concat());
        bytes.extend(self.tensors.concat());
        bytes
    }

    /// The whole file.
    pub fn build(&self) -> Vec<u8> {
        let mut bytes = self.header();
        bytes.resize(bytes.len().next_multiple_of(self.alignment), 0);
        bytes.resize(bytes.len() + self.data, 0);
        bytes
    }
}

pub fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

pub fn pocket_q8() -> PathBuf {
    repository().join("src-tauri/resources/models/pocket/Pocket-Q8_0.gguf")
}

pub fn pocket_f16() -> PathBuf {
    repository().join("tests/fixtures/pocket/Pocket-F16.gguf")
}

pub fn pocket_safetensors() -> PathBuf {
    repository().join("tests/fixtures/pocket/safetensors")
}
