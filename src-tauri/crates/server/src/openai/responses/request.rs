//! What a request for a response says, and what of it is said back.

use std::collections::BTreeMap;

use inglenook_app::serving::{Ready, Wish};
use inglenook_contract::Parameters;
use inglenook_engine::protocol::{ChatMessage, Conversation, ToolChoice};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::items;
use super::kept::Responses;
use crate::answer::Ask;
use crate::error::ApiError;
use crate::openai::asked::{self, Drawing};
use crate::openai::said;

/// Tokens that are left free for an answer of no set length where a conversation is shortened to fit.
const ROOM: u32 = 1024;

/// A request.
#[derive(Debug, Deserialize)]
pub(crate) struct Request {
    model: String,
    input: Option<Value>,
    instructions: Option<String>,
    previous_response_id: Option<String>,
    store: Option<bool>,
    #[serde(flatten)]
    drawing: Drawing,
    max_output_tokens: Option<i64>,
    top_logprobs: Option<i64>,
    include: Option<Vec<String>>,
    tools: Option<Vec<Value>>,
    tool_choice: Option<Value>,
    parallel_tool_calls: Option<bool>,
    text: Option<Map<String, Value>>,
    reasoning: Option<Value>,
    truncation: Option<String>,
    metadata: Option<BTreeMap<String, String>>,
    stream: Option<bool>,
    background: Option<bool>,
    conversation: Option<Value>,
    prompt: Option<Value>,
    /// Seconds that the model stays loaded after this, as LM Studio has it.
    ttl: Option<f64>,
}

/// A request that was understood.
pub(super) struct Read {
    pub(super) ask: Ask,
    pub(super) conversation: Conversation,
    /// What was asked, item by item.
    pub(super) input: Vec<Value>,
    /// The conversation without the instructions, to go on from later; `None` where the response is not to be kept.
    pub(super) keep: Option<Vec<ChatMessage>>,
    /// Tokens to leave free, where what is too long is shortened.
    pub(super) shorten: Option<u32>,
    pub(super) one_call: bool,
    pub(super) stream: bool,
    /// The fields of the response that the request decides.
    pub(super) said_back: Map<String, Value>,
}

impl Request {
    /// Understands it. `kept` are the responses from which it may go on.
    ///
    /// # Errors
    /// 400 for what makes no sense or is not offered.
    pub(super) fn read(self, kept: &Responses) -> Result<Read, ApiError> {
        self.refuse()?;
        let (parameters, logit_bias) = self.drawing.read()?;
        let tools = chat_tools(self.tools.as_deref().unwrap_or_default())?;
        let tool_choice = asked::tool_choice(self.tool_choice.as_ref(), &tools)?;
        let max_tokens = asked::most_tokens("max_output_tokens", self.max_output_tokens)?;
        let top = self.top_logprobs.map_or(Ok(0), |top| asked::in_range("top_logprobs", top, 0..=20))?;
        let format = self.text.as_ref().and_then(|text| text.get("format"));
        let input = items::listed(self.input.clone())?;
        let messages = self.messages(&input, kept)?;
        let said_back = self.said_back(&tools);
        let ask = Ask {
            wish: Wish { name: self.model.clone(), keep: asked::ttl(self.ttl)?, ..Wish::default() },
            parameters: Parameters {
                max_tokens,
                thinking: asked::thinking(None, self.reasoning.as_ref())?,
                ..parameters
            },
            logit_bias,
            response_format: asked::response_format(format, "text.format")?,
            logprobs: self.wants_logprobs().then(|| u32::try_from(top).unwrap_or(0)),
            choices: 1,
        };
        let instructions = self.instructions.filter(|words| !words.is_empty()).map(|content| ChatMessage {
            role: "system".to_owned(),
            content,
            ..ChatMessage::default()
        });
        let conversation = Conversation {
            messages: instructions.into_iter().chain(messages.clone()).collect(),
            tools: if tool_choice == ToolChoice::None { Vec::new() } else { tools },
            tool_choice,
            ..Conversation::default()
        };
        Ok(Read {
            ask,
            conversation,
            input,
            keep: self.store.unwrap_or(true).then_some(messages),
            shorten: (self.truncation.as_deref() == Some("auto")).then(|| max_tokens.unwrap_or(ROOM)),
            one_call: self.parallel_tool_calls == Some(false),
            stream: self.stream.unwrap_or(false),
            said_back,
        })
    }

    fn refuse(&self) -> Result<(), ApiError> {
        let refuse = |param: &str, words: String| Err(ApiError::invalid_param(param, words));
        if self.background == Some(true) {
            return refuse("background", "background: responses are written while the program waits.".to_owned());
        }
        if self.conversation.as_ref().is_some_and(|value| !value.is_null()) {
            let words = "conversation: conversations are not kept here. Send previous_response_id, or all items.";
            return refuse("conversation", words.to_owned());
        }
        if self.prompt.as_ref().is_some_and(|value| !value.is_null()) {
            return refuse("prompt", "prompt: there are no stored prompts here. Send instructions.".to_owned());
        }
        match self.truncation.as_deref() {
            None | Some("auto" | "disabled") => Ok(()),
            Some(word) => refuse("truncation", format!("truncation: \"{word}\" is neither auto nor disabled.")),
        }
    }

