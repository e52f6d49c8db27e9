//! Damaged databases are set aside, never deleted, and a backup can take their place.

use std::fs;
use std::path::{Path, PathBuf};

use inglenook_contract::*;
use inglenook_store::Store;

use crate::support::*;

fn database(home: &Path) -> PathBuf {
    home.join("inglenook.db")
}

/// A folder with a chat and, as after the second day's start, a backup of it.
async fn folder_with_backup() -> (tempfile::TempDir, ChatId) {
    let (store, home) = store().await;
    let (id, _) = chat(&store, &["keep me", "gladly"]).await;
    for number in 0..40 {
        talk(&store, &id, &format!("number {number}"), &"a long answer ".repeat(200)).await;
    }
    store.close().await.unwrap();
    open(home.path()).await.close().await.unwrap();
    (home, id)
}

/// Opens a folder whose database is damaged; checks all that is promised then, up to the backup in its place.
async fn sets_aside_and_restores(home: &Path, chat: &ChatId, damaged: Option<Vec<u8>>) {
    let opened = Store::open(home).await.unwrap();
    let [Notice::DatabaseSetAside { path, backups }] = &opened.notices[..] else {
        panic!("the person is told, and once: {:?}", opened.notices)
    };
    if let Some(damaged) = damaged {
        assert_eq!(fs::read(path).unwrap(), damaged, "not a byte of it was changed");
    }
    assert!(Path::new(path).exists(), "it lies where the notice says");
    let store = opened.store;
    assert!(store.chats("", false).await.unwrap().is_empty(), "a new database is in use");
    talk(&store, &store.create_chat(None).await.unwrap().summary.id, "after", "wards").await;

    assert_eq!(backups.len(), 1);
    assert_eq!(backups[0].chats, 1, "the notice tells how much there is to restore");
    let other = store.clone();
    let replaced = store.restore_backup(&backups[0].name).await.unwrap();
    assert!(replaced.exists(), "the new database is set aside as well");
    assert_eq!(shown(&other, chat).await[..2], ["keep me", "gladly"], "through handles that were there before");
    talk(&other, chat, "still works", "yes").await;
    store.close().await.unwrap();
    assert_eq!(shown(&open(home).await, chat).await.last().unwrap(), "yes");
}

