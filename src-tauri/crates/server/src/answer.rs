//! Having a model answer: a turn at the gate, the model ready, and what it writes until its end.
//!
//! Whoever drops an [`Answer`] cancels it: that is how a client that goes away stops the model.

use std::collections::VecDeque;
use std::sync::Arc;

use futures::Stream;
use futures::stream::SelectAll;
use inglenook_app::serving::{self, Ready, Wish};
use inglenook_contract::{ErrorCode, ErrorInfo, FinishReason, Parameters};
use inglenook_engine::protocol::{Delta, Done, Generate, Prompt, ResponseFormat, Sampling, Usage};
use inglenook_engine::{Generation, GenerationEvent};

use crate::error::ApiError;
use crate::gate::Turn;
use crate::requests::Entry;
use crate::state::Serving;

/// What a model is asked, whichever family the request was of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ask {
    /// The model and how it is to be ready.
    pub(crate) wish: Wish,
    /// What steers the answer; what is `None` takes what is set for the model.
    pub(crate) parameters: Parameters,
    /// Added to the logits of tokens.
    pub(crate) logit_bias: Vec<(u32, f32)>,
    /// What form the answer takes.
    pub(crate) response_format: ResponseFormat,
    /// The likeliest tokens to report at each place.
    pub(crate) logprobs: Option<u32>,
    /// Answers to write, at least 1.
    pub(crate) choices: u32,
}

/// A turn at the gate and a model that is ready.
pub(crate) struct Asked {
    pub(crate) ready: Ready,
    turn: Arc<Turn>,
    entry: Entry,
}

/// One answer as it is written.
pub(crate) struct Answer {
    generation: Generation,
    /// What was read ahead.
    ahead: VecDeque<GenerationEvent>,
    entry: Entry,
    _turn: Arc<Turn>,
    /// What goes from its reading on.
    over: bool,
}

/// More of an answer. The last piece is always an end.
#[derive(Debug)]
pub(crate) enum Piece {
    /// More words.
    Delta(Delta),
    /// The end.
    Done(Done),
    /// It failed in the middle; what came before stands.
    Failed(ApiError),
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Whole {
    pub(crate) delta: Delta,
    pub(crate) tool_calls: Vec<inglenook_engine::protocol::ToolCallOut>,
    pub(crate) done: Done,
}

impl Serving {
    /// Waits for a turn and for the model.
    ///
    /// # Errors
    /// 503 where too many wait, 404 for an unknown model, whatever keeps it from loading.
    pub(crate) async fn ready(&self, wish: &Wish, entry: &Entry) -> Result<Asked, ApiError> {
        // A name that is not there need not wait for its turn.
        let served = serving::find(self.app(), &wish.name).await?;
        entry.model(&served.model.name);
        entry.served(&served.name);
        let turn = self.gate().turn().await?;
        let ready = serving::ready(self.app(), wish).await?;
        Ok(Asked { ready, turn: Arc::new(turn), entry: entry.clone() })
    }
}

impl Asked {
    /// Begins the answers to a prompt, and waits until each was accepted: what is wrong with the request is told with
    /// its true status, before the first byte.
    ///
    /// # Errors
    /// What the model says of the request, for example that it does not fit.
    pub(crate) async fn answers(&self, ask: &Ask, prompt: Prompt) -> Result<Vec<Answer>, ApiError> {
        self.must_write()?;
        let sampling =
            Sampling { logit_bias: ask.logit_bias.clone(), ..serving::sampling(&ask.parameters, &self.ready.defaults) };
        let mut answers: Vec<Answer> = Vec::new();
        for choice in 0..ask.choices.max(1) {
            // Several answers to one seed would all be the same.
            let seed = sampling.seed.map(|seed| seed.wrapping_add(u64::from(choice)));
            let generate = Generate {
                id: 0,
                prompt: prompt.clone(),
                sampling: Sampling { seed, ..sampling.clone() },
                max_tokens: ask.parameters.max_tokens,
                stop: ask.parameters.stop.clone(),
                response_format: ask.response_format.clone(),
                logprobs: ask.logprobs,
            };
            let generation = self.ready.lease.generate(generate);
            let (entry, turn) = (self.entry.clone(), Arc::clone(&self.turn));
            answers.push(Answer { generation, ahead: VecDeque::new(), entry, _turn: turn, over: false });
        }
        for answer in &mut answers {
            answer.accepted().await?;
        }
        Ok(answers)
    }

