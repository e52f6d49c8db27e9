//! Keeping models: disks that come and go, other programs' models, checking, deleting, newer versions. The hub is our
//! fake; the models are Pocket's files, which need not be loaded here.

use std::fs;
use std::path::{Path, PathBuf};

use futures::StreamExt as _;
use inglenook_contract::*;
use inglenook_journeys::Person;
use inglenook_testkit::{Content, FakeHub, File, RepoSpec};
use serde_json::json;

const REPO: &str = "ann/Pocket-GGUF";
const FILE: &str = "Pocket-Q4_K_M.gguf";

fn pocket(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/pocket").join(file)
}

async fn person() -> Person {
    Person::with_script(json!({ "answers": [{ "when": "", "steps": ["echo"] }] })).await
}

/// A disk with Pocket on it.
struct Disk(tempfile::TempDir);

impl Disk {
    fn with_pocket() -> Self {
        let disk = Self(tempfile::tempdir().expect("a folder"));
        fs::create_dir_all(disk.path().join("models")).expect("made");
        fs::copy(pocket("Pocket-Q4_K_M.gguf"), disk.path().join("models/pocket.gguf")).expect("copied");
        disk
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("disk")
    }

    /// As a place where disks are mounted: there, and empty without one.
    fn unplug(&self) {
        fs::rename(self.path().join("models"), self.0.path().join("unplugged")).expect("moved");
    }

    fn plug(&self) {
        fs::rename(self.0.path().join("unplugged"), self.path().join("models")).expect("moved");
    }
}

async fn adds(person: &Person, folder: &Path) -> ModelList {
    person.gets("folder.add", json!({ "path": folder })).await
}

async fn looks_again(person: &Person) -> ModelList {
    person.gets("model.rescan", json!({})).await
}

fn in_folder(list: &ModelList, owner: FolderOwner) -> &Model {
    list.models.iter().find(|model| model.owner == owner).expect("a model in this folder")
}

