//! A file's connections: how many there are, what each brings, and what is done when one fails.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use inglenook_contract::ErrorInfo;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::DownloadError;
use super::connection::{Ended, Source};
use super::gauge::FileStage;
use super::order::Context;
use super::part::{Part, Piece};
use super::step::Step;
use crate::remote::{Fetched, HubError, Resolved};

/// How a transfer ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Transferred {
    /// Every byte is on its way to the file.
    All,
    /// The file on the hub is another one now.
    Changed,
    /// The writer ended; it says why.
    Stopped,
}

/// The connections of one file.
pub(super) struct Transfer<'a> {
    context: &'a Arc<Context>,
    index: usize,
    part: Arc<Part>,
    source: Source,
    queue: mpsc::Sender<Piece>,
    open: JoinSet<Ended>,
    most: usize,
    allowed: usize,
    /// Pieces that came without a failure, since the number of connections changed.
    streak: usize,
    /// The server ignores ranges.
    whole: bool,
    step: Step,
    /// The last failure, for whoever has to wait.
    why: Option<ErrorInfo>,
}

impl<'a> Transfer<'a> {
    pub(super) fn new(
        context: &'a Arc<Context>,
        index: usize,
        part: Arc<Part>,
        resolved: Resolved,
        queue: mpsc::Sender<Piece>,
    ) -> Self {
        let settings = &context.settings;
        let most = if resolved.bytes <= settings.small_bytes { 1 } else { settings.connections.max(1) };
        let step = Step::new(resolved.bytes, most, settings);
        let purpose = format!("Download of {}", context.file_name(index)).into();
        let source = Source { hub: context.hub.clone(), resolved: Arc::new(resolved), generation: 0, purpose };
        let open = JoinSet::new();
        Self {
            context,
            index,
            part,
            source,
            queue,
            open,
            most,
            allowed: most,
            streak: 0,
            whole: false,
            step,
            why: None,
        }
    }

    /// Brings everything that is missing.
    pub(super) async fn run(mut self) -> Result<Transferred, DownloadError> {
        loop {
            let quiet = self.context.patience().quiet_until(Instant::now());
            if quiet.is_none() {
                self.fill();
            }
            self.tell(quiet);
            if self.open.is_empty() && !self.part.has_more() {
                return Ok(Transferred::All);
            }
            let pause = quiet.map_or(Duration::MAX, |until| until.saturating_duration_since(Instant::now()));
            let ended = tokio::select! {
                Some(ended) = self.open.join_next() => ended.map_err(DownloadError::thread)?,
                () = tokio::time::sleep(pause) => continue,
            };
            if let Some(outcome) = self.ended(ended).await? {
                return Ok(outcome);
            }
        }
    }

    /// Opens connections as long as there is work for them.
    fn fill(&mut self) {
        let allowed = if self.whole { 1 } else { self.allowed };
        while self.open.len() < allowed {
            let least = self.context.settings.least_theft_bytes;
            let steals = self.most > 1 && !self.whole;
            let stolen = || if steals { self.part.steal(least) } else { None };
            let Some(held) = self.part.take(self.step.bytes()).or_else(stolen) else { break };
            self.open.spawn(self.source.clone().bring(held, self.queue.clone()));
        }
    }

    fn tell(&self, quiet: Option<Instant>) {
        let gauge = self.context.gauge(self.index);
        gauge.connections.store(self.open.len(), Ordering::Relaxed);
        gauge.set(match (quiet, &self.why) {
            (Some(until), Some(why)) if self.open.is_empty() => FileStage::Waiting { until, why: why.clone() },
            _ => FileStage::Downloading,
        });
    }

    async fn ended(&mut self, ended: Ended) -> Result<Option<Transferred>, DownloadError> {
        match ended {
            Ended::Done(brought) => {
                if let Some(brought) = brought {
                    self.step.learn(brought);
                }
                self.whole = false;
                self.streak += 1;
                if self.streak > 2 * self.allowed && self.allowed < self.most {
                    (self.allowed, self.streak) = (self.allowed + 1, 0);
                }
            }
            Ended::Whole(fetched) => self.take_whole(fetched).await,
            Ended::Stopped => return Ok(Some(Transferred::Stopped)),
            Ended::Failed(HubError::Changed, _) => return Ok(Some(Transferred::Changed)),
            Ended::Failed(error, generation) => {
                let expired = matches!(error, HubError::Expired);
                // An address that expires after it brought something is the usual thing, and others than the first
                // to notice need only the new address.
                if !expired || self.context.brought_nothing_since_failing() {
                    self.failed(error)?;
                }
                if expired && generation == self.source.generation && !self.resolve_again().await? {
                    return Ok(Some(Transferred::Changed));
                }
            }
        }
        Ok(None)
    }

    fn failed(&mut self, error: HubError) -> Result<(), DownloadError> {
        let fewer = if matches!(error, HubError::Wait { .. }) { self.allowed / 2 } else { self.allowed - 1 };
        (self.allowed, self.streak) = (fewer.max(1), 0);
        self.why = Some(self.context.failed(error)?.1);
        Ok(())
    }

    /// Lets this one answer bring everything, alone.
    async fn take_whole(&mut self, fetched: Box<Fetched>) {
        self.whole = true;
        self.open.abort_all();
        while self.open.join_next().await.is_some() {}
        let whole = self.source.clone().bring_whole(Arc::clone(&self.part), fetched, self.queue.clone());
        self.open.spawn(whole);
    }

    /// Gets a new address for the same content; `false` where it is another one.
    async fn resolve_again(&mut self) -> Result<bool, DownloadError> {
        let resolved = self.context.resolve(self.index).await?;
        let same = resolved.etag == self.source.resolved.etag && resolved.bytes == self.source.resolved.bytes;
        self.source.generation += 1;
        self.source.resolved = Arc::new(resolved);
        Ok(same)
    }
}
