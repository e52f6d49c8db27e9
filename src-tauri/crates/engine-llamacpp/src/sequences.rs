//! Conversations in the KV cache.
//!
//! The cache is one pool of cells; a *sequence* is a number under which llama.cpp finds the cells of one conversation.
//! Cells can belong to several sequences at once, so a branch shares its beginning with the conversation it comes from
//! and costs only what is new. What is not being written stays: the next turn of a chat, another answer to the same
//! question and a return to an earlier branch all read only what the cache has not got.
//!
//! When the pool or the numbers run out, the conversation that was used longest ago is *parked*: its state goes to
//! ordinary memory, from where bringing it back is a copy and not a computation. Nothing is ever shifted or cut
//! silently.

use std::time::Instant;

use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::{LlamaStateSeqFlags, SeqState};

/// Less than this is read again rather than parked.
const WORTH_PARKING: usize = 64;
/// Few people go back and forth between more conversations than these, besides those in the cache.
const MOST_PARKED: usize = 8;

/// Tokens that were read, and the one that was drawn behind them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Held {
    /// Those whose keys and values are kept.
    pub(crate) tokens: Vec<u32>,
    /// The one that was drawn last and never read.
    pub(crate) last: Option<u32>,
}

struct Place {
    held: Held,
    /// An answer is being written here.
    busy: bool,
    used: Instant,
}

struct Parked {
    held: Held,
    state: SeqState,
    used: Instant,
}

/// All conversations that are kept.
pub(crate) struct Sequences {
    /// By their number; `None` is a free one.
    places: Vec<Option<Place>>,
    parked: Vec<Parked>,
    /// Whether a conversation can be cut back to any length. Recurrent layers know only their latest state.
    rewinds: bool,
    /// Bytes of ordinary memory that parked conversations may take.
    budget: usize,
}

/// Where a prompt is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seat {
    /// The sequence's number.
    pub(crate) number: usize,
    /// How many tokens of the prompt are there already, fewer than all.
    pub(crate) cached: usize,
}

/// Where the best beginning of a prompt was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Live(usize),
    Parked(usize),
}

impl Sequences {
    /// No conversations. `numbers` are there in all; `budget` is in bytes.
    pub(crate) fn new(numbers: usize, rewinds: bool, budget: usize) -> Self {
        Self { places: std::iter::repeat_with(|| None).take(numbers).collect(), parked: Vec::new(), rewinds, budget }
    }

    /// Whether a conversation can be cut back to any length.
    pub(crate) fn rewinds(&self) -> bool {
        self.rewinds
    }

    /// What is kept, for finding a conversation again.
    pub(crate) fn known(&self) -> impl Iterator<Item = (&[u32], Option<u32>)> {
        let live = self.places.iter().flatten().map(|place| &place.held);
        live.chain(self.parked.iter().map(|parked| &parked.held)).map(|held| (held.tokens.as_slice(), held.last))
    }

    /// Takes a number for a prompt of at least one token and puts there what is known of its beginning. `None` if an
    /// answer is being written at every number.
    pub(crate) fn seat(&mut self, context: &mut LlamaContext<'_>, prompt: &[u32]) -> Option<Seat> {
        let mut found = self.best(prompt);
        // The whole conversation and nothing else: it goes on where it is.
        if let Some((Source::Live(number), shared)) = found
            && self.places[number].as_ref().is_some_and(|p| !p.busy && p.held.tokens.len() == shared)
        {
            return Some(self.take(number, prompt, shared));
        }
        let keep = match found {
            Some((Source::Live(number), _)) => Some(number),
            _ => None,
        };
        let number = match self.places.iter().position(Option::is_none) {
            Some(free) => free,
            None => {
                let before = self.parked.len();
                match self.oldest(keep) {
                    Some(oldest) => {
                        self.park(context, oldest);
                        // What is parked may have been dropped to make room.
                        if matches!(found, Some((Source::Parked(_), _))) && self.parked.len() <= before {
                            found = self.best(prompt);
                        }
                        oldest
                    }
                    // The only one that does not write is the one to go on from: its other end is given up.
                    None => keep.filter(|number| self.places[*number].as_ref().is_some_and(|place| !place.busy))?,
                }
            }
        };
        let cached = match found {
            Some((Source::Live(from), shared)) if from == number => {
                if !rewind(context, number, shared) {
                    0
                } else {
                    shared
                }
            }
            Some((Source::Live(from), shared)) => copy(context, from, number, shared, self.rewinds),
            Some((Source::Parked(at), shared)) => self.unpark(context, at, number, shared),
            None => 0,
        };
        Some(self.take(number, prompt, cached))
    }

