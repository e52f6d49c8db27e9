//! The curated catalogue: models worth beginning with, and what is known of them before the Hub is asked.
//!
//! The knowledge is `data/catalogue.json`. Repositories, contexts, dimensions and licences are published facts. `quality`
//! is our own judgement, from 1 to 100: how good the answers of a model are beside the others in this list, for a person
//! who chats. It orders the list and is no measurement; it is never shown as a number. Sizes of files are computed from
//! the dimensions after llama.cpp's mixes of types, near enough to plan with; what the Hub says replaces them.
//! Which of the models suit a machine is decided in [`picks`]; what their licences ask, in [`crate::licences`].

pub mod picks;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

pub use picks::{Class, Machine, Pick, first_start, rank};

static SOURCE: &str = include_str!("../data/catalogue.json");

static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    serde_json::from_str(SOURCE).unwrap_or_else(|error| {
        // The file is part of the program and a test reads it; without it nothing is recommended.
        tracing::error!(%error, "the built-in catalogue cannot be read");
        Vec::new()
    })
});

/// Bytes of a number in the KV cache (F16).
const CACHE_NUMBER: u64 = 2;

/// Tokens that are read at once; a sliding window is kept with room for them, and their logits are computed together.
const BATCH: u64 = 512;

/// What a worker takes beside weights, cache and buffers: its program, the tokenizer, what recurrent layers remember.
const WORKER_BYTES: u64 = 160 << 20;

/// A model of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// For people: "Qwen3 4B".
    pub name: String,
    /// Models of one make stand together: "Gemma 3".
    pub family: String,
    /// Who made it.
    pub publisher: String,
    /// The repository on the Hub with its GGUF files.
    pub repo: String,
    /// The repository that its makers published the model in.
    pub base: String,
    /// How many parameters it has.
    pub parameters: u64,
    /// How many of them a token passes through, where not through all.
    #[serde(default)]
    pub active_parameters: Option<u64>,
    /// Tokens that it was made for.
    pub context: u32,
    /// The licence's identifier, as [`crate::licences::licence`] takes it. Of a model made from another the stricter one.
    pub licence: String,
    /// One short sentence.
    pub best_for: String,
    /// What it is good at.
    pub strengths: Vec<Strength>,
    /// Our judgement, from 1 to 100; see the head of this file.
    pub quality: u8,
    /// What its KV cache consists of.
    pub cache: Cache,
    /// Tokens that it knows.
    pub vocabulary: u32,
    /// About how many bytes its files have, by quantisation.
    pub files: BTreeMap<String, u64>,
}

/// What a model is good at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// Conversation of every kind; what lacks it is for something special.
    Chat,
    /// Programs.
    Code,
    /// Thinking before it answers.
    Reasoning,
    /// Many languages besides English.
    Languages,
    /// Reading pictures.
    Vision,
    /// Calling tools.
    Tools,
    /// Texts of 64,000 tokens and more.
    Long,
}

/// The dimensions that a KV cache follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cache {
    /// Layers with attention; others keep nothing that grows.
    pub layers: u32,
    /// Key and value heads of a layer.
    pub kv_heads: u32,
    /// Length of one head.
    pub head_dim: u32,
    /// The layers that look back over some tokens only.
    #[serde(default)]
    pub window: Option<Window>,
}

/// Layers with a sliding window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// How many tokens they look back.
    pub tokens: u32,
    /// How many layers do.
    pub layers: u32,
}

/// All models of the catalogue, family by family.
#[must_use]
pub fn catalogue() -> &'static [Entry] {
    &ENTRIES
}

impl Entry {
    /// Whether it is good at something.
    #[must_use]
    pub fn is_good_at(&self, strength: Strength) -> bool {
        self.strengths.contains(&strength)
    }

    /// Bytes of memory that it takes with a file of this size and a conversation of `context` tokens.
    ///
    /// Without what kernels lay out anew of some quantisations; [`picks`] adds that.
    #[must_use]
    pub fn needs_bytes(&self, file_bytes: u64, context: u32) -> u64 {
        let logits = u64::from(self.vocabulary).saturating_mul(4).saturating_mul(BATCH);
        [self.cache.bytes(context), logits, WORKER_BYTES].into_iter().fold(file_bytes, u64::saturating_add)
    }

    /// Bytes that are read for every token of an answer, with a file of this size.
    #[must_use]
    pub fn active_bytes(&self, file_bytes: u64) -> u64 {
        let Some(active) = self.active_parameters else { return file_bytes };
        let share = u128::from(file_bytes) * u128::from(active.min(self.parameters));
        share.checked_div(u128::from(self.parameters)).and_then(|share| u64::try_from(share).ok()).unwrap_or(file_bytes)
    }
}

