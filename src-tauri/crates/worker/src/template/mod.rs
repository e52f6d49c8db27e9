//! The chat template: Jinja that comes with the model and turns a conversation into its prompt.
//!
//! A template is a program written by a stranger. It runs here with a bounded number of steps and sees nothing
//! but the conversation. mistral.rs renders templates too; the worker does it itself because it must know the
//! prompt (to count it, to keep the KV cache of the last turn, to go on with an answer) and because 0.8.1 asks
//! for reasoning unless told otherwise.

mod functions;
mod messages;

use std::panic::{AssertUnwindSafe, catch_unwind};

use minijinja::{Environment, ErrorKind, Value, context};

use crate::error::WorkerError;
use inglenook_engine::protocol::{ChatMessage, ToolCallOut};
use messages::Shape;

/// Steps of the template engine before a template is taken for endless. A long chat with tools takes about a
/// hundred thousand; ten million take a second.
const FUEL: u64 = 10_000_000;

/// The name under which the template is known to the engine.
const NAME: &str = "chat";

/// Special tokens that templates refer to by these names.
#[derive(Clone, Debug, Default)]
pub struct SpecialTokens {
    /// Begins a text; empty if the model has none.
    pub bos: String,
    /// Ends a text.
    pub eos: String,
    /// Stands for what is unknown.
    pub unk: String,
    /// Fills up.
    pub pad: String,
}

/// A compiled template.
pub struct Template {
    source: String,
    environment: Environment<'static>,
    special: SpecialTokens,
    shape: Shape,
    tools: bool,
    switches_reasoning: bool,
    always_reasons: bool,
}

impl Template {
    /// Compiles a template and finds out what it can do.
    pub fn new(source: &str, special: SpecialTokens) -> Result<Self, WorkerError> {
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
            shape: Shape::default(),
            tools: false,
            switches_reasoning: false,
            always_reasons: false,
        };
        template.probe();
        Ok(template)
    }

    /// The template as it was given.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether it shows tools to the model.
    pub fn knows_tools(&self) -> bool {
        self.tools
    }

    /// Whether the model reasons aloud when asked to, or anyway.
    pub fn knows_reasoning(&self) -> bool {
        self.switches_reasoning || self.always_reasons
    }

    /// The prompt for a conversation.
    pub fn render(
        &self,
        conversation: &[ChatMessage],
        tools: &[serde_json::Value],
        reasoning: bool,
        add_generation_prompt: bool,
    ) -> Result<String, WorkerError> {
        let tools = match (tools.is_empty(), self.shape.no_word_of_tools) {
            (true, true) => Value::UNDEFINED,
            (true, false) => Value::from(()),
            (false, _) => Value::from_serialize(tools),
        };
        let values = context! {
            messages => messages::for_template(conversation, self.shape),
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
        };
        // Some filters panic over numbers that no honest template has; nothing here outlives the attempt.
        catch_unwind(AssertUnwindSafe(|| self.environment.get_template(NAME)?.render(values)))
            .map_err(|_| "it asks for something impossible".to_owned())
            .and_then(|rendered| rendered.map_err(|error| words(&error)))
            .map_err(|words| WorkerError::TemplateFailed { words })
    }

    /// Finds out by trying what the template wants and what it can do.
    fn probe(&mut self) {
        let ask = ChatMessage { role: "user".into(), content: "Hello".into(), ..ChatMessage::default() };
        let asks = [ask];
        if self.render(&asks, &[], false, true).is_err() {
            self.shape.no_word_of_tools = true;
            if self.render(&asks, &[], false, true).is_err() {
                self.shape.no_word_of_tools = false;
            }
        }
        self.tools = self.render(&asks, &[probe_tool()], false, true).is_ok_and(|prompt| prompt.contains(PROBE));
        if self.tools {
            self.shape = self.shape_for_calls(&asks[0]);
        }
        let (off, on) = (self.render(&asks, &[], false, true), self.render(&asks, &[], true, true));
        if let (Ok(off), Ok(on)) = (off, on) {
            self.switches_reasoning = off != on;
            self.always_reasons = ends_in_open_mark(&off);
        }
    }

    /// The shape in which the template shows a tool call with its arguments; the usual one if none does.
    fn shape_for_calls(&mut self, ask: &ChatMessage) -> Shape {
        let usual = self.shape;
        let call = ToolCallOut {
            id: "probe1234".into(),
            name: PROBE.into(),
            arguments: format!("{{\"{PROBE}\": \"value-{PROBE}\"}}"),
        };
        let calls = ChatMessage { role: "assistant".into(), tool_calls: vec![call], ..ChatMessage::default() };
        let told = ChatMessage {
            role: "tool".into(),
            content: "1".into(),
            tool_call_id: Some("probe1234".into()),
            ..ChatMessage::default()
        };
        let conversation = [ask.clone(), calls, told];
        for (text_arguments, no_empty_content) in [(false, false), (true, true), (true, false), (false, true)] {
            self.shape = Shape { text_arguments, no_empty_content, ..usual };
            let rendered = self.render(&conversation, &[probe_tool()], false, true);
            // Written once as an object and not once more as a text within quotes.
            if rendered.is_ok_and(|prompt| prompt.contains(&format!("\"value-{PROBE}\""))) {
                return self.shape;
            }
        }
        usual
    }
}

/// A word that no template knows.
const PROBE: &str = "inglenook_probe";

fn probe_tool() -> serde_json::Value {
    serde_json::json!({"type": "function", "function": {
        "name": PROBE, "description": "d", "parameters": {"type": "object", "properties": {}, "required": []},
    }})
}

/// Whether a prompt ends with reasoning just opened.
pub fn ends_in_open_mark(prompt: &str) -> bool {
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
