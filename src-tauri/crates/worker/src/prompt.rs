//! From what the host sends to what the model reads.

use inglenook_engine::protocol::{ChatMessage, Conversation, Prompt, ToolChoice};
use serde_json::Value;

use crate::error::WorkerError;
use crate::model::Model;
use crate::stream::reasoning::Reasoning;
use crate::stream::tool_calls::ToolCalls;
use crate::template::ends_in_open_mark;

mod count;
mod forced;
mod plain;

pub(crate) use count::count;
pub(crate) use forced::Forced;
pub(crate) use plain::{PLAIN, PLAIN_STOP};

/// A prompt ready to be read.
pub(crate) struct Prepared {
    /// The text, for finding it again in a cache.
    pub(crate) text: String,
    /// Its tokens.
    pub(crate) tokens: Vec<u32>,
    /// Tells reasoning from answer.
    pub(crate) reasoning: Reasoning,
    /// Finds tool calls in the answer.
    pub(crate) calls: ToolCalls,
    /// A call that the answer must be.
    pub(crate) forced: Option<Forced>,
    /// Texts at which the answer ends besides those that the host names.
    pub(crate) stop: Vec<String>,
}

impl Prepared {
    /// The prompt for a request. `constrained` says that a grammar rules the answer.
    pub(crate) fn new(model: &Model, prompt: &Prompt, constrained: bool) -> Result<Self, WorkerError> {
        match prompt {
            Prompt::Text { text } => Ok(Self {
                text: text.clone(),
                tokens: model.encode_text(text)?,
                reasoning: Reasoning::behind(),
                calls: ToolCalls::new(&[], false),
                forced: None,
                stop: Vec::new(),
            }),
            Prompt::Chat(conversation) => Self::chat(model, conversation, constrained),
        }
    }

    fn chat(model: &Model, conversation: &Conversation, constrained: bool) -> Result<Self, WorkerError> {
        let shown = Shown::new(model, conversation);
        let resumed = match conversation.messages.last() {
            Some(last) if conversation.continue_last && last.role == "assistant" => Some(last),
            _ if conversation.continue_last => {
                return Err(WorkerError::invalid("Only an answer of the model can be gone on with."));
            }
            _ => None,
        };
        let forced = match &conversation.tool_choice {
            choice @ (ToolChoice::Required | ToolChoice::Named { .. }) => {
                Some(Forced::new(model, &conversation.tools, choice)?)
            }
            ToolChoice::Auto | ToolChoice::None => None,
        };
        // A call that must come leaves no room to think about whether.
        let reasoning = conversation.reasoning && forced.is_none();
        let messages = &shown.messages[..shown.messages.len() - usize::from(resumed.is_some())];
        let mut text = model.template().render(messages, &shown.tools, reasoning, true)?;
        let inside = open_answer(&mut text, model, reasoning, constrained, resumed);
        if let Some(forced) = &forced {
            text.push_str(forced.opening());
        }
        let splitter = match (resumed, inside) {
            _ if forced.is_some() => Reasoning::behind(),
            (Some(last), false) if !last.content.is_empty() => Reasoning::behind(),
            (Some(last), true) if !last.reasoning.is_empty() => Reasoning::within(model.reasoning_marks()),
            _ => Reasoning::new(model.reasoning_marks(), inside),
        };
        let tools: &[Value] = if conversation.tool_choice == ToolChoice::None { &[] } else { &conversation.tools };
        Ok(Self {
            tokens: model.tokens().encode(&text)?,
            text,
            reasoning: splitter,
            calls: match forced {
                Some(_) => ToolCalls::forced(tools),
                None => ToolCalls::new(tools, model.writes_bare_calls()),
            },
            forced,
            stop: model.plain_stop(),
        })
    }
}

/// Brings the end of the prompt into the state in which the answer is to begin: reasoning open or closed, and
/// what was said before an interruption. Says whether the answer begins inside the reasoning.
fn open_answer(
    text: &mut String,
    model: &Model,
    reasoning: bool,
    constrained: bool,
    resumed: Option<&ChatMessage>,
) -> bool {
    let (open, close) = model.reasoning_marks();
    let mut inside = ends_in_open_mark(text);
    let thought = resumed.map_or("", |last| last.reasoning.as_str());
    let said = resumed.map_or("", |last| last.content.as_str());
    if inside && !reasoning && thought.is_empty() {
        // A template that always opens the reasoning, for a request that wants none.
        text.push_str(&format!("\n{close}\n\n"));
        inside = false;
    }
    // Where the model opens it by itself it must be opened for it: to go on in the middle of a thought, and where
    // a grammar would forbid the mark.
    if !inside && model.template().knows_reasoning() && (!thought.is_empty() || (constrained && reasoning)) {
        text.push_str(&format!("{open}\n"));
        inside = true;
    }
    if inside {
        text.push_str(thought);
        if !said.is_empty() {
            text.push_str(&format!("\n{close}\n\n"));
            inside = false;
        }
    }
    text.push_str(said);
    inside
}

/// A conversation as this model's template is shown it.
pub(crate) struct Shown {
    /// The messages.
    pub(crate) messages: Vec<ChatMessage>,
    /// The tools that the template is given.
    pub(crate) tools: Vec<Value>,
}

impl Shown {
    /// Leaves tools out where none may be called, and writes them into the system message for a template that
    /// does not know what a tool is.
    pub(crate) fn new(model: &Model, conversation: &Conversation) -> Self {
        let tools = if conversation.tool_choice == ToolChoice::None { &[][..] } else { &conversation.tools };
        let has_calls = conversation.messages.iter().any(|m| !m.tool_calls.is_empty() || m.role == "tool");
        if model.template().knows_tools() || (tools.is_empty() && !has_calls) {
            return Self { messages: conversation.messages.clone(), tools: tools.to_vec() };
        }
        Self { messages: plain::with_tools_as_text(&conversation.messages, tools), tools: Vec::new() }
    }
}
