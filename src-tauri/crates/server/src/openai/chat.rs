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
use crate::calls::{CallPiece, Calls};
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
    calls: Vec<Calls>,
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

    /// More of a tool call, as OpenAI tells it: its name first, then its arguments.
    fn call(&self, index: usize, piece: CallPiece) -> impl Iterator<Item = axum::response::sse::Event> {
        let CallPiece { number, begins, more, .. } = piece;
        let begins = begins.map(|(id, name)| {
            json!({ "index": number, "id": id, "type": "function", "function": { "name": name, "arguments": "" } })
        });
        let more = (!more.is_empty()).then(|| json!({ "index": number, "function": { "arguments": more } }));
        begins.into_iter().chain(more).map(move |part| {
            let told = ChunkDelta { tool_calls: vec![part], ..ChunkDelta::default() };
            self.choice(index, told)
        })
    }

    /// The events that tell a piece.
    fn tell(&mut self, index: usize, piece: Piece) -> Vec<axum::response::sse::Event> {
        match piece {
            Piece::Delta(mut delta) => {
                let calls = self.calls[index].take(&mut delta);
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
                events.extend(calls.into_iter().flat_map(|piece| self.call(index, piece)));
                events
            }
            Piece::Done(done) => {
                self.usage.add(done.usage);
                let finish_reason = Some(finish_reason(done.finish_reason, self.calls[index].whole() > 0));
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
    let calls = answers.iter().map(|_| Calls::new(manner.one_call)).collect();
    let telling = Telling { head, manner, usage: Usage::default(), calls };
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

#[cfg(test)]
mod tests {
    use inglenook_contract::FinishReason;
    use inglenook_engine::protocol::{Delta, Done, Timings, Usage as Tokens};

    use super::*;
    use crate::calls::tests::{arguments, call};

    fn done(finish_reason: FinishReason) -> Piece {
        let (usage, timings) = (Tokens::default(), Timings::default());
        Piece::Done(Done { id: 1, finish_reason, stop_text: None, usage, timings })
    }

    /// Each chunk's choice of a stream that tells these pieces.
    async fn told(one_call: bool, pieces: Vec<Piece>) -> Vec<Value> {
        let head = Head { id: "chatcmpl-1".into(), created: 1, model: "pocket".into() };
        let manner = Manner { usage: false, one_call, logprobs: false };
        let mut telling = Telling { head, manner, usage: Usage::default(), calls: vec![Calls::new(one_call)] };
        let events: Vec<_> = pieces.into_iter().flat_map(|piece| telling.tell(0, piece)).collect();
        let body = sse::events(futures::stream::iter(events)).into_body();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.expect("a body");
        let chunks = std::str::from_utf8(&bytes).expect("text").lines().filter_map(|line| line.strip_prefix("data: "));
        chunks.map(|chunk| serde_json::from_str::<Value>(chunk).expect("JSON")["choices"][0].take()).collect()
    }

    fn calls(choices: &[Value]) -> Vec<&Value> {
        choices.iter().filter_map(|choice| choice["delta"]["tool_calls"].get(0)).collect()
    }

    #[tokio::test]
    async fn a_call_is_told_by_its_name_and_then_as_it_is_written() {
        let pieces = vec![arguments("c1", "{\"a\":"), arguments("c1", "1}"), call("c1", "{\"a\":1}"), call("c2", "{}")];
        let pieces = pieces.into_iter().map(Piece::Delta).chain([done(FinishReason::ToolCalls)]).collect();
        let choices = told(false, pieces).await;
        let expected = [
            json!({ "index": 0, "id": "c1", "type": "function", "function": { "name": "add", "arguments": "" } }),
            json!({ "index": 0, "function": { "arguments": "{\"a\":" } }),
            json!({ "index": 0, "function": { "arguments": "1}" } }),
            json!({ "index": 1, "id": "c2", "type": "function", "function": { "name": "add", "arguments": "" } }),
            json!({ "index": 1, "function": { "arguments": "{}" } }),
        ];
        assert_eq!(calls(&choices), expected.iter().collect::<Vec<_>>());
        assert_eq!(choices.last().expect("the end")["finish_reason"], "tool_calls");
    }

    #[tokio::test]
    async fn who_wants_one_call_gets_one() {
        let pieces = vec![call("c1", "{}"), arguments("c2", "{"), call("c2", "{}")];
        let choices = told(true, pieces.into_iter().map(Piece::Delta).collect()).await;
        assert!(calls(&choices).iter().all(|call| call["index"] == 0), "{choices:?}");
    }

    #[tokio::test]
    async fn an_answer_ends_for_calls_only_if_one_is_whole() {
        let said = Delta { text: "{a}".into(), ..Delta::default() };
        for (pieces, finish, expected) in [
            (vec![arguments("c1", "{a}"), said], FinishReason::Stop, "stop"),
            (vec![arguments("c1", "{\"a\"")], FinishReason::Length, "length"),
        ] {
            let pieces = pieces.into_iter().map(Piece::Delta).chain([done(finish)]).collect();
            let choices = told(false, pieces).await;
            assert_eq!(calls(&choices).len(), 2, "what was told stands: {choices:?}");
            assert_eq!(choices.last().expect("the end")["finish_reason"], expected);
        }
    }
}
