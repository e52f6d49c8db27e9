//! Databases of every released form, and of forms that are not released yet.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use inglenook_contract::*;
use inglenook_store::{Store, StoreError};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

use crate::support::*;

fn here(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)
}

/// The numbers that the names of the files in this folder begin with.
fn versions(folder: &str) -> BTreeSet<String> {
    fs::read_dir(here(folder))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap()[..14].to_owned())
        .collect()
}

/// Makes this database one that a newer version has migrated.
pub(crate) async fn make_newer(path: &Path) {
    let mut db = SqliteConnectOptions::new().filename(path).connect().await.unwrap();
    sqlx::query("INSERT INTO _sqlx_migrations VALUES (99991231000000, 'not yet', '2026-01-01', true, x'00', 1)")
        .execute(&mut db)
        .await
        .unwrap();
    db.close().await.unwrap();
}

#[test]
fn every_form_has_an_example() {
    // A new migration needs `tests/fixtures/<version>.sql`: a dump of a database that it made, with the same chats.
    assert_eq!(versions("tests/fixtures"), versions("migrations"));
}

#[tokio::test]
async fn a_database_of_every_form_opens_with_all_that_is_in_it() {
    let newest = versions("migrations").pop_last().unwrap();
    for version in versions("tests/fixtures") {
        let home = tempfile::tempdir().unwrap();
        let sql = fs::read_to_string(here("tests/fixtures").join(format!("{version}.sql"))).unwrap();
        let path = home.path().join("inglenook.db");
        let mut db = SqliteConnectOptions::new().filename(&path).create_if_missing(true).connect().await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut db).await.unwrap();
        db.close().await.unwrap();

        let store = open(home.path()).await;
        store.close().await.unwrap();
        let store = open(home.path()).await;
        let chats = store.chats("", false).await.unwrap();
        let titles: Vec<_> = chats.iter().map(|chat| chat.title.as_str()).collect();
        assert_eq!(titles, ["Hearths and chimneys", "Wie groß ist ein Kamin?"], "form {version}");
        assert_eq!(store.chats("", true).await.unwrap().len(), 1, "form {version}");

        let chat = store.chat(&chats[0].id).await.unwrap();
        assert!(chat.summary.pinned, "form {version}");
        assert_eq!(chat.parameters.temperature, Some(0.25));
        assert_eq!(chat.draft, "And what about");
        assert_eq!(chat.context_used, Some(42));
        assert_eq!(chat.queue.len(), 1);
        assert!(chat.queue[0].held.is_some(), "form {version}: what waited is held");
        assert_eq!(shown(&store, &chat.summary.id).await, ["What is a hearth?", "The floor of a fireplace."]);
        let page = store.page(&chat.summary.id, None, 10).await.unwrap();
        let answer = &page.messages[1];
        assert_eq!(answer.versions.len(), 2);
        assert_eq!(answer.answered_by.as_ref().unwrap().name, "Pocket");
        let other = store.message(&answer.versions[0]).await.unwrap();
        assert_eq!((other.status, other.text.as_str()), (MessageStatus::Cut, "A place for"));
        assert_eq!(store.chats("PLACE FOR", false).await.unwrap().len(), 1, "form {version}: it is found");

        let draft = if version.as_str() < "20261121130000" { "" } else { "What burns" };
        assert_eq!(store.new_draft().await.unwrap(), draft, "form {version}");

        let backups = store.backups().await.unwrap();
        let before = backups.iter().filter(|backup| backup.name.contains("before-update")).count();
        assert_eq!(before, usize::from(version != newest), "form {version}: a backup before it is changed");
    }
}

#[tokio::test]
async fn a_newer_database_is_refused_and_left_as_it_is() {
    let (store, home) = store().await;
    chat(&store, &["q", "a"]).await;
    store.close().await.unwrap();
    let path = home.path().join("inglenook.db");
    make_newer(&path).await;
    let before = fs::read(&path).unwrap();

    let refused = Store::open(home.path()).await.unwrap_err();
    assert!(matches!(refused, StoreError::TooNew), "{refused:?}");
    let told = ErrorInfo::from(refused);
    assert_eq!(told.code, ErrorCode::StoreTooNew);
    assert!(told.message.contains("newer version"), "{}", told.message);
    assert_eq!(fs::read(&path).unwrap(), before, "not a byte was changed");
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 3, "database, lock and backups: nothing was set aside");
}
