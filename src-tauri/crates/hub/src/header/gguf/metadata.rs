//! The entries of the header: which are kept, which are left out.

use std::collections::{HashMap, HashSet};
use std::io::{Read, Seek};

use super::bytes::Bytes;
use super::value::{self, Kind, Numbers};
use crate::HeaderError;

/// Most entries. Models have about 30 to 60.
const MAX_ENTRIES: u64 = 4096;
/// Longest key. The longest in use has 50 bytes.
pub(super) const MAX_KEY_BYTES: u64 = 256;
/// Longest chat template. The longest in use has 30 kB.
pub(super) const MAX_TEMPLATE_BYTES: u64 = 1 << 20;
/// Longest name.
const MAX_NAME_BYTES: u64 = 4096;
/// Weights begin at a multiple of this unless the file says otherwise.
const DEFAULT_ALIGNMENT: u64 = 32;
/// Largest alignment that makes sense: a huge page.
const MAX_ALIGNMENT: u64 = 2 << 20;

/// Most lists that are kept. The models with most have 5.
const MAX_LISTS: usize = 32;

/// Keys below the architecture's name that are kept, and whether each may be a list with one number a block.
const ARCHITECTURE_KEYS: &[(&str, bool)] = &[
    (".context_length", false),
    (".embedding_length", false),
    (".block_count", false),
    (".attention.head_count", true),
    (".attention.head_count_kv", true),
    (".attention.key_length", false),
    (".attention.value_length", false),
];

/// More of them, which count where they are numbers or lists of numbers and are left out where they are not.
const OPTIONAL_KEYS: &[&str] = &[
    ".nextn_predict_layers",
    ".feed_forward_length",
    ".expert_feed_forward_length",
    ".expert_count",
    ".expert_used_count",
    ".vocab_size",
    ".attention.key_length_swa",
    ".attention.value_length_swa",
    ".attention.key_length_mla",
    ".pooling_type",
    ".attention.causal",
    ".attention.sliding_window",
    ".attention.sliding_window_pattern",
    ".attention.shared_kv_layers",
    ".attention.recurrent_layers",
    ".attention.indexer.key_length",
    ".full_attention_interval",
    ".ssm.conv_kernel",
    ".ssm.inner_size",
    ".ssm.state_size",
    ".ssm.group_count",
    ".kda.head_dim",
    ".wkv.head_size",
    ".token_shift_count",
    ".shortconv.l_cache",
];

/// What the entries say.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    pub(super) texts: HashMap<&'static str, String>,
    /// How many tokens the file lists.
    pub(super) tokens: Option<u64>,
    /// How many rules for joining letters to tokens it lists.
    pub(super) merges: Option<u64>,
    numbers: HashMap<String, u64>,
    lists: HashMap<String, Vec<u32>>,
    keys: HashSet<String>,
}

/// Refuses more entries than any model has.
pub(super) fn check_count(count: u64) -> Result<(), HeaderError> {
    if count <= MAX_ENTRIES {
        return Ok(());
    }
    let words = format!("The header announces {count} entries, more than any model has: the file is damaged.");
    Err(HeaderError::damaged(words))
}

impl Metadata {
    /// Reads `count` entries.
    pub(super) fn read<R: Read + Seek>(bytes: &mut Bytes<R>, count: u64) -> Result<Self, HeaderError> {
        check_count(count)?;
        let mut metadata = Self::default();
        for _ in 0..count {
            let key = bytes.text(MAX_KEY_BYTES, "a key")?;
            let kind = Kind::read(bytes)?;
            metadata.read_value(bytes, &key, kind)?;
            if !metadata.keys.insert(key.clone()) {
                return Err(HeaderError::damaged(format!("The header has “{key}” twice: the file is damaged.")));
            }
        }
        Ok(metadata)
    }

    fn read_value<R: Read + Seek>(&mut self, bytes: &mut Bytes<R>, key: &str, kind: Kind) -> Result<(), HeaderError> {
        let text = match key {
            "general.architecture" => Some(("general.architecture", MAX_KEY_BYTES)),
            "general.name" => Some(("general.name", MAX_NAME_BYTES)),
            "general.type" => Some(("general.type", MAX_KEY_BYTES)),
            "tokenizer.ggml.model" => Some(("tokenizer.ggml.model", MAX_KEY_BYTES)),
            "tokenizer.chat_template" => Some(("tokenizer.chat_template", MAX_TEMPLATE_BYTES)),
            _ => None,
        };
        if let Some((name, limit)) = text {
            let text = value::text(bytes, kind, name, limit)?;
            self.texts.insert(name, text);
            return Ok(());
        }
        if key == "tokenizer.ggml.tokens" {
            self.tokens = value::count(bytes, kind)?;
            return Ok(());
        }
        if key == "tokenizer.ggml.merges" {
            self.merges = value::count(bytes, kind)?;
            return Ok(());
        }
        let numbers = match key {
            "general.alignment" | "general.file_type" | "split.no" | "split.count" => {
                Numbers::One(value::number(bytes, kind, key)?)
            }
            _ => match ARCHITECTURE_KEYS.iter().find(|(suffix, _)| key.ends_with(suffix)) {
                Some((_, true)) => value::numbers(bytes, kind, key)?,
                Some((_, false)) => Numbers::One(value::number(bytes, kind, key)?),
                None if OPTIONAL_KEYS.iter().any(|suffix| key.ends_with(suffix)) => {
                    let Some(numbers) = value::numbers_if(bytes, kind)? else { return Ok(()) };
                    numbers
                }
                None => return value::skip(bytes, kind),
            },
        };
        self.keep(key, &numbers)
    }

    fn keep(&mut self, key: &str, numbers: &Numbers) -> Result<(), HeaderError> {
        self.numbers.insert(key.to_owned(), numbers.largest());
        let Numbers::Each(list) = numbers else { return Ok(()) };
        if self.lists.len() >= MAX_LISTS {
            return Err(HeaderError::damaged(
                "The header has more lists with a number a block than any model has: the file is damaged.",
            ));
        }
        let list = list.iter().map(|number| u32::try_from(*number).unwrap_or(u32::MAX)).collect();
        self.lists.insert(key.to_owned(), list);
        Ok(())
    }

    /// A kept list, one number a block.
    pub(super) fn list(&self, key: &str) -> Option<&[u32]> {
        self.lists.get(key).map(Vec::as_slice)
    }

    /// Whether there is an entry with this key, kept or not.
    pub(super) fn has(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    /// A kept number.
    pub(super) fn number(&self, key: &str) -> Option<u64> {
        self.numbers.get(key).copied()
    }

    /// A kept number that has to fit 32 bits.
    pub(super) fn small(&self, key: &str) -> Result<Option<u32>, HeaderError> {
        let Some(number) = self.number(key) else { return Ok(None) };
        u32::try_from(number).map(Some).map_err(|_| {
            HeaderError::damaged(format!(
                "The header's entry “{key}” is {number}, more than any model has: the file is damaged."
            ))
        })
    }

    /// What the weights' places are multiples of.
    pub(super) fn alignment(&self) -> Result<u64, HeaderError> {
        let alignment = self.number("general.alignment").unwrap_or(DEFAULT_ALIGNMENT);
        if alignment.is_power_of_two() && alignment <= MAX_ALIGNMENT {
            return Ok(alignment);
        }
        Err(HeaderError::damaged(format!(
            "The header's entry “general.alignment” is {alignment}, which is not a possible alignment: the file is damaged."
        )))
    }
}
