//! The parameters of a chat.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What steers the answers of one chat. `None` means "the default": the application's where the person set one,
/// else the model's own, else the engine's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Parameters {
    /// Put in front of the conversation as its system message; empty for none.
    pub system_prompt: String,
    /// Softmax temperature, 0 to 2; 0 is greedy.
    pub temperature: Option<f64>,
    /// Nucleus sampling: the smallest set of tokens whose probabilities reach this sum, 0 to 1.
    pub top_p: Option<f64>,
    /// Only the k most likely tokens, 0 (off) to 1,000.
    pub top_k: Option<u32>,
    /// Only tokens at least this likely relative to the likeliest, 0 to 1.
    pub min_p: Option<f64>,
    /// Divides the logits of tokens that stand in the text already, 0.5 to 2; 1 is off.
    pub repeat_penalty: Option<f64>,
    /// Subtracted from the logit of every token that stands in the answer already, −2 to 2.
    pub presence_penalty: Option<f64>,
    /// Subtracted from a token's logit once per time it stands in the answer, −2 to 2.
    pub frequency_penalty: Option<f64>,
    /// Most tokens in one answer; `None` is as many as the context holds.
    pub max_tokens: Option<u32>,
    /// The answer ends before any of these texts; at most 8 of at most 200 characters.
    pub stop: Vec<String>,
    /// Same seed, same parameters, same conversation: same answer. `None` draws a new one each time.
    pub seed: Option<u32>,
    /// Tokens the model is loaded with; `None` lets the application choose.
    pub context_length: Option<u32>,
    /// Whether a model that can reason aloud does so.
    pub thinking: Option<bool>,
    /// How the model keeps what it has read; `None` is [`KvCache::F16`].
    pub kv_cache: Option<KvCache>,
}

/// How the keys and values of what was read are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum KvCache {
    /// 16 bits a number.
    F16,
    /// 8.5 bits a number: half the memory, for hardly anything that can be noticed.
    Q8_0,
}

/// One knob of [`Parameters`], by name, so that an engine can say which it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Parameter {
    /// [`Parameters::temperature`]
    Temperature,
    /// [`Parameters::top_p`]
    TopP,
    /// [`Parameters::top_k`]
    TopK,
    /// [`Parameters::min_p`]
    MinP,
    /// [`Parameters::repeat_penalty`]
    RepeatPenalty,
    /// [`Parameters::presence_penalty`]
    PresencePenalty,
    /// [`Parameters::frequency_penalty`]
    FrequencyPenalty,
    /// [`Parameters::max_tokens`]
    MaxTokens,
    /// [`Parameters::stop`]
    Stop,
    /// [`Parameters::seed`]
    Seed,
    /// [`Parameters::context_length`]
    ContextLength,
    /// [`Parameters::thinking`]
    Thinking,
    /// [`Parameters::kv_cache`]
    KvCache,
}
