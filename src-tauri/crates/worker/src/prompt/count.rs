//! Counting tokens without generating any.

use inglenook_engine::protocol::{Conversation, Prompt};

use super::{Prepared, Shown};
use crate::error::WorkerError;
use crate::model::Model;

/// All tokens of a prompt, and for a conversation those that each message adds.
pub(crate) fn count(model: &Model, prompt: &Prompt) -> Result<(u32, Vec<u32>), WorkerError> {
    match prompt {
        Prompt::Text { text } => Ok((model.encode_text(text)?.len() as u32, Vec::new())),
        Prompt::Chat(conversation) => chat(model, conversation),
    }
}

fn chat(model: &Model, conversation: &Conversation) -> Result<(u32, Vec<u32>), WorkerError> {
    let shown = Shown::new(model, conversation);
    let total = Prepared::chat(model, conversation, false)?.tokens.len();
    // Tools may have become a message that the host does not know of.
    let own = shown.messages.len() - conversation.messages.len();
    let render =
        |n: usize| model.template().render(&shown.messages[..own + n], &shown.tools, conversation.reasoning, false);
    let size = |text: &str| model.tokens().encode(text).map(|tokens| tokens.len());
    // What stands in front of the first message: what a template writes for none, if it takes that.
    let mut before = render(0).unwrap_or_default();
    let mut per_message = Vec::with_capacity(conversation.messages.len());
    for n in 1..=conversation.messages.len() {
        let message = &conversation.messages[n - 1];
        let adds = match render(n) {
            Ok(text) => {
                let adds = match text.strip_prefix(before.as_str()) {
                    Some(added) => size(added)?,
                    // The template writes the same message otherwise when another follows it.
                    None => size(&text)?.saturating_sub(size(&before)?),
                };
                before = text;
                adds
            }
            // A template that refuses a conversation in its middle; what is said is most of what counts.
            Err(_) => size(&message.content)?,
        };
        per_message.push(adds as u32);
    }
    Ok((total as u32, per_message))
}
