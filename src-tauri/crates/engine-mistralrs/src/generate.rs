//! Writing an answer: find what the cache holds of its prompt, read the rest in pieces, draw until the end.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use inglenook_contract::EngineSpeed;
use inglenook_worker::answer::{Begun, Draw};
use inglenook_worker::load::last_panic;
use inglenook_worker::measure::{TRIAL_ANSWER, TRIAL_PROMPT, trial};
use inglenook_worker::model::Model;
use inglenook_worker::ticket::Ticket;
use inglenook_worker::{Scribe, WorkerError, Works, process};

use crate::lane::{Lane, Lanes, Shared};

/// How long reading one piece of a prompt should take. Between pieces a cancelled request, which is closed at
/// once, lets go of the processor, and progress is told. Each piece costs a copy of the cache and one token read
/// alone: with a 1B model of four bits on two cores pieces of 64 tokens take 5 % longer than all at once.
const PIECE: Duration = Duration::from_millis(800);
/// The first piece, before anything is known of the model's speed, which may be a few tokens a second.
const FIRST_PIECE: usize = 16;
/// Less than this is mostly overhead.
const SHORTEST_PIECE: usize = 8;
/// The engine itself computes no more than this at once.
const LONGEST_PIECE: usize = 1024;

/// The share of free memory that conversations may keep between requests, as a divisor.
const CACHE_SHARE: u64 = 4;

/// Writes answers one after the other: mistral.rs runs only requests of exactly the same length together, and copies
/// their caches whenever one comes or goes, so on a processor two answers at once would each take twice as long.
pub(crate) struct OneByOne {
    model: Arc<Model>,
    lanes: Lanes,
}

impl OneByOne {
    /// With a model and what computes with it.
    pub(crate) fn new(model: Arc<Model>, shared: Arc<Shared>) -> Self {
        let budget = (process::available_bytes() / CACHE_SHARE) as usize;
        Self { model, lanes: Lanes::new(shared, budget) }
    }
}

impl Scribe for OneByOne {
    fn write(mut self: Box<Self>, works: &Works) -> Result<(), WorkerError> {
        while let Some(job) = {
            let Self { model, lanes } = &mut *self;
            works.wait(|works| measure(model, lanes, works).ok().flatten())
        } {
            let Some(begun) = job.begin(&self.model, self.lanes.known()) else { continue };
            let ticket = begun.ticket.clone();
            match answer(&mut self.lanes, begun) {
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

fn answer(lanes: &mut Lanes, begun: Begun) -> Result<(), WorkerError> {
    let Begun { ticket, prompt, writer } = begun;
    let lane = lanes.choose(&prompt)?;
    let cached = lane.prepare(&prompt)?;
    ticket.prefill(cached, prompt.len(), cached);
    if !read(lane, &prompt, cached, &ticket)? {
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
    for end in [TRIAL_PROMPT / 2, TRIAL_PROMPT] {
        if works.is_one_waiting() {
            return Ok(None);
        }
        lane.read(&prompt[..end])?;
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
fn read(lane: &mut Lane, prompt: &[u32], cached: usize, ticket: &Ticket) -> Result<bool, WorkerError> {
    let (mut done, mut piece) = (cached, FIRST_PIECE);
    // The last piece is read by the request that also writes; a few tokens are the least that it needs.
    while prompt.len() - done > piece + 4 {
        let begun = Instant::now();
        lane.read(&prompt[..done + piece])?;
        done += piece;
        if ticket.is_closed() {
            return Ok(false);
        }
        ticket.prefill(done, prompt.len(), cached);
        piece = next_piece(piece, begun.elapsed());
    }
    Ok(!ticket.is_closed())
}

/// How long the piece after one of `tokens` tokens should be, which took so long.
fn next_piece(tokens: usize, took: Duration) -> usize {
    let speed = tokens as f64 / took.as_secs_f64().max(1e-6);
    ((speed * PIECE.as_secs_f64()) as usize).clamp(SHORTEST_PIECE, LONGEST_PIECE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_follow_the_models_speed_down_to_a_few_tokens() {
        assert_eq!(next_piece(16, Duration::from_secs(1)), 12, "16 tokens a second");
        assert_eq!(next_piece(64, Duration::from_secs(13)), 8, "5 tokens a second");
        assert_eq!(next_piece(64, Duration::from_millis(100)), 512);
        assert_eq!(next_piece(64, Duration::ZERO), LONGEST_PIECE);
    }
}
