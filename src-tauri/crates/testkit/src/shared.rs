//! What both servers know: the repositories, who may read them, what goes wrong, and what was asked so far.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use tokio::sync::watch;

use crate::faults::{Fault, Plan, What};
use crate::records::{Host, Records};
use crate::repo::{File, RepoSpec};
use crate::wire::{Answer, Asked};
use crate::{cdn, hub};

/// Someone with a token.
#[derive(Clone, Debug, Default)]
pub(crate) struct Person {
    pub(crate) name: String,
    /// Repositories with terms, or private ones, that may be read.
    pub(crate) reads: BTreeSet<String>,
}

/// What there is on the hub.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) repos: Vec<RepoSpec>,
    /// Old names and the new ones.
    pub(crate) renamed: BTreeMap<String, String>,
    /// By token.
    pub(crate) people: BTreeMap<String, Person>,
    /// Rows of a page, at most.
    pub(crate) page: usize,
    /// Files on a page of a listing, at most.
    pub(crate) listing: usize,
    /// How long a signed address is good.
    pub(crate) lifetime: Duration,
    /// Signed addresses of other generations are no longer good.
    pub(crate) generation: u64,
    /// Whether the hub says `RepoNotFound`, or only that a person is unknown.
    pub(crate) says_unknown: bool,
    /// Whether small files are redirected to the hub's cache.
    pub(crate) small_by_redirect: bool,
}

impl Default for World {
    fn default() -> Self {
        Self {
            repos: Vec::new(),
            renamed: BTreeMap::new(),
            people: BTreeMap::new(),
            page: 1000,
            listing: 1000,
            lifetime: Duration::from_secs(3600),
            generation: 0,
            says_unknown: true,
            small_by_redirect: false,
        }
    }
}

impl World {
    pub(crate) fn repo(&self, id: &str) -> Option<&RepoSpec> {
        self.repos.iter().find(|repo| repo.id == id)
    }

    pub(crate) fn repo_mut(&mut self, id: &str) -> Option<&mut RepoSpec> {
        self.repos.iter_mut().find(|repo| repo.id == id)
    }

    /// Every file of every commit, with its repository and its path.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&RepoSpec, &String, &File)> {
        let of = |repo| move |(path, file)| (repo, path, file);
        self.repos.iter().flat_map(move |repo| repo.commits.iter().rev().flat_map(|commit| &commit.files).map(of(repo)))
    }
}

#[derive(Debug)]
pub(crate) struct Shared {
    /// Addresses without a slash at their end.
    pub(crate) hub: String,
    pub(crate) cdn: String,
    pub(crate) records: Records,
    world: RwLock<World>,
    plan: Mutex<Plan>,
    throttle: AtomicU64,
    releases: watch::Sender<()>,
}

impl Shared {
    pub(crate) fn new(hub: String, cdn: String) -> Self {
        Self {
            hub,
            cdn,
            records: Records::default(),
            world: RwLock::default(),
            plan: Mutex::default(),
            throttle: AtomicU64::new(0),
            releases: watch::Sender::new(()),
        }
    }

    pub(crate) fn world(&self) -> RwLockReadGuard<'_, World> {
        self.world.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn world_mut(&self) -> RwLockWriteGuard<'_, World> {
        self.world.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_fault(&self, fault: Fault) {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner).set(fault);
    }

    pub(crate) fn clear_faults(&self) {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    pub(crate) fn faults_of(&self, asked: &Asked) -> Vec<What> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner).of(asked)
    }

    /// Bytes in a second on each connection, if there is a limit.
    pub(crate) fn throttle(&self) -> Option<u64> {
        Some(self.throttle.load(Ordering::Relaxed)).filter(|rate| *rate > 0)
    }

    pub(crate) fn set_throttle(&self, bytes_per_s: Option<u64>) {
        self.throttle.store(bytes_per_s.unwrap_or(0), Ordering::Relaxed);
    }

    pub(crate) fn release(&self) {
        self.releases.send_replace(());
    }

    pub(crate) fn releases(&self) -> watch::Receiver<()> {
        self.releases.subscribe()
    }

    /// The file that a request means, as `user/repo/path`.
    pub(crate) fn file_of(&self, asked: &Asked) -> Option<String> {
        match asked.host {
            Host::Hub => hub::file_of(&self.world(), asked),
            Host::Cdn => cdn::file_of(&self.world(), asked),
        }
    }

    pub(crate) fn answer(&self, asked: &Asked) -> Answer {
        match asked.host {
            Host::Hub => hub::answer(self, asked),
            Host::Cdn => cdn::answer(self, asked),
        }
    }
}
