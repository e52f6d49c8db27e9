//! A file that is on its way: its bytes so far, the map of them, and the threads that write, sync and hash it.
//!
//! The writer puts what the connections received where it belongs and then says so in the journal, so that a kill
//! loses nothing that was written. The syncer makes it last behind the writer's back. The hasher follows the first
//! byte that is missing and reads what is written from the page cache.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::mpsc;

use super::digest::{Digests, Sums};
use super::folder::Folder;
use super::journal::{Identity, Journal};
use super::names::{Found, PartNames};
use super::positional::{read_exact_at, write_all_at};
use super::segments::{Segments, SlotId};

/// Bytes that the hasher reads at once.
const READ_BYTES: u64 = 256 << 10;
/// Bytes for which the hasher is woken.
const WAKE_BYTES: u64 = 1 << 20;
/// Most pieces that the writer takes from its queue before it says in the journal what it wrote.
const BATCH: usize = 32;
/// How long the writer goes on with what is queued after a stop.
const LAST_WORDS: Duration = Duration::from_millis(300);

/// A piece on its way to the writer.
pub(super) struct Piece {
    slot: SlotId,
    at: u64,
    bytes: Bytes,
}

struct State {
    segments: Segments,
    journal: Journal,
    closed: bool,
    /// Where the hasher wants the frontier to be before it is woken.
    hash_at: u64,
}

/// A file on its way.
pub(super) struct Part {
    file: File,
    size: u64,
    flush_bytes: u64,
    state: Mutex<State>,
    to_hash: Condvar,
    to_sync: Condvar,
}

