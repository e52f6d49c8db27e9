//! Answers as Ollama writes them: one line of JSON after another, or one object with all of it.

use std::time::Instant;

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use futures::Stream;
use inglenook_contract::FinishReason;
use inglenook_engine::protocol::{Delta, Done, ToolCallOut};
use serde::Serialize;
use serde_json::{Value, json};

use super::now;
use crate::answer::{Answer, Piece};
use crate::error::ApiError;
use crate::openai::said::{Logprob, Logprobs};
use crate::routes::Family;
use crate::sse;

/// In what form an answer is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `message`, as for `/api/chat`.
    Chat,
    /// `response`, as for `/api/generate`.
    Text,
}

/// What a telling of one answer knows.
pub(super) struct Telling {
    /// The model, by the name that was asked for.
    pub(super) model: String,
    pub(super) form: Form,
    pub(super) logprobs: bool,
    /// When the request came.
    pub(super) began: Instant,
    /// Milliseconds that loading took.
    pub(super) load_ms: f64,
}

#[derive(Serialize)]
struct Line<'a> {
    model: &'a str,
    created_at: String,
    #[serde(flatten)]
    said: Said,
    #[serde(skip_serializing_if = "Option::is_none")]
    logprobs: Option<Vec<Logprob>>,
    done: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    done_reason: Option<&'static str>,
    #[serde(flatten)]
    took: Option<Took>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Said {
    Chat {
        message: Message,
    },
    Text {
        response: String,
        #[serde(skip_serializing_if = "String::is_empty")]
        thinking: String,
    },
}

#[derive(Serialize)]
struct Message {
    role: &'static str,
    content: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    thinking: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<Value>,
}

/// What an answer took; all durations in nanoseconds.
#[derive(Serialize)]
struct Took {
    total_duration: u64,
    load_duration: u64,
    prompt_eval_count: u32,
    prompt_eval_duration: u64,
    eval_count: u32,
    eval_duration: u64,
}

/// Milliseconds as whole nanoseconds.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a duration of seconds, not of centuries")]
pub(super) fn nanoseconds(ms: f64) -> u64 {
    (ms.max(0.0) * 1e6) as u64
}

impl Telling {
    fn said(&self, text: String, thinking: String, calls: Vec<ToolCallOut>) -> Said {
        match self.form {
            Form::Chat => {
                let calls = calls.into_iter().enumerate().map(|(n, call)| tool_call(n, call));
                let message = Message { role: "assistant", content: text, thinking, tool_calls: calls.collect() };
                Said::Chat { message }
            }
            Form::Text => Said::Text { response: text, thinking },
        }
    }

    fn line(&self, said: Said, logprobs: Vec<inglenook_engine::protocol::TokenLogprob>, done: Option<&Done>) -> Value {
        let line = Line {
            model: &self.model,
            created_at: now(),
            said,
            logprobs: (self.logprobs && !logprobs.is_empty()).then(|| Logprobs::new(logprobs).content),
            done: done.is_some(),
            done_reason: done.map(|done| if done.finish_reason == FinishReason::Length { "length" } else { "stop" }),
            took: done.map(|done| self.took(done)),
        };
        // Our own types always become JSON.
        serde_json::to_value(line).unwrap_or_default()
    }

    fn took(&self, done: &Done) -> Took {
        Took {
            total_duration: u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX),
            load_duration: nanoseconds(self.load_ms),
            prompt_eval_count: done.usage.prompt_tokens,
            prompt_eval_duration: nanoseconds(done.timings.first_token_ms),
            eval_count: done.usage.completion_tokens,
            eval_duration: nanoseconds(done.timings.generation_ms),
        }
    }

    /// The line that tells a piece; `None` where it says nothing. Tool calls are told whole, as Ollama has it. A failure is the last line, and the answer does not
    /// look whole.
    fn tell(&self, piece: Piece) -> Option<Value> {
        match piece {
            Piece::Delta(Delta { text, reasoning, tool_call, logprobs, .. }) => {
                let silent = text.is_empty() && reasoning.is_empty() && tool_call.is_none();
                if silent && (!self.logprobs || logprobs.is_empty()) {
                    return None;
                }
                Some(self.line(self.said(text, reasoning, tool_call.into_iter().collect()), logprobs, None))
            }
            Piece::Done(done) => {
                Some(self.line(self.said(String::new(), String::new(), Vec::new()), Vec::new(), Some(&done)))
            }
            Piece::Failed(error) => Some(error.body(Family::Ollama)),
        }
    }

    /// The answer, as it is written or as a whole.
    ///
    /// # Errors
    /// What a whole answer failed with.
    pub(super) async fn respond(self, answer: Answer, stream: bool) -> Result<Response, ApiError> {
        if stream {
            return Ok(sse::lines(self.lines(answer)));
        }
        let whole = answer.whole().await?;
        let said = self.said(whole.delta.text, whole.delta.reasoning, whole.tool_calls);
        Ok(Json(self.line(said, whole.delta.logprobs, Some(&whole.done))).into_response())
    }

    fn lines(self, answer: Answer) -> impl Stream<Item = Value> + Send {
        futures::stream::unfold((self, answer), |(telling, mut answer)| async move {
            loop {
                let piece = answer.next().await?;
                if let Some(line) = telling.tell(piece) {
                    return Some((line, (telling, answer)));
                }
            }
        })
    }
}

