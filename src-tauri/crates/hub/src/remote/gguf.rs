//! The header of a GGUF file that lies at a hub, read without downloading the file.
//!
//! The reader of local headers is given what it asks for step by step: the first step is short, each further one
//! longer, and what it skips is not fetched.

use std::io::{self, ErrorKind, Read, Seek, SeekFrom};

use bytes::Bytes;
use tokio::sync::mpsc;

use super::fetch::Fetched;
use super::resolve::{FileRef, Resolved};
use super::{Hub, HubError};
use crate::header::gguf::GgufHeader;

/// The first step, bytes. Enough for a model with a small vocabulary, or none.
const FIRST_STEP: u64 = 512 << 10;
/// The longest step, bytes.
const LONGEST_STEP: u64 = 8 << 20;
/// Most that is fetched for a header, bytes.
const MAX_FETCHED: u64 = 64 << 20;

/// The header of a file at a hub.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoteHeader {
    /// What the header says; the file's length is the hub's word.
    pub header: GgufHeader,
    /// Bytes that were fetched for it.
    pub fetched_bytes: u64,
}

impl Hub {
    /// Reads the header of a GGUF file at the hub; some megabytes of the file are fetched at most.
    ///
    /// # Errors
    /// [`HubError::Header`] for a file that is none or is damaged, and everything that a hub can refuse.
    pub async fn gguf_header(&self, file: &FileRef, purpose: &str) -> Result<RemoteHeader, HubError> {
        let resolved = self.resolve(file, purpose).await?;
        let length = resolved.bytes;
        let mut steps = Steps { hub: self, resolved, purpose, open: None, step: FIRST_STEP, fetched: 0 };
        let (ask, mut asked) = mpsc::channel(1);
        let (give, given) = mpsc::channel(1);
        let reader = StepReader { ask, given, piece: Bytes::new(), position: 0 };
        let reading = tokio::task::spawn_blocking(move || GgufHeader::read_from(reader, length));
        let mut failed = None;
        while let Some(position) = asked.recv().await {
            match steps.from(position).await {
                Ok(piece) => {
                    if give.send(piece).await.is_err() {
                        break;
                    }
                }
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        // The reader ends when nothing more can come.
        drop((give, asked));
        let read = reading.await;
        if let Some(error) = failed {
            return Err(error);
        }
        match read {
            Ok(header) => Ok(RemoteHeader { header: header.map_err(HubError::Header)?, fetched_bytes: steps.fetched }),
            Err(ended) => {
                tracing::error!(error = %ended, "reading a remote header ended early");
                Err(HubError::not_understood(self.host(), "Reading the header was broken off."))
            }
        }
    }
}

/// Fetches what is asked for, in growing steps.
struct Steps<'a> {
    hub: &'a Hub,
    resolved: Resolved,
    purpose: &'a str,
    /// What is on its way, and where its next piece begins.
    open: Option<(Fetched, u64)>,
    step: u64,
    fetched: u64,
}

impl Steps<'_> {
    /// The file from `position`, as far as one piece goes; never empty.
    async fn from(&mut self, position: u64) -> Result<Bytes, HubError> {
        loop {
            let (fetched, begin) = match &mut self.open {
                Some((fetched, begin)) if position < fetched.range.end => (fetched, begin),
                _ => {
                    self.open(position).await?;
                    continue;
                }
            };
            let Some(piece) = fetched.chunk().await? else {
                return Err(HubError::not_understood(self.hub.host(), "The file ends before its end."));
            };
            self.fetched = self.fetched.saturating_add(piece.len() as u64);
            if self.fetched > MAX_FETCHED {
                return Err(HubError::not_understood(
                    self.hub.host(),
                    "The header of the file is longer than any model's.",
                ));
            }
            let skipped = usize::try_from(position.saturating_sub(*begin)).unwrap_or(usize::MAX);
            *begin = begin.saturating_add(piece.len() as u64);
            if skipped < piece.len() {
                return Ok(piece.slice(skipped..));
            }
        }
    }