    fn wants_logprobs(&self) -> bool {
        let included = self.include.iter().flatten().any(|what| what == "message.output_text.logprobs");
        included || self.top_logprobs.is_some_and(|top| top > 0)
    }

    /// What was said so far: the conversation of the response before, and the input.
    fn messages(&self, input: &[Value], kept: &Responses) -> Result<Vec<ChatMessage>, ApiError> {
        let mut messages = match &self.previous_response_id {
            None => Vec::new(),
            Some(id) => match kept.find(id) {
                Some(kept) => kept.conversation.clone(),
                None => {
                    let words = "There is no such response here (any more): only the last ones are kept, in memory. \
                                 Send the whole conversation as input.";
                    let error = ApiError::invalid_param("previous_response_id", words);
                    return Err(error.code("previous_response_not_found"));
                }
            },
        };
        items::add(&mut messages, input)?;
        if messages.is_empty() {
            return Err(ApiError::invalid_param("input", "input is empty: there is nothing to answer."));
        }
        Ok(messages)
    }

    /// What OpenAI repeats of a request in its response.
    fn said_back(&self, tools: &[Value]) -> Map<String, Value> {
        let effort = self.reasoning.as_ref().and_then(|reasoning| reasoning.get("effort"));
        let summary = self.reasoning.as_ref().and_then(|reasoning| reasoning.get("summary"));
        let mut text = self.text.clone().unwrap_or_default();
        text.retain(|_, value| !value.is_null());
        text.entry("format").or_insert_with(|| json!({ "type": "text" }));
        let fields = json!({
            "background": false,
            "instructions": self.instructions,
            "max_output_tokens": self.max_output_tokens,
            "max_tool_calls": null,
            "metadata": self.metadata.clone().unwrap_or_default(),
            "parallel_tool_calls": self.parallel_tool_calls.unwrap_or(true),
            "previous_response_id": self.previous_response_id,
            "reasoning": { "effort": effort, "summary": summary },
            "service_tier": "default",
            "store": self.store.unwrap_or(true),
            "text": text,
            "tool_choice": self.tool_choice.clone().filter(|choice| !choice.is_null()).unwrap_or(json!("auto")),
            "tools": tools.iter().map(flat).collect::<Vec<_>>(),
            "top_logprobs": self.top_logprobs.unwrap_or(0),
            "truncation": self.truncation.as_deref().unwrap_or("disabled"),
        });
        match fields {
            Value::Object(fields) => fields,
            _ => Map::new(),
        }
    }
}

/// The fields of a response that stand before its answer.
pub(super) fn head(ready: &Ready, ask: &Ask, said_back: Map<String, Value>) -> Map<String, Value> {
    let effective = |asked: Option<f64>, set: Option<f64>| json!(asked.or(set).unwrap_or(1.0));
    let mut head = Map::new();
    head.insert("id".to_owned(), json!(said::id("resp_")));
    head.insert("object".to_owned(), json!("response"));
    head.insert("created_at".to_owned(), json!(said::now()));
    head.insert("model".to_owned(), json!(ready.name));
    head.insert("temperature".to_owned(), effective(ask.parameters.temperature, ready.defaults.temperature));
    head.insert("top_p".to_owned(), effective(ask.parameters.top_p, ready.defaults.top_p));
    head.extend(said_back);
    head
}

/// Tools as chats have them: here a function's fields stand beside its kind.
fn chat_tools(tools: &[Value]) -> Result<Vec<Value>, ApiError> {
    tools.iter().enumerate().map(|(n, tool)| chat_tool(tool, &format!("tools[{n}]"))).collect()
}

fn chat_tool(tool: &Value, at: &str) -> Result<Value, ApiError> {
    let kind = tool.get("type").and_then(Value::as_str).unwrap_or_default();
    if kind != "function" {
        let words = format!("{at}: only functions can be called here; \"{kind}\" is none. Leave this tool out.");
        return Err(ApiError::invalid_param(format!("{at}.type"), words).code("unsupported_tool"));
    }
    if tool.get("name").and_then(Value::as_str).is_none_or(str::is_empty) {
        return Err(ApiError::invalid_param(format!("{at}.name"), format!("{at} has no name.")));
    }
    let parameters = tool.get("parameters").filter(|parameters| !parameters.is_null());
    if parameters.is_some_and(|parameters| !parameters.is_object()) {
        let words = format!("{at}.parameters has to be a JSON schema.");
        return Err(ApiError::invalid_param(format!("{at}.parameters"), words));
    }
    let mut function = tool.as_object().cloned().unwrap_or_default();
    function.remove("type");
    function.retain(|_, value| !value.is_null());
    Ok(json!({ "type": "function", "function": function }))
}

