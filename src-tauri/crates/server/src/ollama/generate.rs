//! `POST /api/generate`.

use std::time::Instant;

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use inglenook_engine::protocol::{ChatMessage, Conversation, Prompt};
use serde::Deserialize;
use serde_json::Value;

use super::asked::{Common, no_pictures, reasoning};
use super::chat::load_or_unload;
use super::said::{Form, Telling};
use crate::body::Json;
use crate::error::ApiError;
use crate::requests::Entry;
use crate::state::Serving;

/// A request.
#[derive(Debug, Deserialize)]
pub(crate) struct Request {
    prompt: Option<String>,
    system: Option<String>,
    template: Option<String>,
    suffix: Option<String>,
    images: Option<Vec<Value>>,
    raw: Option<bool>,
    context: Option<Vec<Value>>,
    #[serde(flatten)]
    common: Common,
}

impl Request {
    /// Refuses what would otherwise be left out of the prompt without a word.
    fn check(&self) -> Result<(), ApiError> {
        let said = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
        let refuse = |param: &str, words: &str| Err(ApiError::invalid_param(param, words));
        no_pictures(self.images.as_ref(), "images")?;
        if said(&self.suffix) {
            return refuse("suffix", "No model here supports insert: leave suffix out.");
        }
        if said(&self.template) {
            let words = "The model's own chat template is used; another one cannot be given. Send the whole prompt with \"raw\": true instead.";
            return refuse("template", words);
        }
        if self.context.as_ref().is_some_and(|context| !context.is_empty()) {
            return refuse("context", "context is not understood: send the conversation to /api/chat.");
        }
        if self.raw == Some(true) && said(&self.system) {
            return refuse("system", "With \"raw\": true the prompt is all there is: put the system's words into it.");
        }
        Ok(())
    }

    fn prompt(&self, text: String, reasoning: bool) -> Prompt {
        if self.raw == Some(true) {
            return Prompt::Text { text };
        }
        let message =
            |role: &str, content: String| ChatMessage { role: role.into(), content, ..ChatMessage::default() };
        let system = self.system.clone().filter(|system| !system.is_empty());
        let system = system.map(|system| message("system", system));
        let messages = system.into_iter().chain([message("user", text)]).collect();
        Prompt::Chat(Conversation { messages, reasoning, ..Conversation::default() })
    }
}

pub(crate) async fn generate(
    State(serving): State<Serving>,
    Extension(entry): Extension<Entry>,
    Json(request): Json<Request>,
) -> Result<Response, ApiError> {
    let began = Instant::now();
    request.check()?;
    let ask = request.common.ask()?;
    let Some(text) = request.prompt.clone().filter(|prompt| !prompt.is_empty()) else {
        return load_or_unload(&serving, &entry, &ask.wish, Form::Text).await;
    };
    let asked = serving.ready(&ask.wish, &entry).await?;
    let prompt = request.prompt(text, reasoning(&ask, &asked.ready)?);
    let answer = asked.answer(&ask, prompt).await?;
    let telling = Telling {
        model: request.common.model.clone(),
        form: Form::Text,
        logprobs: ask.logprobs.is_some(),
        began,
        load_ms: asked.ready.load_ms,
    };
    telling.respond(answer, request.common.streams()).await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn request(more: Value) -> Request {
        let mut request = json!({ "model": "pocket", "prompt": "Hello" });
        request.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        serde_json::from_value(request).expect("a request")
    }

    #[test]
    fn what_cannot_be_honoured_is_refused_by_name() {
        for (more, param) in [
            (json!({ "suffix": "}" }), "suffix"),
            (json!({ "template": "{{ .Prompt }}" }), "template"),
            (json!({ "images": ["aGk="] }), "images"),
            (json!({ "context": [1, 2] }), "context"),
            (json!({ "raw": true, "system": "Be brief." }), "system"),
        ] {
            assert_eq!(request(more).check().unwrap_err().param.as_deref(), Some(param));
        }
        let empty = json!({ "suffix": "", "template": "", "images": [], "context": [], "system": "" });
        assert!(request(empty).check().is_ok(), "Ollama's own program sends them empty");
    }

    #[test]
    fn a_prompt_is_a_conversation_unless_it_is_raw() {
        let Prompt::Chat(chat) = request(json!({ "system": "Be brief." })).prompt("Hello".into(), true) else {
            panic!("a conversation")
        };
        let said: Vec<_> = chat.messages.iter().map(|message| (&*message.role, &*message.content)).collect();
        assert_eq!(said, [("system", "Be brief."), ("user", "Hello")]);
        assert!(chat.reasoning);
        let raw = request(json!({ "raw": true })).prompt("Hello".into(), false);
        assert_eq!(raw, Prompt::Text { text: "Hello".into() });
    }
}
