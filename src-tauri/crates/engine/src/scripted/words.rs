//! The scripted worker's idea of language: a token is a word with the space before it.

use crate::protocol::{Conversation, Prompt};

/// A text in tokens; joined they are the text again.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let word = rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len());
        let end = rest[word..].find(char::is_whitespace).map_or(rest.len(), |length| word + length);
        let (token, after) = rest.split_at(end);
        rest = after;
        (!token.is_empty()).then_some(token)
    })
}

/// How many tokens a text has.
pub(super) fn count(text: &str) -> u32 {
    u32::try_from(text.split_whitespace().count()).unwrap_or(u32::MAX)
}

/// How many tokens each message of a prompt has; empty for a raw text.
pub(super) fn count_messages(prompt: &Prompt) -> Vec<u32> {
    match prompt {
        Prompt::Chat(conversation) => conversation.messages.iter().map(|message| count(&message.content)).collect(),
        Prompt::Text { .. } => Vec::new(),
    }
}

/// How many tokens a prompt has.
pub(super) fn count_prompt(prompt: &Prompt) -> u32 {
    match prompt {
        Prompt::Chat(_) => count_messages(prompt).iter().sum(),
        Prompt::Text { text } => count(text),
    }
}

/// What the person said last.
pub(super) fn said(prompt: &Prompt) -> &str {
    match prompt {
        Prompt::Chat(Conversation { messages, .. }) => {
            messages.iter().rev().find(|message| message.role == "user").map_or("", |message| &message.content)
        }
        Prompt::Text { text } => text,
    }
}

/// The default answer to a prompt; of an answer to be gone on with, the part that is missing.
pub(super) fn echo(prompt: &Prompt) -> String {
    let whole = format!("You said: {}", said(prompt));
    match prompt {
        Prompt::Chat(Conversation { continue_last: true, messages, .. }) => {
            let begun = messages.last().map_or("", |message| &message.content);
            whole.strip_prefix(begun).map_or_else(|| " And so on.".to_owned(), str::to_owned)
        }
        _ => whole,
    }
}

/// A vector for a text: eight numbers that depend on its words, of length 1.
pub(super) fn embed(text: &str) -> Vec<f32> {
    let mut vector = [0_f32; 8];
    for word in text.split_whitespace() {
        // FNV-1a: the same on every machine and in every build.
        let hash = word.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        vector[hash as usize % 8] += 1.0;
    }
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    vector.iter().map(|value| if length > 0.0 { value / length } else { 0.0 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::ChatMessage;

    fn chat(messages: &[(&str, &str)], continue_last: bool) -> Prompt {
        let message = |(role, content): &(&str, &str)| ChatMessage {
            role: (*role).into(),
            content: (*content).into(),
            ..ChatMessage::default()
        };
        let messages = messages.iter().map(message).collect();
        Prompt::Chat(Conversation { messages, continue_last, ..Conversation::default() })
    }

    #[test]
    fn tokens_joined_are_the_text() {
        for text in ["", "one", " two  words\n\nand more ", "née à Paris\t"] {
            assert_eq!(tokens(text).collect::<String>(), text);
        }
        assert_eq!(tokens("You said: hi").collect::<Vec<_>>(), ["You", " said:", " hi"]);
    }

    #[test]
    fn an_answer_to_be_gone_on_with_gets_what_is_missing() {
        assert_eq!(echo(&chat(&[("user", "hi there")], false)), "You said: hi there");
        assert_eq!(echo(&chat(&[("user", "hi there"), ("assistant", "You said: hi")], true)), " there");
        assert_eq!(echo(&chat(&[("user", "hi"), ("assistant", "Hm,")], true)), " And so on.");
    }
}
