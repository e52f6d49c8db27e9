//! Lanes: where conversations keep what the model has read.
//!
//! mistral.rs keeps the KV cache of finished requests and gives a new request the longest beginning it shares
//! with one of them. On a CPU it never lets go of any (its eviction counts only what lies on other devices), and
//! the last token of a finished request is in its key but was never computed, so that the next turn would build
//! on a hole. A [`Lane`] is one engine over the shared model, with exactly one conversation in its cache:
//!
//! - Every request ends with a *sentinel*, a token that never stands there, in the place of the one that was not
//!   computed; so what is found again was really read.
//! - With every request goes a second one, whose only token does not exist. It fails before anything is computed,
//!   and a failure makes the engine drop its cache. It is shorter, and the engine runs shorter prompts first: by
//!   then the real request holds its beginning already. What it leaves behind when it ends is all there is.
//! - No request ends with its first token: the engine would set it going again, and it would run into the next.
//!
//! All lanes share one model, so their requests run one after the other; see [`Lanes`].

mod lanes;
mod shared;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use candle_core::Tensor;
use inglenook_worker::WorkerError;
use inglenook_worker::answer::Draw;
use mistralrs_core::{
    Constraint, CustomLogitsProcessor, NormalRequest, RequestMessage, Response, SamplingParams, StopTokens,
};
use tokio::sync::mpsc::Receiver;

use crate::engine::{Engine, responses, wait};
pub(crate) use lanes::Lanes;
pub(crate) use shared::Shared;

/// A token that no vocabulary has. Not the highest number, which candle takes for "nothing here".
const NO_TOKEN: u32 = u32::MAX - 1;

/// Less than this in common is chance: the marks that every conversation begins with.
const CHANCE: usize = 16;

/// One engine and the conversation in its cache.
pub(crate) struct Lane {
    shared: Arc<Shared>,
    engine: Engine,
    /// The tokens whose keys and values are in the cache.
    stored: Vec<u32>,
    /// The token that was drawn behind them and never read.
    last: Option<u32>,
    used: Instant,
}

impl Lane {
    /// A lane with an empty cache.
    pub(crate) fn new(shared: Arc<Shared>) -> Result<Self, WorkerError> {
        let engine = Engine::start(shared.pipeline.clone())?;
        Ok(Self { shared, engine, stored: Vec::new(), last: None, used: Instant::now() })
    }

    /// How many tokens at the beginning of `prompt` need not be read again, as far as the cache goes.
    pub(crate) fn shared_with(&self, prompt: &[u32]) -> usize {
        if !self.shared.keeps {
            return 0;
        }
        let shared = self.stored.iter().zip(prompt).take_while(|(a, b)| a == b).count();
        if self.shared.rewinds || shared == self.stored.len() { shared } else { 0 }
    }

    /// Whether a prompt can be read in pieces.
    pub(crate) fn reads_in_pieces(&self) -> bool {
        self.shared.keeps
    }

    /// How many tokens are in the cache.
    pub(crate) fn len(&self) -> usize {
        self.stored.len()
    }

    /// The tokens in the cache, and the one that was drawn behind them.
    pub(crate) fn known(&self) -> (&[u32], Option<u32>) {
        (&self.stored, self.last)
    }

    /// Brings the cache into a state that `prompt` can go on from, and says how many of its tokens are in it.
    ///
    /// The engine reads a prompt from its start if nothing or next to nothing of it is new, which is what asking
    /// for another answer to the same question comes to. So the cache is cut a little shorter then, by having it
    /// read a few tokens that go elsewhere.
    pub(crate) fn prepare(&mut self, prompt: &[u32]) -> Result<usize, WorkerError> {
        self.used = Instant::now();
        let shared = self.shared_with(prompt);
        let ends_in_sentinel = shared == self.stored.len() && prompt.get(shared) == Some(&self.shared.sentinel);
        // For next to nothing the engine would copy all that is there.
        let chance = shared < CHANCE && shared < self.stored.len();
        if chance || prompt.len() < 4 || ends_in_sentinel {
            self.clear()?;
            return Ok(0);
        }
        if prompt.len() - shared >= 2 {
            return Ok(shared);
        }
        if !self.shared.rewinds {
            self.clear()?;
            return Ok(0);
        }
        let kept = prompt.len() - 2;
        let elsewhere = if prompt[kept] == self.shared.filler { 0 } else { self.shared.filler };
        let mut detour = prompt[..kept].to_vec();
        detour.extend([elsewhere; 3]);
        self.read(&detour)?;
        Ok(kept)
    }

    /// Reads `tokens`, at least three of them new, and keeps them all in the cache.
    pub(crate) fn read(&mut self, tokens: &[u32]) -> Result<(), WorkerError> {
        let Some((last, before)) = tokens.split_last() else { return Ok(()) };
        // The last one goes in as if it had been drawn, for a request cannot end before its second token.
        let last = *last;
        self.run(before, move |_| Draw::End(Some(last)))
    }

