//! `POST /v1/chat/completions`.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json as Sent};
use futures::{Stream, StreamExt as _};
use inglenook_app::serving::Wish;
use inglenook_engine::protocol::{Conversation, Prompt, ToolChoice};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::asked::{self, Drawing, Message};
use super::said::{self, Logprobs, ToolCall, Usage, finish_reason};
use crate::answer::{Answer, Ask, Piece, together};
use crate::body::Json;
use crate::error::ApiError;
use crate::requests::Entry;
use crate::routes::Family;
use crate::sse;
use crate::state::Serving;

/// Answers of one request.
const MOST_CHOICES: i64 = 8;

/// A request.
#[derive(Debug, Deserialize)]
pub(crate) struct Request {
    model: String,
    messages: Vec<Message>,
    #[serde(flatten)]
    drawing: Drawing,
    max_tokens: Option<i64>,
    max_completion_tokens: Option<i64>,
    n: Option<i64>,
    stream: Option<bool>,
    stream_options: Option<StreamOptions>,
    logprobs: Option<bool>,
    top_logprobs: Option<i64>,
    response_format: Option<Value>,
    tools: Option<Vec<Value>>,
    tool_choice: Option<Value>,
    parallel_tool_calls: Option<bool>,
    reasoning_effort: Option<String>,
    reasoning: Option<Value>,
    /// Seconds that the model stays loaded after this, as LM Studio has it.
    ttl: Option<f64>,
}

#[derive(Debug, Deserialize)]
struct StreamOptions {
    include_usage: Option<bool>,
}

/// What is common to all parts of an answer.
#[derive(Clone)]
struct Head {
    id: String,
    created: u64,
    model: String,
}

/// How the answer is told.
#[derive(Clone, Copy)]
struct Manner {
    usage: bool,
    /// One tool call at most.
    one_call: bool,
    logprobs: bool,
}

impl Request {
    fn read(self) -> Result<(Ask, Conversation, Manner, bool), ApiError> {
        let (parameters, logit_bias) = self.drawing.read()?;
        let tools = asked::tools(self.tools)?;
        let tool_choice = asked::tool_choice(self.tool_choice.as_ref(), &tools)?;
        let max_tokens = asked::most_tokens("max_completion_tokens", self.max_completion_tokens)?
            .or(asked::most_tokens("max_tokens", self.max_tokens)?);
        let thinking = asked::thinking(self.reasoning_effort.as_deref(), self.reasoning.as_ref())?;
        let wants_logprobs = self.logprobs.unwrap_or(false);
        let top = self.top_logprobs.map(|top| asked::in_range("top_logprobs", top, 0..=20)).transpose()?;
        let choices = self.n.map_or(Ok(1), |n| asked::in_range("n", n, 1..=MOST_CHOICES))?;
        let ask = Ask {
            wish: Wish { name: self.model, keep: asked::ttl(self.ttl)?, ..Wish::default() },
            parameters: inglenook_contract::Parameters { max_tokens, thinking, ..parameters },
            logit_bias,
            response_format: asked::response_format(self.response_format.as_ref(), "response_format")?,
            logprobs: wants_logprobs.then(|| top.and_then(|top| u32::try_from(top).ok()).unwrap_or(0)),
            choices: u32::try_from(choices).unwrap_or(1),
        };
        let conversation = Conversation {
            messages: asked::messages(&self.messages)?,
            tools: if tool_choice == ToolChoice::None { Vec::new() } else { tools },
            tool_choice,
            ..Conversation::default()
        };
        let manner = Manner {
            usage: self.stream_options.and_then(|options| options.include_usage).unwrap_or(false),
            one_call: self.parallel_tool_calls == Some(false),
            logprobs: wants_logprobs,
        };
        Ok((ask, conversation, manner, self.stream.unwrap_or(false)))
    }
}

