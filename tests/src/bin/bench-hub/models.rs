//! Headers as long as real models have them: what makes them long is the vocabulary.

use inglenook_testkit::gguf::{Header, Storage, Value};
use serde_json::{Map, Value as Json, json};

/// How many tokens and merges a tokenizer has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vocabulary {
    /// Whose it is.
    pub(crate) like: &'static str,
    pub(crate) tokens: u32,
    pub(crate) merges: u32,
}

/// The measures of a dense model.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measures {
    pub(crate) blocks: u32,
    pub(crate) width: u64,
    pub(crate) feed_forward: u64,
    pub(crate) heads: u64,
    pub(crate) kv_heads: u64,
    pub(crate) storage: Storage,
}

/// Length of a head, numbers.
const HEAD: u64 = 128;

/// A token as long as those of the vocabularies in use are: 8 bytes on average.
fn token(number: u32) -> String {
    let length = 3 + (number.wrapping_mul(2_654_435_761) >> 16) as usize % 11;
    let digits = format!("{number:x}");
    format!("{digits:a>length$}")
}

/// The header of a GGUF file up to where its weights begin, and the length of the whole file, bytes.
pub(crate) fn gguf(name: &str, vocabulary: Vocabulary, model: Measures) -> (Vec<u8>, u64) {
    let number = |value: u64| Value::U32(u32::try_from(value).unwrap_or(u32::MAX));
    let tokens: Vec<String> = (0..vocabulary.tokens).map(token).collect();
    // 10 bytes on average.
    let merges = (0..vocabulary.merges).map(|at| format!("{} {}", token(at).get(1..).unwrap_or("a"), at % 90 + 10));
    let kinds = vec![1; tokens.len()];
    let mut header = Header::default()
        .entry("general.architecture", Value::Text("qwen3".to_owned()))
        .entry("general.name", Value::Text(name.to_owned()))
        .entry("general.file_type", Value::U32(17))
        .entry("qwen3.context_length", Value::U32(40_960))
        .entry("qwen3.embedding_length", number(model.width))
        .entry("qwen3.block_count", number(model.blocks.into()))
        .entry("qwen3.feed_forward_length", number(model.feed_forward))
        .entry("qwen3.attention.head_count", number(model.heads))
        .entry("qwen3.attention.head_count_kv", number(model.kv_heads))
        .entry("qwen3.attention.key_length", number(HEAD))
        .entry("qwen3.attention.value_length", number(HEAD))
        .entry("tokenizer.ggml.model", Value::Text("gpt2".to_owned()))
        .entry("tokenizer.ggml.tokens", Value::Texts(tokens))
        .entry("tokenizer.ggml.token_type", Value::I32s(kinds))
        .entry("tokenizer.ggml.merges", Value::Texts(merges.collect()))
        .entry("tokenizer.ggml.eos_token_id", Value::U32(1))
        .entry("tokenizer.chat_template", Value::Text("{{ messages[0].content }}".repeat(160)))
        .tensor("token_embd.weight", &[model.width, vocabulary.tokens.into()], model.storage);
    for block in 0..model.blocks {
        for (part, dimensions, storage) in parts(model) {
            header = header.tensor(format!("blk.{block}.{part}.weight"), &dimensions, storage);
        }
    }
    header.tensor("output_norm.weight", &[model.width], Storage::F32).build()
}

fn parts(model: Measures) -> [(&'static str, Vec<u64>, Storage); 11] {
    let Measures { width, feed_forward, heads, kv_heads, storage, .. } = model;
    [
        ("attn_norm", vec![width], Storage::F32),
        ("attn_q", vec![width, heads * HEAD], storage),
        ("attn_k", vec![width, kv_heads * HEAD], storage),
        ("attn_v", vec![width, kv_heads * HEAD], storage),
        ("attn_output", vec![heads * HEAD, width], storage),
        ("attn_q_norm", vec![HEAD], Storage::F32),
        ("attn_k_norm", vec![HEAD], Storage::F32),
        ("ffn_norm", vec![width], Storage::F32),
        ("ffn_gate", vec![width, feed_forward], storage),
        ("ffn_up", vec![width, feed_forward], storage),
        ("ffn_down", vec![feed_forward, width], storage),
    ]
}

/// `config.json` and the header of the one weight file of a mixture of experts, whose many tensors make it long; and
/// the length of the whole file, bytes.
pub(crate) fn safetensors(blocks: u32, experts: u32) -> (String, Vec<u8>, u64) {
    const WIDTH: u64 = 2048;
    const EXPERT: u64 = 256;
    let mut tensors = Map::new();
    let mut at = 0_u64;
    let mut add = |name: String, shape: [u64; 2]| {
        let end = at + shape.iter().product::<u64>() * 2;
        tensors.insert(name, json!({"dtype": "BF16", "shape": shape, "data_offsets": [at, end]}));
        at = end;
    };
    add("model.embed_tokens.weight".to_owned(), [151_936, WIDTH]);
    for block in 0..blocks {
        for expert in 0..experts {
            let of = |part: &str| format!("model.layers.{block}.mlp.experts.{expert}.{part}_proj.weight");
            add(of("gate"), [EXPERT, WIDTH]);
            add(of("up"), [EXPERT, WIDTH]);
            add(of("down"), [WIDTH, EXPERT]);
        }
    }
    let config = json!({
        "architectures": ["Qwen3MoeForCausalLM"], "model_type": "qwen3_moe", "max_position_embeddings": 40_960,
        "num_hidden_layers": blocks, "hidden_size": WIDTH, "num_attention_heads": 32, "num_key_value_heads": 4,
        "head_dim": HEAD, "num_experts": experts, "num_experts_per_tok": 8, "moe_intermediate_size": EXPERT,
    });
    let text = Json::Object(tensors).to_string();
    let mut header = (text.len() as u64).to_le_bytes().to_vec();
    header.extend(text.as_bytes());
    let length = header.len() as u64 + at;
    (config.to_string(), header, length)
}
