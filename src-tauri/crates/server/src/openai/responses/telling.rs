//! A response as it grows: items with their parts, and the events that tell of them.
//!
//! What is told whole and what is told in events is made here once: the whole response is the one of the last event.

use inglenook_contract::FinishReason;
use inglenook_engine::protocol::{ChatMessage, Delta, Done, TokenLogprob};
use serde_json::{Map, Value, json};

use crate::calls::{CallPiece, Calls};
use crate::error::ApiError;
use crate::openai::said::{self, Logprobs};

/// A response on its way.
pub(super) struct Telling {
    /// The fields that stand before the answer.
    head: Map<String, Value>,
    calls: Calls,
    /// Events so far.
    number: u64,
    /// Items that are whole.
    output: Vec<Value>,
    open: Option<Open>,
    /// What the assistant said in all, to be gone on from.
    answer: ChatMessage,
    /// What it thought in all.
    pub(super) thought: String,
}

/// The item that grows.
enum Open {
    Thought { id: String, text: String },
    Message { id: String, text: String, logprobs: Vec<Value> },
    Call { id: String, call_id: String, name: String, arguments: String },
}

impl Open {
    fn id(&self) -> &str {
        match self {
            Self::Thought { id, .. } | Self::Message { id, .. } | Self::Call { id, .. } => id,
        }
    }

    fn item(&self, status: &str) -> Value {
        match self {
            Self::Thought { id, text } => json!({
                "id": id, "type": "reasoning", "status": status,
                "summary": [{ "type": "summary_text", "text": text }],
            }),
            Self::Message { id, .. } => json!({
                "id": id, "type": "message", "status": status, "role": "assistant", "content": [self.part()],
            }),
            Self::Call { id, call_id, name, arguments } => json!({
                "id": id, "type": "function_call", "status": status,
                "call_id": call_id, "name": name, "arguments": arguments,
            }),
        }
    }

    /// The one part of the item; a call has none.
    fn part(&self) -> Value {
        match self {
            Self::Thought { text, .. } => json!({ "type": "summary_text", "text": text }),
            Self::Message { text, logprobs, .. } => {
                json!({ "type": "output_text", "text": text, "annotations": [], "logprobs": logprobs })
            }
            Self::Call { .. } => Value::Null,
        }
    }
}

impl Telling {
    pub(super) fn new(head: Map<String, Value>, one_call: bool) -> Self {
        let answer = ChatMessage { role: "assistant".to_owned(), ..ChatMessage::default() };
        let (calls, thought) = (Calls::new(one_call), String::new());
        Self { head, calls, number: 0, output: Vec::new(), open: None, answer, thought }
    }

    /// What the assistant said, as a message of the conversation.
    pub(super) fn answer(&self) -> ChatMessage {
        self.answer.clone()
    }

    fn event(&mut self, kind: &str, fields: Value) -> Value {
        let mut event = Map::new();
        event.insert("type".to_owned(), json!(kind));
        event.insert("sequence_number".to_owned(), json!(self.number));
        if let Value::Object(fields) = fields {
            event.extend(fields);
        }
        self.number += 1;
        Value::Object(event)
    }

    fn response(&self, status: &str, more: Value) -> Value {
        let mut response = self.head.clone();
        let unsaid = json!({
            "status": status, "completed_at": null, "error": null, "incomplete_details": null,
            "output": self.output,
        });
        for fields in [unsaid, more] {
            if let Value::Object(fields) = fields {
                response.extend(fields);
            }
        }
        Value::Object(response)
    }

    /// What is told before the first word.
    pub(super) fn begin(&mut self) -> Vec<Value> {
        let response = self.response("in_progress", Value::Null);
        ["response.created", "response.in_progress"]
            .map(|kind| self.event(kind, json!({ "response": response })))
            .into()
    }

    /// More of the answer.
    pub(super) fn delta(&mut self, mut delta: Delta) -> Vec<Value> {
        let mut events = Vec::new();
        let calls = self.calls.take(&mut delta);
        if !delta.reasoning.is_empty() {
            self.think(&delta.reasoning, &mut events);
        }
        let speaking = matches!(self.open, Some(Open::Message { .. }));
        if !delta.text.is_empty() || (speaking && !delta.logprobs.is_empty()) {
            self.speak(&delta.text, delta.logprobs, &mut events);
        }
        calls.into_iter().for_each(|piece| self.call(piece, &mut events));
        events
    }

    fn think(&mut self, more: &str, events: &mut Vec<Value>) {
        if !matches!(self.open, Some(Open::Thought { .. })) {
            self.open(Open::Thought { id: said::id("rs_"), text: String::new() }, events);
        }
        self.thought.push_str(more);
        if let Some(Open::Thought { text, .. }) = &mut self.open {
            text.push_str(more);
        }
        let fields = self.place(json!({ "summary_index": 0, "delta": more }));
        events.push(self.event("response.reasoning_summary_text.delta", fields));
    }

    fn speak(&mut self, more: &str, tokens: Vec<TokenLogprob>, events: &mut Vec<Value>) {
        if !matches!(self.open, Some(Open::Message { .. })) {
            let message = Open::Message { id: said::id("msg_"), text: String::new(), logprobs: Vec::new() };
            self.open(message, events);
        }
        let new: Vec<Value> = Logprobs::new(tokens).content.iter().map(|token| json!(token)).collect();
        self.answer.content.push_str(more);
        if let Some(Open::Message { text, logprobs, .. }) = &mut self.open {
            text.push_str(more);
            logprobs.extend(new.iter().cloned());
        }
        let fields = self.place(json!({ "content_index": 0, "delta": more, "logprobs": new }));
        events.push(self.event("response.output_text.delta", fields));
    }

