//! Generating: the conversation, what steers the answer, and the answer in pieces.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::RequestId;
use inglenook_contract::FinishReason;

/// An answer to write.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Generate {
    /// The generation.
    pub id: RequestId,
    /// What to answer.
    pub prompt: Prompt,
    /// How to draw tokens.
    #[serde(default)]
    pub sampling: Sampling,
    /// Most tokens to write; `None` as many as the context holds.
    #[serde(default)]
    pub max_tokens: Option<u32>,
    /// The answer ends before any of these texts, which are not part of it. The one that is whole first counts; of
    /// several that are whole at the same character, the longest.
    #[serde(default)]
    pub stop: Vec<String>,
    /// What form the answer takes.
    #[serde(default)]
    pub response_format: ResponseFormat,
    /// The most likely tokens to report at each place, 0 to 20; `None` for none at all.
    #[serde(default)]
    pub logprobs: Option<u32>,
}

/// What a model is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Prompt {
    /// A conversation, rendered by the chat template.
    Chat(Conversation),
    /// Text as it is.
    Text {
        /// The text; special tokens in it are recognised.
        text: String,
    },
}

/// A conversation and what the template is told besides.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Conversation {
    /// In order.
    pub messages: Vec<ChatMessage>,
    /// Tools offered, as OpenAI writes them: `{"type":"function","function":{"name",…}}`.
    pub tools: Vec<Value>,
    /// Whether one must be called.
    pub tool_choice: ToolChoice,
    /// Reason aloud before answering.
    pub reasoning: bool,
    /// The last message is an answer of the model to be gone on with, so that the new text joins it.
    pub continue_last: bool,
}

/// One message of a [`Conversation`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChatMessage {
    /// `system`, `user`, `assistant` or `tool`.
    pub role: String,
    /// What is said.
    pub content: String,
    /// What the model thought before; used only with [`Conversation::continue_last`].
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reasoning: String,
    /// Tools that an assistant's message calls.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolCallOut>,
    /// For a tool's message, the call it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_call_id: Option<String>,
}

/// A whole tool call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolCallOut {
    /// Its name in the conversation.
    pub id: String,
    /// The tool.
    pub name: String,
    /// Its arguments, a JSON object as text.
    pub arguments: String,
}

/// More of the arguments of a call that is being written.
///
/// Told for calls of tools that were offered, from the moment their name is known and their arguments have begun as a
/// JSON object, and only where the model writes the arguments as JSON text, not as a text within JSON; of several
/// calls in one list, for the first. Every other call comes whole, without pieces. The pieces of a call come one
/// behind another, with nothing of the answer between them; joined they are the beginning of a JSON object, and of the
/// [`ToolCallOut::arguments`] of the [`Delta::tool_call`] that has the same `id`. Where none follows, the call never
/// became whole: the answer was cut, or what looked like a call was none. Then the text of what looked like one is
/// told once more, as [`Delta::text`], except where the answer was cut.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolArguments {
    /// The call, as in [`ToolCallOut::id`]. Its first piece is its beginning.
    pub id: String,
    /// The tool.
    pub name: String,
    /// To be added to the arguments, as written; never empty.
    pub text: String,
}

/// Whether a tool must be called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ToolChoice {
    /// As the model sees fit.
    #[default]
    Auto,
    /// None: the template is not shown the tools.
    None,
    /// Some tool; the grammar allows nothing else.
    Required,
    /// This tool; the grammar allows nothing else.
    Named {
        /// Its name.
        name: String,
    },
}

/// What form an answer takes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ResponseFormat {
    /// Free text.
    #[default]
    Text,
    /// Some JSON object.
    JsonObject,
    /// JSON that this schema allows, enforced by a grammar without free white space.
    JsonSchema {
        /// The schema.
        schema: Value,
    },
}

/// How tokens are drawn. `None` leaves a step out, apart from `temperature`, whose `None` is 1.
///
/// Order: repetition, presence and frequency penalties; temperature; top-k; top-p; min-p; draw.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sampling {
    /// 0 is greedy.
    pub temperature: Option<f64>,
    /// 0 to 1.
    pub top_p: Option<f64>,
    /// 0 is off.
    pub top_k: Option<u32>,
    /// 0 to 1.
    pub min_p: Option<f64>,
    /// 1 is off.
    pub repeat_penalty: Option<f64>,
    /// −2 to 2.
    pub presence_penalty: Option<f64>,
    /// −2 to 2.
    pub frequency_penalty: Option<f64>,
    /// What is added to a token's logit before everything else, by token number; −100 forbids it, 100 all but demands it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub logit_bias: Vec<(u32, f32)>,
    /// Same seed, same everything else: same tokens. `None` draws one.
    pub seed: Option<u64>,
}

/// More of an answer. Any part may be empty; those that are not stand in the answer in this order: `reasoning`, `text`,
/// `tool_arguments`, `tool_call`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Delta {
    /// The generation.
    pub id: RequestId,
    /// To be added to the answer.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// To be added to the reasoning.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reasoning: String,
    /// More of a call that is being written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_arguments: Option<ToolArguments>,
    /// A whole tool call; its raw form never stands in `text`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_call: Option<ToolCallOut>,
    /// The probabilities at each token of this piece, where asked for; those of a call come with the whole call.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub logprobs: Vec<TokenLogprob>,
}

/// How likely a token was, natural logarithm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenLogprob {
    /// The token as text.
    pub token: String,
    /// Its logarithmic probability, at most 0.
    pub logprob: f32,
    /// The most likely tokens at this place, likeliest first.
    pub top: Vec<(String, f32)>,
}

/// The end of a generation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Done {
    /// The generation.
    pub id: RequestId,
    /// Why it ended.
    pub finish_reason: FinishReason,
    /// The text of [`Generate::stop`] that ended it, as it was asked for; `None` where something else did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_text: Option<String>,
    /// Tokens read, cached and written.
    pub usage: Usage,
    /// What it took.
    pub timings: Timings,
}

/// Tokens of a generation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// In the prompt.
    pub prompt_tokens: u32,
    /// Of these, found in the KV cache.
    pub cached_tokens: u32,
    /// Written, reasoning included.
    pub completion_tokens: u32,
}

/// Times of a generation, milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Timings {
    /// From the request to the first token.
    pub first_token_ms: f64,
    /// From the first token to the last.
    pub generation_ms: f64,
}