    fn take(&mut self, number: usize, prompt: &[u32], cached: usize) -> Seat {
        let held = Held { tokens: prompt[..cached].to_vec(), last: None };
        self.places[number] = Some(Place { held, busy: true, used: Instant::now() });
        Seat { number, cached }
    }

    /// The longest usable beginning of a prompt, with its length; the live one of equals. One token at least must be
    /// left to read: its logits are what an answer begins with.
    fn best(&self, prompt: &[u32]) -> Option<(Source, usize)> {
        let live =
            self.places.iter().enumerate().filter_map(|(at, place)| Some((Source::Live(at), &place.as_ref()?.held)));
        let parked = self.parked.iter().enumerate().map(|(at, parked)| (Source::Parked(at), &parked.held));
        let all = parked.chain(live).map(|(source, held)| (source, usable(&held.tokens, prompt, self.rewinds)));
        all.filter(|(_, shared)| *shared > 0).max_by_key(|(_, shared)| *shared)
    }

    /// Notes that more tokens of a conversation have been read.
    pub(crate) fn read(&mut self, number: usize, tokens: &[u32]) {
        if let Some(Some(place)) = self.places.get_mut(number) {
            place.held.tokens.extend_from_slice(tokens);
        }
    }

    /// Nothing is written at this number any more; `last` was drawn behind what was read.
    pub(crate) fn leave(&mut self, number: usize, last: Option<u32>) {
        if let Some(Some(place)) = self.places.get_mut(number) {
            place.busy = false;
            place.used = Instant::now();
            place.held.last = last;
        }
    }

    /// Gives up what was read at this number.
    pub(crate) fn drop_place(&mut self, context: &mut LlamaContext<'_>, number: usize) {
        rewind(context, number, 0);
        self.places[number] = None;
    }

    /// Keeps the state of a conversation under another number, where it can only be gone on with from there.
    pub(crate) fn remember(&mut self, context: &mut LlamaContext<'_>, number: usize) {
        let Some(tokens) = self.places[number].as_ref().map(|place| place.held.tokens.clone()) else { return };
        if self.places.iter().flatten().any(|place| !place.busy && place.held.tokens == tokens) {
            return;
        }
        let free = self.places.iter().position(Option::is_none);
        let Some(to) = free.or_else(|| self.oldest(None)) else { return };
        if self.places[to].is_some() {
            self.park(context, to);
        }
        copy(context, number, to, tokens.len(), self.rewinds);
        self.places[to] = Some(Place { held: Held { tokens, last: None }, busy: false, used: Instant::now() });
    }

    /// Makes room in the cache: parks the conversation that was used longest ago. False if every one is being written.
    pub(crate) fn make_room(&mut self, context: &mut LlamaContext<'_>) -> bool {
        let Some(oldest) = self.oldest(None) else { return false };
        self.park(context, oldest);
        true
    }

    /// Everything is gone from the cache.
    pub(crate) fn clear(&mut self, context: &mut LlamaContext<'_>) {
        context.clear_kv_cache();
        self.places.iter_mut().for_each(|place| *place = None);
    }

    fn oldest(&self, except: Option<usize>) -> Option<usize> {
        let idle = self.places.iter().enumerate().filter_map(|(at, place)| Some((at, place.as_ref()?)));
        let idle = idle.filter(|(at, place)| !place.busy && Some(*at) != except);
        idle.min_by_key(|(_, place)| place.used).map(|(at, _)| at)
    }

