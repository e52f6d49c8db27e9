//! The answer as it grows: from logits to a drawn token, and from the token to what is reported of it.

use std::sync::Arc;

use inglenook_contract::FinishReason;
use inglenook_engine::protocol::{Delta, Generate, TokenLogprob};
use llguidance::toktrie::SimpleVob;

use super::Draw;
use crate::error::WorkerError;
use crate::model::Model;
use crate::prompt::Prepared;
use crate::sampling::grammar::{Grammar, schema_of};
use crate::sampling::{Sampler, logprobs};
use crate::stream::tool_arguments::CallPiece;
use crate::stream::{Said, Stream};
use crate::ticket::Ticket;

/// The most alternatives that a request may ask for at each token.
const MOST_LOGPROBS: u32 = 20;

/// Whether a grammar rules the answer to this request.
pub(super) fn is_constrained(request: &Generate) -> bool {
    schema_of(&request.response_format).is_some()
}

/// An answer being written.
pub struct Writer {
    model: Arc<Model>,
    ticket: Arc<Ticket>,
    sampler: Sampler,
    grammar: Option<Grammar>,
    stream: Stream,
    /// The stop texts of the request; the model may have others of its own.
    stop: Vec<String>,
    /// The one of them that was reached.
    stop_text: Option<String>,
    most: usize,
    written: usize,
    calls: usize,
    top: Option<usize>,
    /// Probabilities of tokens whose text is still held back.
    logprobs: Vec<TokenLogprob>,
    end: Option<Result<FinishReason, WorkerError>>,
}

impl Writer {
    /// An empty answer of at most `most` tokens to `prompt`.
    pub(super) fn new(
        model: Arc<Model>,
        ticket: Arc<Ticket>,
        request: &Generate,
        prepared: Prepared,
        prompt: &[u32],
        most: usize,
    ) -> Result<Self, WorkerError> {
        let schema = match &prepared.forced {
            Some(forced) => Some(forced.schema().clone()),
            None => schema_of(&request.response_format),
        };
        let grammar = schema.map(|schema| Grammar::json(model.grammars()?, schema)).transpose()?;
        if request.logprobs.is_some_and(|n| n > MOST_LOGPROBS) {
            return Err(WorkerError::invalid(format!("At most {MOST_LOGPROBS} alternatives can be told a token.")));
        }
        let stop = [request.stop.as_slice(), &prepared.stop].concat();
        Ok(Self {
            sampler: Sampler::new(&request.sampling, prompt, &model.ends, model.never)?,
            grammar,
            stream: Stream::new(prepared.reasoning, prepared.calls, &stop),
            stop: request.stop.clone(),
            stop_text: None,
            most,
            written: 0,
            calls: 0,
            top: request.logprobs.map(|n| n as usize),
            logprobs: Vec::new(),
            end: None,
            model,
            ticket,
        })
    }

    /// Draws the next token and reports what it says.
    pub fn draw(&mut self, logits: &[f32]) -> Draw {
        self.step(logits).unwrap_or_else(|error| {
            self.end = Some(Err(error));
            Draw::End(None)
        })
    }

    /// Reports what was held back and closes the request.
    pub fn finish(&mut self) {
        let reason = match self.end.take() {
            Some(Ok(reason)) => reason,
            Some(Err(error)) => return self.ticket.failed(&error),
            None => FinishReason::Stop,
        };
        let cut = reason != FinishReason::Stop;
        let said = self.stream.finish(cut);
        self.report(said);
        let called = self.calls > 0 && reason == FinishReason::Stop;
        self.ticket.done(if called { FinishReason::ToolCalls } else { reason }, self.stop_text.take());
    }

    /// One token further.
    fn step(&mut self, logits: &[f32]) -> Result<Draw, WorkerError> {
        if self.ticket.is_closed() {
            return Ok(self.end_with(FinishReason::Cancelled, None));
        }
        // Models have room for more tokens than their vocabulary, to round it up.
        let logits = &logits[..logits.len().min(self.model.tokens().size())];
        // While it thinks a model is free; what it says then must fit the grammar.
        let constrained = self.grammar.is_some() && !self.stream.is_reasoning();
        let (mask, may_end) = match &mut self.grammar {
            Some(grammar) if constrained => match grammar.allowed()? {
                Some(mask) => (Some(mask), grammar.may_end()),
                None => return Ok(self.end_with(FinishReason::Stop, None)),
            },
            _ => (None, true),
        };
        let model = &self.model;
        let allowed = |token: u32, mask: &SimpleVob| {
            if model.ends.contains(&token) { may_end } else { is_in(mask, token) }
        };
        let by_mask = mask.as_ref().map(|mask| move |token| allowed(token, mask));
        let drawn = self.sampler.draw(logits, by_mask.as_ref().map(|f| f as &dyn Fn(u32) -> bool));
        let Some(token) = drawn else {
            return Err(WorkerError::EngineFailed {
                doing: "find a token that may come next",
                detail: "no token has a probability".into(),
            });
        };
        if self.model.ends.contains(&token) {
            return Ok(self.end_with(FinishReason::Stop, Some(token)));
        }
        self.ticket.token();
        self.sampler.accept(token);
        self.written += 1;
        self.note_logprobs(logits, token);
        let complete = match &mut self.grammar {
            Some(grammar) if constrained => grammar.accept(token)?,
            _ => false,
        };
        let mut said = self.stream.push(self.model.tokens().spoken(token));
        let stopped = said.stopped.take();
        self.report(said);
        if stopped.is_some() || complete {
            self.stop_text = stopped.filter(|text| self.stop.contains(text));
            return Ok(self.end_with(FinishReason::Stop, Some(token)));
        }
        if self.written >= self.most {
            return Ok(self.end_with(FinishReason::Length, Some(token)));
        }
        Ok(Draw::Token(token))
    }

    fn end_with(&mut self, reason: FinishReason, token: Option<u32>) -> Draw {
        self.end = Some(Ok(reason));
        Draw::End(token)
    }

    fn note_logprobs(&mut self, logits: &[f32], token: u32) {
        let Some(top) = self.top else { return };
        let (logprob, top) = logprobs(logits, token, top);
        let tokens = self.model.tokens();
        let top = top.into_iter().map(|(token, logprob)| (tokens.label(token), logprob)).collect();
        self.logprobs.push(TokenLogprob { token: tokens.label(token), logprob, top });
    }

    fn report(&mut self, said: Said) {
        if said.is_empty() {
            return;
        }
        let Said { text, reasoning, calls, .. } = said;
        if !text.is_empty() || !reasoning.is_empty() {
            let logprobs = std::mem::take(&mut self.logprobs);
            self.ticket.delta(Delta { text, reasoning, logprobs, ..Delta::default() });
        }
        for piece in calls {
            self.ticket.delta(match piece {
                CallPiece::Arguments(more) => Delta { tool_arguments: Some(more), ..Delta::default() },
                CallPiece::Whole(call) => {
                    self.calls += 1;
                    let logprobs = std::mem::take(&mut self.logprobs);
                    Delta { tool_call: Some(call), logprobs, ..Delta::default() }
                }
            });
        }
    }
}

fn is_in(mask: &SimpleVob, token: u32) -> bool {
    (token as usize) < mask.len() && mask.is_allowed(token)
}
