//! The vocabulary of a GGUF file.
//!
//! mistral.rs 0.8.1 splits every byte-level vocabulary as Qwen does, reads SentencePiece scores as if they were
//! probabilities, and takes everything that is not an ordinary token, line breaks written as bytes among them, for
//! special. Text is then split otherwise than the model learnt, and parts of answers vanish. So the worker has
//! its own reading of the same header; the numbers of the tokens are the same.

use std::collections::HashMap;

use inglenook_worker::WorkerError;
use inglenook_worker::gguf::Header;
use inglenook_worker::tokens::TokenBytes;
use serde_json::{Value as Json, json};
use tokenizers::models::ModelWrapper;
use tokenizers::pre_tokenizers::PreTokenizerWrapper;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::tokenizer::normalizer::SplitDelimiterBehavior;
use tokenizers::{AddedToken, Tokenizer};

/// A vocabulary as the header has it.
pub(super) struct Vocabulary {
    texts: Vec<String>,
    types: Vec<u64>,
    scores: Vec<f64>,
    /// SentencePiece, in contrast to byte-level.
    sentencepiece: bool,
    /// How byte-level text is cut before it is merged, by llama.cpp's name for it.
    pre: String,
    /// A space is put in front of each text.
    space_prefix: bool,
    unknown: Option<usize>,
}

/// Types of tokens, as llama.cpp numbers them.
const UNKNOWN: u64 = 2;
const CONTROL: u64 = 3;
const USER_DEFINED: u64 = 4;
const UNUSED: u64 = 5;
const BYTE: u64 = 6;

/// Bytes of the longest piece that is made of others; real ones stay below a few hundred.
const LONGEST_PIECE: usize = 1024;

impl Vocabulary {
    /// Reads it from a header that is known to have one.
    pub(super) fn read(header: &Header) -> Result<Self, WorkerError> {
        let list = |key: &str| header.list(&format!("tokenizer.ggml.{key}")).unwrap_or_default();
        let texts: Vec<String> =
            list("tokens").iter().map(|token| token.text().unwrap_or_default().to_owned()).collect();
        let kind = header.text("tokenizer.ggml.model").unwrap_or_default();
        let sentencepiece = match kind {
            "llama" => true,
            "gpt2" => false,
            other => {
                let why = format!("it does not know the vocabulary {other}");
                return Err(WorkerError::ModelUnsupported { why, detail: None });
            }
        };
        let mut types: Vec<u64> = list("token_type").iter().map(|t| t.unsigned().unwrap_or(1)).collect();
        types.resize(texts.len(), 1);
        Ok(Self {
            types,
            scores: list("scores").iter().map(|s| s.float().unwrap_or_default()).collect(),
            sentencepiece,
            pre: header.text("tokenizer.ggml.pre").unwrap_or("default").to_owned(),
            space_prefix: header.unsigned("tokenizer.ggml.add_space_prefix").is_none_or(|bit| bit == 1),
            unknown: header.unsigned("tokenizer.ggml.unknown_token_id").map(|id| id as usize),
            texts,
        })
    }

    /// The tokenizer, made from the engine's where that is nearly right, and the bytes of all tokens.
    pub(super) fn build(&self, engines: &Tokenizer) -> Result<(Tokenizer, Vec<TokenBytes>), WorkerError> {
        let tokenizer = if self.sentencepiece { self.sentencepiece() } else { self.byte_level(engines) };
        let tokenizer = tokenizer.map_err(|error| WorkerError::ModelUnsupported {
            why: "its vocabulary cannot be used".into(),
            detail: Some(error.to_string()),
        })?;
        Ok((tokenizer, self.bytes()))
    }

    /// Byte-level: the engine's tokenizer with the right cut in front of it.
    fn byte_level(&self, engines: &Tokenizer) -> tokenizers::Result<Tokenizer> {
        let mut tokenizer = engines.clone();
        if let Some(patterns) = patterns(&self.pre) {
            let mut steps = Vec::new();
            for pattern in patterns {
                let pattern = SplitPattern::Regex((*pattern).to_owned());
                steps.push(PreTokenizerWrapper::Split(Split::new(pattern, SplitDelimiterBehavior::Isolated, false)?));
            }
            steps.push(PreTokenizerWrapper::ByteLevel(ByteLevel::new(false, false, false)));
            tokenizer.with_pre_tokenizer(Some(Sequence::new(steps)));
        } else {
            tracing::warn!(pre = self.pre, "text is cut as for Qwen, which may not be how this model learnt it");
        }
        if let ModelWrapper::BPE(merging) = tokenizer.get_model() {
            let mut merging = merging.clone();
            merging.ignore_merges = ["llama-bpe", "llama3", "llama-v3", "tekken"].contains(&self.pre.as_str());
            tokenizer.with_model(ModelWrapper::BPE(merging));
        }
        Ok(tokenizer)
    }

