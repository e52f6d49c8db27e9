//! An answer on its way: its blocks one after another, each begun, told in pieces and ended.

use axum::response::sse::Event;
use futures::{Stream, StreamExt as _};
use inglenook_engine::protocol::Delta;
use serde_json::{Value, json};

use super::said::{Head, SIGNATURE, Stop, Usage};
use crate::answer::{Answer, Piece};
use crate::calls::{CallPiece, Calls};
use crate::routes::Family;
use crate::sse;

/// What kind of block is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Thinking,
    Text,
    Call,
}

/// What a stream of events remembers.
#[derive(Debug, Default)]
struct Blocks {
    open: Option<Kind>,
    /// The number of the open block, or of the next one.
    at: usize,
    calls: Calls,
}

impl Blocks {
    /// The events that tell a piece.
    fn tell(&mut self, piece: Piece) -> Vec<Value> {
        let mut events = Vec::new();
        match piece {
            Piece::Delta(mut delta) => {
                let calls = self.calls.take(&mut delta);
                let Delta { text, reasoning, .. } = delta;
                if !reasoning.is_empty() {
                    let block = json!({ "type": "thinking", "thinking": "", "signature": "" });
                    self.open(Kind::Thinking, &block, &mut events);
                    events.push(self.delta(&json!({ "type": "thinking_delta", "thinking": reasoning })));
                }
                if !text.is_empty() {
                    self.open(Kind::Text, &json!({ "type": "text", "text": "" }), &mut events);
                    events.push(self.delta(&json!({ "type": "text_delta", "text": text })));
                }
                calls.into_iter().for_each(|piece| self.call(piece, &mut events));
            }
            Piece::Done(done) => {
                self.close(&mut events);
                let Stop { reason, sequence } = Stop::new(&done, self.calls.whole() > 0);
                events.push(json!({
                    "type": "message_delta",
                    "delta": { "stop_reason": reason, "stop_sequence": sequence },
                    "usage": Usage::from(done.usage),
                }));
                events.push(json!({ "type": "message_stop" }));
            }
            Piece::Failed(error) => events.push(error.body(Family::Anthropic)),
        }
        events
    }

    /// Begins a block unless one of its kind is open.
    fn open(&mut self, kind: Kind, block: &Value, events: &mut Vec<Value>) {
        if self.open == Some(kind) {
            return;
        }
        self.close(events);
        self.open = Some(kind);
        events.push(json!({ "type": "content_block_start", "index": self.at, "content_block": block }));
    }

    fn close(&mut self, events: &mut Vec<Value>) {
        let Some(kind) = self.open.take() else { return };
        if kind == Kind::Thinking {
            events.push(self.delta(&json!({ "type": "signature_delta", "signature": SIGNATURE })));
        }
        events.push(self.stop());
    }

    /// A call is a block of its own.
    fn call(&mut self, piece: CallPiece, events: &mut Vec<Value>) {
        if let Some((id, name)) = piece.begins {
            self.close(events);
            self.open(Kind::Call, &json!({ "type": "tool_use", "id": id, "name": name, "input": {} }), events);
        }
        if !piece.more.is_empty() {
            events.push(self.delta(&json!({ "type": "input_json_delta", "partial_json": piece.more })));
        }
        if piece.ends.is_some() {
            self.close(events);
        }
    }

    fn delta(&self, delta: &Value) -> Value {
        json!({ "type": "content_block_delta", "index": self.at, "delta": delta })
    }

    fn stop(&mut self) -> Value {
        let stop = json!({ "type": "content_block_stop", "index": self.at });
        self.at += 1;
        stop
    }
}

/// An event is called by its type.
fn event(value: &Value) -> Event {
    sse::named(value["type"].as_str().unwrap_or_default(), value)
}

/// The answer as events, from `message_start` to `message_stop`. A failure in the middle is told as an error, and
/// nothing follows it.
pub(super) fn events(head: &Head, answer: Answer, one_call: bool) -> impl Stream<Item = Event> + Send + use<> {
    let begun = head.message(&[], None, Usage::from(answer.prompt()));
    let first = [json!({ "type": "message_start", "message": begun }), json!({ "type": "ping" })];
    let blocks = Blocks { calls: Calls::new(one_call), ..Blocks::default() };
    let rest = futures::stream::unfold((answer, blocks), |(mut answer, mut blocks)| async move {
        let events = blocks.tell(answer.next().await?);
        Some((futures::stream::iter(events), (answer, blocks)))
    });
    futures::stream::iter(first).chain(rest.flatten()).map(|value| event(&value))
}

#[cfg(test)]
mod tests {
    use inglenook_contract::FinishReason;
    use inglenook_engine::protocol::{Done, Timings, Usage as Tokens};

    use super::*;
    use crate::calls::tests::{arguments, call as whole_call};
    use crate::error::ApiError;

    fn text(text: &str) -> Piece {
        Piece::Delta(Delta { text: text.into(), ..Delta::default() })
    }

    fn thought(reasoning: &str) -> Piece {
        Piece::Delta(Delta { reasoning: reasoning.into(), ..Delta::default() })
    }