impl Part {
    /// Goes on with what is there of this content, or begins anew. The identity is stored before anything else.
    pub(super) fn open(
        folder: &Folder,
        names: &PartNames,
        identity: &Identity,
        flush_bytes: u64,
    ) -> io::Result<(Self, Found)> {
        let there = names.there(folder, identity)?;
        let kept = there.and_then(|extents| Some((Segments::new(identity.bytes, &extents)?, extents)));
        let (segments, extents, file, found) = match kept {
            Some((segments, extents)) => (segments, extents, folder.open_to_write(&names.content)?, Found::Kept),
            None => {
                let found = names.useless(folder, identity)?;
                names.remove(folder)?;
                identity.write(folder, &names.identity)?;
                let file = folder.create(&names.content)?;
                file.set_len(identity.bytes)?;
                let segments = Segments::new(identity.bytes, &[]).ok_or(io::ErrorKind::InvalidInput)?;
                (segments, Vec::new(), file, found)
            }
        };
        let journal = Journal::begin(folder, &names.journal, identity, &extents)?;
        if Identity::read(folder, &names.identity).as_ref() != Some(identity) {
            identity.write(folder, &names.identity)?;
        }
        folder.sync()?;
        let state = State { segments, journal, closed: false, hash_at: 0 };
        let (to_hash, to_sync) = (Condvar::new(), Condvar::new());
        Ok((Self { file, size: identity.bytes, flush_bytes, state: Mutex::new(state), to_hash, to_sync }, found))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes of it that are written.
    pub(super) fn written(&self) -> u64 {
        self.state().segments.written()
    }

    /// Whether every byte is written.
    pub(super) fn complete(&self) -> bool {
        self.state().segments.complete()
    }

    /// Whether there are bytes that nobody brings.
    pub(super) fn has_more(&self) -> bool {
        self.state().segments.has_more()
    }

    /// Ends its threads, whatever they are at.
    pub(super) fn close(&self) {
        self.state().closed = true;
        self.to_hash.notify_all();
        self.to_sync.notify_all();
    }

    /// The first bytes that nobody brings yet.
    pub(super) fn take(self: &Arc<Self>, step: u64) -> Option<Held> {
        let slot = self.state().segments.take(step, Instant::now())?;
        Some(Held { part: Arc::clone(self), slot })
    }

    /// Half of what the slowest connection has to bring.
    pub(super) fn steal(self: &Arc<Self>, least: u64) -> Option<Held> {
        let slot = self.state().segments.steal(least, Instant::now())?;
        Some(Held { part: Arc::clone(self), slot })
    }

    /// Writes what comes by the queue until all connections are gone. `moved` is told the bytes of each batch, and
    /// may end it.
    pub(super) fn write<E: From<io::Error>>(
        &self,
        mut queue: mpsc::Receiver<Piece>,
        mut moved: impl FnMut(u64, u64) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut closed_at: Option<Instant> = None;
        let mut touched: Vec<(SlotId, u64)> = Vec::with_capacity(BATCH);
        while let Some(first) = queue.blocking_recv() {
            touched.clear();
            let (mut next, mut pieces) = (Some(first), 0);
            while let Some(piece) = next {
                write_all_at(&self.file, &piece.bytes, piece.at)?;
                match touched.iter_mut().find(|(slot, _)| *slot == piece.slot) {
                    Some((_, bytes)) => *bytes += piece.bytes.len() as u64,
                    None => touched.push((piece.slot, piece.bytes.len() as u64)),
                }
                pieces += 1;
                next = if pieces < BATCH { queue.try_recv().ok() } else { None };
            }
            let (written, closed) = self.note(&touched)?;
            moved(touched.iter().map(|(_, bytes)| bytes).sum(), written)?;
            if closed && closed_at.get_or_insert_with(Instant::now).elapsed() > LAST_WORDS {
                break;
            }
        }
        Ok(())
    }

    /// Says in the journal what was written, and wakes whom it concerns.
    fn note(&self, touched: &[(SlotId, u64)]) -> io::Result<(u64, bool)> {
        let mut state = self.state();
        for (slot, bytes) in touched {
            state.segments.wrote(*slot, *bytes);
            if let Some(extent) = state.segments.extent(*slot) {
                state.journal.put(*slot, &extent)?;
            }
        }
        let complete = state.segments.complete();
        if complete || state.segments.frontier() >= state.hash_at {
            self.to_hash.notify_one();
        }
        if complete || state.segments.unsynced() >= self.flush_bytes {
            self.to_sync.notify_one();
        }
        Ok((state.segments.written(), state.closed))
    }

    /// Makes what is written last, again and again until all of it is. Returns whether it came so far.
    pub(super) fn sync(&self) -> io::Result<bool> {
        loop {
            let state = self.state();
            let waits = |state: &mut State| {
                !state.closed && !state.segments.complete() && state.segments.unsynced() < self.flush_bytes
            };
            let state = self.to_sync.wait_while(state, waits).unwrap_or_else(PoisonError::into_inner);
            if state.closed {
                return Ok(false);
            }
            let (upto, complete) = (state.segments.to_sync(), state.segments.complete());
            let journal = state.journal.handle()?;
            drop(state);
            if complete {
                self.file.sync_all()?;
            } else {
                self.file.sync_data()?;
            }
            let mut state = self.state();
            if state.closed {
                return Ok(false);
            }
            for (slot, written) in upto {
                state.segments.synced(slot, written);
                if let Some(extent) = state.segments.extent(slot) {
                    state.journal.put(slot, &extent)?;
                }
            }
            drop(state);
            journal.sync_data()?;
            if complete {
                return Ok(true);
            }
        }
    }

    /// Hashes the file as it grows at its beginning; `None` where it was closed before its end. `hashed` follows.
    pub(super) fn hash(&self, git: bool, hashed: &AtomicU64) -> io::Result<Option<Sums>> {
        let mut digests = Digests::new(self.size, git);
        let mut buffer = vec![0; usize::try_from(READ_BYTES.min(self.size)).unwrap_or_default()];
        let mut at = 0;
        while at < self.size {
            let Some(frontier) = self.wait_for(at) else { return Ok(None) };
            while at < frontier {
                let length = usize::try_from(READ_BYTES.min(frontier - at)).unwrap_or(buffer.len());
                let Some(piece) = buffer.get_mut(..length) else { break };
                read_exact_at(&self.file, piece, at)?;
                digests.update(piece);
                at += length as u64;
                hashed.store(at, Ordering::Relaxed);
                if self.state().closed {
                    return Ok(None);
                }
            }
        }
        Ok(Some(digests.finish()))
    }

    /// Waits until a good piece beyond `at` is written, or all; `None` where the file was closed.
    fn wait_for(&self, at: u64) -> Option<u64> {
        let mut state = self.state();
        state.hash_at = (at + WAKE_BYTES).min(self.size);
        let waits = |state: &mut State| !state.closed && state.segments.frontier() < state.hash_at;
        let mut state = self.to_hash.wait_while(state, waits).unwrap_or_else(PoisonError::into_inner);
        (!state.closed).then(|| state.segments.frontier())
    }
}

/// Bytes of a part that one connection brings. Dropping it gives back what it has not brought.
pub(super) struct Held {
    part: Arc<Part>,
    slot: SlotId,
}

impl Held {
    /// What is still to come.
    pub(super) fn missing(&self) -> Range<u64> {
        self.part.state().segments.missing(self.slot)
    }

