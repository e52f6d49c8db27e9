//! How far an order is: what its tasks count, put together for whoever looks.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use inglenook_contract::ErrorInfo;
use tokio::sync::watch;

use super::{Progress, Stage};

/// How often whoever looks is told.
const TICK: Duration = Duration::from_millis(200);
/// Over which time the rate is taken.
const RATE_WINDOW: Duration = Duration::from_secs(5);
/// Before that no rate is told.
const RATE_AFTER: Duration = Duration::from_secs(1);

/// What is done with one file.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum FileStage {
    Resolving,
    Downloading,
    Waiting { until: Instant, why: ErrorInfo },
    Verifying,
    Done,
}

/// The counters of one file.
#[derive(Debug)]
pub(super) struct FileGauge {
    bytes: u64,
    pub(super) done: AtomicU64,
    pub(super) hashed: AtomicU64,
    pub(super) connections: AtomicUsize,
    stage: Mutex<FileStage>,
}

impl FileGauge {
    fn stage(&self) -> MutexGuard<'_, FileStage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set(&self, stage: FileStage) {
        if stage == FileStage::Done {
            self.done.store(self.bytes, Ordering::Relaxed);
            self.hashed.store(self.bytes, Ordering::Relaxed);
            self.connections.store(0, Ordering::Relaxed);
        }
        *self.stage() = stage;
    }
}

/// The counters of an order.
#[derive(Debug)]
pub(super) struct Gauge {
    pub(super) files: Vec<FileGauge>,
    total: u64,
    /// Bytes that came in this run; never less than before.
    pub(super) fetched: AtomicU64,
    placing: AtomicBool,
    note: Mutex<Option<String>>,
}

impl Gauge {
    /// For files of these sizes.
    pub(super) fn new(sizes: impl Iterator<Item = u64>) -> Self {
        let file = |bytes| FileGauge {
            bytes,
            done: AtomicU64::new(0),
            hashed: AtomicU64::new(0),
            connections: AtomicUsize::new(0),
            stage: Mutex::new(FileStage::Resolving),
        };
        let files: Vec<FileGauge> = sizes.map(file).collect();
        let total = files.iter().fold(0_u64, |total, file| total.saturating_add(file.bytes));
        Self { files, total, fetched: AtomicU64::new(0), placing: AtomicBool::new(false), note: Mutex::new(None) }
    }

    pub(super) fn note(&self, words: String) {
        *self.note.lock().unwrap_or_else(PoisonError::into_inner) = Some(words);
    }

    pub(super) fn place(&self) {
        self.placing.store(true, Ordering::Relaxed);
    }

    /// Bytes that are still to come.
    pub(super) fn missing(&self) -> u64 {
        self.total.saturating_sub(self.done())
    }

    fn done(&self) -> u64 {
        self.files.iter().map(|file| file.done.load(Ordering::Relaxed)).sum()
    }

    /// How far the order is.
    pub(super) fn progress(&self, bytes_per_s: Option<f64>) -> Progress {
        let stage = self.stage();
        Progress {
            bytes_per_s: bytes_per_s.filter(|_| stage == Stage::Downloading),
            stage,
            done_bytes: self.done(),
            total_bytes: self.total,
            connections: self.files.iter().map(|file| file.connections.load(Ordering::Relaxed)).sum(),
            note: self.note.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }

    /// What most concerns a person of what the files are at.
    fn stage(&self) -> Stage {
        if self.placing.load(Ordering::Relaxed) {
            return Stage::Placing;
        }
        let mut stage = None;
        for file in &self.files {
            match (&*file.stage(), &stage) {
                (FileStage::Downloading, _) => return Stage::Downloading,
                (FileStage::Verifying, _) => {
                    let done = self.files.iter().map(|file| file.hashed.load(Ordering::Relaxed)).sum();
                    stage = Some(Stage::Verifying { done });
                }
                (FileStage::Waiting { until, why }, None) => {
                    stage = Some(Stage::Waiting { until_ms: clock_ms(*until), why: why.clone() });
                }
                _ => {}
            }
        }
        stage.unwrap_or_default()
    }

    /// Tells `progress` for ever.
    pub(super) async fn tell(&self, progress: &watch::Sender<Progress>) -> Infallible {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut rate = Rate::default();
        loop {
            ticks.tick().await;
            let bytes_per_s = rate.of(self.fetched.load(Ordering::Relaxed), Instant::now());
            let now = self.progress(bytes_per_s);
            progress.send_if_modified(|before| {
                let other = *before != now;
                *before = now;
                other
            });
        }
    }
}

/// A moment on the clock on the wall, milliseconds since 1970-01-01 UTC.
fn clock_ms(at: Instant) -> i64 {
    let then = SystemTime::now() + at.saturating_duration_since(Instant::now());
    i64::try_from(then.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis()).unwrap_or(i64::MAX)
}

/// Bytes a second over the last seconds.
#[derive(Debug, Default)]
struct Rate(VecDeque<(Instant, u64)>);

impl Rate {
    fn of(&mut self, bytes: u64, now: Instant) -> Option<f64> {
        self.0.push_back((now, bytes));
        while self.0.len() > 2 && self.0.get(1).is_some_and(|(at, _)| now.duration_since(*at) >= RATE_WINDOW) {
            self.0.pop_front();
        }
        let (since, before) = *self.0.front()?;
        let time = now.duration_since(since);
        (time >= RATE_AFTER).then(|| bytes.saturating_sub(before) as f64 / time.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use inglenook_contract::ErrorCode;

    use super::*;

    #[test]
    fn the_rate_is_that_of_the_last_seconds() {
        let (mut rate, begun) = (Rate::default(), Instant::now());
        assert_eq!(rate.of(0, begun), None);
        let at = |tenths: u64| begun + Duration::from_millis(tenths * 100);
        for tenths in 1..=200 {
            rate.of(tenths * 100, at(tenths));
        }
        let after = (201..=260).map(|tenths| rate.of(20_000 + (tenths - 200) * 500, at(tenths))).next_back();
        let now = after.flatten().expect("told by now");
        assert!((now - 5000.0).abs() < 100.0, "{now}");
        assert!(rate.0.len() < 60, "old figures are forgotten");
    }

    #[test]
    fn the_stage_is_what_most_concerns_a_person() {
        let gauge = Gauge::new([10, 20].into_iter());
        assert_eq!(gauge.progress(None).stage, Stage::Resolving);
        let why = ErrorInfo::new(ErrorCode::Unreachable, "away");
        gauge.files[0].set(FileStage::Waiting { until: Instant::now(), why });
        assert!(matches!(gauge.progress(None).stage, Stage::Waiting { .. }));
        gauge.files[1].set(FileStage::Downloading);
        assert_eq!(gauge.progress(Some(1.0)).stage, Stage::Downloading, "one file still comes");
        gauge.files[1].set(FileStage::Done);
        gauge.files[0].set(FileStage::Verifying);
        assert_eq!(gauge.progress(Some(1.0)).stage, Stage::Verifying { done: 20 });
        assert_eq!(gauge.progress(Some(1.0)).bytes_per_s, None, "nothing comes");
        assert_eq!((gauge.progress(None).done_bytes, gauge.missing()), (20, 10));
        gauge.place();
        assert_eq!(gauge.progress(None).stage, Stage::Placing);
    }
}
