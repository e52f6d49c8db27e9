//! Calls that must come: the prompt opens the call, a grammar fills it in.

use inglenook_engine::protocol::ToolChoice;
use serde_json::Value;

use crate::error::WorkerError;
use crate::model::Model;
use crate::sampling::grammar::schema_of_call;

/// A call that the answer has to be.
pub(crate) struct Forced {
    opening: &'static str,
    schema: Value,
}

impl Forced {
    /// A call of one of `tools`, in the form that the model knows.
    pub(crate) fn new(model: &Model, tools: &[Value], choice: &ToolChoice) -> Result<Self, WorkerError> {
        let source = model.template().source();
        let (opening, key) = if source.contains("[TOOL_CALLS]") {
            ("[TOOL_CALLS]", "arguments")
        } else if model.writes_bare_calls() {
            ("", "parameters")
        } else if source.contains("<|tool_call|>") {
            ("<|tool_call|>", "arguments")
        } else {
            ("<tool_call>\n", "arguments")
        };
        let call = schema_of_call(tools, choice, key)?;
        let schema = if opening == "[TOOL_CALLS]" {
            serde_json::json!({"type": "array", "items": call, "minItems": 1, "maxItems": 1})
        } else {
            call
        };
        Ok(Self { opening, schema })
    }

    /// What the prompt ends with.
    pub(crate) fn opening(&self) -> &'static str {
        self.opening
    }

    /// What the answer must look like.
    pub(crate) fn schema(&self) -> &Value {
        &self.schema
    }
}