    fn call(id: &str) -> Piece {
        Piece::Delta(whole_call(id, r#"{"a":1}"#))
    }

    fn done(finish_reason: FinishReason) -> Piece {
        let usage = Tokens { prompt_tokens: 10, cached_tokens: 4, completion_tokens: 3 };
        Piece::Done(Done { id: 1, finish_reason, stop_text: None, usage, timings: Timings::default() })
    }

    fn told(one_call: bool, pieces: Vec<Piece>) -> Vec<Value> {
        let mut blocks = Blocks { calls: Calls::new(one_call), ..Blocks::default() };
        pieces.into_iter().flat_map(|piece| blocks.tell(piece)).collect()
    }

    #[test]
    fn blocks_follow_one_another_each_begun_and_ended() {
        let events =
            told(false, vec![thought("Hm"), thought("m."), text("I add."), call("c1"), done(FinishReason::ToolCalls)]);
        let delta =
            |index: usize, delta: Value| json!({ "type": "content_block_delta", "index": index, "delta": delta });
        let start = |index: usize, block: Value| json!({ "type": "content_block_start", "index": index, "content_block": block });
        let stop = |index: usize| json!({ "type": "content_block_stop", "index": index });
        let usage = json!({
            "input_tokens": 6, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 4, "output_tokens": 3,
        });
        let expected = [
            start(0, json!({ "type": "thinking", "thinking": "", "signature": "" })),
            delta(0, json!({ "type": "thinking_delta", "thinking": "Hm" })),
            delta(0, json!({ "type": "thinking_delta", "thinking": "m." })),
            delta(0, json!({ "type": "signature_delta", "signature": SIGNATURE })),
            stop(0),
            start(1, json!({ "type": "text", "text": "" })),
            delta(1, json!({ "type": "text_delta", "text": "I add." })),
            stop(1),
            start(2, json!({ "type": "tool_use", "id": "c1", "name": "add", "input": {} })),
            delta(2, json!({ "type": "input_json_delta", "partial_json": "{\"a\":1}" })),
            stop(2),
            json!({ "type": "message_delta", "delta": { "stop_reason": "tool_use", "stop_sequence": null }, "usage": usage }),
            json!({ "type": "message_stop" }),
        ];
        assert_eq!(events, expected);
    }

    #[test]
    fn a_call_is_told_as_it_is_written() {
        let pieces =
            [arguments("c1", "{\"a\":"), arguments("c1", "1}"), whole_call("c1", "{\"a\":1}"), arguments("c2", "{")];
        let mut events = told(false, pieces.into_iter().map(Piece::Delta).collect());
        events.extend(told(
            false,
            vec![text("So:"), Piece::Delta(arguments("c1", "{a}")), text("{a}"), done(FinishReason::Stop)],
        ));
        let short: Vec<String> = events
            .iter()
            .map(|event| {
                let kind = event["type"].as_str().unwrap().trim_start_matches("content_block_");
                let more = &event["delta"]["partial_json"];
                format!("{kind} {} {}", event["index"], more.as_str().unwrap_or_default()).trim_end().to_owned()
            })
            .collect();
        let whole = ["start 0", "delta 0 {\"a\":", "delta 0 1}", "stop 0", "start 1", "delta 1 {"];
        let broken =
            ["start 0", "delta 0", "stop 0", "start 1", "delta 1 {a}", "stop 1", "start 2", "delta 2", "stop 2"];
        assert_eq!(short[..15], [&whole[..], &broken].concat());
        assert_eq!(events[15]["delta"]["stop_reason"], "end_turn", "a call that never became whole is not waited for");
    }

    #[test]
    fn the_text_that_ended_an_answer_is_named() {
        let (usage, timings, stop_text) = (Tokens::default(), Timings::default(), Some("END".to_owned()));
        let done = |finish_reason| Done { id: 1, finish_reason, stop_text: stop_text.clone(), usage, timings };
        let events = told(false, vec![text("Hi"), Piece::Done(done(FinishReason::Stop))]);
        assert_eq!(events[3]["delta"], json!({ "stop_reason": "stop_sequence", "stop_sequence": "END" }));
        let events = told(false, vec![call("c1"), Piece::Done(done(FinishReason::ToolCalls))]);
        assert_eq!(events[3]["delta"], json!({ "stop_reason": "tool_use", "stop_sequence": null }));
    }

    #[test]
    fn who_wants_one_call_gets_one() {
        let calls = |one: bool| {
            let events = told(one, vec![call("c1"), call("c2"), done(FinishReason::ToolCalls)]);
            events.iter().filter(|event| event["content_block"]["type"] == "tool_use").count()
        };
        assert_eq!((calls(true), calls(false)), (1, 2));
    }

    #[test]
    fn a_failure_ends_the_stream_without_its_end() {
        let events = told(false, vec![text("Hi"), Piece::Failed(ApiError::overloaded("It broke."))]);
        let last = events.last().unwrap();
        assert_eq!(last["type"], "error");
        assert_eq!(last["error"], json!({ "type": "overloaded_error", "message": "It broke." }));
        assert!(events.iter().all(|event| event["type"] != "message_stop"));
    }

    #[test]
    fn an_answer_that_is_too_long_says_so() {
        let events = told(false, vec![done(FinishReason::Length)]);
        assert_eq!(events[0]["delta"]["stop_reason"], "max_tokens");
    }
}