    /// Reads `prompt` and writes on from it until `draw` ends the answer.
    pub(crate) fn write(
        &mut self,
        prompt: &[u32],
        draw: impl FnMut(&[f32]) -> Draw + Send + 'static,
    ) -> Result<(), WorkerError> {
        self.run(prompt, draw)
    }

    /// Empties the cache.
    pub(crate) fn clear(&mut self) -> Result<(), WorkerError> {
        if self.stored.is_empty() {
            return Ok(());
        }
        self.stored.clear();
        self.last = None;
        let (request, mut reports) = self.sweep();
        self.engine.send(request)?;
        while reports.blocking_recv().is_some() {}
        Ok(())
    }

    fn run(&mut self, prompt: &[u32], draw: impl FnMut(&[f32]) -> Draw + Send + 'static) -> Result<(), WorkerError> {
        let drawing = Arc::new(Drawing {
            draw: Mutex::new(Box::new(draw)),
            sentinel: self.shared.sentinel,
            filler: self.shared.filler,
            state: Mutex::new(State::default()),
        });
        let (request, mut reports) = self.request(prompt.to_vec(), Some(drawing.clone()));
        let sweep = (!self.stored.is_empty()).then(|| self.sweep());
        self.stored.clear();
        self.last = None;
        // Kept until the end: the engine panics when it cannot deliver the failure.
        let mut _swept = None;
        {
            // While the model is locked the engine cannot get further than to the first request, so that both
            // are there when it decides which to run first.
            let _model = sweep.is_some().then(|| self.shared.pipeline.clone().blocking_lock_owned());
            self.engine.send(request)?;
            if let Some((sweep, reports)) = sweep {
                self.engine.send(sweep)?;
                _swept = Some(reports);
            }
        }
        wait(&mut reports)?;
        self.stored.extend_from_slice(prompt);
        let mut state = drawing.state.lock().unwrap_or_else(PoisonError::into_inner);
        self.stored.append(&mut state.fed);
        self.last = state.last;
        self.used = Instant::now();
        Ok(())
    }

    /// The request that makes the engine drop its cache.
    fn sweep(&self) -> (NormalRequest, Receiver<Response>) {
        self.request(vec![NO_TOKEN], None)
    }

    fn request(&self, tokens: Vec<u32>, drawing: Option<Arc<Drawing>>) -> (NormalRequest, Receiver<Response>) {
        let (response, reports) = responses();
        let request = NormalRequest {
            id: 0,
            messages: RequestMessage::CompletionTokens(tokens),
            sampling_params: SamplingParams {
                // The drawing leaves one token possible.
                temperature: Some(0.0),
                stop_toks: Some(StopTokens::Ids(vec![self.shared.sentinel])),
                ..SamplingParams::neutral()
            },
            response,
            return_logprobs: false,
            // What is drawn is seen in the drawing; a stream would only be a second, slower way.
            is_streaming: false,
            constraint: Constraint::None,
            suffix: None,
            tools: None,
            tool_choice: None,
            logits_processors: drawing.map(|d| vec![d as Arc<dyn CustomLogitsProcessor>]),
            return_raw_logits: false,
            web_search_options: None,
            model_id: None,
            truncate_sequence: false,
        };
        (request, reports)
    }
}

type DrawFn = Box<dyn FnMut(&[f32]) -> Draw + Send>;

/// Hands the logits to the worker, and its token back to the engine.
struct Drawing {
    draw: Mutex<DrawFn>,
    sentinel: u32,
    filler: u32,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Tokens that the engine was told to read.
    fed: Vec<u32>,
    /// The answer has ended; only the request goes on for one more token.
    ended: bool,
    /// The last token of the answer, if it was not read.
    last: Option<u32>,
}

impl Drawing {
    /// The token to go on with.
    fn next(&self, logits: &[f32]) -> u32 {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.ended {
            return self.sentinel;
        }
        let mut draw = self.draw.lock().unwrap_or_else(PoisonError::into_inner);
        let token = match draw(logits) {
            Draw::Token(token) => token,
            Draw::End(token) if !state.fed.is_empty() => {
                state.last = token;
                return self.sentinel;
            }
            Draw::End(token) => {
                state.ended = true;
                token.unwrap_or(self.filler)
            }
        };
        state.fed.push(token);
        token
    }
}

impl CustomLogitsProcessor for Drawing {
    fn apply(&self, logits: &Tensor, _: &[u32]) -> candle_core::Result<Tensor> {
        let values = logits.to_vec1::<f32>()?;
        let token = self.next(&values);
        let mut only = vec![0f32; values.len()];
        match only.get_mut(token as usize) {
            Some(one) => *one = 1.0,
            None => candle_core::bail!("token {token} is beyond the {} that the model knows", values.len()),
        }
        Tensor::from_vec(only, values.len(), logits.device())
    }
}
