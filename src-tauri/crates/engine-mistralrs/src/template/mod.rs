//! The chat template: Jinja that comes with the model and turns a conversation into its prompt.
//!
//! A template is a program written by a stranger. It runs here with a bounded number of steps and sees nothing
//! but the conversation. mistral.rs renders templates too; the worker does it itself because it must know the
//! prompt (to count it, to keep the KV cache of the last turn, to go on with an answer) and because 0.8.1 asks
//! for reasoning unless told otherwise.

mod functions;
mod messages;

use minijinja::{Environment, ErrorKind, Value, context};

use crate::error::WorkerError;
use inglenook_engine::protocol::ChatMessage;

/// Steps of the template engine before a template is taken for endless. A long chat with tools takes about a
/// hundred thousand; ten million take a second.
const FUEL: u64 = 10_000_000;

/// The name under which the template is known to the engine.
const NAME: &str = "chat";

/// Special tokens that templates refer to by these names.
#[derive(Clone, Debug, Default)]
pub(crate) struct SpecialTokens {
    /// Begins a text; empty if the model has none.
    pub(crate) bos: String,
    /// Ends a text.
    pub(crate) eos: String,
    /// Stands for what is unknown.
    pub(crate) unk: String,
    /// Fills up.
    pub(crate) pad: String,
}

/// A compiled template.
pub(crate) struct Template {
    source: String,
    environment: Environment<'static>,
    special: SpecialTokens,
    tools: bool,
    switches_reasoning: bool,
    always_reasons: bool,
}

impl Template {
    /// Compiles a template and finds out what it can do.
    pub(crate) fn new(source: &str, special: SpecialTokens) -> Result<Self, WorkerError> {
        let mut environment = Environment::new();
        functions::add_to(&mut environment);
        environment.set_fuel(Some(FUEL));
        environment
            .add_template_owned(NAME, functions::without_foreign_tags(source))
            .map_err(|error| WorkerError::TemplateFailed { words: words(&error) })?;
        let mut template = Self {
            source: source.to_owned(),
            environment,
            special,
            tools: false,
            switches_reasoning: false,
            always_reasons: false,
        };
        template.probe();
        Ok(template)
    }

    /// The template as it was given.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// Whether it shows tools to the model.
    pub(crate) fn knows_tools(&self) -> bool {
        self.tools
    }

    /// Whether the model reasons aloud when asked to, or anyway.
    pub(crate) fn knows_reasoning(&self) -> bool {
        self.switches_reasoning || self.always_reasons
    }

    /// The prompt for a conversation.
    pub(crate) fn render(
        &self,
        conversation: &[ChatMessage],
        tools: &[serde_json::Value],
        reasoning: bool,
        add_generation_prompt: bool,
    ) -> Result<String, WorkerError> {
        let tools = if tools.is_empty() { Value::from(()) } else { Value::from_serialize(tools) };
        let template = self
            .environment
            .get_template(NAME)
            .map_err(|error| WorkerError::TemplateFailed { words: words(&error) })?;
        template
            .render(context! {
                messages => messages::for_template(conversation),
                tools,
                documents => (),
                add_generation_prompt,
                // Three names for one switch: Qwen and most others, DeepSeek and Granite, gpt-oss.
                enable_thinking => reasoning,
                thinking => reasoning,
                reasoning_effort => if reasoning { "medium" } else { "low" },
                bos_token => self.special.bos,
                eos_token => self.special.eos,
                unk_token => self.special.unk,
                pad_token => self.special.pad,
            })
            .map_err(|error| WorkerError::TemplateFailed { words: words(&error) })
    }

    /// Finds out by trying what the template does with tools and with the wish to reason.
    fn probe(&mut self) {
        let asks = [ChatMessage { role: "user".into(), content: "Hello".into(), ..ChatMessage::default() }];
        let tool = serde_json::json!({"type": "function", "function": {
            "name": "inglenook_probe", "description": "d",
            "parameters": {"type": "object", "properties": {}, "required": []},
        }});
        let with_tool = self.render(&asks, &[tool], false, true);
        self.tools = with_tool.is_ok_and(|prompt| prompt.contains("inglenook_probe"));
        let (off, on) = (self.render(&asks, &[], false, true), self.render(&asks, &[], true, true));
        if let (Ok(off), Ok(on)) = (off, on) {
            self.switches_reasoning = off != on;
            self.always_reasons = ends_in_open_mark(&off);
        }
    }
}

/// Whether a prompt ends with reasoning just opened.
pub(crate) fn ends_in_open_mark(prompt: &str) -> bool {
    let end = prompt.trim_end();
    ["<think>", "[THINK]", "<seed:think>", "<|channel>thought"].iter().any(|mark| end.ends_with(mark))
}

fn words(error: &minijinja::Error) -> String {
    if error.kind() == ErrorKind::OutOfFuel {
        return "it does not come to an end".into();
    }
    let detail = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    match error.line() {
        // What the template itself says, with raise_exception, is meant for people.
        _ if error.kind() == ErrorKind::InvalidOperation && error.detail().is_some() => {
            detail.trim_end_matches(['.', '!']).to_owned()
        }
        Some(line) => format!("{} in line {line}", detail.trim_end_matches('.')),
        None => detail,
    }
}

#[cfg(test)]
mod tests;
