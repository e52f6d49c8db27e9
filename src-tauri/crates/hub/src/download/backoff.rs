//! How long to wait before the next try, and when to give up.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::time::{Duration, Instant};

use super::Settings;

/// What kept a try from bringing anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// The network: a laptop that sleeps, a cable. It comes back some day.
    Network,
    /// The host asked for a pause.
    Wait(Duration),
    /// The host answers, and what it answers is of no use.
    Server,
}

/// The tries of one order.
#[derive(Debug)]
pub(super) struct Patience {
    shortest: Duration,
    longest: Duration,
    most_tries: u32,
    tries: u32,
    server_tries: u32,
    fetched: u64,
    quiet_until: Option<Instant>,
}

impl Patience {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            shortest: settings.shortest_wait,
            longest: settings.longest_wait,
            most_tries: settings.most_tries,
            tries: 0,
            server_tries: 0,
            fetched: 0,
            quiet_until: None,
        }
    }

    /// A try failed when `fetched` bytes had come in all. Returns until when nothing new is tried; `None`: that was
    /// one too many.
    pub(super) fn failed(&mut self, cause: Cause, fetched: u64, now: Instant) -> Option<Instant> {
        self.failed_with(cause, fetched, now, chance())
    }

    /// `chance` lies between 0 and 1.
    fn failed_with(&mut self, cause: Cause, fetched: u64, now: Instant, chance: f64) -> Option<Instant> {
        if fetched > self.fetched {
            (self.tries, self.server_tries, self.fetched) = (0, 0, fetched);
        }
        let asked = if let Cause::Wait(asked) = cause { asked } else { Duration::ZERO };
        // Connections that fail together are one failure.
        if let Some(until) = self.quiet_until.filter(|until| now < *until) {
            self.quiet_until = Some(until.max(now + asked));
            return self.quiet_until;
        }
        if cause == Cause::Server {
            self.server_tries += 1;
            if self.server_tries >= self.most_tries {
                return None;
            }
        }
        let doubled = self.shortest.saturating_mul(1_u32.checked_shl(self.tries.min(20)).unwrap_or(u32::MAX));
        self.tries = self.tries.saturating_add(1);
        let wait = doubled.min(self.longest).mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0);
        self.quiet_until = Some(now + wait.max(asked));
        self.quiet_until
    }

    /// Until when nothing new is tried.
    pub(super) fn quiet_until(&self, now: Instant) -> Option<Instant> {
        self.quiet_until.filter(|until| now < *until)
    }
}

/// A number between 0 and 1, so that many machines do not come back at the same moment; not for secrets.
fn chance() -> f64 {
    (RandomState::new().build_hasher().finish() >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patience() -> Patience {
        Patience::new(&Settings::default())
    }

    #[test]
    fn waits_double_up_to_a_minute_and_vary_by_half() {
        let mut patience = patience();
        let mut now = Instant::now();
        let mut waits = Vec::new();
        for _ in 0..10 {
            let until = patience.failed_with(Cause::Network, 0, now, 1.0).expect("the network is never given up");
            waits.push((until - now).as_millis());
            now = until;
        }
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
        let until = patience.failed_with(Cause::Network, 0, now, 0.0).expect("never");
        assert_eq!((until - now).as_secs(), 30);
        assert!((0..100).all(|_| (0.0..1.0).contains(&chance())));
    }

    #[test]
    fn what_the_host_asks_for_is_the_least() {
        let mut patience = patience();
        let now = Instant::now();
        let until = patience.failed_with(Cause::Wait(Duration::from_secs(55)), 0, now, 1.0).expect("one waits");
        assert_eq!((until - now).as_secs(), 55);
        let until = patience.failed_with(Cause::Wait(Duration::ZERO), 0, until, 1.0).expect("one waits");
        assert_eq!((until - now).as_secs(), 56, "and “at once” for ever is not believed");
    }

    #[test]
    fn a_server_that_brings_nothing_is_given_up_after_eight_tries() {
        let mut patience = patience();
        let mut now = Instant::now();
        for _ in 0..7 {
            now = patience.failed_with(Cause::Server, 0, now, 1.0).expect("not yet");
        }
        assert_eq!(patience.failed_with(Cause::Server, 0, now, 1.0), None);
    }

    #[test]
    fn a_single_byte_renews_the_patience() {
        let mut patience = patience();
        let mut now = Instant::now();
        for fetched in 0..100 {
            let until = patience.failed_with(Cause::Server, fetched + 1, now, 1.0).expect("something came");
            assert_eq!((until - now).as_millis(), 500);
            now = until;
        }
    }

    #[test]
    fn connections_that_fail_together_are_one_failure() {
        let mut patience = patience();
        let now = Instant::now();
        let until = patience.failed_with(Cause::Server, 0, now, 1.0).expect("the first");
        for _ in 0..20 {
            assert_eq!(patience.failed_with(Cause::Server, 0, now, 1.0), Some(until));
        }
        assert_eq!(patience.quiet_until(now), Some(until));
        assert_eq!(patience.quiet_until(until), None);
    }
}
