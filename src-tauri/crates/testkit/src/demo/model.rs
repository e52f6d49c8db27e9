//! A model by its measures: which tensors it has, and the headers that a file of them begins with.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::gguf::{self, Header, Storage};

/// Entries of a token list where nothing else is said: the list of the real one would only make the header long.
const TOKENS: u32 = 64;

/// The measures of a model.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Model {
    architecture: String,
    name: String,
    layers: u32,
    embedding: u64,
    feed_forward: u64,
    heads: u64,
    kv_heads: u64,
    head_length: u64,
    vocabulary: u64,
    context: u32,
    chat_template: String,
    bos: String,
    eos: String,
    /// Whether the embedding is the output too.
    #[serde(default)]
    tied: bool,
    #[serde(default)]
    qk_norm: bool,
    #[serde(default)]
    sliding_window: Option<u32>,
    #[serde(default)]
    experts: u64,
    #[serde(default)]
    experts_used: u32,
    #[serde(default)]
    expert_feed_forward: u64,
    /// Entries of the token list.
    #[serde(default)]
    tokens: Option<u32>,
}

/// What a tensor is for, which decides how it is stored.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Norm,
    Embedding,
    Expert,
    /// What suffers most from few bits.
    Delicate,
    Other,
}

/// A tensor: its names in GGUF and safetensors, its dimensions (inner first), what it is for.
struct Tensor {
    gguf: String,
    safetensors: String,
    dimensions: Vec<u64>,
    part: Part,
}

impl Tensor {
    fn numbers(&self) -> u64 {
        self.dimensions.iter().product()
    }
}

impl Model {
    fn tensors(&self) -> Vec<Tensor> {
        let one = |gguf: &str, safetensors: &str, dimensions: &[u64], part| Tensor {
            gguf: gguf.to_owned(),
            safetensors: safetensors.to_owned(),
            dimensions: dimensions.to_vec(),
            part,
        };
        let width = self.embedding;
        let mut all =
            vec![one("token_embd.weight", "model.embed_tokens.weight", &[width, self.vocabulary], Part::Embedding)];
        for layer in 0..self.layers {
            all.extend(self.layer(layer));
        }
        all.push(one("output_norm.weight", "model.norm.weight", &[width], Part::Norm));
        if !self.tied {
            all.push(one("output.weight", "lm_head.weight", &[width, self.vocabulary], Part::Embedding));
        }
        all
    }

    fn layer(&self, layer: u32) -> Vec<Tensor> {
        let (width, ff) = (self.embedding, self.feed_forward);
        let (all_heads, kv) = (self.heads * self.head_length, self.kv_heads * self.head_length);
        // The first and the last layers are delicate, and every third between them, as llama.cpp has it.
        let delicate = layer < self.layers / 8 || layer >= self.layers * 7 / 8 || layer % 3 == 2;
        let careful = if delicate { Part::Delicate } else { Part::Other };
        let mut parts = vec![
            ("attn_norm", "input_layernorm", vec![width], Part::Norm),
            ("attn_q", "self_attn.q_proj", vec![width, all_heads], Part::Other),
            ("attn_k", "self_attn.k_proj", vec![width, kv], Part::Other),
            ("attn_v", "self_attn.v_proj", vec![width, kv], careful),
            ("attn_output", "self_attn.o_proj", vec![all_heads, width], Part::Other),
            ("ffn_norm", "post_attention_layernorm", vec![width], Part::Norm),
        ];
        if self.qk_norm {
            parts.push(("attn_q_norm", "self_attn.q_norm", vec![self.head_length], Part::Norm));
            parts.push(("attn_k_norm", "self_attn.k_norm", vec![self.head_length], Part::Norm));
        }
        if self.experts > 0 {
            let (ff, count) = (self.expert_feed_forward, self.experts);
            let kind = |careful| if self.architecture == "gpt-oss" { Part::Expert } else { careful };
            parts.push(("ffn_gate_inp", "mlp.gate", vec![width, count], Part::Norm));
            parts.push(("ffn_gate_exps", "mlp.experts.gate_proj", vec![width, ff, count], kind(Part::Other)));
            parts.push(("ffn_up_exps", "mlp.experts.up_proj", vec![width, ff, count], kind(Part::Other)));
            parts.push(("ffn_down_exps", "mlp.experts.down_proj", vec![ff, width, count], kind(careful)));
        } else {
            parts.push(("ffn_gate", "mlp.gate_proj", vec![width, ff], Part::Other));
            parts.push(("ffn_up", "mlp.up_proj", vec![width, ff], Part::Other));
            parts.push(("ffn_down", "mlp.down_proj", vec![ff, width], careful));
        }
        let one = |(gguf, safetensors, dimensions, part): (&str, &str, Vec<u64>, Part)| Tensor {
            gguf: format!("blk.{layer}.{gguf}.weight"),
            safetensors: format!("model.layers.{layer}.{safetensors}.weight"),
            dimensions,
            part,
        };
        parts.into_iter().map(one).collect()
    }

