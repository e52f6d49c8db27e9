//! `config.json`: the architecture, the sizes, how the weights were quantised.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::files;
use super::folder::Folder;
use super::layers::Entries;
use crate::HeaderError;
use crate::header::{Layers, Shape};

/// Longest `config.json`. The longest in use, with lists of exceptions to quantisation, have 300 kB.
const MAX_BYTES: u64 = 4 << 20;

/// What is kept of `config.json`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Config {
    pub(super) architectures: Vec<String>,
    pub(super) model_type: Option<String>,
    pub(super) context_length: Option<u32>,
    pub(super) shape: Shape,
    pub(super) layers: Layers,
    pub(super) quantised: Option<Quantised>,
}

/// How the weights of a folder were quantised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantised {
    /// What `quant_method` says in lower case, for example `gptq`; `afq` for MLX, which has no method.
    pub method: String,
    /// Bits a weight, where the file says.
    pub bits: Option<u32>,
}

impl Quantised {
    /// For example `GPTQ 4-bit`.
    #[must_use]
    pub fn name(&self) -> String {
        let method = match self.method.as_str() {
            "afq" => "MLX".to_owned(),
            "bitsandbytes" => "BnB".to_owned(),
            "fp8" | "fbgemm_fp8" => return "FP8".to_owned(),
            "mxfp4" => return "MXFP4".to_owned(),
            "compressed-tensors" => "Compressed".to_owned(),
            other => other.to_uppercase(),
        };
        match self.bits {
            Some(bits) => format!("{method} {bits}-bit"),
            None => method,
        }
    }
}

#[derive(Default, Deserialize)]
struct Outer<'a> {
    #[serde(default)]
    architectures: Option<Vec<String>>,
    #[serde(default)]
    model_type: Option<String>,
    #[serde(default, borrow)]
    text_config: Option<&'a RawValue>,
    #[serde(default, borrow)]
    quantization_config: Option<&'a RawValue>,
}

/// The sizes, at the top or in `text_config`. Each is read leniently: some architectures have lists in their place.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Sizes<'a> {
    #[serde(borrow)]
    max_position_embeddings: Option<&'a RawValue>,
    #[serde(borrow)]
    n_positions: Option<&'a RawValue>,
    #[serde(borrow)]
    hidden_size: Option<&'a RawValue>,
    #[serde(borrow)]
    num_hidden_layers: Option<&'a RawValue>,
    #[serde(borrow)]
    num_attention_heads: Option<&'a RawValue>,
    #[serde(borrow)]
    num_key_value_heads: Option<&'a RawValue>,
    #[serde(borrow)]
    head_dim: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Method {
    quant_method: Option<String>,
    bits: Option<u32>,
    w_bit: Option<u32>,
    load_in_8bit: Option<bool>,
    load_in_4bit: Option<bool>,
}

impl Config {
    pub(super) fn read<F: Folder + ?Sized>(folder: &F) -> Result<Self, HeaderError> {
        let text = files::read_text(folder, "config.json", MAX_BYTES)?;
        Self::parse(&text).map_err(|error| {
            let what = files::what_is_wrong(&error);
            HeaderError::damaged(format!("config.json cannot be understood ({what}): it is damaged."))
        })
    }

    fn parse(text: &str) -> Result<Self, serde_json::Error> {
        let outer: Outer<'_> = serde_json::from_str(text)?;
        let own: Sizes<'_> = serde_json::from_str(text)?;
        let nested: Sizes<'_> = match outer.text_config {
            Some(nested) => serde_json::from_str(nested.get())?,
            None => Sizes::default(),
        };
        let entries: Entries<'_> = serde_json::from_str(text)?;
        let entries = match outer.text_config {
            // The kind of model that stands inside says how the text's part is built.
            Some(nested) => serde_json::from_str::<Entries<'_>>(nested.get())?.or(entries),
            None => entries,
        };
        let either = |own: Option<&RawValue>, nested: Option<&RawValue>| small(own).or_else(|| small(nested));
        let head = either(own.head_dim, nested.head_dim);
        let shape = Shape {
            blocks: either(own.num_hidden_layers, nested.num_hidden_layers),
            embedding: either(own.hidden_size, nested.hidden_size),
            heads: either(own.num_attention_heads, nested.num_attention_heads),
            kv_heads: either(own.num_key_value_heads, nested.num_key_value_heads),
            key_length: head,
            value_length: head,
        };
        let quantised = match outer.quantization_config {
            Some(raw) if raw.get() != "null" => serde_json::from_str::<Method>(raw.get())?.into(),
            _ => None,
        };
        Ok(Self {
            architectures: outer.architectures.unwrap_or_default(),
            model_type: outer.model_type,
            context_length: either(own.max_position_embeddings, nested.max_position_embeddings)
                .or_else(|| either(own.n_positions, nested.n_positions)),
            shape,
            layers: entries.layers(),
            quantised,
        })
    }
}

impl From<Method> for Option<Quantised> {
    fn from(raw: Method) -> Self {
        let bits = raw.bits.or(raw.w_bit).or(match (raw.load_in_4bit, raw.load_in_8bit) {
            (Some(true), _) => Some(4),
            (_, Some(true)) => Some(8),
            _ => None,
        });
        let method = match raw.quant_method {
            Some(method) => method.chars().take(40).collect::<String>().to_lowercase(),
            None => {
                bits?;
                "afq".to_owned()
            }
        };
        Some(Quantised { method, bits })
    }
}

fn small(raw: Option<&RawValue>) -> Option<u32> {
    raw?.get().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Config {
        Config::parse(text).expect("understood")
    }

    #[test]
    fn sizes_are_found_at_the_top_or_in_the_part_for_text() {
        let top = parse(r#"{"architectures":["A"],"max_position_embeddings":4096,"num_hidden_layers":2}"#);
        let nested =
            parse(r#"{"architectures":["A"],"text_config":{"max_position_embeddings":4096,"num_hidden_layers":2}}"#);
        assert_eq!((top.context_length, top.shape.blocks), (Some(4096), Some(2)));
        assert_eq!(top, nested);
    }

    #[test]
    fn a_size_of_another_kind_is_unknown_and_not_an_error() {
        let config = parse(r#"{"num_attention_heads":[1,2],"hidden_size":"big","max_position_embeddings":-1}"#);
        assert_eq!(config.shape, Shape::default());
        assert_eq!(config.context_length, None);
    }

    #[test]
    fn quantisation_is_named() {
        let name = |text: &str| parse(text).quantised.map(|quantised| quantised.name());
        assert_eq!(name(r#"{"quantization_config":{"quant_method":"gptq","bits":4}}"#).as_deref(), Some("GPTQ 4-bit"));
        assert_eq!(name(r#"{"quantization_config":{"quant_method":"awq","w_bit":4}}"#).as_deref(), Some("AWQ 4-bit"));
        let bnb = r#"{"quantization_config":{"quant_method":"bitsandbytes","load_in_4bit":true}}"#;
        assert_eq!(name(bnb).as_deref(), Some("BnB 4-bit"));
        assert_eq!(name(r#"{"quantization_config":{"bits":4,"group_size":64}}"#).as_deref(), Some("MLX 4-bit"));
        assert_eq!(name(r#"{"quantization_config":null}"#), None);
        assert_eq!(name(r#"{"quantization_config":{}}"#), None);
    }
}
