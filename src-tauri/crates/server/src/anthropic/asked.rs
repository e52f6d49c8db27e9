//! What a request may say, and what it means.

use inglenook_app::serving::Wish;
use inglenook_contract::Parameters;
use inglenook_engine::protocol::{Conversation, ResponseFormat, ToolChoice};
use serde::Deserialize;
use serde_json::{Value, json};

use super::content::{self, Content, Message};
use crate::answer::Ask;
use crate::error::ApiError;
use crate::openai::asked::{Drawing, OneOrMany, most_tokens};

/// A request for an answer, or for the count of what it would read. Fields that are not known are left aside.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Request {
    pub(super) model: String,
    messages: Vec<Message>,
    system: Option<Content>,
    max_tokens: Option<i64>,
    pub(super) stream: Option<bool>,
    temperature: Option<f64>,
    top_p: Option<f64>,
    top_k: Option<i64>,
    stop_sequences: Option<Vec<String>>,
    tools: Option<Vec<Tool>>,
    tool_choice: Option<Choice>,
    thinking: Option<Thinking>,
    output_config: Option<OutputConfig>,
    output_format: Option<OutputFormat>,
}

/// A tool that is offered.
#[derive(Clone, Debug, Deserialize)]
struct Tool {
    #[serde(rename = "type")]
    kind: Option<String>,
    name: String,
    description: Option<String>,
    input_schema: Option<Value>,
}

/// Whether a tool must be called.
#[derive(Clone, Debug, Deserialize)]
struct Choice {
    #[serde(rename = "type")]
    kind: String,
    name: Option<String>,
    disable_parallel_tool_use: Option<bool>,
}

/// Whether the model reasons first. How long is its own affair: `budget_tokens` is a goal there too, and no engine here
/// can be given one.
#[derive(Clone, Debug, Deserialize)]
struct Thinking {
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Clone, Debug, Deserialize)]
struct OutputConfig {
    format: Option<OutputFormat>,
}

#[derive(Clone, Debug, Deserialize)]
struct OutputFormat {
    #[serde(rename = "type")]
    kind: String,
    schema: Option<Value>,
}

impl Request {
    /// The conversation that the model is shown. Words of the model at its end are gone on with.
    pub(super) fn conversation(&self) -> Result<Conversation, ApiError> {
        let tools = self.tools.iter().flatten().enumerate().map(|(n, tool)| tool.offered(n));
        let tools = tools.collect::<Result<Vec<_>, _>>()?;
        let tool_choice = self.tool_choice(&tools)?;
        let mut messages: Vec<_> = content::system(self.system.as_ref())?.into_iter().collect();
        messages.extend(content::messages(&self.messages)?);
        let last = messages.last();
        let continue_last =
            last.is_some_and(|last| last.role == "assistant" && last.tool_calls.is_empty() && !last.content.is_empty());
        Ok(Conversation {
            messages,
            tools: if tool_choice == ToolChoice::None { Vec::new() } else { tools },
            tool_choice,
            reasoning: self.thinks()?,
            continue_last,
        })
    }

    /// What the model is asked besides.
    pub(super) fn ask(&self) -> Result<Ask, ApiError> {
        let Some(max_tokens) = most_tokens("max_tokens", self.max_tokens)? else {
            let words = "max_tokens is missing: say how many tokens the answer may have at most.";
            return Err(ApiError::invalid_param("max_tokens", words));
        };
        let drawing = Drawing {
            temperature: self.temperature,
            top_p: self.top_p,
            top_k: self.top_k,
            stop: self.stop_sequences.clone().map(OneOrMany::Many),
            ..Drawing::default()
        };
        let (parameters, _) = drawing.read()?;
        Ok(Ask {
            wish: self.wish(),
            parameters: Parameters { max_tokens: Some(max_tokens), thinking: Some(self.thinks()?), ..parameters },
            response_format: self.response_format()?,
            choices: 1,
            ..Ask::default()
        })
    }

