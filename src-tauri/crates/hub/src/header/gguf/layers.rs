//! From the header's entries to what every block keeps, as llama.cpp lays it out (`src/llama-hparams.cpp`,
//! `llama_model::create_memory` in `llama-cpp-sys-2` 0.1.161).

use super::metadata::Metadata;
use super::windows::{self, Said};
use crate::header::layers::{Block, Layers};

/// Most blocks that llama.cpp takes.
const MAX_BLOCKS: u32 = 512;
/// Every block is recurrent.
const RECURRENT: &[&str] = &["mamba", "mamba2", "rwkv6", "rwkv6qwen2", "rwkv7", "arwkv7"];
/// A block without key and value heads is recurrent.
const WITHOUT_HEADS: &[&str] =
    &["jamba", "plamo2", "granitehybrid", "lfm2", "lfm2moe", "kimi-linear", "kimi-k3", "bailingmoe3", "glm5-next"];
/// A block without key and value heads is recurrent if it has no feed-forward part either.
const NEMOTRON: &[&str] = &["nemotron_h", "nemotron_h_moe"];
/// All blocks but every so many are recurrent, unless a list says which.
const INTERVALS: &[(&str, u32)] =
    &[("qwen3next", 4), ("qwen35", 4), ("qwen35moe", 4), ("qwen4exp", 4), ("minimax-01", 8)];
/// What reads a text at once and keeps nothing of it.
const WITHOUT_CACHE: &[&str] = &[
    "bert",
    "modern-bert",
    "nomic-bert",
    "nomic-bert-moe",
    "jina-bert-v2",
    "jina-bert-v3",
    "neo-bert",
    "eurobert",
    "gemma-embedding",
    "dream",
    "llada",
    "llada-moe",
    "rnd1",
    "clef",
];
/// Every block has both.
const BOTH: &str = "falcon-h1";
/// Blocks of Gemma 3n that have a cache of their own; later ones look into theirs.
const GEMMA_3N_OWN: usize = 20;
/// Convolution that Kimi's delta attention has where the file does not say.
const KDA_CONVOLUTION: u64 = 4;
/// States of token shift in a block of RWKV.
const TOKEN_SHIFTS: u64 = 2;

/// The entries of one architecture.
pub(super) struct Entries<'a> {
    pub(super) architecture: &'a str,
    pub(super) metadata: &'a Metadata,
}