    /// SentencePiece: pieces are joined in the order of their scores, as llama.cpp does, and what no piece covers
    /// is written in bytes.
    fn sentencepiece(&self) -> tokenizers::Result<Tokenizer> {
        let vocabulary: serde_json::Map<String, Json> =
            self.texts.iter().enumerate().map(|(id, text)| (text.clone(), json!(id))).collect();
        let unknown = self.unknown.and_then(|id| self.texts.get(id));
        let replace = json!({"type": "Replace", "pattern": {"String": " "}, "content": "▁"});
        let steps =
            if self.space_prefix { vec![json!({"type": "Prepend", "prepend": "▁"}), replace] } else { vec![replace] };
        let description = json!({
            "version": "1.0",
            "normalizer": {"type": "Sequence", "normalizers": steps},
            "decoder": {"type": "Sequence", "decoders": [
                {"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
                {"type": "ByteFallback"},
                {"type": "Fuse"},
            ]},
            "model": {
                "type": "BPE", "vocab": vocabulary, "merges": self.merges(), "unk_token": unknown,
                "fuse_unk": true, "byte_fallback": true,
            },
        });
        let mut tokenizer = Tokenizer::from_bytes(serde_json::to_vec(&description)?)?;
        for (text, kind) in self.texts.iter().zip(&self.types) {
            match *kind {
                CONTROL | UNKNOWN => drop(tokenizer.add_special_tokens(&[AddedToken::from(text.clone(), true)])),
                USER_DEFINED => {
                    let token = AddedToken::from(text.clone(), false).normalized(false);
                    tokenizer.add_tokens(&[token]);
                }
                _ => {}
            }
        }
        Ok(tokenizer)
    }

    /// All ways to make a piece of two others, the best scores first. Of pieces longer than any word there are none:
    /// looking for them takes the square of their length.
    fn merges(&self) -> Vec<(String, String)> {
        let ordinary: HashMap<&str, usize> = self
            .texts
            .iter()
            .enumerate()
            .filter(|(id, text)| {
                text.len() <= LONGEST_PIECE && !matches!(self.types[*id], CONTROL | UNKNOWN | UNUSED | BYTE)
            })
            .map(|(id, text)| (text.as_str(), id))
            .collect();
        let score = |id: usize| self.scores.get(id).copied().unwrap_or_default();
        let mut merges: Vec<(f64, usize, &str, &str)> = Vec::new();
        for (text, id) in &ordinary {
            for (at, _) in text.char_indices().skip(1) {
                let (left, right) = text.split_at(at);
                if ordinary.contains_key(left) && ordinary.contains_key(right) {
                    merges.push((score(*id), ordinary[left], left, right));
                }
            }
        }
        merges.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        merges.into_iter().map(|(_, _, left, right)| (left.to_owned(), right.to_owned())).collect()
    }

    /// The bytes of all tokens.
    fn bytes(&self) -> Vec<TokenBytes> {
        let byte_of = byte_of_character();
        let one = |text: &str, kind: u64| -> Vec<u8> {
            match kind {
                // Written as they are, whatever the vocabulary does with others.
                CONTROL | UNKNOWN | USER_DEFINED | UNUSED => text.as_bytes().to_vec(),
                BYTE => text
                    .strip_prefix("<0x")
                    .and_then(|hex| u8::from_str_radix(hex.strip_suffix('>')?, 16).ok())
                    .map_or_else(|| text.as_bytes().to_vec(), |byte| vec![byte]),
                _ if self.sentencepiece => text.replace('▁', " ").into_bytes(),
                _ => text
                    .chars()
                    .map(|c| byte_of.get(&c).copied())
                    .collect::<Option<Vec<u8>>>()
                    .unwrap_or_else(|| text.as_bytes().to_vec()),
            }
        };
        let tokens = self.texts.iter().zip(&self.types);
        tokens
            .map(|(text, kind)| TokenBytes {
                bytes: one(text, *kind),
                special: matches!(*kind, CONTROL | UNKNOWN | UNUSED),
            })
            .collect()
    }
}

/// How byte-level vocabularies write bytes: printable characters as themselves, the rest moved up.
fn byte_of_character() -> HashMap<char, u8> {
    let printable = |byte: u8| matches!(byte, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff);
    let mut moved = 256u32..;
    (0..=255u8)
        .filter_map(|byte| {
            let code = if printable(byte) { u32::from(byte) } else { moved.next()? };
            Some((char::from_u32(code)?, byte))
        })
        .collect()
}

/// The letters of a word, a word with its case, and what follows it: shared by the newer patterns.
const CASED: &str = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const CASED_WITH_ENDINGS: &str = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const ONE_DIGIT: &str =
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const THREE_DIGITS: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const GPT_2: &str = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

/// The patterns by which text is cut before it is merged; `None` for a name that is not known.
fn patterns(pre: &str) -> Option<&'static [&'static str]> {
    Some(match pre {
        "llama-bpe" | "llama3" | "llama-v3" | "falcon3" | "dbrx" | "smaug-bpe" | "llama4-bpe" => &[THREE_DIGITS],
        "qwen2" | "deepseek-r1-qwen" | "stablelm2" | "hunyuan" | "megrez" => &[ONE_DIGIT],
        "tekken" => &[CASED],
        "gpt-4o" | "llama4" => &[CASED_WITH_ENDINGS],
        "starcoder" | "refact" | "command-r" | "smollm" | "codeshell" | "exaone" => &[r"\p{N}", GPT_2],
        "gpt-2" | "phi-2" | "olmo" | "mpt" | "jais" | "trillion" | "granite-docling" => &[GPT_2],
        _ => return None,
    })
}

#[cfg(test)]
#[path = "vocabulary_tests.rs"]
mod tests;