    async fn open(&mut self, position: u64) -> Result<(), HubError> {
        let end = position.saturating_add(self.step).min(self.resolved.bytes);
        if position >= end {
            return Err(HubError::not_understood(self.hub.host(), "The header leads beyond the end of the file."));
        }
        self.step = self.step.saturating_mul(2).min(LONGEST_STEP);
        let fetched = self.hub.fetch(&self.resolved, position..end, self.purpose).await?;
        let begin = fetched.range.start;
        self.open = Some((fetched, begin));
        Ok(())
    }
}

/// A file that is fetched while it is read, forwards only. It blocks its thread.
struct StepReader {
    ask: mpsc::Sender<u64>,
    given: mpsc::Receiver<Bytes>,
    piece: Bytes,
    position: u64,
}

impl Read for StepReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.piece.is_empty() {
            let gone = || io::Error::from(ErrorKind::ConnectionAborted);
            self.ask.blocking_send(self.position).map_err(|_| gone())?;
            self.piece = self.given.blocking_recv().ok_or_else(gone)?;
        }
        let taken = self.piece.split_to(self.piece.len().min(buffer.len()));
        let (room, _) = buffer.split_at_mut(taken.len());
        room.copy_from_slice(&taken);
        self.position = self.position.saturating_add(taken.len() as u64);
        Ok(taken.len())
    }
}

impl Seek for StepReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(target) => Some(target),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
            SeekFrom::End(_) => None,
        };
        let Some(ahead) = target.and_then(|target| target.checked_sub(self.position)) else {
            return Err(io::Error::from(ErrorKind::Unsupported));
        };
        let within = usize::try_from(ahead).unwrap_or(usize::MAX).min(self.piece.len());
        drop(self.piece.split_to(within));
        self.position = self.position.saturating_add(ahead);
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives pieces of at most `step` bytes of `0, 1, 2, …`, and notes what was asked for.
    fn reader(step: usize) -> (StepReader, std::thread::JoinHandle<Vec<u64>>) {
        let (ask, mut asked) = mpsc::channel::<u64>(1);
        let (give, given) = mpsc::channel(1);
        let giver = std::thread::spawn(move || {
            let mut all = Vec::new();
            while let Some(position) = asked.blocking_recv() {
                all.push(position);
                let from = usize::try_from(position).expect("small");
                let piece: Vec<u8> =
                    (from..from + step).map(|value| u8::try_from(value % 256).expect("a byte")).collect();
                if give.blocking_send(Bytes::from(piece)).is_err() {
                    break;
                }
            }
            all
        });
        (StepReader { ask, given, piece: Bytes::new(), position: 0 }, giver)
    }

    #[test]
    fn what_is_skipped_is_not_asked_for() {
        let (mut reader, giver) = reader(10);
        let mut buffer = [0; 4];
        reader.read_exact(&mut buffer).expect("bytes");
        assert_eq!(buffer, [0, 1, 2, 3]);
        assert_eq!(reader.seek(SeekFrom::Current(2)).expect("forwards"), 6);
        reader.read_exact(&mut buffer).expect("bytes");
        assert_eq!(buffer, [6, 7, 8, 9]);
        reader.seek(SeekFrom::Current(90)).expect("forwards");
        reader.read_exact(&mut buffer).expect("bytes");
        assert_eq!(buffer, [100, 101, 102, 103]);
        assert!(reader.seek(SeekFrom::Start(3)).is_err(), "it does not go back");
        drop(reader);
        assert_eq!(giver.join().expect("ends"), [0, 100]);
    }

    #[test]
    fn reading_ends_where_nothing_more_comes() {
        let (ask, asked) = mpsc::channel(1);
        let (give, given) = mpsc::channel(1);
        drop((asked, give));
        let mut reader = StepReader { ask, given, piece: Bytes::new(), position: 0 };
        assert_eq!(reader.read(&mut [0; 4]).map_err(|error| error.kind()), Err(ErrorKind::ConnectionAborted));
    }
}
