//! From `config.json` to what every block keeps of a conversation, as mistral.rs 0.8.1 lays it out on a processor:
//! the keys and values of latent attention unpacked, windows where a list or the kind of model says so.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::header::layers::{Block, Layers};

/// Most blocks that are believed.
const MAX_BLOCKS: u32 = 512;
/// Kinds of models whose blocks all look back through a window, if the file has one.
const WINDOWED: &[&str] = &["mistral", "mixtral", "phi3", "starcoder2"];
/// Kinds of models of which every so many blocks see everything.
const ALTERNATING: &[(&str, u32)] =
    &[("gemma2", 2), ("gpt_oss", 2), ("cohere2", 4), ("gemma3_text", 6), ("gemma3", 6), ("gemma3n_text", 5)];

macro_rules! fields {
    ($(#[$about:meta])* $name:ident { $($field:ident $(= $said:literal)?),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Default, Deserialize)]
        #[serde(default)]
        pub(super) struct $name<'a> {
            $(#[serde(borrow)] $(#[serde(rename = $said)])? $field: Option<&'a RawValue>,)+
        }

        impl<'a> $name<'a> {
            /// What is missing here taken from there.
            pub(super) fn or(self, other: Self) -> Self {
                Self { $($field: self.$field.or(other.$field),)+ }
            }
        }
    };
}

fields!(
    /// The entries that say what a block keeps. Each is read leniently: what is of another kind is unknown.
    Entries {
        model_type,
        num_hidden_layers,
        hidden_size,
        intermediate_size,
        moe_intermediate_size,
        num_attention_heads,
        num_key_value_heads,
        head_dim,
        vocab_size,
        sliding_window,
        use_sliding_window,
        sliding_window_pattern,
        layer_types,
        full_attention_interval,
        num_kv_shared_layers,
        num_local_experts,
        num_experts,
        n_routed_experts,
        num_experts_per_tok,
        kv_lora_rank,
        qk_nope_head_dim,
        qk_rope_head_dim,
        v_head_dim,
        mamba_d_state,
        mamba_d_conv,
        mamba_expand,
        mamba_n_groups,
        attn_layer_period,
        attn_layer_offset,
        conv_l_cache = "conv_L_cache",
        linear_num_key_heads,
        linear_num_value_heads,
        linear_key_head_dim,
        linear_value_head_dim,
        linear_conv_kernel_dim,
    }
);

/// What a block does with what was said before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Whole,
    Windowed,
    Recurrent,
}

fn number(raw: Option<&RawValue>) -> Option<u32> {
    raw?.get().parse().ok()
}

fn wide(raw: Option<&RawValue>) -> u64 {
    number(raw).map_or(0, u64::from)
}