/// A chat's tool as it is said back, with the fields that have to be there.
fn flat(tool: &Value) -> Value {
    let mut fields = Map::new();
    fields.insert("type".to_owned(), json!("function"));
    fields.extend(tool["function"].as_object().cloned().unwrap_or_default());
    fields.entry("parameters").or_insert(Value::Null);
    fields.entry("strict").or_insert(Value::Bool(false));
    Value::Object(fields)
}

#[cfg(test)]
mod tests {
    use super::super::kept::Kept;
    use super::*;

    fn read_with(kept: &Responses, more: Value) -> Result<Read, ApiError> {
        let mut request = json!({ "model": "pocket", "input": "Hello" });
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value::<Request>(request).expect("of the right types").read(kept)
    }

    fn read(more: Value) -> Result<Read, ApiError> {
        read_with(&Responses::default(), more)
    }

    #[test]
    fn what_is_not_offered_is_refused_by_name() {
        for (more, param) in [
            (json!({ "background": true }), "background"),
            (json!({ "conversation": "conv_1" }), "conversation"),
            (json!({ "prompt": { "id": "p" } }), "prompt"),
            (json!({ "truncation": "some" }), "truncation"),
            (json!({ "tools": [{ "type": "web_search" }] }), "tools[0].type"),
            (json!({ "tools": [{ "type": "mcp", "server_url": "http://a" }] }), "tools[0].type"),
            (json!({ "tools": [{ "type": "function", "name": "" }] }), "tools[0].name"),
            (json!({ "tools": [{ "type": "function", "name": "f", "parameters": 7 }] }), "tools[0].parameters"),
            (json!({ "tool_choice": { "type": "function", "name": "f" } }), "tool_choice"),
            (json!({ "max_output_tokens": 0 }), "max_output_tokens"),
            (json!({ "top_logprobs": 21 }), "top_logprobs"),
            (json!({ "text": { "format": { "type": "xml" } } }), "text.format.type"),
            (json!({ "previous_response_id": "resp_0" }), "previous_response_id"),
            (json!({ "input": [] }), "input"),
            (json!({ "input": null }), "input"),
            (json!({ "temperature": 3 }), "temperature"),
        ] {
            let error = read(more.clone()).map(drop).expect_err("refused");
            assert_eq!((error.status.as_u16(), error.param.as_deref()), (400, Some(param)), "{more}");
        }
    }

    #[test]
    fn instructions_hold_for_one_response_and_what_was_said_for_all() {
        let said = |role: &str, content: &str| ChatMessage {
            role: role.into(),
            content: content.into(),
            ..ChatMessage::default()
        };
        let responses = Responses::default();
        responses.keep(Kept {
            response: json!({ "id": "resp_1" }),
            input: Vec::new(),
            conversation: vec![said("user", "Hi"), said("assistant", "Hi!")],
        });
        let more = json!({ "previous_response_id": "resp_1", "instructions": "Be brief." });
        let read = read_with(&responses, more).expect("understood");
        let so_far = [said("user", "Hi"), said("assistant", "Hi!"), said("user", "Hello")];
        assert_eq!(read.keep.as_deref(), Some(&so_far[..]));
        assert_eq!(read.conversation.messages[0], said("system", "Be brief."));
        assert_eq!(read.conversation.messages[1..], so_far);
        let not_kept = read_with(&responses, json!({ "store": false })).expect("understood");
        assert_eq!(not_kept.keep, None);
    }

    #[test]
    fn tools_are_shown_as_in_chats_and_said_back_as_they_came() {
        let parameters = json!({ "type": "object" });
        let tool = json!({ "type": "function", "name": "f", "description": null, "parameters": parameters });
        let read =
            read(json!({ "tools": [tool], "tool_choice": "required", "truncation": "auto" })).expect("understood");
        assert_eq!(
            read.conversation.tools,
            [json!({ "type": "function", "function": { "name": "f", "parameters": parameters } })]
        );
        assert_eq!(read.conversation.tool_choice, ToolChoice::Required);
        assert_eq!(
            read.said_back["tools"],
            json!([{ "type": "function", "name": "f", "parameters": parameters, "strict": false }])
        );
        assert_eq!(read.said_back["tool_choice"], "required");
        assert_eq!(read.shorten, Some(ROOM));
    }

    #[test]
    fn what_was_not_asked_is_said_back_as_openai_has_it() {
        let read = read(json!({})).expect("understood");
        assert_eq!(
            Value::Object(read.said_back),
            json!({
                "background": false, "instructions": null, "max_output_tokens": null, "max_tool_calls": null,
                "metadata": {}, "parallel_tool_calls": true, "previous_response_id": null,
                "reasoning": { "effort": null, "summary": null }, "service_tier": "default", "store": true,
                "text": { "format": { "type": "text" } }, "tool_choice": "auto", "tools": [], "top_logprobs": 0,
                "truncation": "disabled",
            })
        );
        assert!(read.shorten.is_none() && !read.stream && !read.one_call && read.ask.logprobs.is_none());
    }
}
