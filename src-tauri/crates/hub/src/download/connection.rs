//! One connection: it brings a range of a file to the writer, and says how it ended.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::mpsc;

use super::part::{Held, Part, Piece, Stopped};
use super::step::Brought;
use crate::remote::{Fetched, Hub, HubError, Resolved};

/// How a connection ended. What it has not brought is given back already.
pub(super) enum Ended {
    /// It brought everything, or what others left to it; and how, where that says something of the line.
    Done(Option<Brought>),
    /// The server ignored the range: the whole file comes.
    Whole(Box<Fetched>),
    /// It failed with the address of this generation.
    Failed(HubError, u64),
    /// The writer is gone.
    Stopped,
}

impl From<Stopped> for Ended {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}

/// Where a file is fetched.
#[derive(Clone)]
pub(super) struct Source {
    pub(super) hub: Hub,
    pub(super) resolved: Arc<Resolved>,
    /// How often the file was resolved before.
    pub(super) generation: u64,
    /// For the ledger.
    pub(super) purpose: Arc<str>,
}

impl Source {
    fn failed(&self, error: HubError) -> Ended {
        Ended::Failed(error, self.generation)
    }

    /// For an answer that ends too early without an error.
    fn short(&self) -> Ended {
        let host = self.resolved.content.host_str().unwrap_or_default().to_owned();
        self.failed(HubError::NotUnderstood { host, detail: "Less came than was asked for.".to_owned() })
    }

    /// Brings what `held` is missing.
    pub(super) async fn bring(self, held: Held, queue: mpsc::Sender<Piece>) -> Ended {
        let (asked, begun) = (held.missing(), Instant::now());
        let mut fetched = match self.hub.fetch(&self.resolved, asked.clone(), &self.purpose).await {
            Ok(fetched) if fetched.range != asked => return Ended::Whole(Box::new(fetched)),
            Ok(fetched) => fetched,
            Err(error) => return self.failed(error),
        };
        let (answered, mut at) = (Instant::now(), asked.start);
        let done = |at: u64| {
            let bytes = at.saturating_sub(asked.start);
            Ended::Done(Some(Brought { bytes, waited: answered - begun, took: answered.elapsed() }))
        };
        loop {
            match fetched.chunk().await {
                Ok(Some(bytes)) => {
                    let end = at + bytes.len() as u64;
                    match held.bring(&queue, at, bytes).await {
                        // Reading on to the end of the answer lets the next request have this connection.
                        Ok(false) if end < asked.end => return done(end),
                        Ok(_) => at = end,
                        Err(stopped) => return stopped.into(),
                    }
                }
                Ok(None) if held.missing().is_empty() => return done(at),
                Ok(None) => return self.short(),
                Err(_) if held.missing().is_empty() => return done(at),
                Err(error) => return self.failed(error),
            }
        }
    }

    /// Brings everything that nobody has, out of an answer that holds the whole file.
    pub(super) async fn bring_whole(
        self,
        part: Arc<Part>,
        mut fetched: Box<Fetched>,
        queue: mpsc::Sender<Piece>,
    ) -> Ended {
        let mut at = fetched.range.start;
        let mut held: Option<Held> = part.take(u64::MAX);
        loop {
            let bytes = match fetched.chunk().await {
                _ if held.is_none() => return Ended::Done(None),
                Ok(Some(bytes)) => bytes,
                Ok(None) => return self.short(),
                Err(error) => return self.failed(error),
            };
            let end = at + bytes.len() as u64;
            while let Some(now) = held.as_ref().filter(|held| held.missing().start < end) {
                match now.bring(&queue, at, bytes.clone()).await {
                    Ok(true) => break,
                    Ok(false) => {
                        // Given back before the next is taken, so that it is known to be closed.
                        drop(held.take());
                        held = part.take(u64::MAX);
                    }
                    Err(stopped) => return stopped.into(),
                }
            }
            at = end;
        }
    }
}
