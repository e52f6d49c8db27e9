//! How far a load is, told by the memory it has filled: the engine itself does not say.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use inglenook_engine::protocol::Report;

use crate::process;
use crate::wire::Outbox;

/// How often to look.
const PACE: Duration = Duration::from_millis(150);
/// Less than this further is not worth a report.
const STEP: f64 = 0.02;
/// Where reading the weights begins and ends on the way from nothing to ready.
const WEIGHTS: (f64, f64) = (0.05, 0.95);

/// Reports a load from its start to its end.
pub struct Progress {
    outbox: Outbox,
    watch: Option<(Arc<AtomicBool>, JoinHandle<()>)>,
}

impl Progress {
    /// Nothing done yet.
    pub fn new(outbox: &Outbox) -> Self {
        let progress = Self { outbox: outbox.clone(), watch: None };
        progress.tell(0.0, "checking");
        progress
    }

    /// The weights, which will fill about so many bytes of memory, are being read.
    pub fn weights(&mut self, bytes: u64) {
        self.tell(WEIGHTS.0, "loading");
        let ended = Arc::new(AtomicBool::new(false));
        let (stop, outbox, before) = (ended.clone(), self.outbox.clone(), process::resident_bytes());
        let watch = move || {
            let mut told = WEIGHTS.0;
            while !stop.load(Ordering::Relaxed) {
                std::thread::park_timeout(PACE);
                let filled = process::resident_bytes().saturating_sub(before) as f64 / bytes.max(1) as f64;
                let fraction = WEIGHTS.0 + filled.min(1.0) * (WEIGHTS.1 - WEIGHTS.0);
                if fraction >= told + STEP && !stop.load(Ordering::Relaxed) {
                    told = fraction;
                    outbox.send(&Report::Loading { fraction: Some(fraction), stage: "loading".into() });
                }
            }
        };
        // Without the thread there are only fewer reports.
        self.watch = std::thread::Builder::new().name("progress".into()).spawn(watch).ok().map(|t| (ended, t));
    }

    /// The weights are being read, and the engine says how far it is: a call with 0 to 1 whenever that changes.
    pub fn measured(&mut self) -> impl FnMut(f64) + use<> {
        self.tell(WEIGHTS.0, "loading");
        let (outbox, mut told) = (self.outbox.clone(), WEIGHTS.0);
        move |done| {
            let fraction = WEIGHTS.0 + done.clamp(0.0, 1.0) * (WEIGHTS.1 - WEIGHTS.0);
            if fraction >= told + STEP {
                told = fraction;
                outbox.send(&Report::Loading { fraction: Some(fraction), stage: "loading".into() });
            }
        }
    }

    /// The weights are there; what is left takes a moment.
    pub fn preparing(&mut self) {
        self.stop();
        self.tell(WEIGHTS.1, "preparing");
    }

    fn tell(&self, fraction: f64, stage: &str) {
        self.outbox.send(&Report::Loading { fraction: Some(fraction), stage: stage.to_owned() });
    }

    fn stop(&mut self) {
        if let Some((ended, thread)) = self.watch.take() {
            ended.store(true, Ordering::Relaxed);
            thread.thread().unpark();
            // A panic there has been logged.
            let _ = thread.join();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.stop();
    }
}
