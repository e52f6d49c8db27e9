//! `POST /v1/responses`, and what is asked of a response later.
//!
//! `request` understands what is asked, `items` the conversation in it; `telling` tells the answer; `kept` keeps it, in
//! memory alone, for those that go on from it.

mod items;
pub(crate) mod kept;
mod request;
mod telling;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json as Sent};
use futures::{Stream, StreamExt as _};
use inglenook_engine::protocol::{ChatMessage, Prompt};
use serde::Deserialize;
use serde_json::{Value, json};

use self::kept::Kept;
use self::telling::Telling;
use crate::answer::{Answer, Asked, Piece};
use crate::body::Json;
use crate::error::ApiError;
use crate::fitting;
use crate::requests::Entry;
use crate::sse;
use crate::state::Serving;

/// An answer that is being written.
struct Writing {
    serving: Serving,
    asked: Asked,
    answer: Answer,
    telling: Telling,
    /// Told as it is written. What is told whole names whole calls alone.
    in_events: bool,
    /// What is kept besides the response: the items that were asked, and the conversation so far.
    keep: Option<(Vec<Value>, Vec<ChatMessage>)>,
}

pub(crate) async fn create(
    State(serving): State<Serving>,
    Extension(entry): Extension<Entry>,
    Json(request): Json<request::Request>,
) -> Result<Response, ApiError> {
    let read = request.read(serving.responses())?;
    let asked = serving.ready(&read.ask.wish, &entry).await?;
    let mut conversation = read.conversation;
    conversation.reasoning = read.ask.parameters.thinking.or(asked.ready.defaults.thinking).unwrap_or(false);
    if let Some(free) = read.shorten {
        fitting::fit(&asked, &mut conversation, free).await?;
    }
    let answer = asked.answer(&read.ask, Prompt::Chat(conversation)).await?;
    let telling = Telling::new(request::head(&asked.ready, &read.ask, read.said_back), read.one_call);
    let keep = read.keep.map(|conversation| (read.input, conversation));
    let writing = Writing { serving, asked, answer, telling, in_events: read.stream, keep };
    if read.stream { Ok(sse::events(writing.events())) } else { Ok(Sent(writing.whole().await?).into_response()) }
}

impl Writing {
    /// What comes next, as events; `None` after the end.
    async fn next(&mut self) -> Option<Result<Vec<Value>, ApiError>> {
        match self.answer.next().await? {
            Piece::Delta(mut delta) => {
                if !self.in_events {
                    delta.tool_arguments = None;
                }
                Some(Ok(self.telling.delta(delta)))
            }
            Piece::Failed(error) => Some(Err(error)),
            Piece::Done(done) => {
                let thought = self.reasoning_tokens().await;
                let events = self.telling.done(&done, thought);
                if let Some(response) = events.last().map(|event| event["response"].clone()) {
                    self.keep(response);
                }
                Some(Ok(events))
            }
        }
    }

    /// The tokens of what the model thought. The model counts them again: it does not tell them apart.
    async fn reasoning_tokens(&self) -> u32 {
        let text = self.telling.thought.clone();
        if text.is_empty() {
            return 0;
        }
        let counted = self.asked.ready.lease.count(Prompt::Text { text }).await;
        // An answer that is there is not lost for want of a number.
        counted.map_or(0, |count| count.tokens)
    }

    fn keep(&mut self, response: Value) {
        if let Some((input, mut conversation)) = self.keep.take() {
            conversation.push(self.telling.answer());
            self.serving.responses().keep(Kept { response, input, conversation });
        }
    }

    /// The whole response.
    async fn whole(mut self) -> Result<Value, ApiError> {
        let mut last = None;
        while let Some(events) = self.next().await {
            last = events?.pop().or(last);
        }
        Ok(last.map_or(Value::Null, |mut event| event["response"].take()))
    }

    /// The response in events. A failure in the middle is told, and nothing follows it.
    fn events(mut self) -> impl Stream<Item = axum::response::sse::Event> + Send {
        let first = self.telling.begin();
        let rest = futures::stream::unfold(Some(self), |writing| async move {
            let mut writing = writing?;
            match writing.next().await? {
                Ok(events) => Some((events, Some(writing))),
                Err(error) => Some((writing.telling.failed(&error), None)),
            }
        });
        let events = futures::stream::iter(first).chain(rest.flat_map(futures::stream::iter));
        events.map(|event| sse::named(event["type"].as_str().unwrap_or_default(), &event))
    }
}

