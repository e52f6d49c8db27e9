//! Writing an answer: find what the cache holds of its prompt, read the rest in pieces, draw until the end.

mod writer;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use inglenook_contract::FinishReason;
use inglenook_engine::protocol::Generate;

use crate::error::WorkerError;
use crate::lane::{Lane, Lanes};
use crate::model::Model;
use crate::prompt::Prepared;
use crate::ticket::Ticket;
use crate::tokens::Tokens;
use writer::Writer;

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

/// A generation to be run.
pub(crate) struct Job {
    /// Where it reports.
    pub(crate) ticket: Arc<Ticket>,
    /// What was asked.
    pub(crate) request: Generate,
}

/// Runs a generation to its closing report. An error means that the engine is gone and the process must end; the
/// report was sent all the same.
pub(crate) fn run(model: &Arc<Model>, lanes: &mut Lanes, job: Job) -> Result<(), WorkerError> {
    let ticket = job.ticket.clone();
    if ticket.is_closed() {
        return Ok(());
    }
    match answer(model, lanes, job) {
        Ok(()) => Ok(()),
        Err(WorkerError::EngineCrashed { detail }) => {
            let panic = crate::load::last_panic();
            let error = WorkerError::EngineCrashed { detail: format!("{detail}: {panic}") };
            ticket.failed(&error);
            Err(error)
        }
        Err(error) => {
            ticket.failed(&error);
            Ok(())
        }
    }
}

fn answer(model: &Arc<Model>, lanes: &mut Lanes, job: Job) -> Result<(), WorkerError> {
    let Job { ticket, request } = job;
    let prepared = Prepared::new(model, &request.prompt, writer::is_constrained(&request))?;
    let prompt = known_tokens(model, lanes, &prepared).unwrap_or_else(|| prepared.tokens.clone());
    if prompt.is_empty() {
        return Err(WorkerError::invalid("There is nothing to answer: the prompt is empty."));
    }
    if prompt.len() >= model.context_length {
        return Err(WorkerError::ContextFull { needed: prompt.len(), context: model.context_length });
    }
    let most = request.max_tokens.map_or(usize::MAX, |n| n as usize).min(model.context_length - prompt.len());
    let writer = Arc::new(Mutex::new(Writer::new(model.clone(), ticket.clone(), &request, prepared, &prompt, most)?));
    let lane = lanes.choose(&prompt)?;
    let cached = lane.prepare(&prompt)?;
    ticket.prefill(cached, prompt.len(), cached);
    if most == 0 {
        ticket.done(FinishReason::Length);
        return Ok(());
    }
    if !read(lane, &prompt, cached, &ticket)? {
        return Ok(());
    }
    let drawing = writer.clone();
    let total = prompt.len();
    let reading = ticket.clone();
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

/// The prompt's tokens, where its beginning is what a lane holds: the tokens that the model chose itself in an
/// earlier turn need not be those that its words would be split into. `None` if no lane holds such a beginning.
fn known_tokens(model: &Model, lanes: &Lanes, prepared: &Prepared) -> Option<Vec<u32>> {
    let tokens = model.tokens();
    let (known, rest) = lanes
        .known()
        .map(|(stored, last)| {
            // What ends an answer is written by the template; only a word that was cut off belongs to it.
            let said = last.filter(|last| !model.ends.contains(last));
            common_beginning(tokens, stored.iter().copied().chain(said), &prepared.text)
        })
        .max_by_key(|(known, _)| known.len())
        .filter(|(known, _)| !known.is_empty())?;
    let mut whole = known;
    whole.extend(tokens.encode(rest).ok()?);
    Some(whole)
}

/// As many of `known` as spell the beginning of `text`, up to a place where a border between tokens is certain,
/// and the text behind it.
fn common_beginning<'a>(tokens: &Tokens, known: impl Iterator<Item = u32>, text: &'a str) -> (Vec<u32>, &'a str) {
    let (mut common, mut certain, mut at) = (Vec::new(), 0, 0);
    let mut rest = text;
    for token in known {
        let bytes = tokens.raw(token);
        if bytes.is_empty() || !text.as_bytes()[at..].starts_with(bytes) {
            break;
        }
        common.push(token);
        at += bytes.len();
        if let Some(behind) = text.get(at..).filter(|b| b.is_empty() || tokens.begins_with_special(b)) {
            (certain, rest) = (common.len(), behind);
        }
    }
    common.truncate(certain);
    (common, rest)
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
