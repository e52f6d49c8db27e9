//! What a request says, item by item, as the messages of a conversation; and the same items as they are listed later.

use inglenook_engine::protocol::{ChatMessage, ToolCallOut};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::error::ApiError;
use crate::openai::asked::Content;
use crate::openai::said;

#[derive(Deserialize)]
struct Message {
    role: String,
    content: Content,
}

#[derive(Deserialize)]
struct Call {
    call_id: String,
    name: String,
    arguments: String,
}

#[derive(Deserialize)]
struct Output {
    call_id: String,
    output: Content,
}

/// What is said, as items: a text alone is a message of the user.
///
/// # Errors
/// 400 where it is neither a text nor a list.
pub(super) fn listed(input: Option<Value>) -> Result<Vec<Value>, ApiError> {
    let items = match input {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(text)) => vec![json!({ "role": "user", "content": text })],
        Some(Value::Array(items)) => items,
        Some(_) => return Err(ApiError::invalid_param("input", "input has to be a text or a list of items.")),
    };
    Ok(items.into_iter().map(named).collect())
}

/// An item with what OpenAI adds to it: its kind, an identifier, where it stands, and its text as a part.
fn named(mut item: Value) -> Value {
    let kind = kind(&item).to_owned();
    let Some(fields) = item.as_object_mut() else { return item };
    let start = match kind.as_str() {
        "message" => "msg_",
        "function_call" => "fc_",
        "function_call_output" => "fco_",
        _ => "item_",
    };
    fields.entry("type").or_insert_with(|| json!(kind));
    if fields.get("id").is_none_or(Value::is_null) {
        fields.insert("id".to_owned(), json!(said::id(start)));
    }
    if kind != "reasoning" && fields.get("status").is_none_or(Value::is_null) {
        fields.insert("status".to_owned(), json!("completed"));
    }
    if let Some(Value::String(text)) = fields.get("content").cloned() {
        let part = match fields.get("role").and_then(Value::as_str) {
            Some("assistant") => json!({ "type": "output_text", "text": text, "annotations": [], "logprobs": [] }),
            _ => json!({ "type": "input_text", "text": text }),
        };
        fields.insert("content".to_owned(), json!([part]));
    }
    item
}

fn kind(item: &Value) -> &str {
    let message = if item.get("role").is_some() { "message" } else { "" };
    item.get("type").and_then(Value::as_str).unwrap_or(message)
}

/// Adds items to a conversation. What an assistant says and the calls that follow it are one message.
///
/// # Errors
/// 400 with the place of what is not understood.
pub(super) fn add(conversation: &mut Vec<ChatMessage>, items: &[Value]) -> Result<(), ApiError> {
    for (n, item) in items.iter().enumerate() {
        let at = format!("input[{n}]");
        match kind(item) {
            "message" => conversation.push(message(&read(&at, item)?, &at)?),
            "function_call" => add_call(conversation, read(&at, item)?),
            "function_call_output" => {
                let Output { call_id, output } = read(&at, item)?;
                conversation.push(ChatMessage {
                    role: "tool".to_owned(),
                    content: output.text(&format!("{at}.output"))?,
                    tool_call_id: Some(call_id),
                    ..ChatMessage::default()
                });
            }
            // What a model thought before it answered is not shown to it again.
            "reasoning" => {}
            "item_reference" => {
                let words = format!("{at}: single items are not kept here. Send the item, or previous_response_id.");
                return Err(ApiError::invalid_param(at, words));
            }
            "" => return Err(ApiError::invalid_param(&at, format!("{at} has neither a type nor a role."))),
            kind => {
                let words = format!("{at}: items of the type \"{kind}\" are not understood.");
                return Err(ApiError::invalid_param(format!("{at}.type"), words));
            }
        }
    }
    Ok(())
}

fn read<T: DeserializeOwned>(at: &str, item: &Value) -> Result<T, ApiError> {
    serde_path_to_error::deserialize(item).map_err(|error| {
        let path = error.path().to_string();
        let at = if path == "." { at.to_owned() } else { format!("{at}.{path}") };
        ApiError::invalid_param(at.clone(), format!("{at}: {}.", error.into_inner()))
    })
}