    /// Takes of `bytes`, which belong at `at`, what is missing here, and returns whether more is. `Err` where the
    /// writer is gone.
    pub(super) async fn bring(&self, queue: &mpsc::Sender<Piece>, at: u64, mut bytes: Bytes) -> Result<bool, Stopped> {
        // The place in the queue comes first: what is noted as received has to reach the writer, even when this
        // future is dropped.
        let place = queue.reserve().await.map_err(|_| Stopped)?;
        let mut state = self.part.state();
        let missing = state.segments.missing(self.slot);
        let skipped = missing.start.saturating_sub(at).min(bytes.len() as u64);
        let _ = bytes.split_to(usize::try_from(skipped).unwrap_or(bytes.len()));
        if at + skipped != missing.start || bytes.is_empty() {
            return Ok(!missing.is_empty());
        }
        let (at, wanted) = state.segments.receive(self.slot, bytes.len() as u64);
        let more = !state.segments.missing(self.slot).is_empty();
        bytes.truncate(usize::try_from(wanted).unwrap_or(bytes.len()));
        if !bytes.is_empty() {
            place.send(Piece { slot: self.slot, at, bytes });
        }
        Ok(more)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.part.state().segments.release(self.slot);
    }
}

/// The writer is gone; it says itself why.
#[derive(Debug)]
pub(super) struct Stopped;

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: u64 = 3 << 20;

    fn identity(etag: &str) -> Identity {
        Identity {
            repo: "ann/little".to_owned(),
            commit: "c".repeat(40),
            path: "little.gguf".to_owned(),
            etag: etag.to_owned(),
            sha256: None,
            bytes: SIZE,
            verified: None,
        }
    }

    fn content() -> Bytes {
        (0..SIZE).map(|at| (at * 7 + at / 251) as u8).collect::<Vec<u8>>().into()
    }

    fn open(folder: &Folder, etag: &str) -> (Arc<Part>, Found) {
        let opened = Part::open(folder, &PartNames::of("little.gguf"), &identity(etag), 1 << 20);
        let (part, found) = opened.expect("opened");
        (Arc::new(part), found)
    }

    /// Brings the next `bytes` bytes that are missing.
    async fn bring(part: &Arc<Part>, bytes: u64) {
        let (queue, pieces) = mpsc::channel(4);
        let writing = {
            let part = Arc::clone(part);
            tokio::task::spawn_blocking(move || part.write::<io::Error>(pieces, |_, _| Ok(())))
        };
        let held = part.take(bytes).expect("something is missing");
        let range = held.missing();
        for at in range.clone().step_by(100_000) {
            let end = (at + 100_000).min(range.end);
            let piece = content().slice(usize::try_from(at).expect("small")..usize::try_from(end).expect("small"));
            held.bring(&queue, at, piece).await.expect("the writer is there");
        }
        drop((held, queue));
        writing.await.expect("a thread").expect("written");
    }

    #[tokio::test]
    async fn what_was_written_is_there_again_and_hashed_from_its_beginning() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::root(place.path()).expect("opened");
        let (part, found) = open(&folder, "one");
        assert_eq!(found, Found::Nothing);
        bring(&part, SIZE / 2).await;
        part.close();
        drop(part);
        assert_eq!(PartNames::of("little.gguf").kept(&folder), Some(SIZE / 2));

        let (part, found) = open(&folder, "one");
        assert_eq!((found, part.written(), part.complete()), (Found::Kept, SIZE / 2, false));
        let hashing = {
            let part = Arc::clone(&part);
            tokio::task::spawn_blocking(move || part.hash(false, &AtomicU64::new(0)))
        };
        let syncing = {
            let part = Arc::clone(&part);
            tokio::task::spawn_blocking(move || part.sync())
        };
        bring(&part, SIZE).await;
        assert!(part.complete() && !part.has_more());
        assert!(syncing.await.expect("a thread").expect("synced"));
        let sums = hashing.await.expect("a thread").expect("read").expect("it came to its end");
        let mut digests = Digests::new(SIZE, false);
        digests.update(&content());
        assert_eq!(sums, digests.finish());
        assert_eq!(part.state().segments.unsynced(), 0);
    }

    #[tokio::test]
    async fn parts_of_another_content_or_length_are_thrown_away() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::root(place.path()).expect("opened");
        bring(&open(&folder, "one").0, SIZE / 2).await;
        let (part, found) = open(&folder, "two");
        assert_eq!((found, part.written()), (Found::Other, 0));
        bring(&part, SIZE / 2).await;
        let names = PartNames::of("little.gguf");
        folder.open_to_write(&names.content).expect("there").set_len(SIZE - 1).expect("cut");
        assert_eq!(names.kept(&folder), None);
        assert_eq!(open(&folder, "two").1, Found::Damaged);
    }

    #[test]
    fn a_closed_part_ends_its_threads() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::root(place.path()).expect("opened");
        let (part, _) = open(&folder, "one");
        std::thread::scope(|scope| {
            let hashing = scope.spawn(|| part.hash(false, &AtomicU64::new(0)));
            let syncing = scope.spawn(|| part.sync());
            part.close();
            assert_eq!(hashing.join().expect("a thread").expect("no error"), None);
            assert!(!syncing.join().expect("a thread").expect("no error"));
        });
    }
}
