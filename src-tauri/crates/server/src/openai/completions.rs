//! `POST /v1/completions`: texts gone on with, without any chat template.

use axum::extract::State;
use axum::response::sse::Event;
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json as Sent};
use futures::{Stream, StreamExt as _};
use inglenook_app::serving::Wish;
use inglenook_engine::protocol::{Prompt, TokenLogprob, Usage as Tokens};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::asked::{self, Drawing};
use super::chat::FINGERPRINT;
use super::given::{self, Given};
use super::said::{self, LEAST, Usage, finish_reason};
use crate::answer::{Answer, Ask, Piece, together};
use crate::body::Json;
use crate::error::ApiError;
use crate::requests::Entry;
use crate::routes::Family;
use crate::sse;
use crate::state::Serving;

/// Answers of one request: prompts times answers to each.
const MOST_CHOICES: usize = 16;
/// Tokens that are written where the request does not say, as OpenAI has it.
const TOKENS: u32 = 16;

/// A request.
#[derive(Debug, Deserialize)]
pub(crate) struct Request {
    model: String,
    prompt: Value,
    #[serde(flatten)]
    drawing: Drawing,
    max_tokens: Option<i64>,
    n: Option<i64>,
    best_of: Option<i64>,
    echo: Option<bool>,
    suffix: Option<String>,
    logprobs: Option<i64>,
    stream: Option<bool>,
    stream_options: Option<StreamOptions>,
    /// Seconds that the model stays loaded after this, as LM Studio has it.
    ttl: Option<f64>,
}

#[derive(Debug, Deserialize)]
struct StreamOptions {
    include_usage: Option<bool>,
}

/// How the answers are told.
#[derive(Clone, Copy)]
struct Manner {
    /// Prompts are told before their answers.
    echo: bool,
    logprobs: bool,
    stream: bool,
    usage: bool,
}

impl Request {
    fn read(self) -> Result<(Ask, Vec<Given>, Manner), ApiError> {
        let (parameters, logit_bias) = self.drawing.read()?;
        let max_tokens = asked::most_tokens("max_tokens", self.max_tokens)?.or(Some(TOKENS));
        let logprobs = self.logprobs.map(|top| asked::in_range("logprobs", top, 0..=20)).transpose()?;
        let choices = self.n.map_or(Ok(1), |n| asked::in_range("n", n, 1..=MOST_CHOICES as i64))?;
        let manner = Manner {
            echo: self.echo.unwrap_or(false),
            logprobs: logprobs.is_some(),
            stream: self.stream.unwrap_or(false),
            usage: self.stream_options.and_then(|options| options.include_usage).unwrap_or(false),
        };
        let refuse = |param: &str, words: &str| Err(ApiError::invalid_param(param, words));
        if self.suffix.is_some_and(|suffix| !suffix.is_empty()) {
            return refuse(
                "suffix",
                "suffix: what stands behind the answer is not shown to models here. Leave it out.",
            );
        }
        if self.best_of.is_some_and(|best| best > choices) {
            return refuse("best_of", "best_of: answers are not compared here. Ask for several with n.");
        }
        if manner.echo && manner.logprobs {
            return refuse("echo", "echo: how likely the prompt was is not computed. Leave out echo or logprobs.");
        }
        let choices = usize::try_from(choices).unwrap_or(1);
        let prompts = given::read("prompt", &self.prompt, MOST_CHOICES)?;
        if prompts.len() * choices > MOST_CHOICES {
            let words = format!("A request has at most {MOST_CHOICES} answers: prompts times n.");
            return Err(ApiError::invalid_param("n", words));
        }
        let ask = Ask {
            wish: Wish { name: self.model, keep: asked::ttl(self.ttl)?, ..Wish::default() },
            parameters: inglenook_contract::Parameters { max_tokens, ..parameters },
            logit_bias,
            logprobs: logprobs.and_then(|top| u32::try_from(top).ok()),
            choices: u32::try_from(choices).unwrap_or(1),
            ..Ask::default()
        };
        Ok((ask, prompts, manner))
    }
}

pub(crate) async fn complete(
    State(serving): State<Serving>,
    Extension(entry): Extension<Entry>,
    Json(request): Json<Request>,
) -> Result<Response, ApiError> {
    let (ask, given, manner) = request.read()?;
    let asked = serving.ready(&ask.wish, &entry).await?;
    let (mut answers, mut choices) = (Vec::new(), Vec::new());
    for given in given {
        let text = given.text(&asked).await?;
        for answer in asked.answers(&ask, Prompt::Text { text: text.clone() }).await? {
            answers.push(answer);
            choices.push(Choice::new(if manner.echo { text.clone() } else { String::new() }));
        }
    }
    let head = Head { id: said::id("cmpl-"), created: said::now(), model: asked.ready.name.clone() };
    // The answers to one prompt read it together.
    let telling =
        Telling { head, manner, each: ask.choices.max(1) as usize, taken: vec![Tokens::default(); answers.len()] };
    if manner.stream {
        Ok(sse::events(chunks(telling, answers, choices)))
    } else {
        whole(telling, answers, choices).await
    }
}