    /// How many numbers it has.
    pub(super) fn parameters(&self) -> u64 {
        self.tensors().iter().map(Tensor::numbers).sum()
    }

    /// What the hub says that it read in the header.
    pub(super) fn said(&self, file_bytes: u64) -> Value {
        json!({
            "total": self.parameters(),
            "architecture": self.architecture,
            "context_length": self.context,
            "chat_template": self.chat_template,
            "bos_token": self.bos,
            "eos_token": self.eos,
            "totalFileSize": file_bytes,
        })
    }

    /// The headers of a GGUF model's parts, each with the length of its file in bytes.
    pub(super) fn gguf(&self, quantisation: &str, parts: u32) -> Vec<(Vec<u8>, u64)> {
        let tensors = self.tensors();
        let each = tensors.len().div_ceil(parts.max(1) as usize).max(1);
        let chunks: Vec<&[Tensor]> = tensors.chunks(each).collect();
        let count = chunks.len();
        let part = |(index, chunk): (usize, &[Tensor])| {
            let mut header = if index == 0 { self.metadata(quantisation) } else { Header::default() };
            if count > 1 {
                let number = |value: usize| gguf::Value::U32(u32::try_from(value).unwrap_or(u32::MAX));
                header = header
                    .entry("split.no", number(index))
                    .entry("split.count", number(count))
                    .entry("split.tensors.count", number(tensors.len()));
            }
            let add = |header: Header, tensor: &Tensor| {
                header.tensor(&tensor.gguf, &tensor.dimensions, storage(quantisation, tensor, self.tied))
            };
            chunk.iter().fold(header, add).build()
        };
        chunks.into_iter().enumerate().map(part).collect()
    }

    fn metadata(&self, quantisation: &str) -> Header {
        let text = |value: &str| gguf::Value::Text(value.to_owned());
        let number = |value: u64| gguf::Value::U32(u32::try_from(value).unwrap_or(u32::MAX));
        let arch = &self.architecture;
        let mut header = Header::default()
            .entry("general.architecture", text(arch))
            .entry("general.type", text("model"))
            .entry("general.name", text(&self.name))
            .entry("general.quantization_version", number(2))
            .entry("general.file_type", number(file_type(quantisation)))
            .entry(format!("{arch}.context_length"), number(self.context.into()))
            .entry(format!("{arch}.embedding_length"), number(self.embedding))
            .entry(format!("{arch}.block_count"), number(self.layers.into()))
            .entry(format!("{arch}.feed_forward_length"), number(self.feed_forward))
            .entry(format!("{arch}.attention.head_count"), number(self.heads))
            .entry(format!("{arch}.attention.head_count_kv"), number(self.kv_heads))
            .entry(format!("{arch}.attention.key_length"), number(self.head_length))
            .entry(format!("{arch}.attention.value_length"), number(self.head_length))
            .entry(format!("{arch}.attention.layer_norm_rms_epsilon"), gguf::Value::F32(1e-6))
            .entry(format!("{arch}.rope.freq_base"), gguf::Value::F32(1_000_000.0))
            .entry(format!("{arch}.vocab_size"), number(self.vocabulary));
        if let Some(window) = self.sliding_window {
            header = header.entry(format!("{arch}.attention.sliding_window"), number(window.into()));
        }
        if self.experts > 0 {
            header = header
                .entry(format!("{arch}.expert_count"), number(self.experts))
                .entry(format!("{arch}.expert_used_count"), number(self.experts_used.into()))
                .entry(format!("{arch}.expert_feed_forward_length"), number(self.expert_feed_forward));
        }
        let count = self.tokens.unwrap_or(TOKENS).max(3);
        let others = (2..count).map(|index| format!("token{index}"));
        let tokens = [self.bos.clone(), self.eos.clone()].into_iter().chain(others).collect();
        let kinds = (0..count).map(|index| if index < 2 { 3 } else { 1 }).collect();
        header
            .entry("tokenizer.ggml.model", text("gpt2"))
            .entry("tokenizer.ggml.pre", text("default"))
            .entry("tokenizer.ggml.tokens", gguf::Value::Texts(tokens))
            .entry("tokenizer.ggml.token_type", gguf::Value::I32s(kinds))
            .entry("tokenizer.ggml.merges", gguf::Value::Texts(vec!["t o".to_owned()]))
            .entry("tokenizer.ggml.bos_token_id", number(0))
            .entry("tokenizer.ggml.eos_token_id", number(1))
            .entry("tokenizer.ggml.add_bos_token", gguf::Value::Bool(true))
            .entry("tokenizer.chat_template", text(&self.chat_template))
    }

