//! Writing an answer: find what the cache holds of its prompt, read the rest in pieces, draw until the end.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use inglenook_contract::EngineSpeed;
use inglenook_worker::answer::{Begun, Draw};
use inglenook_worker::load::last_panic;
use inglenook_worker::measure::{TRIAL_ANSWER, TRIAL_PROMPT, trial};
use inglenook_worker::model::Model;
use inglenook_worker::ticket::Ticket;
use inglenook_worker::{Scribe, WorkerError, Works, process};

use crate::lane::{Lane, Lanes, Shared};
use crate::pace::Pace;

/// The share of free memory that conversations may keep between requests, as a divisor.
const CACHE_SHARE: u64 = 4;

/// Writes answers one after the other: mistral.rs runs only requests of exactly the same length together, and copies
/// their caches whenever one comes or goes, so on a processor two answers at once would each take twice as long.
pub(crate) struct OneByOne {
    model: Arc<Model>,
    lanes: Lanes,
    pace: Pace,
}

impl OneByOne {
    /// With a model and what computes with it.
    pub(crate) fn new(model: Arc<Model>, shared: Arc<Shared>) -> Self {
        let budget = (process::available_bytes() / CACHE_SHARE) as usize;
        Self { model, lanes: Lanes::new(shared, budget), pace: Pace::new() }
    }
}

impl Scribe for OneByOne {
    fn write(mut self: Box<Self>, works: &Works) -> Result<(), WorkerError> {
        while let Some(job) = {
            let Self { model, lanes, .. } = &mut *self;
            works.wait(|works| measure(model, lanes, works).ok().flatten())
        } {
            let Some(begun) = job.begin(&self.model, self.lanes.known()) else { continue };
            let ticket = begun.ticket.clone();
            match answer(&mut self.lanes, &mut self.pace, begun) {
                Ok(()) => {}
                Err(WorkerError::EngineCrashed { detail }) => {
                    let error = WorkerError::EngineCrashed { detail: format!("{detail}: {}", last_panic()) };
                    ticket.failed(&error);
                    return Err(error);
                }
                Err(error) => ticket.failed(&error),
            }
        }
        Ok(())
    }
}

fn answer(lanes: &mut Lanes, pace: &mut Pace, begun: Begun) -> Result<(), WorkerError> {
    let Begun { ticket, prompt, writer } = begun;
    let lane = lanes.choose(&prompt)?;
    let cached = lane.prepare(&prompt)?;
    ticket.prefill(cached, prompt.len(), cached);
    if !read(lane, pace, &prompt, cached, &ticket)? {
        return Ok(());
    }
    let writer = Arc::new(Mutex::new(writer));
    let (drawing, reading, total) = (writer.clone(), ticket.clone(), prompt.len());
    let mut read = false;
    lane.write(&prompt, move |logits| {
        if !std::mem::replace(&mut read, true) {
            reading.prefill(total, total, cached);
        }
        drawing.lock().unwrap_or_else(PoisonError::into_inner).draw(logits)
    })?;
    writer.lock().unwrap_or_else(PoisonError::into_inner).finish();
    Ok(())
}

/// How fast the model reads and writes; `None` if something else has to be done meanwhile.
fn measure(model: &Model, lanes: &mut Lanes, works: &Works) -> Result<Option<EngineSpeed>, WorkerError> {
    let prompt: Vec<u32> = trial(model.tokens().size(), TRIAL_PROMPT + 2).collect();
    let lane = lanes.choose(&prompt)?;
    lane.clear()?;
    let begun = Instant::now();
    let ends = if lane.reads_in_pieces() { &[TRIAL_PROMPT / 2, TRIAL_PROMPT][..] } else { &[TRIAL_PROMPT] };
    for end in ends {
        if works.is_one_waiting() {
            return Ok(None);
        }
        lane.read(&prompt[..*end])?;
    }
    let prompt_tok_s = TRIAL_PROMPT as f64 / begun.elapsed().as_secs_f64().max(1e-6);
    let (mut times, mut tokens) = (Vec::with_capacity(TRIAL_ANSWER), trial(model.tokens().size(), TRIAL_ANSWER));
    let times_seen = Arc::new(Mutex::new(Vec::new()));
    let seen = times_seen.clone();
    lane.write(&prompt, move |_| {
        times.push(Instant::now());
        match tokens.next() {
            Some(token) => Draw::Token(token),
            None => {
                seen.lock().unwrap_or_else(PoisonError::into_inner).append(&mut times);
                Draw::End(None)
            }
        }
    })?;
    lane.clear()?;
    let times = std::mem::take(&mut *times_seen.lock().unwrap_or_else(PoisonError::into_inner));
    let (Some(first), Some(last)) = (times.first(), times.last()) else { return Ok(None) };
    let tok_s = (times.len() - 1) as f64 / last.duration_since(*first).as_secs_f64().max(1e-6);
    Ok(Some(EngineSpeed { prompt_tok_s, tok_s }))
}

/// Reads a long prompt in pieces, all but the last one. False if the request was closed meanwhile.
fn read(lane: &mut Lane, pace: &mut Pace, prompt: &[u32], cached: usize, ticket: &Ticket) -> Result<bool, WorkerError> {
    let mut done = cached;
    // The last piece is read by the request that also writes; a few tokens are the least that it needs.
    while lane.reads_in_pieces() && prompt.len() - done > pace.piece + 4 {
        let begun = Instant::now();
        lane.read(&prompt[..done + pace.piece])?;
        done += pace.piece;
        if ticket.is_closed() {
            return Ok(false);
        }
        ticket.prefill(done, prompt.len(), cached);
        pace.took(begun.elapsed());
    }
    Ok(!ticket.is_closed())
}