/// What is common to all parts of an answer.
struct Head {
    id: String,
    created: u64,
    model: String,
}

/// One answer, as far as it was told.
struct Choice {
    /// To be told before the answer.
    echo: String,
    /// Characters that were told.
    told: usize,
}

impl Choice {
    fn new(echo: String) -> Self {
        Self { echo, told: 0 }
    }

    /// More of the answer, with the prompt in front of its beginning.
    fn more(&mut self, index: usize, text: &str, tokens: Option<Vec<TokenLogprob>>, finish: Option<&str>) -> Value {
        let text = std::mem::take(&mut self.echo) + text;
        let logprobs = tokens.map(|tokens| logprobs(&tokens, self.told));
        self.told += text.chars().count();
        json!({ "text": text, "index": index, "logprobs": logprobs, "finish_reason": finish })
    }
}

/// How likely tokens were, as this endpoint has always said it. `at` is where the first begins, in characters.
fn logprobs(tokens: &[TokenLogprob], at: usize) -> Value {
    let top = |token: &TokenLogprob| {
        let pair = |(token, logprob): &(String, f32)| (token.clone(), json!(logprob.max(LEAST)));
        token.top.iter().map(pair).collect::<Map<_, _>>()
    };
    let offset = |at: &mut usize, token: &TokenLogprob| {
        let here = *at;
        *at += token.token.chars().count();
        Some(here)
    };
    json!({
        "tokens": tokens.iter().map(|token| &token.token).collect::<Vec<_>>(),
        "token_logprobs": tokens.iter().map(|token| token.logprob.max(LEAST)).collect::<Vec<_>>(),
        "top_logprobs": tokens.iter().map(top).collect::<Vec<_>>(),
        "text_offset": tokens.iter().scan(at, offset).collect::<Vec<_>>(),
    })
}

/// What is told of the answers together.
struct Telling {
    head: Head,
    manner: Manner,
    /// Answers to each prompt.
    each: usize,
    /// What each answer took.
    taken: Vec<Tokens>,
}

impl Telling {
    fn completion(&self, choices: Vec<Value>, usage: Option<Value>) -> Value {
        let Head { id, created, model } = &self.head;
        let mut completion = json!({
            "id": id, "object": "text_completion", "created": created, "model": model,
            "system_fingerprint": FINGERPRINT, "choices": choices,
        });
        if let (Some(usage), Some(fields)) = (usage, completion.as_object_mut()) {
            fields.insert("usage".to_owned(), usage);
        }
        completion
    }

    /// A part of the stream. Where the usage is wanted, every part but the last says that it has none.
    fn chunk(&self, choice: Value) -> Event {
        sse::data(&self.completion(vec![choice], self.manner.usage.then_some(Value::Null)))
    }

    fn usage(&self) -> Usage {
        let prompts = self.taken.chunks(self.each).map(|answers| {
            let mut usage = Usage::default();
            answers.iter().for_each(|taken| usage.add(*taken));
            usage
        });
        prompts.fold(Usage::default(), Usage::and)
    }
}

async fn whole(mut telling: Telling, answers: Vec<Answer>, choices: Vec<Choice>) -> Result<Response, ApiError> {
    let wholes = futures::future::try_join_all(answers.into_iter().map(Answer::whole)).await?;
    let mut told = Vec::new();
    for (index, (whole, mut choice)) in wholes.into_iter().zip(choices).enumerate() {
        telling.taken[index] = whole.done.usage;
        let tokens = telling.manner.logprobs.then_some(whole.delta.logprobs);
        let finish = finish_reason(whole.done.finish_reason, false);
        told.push(choice.more(index, &whole.delta.text, tokens, Some(finish)));
    }
    let usage = json!(telling.usage());
    Ok(Sent(telling.completion(told, Some(usage))).into_response())
}

