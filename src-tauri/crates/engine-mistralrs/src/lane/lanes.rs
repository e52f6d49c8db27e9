//! Which conversation goes to which lane.

use std::sync::Arc;

use inglenook_worker::WorkerError;

use super::{CHANCE, Lane, Shared};

/// Conversations kept at most. Few people go back and forth between more, and each costs memory.
const MOST: usize = 4;
/// A beginning at least this long is worth keeping even where more than as much is lost for it, unless there is a
/// free lane: reading it again costs less than the other conversation's return.
const WORTH: usize = 256;

/// The lanes of a model.
pub(crate) struct Lanes {
    shared: Arc<Shared>,
    lanes: Vec<Lane>,
    /// Bytes of keys and values that may be kept between requests.
    budget: usize,
}

impl Lanes {
    /// No lanes yet; they come with the conversations. `budget` is in bytes.
    pub(crate) fn new(shared: Arc<Shared>, budget: usize) -> Self {
        Self { shared, lanes: Vec::new(), budget }
    }

    /// What the lanes hold, for finding a conversation again: the tokens that were read, and the one drawn last.
    pub(crate) fn known(&self) -> impl Iterator<Item = (&[u32], Option<u32>)> {
        self.lanes.iter().map(Lane::known)
    }

    /// The lane in which `prompt` is best read. Others are emptied if there is no room for them beside it.
    pub(crate) fn choose(&mut self, prompt: &[u32]) -> Result<&mut Lane, WorkerError> {
        let at = match self.best(prompt) {
            Some(at) => at,
            None => {
                self.lanes.push(Lane::new(self.shared.clone())?);
                self.lanes.len() - 1
            }
        };
        self.make_room(at, prompt.len())?;
        Ok(&mut self.lanes[at])
    }

    /// The lane to take; `None` for a new one.
    fn best(&self, prompt: &[u32]) -> Option<usize> {
        let by_shared = self.lanes.iter().enumerate().map(|(at, lane)| (lane.shared_with(prompt), at)).max();
        let empty = self.lanes.iter().position(|lane| lane.len() == 0);
        let free = empty.is_some() || self.lanes.len() < MOST;
        if let Some((shared, at)) = by_shared {
            let fits_beside = self.fits(self.lanes.iter().map(Lane::len).sum::<usize>() + prompt.len());
            if is_worth_taking(shared, self.lanes[at].len() - shared, free && fits_beside) {
                return Some(at);
            }
        }
        if free { empty } else { self.oldest(None) }
    }

    /// Whether so many tokens may be kept.
    fn fits(&self, tokens: usize) -> bool {
        tokens * self.shared.bytes_per_token <= self.budget
    }

    fn oldest(&self, except: Option<usize>) -> Option<usize> {
        let lanes = self.lanes.iter().enumerate().filter(|(at, lane)| Some(*at) != except && lane.len() > 0);
        lanes.min_by_key(|(_, lane)| lane.used).map(|(at, _)| at)
    }

    fn make_room(&mut self, at: usize, tokens: usize) -> Result<(), WorkerError> {
        loop {
            let others: usize = self.lanes.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, l)| l.len()).sum();
            if self.fits(others + tokens) {
                return Ok(());
            }
            let Some(oldest) = self.oldest(Some(at)) else { return Ok(()) };
            self.lanes[oldest].clear()?;
        }
    }
}

/// Whether to go on in a lane that holds `shared` tokens of the prompt, and as many as `lost` that would be given up
/// for it. `free` says that there is another lane to read the prompt in, beside this one.
fn is_worth_taking(shared: usize, lost: usize, free: bool) -> bool {
    shared >= CHANCE && (shared >= lost || (shared >= WORTH && !free))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_is_taken_for_most_of_what_it_holds_and_for_less_only_where_none_is_free() {
        assert!(is_worth_taking(100, 100, true), "a branch of the same conversation");
        assert!(!is_worth_taking(300, 900, true), "another chat with the same instructions");
        assert!(is_worth_taking(300, 900, false));
        assert!(!is_worth_taking(200, 900, false), "too little to lose another chat for");
        assert!(!is_worth_taking(8, 0, false), "chance");
    }
}
