//! What the tests of downloads are made of: a fake hub, a folder for models, and an order of its files.
#![allow(dead_code, reason = "each test binary uses its own part of this")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use inglenook_hub::download::{
    DownloadError, ModelsFolder, Order, OrderedFile, Placed, Progress, Settings, Stage, run,
};
use inglenook_hub::remote::{Commit, Hub, RepoId, RepoPath, Sha256Hex};
use inglenook_net::{Net, NetSettings};
use inglenook_testkit::{Content, FakeHub, RepoSpec};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub(crate) const REPO: &str = "ann/little";
pub(crate) const FILE: &str = "little.gguf";
pub(crate) const MIB: u64 = 1 << 20;

/// A hub with one large file, and an empty folder for models.
pub(crate) struct World {
    pub(crate) fake: FakeHub,
    pub(crate) hub: Hub,
    pub(crate) place: TempDir,
    pub(crate) models: ModelsFolder,
    pub(crate) settings: Settings,
    pub(crate) content: Content,
}

pub(crate) fn client(endpoint: &str) -> Hub {
    let net = Net::new(NetSettings::default(), Arc::new(|_| {})).expect("a way out");
    Hub::new(net, endpoint, Arc::new(|| None)).expect("an address of a hub")
}

/// Settings with which small files and short waits are enough.
pub(crate) fn quick() -> Settings {
    Settings {
        small_bytes: 64 << 10,
        least_step_bytes: 256 << 10,
        most_step_bytes: MIB,
        least_theft_bytes: 64 << 10,
        flush_bytes: MIB,
        space_step_bytes: MIB,
        margin_bytes: MIB,
        shortest_wait: Duration::from_millis(2),
        longest_wait: Duration::from_millis(20),
        ..Settings::default()
    }
}

impl World {
    /// With a file of this size.
    pub(crate) async fn with(bytes: u64) -> Self {
        let fake = FakeHub::start().await;
        let content = Content::generated(bytes, bytes);
        fake.add(RepoSpec::new(REPO).large(FILE, content.clone()).small("config.json", r#"{"a":1}"#));
        let hub = client(&fake.endpoint());
        let place = tempfile::tempdir().expect("a folder");
        let models = ModelsFolder::new(place.path().join("models"));
        Self { fake, hub, place, models, settings: quick(), content }
    }

    pub(crate) fn order(&self, files: &[&str]) -> Order {
        order(&self.fake, files)
    }

    pub(crate) fn file(&self, path: &str) -> PathBuf {
        self.models.path().join(REPO).join(path)
    }

    pub(crate) fn served(&self) -> u64 {
        self.fake.served_bytes(&format!("{REPO}/{FILE}"))
    }

    /// Runs to the end.
    pub(crate) async fn run(&self, order: &Order) -> Result<Placed, DownloadError> {
        self.watched(order, |_| {}).await
    }

    /// Runs to the end and shows every progress that is told.
    pub(crate) async fn watched(
        &self,
        order: &Order,
        mut seen: impl FnMut(&Progress),
    ) -> Result<Placed, DownloadError> {
        let (progress, mut told) = watch::channel(Progress::default());
        let running = run(&self.hub, order, &self.models, &self.settings, &progress, CancellationToken::new());
        tokio::pin!(running);
        loop {
            tokio::select! {
                ended = &mut running => {
                    seen(&told.borrow());
                    return ended;
                }
                Ok(()) = told.changed() => seen(&told.borrow_and_update()),
            }
        }
    }

    /// Runs until `when` is over, then stops; says how it ended and how long the stop took.
    pub(crate) async fn stopped(
        &self,
        order: &Order,
        when: impl Future<Output = ()>,
    ) -> (Result<Placed, DownloadError>, Duration) {
        let (progress, cancel) = (watch::channel(Progress::default()).0, CancellationToken::new());
        let running = run(&self.hub, order, &self.models, &self.settings, &progress, cancel.clone());
        tokio::pin!(running);
        tokio::select! {
            ended = &mut running => panic!("it ended before it was stopped: {ended:?}"),
            () = when => {}
        }
        let begun = std::time::Instant::now();
        cancel.cancel();
        let ended = running.await;
        (ended, begun.elapsed())
    }

    /// Runs until so many bytes are there, then stops.
    pub(crate) async fn stopped_at(&self, order: &Order, bytes: u64) {
        let (progress, cancel) = (watch::channel(Progress::default()).0, CancellationToken::new());
        let mut told = progress.subscribe();
        let running = run(&self.hub, order, &self.models, &self.settings, &progress, cancel.clone());
        tokio::pin!(running);
        tokio::select! {
            ended = &mut running => panic!("it ended before it was stopped: {ended:?}"),
            _ = told.wait_for(|now| now.done_bytes >= bytes) => {}
        }
        cancel.cancel();
        let ended = running.await;
        assert!(matches!(ended, Err(DownloadError::Cancelled)), "{ended:?}");
        self.fake.until(|now| now.answering == 0).await;
    }

    /// The downloaded file is byte for byte the hub's.
    pub(crate) fn assert_right(&self) {
        assert_eq!(sha256_of(&self.file(FILE)), self.content.sha256(), "it is the hub's, byte for byte");
    }

    /// Nothing of any model can be seen, whatever lies hidden.
    pub(crate) fn assert_nothing_placed(&self) {
        assert!(!self.models.path().join("ann").exists(), "no half model appears");
    }
}

pub(crate) fn order(fake: &FakeHub, files: &[&str]) -> Order {
    let file = |path: &&str| {
        let file = fake.file(REPO, path).expect("the hub has it");
        let small = Path::new(path).extension().is_some_and(|ending| ending == "json");
        let sha256 = (!small).then(|| Sha256Hex::parse(&file.content().sha256()).expect("a digest"));
        OrderedFile { path: RepoPath::parse(path).expect("a path"), bytes: file.content().bytes(), sha256 }
    };
    Order {
        id: "order-1".to_owned(),
        repo: RepoId::parse(REPO).expect("a name"),
        commit: Commit::parse(&fake.commit(REPO, "main").expect("a commit")).expect("a commit"),
        files: files.iter().map(file).collect(),
    }
}

pub(crate) fn sha256_of(path: &Path) -> String {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Content::memory(bytes).sha256()
}

pub(crate) fn is_waiting(progress: &Progress) -> bool {
    matches!(progress.stage, Stage::Waiting { .. })
}
