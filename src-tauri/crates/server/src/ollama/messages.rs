//! Conversations as programs for Ollama write them.

use inglenook_engine::protocol::{ChatMessage, Conversation, ToolCallOut};
use serde::Deserialize;
use serde_json::Value;

use super::asked::no_pictures;
use crate::error::ApiError;

/// A message of a conversation.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Message {
    role: String,
    content: Option<String>,
    images: Option<Vec<Value>>,
    tool_calls: Option<Vec<ToolCall>>,
    /// The tool whose result this is.
    tool_name: Option<String>,
    /// The call that it answers, in programs that name calls.
    tool_call_id: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct ToolCall {
    id: Option<String>,
    function: Function,
}

#[derive(Clone, Debug, Deserialize)]
struct Function {
    name: String,
    /// An object.
    #[serde(default)]
    arguments: Value,
}

/// Calls that wait for their results: their names in the conversation, and the tools.
type Open = Vec<(String, String)>;

/// The conversation as the model is shown it. One that ends with words of the model is gone on with.
pub(super) fn conversation(messages: &[Message], tools: Vec<Value>) -> Result<Conversation, ApiError> {
    let mut open = Open::new();
    let mut shown = Vec::with_capacity(messages.len());
    for (n, message) in messages.iter().enumerate() {
        shown.push(one(message, n, &mut open)?);
    }
    let speaks =
        |last: &ChatMessage| last.role == "assistant" && last.tool_calls.is_empty() && !last.content.is_empty();
    let continue_last = shown.last().is_some_and(speaks);
    Ok(Conversation { messages: shown, tools, continue_last, ..Conversation::default() })
}

fn one(message: &Message, n: usize, open: &mut Open) -> Result<ChatMessage, ApiError> {
    let at = format!("messages[{n}]");
    if !matches!(message.role.as_str(), "system" | "user" | "assistant" | "tool") {
        let words = format!("{at}.role: \"{}\" is none of system, user, assistant and tool.", message.role);
        return Err(ApiError::invalid_param(format!("{at}.role"), words));
    }
    no_pictures(message.images.as_ref(), &format!("{at}.images"))?;
    let calls = message.tool_calls.iter().flatten().enumerate();
    let calls: Vec<ToolCallOut> = calls.map(|(call_n, call)| called(call, n, call_n)).collect();
    open.extend(calls.iter().map(|call| (call.id.clone(), call.name.clone())));
    let answers = (message.role == "tool").then(|| answered(message, open)).flatten();
    Ok(ChatMessage {
        role: message.role.clone(),
        content: message.content.clone().unwrap_or_default(),
        tool_calls: calls,
        tool_call_id: answers,
        ..ChatMessage::default()
    })
}

fn called(call: &ToolCall, n: usize, call_n: usize) -> ToolCallOut {
    let arguments = match &call.function.arguments {
        Value::Null => "{}".to_owned(),
        Value::String(text) => text.clone(),
        object => object.to_string(),
    };
    let id = call.id.clone().filter(|id| !id.is_empty()).unwrap_or_else(|| format!("call_{n}_{call_n}"));
    ToolCallOut { id, name: call.function.name.clone(), arguments }
}

/// The call that a result is of: the one it names, else the first open one of its tool, else the first open one.
fn answered(message: &Message, open: &mut Open) -> Option<String> {
    if let Some(id) = message.tool_call_id.as_ref().filter(|id| !id.is_empty()) {
        open.retain(|(its, _)| its != id);
        return Some(id.clone());
    }
    let of_tool = |tool: &String| open.iter().position(|(_, name)| name == tool);
    let at = match message.tool_name.as_ref().filter(|name| !name.is_empty()) {
        Some(tool) => of_tool(tool)?,
        None => 0,
    };
    (at < open.len()).then(|| open.remove(at).0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(messages: Value) -> Result<Conversation, ApiError> {
        conversation(&serde_json::from_value::<Vec<Message>>(messages).expect("messages"), Vec::new())
    }

    #[test]
    fn results_are_matched_to_their_calls() {
        let call = |name: &str| json!({ "function": { "name": name, "arguments": { "n": 1 } } });
        let read = read(json!([
            { "role": "user", "content": "Both, please." },
            { "role": "assistant", "tool_calls": [call("one"), call("two"), call("one")] },
            { "role": "tool", "content": "2", "tool_name": "two" },
            { "role": "tool", "content": "1", "tool_name": "one" },
            { "role": "tool", "content": "1 again" },
            { "role": "tool", "content": "nothing", "tool_name": "three" },
        ]))
        .unwrap();
        let calls: Vec<_> = read.messages[1].tool_calls.iter().map(|call| (&*call.id, &*call.arguments)).collect();
        let expected = [("call_1_0", r#"{"n":1}"#), ("call_1_1", r#"{"n":1}"#), ("call_1_2", r#"{"n":1}"#)];
        assert_eq!(calls, expected);
        let answers: Vec<_> = read.messages[2..].iter().map(|message| message.tool_call_id.as_deref()).collect();
        assert_eq!(answers, [Some("call_1_1"), Some("call_1_0"), Some("call_1_2"), None]);
        assert!(!read.continue_last);
    }

    #[test]
    fn words_of_the_model_at_the_end_are_gone_on_with() {
        let said = |last: Value| read(json!([{ "role": "user", "content": "Hello" }, last])).unwrap().continue_last;
        assert!(said(json!({ "role": "assistant", "content": "Good " })));
        assert!(!said(json!({ "role": "assistant", "content": "" })));
        assert!(!said(json!({ "role": "user", "content": "Hello" })));
    }

    #[test]
    fn pictures_and_unknown_roles_are_refused_where_they_stand() {
        let param = |message: Value| read(json!([message])).unwrap_err().param;
        let picture = json!({ "role": "user", "content": "What is it?", "images": ["aGk="] });
        assert_eq!(param(picture).as_deref(), Some("messages[0].images"));
        assert_eq!(param(json!({ "role": "narrator", "content": "" })).as_deref(), Some("messages[0].role"));
        assert!(read(json!([{ "role": "user", "content": "Hello", "images": [] }])).is_ok());
    }
}