    pub(super) fn wish(&self) -> Wish {
        Wish { name: self.model.clone(), ..Wish::default() }
    }

    /// One tool call at most.
    pub(super) fn one_call(&self) -> bool {
        self.tool_choice.as_ref().and_then(|choice| choice.disable_parallel_tool_use).unwrap_or(false)
    }

    /// Who does not ask for thoughts gets none: programs read the first block as the answer.
    fn thinks(&self) -> Result<bool, ApiError> {
        match self.thinking.as_ref().map(|thinking| thinking.kind.as_str()) {
            None | Some("disabled") => Ok(false),
            Some("enabled" | "adaptive") => Ok(true),
            Some(kind) => {
                let words = format!("thinking.type: \"{kind}\" is none of enabled, adaptive and disabled.");
                Err(ApiError::invalid_param("thinking.type", words))
            }
        }
    }

    fn tool_choice(&self, tools: &[Value]) -> Result<ToolChoice, ApiError> {
        let Some(choice) = &self.tool_choice else { return Ok(ToolChoice::Auto) };
        let wrong = |words: String| Err(ApiError::invalid_param("tool_choice", words));
        match (choice.kind.as_str(), &choice.name) {
            ("auto", _) => Ok(ToolChoice::Auto),
            ("none", _) => Ok(ToolChoice::None),
            ("any", _) if tools.is_empty() => wrong("tool_choice is \"any\", and no tool is offered.".to_owned()),
            ("any", _) => Ok(ToolChoice::Required),
            ("tool", Some(name)) if tools.iter().any(|tool| tool["function"]["name"] == *name) => {
                Ok(ToolChoice::Named { name: name.clone() })
            }
            ("tool", Some(name)) => wrong(format!("tool_choice: no tool \"{name}\" is offered.")),
            ("tool", None) => wrong("tool_choice names no tool.".to_owned()),
            (kind, _) => wrong(format!("tool_choice.type: \"{kind}\" is none of auto, any, tool and none.")),
        }
    }

    fn response_format(&self) -> Result<ResponseFormat, ApiError> {
        let format = self.output_config.as_ref().and_then(|config| config.format.as_ref());
        match format.or(self.output_format.as_ref()) {
            None => Ok(ResponseFormat::Text),
            Some(OutputFormat { kind, schema: Some(schema) }) if kind == "json_schema" && schema.is_object() => {
                Ok(ResponseFormat::JsonSchema { schema: schema.clone() })
            }
            Some(_) => Err(ApiError::invalid_param("output_config.format", "The format has to be a json_schema.")),
        }
    }
}

