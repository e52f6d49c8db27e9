//! How many bytes one connection asks for at once.
//!
//! Short pieces keep what has come close behind the first byte that is missing, so that the hasher can follow, and
//! little is left to hash when the last byte is there. But each piece costs a wait until its answer begins. So pieces
//! are as short as that wait allows.

use std::time::Duration;

use super::Settings;

/// Pieces of a file for each connection, where the wait for an answer does not matter.
const MOST_ROUNDS: u64 = 32;
/// The same where it does: enough to keep all connections busy to the end.
const LEAST_ROUNDS: u64 = 4;
/// So many times as long as the wait for its answer a piece is to take.
const WORTH_THE_WAIT: f64 = 32.0;

/// How a connection brought a piece.
#[derive(Clone, Copy, Debug)]
pub(super) struct Brought {
    pub(super) bytes: u64,
    /// Until the answer began.
    pub(super) waited: Duration,
    /// From there to its end.
    pub(super) took: Duration,
}

/// The length of pieces, learnt from those that came.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    shortest: u64,
    longest: u64,
    bytes: u64,
    /// The shortest that was seen: longer ones have to do with a busy machine or a new connection.
    wait: Option<Duration>,
}

impl Step {
    /// For a file of `bytes` bytes by at most `connections` connections.
    pub(super) fn new(bytes: u64, connections: usize, settings: &Settings) -> Self {
        if connections <= 1 {
            return Self { shortest: u64::MAX, longest: u64::MAX, bytes: u64::MAX, wait: None };
        }
        let least = settings.least_step_bytes.max(1);
        let of_rounds = |rounds: u64| {
            let step = bytes / (connections as u64).saturating_mul(rounds);
            step.clamp(least, settings.most_step_bytes.max(least))
        };
        let shortest = of_rounds(MOST_ROUNDS);
        Self { shortest, longest: of_rounds(LEAST_ROUNDS), bytes: shortest, wait: None }
    }

    /// What the next connection asks for at most.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// A piece came.
    pub(super) fn learn(&mut self, brought: Brought) {
        let wait = self.wait.map_or(brought.waited, |wait| wait.min(brought.waited));
        self.wait = Some(wait);
        let pace = brought.bytes as f64 / brought.took.as_secs_f64().max(1e-6);
        // What does not fit becomes the greatest number.
        let worth = (pace * wait.as_secs_f64() * WORTH_THE_WAIT) as u64;
        self.bytes = worth.clamp(self.shortest, self.longest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    fn step(bytes: u64) -> Step {
        Step::new(bytes, 8, &Settings::default())
    }

    fn brought(mib: u64, waited_ms: u64, took_ms: u64) -> Brought {
        let (waited, took) = (Duration::from_millis(waited_ms), Duration::from_millis(took_ms));
        Brought { bytes: mib * MIB, waited, took }
    }

    #[test]
    fn pieces_are_short_where_answers_begin_at_once() {
        let mut step = step(1 << 30);
        assert_eq!(step.bytes(), 4 * MIB);
        step.learn(brought(4, 1, 40));
        assert_eq!(step.bytes(), 4 * MIB, "a fast line");
        step.learn(brought(4, 1, 4000));
        assert_eq!(step.bytes(), 4 * MIB, "a slow one");
    }

    #[test]
    fn pieces_are_long_where_each_answer_is_waited_for() {
        let mut step = step(1 << 30);
        step.learn(brought(4, 50, 200));
        assert_eq!(step.bytes(), 32 * MIB, "20 MiB/s with 50 ms before each");
        step.learn(brought(32, 10, 1600));
        assert_eq!(step.bytes(), 20 * MIB * 32 / 100, "the shortest wait is the line's own");
        step.learn(brought(4, 900, 200));
        assert_eq!(step.bytes(), 20 * MIB * 32 / 100, "a longer one is not");
    }

    #[test]
    fn pieces_grow_with_the_file_within_their_bounds() {
        assert_eq!(step(8 << 30).bytes(), 32 * MIB, "or there would be thousands of requests");
        assert_eq!(step(80 << 30).bytes(), 64 * MIB);
        assert_eq!(step(10 * MIB).bytes(), 4 * MIB);
        let mut step = step(80 << 30);
        step.learn(Brought { bytes: u64::MAX, waited: Duration::MAX, took: Duration::ZERO });
        assert_eq!(step.bytes(), 64 * MIB);
    }

    #[test]
    fn one_connection_asks_for_everything() {
        let mut step = Step::new(1 << 30, 1, &Settings::default());
        step.learn(brought(4, 1, 40));
        assert_eq!(step.bytes(), u64::MAX);
    }
}
