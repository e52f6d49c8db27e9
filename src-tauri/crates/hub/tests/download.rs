//! Downloads as a person meets them: whole, paused, disturbed in every way that a network knows, and never wrong.

mod downloading;

use std::io;
use std::time::Duration;

use downloading::{FILE, MIB, REPO, World, is_waiting, order, sha256_of};
use inglenook_contract::ErrorCode;
use inglenook_hub::download::{
    Checked, DownloadError, Expected, Finding, Progress, Stage, discard, kept, origin_of, origins, run, verify,
};
use inglenook_hub::remote::{RepoId, Sha256Hex};
use inglenook_testkit::{Again, Content, Fault, File, RepoSpec, What};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

const SIZE: u64 = 6 * MIB + 12_345;

fn repo() -> RepoId {
    RepoId::parse(REPO).expect("a name")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_appears_whole_with_where_it_came_from() {
    let mut world = World::with(SIZE).await;
    // A connection whose work is taken over was sent more than it uses.
    world.settings.least_theft_bytes = u64::MAX;
    let mut last = Progress::default();
    let order = world.order(&[FILE, "config.json"]);
    let placed = world.watched(&order, |progress| last = progress.clone()).await.expect("downloaded");
    world.assert_right();
    assert_eq!(std::fs::read_to_string(world.file("config.json")).expect("read"), r#"{"a":1}"#);
    assert_eq!(placed.files, [world.file(FILE), world.file("config.json")]);
    assert_eq!((last.done_bytes, last.total_bytes), (SIZE + 7, SIZE + 7));
    assert_eq!(world.served(), SIZE, "every byte was fetched once");
    assert_eq!(world.fake.authorised_on_cdn(), 0);
    assert!(!world.models.path().join(".downloads").exists(), "nothing is left of the order");
    let origin = origin_of(&world.models, &world.file(FILE)).expect("it is known where it came from");
    assert_eq!((origin.sha256.as_str(), origin.commit), (world.content.sha256().as_str(), order.commit.clone()));
    assert_eq!(origins(&world.models, &repo()).files.len(), 2);

    let placed = world.run(&order).await.expect("it is there");
    assert_eq!(placed.files.len(), 2);
    assert_eq!(world.served(), SIZE, "what lies there already is not fetched again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_no_bytes_is_a_file() {
    let world = World::with(0).await;
    world.run(&world.order(&[FILE])).await.expect("downloaded");
    assert_eq!(std::fs::metadata(world.file(FILE)).expect("there").len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_in_folders_lie_in_folders() {
    let world = World::with(1000).await;
    world.fake.add(RepoSpec::new(REPO).large("sub/deep/a.gguf", Content::generated(1, 300_000)).small("b.json", "{}"));
    let placed = world.run(&world.order(&["sub/deep/a.gguf", "b.json"])).await.expect("downloaded");
    assert_eq!(sha256_of(&placed.files[0]), Content::generated(1, 300_000).sha256());
    assert_eq!(placed.files[0], world.file("sub/deep/a.gguf"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_passing_fault_ends_in_the_right_file() {
    let status = |status| What::Status { status };
    let busy = |again| What::TooMany { status: 429, seconds: 0, again };
    let faults = [
        Fault::cdn(What::Cut { after: 100_000 }).times(20),
        Fault::cdn(What::Cut { after: 0 }).times(5),
        Fault::cdn(What::HangUp).times(6),
        Fault::cdn(status(500)).times(4),
        Fault::cdn(status(502)).times(4),
        Fault::cdn(What::TooMany { status: 503, seconds: 0, again: Again::Seconds }).times(3),
        Fault::cdn(busy(Again::RateLimit)).times(3),
        Fault::cdn(busy(Again::Date)).times(3),
        Fault::hub(busy(Again::Seconds)).times(2),
        Fault::hub(status(500)).times(3),
        Fault::hub(What::HangUp).times(3),
        Fault::cdn(What::IgnoreRange).times(1),
        Fault::cdn(What::IgnoreRange),
        Fault::cdn(What::IgnoreRange).after(3).times(3),
        Fault::cdn(What::WrongRange { by: 10 }).times(3),
        Fault::cdn(What::WrongLength { by: 10 }).times(3),
        Fault::cdn(What::WrongLength { by: -10 }).times(3),
        Fault::cdn(What::Expired).times(1),
        Fault::cdn(What::Expired).after(5).times(5),
        Fault::cdn(What::Etag { etag: "another".to_owned() }).nth(4),
        Fault::cdn(What::Gzip).times(3),
        Fault::cdn(What::WebPage).times(3),
        Fault::cdn(What::RedirectLoop).times(1),
        Fault::cdn(What::SlowHead { bytes_per_s: 20_000 }).times(3),
        Fault::cdn(What::Drip { bytes_per_s: 400_000 }).times(2),
        Fault::cdn(What::Flip { at: 3 * MIB }).times(1).from(3 * MIB..3 * MIB + 1),
    ];
    for fault in faults {
        let world = World::with(SIZE).await;
        world.fake.fault(fault.clone());
        let order = world.order(&[FILE]);
        let ended = world.run(&order).await;
        assert!(ended.is_ok(), "{fault:?}: {ended:?}");
        assert_eq!(sha256_of(&world.file(FILE)), world.content.sha256(), "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stalled_connection_gives_its_work_to_others() {
    let world = World::with(SIZE).await;
    world.fake.fault(Fault::cdn(What::Stall { after: 10_000 }).nth(2));
    let order = world.order(&[FILE]);
    world.stopped_at(&order, SIZE - (128 << 10)).await;
    world.run(&order).await.expect("downloaded");
    world.assert_right();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_keeps_what_came_and_the_next_run_fetches_the_rest() {
    let world = World::with(SIZE).await;
    world.fake.throttle(Some(MIB));
    let order = world.order(&[FILE]);
    world.stopped_at(&order, 3 * MIB).await;
    world.assert_nothing_placed();
    let there = kept(&world.models, &order.id);
    assert!(there >= 3 * MIB, "{there}");

    world.fake.throttle(None);
    world.run(&order).await.expect("downloaded");
    world.assert_right();
    assert!(world.served() <= SIZE + 2 * MIB, "{} for {SIZE}", world.served());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_takes_effect_at_once_wherever_it_comes() {
    let world = World::with(SIZE).await;
    let order = world.order(&[FILE]);
    let second = Duration::from_secs(1);
    world.fake.fault(Fault::cdn(What::Stall { after: 1000 }));
    let (ended, took) = world.stopped(&order, world.fake.until(|now| now.stalled >= 3)).await;
    assert!(matches!(ended, Err(DownloadError::Cancelled)) && took < second, "while nothing comes: {took:?}");
    world.fake.until(|now| now.answering == 0).await;

    world.fake.clear_faults();
    world.fake.fault(Fault::cdn(What::TooMany { status: 429, seconds: 500, again: Again::Seconds }));
    let before = world.fake.counts().requests;
    let (ended, took) = world.stopped(&order, world.fake.until_requests(before + 3)).await;
    assert!(matches!(ended, Err(DownloadError::Cancelled)) && took < second, "while it waits: {took:?}");

    world.fake.clear_faults();
    world.fake.fault(Fault::hub(What::Late { ms: 60_000 }));
    let before = world.fake.counts().requests;
    let (ended, took) = world.stopped(&order, world.fake.until_requests(before + 1)).await;
    assert!(matches!(ended, Err(DownloadError::Cancelled)) && took < second, "while it asks: {took:?}");
    assert!(discard(&world.models, &order.id).is_ok());
    assert!(!world.models.path().join(".downloads").exists(), "a cancelled order leaves nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_that_the_host_asks_for_is_kept_and_shown() {
    let world = World::with(SIZE).await;
    world.fake.fault(Fault::cdn(What::TooMany { status: 429, seconds: 1, again: Again::RateLimit }).times(8));
    let begun = std::time::Instant::now();
    let mut shown = None;
    let see = |progress: &Progress| {
        if let Stage::Waiting { why, .. } = &progress.stage {
            shown = Some(why.clone());
        }
    };
    world.watched(&world.order(&[FILE]), see).await.expect("downloaded");
    assert!(begun.elapsed() >= Duration::from_secs(1), "{:?}", begun.elapsed());
    assert_eq!(shown.map(|why| why.code), Some(ErrorCode::RateLimited));
    world.assert_right();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_only_fails_is_given_up_and_what_came_is_kept() {
    let world = World::with(SIZE).await;
    world.fake.fault(Fault::cdn(What::Status { status: 500 }).after(4));
    let order = world.order(&[FILE]);
    let error = world.run(&order).await.expect_err("the server fails");
    assert_eq!(error.code(), ErrorCode::HubFailed, "{error}");
    assert!(kept(&world.models, &order.id) > 0);
    world.assert_nothing_placed();
    world.fake.clear_faults();
    world.run(&order).await.expect("downloaded");
    world.assert_right();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_is_away_is_waited_for() {
    let mut world = World::with(SIZE).await;
    (world.settings.shortest_wait, world.settings.longest_wait) =
        (Duration::from_millis(200), Duration::from_millis(400));
    world.fake.fault(Fault::cdn(What::HangUp).times(12));
    let mut waited = false;
    world.watched(&world.order(&[FILE]), |progress| waited |= is_waiting(progress)).await.expect("it came back");
    assert!(waited, "and that was shown");
    world.assert_right();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_arrives_damaged_twice_is_refused_and_nothing_appears() {
    let world = World::with(SIZE).await;
    world
        .fake
        .add(RepoSpec::new(REPO).large(FILE, world.content.clone()).large("other.gguf", Content::generated(3, MIB)));
    world.fake.fault(Fault::cdn(What::Flip { at: 4 * MIB }).path(FILE));
    let order = world.order(&["other.gguf", FILE]);
    let mut noted = None;
    let error = world.watched(&order, |progress| noted = progress.note.clone()).await.expect_err("it is damaged");
    assert!(matches!(&error, DownloadError::Damaged { file } if file == FILE), "{error}");
    assert_eq!(error.code(), ErrorCode::DownloadDamaged);
    assert!(noted.is_some_and(|note| note.contains("damaged")), "the first time it began anew, and said so");
    world.assert_nothing_placed();

    world.fake.clear_faults();
    world.fake.forget_served();
    world.run(&order).await.expect("downloaded");
    assert_eq!(world.fake.served_bytes(&format!("{REPO}/other.gguf")), 0, "the other one was right and was kept");
    world.assert_right();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_small_file_is_noticed_by_gits_hash() {
    let world = World::with(1000).await;
    world.fake.fault(Fault::hub(What::Flip { at: 3 }).path("config.json").method("GET"));
    let error = world.run(&world.order(&["config.json"])).await.expect_err("it is damaged");
    assert!(matches!(error, DownloadError::Damaged { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_of_a_changed_file_are_never_mixed() {
    let mut world = World::with(SIZE).await;
    world.fake.throttle(Some(MIB));
    let old = world.order(&[FILE]);
    world.stopped_at(&old, 2 * MIB).await;
    assert!(kept(&world.models, &old.id) > 0);
    world.fake.throttle(None);

    world.content = Content::generated(77, SIZE);
    world.fake.update(REPO, [(FILE, File::large(world.content.clone()))]).expect("updated");
    let new = world.order(&[FILE]);
    let mut noted = None;
    world.watched(&new, |progress| noted = progress.note.clone()).await.expect("downloaded");
    assert!(noted.is_some_and(|note| note.contains("changed")), "the person is told");
    world.assert_right();
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_of_a_file_that_a_new_commit_leaves_alone_are_kept() {
    let world = World::with(SIZE).await;
    world.fake.throttle(Some(MIB));
    world.stopped_at(&world.order(&[FILE]), 3 * MIB).await;
    world.fake.throttle(None);
    world.fake.update(REPO, [("README.md", File::small("new words"))]).expect("updated");
    world.run(&world.order(&[FILE])).await.expect("downloaded");
    world.assert_right();
    assert!(world.served() <= SIZE + 2 * MIB, "{} for {SIZE}", world.served());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_has_another_file_than_the_ordered_one_is_refused() {
    let world = World::with(SIZE).await;
    let mut order = world.order(&[FILE]);
    order.files[0].sha256 = Some(Sha256Hex::parse(&"0".repeat(64)).expect("a digest"));
    let error = world.run(&order).await.expect_err("it is another");
    assert!(matches!(error, DownloadError::Changed { .. }), "{error}");
    let mut order = world.order(&[FILE]);
    order.files[0].bytes += 1;
    assert!(matches!(world.run(&order).await, Err(DownloadError::Changed { .. })));
    world.assert_nothing_placed();
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_that_expire_again_and_again_are_renewed() {
    let world = World::with(SIZE).await;
    world.fake.throttle(Some(2 * MIB));
    let expiring = async {
        for part in 1..5 {
            world.fake.until_served(part * MIB).await;
            world.fake.expire_signatures();
        }
    };
    let order = world.order(&[FILE]);
    let (ended, ()) = tokio::join!(world.run(&order), expiring);
    ended.expect("downloaded");
    world.assert_right();
    assert!(world.served() <= SIZE + MIB, "{}", world.served());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_journal_means_beginning_anew() {
    let world = World::with(SIZE).await;
    world.fake.throttle(Some(MIB));
    let order = world.order(&[FILE]);
    world.stopped_at(&order, 3 * MIB).await;
    let parts = world.models.path().join(".downloads").join(&order.id);
    for entry in std::fs::read_dir(&parts).expect("there").flatten() {
        if entry.path().extension().is_some_and(|ending| ending == "map") {
            let mut bytes = std::fs::read(entry.path()).expect("read");
            bytes[70] ^= 1;
            std::fs::write(entry.path(), bytes).expect("written");
        }
    }
    assert_eq!(kept(&world.models, &order.id), 0);
    world.fake.throttle(None);
    world.run(&order).await.expect("downloaded");
    world.assert_right();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_order_runs_once_at_a_time() {
    let world = World::with(SIZE).await;
    world.fake.fault(Fault::cdn(What::Stall { after: 1000 }));
    let order = world.order(&[FILE]);
    let second = async {
        world.fake.until(|now| now.stalled > 0).await;
        let error = world.run(&order).await.expect_err("it runs");
        assert!(matches!(error, DownloadError::Busy), "{error}");
        assert_eq!(discard(&world.models, &order.id).expect_err("it runs").kind(), io::ErrorKind::ResourceBusy);
    };
    world.stopped(&order, second).await.0.expect_err("stopped");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_persons_own_file_is_never_replaced() {
    let world = World::with(SIZE).await;
    std::fs::create_dir_all(world.file("")).expect("made");
    std::fs::write(world.file(FILE), "mine").expect("written");
    let error = world.run(&world.order(&[FILE])).await.expect_err("it is in the way");
    assert!(matches!(&error, DownloadError::InTheWay { path } if *path == world.file(FILE)), "{error}");
    assert_eq!(world.served(), 0, "said before anything was fetched");
    assert_eq!(std::fs::read_to_string(world.file(FILE)).expect("read"), "mine");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_downloaded_is_replaced_by_its_newer_version() {
    let mut world = World::with(SIZE).await;
    world.run(&world.order(&[FILE])).await.expect("downloaded");
    world.content = Content::generated(5, MIB);
    world.fake.update(REPO, [(FILE, File::large(world.content.clone()))]).expect("updated");
    world.run(&world.order(&[FILE])).await.expect("downloaded");
    world.assert_right();
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_through_links() {
    let world = World::with(SIZE).await;
    let outside = world.place.path().join("outside");
    std::fs::create_dir(&outside).expect("made");
    std::fs::create_dir(world.models.path()).expect("made");
    std::os::unix::fs::symlink(&outside, world.models.path().join("ann")).expect("linked");
    let error = world.run(&world.order(&[FILE])).await.expect_err("a link");
    assert!(matches!(error, DownloadError::Linked { .. }), "{error}");
    assert_eq!(std::fs::read_dir(&outside).expect("there").count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_byte_of_a_finished_file_is_found() {
    let world = World::with(SIZE).await;
    world.run(&world.order(&[FILE, "config.json"])).await.expect("downloaded");
    let progress = watch::channel(Progress::default()).0;
    let check = || {
        let expected =
            origins(&world.models, &repo()).files.iter().map(|o| Expected::of_origin(&world.models, o)).collect();
        let progress = progress.clone();
        async move { verify(expected, &progress, CancellationToken::new()).await.expect("looked at") }
    };
    let all = check().await;
    assert_eq!(all.len(), 2);
    assert!(all.iter().all(|checked| checked.finding == Finding::Same && checked.words().is_none()));
    assert_eq!((progress.borrow().done_bytes, progress.borrow().total_bytes), (SIZE + 7, SIZE + 7));

    let mut bytes = std::fs::read(world.file(FILE)).expect("read");
    bytes[1_234_567] ^= 1;
    std::fs::write(world.file(FILE), bytes).expect("written");
    std::fs::write(world.file("config.json"), "{}").expect("written");
    let finding = |all: &[Checked], name: &str| {
        all.iter().find(|checked| checked.name == name).expect("it was looked at").clone()
    };
    let found = check().await;
    assert_eq!(finding(&found, FILE).finding, Finding::Differs);
    assert!(finding(&found, FILE).words().is_some_and(|words| words.contains(FILE)));
    assert_eq!(finding(&found, "config.json").finding, Finding::OtherLength { expected: 7, found: 2 });
    std::fs::remove_file(world.file(FILE)).expect("removed");
    assert_eq!(finding(&check().await, FILE).finding, Finding::Missing);

    world.run(&world.order(&[FILE, "config.json"])).await.expect("downloaded again");
    assert!(check().await.iter().all(|checked| checked.finding == Finding::Same), "a download mends it");

    let cancel = CancellationToken::new();
    cancel.cancel();
    let expected =
        origins(&world.models, &repo()).files.iter().map(|o| Expected::of_origin(&world.models, o)).collect();
    assert!(matches!(verify(expected, &progress, cancel).await, Err(DownloadError::Cancelled)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_too_small_is_told_before_a_byte_comes() {
    let mut world = World::with(SIZE).await;
    world.settings.margin_bytes = 1 << 60;
    let error = world.run(&world.order(&[FILE])).await.expect_err("too little room");
    let DownloadError::DiskFull { folder, needed_bytes, free_bytes } = &error else { panic!("{error}") };
    assert_eq!((folder.as_path(), *needed_bytes), (world.models.path(), SIZE + (1 << 60)));
    assert!(free_bytes.is_some_and(|free| free > 0));
    assert_eq!(error.code(), ErrorCode::DiskFull);
    assert_eq!(world.served(), 0);
}

/// A small disk in memory; `None` where this user may not mount one.
#[cfg(target_os = "linux")]
struct SmallDisk(tempfile::TempDir);

#[cfg(target_os = "linux")]
impl SmallDisk {
    fn of(mib: u64) -> Option<Self> {
        let place = tempfile::tempdir().expect("a folder");
        let size = format!("size={mib}m");
        let mut mount = std::process::Command::new("mount");
        let mount = mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(place.path()).output();
        mount.is_ok_and(|mounted| mounted.status.success()).then(|| Self(place))
    }
}

#[cfg(target_os = "linux")]
impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg(self.0.path()).output();
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fills_up_on_the_way_keeps_the_parts() {
    let Some(disk) = SmallDisk::of(10) else { return };
    let mut world = World::with(SIZE).await;
    world.models = inglenook_hub::download::ModelsFolder::new(disk.0.path().join("models"));
    for looks in [true, false] {
        // Once it is noticed by looking, once by the system's refusal.
        world.settings.space_step_bytes = if looks { MIB / 4 } else { u64::MAX };
        world.settings.margin_bytes = if looks { MIB } else { 0 };
        world.fake.throttle(Some(MIB));
        let order = world.order(&[FILE]);
        let filling = async {
            world.fake.until_served(MIB).await;
            std::fs::write(disk.0.path().join("other"), vec![1; 7 << 20]).expect("written");
            world.fake.throttle(None);
        };
        let (ended, ()) = tokio::join!(world.run(&order), filling);
        let error = ended.expect_err("the disk is full");
        assert!(matches!(&error, DownloadError::DiskFull { folder, .. } if folder == world.models.path()), "{error}");
        assert!(kept(&world.models, &order.id) > 0, "what came is kept");
        std::fs::remove_file(disk.0.path().join("other")).expect("removed");
        world.run(&order).await.expect("there is room again");
        world.assert_right();
        std::fs::remove_dir_all(world.models.path()).expect("removed");
        world.fake.forget_served();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_of_two_versions_gives_the_ordered_one() {
    let world = World::with(SIZE).await;
    let old = order(&world.fake, &[FILE]);
    world.fake.update(REPO, [(FILE, File::large(Content::generated(9, SIZE)))]).expect("updated");
    world.run(&old).await.expect("the commit that was ordered is still there");
    world.assert_right();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_dropped_can_be_gone_on_with() {
    let world = World::with(SIZE).await;
    world.fake.throttle(Some(MIB));
    let order = world.order(&[FILE]);
    let progress = watch::channel(Progress::default()).0;
    tokio::select! {
        ended = run(&world.hub, &order, &world.models, &world.settings, &progress, CancellationToken::new()) => panic!("{ended:?}"),
        () = world.fake.until_served(2 * MIB) => {}
    }
    world.fake.until(|now| now.answering == 0).await;
    world.fake.throttle(None);
    loop {
        // What was just being written may still be.
        match world.run(&order).await {
            Err(DownloadError::Busy) => tokio::task::yield_now().await,
            ended => break drop(ended.expect("downloaded")),
        }
    }
    world.assert_right();
}