    fn call(&mut self, piece: CallPiece, events: &mut Vec<Value>) {
        let CallPiece { begins, more, ends, .. } = piece;
        if let Some((call_id, name)) = begins {
            self.open(Open::Call { id: said::id("fc_"), call_id, name, arguments: String::new() }, events);
        }
        if let Some(Open::Call { arguments, .. }) = &mut self.open
            && !more.is_empty()
        {
            arguments.push_str(&more);
            let fields = self.place(json!({ "delta": more }));
            events.push(self.event("response.function_call_arguments.delta", fields));
        }
        if let Some(call) = ends {
            self.end("completed", events);
            self.answer.tool_calls.push(call);
        }
    }

    /// Fields with the place of the open item.
    fn place(&self, fields: Value) -> Value {
        let mut placed = Map::new();
        placed.insert("item_id".to_owned(), json!(self.open.as_ref().map(Open::id)));
        placed.insert("output_index".to_owned(), json!(self.output.len()));
        if let Value::Object(fields) = fields {
            placed.extend(fields);
        }
        Value::Object(placed)
    }

    /// Begins an item, and its part.
    fn open(&mut self, open: Open, events: &mut Vec<Value>) {
        self.close(events);
        let (mut item, part) = (open.item("in_progress"), open.part());
        let of_part = match open {
            Open::Thought { .. } => Some(("summary", "response.reasoning_summary_part.added", "summary_index")),
            Open::Message { .. } => Some(("content", "response.content_part.added", "content_index")),
            Open::Call { .. } => None,
        };
        if let Some((list, ..)) = of_part {
            item[list] = json!([]);
        }
        let place = self.output.len();
        self.open = Some(open);
        events.push(self.event("response.output_item.added", json!({ "output_index": place, "item": item })));
        if let Some((_, kind, index)) = of_part {
            let fields = self.place(json!({ index: 0, "part": part }));
            events.push(self.event(kind, fields));
        }
    }

    /// Ends the open item, if there is one, for something else begins. A call that is open then was none.
    fn close(&mut self, events: &mut Vec<Value>) {
        let is_call = matches!(self.open, Some(Open::Call { .. }));
        self.end(if is_call { "incomplete" } else { "completed" }, events);
    }

    /// Ends the open item, if there is one.
    fn end(&mut self, status: &str, events: &mut Vec<Value>) {
        let Some(open) = &self.open else { return };
        let (item, part) = (open.item(status), open.part());
        let ends = match open {
            Open::Thought { text, .. } => vec![
                ("response.reasoning_summary_text.done", json!({ "summary_index": 0, "text": text })),
                ("response.reasoning_summary_part.done", json!({ "summary_index": 0, "part": part })),
            ],
            Open::Message { text, logprobs, .. } => vec![
                ("response.output_text.done", json!({ "content_index": 0, "text": text, "logprobs": logprobs })),
                ("response.content_part.done", json!({ "content_index": 0, "part": part })),
            ],
            Open::Call { name, arguments, .. } => {
                vec![("response.function_call_arguments.done", json!({ "name": name, "arguments": arguments }))]
            }
        };
        for (kind, fields) in ends {
            let fields = self.place(fields);
            events.push(self.event(kind, fields));
        }
        let place = self.output.len();
        events.push(self.event("response.output_item.done", json!({ "output_index": place, "item": item })));
        self.output.push(item);
        self.open = None;
    }

    /// The end. An answer without a word is a message without one.
    pub(super) fn done(&mut self, done: &Done, reasoning_tokens: u32) -> Vec<Value> {
        let mut events = Vec::new();
        let cut = done.finish_reason == FinishReason::Length;
        if !cut && self.answer.content.is_empty() && self.answer.tool_calls.is_empty() {
            let message = Open::Message { id: said::id("msg_"), text: String::new(), logprobs: Vec::new() };
            self.open(message, &mut events);
        }
        if cut {
            self.end("incomplete", &mut events);
        }
        self.close(&mut events);
        let usage = usage(done, reasoning_tokens);
        let (kind, response) = if cut {
            let details = json!({ "reason": "max_output_tokens" });
            let fields = json!({ "incomplete_details": details, "usage": usage });
            ("response.incomplete", self.response("incomplete", fields))
        } else {
            let fields = json!({ "completed_at": said::now(), "usage": usage });
            ("response.completed", self.response("completed", fields))
        };
        events.push(self.event(kind, json!({ "response": response })));
        events
    }

    /// A failure in the middle. What came before stands in the response, as incomplete.
    pub(super) fn failed(&mut self, error: &ApiError) -> Vec<Value> {
        if let Some(open) = self.open.take() {
            self.output.push(open.item("incomplete"));
        }
        let code = if error.status.is_client_error() { "invalid_prompt" } else { "server_error" };
        let response = self.response("failed", json!({ "error": { "code": code, "message": error.message } }));
        vec![
            self.event("error", json!({ "code": error.code, "message": error.message, "param": error.param })),
            self.event("response.failed", json!({ "response": response })),
        ]
    }
}

fn usage(done: &Done, reasoning_tokens: u32) -> Value {
    let usage = done.usage;
    json!({
        "input_tokens": usage.prompt_tokens,
        "input_tokens_details": {
            "cached_tokens": usage.cached_tokens,
            "cache_write_tokens": usage.prompt_tokens.saturating_sub(usage.cached_tokens),
        },
        "output_tokens": usage.completion_tokens,
        "output_tokens_details": { "reasoning_tokens": reasoning_tokens.min(usage.completion_tokens) },
        "total_tokens": usage.prompt_tokens.saturating_add(usage.completion_tokens),
    })
}

#[cfg(test)]
#[path = "telling_tests.rs"]
mod tests;
