//! Messages as templates expect them.

use std::collections::HashMap;

use inglenook_engine::protocol::ChatMessage;
use minijinja::Value;
use serde_json::json;

/// The messages in the shape that Hugging Face gives to templates: arguments of tool calls as objects, and the
/// name of the tool beside its result.
pub(super) fn for_template(conversation: &[ChatMessage]) -> Value {
    let mut called: HashMap<&str, &str> = HashMap::new();
    let messages: Vec<serde_json::Value> = conversation
        .iter()
        .map(|message| {
            called.extend(message.tool_calls.iter().map(|call| (call.id.as_str(), call.name.as_str())));
            one(message, &called)
        })
        .collect();
    Value::from_serialize(messages)
}

fn one(message: &ChatMessage, called: &HashMap<&str, &str>) -> serde_json::Value {
    let mut out = json!({"role": message.role, "content": message.content});
    if !message.tool_calls.is_empty() {
        let calls = message.tool_calls.iter().map(|call| {
            let arguments = serde_json::from_str(&call.arguments)
                .unwrap_or_else(|_| serde_json::Value::from(call.arguments.as_str()));
            json!({"id": call.id, "type": "function", "function": {"name": call.name, "arguments": arguments}})
        });
        out["tool_calls"] = calls.collect();
    }
    if let Some(id) = &message.tool_call_id {
        out["tool_call_id"] = json!(id);
        if let Some(name) = called.get(id.as_str()) {
            out["name"] = json!(name);
        }
    }
    out
}
