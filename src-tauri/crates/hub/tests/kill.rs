//! A process that is killed again and again in the middle of a download loses next to nothing and gets nothing wrong.

mod downloading;

use std::hash::{BuildHasher as _, Hasher as _};
use std::process::{Command, Stdio};

use downloading::{FILE, MIB, REPO, World, client, order};
use inglenook_hub::download::{ModelsFolder, Order, OrderedFile, Progress, Settings, kept, run};
use inglenook_hub::remote::{Commit, RepoId, RepoPath, Sha256Hex};
use inglenook_testkit::FakeHub;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// What the killed process is told to do.
const TASK: &str = "INGLENOOK_DOWNLOAD_TASK";
const KILLS: u64 = 20;
const SIZE: u64 = 300 * MIB;

#[derive(Serialize, Deserialize)]
struct Task {
    endpoint: String,
    models: String,
    commit: String,
    bytes: u64,
    sha256: String,
}

/// No test of its own: what the other one starts as a process and kills.
#[tokio::test(flavor = "multi_thread")]
async fn the_process_that_downloads() {
    let Ok(task) = std::env::var(TASK) else { return };
    let task: Task = serde_json::from_str(&task).expect("a task");
    let order = Order {
        id: "order-1".to_owned(),
        repo: RepoId::parse(REPO).expect("a name"),
        commit: Commit::parse(&task.commit).expect("a commit"),
        files: vec![OrderedFile {
            path: RepoPath::parse(FILE).expect("a path"),
            bytes: task.bytes,
            sha256: Some(Sha256Hex::parse(&task.sha256).expect("a digest")),
        }],
    };
    let (hub, models) = (client(&task.endpoint), ModelsFolder::new(task.models));
    let progress = watch::channel(Progress::default()).0;
    run(&hub, &order, &models, &Settings::default(), &progress, CancellationToken::new()).await.expect("downloaded");
}

fn start(task: &Task) -> std::process::Child {
    Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "the_process_that_downloads", "--test-threads", "1"])
        .env(TASK, serde_json::to_string(task).expect("text"))
        .stdout(Stdio::null())
        .stdin(Stdio::null())
        .spawn()
        .expect("started")
}

/// Numbers from a seed that is printed, so that a failure can be had again.
struct Random(u64);

impl Random {
    fn new() -> Self {
        let given = std::env::var("INGLENOOK_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| std::hash::RandomState::new().build_hasher().finish() | 1);
        eprintln!("INGLENOOK_SEED={seed}");
        Self(seed)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

fn served(fake: &FakeHub) -> u64 {
    fake.served_bytes(&format!("{REPO}/{FILE}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_kills_cost_less_than_eight_mebibytes_a_part() {
    if std::env::var(TASK).is_ok() {
        return;
    }
    let world = World::with(SIZE).await;
    let order = order(&world.fake, &[FILE]);
    let task = Task {
        endpoint: world.fake.endpoint(),
        models: world.models.path().display().to_string(),
        commit: order.commit.to_string(),
        bytes: SIZE,
        sha256: world.content.sha256(),
    };
    // Slow enough that the sockets are empty, as on any line that is slower than this machine.
    world.fake.throttle(Some(2 * MIB));
    let mut random = Random::new();
    let mut before = 0;
    for kill in 0..KILLS {
        let mut process = start(&task);
        let more = 1 + random.below(SIZE / (KILLS + 3));
        world.fake.until_served(world.fake.counts().served + more).await;
        process.kill().expect("killed");
        process.wait().expect("gone");
        world.fake.until(|now| now.answering == 0).await;
        let there = kept(&world.models, "order-1");
        assert!(there >= before, "kill {kill}: {there} of {before} bytes are left");
        assert!(!world.models.path().join("ann").exists(), "no half model appears");
        before = there;
        eprintln!("kill {kill}: {} of {} served bytes are not there", served(&world.fake) - there, served(&world.fake));
    }
    world.fake.throttle(None);
    assert!(start(&task).wait().expect("ended").success());
    world.assert_right();
    let lost = served(&world.fake) - SIZE;
    eprintln!("{KILLS} kills cost {lost} bytes of {SIZE}");
    assert!(lost <= 8 * 8 * MIB, "{lost} bytes were fetched twice");
}
