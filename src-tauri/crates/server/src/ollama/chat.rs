//! `POST /api/chat`.

use std::time::{Duration, Instant};

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use inglenook_app::serving::{self, Keep, Wish};
use inglenook_engine::protocol::Prompt;
use serde::Deserialize;
use serde_json::Value;

use super::asked::{Common, reasoning};
use super::messages::{self, Message};
use super::said::{Form, Telling, wordless};
use crate::answer::Asked;
use crate::body::Json;
use crate::error::ApiError;
use crate::fitting;
use crate::openai::asked::tools;
use crate::requests::Entry;
use crate::state::Serving;

/// Tokens that are kept free for an answer whose length nobody limits, where the oldest messages may be left out.
pub(super) const FREE: u32 = 1_024;

/// A request.
#[derive(Debug, Deserialize)]
pub(crate) struct Request {
    messages: Option<Vec<Message>>,
    tools: Option<Vec<Value>>,
    #[serde(flatten)]
    common: Common,
}

pub(crate) async fn chat(
    State(serving): State<Serving>,
    Extension(entry): Extension<Entry>,
    Json(request): Json<Request>,
) -> Result<Response, ApiError> {
    let began = Instant::now();
    let Request { messages, tools: offered, common } = request;
    let (ask, messages) = (common.ask()?, messages.unwrap_or_default());
    if messages.is_empty() {
        return load_or_unload(&serving, &entry, &ask.wish, Form::Chat).await;
    }
    let mut conversation = messages::conversation(&messages, tools(offered)?)?;
    let asked = serving.ready(&ask.wish, &entry).await?;
    knows_tools(&asked, &conversation.tools)?;
    conversation.reasoning = reasoning(&ask, &asked.ready)?;
    if common.truncate == Some(true) {
        fitting::fit(&asked, &mut conversation, ask.parameters.max_tokens.unwrap_or(FREE)).await?;
    }
    let answer = asked.answer(&ask, Prompt::Chat(conversation)).await?;
    let telling = Telling {
        model: common.model.clone(),
        form: Form::Chat,
        logprobs: ask.logprobs.is_some(),
        began,
        load_ms: asked.ready.load_ms,
    };
    telling.respond(answer, common.streams()).await
}

/// Programs that offer tools to a model without any go on without them when they read these words.
fn knows_tools(asked: &Asked, tools: &[Value]) -> Result<(), ApiError> {
    if tools.is_empty() || asked.ready.lease.ready().tools {
        return Ok(());
    }
    let words = format!("\"{}\" does not support tools: its chat template knows none.", asked.ready.name);
    Err(ApiError::invalid_param("tools", words))
}

/// What a request without words means: that the model be loaded, or with `keep_alive` 0 that it be unloaded.
pub(super) async fn load_or_unload(
    serving: &Serving,
    entry: &Entry,
    wish: &Wish,
    form: Form,
) -> Result<Response, ApiError> {
    if wish.keep == Some(Keep::For(Duration::ZERO)) {
        let served = serving::unload(serving.app(), &wish.name).await?;
        entry.model(&served.model.name);
        return Ok(wordless(&wish.name, form, "unload"));
    }
    serving.ready(wish, entry).await?;
    Ok(wordless(&wish.name, form, "load"))
}