/// How a response is looked at again.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Look {
    stream: Option<bool>,
    limit: Option<i64>,
    order: Option<String>,
    after: Option<String>,
}

fn not_there(id: &str) -> ApiError {
    let id: String = id.chars().take(100).collect();
    let words = format!("There is no response \"{id}\" here (any more): only the last ones are kept, in memory.");
    ApiError::not_found(words).code("response_not_found")
}

fn look(query: Result<Query<Look>, QueryRejection>) -> Result<Look, ApiError> {
    query.map(|Query(look)| look).map_err(|error| ApiError::invalid(format!("{}.", error.body_text())))
}

pub(crate) async fn one(
    State(serving): State<Serving>,
    Path(id): Path<String>,
    query: Result<Query<Look>, QueryRejection>,
) -> Result<Sent<Value>, ApiError> {
    if look(query)?.stream == Some(true) {
        return Err(ApiError::invalid_param(
            "stream",
            "stream: a response is told in events only while it is written.",
        ));
    }
    serving.responses().find(&id).map(|kept| Sent(kept.response.clone())).ok_or_else(|| not_there(&id))
}

pub(crate) async fn delete(State(serving): State<Serving>, Path(id): Path<String>) -> Result<Sent<Value>, ApiError> {
    if !serving.responses().forget(&id) {
        return Err(not_there(&id));
    }
    Ok(Sent(json!({ "id": id, "object": "response", "deleted": true })))
}

pub(crate) async fn input_items(
    State(serving): State<Serving>,
    Path(id): Path<String>,
    query: Result<Query<Look>, QueryRejection>,
) -> Result<Sent<Value>, ApiError> {
    let look = look(query)?;
    let kept = serving.responses().find(&id).ok_or_else(|| not_there(&id))?;
    page(kept.input.clone(), &look).map(Sent)
}

/// A page of items, the newest first unless it is wanted otherwise.
fn page(mut items: Vec<Value>, look: &Look) -> Result<Value, ApiError> {
    let limit = look.limit.map_or(Ok(20), |limit| crate::openai::asked::in_range("limit", limit, 1..=100))?;
    match look.order.as_deref() {
        None | Some("desc") => items.reverse(),
        Some("asc") => {}
        Some(word) => {
            return Err(ApiError::invalid_param("order", format!("order: \"{word}\" is neither asc nor desc.")));
        }
    }
    if let Some(after) = &look.after {
        let Some(at) = items.iter().position(|item| item["id"] == **after) else {
            return Err(ApiError::invalid_param("after", "after: no item of this response has that identifier."));
        };
        items.drain(..=at);
    }
    let limit = usize::try_from(limit).unwrap_or(items.len());
    let has_more = items.len() > limit;
    items.truncate(limit);
    let id = |item: Option<&Value>| item.map_or(json!(""), |item| item["id"].clone());
    let (first_id, last_id) = (id(items.first()), id(items.last()));
    Ok(json!({ "object": "list", "data": items, "has_more": has_more, "first_id": first_id, "last_id": last_id }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_listed_page_by_page() {
        let items: Vec<Value> = (0..3).map(|n| json!({ "id": n.to_string() })).collect();
        let list = |look: Look| page(items.clone(), &look).expect("a page");
        let first = list(Look { limit: Some(2), ..Look::default() });
        assert_eq!(first["data"], json!([{ "id": "2" }, { "id": "1" }]), "the newest first");
        assert_eq!((&first["has_more"], &first["last_id"]), (&json!(true), &json!("1")));
        let next = list(Look { limit: Some(2), after: Some("1".into()), ..Look::default() });
        assert_eq!((&next["data"], &next["has_more"]), (&json!([{ "id": "0" }]), &json!(false)));
        let ascending = list(Look { order: Some("asc".into()), ..Look::default() });
        assert_eq!(ascending["first_id"], "0");
        for look in [
            Look { limit: Some(0), ..Look::default() },
            Look { order: Some("up".into()), ..Look::default() },
            Look { after: Some("9".into()), ..Look::default() },
        ] {
            assert_eq!(page(items.clone(), &look).expect_err("refused").status.as_u16(), 400);
        }
    }
}