    /// The header of the file with its eyes.
    pub(super) fn projector(&self) -> Vec<u8> {
        let text = |value: &str| gguf::Value::Text(value.to_owned());
        let number = |value: u64| gguf::Value::U32(u32::try_from(value).unwrap_or(u32::MAX));
        let header = Header::default()
            .entry("general.architecture", text("clip"))
            .entry("general.type", text("mmproj"))
            .entry("general.name", text(&self.name))
            .entry("general.file_type", number(1))
            .entry("clip.has_vision_encoder", gguf::Value::Bool(true))
            .entry("clip.projector_type", text("gemma3"))
            .entry("clip.vision.image_size", number(896))
            .entry("clip.vision.patch_size", number(14))
            .entry("clip.vision.embedding_length", number(1152))
            .entry("clip.vision.block_count", number(27))
            .entry("clip.vision.projection_dim", number(self.embedding))
            .tensor("mm.input_projection.weight", &[self.embedding, 1152], Storage::F16)
            .tensor("v.position_embd.weight", &[1152, 4096], Storage::F32);
        header.build().0
    }

    /// The headers of the files as the publisher made them, each with its length in bytes.
    pub(super) fn safetensors(&self, shards: u32) -> Vec<(Vec<u8>, u64)> {
        self.shards(shards).into_iter().map(|tensors| safetensors_header(&tensors)).collect()
    }

    fn shards(&self, shards: u32) -> Vec<Vec<Tensor>> {
        let mut tensors = self.tensors();
        let each = tensors.len().div_ceil(shards.max(1) as usize).max(1);
        let mut all = Vec::new();
        while !tensors.is_empty() {
            let rest = tensors.split_off(each.min(tensors.len()));
            all.push(std::mem::replace(&mut tensors, rest));
        }
        all
    }

    /// The small files that come with safetensors.
    pub(super) fn companions(&self, shards: u32) -> Vec<(&'static str, String)> {
        let tokenizer = json!({
            "version": "1.0",
            "added_tokens": [{"id": 0, "content": self.bos, "special": true}, {"id": 1, "content": self.eos, "special": true}],
            "model": {"type": "BPE", "vocab": {&self.bos: 0, &self.eos: 1}, "merges": []},
        });
        let config = json!({"bos_token": self.bos, "eos_token": self.eos, "chat_template": self.chat_template});
        let mut files = vec![
            ("config.json", pretty(&self.config())),
            ("generation_config.json", pretty(&json!({"temperature": 0.7, "top_p": 0.8, "eos_token_id": 1}))),
            ("tokenizer.json", pretty(&tokenizer)),
            ("tokenizer_config.json", pretty(&config)),
        ];
        let parts = self.shards(shards);
        if parts.len() > 1 {
            let count = parts.len();
            let mut places = Map::new();
            for (index, tensors) in parts.iter().enumerate() {
                let name = super::part_name("model.safetensors", index, count);
                places.extend(tensors.iter().map(|tensor| (tensor.safetensors.clone(), name.clone().into())));
            }
            let index = json!({"metadata": {"total_size": self.parameters() * 2}, "weight_map": places});
            files.push(("model.safetensors.index.json", pretty(&index)));
        }
        files
    }

