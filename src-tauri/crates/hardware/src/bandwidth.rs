//! How fast the memory can be read: what writing a token takes, for every weight passes by once a token.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::processor;

/// Bytes that each thread reads; more than caches hold.
const BYTES: usize = 48 << 20;
/// How often; the best counts, for the first touches the pages and others may be disturbed.
const TIMES: usize = 4;

/// How long a measurement counts. Other programs only ever make it look slower, so the best is kept.
const AGAIN: Duration = Duration::from_secs(60);
/// What machines of the last ten years read at least, bytes a second; less was measured beside something busy.
const LEAST: f64 = 8e9;

/// Bytes a second that all physical cores together read from memory. Measured now and then, which takes some 100 ms;
/// blocks.
#[must_use]
pub fn bandwidth() -> f64 {
    static BEST: Mutex<Option<(Instant, f64)>> = Mutex::new(None);
    let mut best = BEST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, bandwidth)) = best.filter(|(measured, _)| measured.elapsed() < AGAIN) {
        return bandwidth;
    }
    let before = best.map_or(LEAST, |(_, bandwidth)| bandwidth);
    let bandwidth = measure(processor::physical_cores().max(1) as usize, BYTES).max(before);
    *best = Some((Instant::now(), bandwidth));
    bandwidth
}

#[expect(clippy::cast_precision_loss, reason = "a speed is an estimate")]
fn measure(threads: usize, bytes: usize) -> f64 {
    // Not more than a quarter of a gigabyte altogether, however many cores there are.
    let threads = threads.min(16);
    let words = bytes.min((256 << 20) / threads) / size_of::<u64>();
    let buffers: Vec<Vec<u64>> = (0..threads).map(|thread| vec![thread as u64 + 1; words]).collect();
    let once = || {
        let begun = Instant::now();
        std::thread::scope(|scope| {
            for buffer in &buffers {
                scope.spawn(|| std::hint::black_box(sum(buffer)));
            }
        });
        begun.elapsed().as_secs_f64()
    };
    let fastest = (0..TIMES).map(|_| once()).fold(f64::MAX, f64::min);
    (threads * words * size_of::<u64>()) as f64 / fastest.max(1e-9)
}

/// In eight lanes, so that adding is not what is measured.
fn sum(words: &[u64]) -> u64 {
    let mut lanes = [0_u64; 8];
    let (chunks, _) = words.as_chunks::<8>();
    for chunk in chunks {
        for (lane, word) in lanes.iter_mut().zip(chunk) {
            *lane = lane.wrapping_add(*word);
        }
    }
    lanes.iter().fold(0, |all, lane| all.wrapping_add(*lane))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_at_some_gigabytes_a_second() {
        let measured = measure(2, 8 << 20);
        assert!(measured > 2e8 && measured < 1e13, "{measured} bytes a second is no memory of this world");
    }

    #[test]
    fn every_word_is_read() {
        let words: Vec<u64> = (0..64).collect();
        assert_eq!(sum(&words), (0..64).sum::<u64>());
    }
}