#[tokio::test]
async fn a_file_of_garbage() {
    let (home, chat) = folder_with_backup().await;
    let garbage: Vec<u8> = (0..100_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    fs::write(database(home.path()), &garbage).unwrap();
    sets_aside_and_restores(home.path(), &chat, Some(garbage)).await;
}

#[tokio::test]
async fn a_file_that_was_cut() {
    let (home, chat) = folder_with_backup().await;
    let mut bytes = fs::read(database(home.path())).unwrap();
    bytes.truncate(bytes.len() / 2 + 100);
    fs::write(database(home.path()), &bytes).unwrap();
    sets_aside_and_restores(home.path(), &chat, Some(bytes)).await;
}

#[tokio::test]
async fn an_empty_file_where_there_were_chats() {
    let (home, chat) = folder_with_backup().await;
    fs::write(database(home.path()), []).unwrap();
    sets_aside_and_restores(home.path(), &chat, Some(Vec::new())).await;
}

#[tokio::test]
async fn a_folder_in_its_place() {
    let (home, chat) = folder_with_backup().await;
    fs::remove_file(database(home.path())).unwrap();
    fs::create_dir(database(home.path())).unwrap();
    fs::write(database(home.path()).join("something"), "of a person's").unwrap();
    sets_aside_and_restores(home.path(), &chat, None).await;
}

#[tokio::test]
async fn a_page_in_the_middle_that_was_overwritten() {
    let (home, chat) = folder_with_backup().await;
    let mut bytes = fs::read(database(home.path())).unwrap();
    for page in bytes.chunks_mut(4096).skip(4).step_by(3) {
        page.fill(0xa5);
    }
    fs::write(database(home.path()), &bytes).unwrap();
    sets_aside_and_restores(home.path(), &chat, Some(bytes)).await;
}

#[tokio::test]
async fn another_programs_database() {
    let (home, chat) = folder_with_backup().await;
    fs::remove_file(database(home.path())).unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(database(home.path())).create_if_missing(true);
    let mut db = sqlx::ConnectOptions::connect(&options).await.unwrap();
    sqlx::query("CREATE TABLE bookmarks (url TEXT)").execute(&mut db).await.unwrap();
    sqlx::Connection::close(db).await.unwrap();
    sets_aside_and_restores(home.path(), &chat, None).await;
}

#[tokio::test]
async fn a_log_without_its_database() {
    let (home, chat) = folder_with_backup().await;
    fs::rename(database(home.path()), home.path().join("inglenook.db-wal")).unwrap();
    let opened = Store::open(home.path()).await.unwrap();
    let [Notice::DatabaseSetAside { path, backups }] = &opened.notices[..] else { panic!("{:?}", opened.notices) };
    assert!(Path::new(&format!("{path}-wal")).exists(), "SQLite would have deleted it");
    opened.store.restore_backup(&backups[0].name).await.unwrap();
    assert_eq!(shown(&opened.store, &chat).await[0], "keep me");
}

#[tokio::test]
async fn an_empty_file_where_nothing_was_is_a_new_database() {
    let home = tempfile::tempdir().unwrap();
    fs::write(database(home.path()), []).unwrap();
    open(home.path()).await.create_chat(None).await.unwrap();
}

/// Overwrites pages that hold what was said and nothing that a start looks at. The size and the time stay, as when a
/// disk rots; so the start has no reason to look closely.
#[cfg(unix)]
fn rot(home: &Path) {
    let path = database(home);
    let file = fs::OpenOptions::new().read(true).write(true).open(&path).unwrap();
    let changed = file.metadata().unwrap().modified().unwrap();
    let mut bytes = fs::read(&path).unwrap();
    for page in bytes.chunks_mut(4096).filter(|page| page.windows(11).any(|window| window == b"long answer")) {
        page.fill(0xa5);
    }
    std::os::unix::fs::FileExt::write_all_at(&file, &bytes, 0).unwrap();
    file.set_modified(changed).unwrap();
}

/// Meets the damage in a rotten database, as a search does.
#[cfg(unix)]
async fn meet_damage(store: &Store) {
    let met = store.chats("number", false).await.unwrap_err();
    assert_eq!(met.code(), ErrorCode::StoreDamaged, "{met:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn damage_that_shows_while_the_store_is_in_use_is_dealt_with_at_the_next_start() {
    let (home, _) = folder_with_backup().await;
    rot(home.path());
    let store = open(home.path()).await;
    meet_damage(&store).await;
    let _ = store.close().await;
    let opened = Store::open(home.path()).await.unwrap();
    assert!(matches!(&opened.notices[..], [Notice::DatabaseSetAside { .. }]), "{:?}", opened.notices);
}

/// Two databases in one process: while a home moves, or in a program of tests.
#[cfg(unix)]
#[tokio::test]
async fn damage_in_one_database_says_nothing_about_another() {
    let ((rotten, _), (sound, _)) = (folder_with_backup().await, folder_with_backup().await);
    rot(rotten.path());
    let rotten_store = open(rotten.path()).await;
    let sound_store = open(sound.path()).await;
    meet_damage(&rotten_store).await;
    sound_store.close().await.unwrap();
    let _ = rotten_store.close().await;

    rot(sound.path());
    open(sound.path()).await; // It ended well, so the start believes it and does not look.
    let opened = Store::open(rotten.path()).await.unwrap();
    assert!(matches!(&opened.notices[..], [Notice::DatabaseSetAside { .. }]), "{:?}", opened.notices);
}