impl Entries<'_> {
    fn number(&self, key: &str) -> Option<u32> {
        let number = self.metadata.number(&format!("{}.{key}", self.architecture))?;
        Some(u32::try_from(number).unwrap_or(u32::MAX))
    }

    fn list(&self, key: &str) -> Option<&[u32]> {
        self.metadata.list(&format!("{}.{key}", self.architecture))
    }

    /// One number a block, the same for all where the file has no list.
    fn per_block(&self, key: &str, at: usize) -> Option<u32> {
        match self.list(key) {
            Some(list) => Some(list.get(at).copied().unwrap_or(0)),
            None => self.number(key),
        }
    }

    fn wide(&self, key: &str) -> u64 {
        self.number(key).map_or(0, u64::from)
    }

    /// What every block keeps; nothing where the sizes do not stand in the file.
    pub(super) fn layers(&self, vocabulary: u32) -> Layers {
        let all = self.number("block_count").filter(|blocks| *blocks <= MAX_BLOCKS).unwrap_or(0);
        let drafting = self.number("nextn_predict_layers").unwrap_or(0);
        let count = all.saturating_sub(drafting) as usize;
        let said = Said {
            tokens: self.number("attention.sliding_window"),
            period: self.number("attention.sliding_window_pattern"),
            list: self.list("attention.sliding_window_pattern"),
        };
        let windows = windows::of(self.architecture, count, said);
        let blocks = windows.iter().enumerate().map(|(at, window)| self.block(at, count, *window)).collect();
        let blocks: Option<Vec<Block>> = blocks;
        let (experts, used) = (self.number("expert_count").unwrap_or(0), self.largest("expert_used_count"));
        let together = used.saturating_mul(self.largest("expert_feed_forward_length"));
        Layers {
            blocks: blocks.unwrap_or_default(),
            embedding: self.number("embedding_length").unwrap_or(0),
            heads: self.largest("attention.head_count"),
            head_length: self.lengths(None).map_or(0, |(key, _)| key),
            feed_forward: self.largest("feed_forward_length").max(together),
            experts,
            experts_used: if experts > 0 { used } else { 0 },
            vocabulary,
            merges: self.metadata.merges.map_or(0, |count| u32::try_from(count).unwrap_or(u32::MAX)),
        }
    }

    fn largest(&self, key: &str) -> u32 {
        let listed = self.list(key).and_then(|list| list.iter().copied().max());
        listed.or_else(|| self.number(key)).unwrap_or(0)
    }

    fn block(&self, at: usize, count: usize, window: Option<u32>) -> Option<Block> {
        let recurrent = self.is_recurrent(at);
        let state = if recurrent { self.state() } else { 0 };
        let attends = self.architecture == BOTH || !(recurrent || self.is_dense(at));
        if !attends || !self.has_own_cache(at, count) {
            return Some(Block { state, ..Block::default() });
        }
        let heads =
            self.per_block("attention.head_count_kv", at).or_else(|| self.per_block("attention.head_count", at))?;
        let (key, value) = self.lengths(window)?;
        // With one vector for keys and values (multi-head latent attention) the values lie in the keys.
        let latent = self.number("attention.key_length_mla").is_some_and(|length| length > 0);
        let index = self.number("attention.indexer.key_length").unwrap_or(0);
        Some(Block {
            keys: heads.saturating_mul(key).saturating_add(index),
            values: if latent { 0 } else { heads.saturating_mul(value) },
            window_tokens: window,
            state,
        })
    }

    /// Lengths of one key and one value head, in blocks with a window or without.
    fn lengths(&self, window: Option<u32>) -> Option<(u32, u32)> {
        let by_division = || {
            let heads = self.per_block("attention.head_count", 0)?;
            self.number("embedding_length")?.checked_div(heads)
        };
        let of = |key: &str| {
            let own = window.and_then(|_| self.number(&format!("{key}_swa")));
            own.or_else(|| self.number(key)).or_else(by_division)
        };
        Some((of("attention.key_length")?, of("attention.value_length")?))
    }

    fn is_recurrent(&self, at: usize) -> bool {
        let no_heads = || self.per_block("attention.head_count_kv", at) == Some(0);
        if RECURRENT.contains(&self.architecture) || self.architecture == BOTH {
            return true;
        }
        if WITHOUT_HEADS.contains(&self.architecture) {
            return no_heads();
        }
        if NEMOTRON.contains(&self.architecture) {
            return no_heads() && !self.is_dense(at);
        }
        let Some((_, usual)) = INTERVALS.iter().find(|(name, _)| *name == self.architecture) else { return false };
        if let Some(list) = self.list("attention.recurrent_layers") {
            return list.get(at).is_some_and(|flag| *flag != 0);
        }
        let interval = self.number("full_attention_interval").unwrap_or(*usual);
        u32::try_from(at).unwrap_or(u32::MAX).saturating_add(1).checked_rem(interval) != Some(0)
    }

    /// A block of Nemotron that is a feed-forward part alone.
    fn is_dense(&self, at: usize) -> bool {
        NEMOTRON.contains(&self.architecture)
            && self.per_block("feed_forward_length", at).is_some_and(|width| width > 0)
    }

    fn has_own_cache(&self, at: usize, count: usize) -> bool {
        match self.architecture {
            name if WITHOUT_CACHE.contains(&name) => false,
            "gemma3n" => at < GEMMA_3N_OWN,
            "gemma4" => at < count.saturating_sub(self.wide("attention.shared_kv_layers") as usize),
            _ => true,
        }
    }

    /// Numbers of a recurrent block's state: the last inputs of its convolution and what it remembers.
    fn state(&self) -> u64 {
        let embedding = self.wide("embedding_length");
        let wkv = self.wide("wkv.head_size");
        if wkv > 0 {
            let shifts = self.number("token_shift_count").map_or(TOKEN_SHIFTS, u64::from);
            return embedding.saturating_mul(shifts.saturating_add(wkv));
        }
        let short = self.wide("shortconv.l_cache");
        if short > 0 {
            return embedding.saturating_mul(short.saturating_sub(1));
        }
        let heads = self.per_block("attention.head_count", 0).map_or(0, u64::from);
        let squares = |length: u64| length.saturating_mul(length).saturating_mul(heads);
        let delta = self.wide("kda.head_dim");
        if delta > 0 {
            let behind = self.number("ssm.conv_kernel").map_or(KDA_CONVOLUTION, u64::from).saturating_sub(1);
            return behind.saturating_mul(3).saturating_mul(heads.saturating_mul(delta)).saturating_add(squares(delta));
        }
        if self.architecture == "minimax-01" {
            return squares(self.lengths(None).map_or(0, |(key, _)| u64::from(key)));
        }
        let (inner, size) = (self.wide("ssm.inner_size"), self.wide("ssm.state_size"));
        let groups = self.wide("ssm.group_count").saturating_mul(size).saturating_mul(2);
        let behind = self.wide("ssm.conv_kernel").saturating_sub(1);
        behind.saturating_mul(inner.saturating_add(groups)).saturating_add(inner.saturating_mul(size))
    }
}
