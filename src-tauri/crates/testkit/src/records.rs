//! What was asked and what was served, for tests to count.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::wire::Asked;

/// Which of the two servers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Host {
    /// The hub, with its catalogue.
    #[default]
    Hub,
    /// The content server, where large files come from.
    Cdn,
}

/// One request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Record {
    /// Which server was asked.
    pub host: Host,
    /// As `GET`.
    pub method: String,
    /// The address's path as it was sent.
    pub path: String,
    /// The address's query as it was sent, without its question mark.
    pub query: String,
    /// The file that was meant: `user/repo/path`.
    pub file: Option<String>,
    /// The header `Range`.
    pub range: Option<String>,
    /// Whether a token came with it.
    pub authorised: bool,
    /// The status that was answered; `None` as long as nothing was.
    pub status: Option<u16>,
    /// Bytes of the body that were handed to the socket.
    pub served: u64,
    /// Whether the answer has ended, as it should or not.
    pub ended: bool,
}

/// What is counted, as numbers that can be waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Requests that came.
    pub requests: usize,
    /// Connections that are open now.
    pub connections: usize,
    /// Answers that are on their way now.
    pub answering: usize,
    /// Of these, how many stand still because of a fault.
    pub stalled: usize,
    /// Bytes of all bodies that were handed to sockets.
    pub served: u64,
}

#[derive(Debug, Default)]
struct Kept {
    requests: Vec<Record>,
    /// Bytes of each file, redirects and refusals not counted.
    served: BTreeMap<String, u64>,
}

#[derive(Debug, Default)]
pub(crate) struct Records {
    kept: Mutex<Kept>,
    counts: watch::Sender<Counts>,
}

impl Records {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request came; returns its number.
    pub(crate) fn begin(&self, asked: &Asked) -> usize {
        let record = Record {
            host: asked.host,
            method: asked.method.clone(),
            path: asked.path.clone(),
            query: asked.query.clone(),
            file: asked.file.clone(),
            range: asked.header("range").map(str::to_owned),
            authorised: asked.header("authorization").is_some(),
            status: None,
            served: 0,
            ended: false,
        };
        let number = {
            let mut kept = self.kept();
            kept.requests.push(record);
            kept.requests.len() - 1
        };
        self.change(|counts| {
            counts.requests += 1;
            counts.answering += 1;
        });
        number
    }

    pub(crate) fn status(&self, number: usize, status: u16) {
        if let Some(record) = self.kept().requests.get_mut(number) {
            record.status = Some(status);
        }
    }

    pub(crate) fn served(&self, number: usize, bytes: u64) {
        let mut guard = self.kept();
        let kept = &mut *guard;
        let Some(record) = kept.requests.get_mut(number) else { return };
        record.served += bytes;
        if let Some(file) = record.file.as_ref().filter(|_| matches!(record.status, Some(200 | 206))) {
            match kept.served.get_mut(file) {
                Some(all) => *all += bytes,
                None => drop(kept.served.insert(file.clone(), bytes)),
            }
        }
        drop(guard);
        self.change(|counts| counts.served += bytes);
    }

    pub(crate) fn end(&self, number: usize) {
        if let Some(record) = self.kept().requests.get_mut(number) {
            record.ended = true;
        }
        self.change(|counts| counts.answering = counts.answering.saturating_sub(1));
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut Counts)) {
        self.counts.send_modify(change);
    }

    pub(crate) fn counts(&self) -> watch::Receiver<Counts> {
        self.counts.subscribe()
    }

    pub(crate) fn requests(&self) -> Vec<Record> {
        self.kept().requests.clone()
    }

    pub(crate) fn served_by_file(&self) -> BTreeMap<String, u64> {
        self.kept().served.clone()
    }

    /// Forgets the requests that have ended; what is open now goes on being counted.
    pub(crate) fn forget(&self) {
        let mut kept = self.kept();
        kept.served.clear();
        for record in &mut kept.requests {
            record.served = 0;
        }
        drop(kept);
        self.change(|counts| counts.served = 0);
    }
}