fn message(message: &Message, at: &str) -> Result<ChatMessage, ApiError> {
    let role = match message.role.as_str() {
        "developer" => "system",
        role @ ("system" | "user" | "assistant") => role,
        role => {
            let words = format!("{at}.role: \"{role}\" is none of user, assistant, system and developer.");
            return Err(ApiError::invalid_param(format!("{at}.role"), words));
        }
    };
    let content = message.content.text(&format!("{at}.content"))?;
    Ok(ChatMessage { role: role.to_owned(), content, ..ChatMessage::default() })
}

fn add_call(conversation: &mut Vec<ChatMessage>, call: Call) {
    let call = ToolCallOut { id: call.call_id, name: call.name, arguments: call.arguments };
    match conversation.last_mut() {
        Some(last) if last.role == "assistant" => last.tool_calls.push(call),
        _ => conversation.push(ChatMessage {
            role: "assistant".to_owned(),
            tool_calls: vec![call],
            ..ChatMessage::default()
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conversation(input: Value) -> Result<Vec<ChatMessage>, ApiError> {
        let mut conversation = Vec::new();
        add(&mut conversation, &listed(Some(input))?)?;
        Ok(conversation)
    }

    #[test]
    fn a_round_with_a_tool_becomes_a_conversation() {
        let messages = conversation(json!([
            { "role": "developer", "content": "Be brief." },
            { "role": "user", "content": [{ "type": "input_text", "text": "Weather?" }] },
            { "type": "reasoning", "id": "rs_1", "summary": [{ "type": "summary_text", "text": "A tool." }] },
            { "type": "message", "id": "msg_1", "role": "assistant", "status": "completed",
              "content": [{ "type": "output_text", "text": "Let me see.", "annotations": [] }] },
            { "type": "function_call", "call_id": "a", "name": "get_weather", "arguments": "{\"city\":\"Oslo\"}" },
            { "type": "function_call", "call_id": "b", "name": "get_weather", "arguments": "{}" },
            { "type": "function_call_output", "call_id": "a", "output": "Rain" },
            { "type": "function_call_output", "call_id": "b", "output": [{ "type": "input_text", "text": "Sun" }] },
        ]))
        .expect("understood");
        let seen: Vec<_> = messages.iter().map(|one| (one.role.as_str(), one.content.as_str())).collect();
        let expected = [
            ("system", "Be brief."),
            ("user", "Weather?"),
            ("assistant", "Let me see."),
            ("tool", "Rain"),
            ("tool", "Sun"),
        ];
        assert_eq!(seen, expected);
        assert_eq!(messages[2].tool_calls.iter().map(|call| call.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(messages[4].tool_call_id.as_deref(), Some("b"));
    }

    #[test]
    fn what_is_not_understood_is_refused_by_its_place() {
        for (input, at) in [
            (json!(7), "input"),
            (json!([7]), "input[0]"),
            (json!([{ "role": "nobody", "content": "" }]), "input[0].role"),
            (json!([{ "role": "user", "content": 7 }]), "input[0].content"),
            (json!([{ "role": "user", "content": "a" }, { "type": "function_call", "name": "f" }]), "input[1]"),
            (json!([{ "role": "user", "content": [{ "type": "input_image" }] }]), "input[0].content[0]"),
            (json!([{ "type": "item_reference", "id": "msg_1" }]), "input[0]"),
            (json!([{ "type": "computer_call" }]), "input[0].type"),
        ] {
            let error = conversation(input.clone()).expect_err("refused");
            assert_eq!((error.status.as_u16(), error.param.as_deref()), (400, Some(at)), "{input}: {}", error.message);
        }
    }

    #[test]
    fn an_item_is_listed_as_openai_lists_it() {
        let items = listed(Some(json!("Hello"))).expect("a text");
        let id = items[0]["id"].as_str().expect("it got one").to_owned();
        assert!(id.starts_with("msg_"));
        let content = json!([{ "type": "input_text", "text": "Hello" }]);
        let expected =
            json!({ "role": "user", "content": content, "type": "message", "id": id, "status": "completed" });
        assert_eq!(items, [expected]);
        assert!(listed(None).expect("nothing").is_empty());
    }
}