/// The answers as events: what they say, why each ended, what it took, `[DONE]`. A failure in the middle is told as an
/// error, and nothing follows it.
fn chunks(telling: Telling, answers: Vec<Answer>, choices: Vec<Choice>) -> impl Stream<Item = Event> + Send {
    let state = Some((together(answers), telling, choices));
    let events = futures::stream::unfold(state, |state| async move {
        let (mut pieces, mut telling, mut choices) = state?;
        let Some((index, piece)) = pieces.next().await else {
            let usage =
                telling.manner.usage.then(|| sse::data(&telling.completion(Vec::new(), Some(json!(telling.usage())))));
            let events: Vec<Event> = usage.into_iter().chain([Event::default().data("[DONE]")]).collect();
            return Some((events, None));
        };
        let event = match piece {
            Piece::Delta(delta) => {
                let tokens = telling.manner.logprobs.then_some(delta.logprobs);
                telling.chunk(choices[index].more(index, &delta.text, tokens, None))
            }
            Piece::Done(done) => {
                telling.taken[index] = done.usage;
                let finish = finish_reason(done.finish_reason, false);
                telling.chunk(choices[index].more(index, "", None, Some(finish)))
            }
            Piece::Failed(error) => return Some((vec![sse::data(&error.body(Family::OpenAi))], None)),
        };
        Some((vec![event], Some((pieces, telling, choices))))
    });
    events.flat_map(futures::stream::iter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(more: Value) -> Result<(Ask, Vec<Given>, Manner), ApiError> {
        let mut request = json!({ "model": "pocket", "prompt": "Once" });
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value::<Request>(request).expect("of the right types").read()
    }

    #[test]
    fn what_has_no_effect_here_is_refused_by_name() {
        for (more, param) in [
            (json!({ "suffix": "end" }), "suffix"),
            (json!({ "best_of": 3 }), "best_of"),
            (json!({ "echo": true, "logprobs": 1 }), "echo"),
            (json!({ "prompt": ["a", "b", "c"], "n": 6 }), "n"),
            (json!({ "n": 17 }), "n"),
            (json!({ "logprobs": 21 }), "logprobs"),
            (json!({ "max_tokens": 0 }), "max_tokens"),
            (json!({ "prompt": [] }), "prompt"),
        ] {
            let error = read(more.clone()).map(drop).expect_err("refused");
            assert_eq!((error.status.as_u16(), error.param.as_deref()), (400, Some(param)), "{more}");
        }
    }

    #[test]
    fn what_is_left_out_is_as_openai_has_it() {
        let (ask, prompts, manner) = read(json!({ "suffix": "", "best_of": 1, "echo": null })).unwrap();
        assert_eq!((ask.parameters.max_tokens, ask.choices, ask.logprobs), (Some(16), 1, None));
        assert_eq!(prompts, [Given::Text("Once".into())]);
        assert!(!manner.echo && !manner.stream && !manner.usage && !manner.logprobs);
    }

    fn token(token: &str, logprob: f32) -> TokenLogprob {
        TokenLogprob {
            token: token.into(),
            logprob,
            top: vec![(token.into(), logprob), ("no".into(), f32::NEG_INFINITY)],
        }
    }

    #[test]
    fn a_choice_is_told_with_the_prompt_in_front_and_offsets_in_characters() {
        let mut choice = Choice::new("Où ".into());
        assert_eq!(
            choice.more(1, "é", None, None),
            json!({ "text": "Où é", "index": 1, "logprobs": null, "finish_reason": null })
        );
        assert_eq!(
            choice.more(1, "ab", Some(vec![token("a", -0.5), token("b", -1.0)]), Some("stop")),
            json!({ "text": "ab", "index": 1, "finish_reason": "stop", "logprobs": {
                "tokens": ["a", "b"],
                "token_logprobs": [-0.5, -1.0],
                "top_logprobs": [{ "a": -0.5, "no": -9999.0 }, { "b": -1.0, "no": -9999.0 }],
                "text_offset": [4, 5],
            } })
        );
    }

    #[test]
    fn a_prompt_counts_once_however_many_answers_it_has() {
        let taken = |prompt_tokens, completion_tokens| Tokens { prompt_tokens, cached_tokens: 1, completion_tokens };
        let telling = Telling {
            head: Head { id: "cmpl-1".into(), created: 1, model: "pocket".into() },
            manner: Manner { echo: false, logprobs: false, stream: false, usage: false },
            each: 2,
            taken: vec![taken(10, 1), taken(10, 2), taken(20, 3), taken(20, 4)],
        };
        let usage = json!(telling.usage());
        assert_eq!(usage["prompt_tokens"], 30);
        assert_eq!(usage["completion_tokens"], 10);
        assert_eq!(usage["total_tokens"], 40);
        let completion = telling.completion(Vec::new(), None);
        assert_eq!(completion["object"], "text_completion");
        assert!(completion.get("usage").is_none());
    }
}
