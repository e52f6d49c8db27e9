//! A response as it grows: items with their parts, and the events that tell of them.
//!
//! What is told whole and what is told in events is made here once: the whole response is the one of the last event.

use inglenook_contract::FinishReason;
use inglenook_engine::protocol::{ChatMessage, Delta, Done, TokenLogprob, ToolCallOut};
use serde_json::{Map, Value, json};

use crate::error::ApiError;
use crate::openai::said::{self, Logprobs};

/// A response on its way.
pub(super) struct Telling {
    /// The fields that stand before the answer.
    head: Map<String, Value>,
    /// One tool call at most.
    one_call: bool,
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
}

impl Open {
    fn id(&self) -> &str {
        match self {
            Self::Thought { id, .. } | Self::Message { id, .. } => id,
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
        }
    }

    /// The one part of the item.
    fn part(&self) -> Value {
        match self {
            Self::Thought { text, .. } => json!({ "type": "summary_text", "text": text }),
            Self::Message { text, logprobs, .. } => {
                json!({ "type": "output_text", "text": text, "annotations": [], "logprobs": logprobs })
            }
        }
    }
}

impl Telling {
    pub(super) fn new(head: Map<String, Value>, one_call: bool) -> Self {
        let answer = ChatMessage { role: "assistant".to_owned(), ..ChatMessage::default() };
        Self { head, one_call, number: 0, output: Vec::new(), open: None, answer, thought: String::new() }
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
    pub(super) fn delta(&mut self, delta: Delta) -> Vec<Value> {
        let mut events = Vec::new();
        if !delta.reasoning.is_empty() {
            self.think(&delta.reasoning, &mut events);
        }
        let speaking = matches!(self.open, Some(Open::Message { .. }));
        if !delta.text.is_empty() || (speaking && !delta.logprobs.is_empty()) {
            self.speak(&delta.text, delta.logprobs, &mut events);
        }
        if let Some(call) = delta.tool_call
            && (!self.one_call || self.answer.tool_calls.is_empty())
        {
            self.call(call, &mut events);
        }
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

    fn call(&mut self, call: ToolCallOut, events: &mut Vec<Value>) {
        self.close("completed", events);
        let id = said::id("fc_");
        let place = self.output.len();
        let item = |arguments: &str, status: &str| {
            json!({
                "id": id, "type": "function_call", "status": status,
                "call_id": call.id, "name": call.name, "arguments": arguments,
            })
        };
        let whole = item(&call.arguments, "completed");
        for (kind, fields) in [
            ("response.output_item.added", json!({ "output_index": place, "item": item("", "in_progress") })),
            (
                "response.function_call_arguments.delta",
                json!({ "item_id": id, "output_index": place, "delta": call.arguments }),
            ),
            (
                "response.function_call_arguments.done",
                json!({ "item_id": id, "output_index": place, "name": call.name, "arguments": call.arguments }),
            ),
            ("response.output_item.done", json!({ "output_index": place, "item": whole })),
        ] {
            events.push(self.event(kind, fields));
        }
        self.output.push(whole);
        self.answer.tool_calls.push(call);
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
        self.close("completed", events);
        let (mut item, part) = (open.item("in_progress"), open.part());
        let (list, kind, index) = match open {
            Open::Thought { .. } => ("summary", "response.reasoning_summary_part.added", "summary_index"),
            Open::Message { .. } => ("content", "response.content_part.added", "content_index"),
        };
        item[list] = json!([]);
        let place = self.output.len();
        self.open = Some(open);
        events.push(self.event("response.output_item.added", json!({ "output_index": place, "item": item })));
        let fields = self.place(json!({ index: 0, "part": part }));
        events.push(self.event(kind, fields));
    }

    /// Ends the open item, if there is one.
    fn close(&mut self, status: &str, events: &mut Vec<Value>) {
        let Some(open) = &self.open else { return };
        let (item, part) = (open.item(status), open.part());
        let (kinds, fields, part) = match open {
            Open::Thought { text, .. } => (
                ["response.reasoning_summary_text.done", "response.reasoning_summary_part.done"],
                json!({ "summary_index": 0, "text": text }),
                json!({ "summary_index": 0, "part": part }),
            ),
            Open::Message { text, logprobs, .. } => (
                ["response.output_text.done", "response.content_part.done"],
                json!({ "content_index": 0, "text": text, "logprobs": logprobs }),
                json!({ "content_index": 0, "part": part }),
            ),
        };
        for (kind, fields) in kinds.into_iter().zip([fields, part]) {
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
        self.close(if cut { "incomplete" } else { "completed" }, &mut events);
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
