//! What the model is shown: the path of the tree up to the answer, as a conversation.

use inglenook_contract::{Message, Parameters, Role};
use inglenook_engine::protocol::{ChatMessage, Conversation, ToolCallOut};

/// The conversation that `answer` answers. `path` runs from the first message to the answer itself; what stands
/// in the answer already is gone on with.
pub(crate) fn conversation(path: &[Message], answer: &Message, parameters: &Parameters) -> Conversation {
    let mut messages = Vec::with_capacity(path.len() + 1);
    if !parameters.system_prompt.trim().is_empty() {
        messages.push(ChatMessage {
            role: "system".into(),
            content: parameters.system_prompt.clone(),
            ..ChatMessage::default()
        });
    }
    for message in path.iter().filter(|message| message.id != answer.id && was_said(message)) {
        match messages.last_mut() {
            // Where an answer is left out; templates of many models refuse two of a person's messages in a row.
            Some(last) if message.role == Role::User && last.role == "user" => {
                last.content = format!("{}\n\n{}", last.content, message.text);
            }
            _ => messages.push(shown(message)),
        }
    }
    let continue_last = !answer.text.is_empty() || !answer.reasoning.is_empty();
    if continue_last {
        messages.push(ChatMessage { reasoning: answer.reasoning.clone(), ..shown(answer) });
    }
    // Going on inside the reasoning needs its opening, whatever the switch says now.
    let unfinished_thought = answer.text.is_empty() && !answer.reasoning.is_empty();
    let reasoning = parameters.thinking.unwrap_or(false) || unfinished_thought;
    Conversation { messages, reasoning, continue_last, ..Conversation::default() }
}

/// An answer that failed before its first word would only confuse the model.
fn was_said(message: &Message) -> bool {
    message.role != Role::Assistant || !message.text.is_empty() || !message.tool_calls.is_empty()
}

fn shown(message: &Message) -> ChatMessage {
    let role = match message.role {
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::Tool => "tool",
    };
    let tool_calls = message
        .tool_calls
        .iter()
        .map(|call| ToolCallOut { id: call.id.clone(), name: call.name.clone(), arguments: call.arguments.clone() })
        .collect();
    ChatMessage { role: role.into(), content: message.text.clone(), tool_calls, ..ChatMessage::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use inglenook_contract::MessageStatus;

    fn message(id: &str, role: Role, text: &str) -> Message {
        Message {
            id: id.into(),
            chat: "chat".into(),
            parent: None,
            index: 0,
            role,
            text: text.into(),
            reasoning: String::new(),
            reasoning_ms: None,
            tool_calls: Vec::new(),
            status: MessageStatus::Done,
            finish_reason: None,
            error: None,
            stats: None,
            answered_by: None,
            edited: false,
            created_at: 0,
            versions: vec![id.into()],
        }
    }

    #[test]
    fn the_system_prompt_stands_first_and_the_empty_answer_is_left_out() {
        let path = [message("1", Role::User, "Hello"), message("2", Role::Assistant, "")];
        let parameters = Parameters { system_prompt: "Be brief.".into(), ..Parameters::default() };
        let conversation = conversation(&path, &path[1], &parameters);
        let shown: Vec<_> = conversation.messages.iter().map(|m| (m.role.as_str(), m.content.as_str())).collect();
        assert_eq!(shown, [("system", "Be brief."), ("user", "Hello")]);
        assert!(!conversation.continue_last, "a new answer begins from nothing");
    }

    #[test]
    fn what_stands_in_an_answer_is_gone_on_with() {
        let path = [message("1", Role::User, "Count"), message("2", Role::Assistant, "1, 2,")];
        let conversation = conversation(&path, &path[1], &Parameters::default());
        assert!(conversation.continue_last, "the answer was cut and goes on");
        assert_eq!(conversation.messages.last().map(|m| m.content.as_str()), Some("1, 2,"));
    }

    #[test]
    fn an_answer_that_failed_before_its_first_word_is_not_shown_to_the_model() {
        let mut failed = message("2", Role::Assistant, "");
        failed.status = MessageStatus::Failed;
        let path = [
            message("1", Role::User, "One"),
            failed,
            message("3", Role::User, "Two"),
            message("4", Role::Assistant, ""),
        ];
        let conversation = conversation(&path, &path[3], &Parameters::default());
        let shown: Vec<_> = conversation.messages.iter().map(|m| (m.role.as_str(), m.content.as_str())).collect();
        assert_eq!(shown, [("user", "One\n\nTwo")], "only what was said, and the roles still alternate");
    }
}
