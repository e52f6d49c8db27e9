//! Making a conversation fit: the oldest turns are left out, for programs that ask for that rather than for an error.

use inglenook_engine::protocol::{ChatMessage, Conversation, Prompt};

use crate::answer::Asked;
use crate::error::ApiError;

/// Leaves out the oldest turns until so many tokens are free for the answer (half of what the model holds at most), and
/// says how many messages that were. What is left may still be too long: then the model says so itself.
///
/// System messages stay, and so do the last question and what is answered last. A question goes with its answer, and a
/// tool's call with its results: a template refuses half of either.
///
/// # Errors
/// What the model says of the conversation, for example that its template refuses it.
pub(crate) async fn fit(asked: &Asked, conversation: &mut Conversation, free: u32) -> Result<usize, ApiError> {
    asked.must_write()?;
    let context = asked.ready.lease.ready().context_length;
    let room = context - free.min(context / 2);
    let all = conversation.messages.len();
    loop {
        let count = asked.ready.lease.count(Prompt::Chat(conversation.clone())).await?;
        let gone = match count.tokens.checked_sub(room) {
            None | Some(0) => Vec::new(),
            Some(excess) => oldest(&conversation.messages, &count.per_message, excess),
        };
        if gone.is_empty() {
            return Ok(all - conversation.messages.len());
        }
        let mut at = 0..;
        conversation.messages.retain(|_| at.next().is_none_or(|at: usize| !gone.contains(&at)));
    }
}

/// The places of the oldest messages that make up so many tokens together; fewer where the others have to stay.
fn oldest(messages: &[ChatMessage], tokens: &[u32], excess: u32) -> Vec<usize> {
    let mut gone = Vec::new();
    let mut freed = 0_u32;
    for turn in droppable(messages) {
        if freed >= excess {
            break;
        }
        freed = turn.iter().filter_map(|at| tokens.get(*at)).fold(freed, |sum, more| sum.saturating_add(*more));
        gone.extend(turn);
    }
    gone
}

/// The turns that may go, oldest first: each a question with all that followed it. What followed the last question goes
/// round by round, each a tool's call with its results.
fn droppable(messages: &[ChatMessage]) -> Vec<Vec<usize>> {
    let last_question = messages.iter().rposition(|message| message.role == "user");
    let mut turns: Vec<Vec<usize>> = Vec::new();
    for (at, message) in messages.iter().enumerate().filter(|(_, message)| message.role != "system") {
        let begins = match message.role.as_str() {
            "user" => true,
            "assistant" => last_question.is_some_and(|last| at > last),
            _ => false,
        };
        match turns.last_mut() {
            Some(turn) if !begins => turn.push(at),
            _ => turns.push(vec![at]),
        }
    }
    turns.pop();
    turns.retain(|turn| !last_question.is_some_and(|last| turn.contains(&last)));
    turns
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(roles: &str) -> Vec<ChatMessage> {
        let role = |letter| match letter {
            's' => "system",
            'u' => "user",
            'a' => "assistant",
            _ => "tool",
        };
        roles.chars().map(|letter| ChatMessage { role: role(letter).into(), ..ChatMessage::default() }).collect()
    }

    #[test]
    fn turns_go_whole_and_what_is_asked_last_stays() {
        assert_eq!(droppable(&said("suauau")), [vec![1, 2], vec![3, 4]]);
        assert_eq!(droppable(&said("suattauau")), [vec![1, 2, 3, 4, 5], vec![6, 7]], "a call goes with its results");
        assert_eq!(droppable(&said("uuasu")), [vec![0], vec![1, 2]], "system messages stay wherever they stand");
        assert_eq!(droppable(&said("sauau")), [vec![1], vec![2, 3]]);
        assert!(droppable(&said("su")).is_empty() && droppable(&said("s")).is_empty());
    }

    #[test]
    fn rounds_of_tools_after_the_question_go_one_by_one() {
        assert_eq!(droppable(&said("suauatatat")), [vec![1, 2], vec![4, 5], vec![6, 7]]);
        assert_eq!(droppable(&said("uat")), [] as [Vec<usize>; 0], "the results of the last call are to be answered");
    }

    #[test]
    fn as_many_go_as_have_to() {
        let (messages, tokens) = (said("suauau"), [50, 10, 20, 5, 5, 10]);
        assert_eq!(oldest(&messages, &tokens, 1), [1, 2]);
        assert_eq!(oldest(&messages, &tokens, 30), [1, 2]);
        assert_eq!(oldest(&messages, &tokens, 31), [1, 2, 3, 4]);
        assert_eq!(oldest(&messages, &tokens, 1000), [1, 2, 3, 4], "the rest has to stay");
    }
}