    /// As [`answers`](Self::answers) for a request that wants one.
    pub(crate) async fn answer(&self, ask: &Ask, prompt: Prompt) -> Result<Answer, ApiError> {
        let mut answers = self.answers(ask, prompt).await?;
        answers.pop().ok_or_else(|| broken("The model gave no answer."))
    }

    /// # Errors
    /// 400 for a model that makes vectors.
    pub(crate) fn must_write(&self) -> Result<(), ApiError> {
        if self.ready.embeds {
            let words = format!("{} makes vectors of texts and writes none: ask it for embeddings.", self.ready.title);
            return Err(ApiError::invalid_param("model", words).code("model_unsupported"));
        }
        Ok(())
    }

    pub(crate) fn entry(&self) -> &Entry {
        &self.entry
    }
}

impl Answer {
    async fn accepted(&mut self) -> Result<(), ApiError> {
        match self.generation.next().await {
            Some(GenerationEvent::Failed(failure)) => Err(ErrorInfo::from(failure).into()),
            Some(event) => {
                self.ahead.push_back(event);
                Ok(())
            }
            None => Err(broken("The engine ended the answer without saying why.")),
        }
    }

    /// What is known of the tokens before the first word: those of the prompt, and which of them were in the cache.
    pub(crate) fn prompt(&self) -> Usage {
        match self.ahead.front() {
            Some(GenerationEvent::Prefill { total, cached, .. }) => {
                Usage { prompt_tokens: *total, cached_tokens: *cached, completion_tokens: 0 }
            }
            Some(GenerationEvent::Done(done)) => done.usage,
            _ => Usage::default(),
        }
    }

    /// The next piece; `None` after the end.
    pub(crate) async fn next(&mut self) -> Option<Piece> {
        while !self.over {
            let event = match self.ahead.pop_front() {
                Some(event) => Some(event),
                None => self.generation.next().await,
            };
            match event {
                Some(GenerationEvent::Prefill { .. }) => {}
                Some(GenerationEvent::Delta(delta)) => {
                    self.entry.delta(&delta);
                    return Some(Piece::Delta(delta));
                }
                Some(GenerationEvent::Done(done)) => {
                    self.over = true;
                    self.entry.done(&done);
                    // Somebody unloaded the model, or it was needed elsewhere: the answer is not what was asked for.
                    if done.finish_reason == FinishReason::Cancelled {
                        return Some(self.failed(broken("The answer was stopped before its end.")));
                    }
                    return Some(Piece::Done(done));
                }
                Some(GenerationEvent::Failed(failure)) => {
                    self.over = true;
                    return Some(self.failed(ErrorInfo::from(failure).into()));
                }
                None => {
                    self.over = true;
                    return Some(self.failed(broken("The engine ended the answer without saying why.")));
                }
            }
        }
        None
    }

    fn failed(&self, error: ApiError) -> Piece {
        self.entry.error(&error.message);
        Piece::Failed(error)
    }

    /// All of it.
    ///
    /// # Errors
    /// What it failed with, whatever came before.
    pub(crate) async fn whole(mut self) -> Result<Whole, ApiError> {
        let mut all = Delta::default();
        let mut tool_calls = Vec::new();
        while let Some(piece) = self.next().await {
            match piece {
                Piece::Delta(delta) => {
                    all.text.push_str(&delta.text);
                    all.reasoning.push_str(&delta.reasoning);
                    tool_calls.extend(delta.tool_call);
                    all.logprobs.extend(delta.logprobs);
                }
                Piece::Done(done) => return Ok(Whole { delta: all, tool_calls, done }),
                Piece::Failed(error) => return Err(error),
            }
        }
        Err(broken("The engine ended the answer without saying why."))
    }
}

/// Several answers as they are written, each piece with the number of its answer.
pub(crate) fn together(answers: Vec<Answer>) -> impl Stream<Item = (usize, Piece)> + Send + Unpin {
    let one = |(index, answer)| {
        Box::pin(futures::stream::unfold(answer, move |mut answer: Answer| async move {
            let piece = answer.next().await?;
            Some(((index, piece), answer))
        }))
    };
    answers.into_iter().enumerate().map(one).collect::<SelectAll<_>>()
}

fn broken(words: &str) -> ApiError {
    ErrorInfo::new(ErrorCode::EngineFailed, words).into()
}