impl Tool {
    /// The tool as templates know tools.
    fn offered(&self, n: usize) -> Result<Value, ApiError> {
        let kind = self.kind.as_deref().unwrap_or("custom");
        if kind != "custom" {
            let words = format!(
                "tools[{n}]: \"{kind}\" runs on Anthropic's machines. Only your own tools can be offered here."
            );
            return Err(ApiError::invalid_param(format!("tools[{n}].type"), words));
        }
        if self.name.is_empty() {
            return Err(ApiError::invalid_param(format!("tools[{n}].name"), format!("tools[{n}] has no name.")));
        }
        let parameters = self.input_schema.clone().unwrap_or_else(|| json!({ "type": "object", "properties": {} }));
        let mut function = json!({ "name": self.name });
        if let Some(description) = &self.description {
            function["description"] = json!(description);
        }
        function["parameters"] = parameters;
        Ok(json!({ "type": "function", "function": function }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(more: Value) -> Request {
        let mut request = json!({
            "model": "pocket", "max_tokens": 64, "messages": [{ "role": "user", "content": "Hello" }],
        });
        request.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        serde_json::from_value(request).expect("a request")
    }

    fn weather() -> Value {
        json!({ "name": "weather", "description": "Tells it.", "input_schema": { "type": "object" } })
    }

    #[test]
    fn what_steers_the_answer_becomes_parameters() {
        let ask = request(json!({ "temperature": 1.5, "top_p": 0.9, "top_k": 5, "stop_sequences": ["END", ""] })).ask();
        let expected = Parameters {
            temperature: Some(1.5),
            top_p: Some(0.9),
            top_k: Some(5),
            stop: vec!["END".into()],
            max_tokens: Some(64),
            thinking: Some(false),
            ..Parameters::default()
        };
        assert_eq!(ask.unwrap().parameters, expected);
        let thinks = request(json!({ "thinking": { "type": "enabled", "budget_tokens": 1024 } }));
        assert!(thinks.conversation().unwrap().reasoning);
    }

    #[test]
    fn tools_are_offered_as_templates_know_them() {
        let asked = request(json!({ "tools": [weather()], "tool_choice": { "type": "tool", "name": "weather" } }));
        let conversation = asked.conversation().unwrap();
        let function = json!({ "name": "weather", "description": "Tells it.", "parameters": { "type": "object" } });
        assert_eq!(conversation.tools, [json!({ "type": "function", "function": function })]);
        assert_eq!(conversation.tool_choice, ToolChoice::Named { name: "weather".into() });
        let any = request(
            json!({ "tools": [weather()], "tool_choice": { "type": "any", "disable_parallel_tool_use": true } }),
        );
        assert_eq!(any.conversation().unwrap().tool_choice, ToolChoice::Required);
        assert!(any.one_call());
        let none = request(json!({ "tools": [weather()], "tool_choice": { "type": "none" } }));
        assert!(none.conversation().unwrap().tools.is_empty());
    }

    #[test]
    fn words_of_the_model_at_the_end_are_gone_on_with() {
        let ends = |role: &str| {
            let messages = json!([{ "role": "user", "content": "Hello" }, { "role": role, "content": "Good " }]);
            request(json!({ "messages": messages, "system": "Be brief." })).conversation().unwrap()
        };
        assert!(ends("assistant").continue_last && !ends("user").continue_last);
        assert_eq!(ends("assistant").messages[0].role, "system");
    }

    #[test]
    fn a_schema_rules_the_answer() {
        let schema = json!({ "type": "object" });
        let format = json!({ "type": "json_schema", "schema": schema });
        for more in [json!({ "output_config": { "format": format } }), json!({ "output_format": format })] {
            let expected = ResponseFormat::JsonSchema { schema: schema.clone() };
            assert_eq!(request(more).ask().unwrap().response_format, expected);
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_name() {
        for (more, param) in [
            (json!({ "max_tokens": null }), "max_tokens"),
            (json!({ "max_tokens": 0 }), "max_tokens"),
            (json!({ "temperature": 2.5 }), "temperature"),
            (json!({ "output_format": { "type": "text" } }), "output_config.format"),
            (json!({ "thinking": { "type": "maybe" } }), "thinking.type"),
        ] {
            assert_eq!(request(more.clone()).ask().unwrap_err().param.as_deref(), Some(param), "{more}");
        }
        for (more, param) in [
            (json!({ "tools": [{ "type": "web_search_20250305", "name": "web_search" }] }), "tools[0].type"),
            (json!({ "tools": [{ "name": "" }] }), "tools[0].name"),
            (json!({ "tool_choice": { "type": "any" } }), "tool_choice"),
            (json!({ "tool_choice": { "type": "tool", "name": "x" }, "tools": [weather()] }), "tool_choice"),
            (json!({ "tool_choice": { "type": "tool" }, "tools": [weather()] }), "tool_choice"),
            (json!({ "tool_choice": { "type": "some" } }), "tool_choice"),
        ] {
            assert_eq!(request(more.clone()).conversation().unwrap_err().param.as_deref(), Some(param), "{more}");
        }
    }
}