    /// `config.json`.
    pub(super) fn config(&self) -> Value {
        let (class, kind) = match self.architecture.as_str() {
            "qwen3" => ("Qwen3ForCausalLM", "qwen3"),
            "qwen2" => ("Qwen2ForCausalLM", "qwen2"),
            "gemma3" => ("Gemma3ForCausalLM", "gemma3_text"),
            "gpt2" => ("GPT2LMHeadModel", "gpt2"),
            _ => ("LlamaForCausalLM", "llama"),
        };
        let mut config = json!({
            "architectures": [class],
            "model_type": kind,
            "hidden_size": self.embedding,
            "intermediate_size": self.feed_forward,
            "num_hidden_layers": self.layers,
            "num_attention_heads": self.heads,
            "num_key_value_heads": self.kv_heads,
            "head_dim": self.head_length,
            "vocab_size": self.vocabulary,
            "max_position_embeddings": self.context,
            "tie_word_embeddings": self.tied,
            "rms_norm_eps": 1e-6,
            "rope_theta": 1_000_000.0,
            "torch_dtype": "bfloat16",
        });
        if let Some(window) = self.sliding_window {
            config["sliding_window"] = window.into();
        }
        config
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn safetensors_header(tensors: &[Tensor]) -> (Vec<u8>, u64) {
    let mut said = Map::new();
    said.insert("__metadata__".to_owned(), json!({"format": "pt"}));
    let mut at = 0;
    for tensor in tensors {
        let shape: Vec<u64> = tensor.dimensions.iter().rev().copied().collect();
        let end = at + tensor.numbers() * 2;
        said.insert(tensor.safetensors.clone(), json!({"dtype": "BF16", "shape": shape, "data_offsets": [at, end]}));
        at = end;
    }
    let mut json = Value::Object(said).to_string().into_bytes();
    json.resize(json.len().next_multiple_of(8), b' ');
    let mut bytes = (json.len() as u64).to_le_bytes().to_vec();
    bytes.extend(json);
    let length = bytes.len() as u64 + at;
    (bytes, length)
}

/// What GGUF calls a mixture of quantisations.
fn file_type(quantisation: &str) -> u64 {
    match quantisation {
        "F16" => 1,
        "Q4_0" => 2,
        "Q8_0" => 7,
        "Q2_K" => 10,
        "Q3_K_M" => 12,
        "Q4_K_M" => 15,
        "Q5_K_M" => 17,
        "Q6_K" => 18,
        "BF16" => 32,
        "MXFP4" => 38,
        _ => 0,
    }
}

/// How a tensor is stored in a mixture.
fn storage(quantisation: &str, tensor: &Tensor, tied: bool) -> Storage {
    let (other, delicate) = match quantisation {
        "F16" => (Storage::F16, Storage::F16),
        "BF16" => (Storage::BF16, Storage::BF16),
        "Q8_0" | "MXFP4" => (Storage::Q8_0, Storage::Q8_0),
        "Q6_K" => (Storage::Q6_K, Storage::Q6_K),
        "Q5_K_M" => (Storage::Q5_K, Storage::Q6_K),
        "Q4_K_M" => (Storage::Q4_K, Storage::Q6_K),
        "Q4_0" => (Storage::Q4_0, Storage::Q4_0),
        "Q3_K_M" => (Storage::Q3_K, Storage::Q5_K),
        "Q2_K" => (Storage::Q2_K, Storage::Q3_K),
        _ => (Storage::F32, Storage::F32),
    };
    let coarse = !matches!(quantisation, "F16" | "BF16" | "Q8_0" | "MXFP4");
    let wanted = match tensor.part {
        Part::Norm => return Storage::F32,
        Part::Expert if quantisation == "MXFP4" => Storage::MXFP4,
        Part::Embedding if coarse && (tied || tensor.gguf.starts_with("output")) => Storage::Q6_K,
        Part::Delicate => delicate,
        Part::Embedding | Part::Expert | Part::Other => other,
    };
    let row = tensor.dimensions.first().copied().unwrap_or(1);
    if row.is_multiple_of(wanted.block) { wanted } else { whole_rows(wanted, row) }
}

/// What llama.cpp takes instead where a row is no whole number of blocks.
fn whole_rows(wanted: Storage, row: u64) -> Storage {
    if !row.is_multiple_of(32) {
        return Storage::F16;
    }
    match wanted {
        Storage::Q6_K => Storage::Q8_0,
        Storage::Q5_K => Storage::Q5_1,
        Storage::Q4_K => Storage::Q5_0,
        _ => Storage::Q4_0,
    }
}
