//! Text to tokens and back.

use std::collections::HashMap;

use llguidance::toktrie::{TokRxInfo, TokTrie};

use crate::error::WorkerError;

/// Cuts a text into tokens.
pub trait Encode: Send + Sync {
    /// The tokens of `text`; special tokens in it are recognised, none are added.
    ///
    /// # Errors
    /// In the words of whatever cuts.
    fn encode(&self, text: &str) -> Result<Vec<u32>, String>;
}

/// The model's vocabulary, as the worker uses it.
pub struct Tokens {
    encoder: Box<dyn Encode>,
    /// The bytes of every token; those of a special one are its name.
    bytes: Vec<TokenBytes>,
    /// Special tokens by name, longest names first.
    special: Vec<(String, u32)>,
}

/// A token's bytes.
#[derive(Clone, Debug)]
pub struct TokenBytes {
    /// The bytes it adds to a text; for a special one, its name.
    pub bytes: Vec<u8>,
    /// It steers and is no text.
    pub special: bool,
}

/// Marks that are worth reading even where the vocabulary calls them special and others hide them.
const SPEAKING: [&str; 4] = ["think", "THINK", "tool", "channel"];
/// Further ones, by their whole name.
const SPEAKING_NAMES: [&str; 4] = ["[TOOL_CALLS]", "[ARGS]", "[CALL_ID]", "<|python_tag|>"];

impl Tokens {
    /// What cuts, the bytes of every token, and those that are recognised by name in a text.
    #[must_use]
    pub fn new(encoder: Box<dyn Encode>, bytes: Vec<TokenBytes>, mut special: Vec<(String, u32)>) -> Self {
        special.sort_by(|(a, _), (b, _)| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        Self { encoder, bytes, special }
    }

    /// The vocabulary as grammars need it; `end` is a token that ends answers.
    pub fn trie(&self, end: u32) -> TokTrie {
        let words: Vec<Vec<u8>> = self
            .bytes
            .iter()
            .map(|token| match token.special {
                true => [&[TokTrie::SPECIAL_TOKEN_MARKER], token.bytes.as_slice()].concat(),
                false => token.bytes.clone(),
            })
            .collect();
        TokTrie::from(&TokRxInfo::new(words.len() as u32, end), &words)
    }

    /// The tokens of `text`; special tokens in it are recognised, none are added.
    pub fn encode(&self, text: &str) -> Result<Vec<u32>, WorkerError> {
        let failed = |detail| WorkerError::EngineFailed { doing: "turn the text into tokens", detail };
        self.encoder.encode(text).map_err(failed)
    }

    /// The bytes that a token adds to the text; none for a special token that is nobody's business.
    pub fn spoken(&self, token: u32) -> &[u8] {
        match self.bytes.get(token as usize) {
            Some(entry) if !entry.special || speaks(&entry.bytes) => &entry.bytes,
            _ => &[],
        }
    }

    /// The bytes of a token, special or not.
    pub fn raw(&self, token: u32) -> &[u8] {
        self.bytes.get(token as usize).map_or(&[], |entry| &entry.bytes)
    }

    /// The token as text, for a list of probabilities: what is no whole character is shown as U+FFFD.
    pub fn label(&self, token: u32) -> String {
        String::from_utf8_lossy(self.raw(token)).into_owned()
    }

    /// Tokens back to text, special ones by name.
    pub fn decode(&self, tokens: &[u32]) -> Result<String, WorkerError> {
        if let Some(unknown) = tokens.iter().find(|t| **t as usize >= self.bytes.len()) {
            return Err(WorkerError::invalid(format!("The vocabulary has no token {unknown}.")));
        }
        let bytes: Vec<u8> = tokens.iter().flat_map(|token| self.raw(*token)).copied().collect();
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// How many tokens there are.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Whether the text begins with a special token: there a border between tokens is certain.
    pub fn begins_with_special(&self, text: &str) -> bool {
        let first = text.bytes().next().unwrap_or_default();
        let same_first = self.special.iter().filter(|(name, _)| name.as_bytes().first() == Some(&first));
        same_first.into_iter().any(|(name, _)| text.starts_with(name.as_str()))
    }

    /// Special tokens by name.
    pub fn special(&self) -> HashMap<&str, u32> {
        self.special.iter().map(|(name, id)| (name.as_str(), *id)).collect()
    }
}

/// Whether a special token's name is a mark that belongs to the answer.
pub fn speaks(name: &[u8]) -> bool {
    let Ok(name) = std::str::from_utf8(name) else { return false };
    SPEAKING_NAMES.contains(&name) || SPEAKING.iter().any(|word| name.contains(word))
}
