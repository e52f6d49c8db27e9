//! How much of a prompt is read at once.
//!
//! Between pieces a cancelled request, which is closed at once, lets go of the processor, and progress is told. So a
//! piece should be short, but each costs a copy of the cache, one token read alone and, where weights are whole numbers
//! of 32 bits, fetching all of them: a model of 0.4B so reads 60 tokens a second in pieces of 256 and 13 in pieces of 16.

use std::time::Duration;

/// A piece that is read in less is doubled.
const SHORT: Duration = Duration::from_millis(800);
/// A piece that takes longer is halved, whatever it costs: nobody's fan should go on for longer after a "stop".
const LONG: Duration = Duration::from_secs(5);
/// How much faster reading must become for longer pieces to be worth their wait.
const WORTH: f64 = 1.1;

/// The very first piece, before anything is known of the model's speed, which may be a few tokens a second.
const FIRST: usize = 16;
/// Less than this is mostly overhead.
const SHORTEST: usize = 8;
/// The engine itself computes no more than this at once.
const LONGEST: usize = 1024;

/// The length of pieces, as it follows a model's speed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pace {
    /// Tokens of the next piece.
    pub(crate) piece: usize,
    /// Tokens a second with the length before this one; 0 before any.
    before: f64,
}

impl Pace {
    /// Nothing known yet.
    pub(crate) fn new() -> Self {
        Self { piece: FIRST, before: 0.0 }
    }

    /// A piece of that length has been read in so long.
    pub(crate) fn took(&mut self, time: Duration) {
        let speed = self.piece as f64 / time.as_secs_f64().max(1e-6);
        if time > LONG && self.piece > SHORTEST {
            *self = Self { piece: self.piece / 2, before: speed };
        } else if (time < SHORT || speed > self.before * WORTH) && time < LONG / 2 && self.piece < LONGEST {
            *self = Self { piece: self.piece * 2, before: speed };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The piece that comes of reading a long prompt, where each piece takes so long for itself and so long a token.
    fn after(fixed: f64, each: f64) -> usize {
        let mut pace = Pace::new();
        for _ in 0..20 {
            pace.took(Duration::from_secs_f64(fixed + each * pace.piece as f64));
        }
        pace.piece
    }

    #[test]
    fn pieces_are_short_where_long_ones_gain_nothing() {
        assert_eq!(after(0.03, 0.03), 32, "30 tokens a second");
        assert_eq!(after(0.2, 0.2), 16, "5 tokens a second");
        assert_eq!(after(0.0, 1.0), SHORTEST, "one token a second");
    }

    #[test]
    fn pieces_grow_where_each_one_costs_much() {
        assert_eq!(after(0.5, 0.01), 256, "half a second for each");
        assert_eq!(after(0.0, 0.0001), LONGEST, "a small model");
    }
}