fn folder(list: &ModelList, owner: FolderOwner) -> &ModelFolder {
    list.folders.iter().find(|folder| folder.owner == owner).expect("the folder")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_not_connected_is_away_and_not_forgotten() {
    let (mut person, disk) = (person().await, Disk::with_pocket());
    let before = in_folder(&adds(&person, &disk.path()).await, FolderOwner::Added).clone();
    let chat = person.new_chat().await;
    let _: Nothing = person.gets("chat.chooseModel", json!({ "chat": chat, "model": before.id })).await;

    disk.unplug();
    for restarts in [false, true] {
        if restarts {
            person.restarts().await;
        }
        let list = looks_again(&person).await;
        let away = in_folder(&list, FolderOwner::Added);
        assert_eq!((&away.id, &away.name, &away.state), (&before.id, &before.name, &ModelState::Away));
        let folder = folder(&list, FolderOwner::Added);
        assert!(folder.away && folder.error.is_none(), "it is no failure: {folder:?}");
        assert_eq!((folder.models, folder.size_bytes), (1, before.size_bytes));
    }
    let failed = person.hears(&chat, "hello").await;
    let error = failed.error.expect("nobody answers");
    assert!(error.message.contains(&disk.path().display().to_string()), "it says what to connect: {}", error.message);
    assert_eq!(error.code, ErrorCode::ModelMissing);

    disk.plug();
    let back = in_folder(&looks_again(&person).await, FolderOwner::Added).clone();
    assert_eq!(Model { last_used_at: None, ..back }, before, "all is as it was");
    assert_eq!(person.hears(&chat, "hello").await.status, MessageStatus::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_is_removed_while_it_is_away_is_forgotten_with_the_next_start() {
    let (mut person, disk) = (person().await, Disk::with_pocket());
    adds(&person, &disk.path()).await;
    disk.unplug();
    looks_again(&person).await;
    let list: ModelList = person.gets("folder.remove", json!({ "path": disk.path() })).await;
    assert!(list.models.iter().all(|model| model.owner != FolderOwner::Added));
    assert!(folder(&adds(&person, &disk.path()).await, FolderOwner::Added).away, "taken back");
    let _: ModelList = person.gets("folder.remove", json!({ "path": disk.path() })).await;
    person.restarts().await;
    // Now nothing is remembered, so it is simply empty.
    assert!(!folder(&adds(&person, &disk.path()).await, FolderOwner::Added).away);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_folder_of_a_file_is_added_once() {
    let (person, disk) = (person().await, Disk::with_pocket());
    let list = adds(&person, &disk.path().join("models/pocket.gguf")).await;
    assert_eq!(folder(&list, FolderOwner::Added).path, disk.path().join("models").display().to_string());
    let again = adds(&person, &disk.path().join("models/")).await;
    assert_eq!(again.folders.len(), list.folders.len());
    let error = person.asks::<ModelList>("folder.add", json!({ "path": disk.path().join("nothing") })).await;
    assert_eq!(error.expect_err("nothing is there").code, ErrorCode::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_programs_models_are_there_until_they_are_left_out() {
    let mut person = person().await;
    let theirs = person.persons_folder().join(".lmstudio/models");
    fs::create_dir_all(theirs.join("ann/Pocket")).expect("made");
    fs::copy(pocket("Pocket-Q4_K_M.gguf"), theirs.join("ann/Pocket/pocket.gguf")).expect("copied");
    let list = looks_again(&person).await;
    let model = in_folder(&list, FolderOwner::LmStudio);
    assert!(model.undeletable.as_ref().is_some_and(|words| words.contains("LM Studio")), "{model:?}");
    let refused = person.asks::<Freed>("model.delete", json!({ "model": model.id })).await;
    assert_eq!(refused.expect_err("it is LM Studio's").code, ErrorCode::InvalidRequest);
    assert!(theirs.join("ann/Pocket/pocket.gguf").exists());

    let path = &folder(&list, FolderOwner::LmStudio).path;
    let list: ModelList = person.gets("folder.use", json!({ "path": path, "used": false })).await;
    assert!(list.models.iter().all(|model| model.owner != FolderOwner::LmStudio));
    person.restarts().await;
    let list = looks_again(&person).await;
    assert!(folder(&list, FolderOwner::LmStudio).ignored, "it stays in the list, to be used again");
    let list: ModelList = person.gets("folder.use", json!({ "path": path, "used": true })).await;
    assert_eq!(in_folder(&list, FolderOwner::LmStudio).name, model.name);
    let others = person.asks::<ModelList>("folder.use", json!({ "path": "/", "used": false })).await;
    assert_eq!(others.expect_err("nobody's").code, ErrorCode::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_model_is_unloaded_and_its_bytes_come_back() {
    let (person, disk) = (person().await, Disk::with_pocket());
    let model = in_folder(&adds(&person, &disk.path()).await, FolderOwner::Added).clone();
    let chat = person.new_chat().await;
    let _: Nothing = person.gets("chat.chooseModel", json!({ "chat": chat, "model": model.id })).await;
    person.hears(&chat, "hello").await;
    let freed: Freed = person.gets("model.delete", json!({ "model": model.id })).await;
    assert_eq!(freed.bytes, model.size_bytes);
    let list: ModelList = person.gets("model.list", json!({})).await;
    assert!(list.models.iter().all(|other| other.id != model.id), "nor is it thought to be away");
    assert!(!folder(&list, FolderOwner::Added).away, "{:?}", list.folders);
    assert_eq!(person.reads(&chat).await.len(), 2, "what was said stays");
    assert_eq!(person.hears(&chat, "and now?").await.error.expect("it is gone").code, ErrorCode::ModelMissing);
    let again = person.asks::<Freed>("model.delete", json!({ "model": model.id })).await;
    assert_eq!(again.expect_err("it is gone").code, ErrorCode::NotFound);
}

/// A person with Pocket downloaded from a hub.
async fn downloaded(fake: &FakeHub) -> (Person, Model) {
    let person = person().await;
    let content = Content::disk(&pocket("Pocket-Q4_K_M.gguf")).expect("Pocket is there");
    fake.add(RepoSpec::new(REPO).large(FILE, content).small("README.md", "# Pocket"));
    let mut settings: Settings = person.gets("settings.get", json!({})).await;
    settings.hub_endpoint = fake.endpoint();
    let _: Settings = person.gets("settings.save", serde_json::to_value(settings).expect("settings")).await;
    let started: DownloadRef =
        person.gets("download.start", json!({ "repo": REPO, "item": FILE.trim_end_matches(".gguf") })).await;
    let model = done(&person, &started).await;
    (person, model)
}

/// Waits until a download is done, and returns what it became.
async fn done(person: &Person, download: &DownloadRef) -> Model {
    let mut changes = person.watches_changes().await;
    loop {
        let all: Vec<Download> = person.gets("download.list", json!({})).await;
        let it = all.into_iter().find(|one| one.id == download.download).expect("it is in the list");
        match it.state {
            DownloadState::Done { model } => {
                let list: ModelList = person.gets("model.list", json!({})).await;
                return list.models.into_iter().find(|one| Some(&one.id) == model.as_ref()).expect("it is a model");
            }
            DownloadState::Failed { error } => panic!("{error:?}"),
            _ => drop(changes.next().await),
        }
    }
}

async fn checks(person: &Person, model: &Model) -> (u32, Vec<String>) {
    let mut events = person.opens::<VerifyEvent>("model.verify", json!({ "model": model.id })).await;
    while let Some(event) = events.next().await {
        match event {
            VerifyEvent::Progress { done_bytes, total_bytes } => assert!(done_bytes <= total_bytes),
            VerifyEvent::Done { files, problems } => return (files, problems),
            VerifyEvent::Failed { error } => panic!("{error:?}"),
        }
    }
    panic!("the check ended without a word")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_byte_is_found_and_a_download_mends_it() {
    let fake = FakeHub::start().await;
    let (person, model) = downloaded(&fake).await;
    assert!(model.verifiable);
    assert_eq!(model.origin.as_ref().map(|origin| origin.repo.as_str()), Some(REPO));
    assert_eq!(checks(&person, &model).await, (1, vec![]));

    let mut bytes = fs::read(&model.path).expect("read");
    *bytes.last_mut().expect("not empty") ^= 1;
    fs::write(&model.path, bytes).expect("written");
    let (_, problems) = checks(&person, &model).await;
    assert!(problems.len() == 1 && problems[0].contains(FILE), "{problems:?}");

    let again = json!({ "repo": REPO, "revision": model.origin.expect("known").commit, "item": "Pocket-Q4_K_M" });
    let mended = done(&person, &person.gets("download.start", again).await).await;
    assert_eq!(checks(&person, &mended).await, (1, vec![]));
    let built_in = person.pocket().await;
    assert!(!built_in.verifiable);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_version_takes_the_place_of_the_elder() {
    let fake = FakeHub::start().await;
    let (person, model) = downloaded(&fake).await;
    let check: UpdateCheck = person.gets("model.findUpdates", json!({})).await;
    assert_eq!(check, UpdateCheck { looked_up: 1, newer: 0, failed: vec![] });
    let refused = person.asks::<DownloadRef>("model.update", json!({ "model": model.id })).await;
    assert_eq!(refused.expect_err("nothing is newer").code, ErrorCode::NotFound);

    fake.update(REPO, [("README.md", File::small("# Another word"))]);
    let check: UpdateCheck = person.gets("model.findUpdates", json!({})).await;
    assert_eq!(check.newer, 0, "another readme is no other model");

    let newer = Content::disk(&pocket("Pocket-F16.gguf")).expect("Pocket is there");
    let bytes = newer.bytes();
    let commit = fake.update(REPO, [(FILE, File::large(newer))]);
    let check: UpdateCheck = person.gets("model.findUpdates", json!({})).await;
    assert_eq!(check.newer, 1);
    let list: ModelList = person.gets("model.list", json!({})).await;
    let found = in_folder(&list, FolderOwner::Own).update.clone().expect("it is shown");
    assert_eq!((Some(found.commit), found.changed_bytes), (commit.clone(), bytes));

    let updated = done(&person, &person.gets("model.update", json!({ "model": model.id })).await).await;
    assert_eq!((&updated.id, updated.quantisation.as_deref()), (&model.id, Some("F16")), "chats find it again");
    assert_eq!((updated.origin.map(|origin| origin.commit), updated.update), (commit, None));
    assert_eq!(checks(&person, &model).await, (1, vec![]));

    fake.remove(REPO);
    let check: UpdateCheck = person.gets("model.findUpdates", json!({})).await;
    assert!(check.looked_up == 0 && check.failed.len() == 1 && check.failed[0].contains(REPO), "{check:?}");
    let freed: Freed = person.gets("model.delete", json!({ "model": model.id })).await;
    assert_eq!(freed.bytes, bytes);
    assert!(!person.home().join("models/ann").exists(), "nothing is left of it");
}