impl Cache {
    /// Bytes for a conversation of `context` tokens, in 16 bits a number.
    #[must_use]
    pub fn bytes(&self, context: u32) -> u64 {
        let context = u64::from(context);
        let of_token = [u64::from(self.kv_heads), u64::from(self.head_dim), 2, CACHE_NUMBER]
            .into_iter()
            .fold(1, u64::saturating_mul);
        let windowed = self.window.map_or(0, |window| u64::from(window.layers.min(self.layers)));
        let kept = self.window.map_or(0, |window| u64::from(window.tokens).saturating_add(BATCH).min(context));
        let whole = u64::from(self.layers).saturating_sub(windowed);
        whole.saturating_mul(context).saturating_add(windowed.saturating_mul(kept)).saturating_mul(of_token)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::licences::{NONE, OTHER, licence};

    /// Bits of a parameter, with what each quantisation mixes in.
    const BITS: &[(&str, f64)] =
        &[("Q4_K_M", 4.85), ("Q5_K_M", 5.7), ("Q6_K", 6.57), ("Q8_0", 8.5), ("F16", 16.0), ("MXFP4", 4.25)];

    #[test]
    fn the_data_is_well_formed() {
        let entries: Vec<Entry> = serde_json::from_str(SOURCE).expect("the data is JSON of this form");
        assert!(entries.len() >= 50, "only {} models are left", entries.len());
        let (mut names, mut repos) = (HashSet::new(), HashSet::new());
        for entry in &entries {
            let name = &entry.name;
            assert!(names.insert(name.clone()), "{name} is there twice");
            assert!(repos.insert(entry.repo.clone()), "{} is there twice", entry.repo);
            for repo in [&entry.repo, &entry.base] {
                let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
                assert!(repo.bytes().all(allowed) && repo.split('/').count() == 2, "{name}: {repo}");
            }
            assert!(entry.repo.to_lowercase().ends_with("-gguf"), "{name}: {}", entry.repo);
            assert!((1..=100).contains(&entry.quality), "{name}");
            assert!(entry.best_for.ends_with('.') && entry.best_for.chars().count() <= 80, "{name}");
            assert!(!entry.strengths.is_empty() && !entry.files.is_empty(), "{name}");
            assert!(entry.active_parameters.is_none_or(|active| active < entry.parameters), "{name}");
            assert!(entry.context >= 8_192, "{name}");
            assert_eq!(entry.is_good_at(Strength::Long), entry.context >= 64_000, "{name}");
        }
    }

    #[test]
    fn every_licence_is_known() {
        for entry in catalogue() {
            let known = licence(Some(&entry.licence), None, None);
            assert!(known.id != NONE && known.id != OTHER, "{}: {}", entry.name, entry.licence);
            assert_eq!(known.id, entry.licence, "{}", entry.name);
        }
    }

    #[test]
    fn sizes_agree_with_the_number_of_parameters() {
        for entry in catalogue() {
            for (quantisation, bytes) in &entry.files {
                let (_, bits) = BITS.iter().find(|(name, _)| name == quantisation).expect("a quantisation known here");
                let by_parameters = entry.parameters as f64 * bits / 8.0;
                let ratio = *bytes as f64 / by_parameters;
                // Small models with large vocabularies keep a large part in more bits, and some files hold it twice.
                let most = if entry.parameters < 2_000_000_000 { 1.7 } else { 1.15 };
                assert!((0.9..most).contains(&ratio), "{} {quantisation}: {ratio:.2}", entry.name);
            }
        }
    }

    #[test]
    fn every_family_that_people_ask_for_is_there() {
        let families: HashSet<&str> = catalogue().iter().map(|entry| entry.family.as_str()).collect();
        for family in [
            "Llama",
            "Mistral",
            "Ministral",
            "Mistral Small",
            "Mixtral",
            "Gemma 2",
            "Gemma 3",
            "DeepSeek R1",
            "Qwen 2.5",
            "Qwen 2.5 Coder",
            "Qwen 3",
            "Phi",
            "SmolLM",
            "gpt-oss",
            "Granite",
        ] {
            assert!(families.contains(family), "{family}");
        }
    }

    fn named(name: &str) -> &'static Entry {
        catalogue().iter().find(|entry| entry.name == name).expect("a model of the catalogue")
    }

    #[test]
    fn a_cache_grows_with_the_conversation() {
        // 32 layers, 8 heads of 128, keys and values, two bytes: 128 KiB a token.
        assert_eq!(named("Llama 3.1 8B").cache.bytes(8_192), 8_192 * 131_072);
        assert_eq!(named("Llama 3.1 8B").cache.bytes(0), 0);
    }

    #[test]
    fn a_sliding_window_stops_growing() {
        let cache = named("Gemma 3 4B").cache;
        let (short, long) = (cache.bytes(8_192), cache.bytes(16_384));
        // 5 of 34 layers see everything: 4 heads of 256, keys and values, two bytes.
        assert_eq!(long - short, 5 * 8_192 * 4 * 256 * 2 * 2);
    }

    #[test]
    fn experts_are_read_in_part() {
        let entry = named("Qwen3 30B-A3B");
        let active = entry.active_bytes(18_556_686_912);
        assert!((1_900_000_000..2_200_000_000).contains(&active), "{active}");
        assert_eq!(named("Qwen3 8B").active_bytes(5_000), 5_000);
    }
}
