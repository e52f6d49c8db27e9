//! What is answered: the parts that several endpoints share.

use inglenook_contract::FinishReason;
use inglenook_engine::protocol::{TokenLogprob, ToolCallOut, Usage as Tokens};
use serde::Serialize;

/// Tokens of a request.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Usage {
    prompt_tokens: u32,
    completion_tokens: u32,
    total_tokens: u32,
    prompt_tokens_details: PromptDetails,
}

#[derive(Clone, Copy, Debug, Default, Serialize)]
struct PromptDetails {
    cached_tokens: u32,
}

impl Usage {
    /// Adds what one more answer to the same prompt took.
    pub(crate) fn add(&mut self, tokens: Tokens) {
        self.prompt_tokens = tokens.prompt_tokens;
        self.prompt_tokens_details.cached_tokens = self.prompt_tokens_details.cached_tokens.max(tokens.cached_tokens);
        self.completion_tokens = self.completion_tokens.saturating_add(tokens.completion_tokens);
        self.total_tokens = self.prompt_tokens.saturating_add(self.completion_tokens);
    }

    /// What several prompts took together.
    #[must_use]
    pub(crate) fn and(self, other: Self) -> Self {
        let cached_tokens =
            self.prompt_tokens_details.cached_tokens.saturating_add(other.prompt_tokens_details.cached_tokens);
        Self {
            prompt_tokens: self.prompt_tokens.saturating_add(other.prompt_tokens),
            completion_tokens: self.completion_tokens.saturating_add(other.completion_tokens),
            total_tokens: self.total_tokens.saturating_add(other.total_tokens),
            prompt_tokens_details: PromptDetails { cached_tokens },
        }
    }
}

/// A tool that the model calls.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ToolCall {
    pub(crate) id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    function: Function,
}

#[derive(Clone, Debug, Serialize)]
struct Function {
    name: String,
    /// JSON as text.
    arguments: String,
}

impl From<ToolCallOut> for ToolCall {
    fn from(call: ToolCallOut) -> Self {
        Self { id: call.id, kind: "function", function: Function { name: call.name, arguments: call.arguments } }
    }
}

/// Why an answer ended. One that calls tools ends for them whatever the engine says.
pub(crate) fn finish_reason(reason: FinishReason, calls: bool) -> &'static str {
    match reason {
        FinishReason::Length => "length",
        _ if calls => "tool_calls",
        _ => "stop",
    }
}

/// How likely the tokens of an answer were.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Logprobs {
    pub(crate) content: Vec<Logprob>,
    refusal: Option<()>,
}

/// How likely one token was.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Logprob {
    token: String,
    logprob: f32,
    bytes: Vec<u8>,
    top_logprobs: Vec<TopLogprob>,
}

#[derive(Clone, Debug, Serialize)]
struct TopLogprob {
    token: String,
    logprob: f32,
    bytes: Vec<u8>,
}

/// The least that JSON can say; what a token without any probability gets, as OpenAI writes it.
pub(crate) const LEAST: f32 = -9999.0;

impl Logprobs {
    pub(crate) fn new(tokens: Vec<TokenLogprob>) -> Self {
        Self { content: tokens.into_iter().map(Logprob::from).collect(), refusal: None }
    }
}

impl From<TokenLogprob> for Logprob {
    fn from(token: TokenLogprob) -> Self {
        let top = token.top.into_iter().map(|(token, logprob)| TopLogprob {
            bytes: token.clone().into_bytes(),
            token,
            logprob: logprob.max(LEAST),
        });
        Self {
            bytes: token.token.clone().into_bytes(),
            logprob: token.logprob.max(LEAST),
            top_logprobs: top.collect(),
            token: token.token,
        }
    }
}

/// Seconds since 1970-01-01 UTC.
pub(crate) fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// An identifier with this beginning.
pub(crate) fn id(start: &str) -> String {
    format!("{start}{}", uuid::Uuid::new_v4().simple())
}
