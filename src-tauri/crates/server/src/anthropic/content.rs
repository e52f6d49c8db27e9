//! Messages as programs for Anthropic write them, and the conversation that the model is shown.

use inglenook_engine::protocol::{ChatMessage, ToolCallOut};
use serde::Deserialize;
use serde_json::Value;

use crate::error::ApiError;

/// What Claude Code puts in front of its words to the system. It is for Anthropic's accounts and another one in every
/// request, so the model would read the whole conversation anew each time: what it has read is found again by its
/// beginning.
const BILLING: &str = "x-anthropic-billing-header:";

/// A message.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Message {
    role: String,
    content: Content,
}

/// Text, or blocks.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Content {
    Text(String),
    Blocks(Vec<Block>),
}

/// A block; its other fields depend on its kind.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Block {
    #[serde(rename = "type")]
    kind: String,
    text: Option<String>,
    id: Option<String>,
    name: Option<String>,
    input: Value,
    tool_use_id: Option<String>,
    content: Option<Content>,
    is_error: Option<bool>,
}

impl Block {
    /// The text of a block that has nothing else.
    fn text(&self, at: &str) -> Result<String, ApiError> {
        match self.kind.as_str() {
            "text" => self.text.clone().ok_or_else(|| ApiError::invalid_param(at, format!("{at} has no text."))),
            "image" => Err(ApiError::invalid_param(at, "This model cannot see pictures.").code("no_vision")),
            "document" => {
                Err(ApiError::invalid_param(at, "Documents cannot be read here: send their words as a text block."))
            }
            kind => {
                Err(ApiError::invalid_param(at, format!("{at}: blocks of the kind \"{kind}\" are not understood.")))
            }
        }
    }

    fn called(&self, at: &str) -> Result<ToolCallOut, ApiError> {
        let (Some(id), Some(name)) = (self.id.clone(), self.name.clone()) else {
            return Err(ApiError::invalid_param(at, format!("{at} has no id or no name.")));
        };
        let arguments = if self.input.is_null() { "{}".to_owned() } else { self.input.to_string() };
        Ok(ToolCallOut { id, name, arguments })
    }

    fn result(&self, at: &str) -> Result<ChatMessage, ApiError> {
        let Some(id) = self.tool_use_id.clone() else {
            return Err(ApiError::invalid_param(at, format!("{at} has no tool_use_id.")));
        };
        let said = self.content.as_ref().map_or(Ok(String::new()), |content| content.text(&format!("{at}.content")))?;
        // Templates have no other place to say that a tool failed.
        let content = if self.is_error == Some(true) { format!("Error: {said}") } else { said };
        Ok(ChatMessage { role: "tool".into(), content, tool_call_id: Some(id), ..ChatMessage::default() })
    }
}

impl Content {
    fn text(&self, at: &str) -> Result<String, ApiError> {
        match self {
            Self::Text(text) => Ok(text.clone()),
            Self::Blocks(blocks) => {
                let texts = blocks.iter().enumerate().map(|(n, block)| block.text(&format!("{at}[{n}]")));
                Ok(texts.collect::<Result<Vec<_>, _>>()?.join("\n"))
            }
        }
    }

    fn blocks(&self) -> Vec<Block> {
        match self {
            Self::Text(text) => vec![Block { kind: "text".into(), text: Some(text.clone()), ..Block::default() }],
            Self::Blocks(blocks) => blocks.clone(),
        }
    }
}

/// What the system is told, as the first message; none where nothing is left of it.
pub(super) fn system(system: Option<&Content>) -> Result<Option<ChatMessage>, ApiError> {
    let said = match system {
        None => return Ok(None),
        Some(Content::Text(text)) if text.starts_with(BILLING) => {
            text.split_once('\n').map(|(_, rest)| rest.to_owned()).unwrap_or_default()
        }
        Some(Content::Text(text)) => text.clone(),
        Some(Content::Blocks(blocks)) => {
            let billing = |block: &&Block| block.text.as_deref().is_some_and(|text| text.starts_with(BILLING));
            let billed = blocks.iter().take_while(billing).count();
            Content::Blocks(blocks[billed..].to_vec()).text("system")?
        }
    };
    Ok((!said.is_empty()).then(|| message("system", said)))
}

fn message(role: &str, content: String) -> ChatMessage {
    ChatMessage { role: role.to_owned(), content, ..ChatMessage::default() }
}

/// The messages as the model is shown them.
pub(super) fn messages(messages: &[Message]) -> Result<Vec<ChatMessage>, ApiError> {
    if messages.is_empty() {
        return Err(ApiError::invalid_param("messages", "messages is empty: there is nothing to answer."));
    }
    let mut shown = Vec::new();
    for (n, message) in messages.iter().enumerate() {
        let at = format!("messages[{n}]");
        match message.role.as_str() {
            "user" => heard(message, &at, &mut shown)?,
            "assistant" => join(&mut shown, said(message, &at)?),
            // Some programs put what the system is told between the messages.
            "system" => shown.push(self::message("system", message.content.text(&format!("{at}.content"))?)),
            role => {
                let words = format!("{at}.role: \"{role}\" is none of user and assistant.");
                return Err(ApiError::invalid_param(format!("{at}.role"), words));
            }
        }
    }
    Ok(shown)
}