/// A call, its arguments as an object.
fn tool_call(n: usize, call: ToolCallOut) -> Value {
    let arguments = serde_json::from_str(&call.arguments).unwrap_or(Value::String(call.arguments));
    json!({ "id": call.id, "function": { "index": n, "name": call.name, "arguments": arguments } })
}

/// The answer to a request without words, which only loads or unloads.
pub(super) fn wordless(model: &str, form: Form, reason: &'static str) -> Response {
    let mut line = json!({ "model": model, "created_at": now() });
    match form {
        Form::Chat => line["message"] = json!({ "role": "assistant", "content": "" }),
        Form::Text => line["response"] = json!(""),
    }
    line["done"] = json!(true);
    line["done_reason"] = json!(reason);
    Json(line).into_response()
}

#[cfg(test)]
mod tests {
    use inglenook_engine::protocol::{Timings, TokenLogprob, Usage};

    use super::*;

    fn telling(form: Form) -> Telling {
        Telling { model: "pocket:latest".into(), form, logprobs: false, began: Instant::now(), load_ms: 1.5 }
    }

    /// Without what every moment changes.
    fn still(line: Option<Value>) -> Value {
        let mut line = line.expect("a line");
        let object = line.as_object_mut().expect("an object");
        assert!(object.remove("created_at").is_some_and(|at| at.as_str().is_some_and(|at| at.ends_with('Z'))));
        if let Some(total) = object.remove("total_duration") {
            assert!(total.is_u64(), "{total}");
        }
        line
    }

    fn done(finish_reason: FinishReason) -> Piece {
        let usage = Usage { prompt_tokens: 7, cached_tokens: 3, completion_tokens: 2 };
        let timings = Timings { first_token_ms: 2.0, generation_ms: 0.5 };
        Piece::Done(Done { id: 1, finish_reason, stop_text: None, usage, timings })
    }

    #[test]
    fn a_chat_is_told_in_messages() {
        let telling = telling(Form::Chat);
        let said = Delta { text: "Hi".into(), reasoning: "Well.".into(), ..Delta::default() };
        assert_eq!(
            still(telling.tell(Piece::Delta(said))),
            json!({ "model": "pocket:latest", "done": false,
                    "message": { "role": "assistant", "content": "Hi", "thinking": "Well." } })
        );
        let call = ToolCallOut { id: "c1".into(), name: "add".into(), arguments: r#"{"a":1}"#.into() };
        let called = still(telling.tell(Piece::Delta(Delta { tool_call: Some(call), ..Delta::default() })));
        assert_eq!(
            called["message"]["tool_calls"],
            json!([{ "id": "c1", "function": { "index": 0, "name": "add", "arguments": { "a": 1 } } }])
        );
        assert_eq!(
            still(telling.tell(done(FinishReason::ToolCalls))),
            json!({ "model": "pocket:latest", "message": { "role": "assistant", "content": "" }, "done": true,
                    "done_reason": "stop", "load_duration": 1_500_000, "prompt_eval_count": 7,
                    "prompt_eval_duration": 2_000_000, "eval_count": 2, "eval_duration": 500_000 })
        );
    }

    #[test]
    fn a_text_is_told_in_responses_and_silence_not_at_all() {
        let telling = telling(Form::Text);
        let said = Delta { text: "Hi".into(), ..Delta::default() };
        let expected = json!({ "model": "pocket:latest", "response": "Hi", "done": false });
        assert_eq!(still(telling.tell(Piece::Delta(said))), expected);
        assert_eq!(telling.tell(Piece::Delta(Delta::default())), None);
        assert_eq!(still(telling.tell(done(FinishReason::Length)))["done_reason"], "length");
    }

    #[test]
    fn a_failure_is_a_last_line_without_done() {
        let line = telling(Form::Chat).tell(Piece::Failed(ApiError::invalid("It broke.")));
        assert_eq!(line, Some(json!({ "error": "It broke." })));
    }

    #[test]
    fn probabilities_are_told_where_asked_for() {
        let token = TokenLogprob { token: "Hi".into(), logprob: -0.5, top: vec![("Hi".into(), -0.5)] };
        let delta = Delta { logprobs: vec![token], ..Delta::default() };
        assert_eq!(telling(Form::Chat).tell(Piece::Delta(delta.clone())), None);
        let telling = Telling { logprobs: true, ..telling(Form::Chat) };
        let line = still(telling.tell(Piece::Delta(delta)));
        let top = json!([{ "token": "Hi", "logprob": -0.5, "bytes": [72, 105] }]);
        assert_eq!(
            line["logprobs"],
            json!([{ "token": "Hi", "logprob": -0.5, "bytes": [72, 105], "top_logprobs": top }])
        );
    }
}
