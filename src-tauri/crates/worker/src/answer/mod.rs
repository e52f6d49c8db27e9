//! An answer from the request to its first token: what is to be read, and what will draw from the logits.

mod writer;

use std::sync::Arc;

use inglenook_contract::FinishReason;
use inglenook_engine::protocol::Generate;

use crate::error::WorkerError;
use crate::model::Model;
use crate::prompt::Prepared;
use crate::ticket::Ticket;
use crate::tokens::Tokens;
pub use writer::Writer;

/// What to do after a look at the logits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Draw {
    /// This token comes next.
    Token(u32),
    /// The answer ends. The token that was drawn last, if there is one, is read only if it must be.
    End(Option<u32>),
}

/// A generation to be run.
pub struct Job {
    /// Where it reports.
    pub ticket: Arc<Ticket>,
    /// What was asked.
    pub request: Generate,
}

/// A generation that is about to be read.
pub struct Begun {
    /// Where it reports.
    pub ticket: Arc<Ticket>,
    /// The tokens to be read, at least one and fewer than the context holds.
    pub prompt: Vec<u32>,
    /// What draws.
    pub writer: Writer,
}

impl Job {
    /// Makes the prompt. `lanes` are the tokens that are kept in caches, each with the one that was drawn behind them
    /// and never read. `None` if the request is closed already, or was closed here because it cannot be answered.
    pub fn begin<'a>(self, model: &Arc<Model>, lanes: impl Iterator<Item = (&'a [u32], Option<u32>)>) -> Option<Begun> {
        let ticket = self.ticket.clone();
        if ticket.is_closed() {
            return None;
        }
        match self.prepare(model, lanes) {
            Ok(begun) => begun,
            Err(error) => {
                ticket.failed(&error);
                None
            }
        }
    }

    fn prepare<'a>(
        self,
        model: &Arc<Model>,
        lanes: impl Iterator<Item = (&'a [u32], Option<u32>)>,
    ) -> Result<Option<Begun>, WorkerError> {
        let Self { ticket, request } = self;
        let prepared = Prepared::new(model, &request.prompt, writer::is_constrained(&request))?;
        let prompt = known_tokens(model, lanes, &prepared).unwrap_or_else(|| prepared.tokens.clone());
        if prompt.is_empty() {
            return Err(WorkerError::invalid("There is nothing to answer: the prompt is empty."));
        }
        if prompt.len() >= model.context_length {
            return Err(WorkerError::ContextFull { needed: prompt.len(), context: model.context_length });
        }
        let most = request.max_tokens.map_or(usize::MAX, |n| n as usize).min(model.context_length - prompt.len());
        let writer = Writer::new(model.clone(), ticket.clone(), &request, prepared, &prompt, most)?;
        if most == 0 {
            ticket.prefill(0, prompt.len(), 0);
            ticket.done(FinishReason::Length, None);
            return Ok(None);
        }
        Ok(Some(Begun { ticket, prompt, writer }))
    }
}

/// The prompt's tokens, where its beginning is what a lane holds: the tokens that the model chose itself in an
/// earlier turn need not be those that its words would be split into. `None` if no lane holds such a beginning.
fn known_tokens<'a>(
    model: &Model,
    lanes: impl Iterator<Item = (&'a [u32], Option<u32>)>,
    prepared: &Prepared,
) -> Option<Vec<u32>> {
    let tokens = model.tokens();
    let (known, rest) = lanes
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