impl Entries<'_> {
    /// What every block keeps; nothing where the sizes do not stand in the file.
    pub(super) fn layers(&self) -> Layers {
        let count = number(self.num_hidden_layers).filter(|count| *count <= MAX_BLOCKS).unwrap_or(0);
        let types = self.types();
        // Unpacked once: the file may make it long.
        let model_type = self.model_type();
        let own = count.saturating_sub(number(self.num_kv_shared_layers).unwrap_or(0));
        let blocks: Option<Vec<Block>> =
            (0..count).map(|at| self.block(self.kind(at, &types, &model_type), at < own)).collect();
        let experts = [self.num_local_experts, self.num_experts, self.n_routed_experts];
        let experts = experts.into_iter().find_map(number).unwrap_or(0);
        let used = if experts > 0 { number(self.num_experts_per_tok).unwrap_or(0) } else { 0 };
        let together = number(self.moe_intermediate_size).unwrap_or(0).saturating_mul(used);
        Layers {
            blocks: blocks.unwrap_or_default(),
            embedding: number(self.hidden_size).unwrap_or(0),
            heads: number(self.num_attention_heads).unwrap_or(0),
            head_length: self.head_lengths().map_or(0, |(key, _)| key),
            feed_forward: number(self.intermediate_size).unwrap_or(0).max(together),
            experts,
            experts_used: used,
            vocabulary: number(self.vocab_size).unwrap_or(0),
            merges: 0,
        }
    }

    fn types(&self) -> Vec<Cow<'_, str>> {
        self.layer_types.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default()
    }

    fn model_type(&self) -> Cow<'_, str> {
        self.model_type.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default()
    }

    fn kind(&self, at: u32, types: &[Cow<'_, str>], model_type: &str) -> Kind {
        match types.get(at as usize).map(AsRef::as_ref) {
            Some("sliding_attention" | "chunked_attention") => return Kind::Windowed,
            Some("linear_attention" | "mamba" | "conv" | "recurrent") => return Kind::Recurrent,
            Some(_) => return Kind::Whole,
            None => {}
        }
        let place = |period: u32| at.checked_rem(period);
        if let Some(period) = number(self.attn_layer_period) {
            let attends = place(period) == number(self.attn_layer_offset).or(Some(0));
            return if attends { Kind::Whole } else { Kind::Recurrent };
        }
        if let Some(interval) = number(self.full_attention_interval) {
            let attends = at.saturating_add(1).checked_rem(interval) == Some(0);
            return if attends { Kind::Whole } else { Kind::Recurrent };
        }
        self.by_model_type(at, model_type)
    }

    fn by_model_type(&self, at: u32, model_type: &str) -> Kind {
        let refused = self.use_sliding_window.is_some_and(|raw| raw.get() == "false");
        if refused {
            return Kind::Whole;
        }
        if WINDOWED.contains(&model_type) {
            return Kind::Windowed;
        }
        let Some((_, usual)) = ALTERNATING.iter().find(|(name, _)| *name == model_type) else { return Kind::Whole };
        let period = number(self.sliding_window_pattern).unwrap_or(*usual);
        let whole = at.saturating_add(1).checked_rem(period) == Some(0);
        if whole { Kind::Whole } else { Kind::Windowed }
    }

    fn block(&self, kind: Kind, has_cache: bool) -> Option<Block> {
        if kind == Kind::Recurrent {
            return Some(Block { state: self.state(), ..Block::default() });
        }
        if !has_cache {
            return Some(Block::default());
        }
        let window = if kind == Kind::Windowed { number(self.sliding_window) } else { None };
        let (key, value) = self.head_lengths()?;
        let heads = number(self.num_attention_heads)?;
        let kv_heads = if self.is_latent() { heads } else { number(self.num_key_value_heads).unwrap_or(heads) };
        Some(Block {
            keys: kv_heads.saturating_mul(key),
            values: kv_heads.saturating_mul(value),
            window_tokens: window.filter(|tokens| *tokens > 0),
            state: 0,
        })
    }

    fn is_latent(&self) -> bool {
        number(self.kv_lora_rank).is_some() && number(self.qk_rope_head_dim).is_some()
    }

    fn head_lengths(&self) -> Option<(u32, u32)> {
        if self.is_latent() {
            let key = number(self.qk_nope_head_dim)?.saturating_add(number(self.qk_rope_head_dim)?);
            return Some((key, number(self.v_head_dim)?));
        }
        let by_division = || number(self.hidden_size)?.checked_div(number(self.num_attention_heads)?);
        let length = number(self.head_dim).or_else(by_division)?;
        Some((length, length))
    }

    /// Numbers of a recurrent block's state: its convolution's inputs and what it remembers.
    fn state(&self) -> u64 {
        let hidden = wide(self.hidden_size);
        if let Some(inputs) = number(self.conv_l_cache) {
            return hidden.saturating_mul(inputs.into());
        }
        if number(self.linear_num_value_heads).is_some() {
            let keys = wide(self.linear_num_key_heads).saturating_mul(wide(self.linear_key_head_dim));
            let values = wide(self.linear_num_value_heads).saturating_mul(wide(self.linear_value_head_dim));
            let inputs =
                keys.saturating_mul(2).saturating_add(values).saturating_mul(wide(self.linear_conv_kernel_dim));
            return values.saturating_mul(wide(self.linear_key_head_dim)).saturating_add(inputs);
        }
        let inner = hidden.saturating_mul(number(self.mamba_expand).map_or(2, u64::from));
        let size = wide(self.mamba_d_state);
        let groups = wide(self.mamba_n_groups).saturating_mul(size).saturating_mul(2);
        let inputs = inner.saturating_add(groups).saturating_mul(wide(self.mamba_d_conv));
        inner.saturating_mul(size).saturating_add(inputs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layers(text: &str) -> Layers {
        serde_json::from_str::<Entries<'_>>(text).expect("understood").layers()
    }

    const DENSE: &str = r#""num_hidden_layers":4,"hidden_size":64,"num_attention_heads":8,"num_key_value_heads":2"#;

    #[test]
    fn heads_that_are_shared_take_less() {
        let found = layers(&format!("{{{DENSE}}}"));
        assert_eq!(found.blocks, [Block { keys: 16, values: 16, ..Block::default() }; 4]);
    }

    #[test]
    fn the_list_of_kinds_goes_before_the_kind_of_model() {
        let types = r#""layer_types":["sliding_attention","full_attention","conv","sliding_attention"]"#;
        let found =
            layers(&format!(r#"{{{DENSE},"sliding_window":128,"conv_L_cache":3,"model_type":"gemma2",{types}}}"#));
        let windows: Vec<_> = found.blocks.iter().map(|block| (block.window_tokens, block.state)).collect();
        assert_eq!(windows, [(Some(128), 0), (None, 0), (None, 192), (Some(128), 0)]);
    }

    #[test]
    fn a_window_that_is_switched_off_is_none() {
        let said = r#""sliding_window":128,"use_sliding_window":false,"model_type":"mistral""#;
        assert!(layers(&format!("{{{DENSE},{said}}}")).blocks.iter().all(|block| block.window_tokens.is_none()));
        let said = r#""sliding_window":128,"model_type":"mistral""#;
        assert!(layers(&format!("{{{DENSE},{said}}}")).blocks.iter().all(|block| block.window_tokens == Some(128)));
        let said = r#""sliding_window":null,"model_type":"mistral""#;
        assert!(layers(&format!("{{{DENSE},{said}}}")).blocks.iter().all(|block| block.window_tokens.is_none()));
    }

    #[test]
    fn latent_attention_is_kept_unpacked() {
        let latent = r#""kv_lora_rank":16,"qk_nope_head_dim":8,"qk_rope_head_dim":4,"v_head_dim":6"#;
        let found = layers(&format!("{{{DENSE},{latent}}}"));
        assert_eq!(found.blocks.first(), Some(&Block { keys: 96, values: 48, ..Block::default() }));
    }

    #[test]
    fn absurd_numbers_overflow_nothing() {
        let found = layers(
            r#"{"num_hidden_layers":512,"hidden_size":4294967295,"num_attention_heads":4294967295,"head_dim":4294967295}"#,
        );
        assert_eq!(found.blocks.len(), 512);
        assert!(
            layers(r#"{"num_hidden_layers":4294967295,"hidden_size":8,"num_attention_heads":1}"#).blocks.is_empty()
        );
    }
}
