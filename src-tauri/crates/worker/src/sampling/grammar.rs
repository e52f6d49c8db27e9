//! Grammars: answers that must be JSON of a certain form.

use inglenook_engine::protocol::{ResponseFormat, ToolChoice};
use llguidance::api::TopLevelGrammar;
use llguidance::toktrie::SimpleVob;
use llguidance::{Matcher, ParserFactory};
use serde_json::{Value, json};

use super::closed::closed;
use crate::error::WorkerError;
use crate::stream::tool_forms::tool_name;

/// Says which tokens may come next.
pub(crate) struct Grammar(Matcher);

impl Grammar {
    /// A grammar for JSON that this schema allows. There is no free white space: a small model would fill its
    /// whole answer with it.
    pub(crate) fn json(factory: &ParserFactory, mut schema: Value) -> Result<Self, WorkerError> {
        if let Value::Bool(allow) = schema {
            schema = if allow { json!({}) } else { json!({"not": {}}) };
        }
        let Value::Object(fields) = &mut schema else {
            return Err(WorkerError::invalid("A JSON schema must be a JSON object."));
        };
        // The separators of Python's json.dumps, which models have seen most.
        fields.insert(
            "x-guidance".into(),
            json!({"whitespace_flexible": false, "item_separator": ", ", "key_separator": ": "}),
        );
        let grammar = TopLevelGrammar::from_json_schema(schema);
        let parser = factory.create_parser(grammar).map_err(|error| WorkerError::InvalidRequest {
            why: format!("The engine cannot follow this JSON schema: {error}."),
        })?;
        Ok(Self(Matcher::new(Ok(parser))))
    }

    /// What may come next, as a set of tokens. `None` if the grammar is at its end.
    pub(crate) fn allowed(&mut self) -> Result<Option<SimpleVob>, WorkerError> {
        if self.0.is_stopped() {
            return Ok(None);
        }
        self.0.compute_mask().map(Some).map_err(failed)
    }

    /// Whether the answer may end here.
    pub(crate) fn may_end(&mut self) -> bool {
        self.0.is_stopped() || self.0.is_accepting().unwrap_or(false)
    }

    /// Takes a drawn token. True when nothing can follow it.
    pub(crate) fn accept(&mut self, token: u32) -> Result<bool, WorkerError> {
        self.0.consume_token(token).map_err(failed)?;
        Ok(self.0.is_stopped())
    }
}

fn failed(error: impl std::fmt::Display) -> WorkerError {
    WorkerError::EngineFailed { doing: "follow the grammar of the answer", detail: error.to_string() }
}

/// The schema that a response format stands for; `None` for free text.
pub(crate) fn schema_of(format: &ResponseFormat) -> Option<Value> {
    match format {
        ResponseFormat::Text => None,
        ResponseFormat::JsonObject => Some(json!({"type": "object"})),
        ResponseFormat::JsonSchema { schema } => Some(closed(schema.clone())),
    }
}

/// The schema of one call of the tools that may be called; `key` is what the model calls the arguments.
pub(crate) fn schema_of_call(tools: &[Value], choice: &ToolChoice, key: &str) -> Result<Value, WorkerError> {
    let wanted = |tool: &&Value| match choice {
        ToolChoice::Named { name } => tool_name(tool) == Some(name.as_str()),
        _ => true,
    };
    let calls: Vec<Value> = tools
        .iter()
        .filter(wanted)
        .filter_map(|tool| {
            let name = tool_name(tool)?;
            let parameters = tool.get("function").unwrap_or(tool).get("parameters");
            let parameters = of_arguments(parameters.filter(|p| p.is_object()).cloned().unwrap_or_else(|| json!({})));
            Some(json!({
                "type": "object",
                "properties": {"name": {"const": name}, key: parameters},
                "required": ["name", key],
                "additionalProperties": false,
            }))
        })
        .collect();
    match (calls.as_slice(), choice) {
        ([], ToolChoice::Named { name }) => Err(WorkerError::invalid(format!("There is no tool named {name}."))),
        ([], _) => Err(WorkerError::invalid("A tool must be called, but none was offered.")),
        ([one], _) => Ok(one.clone()),
        (several, _) => Ok(json!({"anyOf": several})),
    }
}

/// The schema of a tool's arguments: always an object.
fn of_arguments(mut parameters: Value) -> Value {
    if let Value::Object(fields) = &mut parameters {
        fields.entry("type").or_insert("object".into());
    }
    closed(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tools() -> Vec<Value> {
        vec![
            json!({"type": "function", "function": {"name": "add", "parameters": {"type": "object", "properties": {"a": {"type": "integer"}}}}}),
            json!({"type": "function", "function": {"name": "now"}}),
        ]
    }

    #[test]
    fn a_named_tool_is_the_only_one_allowed() {
        let schema = schema_of_call(&tools(), &ToolChoice::Named { name: "now".into() }, "arguments").unwrap();
        assert_eq!(schema["properties"]["name"]["const"], "now");
        assert_eq!(schema["properties"]["arguments"], json!({"type": "object"}), "no parameters means any object");
        assert!(schema_of_call(&tools(), &ToolChoice::Named { name: "sub".into() }, "arguments").is_err());
    }

    #[test]
    fn any_of_several_tools_is_allowed_when_one_is_required() {
        let schema = schema_of_call(&tools(), &ToolChoice::Required, "parameters").unwrap();
        assert_eq!(schema["anyOf"].as_array().map(Vec::len), Some(2));
        assert!(schema_of_call(&[], &ToolChoice::Required, "arguments").is_err());
    }
}