    fn park(&mut self, context: &mut LlamaContext<'_>, number: usize) {
        let Some(place) = self.places[number].take() else { return };
        let elsewhere =
            self.known().map(|(tokens, _)| usable(tokens, &place.held.tokens, self.rewinds)).max().unwrap_or(0);
        if place.held.tokens.len() - elsewhere >= WORTH_PARKING {
            match context.state_seq_get(number as i32, LlamaStateSeqFlags::default()) {
                Ok(state) if state.byte_len() <= self.budget => {
                    self.parked.push(Parked { held: place.held, state, used: place.used });
                    self.keep_within_budget();
                }
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "a conversation could not be parked"),
            }
        }
        rewind(context, number, 0);
    }

    fn keep_within_budget(&mut self) {
        let taken = |parked: &[Parked]| parked.iter().map(|one| one.state.byte_len()).sum::<usize>();
        while self.parked.len() > MOST_PARKED || taken(&self.parked) > self.budget {
            let oldest = self.parked.iter().enumerate().min_by_key(|(_, parked)| parked.used).map(|(at, _)| at);
            let Some(oldest) = oldest else { return };
            self.parked.swap_remove(oldest);
        }
    }

    /// Brings a parked conversation back and returns how much of it can be used.
    fn unpark(&mut self, context: &mut LlamaContext<'_>, at: usize, number: usize, shared: usize) -> usize {
        // Taken out, so that what is parked to make room for it cannot push it out.
        let parked = self.parked.swap_remove(at);
        while let Err(error) = context.state_seq_set(&parked.state, number as i32) {
            rewind(context, number, 0);
            if !self.make_room(context) {
                tracing::warn!(%error, "a parked conversation could not be brought back");
                return 0;
            }
        }
        if parked.held.tokens.len() == shared {
            return shared;
        }
        let usable = if rewind(context, number, shared) { shared } else { 0 };
        // Its other end may still be gone back to.
        self.parked.push(parked);
        self.keep_within_budget();
        usable
    }
}

/// How many tokens of `prompt` need not be read where `held` are kept.
fn usable(held: &[u32], prompt: &[u32], rewinds: bool) -> usize {
    let shared = held.iter().zip(prompt).take_while(|(a, b)| a == b).count();
    if rewinds {
        shared.min(prompt.len() - 1)
    } else if shared == held.len() && shared < prompt.len() {
        shared
    } else {
        0
    }
}

/// Cuts a sequence back to so many tokens. Where that is impossible it is emptied, and the answer is false.
pub(crate) fn rewind(context: &mut LlamaContext<'_>, number: usize, to: usize) -> bool {
    let number = Some(number as u32);
    // Numbers and lengths fit: there are a few, and contexts of millions.
    let done = context.clear_kv_cache_seq(number, Some(to as u32), None).unwrap_or(false);
    if !done {
        let _ = context.clear_kv_cache_seq(number, None, None);
    }
    done
}

/// Gives `to` the first tokens of `from`, and says how many those are.
fn copy(context: &mut LlamaContext<'_>, from: usize, to: usize, tokens: usize, rewinds: bool) -> usize {
    let end = rewinds.then_some(tokens as u32);
    match context.copy_kv_cache_seq(from as i32, to as i32, None, end) {
        Ok(()) => tokens,
        Err(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_token_is_always_left_to_read() {
        assert_eq!(usable(&[1, 2, 3], &[1, 2, 3], true), 2);
        assert_eq!(usable(&[1, 2, 3, 4], &[1, 2, 3], true), 2);
        assert_eq!(usable(&[1, 2], &[1, 2, 3], true), 2);
        assert_eq!(usable(&[9], &[1], true), 0);
    }

    #[test]
    fn what_cannot_be_cut_back_is_used_whole_or_not_at_all() {
        assert_eq!(usable(&[1, 2], &[1, 2, 3], false), 2);
        assert_eq!(usable(&[1, 2, 3], &[1, 2, 3], false), 0);
        assert_eq!(usable(&[1, 2, 9], &[1, 2, 3], false), 0);
    }
}