pub(crate) async fn complete(
    State(serving): State<Serving>,
    Extension(entry): Extension<Entry>,
    Json(request): Json<Request>,
) -> Result<Response, ApiError> {
    let (ask, mut conversation, manner, stream) = request.read()?;
    let asked = serving.ready(&ask.wish, &entry).await?;
    conversation.reasoning = ask.parameters.thinking.or(asked.ready.defaults.thinking).unwrap_or(false);
    let answers = asked.answers(&ask, Prompt::Chat(conversation)).await?;
    let head = Head { id: said::id("chatcmpl-"), created: said::now(), model: asked.ready.name.clone() };
    if stream { Ok(sse::events(chunks(head, answers, manner))) } else { whole(head, answers, &manner).await }
}

#[derive(Serialize)]
struct Completion {
    id: String,
    object: &'static str,
    created: u64,
    model: String,
    choices: Vec<Choice>,
    usage: Usage,
    system_fingerprint: &'static str,
}

#[derive(Serialize)]
struct Choice {
    index: usize,
    message: Answered,
    logprobs: Option<Logprobs>,
    finish_reason: &'static str,
}

#[derive(Serialize)]
struct Answered {
    role: &'static str,
    /// `null` only beside tool calls.
    content: Option<String>,
    refusal: Option<()>,
    /// What the model thought; older programs read the other name.
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_content: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<ToolCall>,
}

/// What computes, and its version. A seed gives the same answer again as long as that is the same and nothing else was
/// answered in between: where a conversation lies in llama.cpp's cache, and beside which others, changes the last digits.
pub(crate) const FINGERPRINT: &str = concat!("inglenook-", env!("CARGO_PKG_VERSION"));

async fn whole(head: Head, answers: Vec<Answer>, manner: &Manner) -> Result<Response, ApiError> {
    let mut usage = Usage::default();
    let mut choices = Vec::new();
    let wholes = futures::future::try_join_all(answers.into_iter().map(Answer::whole)).await?;
    for (index, whole) in wholes.into_iter().enumerate() {
        usage.add(whole.done.usage);
        let mut calls: Vec<ToolCall> = whole.tool_calls.into_iter().map(ToolCall::from).collect();
        if manner.one_call {
            calls.truncate(1);
        }
        let thought = Some(whole.delta.reasoning).filter(|thought| !thought.is_empty());
        let content = Some(whole.delta.text).filter(|text| calls.is_empty() || !text.is_empty());
        choices.push(Choice {
            index,
            finish_reason: finish_reason(whole.done.finish_reason, !calls.is_empty()),
            logprobs: manner.logprobs.then(|| Logprobs::new(whole.delta.logprobs)),
            message: Answered {
                role: "assistant",
                content,
                refusal: None,
                reasoning: thought.clone(),
                reasoning_content: thought,
                tool_calls: calls,
            },
        });
    }
    let Head { id, created, model } = head;
    let object = "chat.completion";
    let completion = Completion { id, object, created, model, choices, usage, system_fingerprint: FINGERPRINT };
    Ok(Sent(completion).into_response())
}

#[derive(Serialize)]
struct Chunk<'a> {
    id: &'a str,
    object: &'static str,
    created: u64,
    model: &'a str,
    system_fingerprint: &'static str,
    choices: Vec<ChunkChoice>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Option<Usage>>,
}

#[derive(Serialize)]
struct ChunkChoice {
    index: usize,
    delta: ChunkDelta,
    logprobs: Option<Logprobs>,
    finish_reason: Option<&'static str>,
}

#[derive(Default, Serialize)]
struct ChunkDelta {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_content: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<Value>,
}

/// What a stream of chunks remembers.
struct Telling {
    head: Head,
    manner: Manner,
    usage: Usage,
    /// Tool calls of each choice so far.
    calls: Vec<usize>,
}

impl Telling {
    fn chunk(&self, choices: Vec<ChunkChoice>, usage: Option<Option<Usage>>) -> axum::response::sse::Event {
        sse::data(&Chunk {
            id: &self.head.id,
            object: "chat.completion.chunk",
            created: self.head.created,
            model: &self.head.model,
            system_fingerprint: FINGERPRINT,
            choices,
            usage,
        })
    }

