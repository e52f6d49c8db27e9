//! Stand-ins for what a model's template lacks: a template at all, or a notion of tools.

use inglenook_engine::protocol::ChatMessage;
use serde_json::Value;

/// A conversation as plain text, for models without a template of their own.
pub(crate) const PLAIN: &str = "{{ bos_token }}{% for m in messages %}\
{% if m.role == 'system' %}{{ m.content }}\n\n{% elif m.role == 'assistant' %}Assistant: {{ m.content }}\n\n\
{% else %}User: {{ m.content }}\n\n{% endif %}{% endfor %}{% if add_generation_prompt %}Assistant:{% endif %}";

/// Where an answer in [`PLAIN`] ends: the model would go on with the other side.
pub(crate) const PLAIN_STOP: &str = "\nUser:";

/// The same conversation with the tools described in the system message, calls and results as text, in the form
/// that the Hermes models made common.
pub(super) fn with_tools_as_text(messages: &[ChatMessage], tools: &[Value]) -> Vec<ChatMessage> {
    let mut out = Vec::with_capacity(messages.len() + 1);
    let mut rest = messages;
    if !tools.is_empty() {
        let said = match messages.first() {
            Some(first) if first.role == "system" => {
                rest = &messages[1..];
                format!("{}\n\n", first.content)
            }
            _ => String::new(),
        };
        out.push(message("system", format!("{said}{}", describe(tools))));
    }
    for old in rest {
        out.push(match old.role.as_str() {
            "assistant" if !old.tool_calls.is_empty() => {
                let mut text = old.content.clone();
                for call in &old.tool_calls {
                    let name = Value::from(call.name.as_str());
                    let break_ = if text.is_empty() { "" } else { "\n" };
                    text.push_str(&format!(
                        "{break_}<tool_call>\n{{\"name\": {name}, \"arguments\": {}}}\n</tool_call>",
                        call.arguments
                    ));
                }
                message("assistant", text)
            }
            "tool" => message("user", format!("<tool_response>\n{}\n</tool_response>", old.content)),
            _ => old.clone(),
        });
    }
    out
}

fn describe(tools: &[Value]) -> String {
    let list: String = tools.iter().map(|tool| format!("{tool}\n")).collect();
    format!(
        "You may call these tools:\n<tools>\n{list}</tools>\nTo call one, write nothing but \
         <tool_call>\n{{\"name\": <name>, \"arguments\": <object>}}\n</tool_call>"
    )
}

fn message(role: &str, content: String) -> ChatMessage {
    ChatMessage { role: role.into(), content, ..ChatMessage::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use inglenook_engine::protocol::ToolCallOut;

    #[test]
    fn tools_calls_and_results_become_text() {
        let call = ToolCallOut { id: "1".into(), name: "add".into(), arguments: "{\"a\":1}".into() };
        let messages = [
            message("system", "Be kind.".into()),
            message("user", "Add".into()),
            ChatMessage { tool_calls: vec![call], ..message("assistant", String::new()) },
            message("tool", "2".into()),
        ];
        let out = with_tools_as_text(&messages, &[serde_json::json!({"name": "add"})]);
        assert_eq!(out.len(), 4);
        assert!(out[0].content.starts_with("Be kind.\n\nYou may call these tools:\n<tools>\n{\"name\":\"add\"}\n"));
        assert_eq!(out[2].content, "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\":1}}\n</tool_call>");
        assert!(out[2].tool_calls.is_empty(), "nothing that the template would have to know");
        assert_eq!(out[3].role, "user");
    }
}
