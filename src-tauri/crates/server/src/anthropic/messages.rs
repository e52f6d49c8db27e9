//! `POST /v1/messages` and `POST /v1/messages/count_tokens`.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json as Sent};
use inglenook_engine::protocol::Prompt;
use serde_json::{Value, json};

use super::asked::Request;
use super::events::events;
use super::said::{Head, SIGNATURE, Stop, Usage};
use crate::answer::Whole;
use crate::body::Json;
use crate::error::ApiError;
use crate::openai::said::id;
use crate::requests::Entry;
use crate::sse;
use crate::state::Serving;

pub(crate) async fn create(
    State(serving): State<Serving>,
    Extension(entry): Extension<Entry>,
    Json(request): Json<Request>,
) -> Result<Response, ApiError> {
    let (ask, conversation) = (request.ask()?, request.conversation()?);
    let asked = serving.ready(&ask.wish, &entry).await?;
    let answer = asked.answer(&ask, Prompt::Chat(conversation)).await?;
    let head = Head { id: id("msg_"), model: request.model.clone() };
    if request.stream.unwrap_or(false) {
        return Ok(sse::events(events(&head, answer, request.one_call())));
    }
    Ok(Sent(whole(&head, answer.whole().await?, request.one_call())).into_response())
}

fn whole(head: &Head, whole: Whole, one_call: bool) -> Value {
    let Whole { delta, tool_calls, done } = whole;
    let mut content = Vec::new();
    if !delta.reasoning.is_empty() {
        content.push(json!({ "type": "thinking", "thinking": delta.reasoning, "signature": SIGNATURE }));
    }
    if !delta.text.is_empty() {
        content.push(json!({ "type": "text", "text": delta.text }));
    }
    let most = if one_call { 1 } else { usize::MAX };
    let calls = !tool_calls.is_empty();
    content.extend(tool_calls.into_iter().take(most).map(|call| {
        let input = serde_json::from_str(&call.arguments).unwrap_or_else(|_| json!({}));
        json!({ "type": "tool_use", "id": call.id, "name": call.name, "input": input })
    }));
    head.message(&content, Some(Stop::new(&done, calls)), Usage::from(done.usage))
}

/// Tokens that the model would read. It has to be loaded for that: only its template and its vocabulary tell.
pub(crate) async fn count_tokens(
    State(serving): State<Serving>,
    Extension(entry): Extension<Entry>,
    Json(request): Json<Request>,
) -> Result<Sent<Value>, ApiError> {
    let conversation = request.conversation()?;
    let asked = serving.ready(&request.wish(), &entry).await?;
    let count = asked.ready.lease.count(Prompt::Chat(conversation)).await?;
    entry.read(count.tokens);
    Ok(Sent(json!({ "input_tokens": count.tokens })))
}

#[cfg(test)]
mod tests {
    use inglenook_contract::FinishReason;
    use inglenook_engine::protocol::{Delta, Done, Timings, ToolCallOut, Usage as Tokens};

    use super::*;

    #[test]
    fn a_whole_answer_has_its_blocks_in_order() {
        let call = |id: &str| ToolCallOut { id: id.into(), name: "add".into(), arguments: r#"{"a":1}"#.into() };
        let usage = Tokens { prompt_tokens: 10, cached_tokens: 10, completion_tokens: 3 };
        let finish_reason = FinishReason::ToolCalls;
        let done = Done { id: 1, finish_reason, stop_text: None, usage, timings: Timings::default() };
        let delta = Delta { text: "I add.".into(), reasoning: "Hm.".into(), ..Delta::default() };
        let head = Head { id: "msg_1".into(), model: "pocket".into() };
        let answer = Whole { delta, tool_calls: vec![call("c1"), call("c2")], done };
        assert_eq!(
            whole(&head, answer, true),
            json!({
                "id": "msg_1", "type": "message", "role": "assistant", "model": "pocket",
                "content": [
                    { "type": "thinking", "thinking": "Hm.", "signature": SIGNATURE },
                    { "type": "text", "text": "I add." },
                    { "type": "tool_use", "id": "c1", "name": "add", "input": { "a": 1 } },
                ],
                "stop_reason": "tool_use", "stop_sequence": null,
                "usage": { "input_tokens": 0, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 10, "output_tokens": 3 },
            })
        );
    }
    #[test]
    fn the_text_that_ended_an_answer_is_named() {
        let head = Head { id: "msg_1".into(), model: "pocket".into() };
        let ended = |finish_reason, stop_text: Option<&str>| {
            let (usage, timings, stop_text) = (Tokens::default(), Timings::default(), stop_text.map(str::to_owned));
            let done = Done { id: 1, finish_reason, stop_text, usage, timings };
            let message = whole(&head, Whole { delta: Delta::default(), tool_calls: Vec::new(), done }, false);
            (message["stop_reason"].clone(), message["stop_sequence"].clone())
        };
        assert_eq!(ended(FinishReason::Stop, Some("END")), (json!("stop_sequence"), json!("END")));
        assert_eq!(ended(FinishReason::Stop, None), (json!("end_turn"), Value::Null));
        assert_eq!(ended(FinishReason::Length, None), (json!("max_tokens"), Value::Null));
    }
}