    fn choice(&self, index: usize, delta: ChunkDelta) -> axum::response::sse::Event {
        let choice = ChunkChoice { index, delta, logprobs: None, finish_reason: None };
        self.chunk(vec![choice], self.no_usage())
    }

    /// Where the usage is wanted, every other chunk says that it has none.
    fn no_usage(&self) -> Option<Option<Usage>> {
        self.manner.usage.then_some(None)
    }

    /// The events that tell a piece. A tool call is told as OpenAI does: its name first, then its arguments.
    fn tell(&mut self, index: usize, piece: Piece) -> Vec<axum::response::sse::Event> {
        match piece {
            Piece::Delta(delta) => {
                let mut events = Vec::new();
                if !delta.text.is_empty() || !delta.reasoning.is_empty() || !delta.logprobs.is_empty() {
                    let text = |text: String| Some(text).filter(|text| !text.is_empty());
                    let thought = text(delta.reasoning);
                    let told = ChunkDelta {
                        content: text(delta.text),
                        reasoning: thought.clone(),
                        reasoning_content: thought,
                        ..ChunkDelta::default()
                    };
                    let logprobs = self.manner.logprobs.then(|| Logprobs::new(delta.logprobs));
                    let choice = ChunkChoice { index, delta: told, logprobs, finish_reason: None };
                    events.push(self.chunk(vec![choice], self.no_usage()));
                }
                if let Some(call) = delta.tool_call {
                    let n = self.calls[index];
                    if n == 0 || !self.manner.one_call {
                        self.calls[index] += 1;
                        let parts = [
                            json!({ "index": n, "id": call.id, "type": "function",
                                    "function": { "name": call.name, "arguments": "" } }),
                            json!({ "index": n, "function": { "arguments": call.arguments } }),
                        ];
                        events.extend(parts.map(|part| {
                            self.choice(index, ChunkDelta { tool_calls: vec![part], ..ChunkDelta::default() })
                        }));
                    }
                }
                events
            }
            Piece::Done(done) => {
                self.usage.add(done.usage);
                let finish_reason = Some(finish_reason(done.finish_reason, self.calls[index] > 0));
                let choice = ChunkChoice { index, delta: ChunkDelta::default(), logprobs: None, finish_reason };
                vec![self.chunk(vec![choice], self.no_usage())]
            }
            Piece::Failed(error) => vec![sse::data(&error.body(Family::OpenAi))],
        }
    }
}

/// The answers as events: who speaks, what they say, why each ended, what it took, `[DONE]`. A failure in the middle is
/// told as an error, and nothing follows it.
fn chunks(head: Head, answers: Vec<Answer>, manner: Manner) -> impl Stream<Item = axum::response::sse::Event> + Send {
    let telling = Telling { head, manner, usage: Usage::default(), calls: vec![0; answers.len()] };
    let role = || ChunkDelta { role: Some("assistant"), content: Some(String::new()), ..ChunkDelta::default() };
    let first: Vec<_> = (0..answers.len()).map(|index| telling.choice(index, role())).collect();
    let pieces = together(answers);
    let rest = futures::stream::unfold(Some((pieces, telling)), |state| async move {
        let (mut pieces, mut telling) = state?;
        match pieces.next().await {
            Some((index, piece)) => {
                let failed = matches!(piece, Piece::Failed(_));
                let events = telling.tell(index, piece);
                Some((events, (!failed).then_some((pieces, telling))))
            }
            None => {
                let mut events = Vec::new();
                if telling.manner.usage {
                    events.push(telling.chunk(Vec::new(), Some(Some(telling.usage))));
                }
                events.push(axum::response::sse::Event::default().data("[DONE]"));
                Some((events, None))
            }
        }
    });
    futures::stream::iter(first).chain(rest.flat_map(futures::stream::iter))
}
