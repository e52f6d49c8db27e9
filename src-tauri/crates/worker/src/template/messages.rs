//! Messages as templates expect them, which is not the same for all templates.

use std::collections::HashMap;

use inglenook_engine::protocol::ChatMessage;
use minijinja::Value;
use serde_json::json;

/// What a template wants that others do not; found out by trying, see [`super::Template`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shape {
    /// The arguments of a tool call are a text and not an object.
    pub(super) text_arguments: bool,
    /// A message that only calls tools has no content, not an empty one.
    pub(super) no_empty_content: bool,
    /// Where there are no tools there is no word of them, not even that there are none.
    pub(super) no_word_of_tools: bool,
}

/// The messages in the shape that the template wants, with the name of the tool beside its result.
pub(super) fn for_template(conversation: &[ChatMessage], shape: Shape) -> Value {
    let mut called: HashMap<&str, &str> = HashMap::new();
    let messages: Vec<serde_json::Value> = conversation
        .iter()
        .map(|message| {
            called.extend(message.tool_calls.iter().map(|call| (call.id.as_str(), call.name.as_str())));
            one(message, &called, shape)
        })
        .collect();
    Value::from_serialize(messages)
}

fn one(message: &ChatMessage, called: &HashMap<&str, &str>, shape: Shape) -> serde_json::Value {
    let mut out = json!({"role": message.role, "content": message.content});
    if !message.tool_calls.is_empty() {
        if shape.no_empty_content && message.content.is_empty() {
            out["content"] = serde_json::Value::Null;
        }
        let calls = message.tool_calls.iter().map(|call| {
            let text = || serde_json::Value::from(call.arguments.as_str());
            let arguments = match shape.text_arguments {
                true => text(),
                false => serde_json::from_str(&call.arguments).unwrap_or_else(|_| text()),
            };
            let function = json!({"name": call.name, "arguments": arguments});
            json!({"id": nine_characters(&call.id), "type": "function", "function": function})
        });
        out["tool_calls"] = calls.collect();
    }
    if let Some(id) = &message.tool_call_id {
        out["tool_call_id"] = json!(nine_characters(id));
        if let Some(name) = called.get(id.as_str()) {
            out["name"] = json!(name);
        }
    }
    out
}

/// The same name for the same call in the form that Mistral's templates insist on: nine letters and digits.
fn nine_characters(id: &str) -> String {
    const LETTERS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    if id.len() == 9 && id.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return id.to_owned();
    }
    // FNV-1a: it must be the same in every process, for prompts are compared from one to the next.
    let hash = id.bytes().fold(0xcbf2_9ce4_8422_2325u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    let digit = |n: u32| char::from(LETTERS[(hash / 36u64.pow(n) % 36) as usize]);
    (0..9).map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_calls_are_nine_characters_and_stay_the_same() {
        assert_eq!(nine_characters("abcDEF123"), "abcDEF123");
        let long = nine_characters("call_0123456789");
        assert!(long.len() == 9 && long.bytes().all(|b| b.is_ascii_alphanumeric()), "{long}");
        assert_eq!(long, nine_characters("call_0123456789"));
        assert_ne!(long, nine_characters("call_0123456780"));
    }
}
