//! Which conversation goes to which lane.

use std::sync::Arc;

use super::{CHANCE, Lane, Shared};
use crate::error::WorkerError;

/// Conversations kept at most. Few people go back and forth between more, and each costs memory.
const MOST: usize = 4;
/// A beginning at least this long is worth keeping even where more than as much is lost for it.
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
        if let Some((shared, at)) = by_shared {
            let lost = self.lanes[at].len() - shared;
            if shared >= CHANCE && (shared >= lost || shared >= WORTH) {
                return Some(at);
            }
        }
        if let Some(empty) = self.lanes.iter().position(|lane| lane.len() == 0) {
            return Some(empty);
        }
        if self.lanes.len() < MOST {
            return None;
        }
        self.oldest(None)
    }

    fn oldest(&self, except: Option<usize>) -> Option<usize> {
        let lanes = self.lanes.iter().enumerate().filter(|(at, lane)| Some(*at) != except && lane.len() > 0);
        lanes.min_by_key(|(_, lane)| lane.used).map(|(at, _)| at)
    }

    fn make_room(&mut self, at: usize, tokens: usize) -> Result<(), WorkerError> {
        let per_token = self.shared.bytes_per_token;
        loop {
            let others: usize = self.lanes.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, l)| l.len()).sum();
            if (others + tokens) * per_token <= self.budget {
                return Ok(());
            }
            let Some(oldest) = self.oldest(Some(at)) else { return Ok(()) };
            self.lanes[oldest].clear()?;
        }
    }
}