/// Adds what a user's message says: results of tools, each a message of its own, and words.
fn heard(message: &Message, at: &str, shown: &mut Vec<ChatMessage>) -> Result<(), ApiError> {
    for (n, block) in message.content.blocks().iter().enumerate() {
        let at = format!("{at}.content[{n}]");
        match block.kind.as_str() {
            "tool_result" => shown.push(block.result(&at)?),
            _ => join(shown, self::message("user", block.text(&at)?)),
        }
    }
    Ok(())
}

/// What an answer of the model said. Its thoughts are left out: models are not shown earlier ones.
fn said(message: &Message, at: &str) -> Result<ChatMessage, ApiError> {
    let mut whole = self::message("assistant", String::new());
    for (n, block) in message.content.blocks().iter().enumerate() {
        let at = format!("{at}.content[{n}]");
        match block.kind.as_str() {
            "thinking" | "redacted_thinking" => {}
            "tool_use" => whole.tool_calls.push(block.called(&at)?),
            _ => {
                let text = block.text(&at)?;
                add(&mut whole.content, &text);
            }
        }
    }
    Ok(whole)
}

/// Adds a message. Those of one speaker in a row are one: that is how Anthropic reads them, and many templates refuse
/// anything but turns.
fn join(shown: &mut Vec<ChatMessage>, message: ChatMessage) {
    match shown.last_mut() {
        Some(last) if last.role == message.role => {
            add(&mut last.content, &message.content);
            last.tool_calls.extend(message.tool_calls);
        }
        _ => shown.push(message),
    }
}

fn add(text: &mut String, more: &str) {
    if !text.is_empty() && !more.is_empty() {
        text.push('\n');
    }
    text.push_str(more);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(messages: Value) -> Result<Vec<ChatMessage>, ApiError> {
        super::messages(&serde_json::from_value::<Vec<Message>>(messages).expect("messages"))
    }

    fn told(text: Value) -> Option<String> {
        let content: Content = serde_json::from_value(text).expect("content");
        system(Some(&content)).unwrap().map(|message| message.content)
    }

    #[test]
    fn results_become_messages_of_their_own_and_thoughts_are_left_out() {
        let shown = read(json!([
            { "role": "user", "content": "How warm is it?" },
            { "role": "assistant", "content": [
                { "type": "thinking", "thinking": "A tool knows.", "signature": "x" },
                { "type": "redacted_thinking", "data": "x" },
                { "type": "text", "text": "I look." },
                { "type": "tool_use", "id": "t1", "name": "weather", "input": { "city": "Paris" } },
            ] },
            { "role": "user", "content": [
                { "type": "tool_result", "tool_use_id": "t1", "content": [{ "type": "text", "text": "No city" }], "is_error": true },
                { "type": "text", "text": "Go on." },
            ] },
        ]))
        .unwrap();
        let call = ToolCallOut { id: "t1".into(), name: "weather".into(), arguments: r#"{"city":"Paris"}"#.into() };
        let expected = [
            message("user", "How warm is it?".into()),
            ChatMessage { tool_calls: vec![call], ..message("assistant", "I look.".into()) },
            ChatMessage { tool_call_id: Some("t1".into()), ..message("tool", "Error: No city".into()) },
            message("user", "Go on.".into()),
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn messages_of_one_speaker_in_a_row_are_one() {
        let shown = read(json!([
            { "role": "user", "content": "One." },
            { "role": "user", "content": [{ "type": "text", "text": "Two." }, { "type": "text", "text": "Three." }] },
        ]));
        assert_eq!(shown.unwrap(), [message("user", "One.\nTwo.\nThree.".into())]);
    }

    #[test]
    fn the_line_for_accounts_is_left_out_wherever_it_begins_the_systems_words() {
        let billing = "x-anthropic-billing-header: cc_version=2.1; cch=1a2b3;";
        let blocks = json!([{ "type": "text", "text": billing }, { "type": "text", "text": "You help." }]);
        assert_eq!(told(blocks).as_deref(), Some("You help."));
        assert_eq!(told(json!(format!("{billing}\nYou help."))).as_deref(), Some("You help."));
        assert_eq!(told(json!(billing)), None);
        let later = json!([{ "type": "text", "text": "You help." }, { "type": "text", "text": billing }]);
        assert_eq!(told(later), Some(format!("You help.\n{billing}")), "said later, it may be what the talk is about");
    }

    #[test]
    fn what_is_not_understood_is_refused_where_it_stands() {
        let param = |block: Value| read(json!([{ "role": "user", "content": [block] }])).unwrap_err().param;
        for kind in ["image", "document", "search_result", "text", "tool_result", ""] {
            assert_eq!(param(json!({ "type": kind })).as_deref(), Some("messages[0].content[0]"), "{kind}");
        }
        let call = json!([{ "role": "assistant", "content": [{ "type": "tool_use", "id": "t" }] }]);
        assert_eq!(read(call).unwrap_err().param.as_deref(), Some("messages[0].content[0]"));
        let role = read(json!([{ "role": "tool", "content": "x" }])).unwrap_err();
        assert_eq!(role.param.as_deref(), Some("messages[0].role"));
        assert!(read(json!([])).is_err());
    }
}
