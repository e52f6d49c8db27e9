//! Backups by the day: when they are made, which are kept, which can be used.

use std::fs;
use std::path::Path;

use inglenook_contract::*;
use inglenook_store::StoreError;

use crate::support::*;

fn names(home: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(home.join("backups"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// A folder with one chat and one backup.
async fn folder_with_backup() -> (tempfile::TempDir, ChatId, String) {
    let (store, home) = store().await;
    let (id, _) = chat(&store, &["keep me", "gladly"]).await;
    store.close().await.unwrap();
    open(home.path()).await.close().await.unwrap();
    let name = names(home.path()).pop().unwrap();
    (home, id, name)
}

#[tokio::test]
async fn the_first_start_of_a_day_makes_one() {
    let (first, home) = store().await;
    first.close().await.unwrap();
    assert_eq!(names(home.path()), [""; 0], "there is nothing to keep yet");
    let store = open(home.path()).await;
    chat(&store, &["q", "a"]).await;
    store.close().await.unwrap();
    for _ in 0..3 {
        open(home.path()).await.close().await.unwrap();
    }
    let store = open(home.path()).await;
    let backups = store.backups().await.unwrap();
    assert_eq!(backups.len(), 1, "once a day");
    assert_eq!(backups[0].chats, 1);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64;
    assert!((now - backups[0].created_at).abs() < 60_000, "it knows when it was made");
}

#[tokio::test]
async fn the_three_latest_are_kept() {
    let (home, _, name) = folder_with_backup().await;
    let dir = home.path().join("backups");
    for day in 1..=4 {
        fs::copy(dir.join(&name), dir.join(format!("inglenook-2026010{day}T120000Z-daily.db"))).unwrap();
    }
    fs::write(dir.join("inglenook-20250101T120000Z-before-update.db"), "of another kind").unwrap();
    fs::write(dir.join("notes.txt"), "a person's").unwrap();
    fs::remove_file(dir.join(&name)).unwrap();
    open(home.path()).await.close().await.unwrap();
    let kept = names(home.path());
    assert_eq!(kept.len(), 5, "{kept:?}");
    assert_eq!(kept[1..3], ["inglenook-20260103T120000Z-daily.db", "inglenook-20260104T120000Z-daily.db"]);
    assert!(kept[3].ends_with("-daily.db") && kept[4] == "notes.txt", "{kept:?}");
}

#[tokio::test]
async fn copies_that_a_wrong_clock_dated_push_out_none_made_now() {
    let (home, _, name) = folder_with_backup().await;
    let dir = home.path().join("backups");
    for day in 1..=3 {
        fs::copy(dir.join(&name), dir.join(format!("inglenook-2999010{day}T120000Z-daily.db"))).unwrap();
    }
    fs::remove_file(dir.join(&name)).unwrap();
    open(home.path()).await.close().await.unwrap();
    let kept = names(home.path());
    assert_eq!(kept.len(), 3, "three are kept: {kept:?}");
    assert!(!kept[0].contains("2999"), "among them the one that was just made: {kept:?}");
}

#[tokio::test]
async fn those_from_before_the_damage_are_never_pushed_out() {
    let (home, _, name) = folder_with_backup().await;
    let dir = home.path().join("backups");
    for day in 1..=4 {
        fs::copy(dir.join(&name), dir.join(format!("inglenook-2026010{day}T120000Z-daily.db"))).unwrap();
    }
    fs::remove_file(dir.join(&name)).unwrap();
    fs::write(home.path().join("inglenook-damaged-20260201T120000Z.db"), "damaged").unwrap();
    open(home.path()).await.close().await.unwrap();
    assert_eq!(names(home.path()).len(), 5, "four from before, and today's");
}

#[tokio::test]
async fn a_backup_that_cannot_be_used_leaves_the_database_in_use() {
    let (home, id, name) = folder_with_backup().await;
    let dir = home.path().join("backups");
    let cut = "inglenook-20260101T120000Z-daily.db";
    let bytes = fs::read(dir.join(&name)).unwrap();
    fs::write(dir.join(cut), &bytes[..bytes.len() / 2]).unwrap();
    let newer = "inglenook-20260102T120000Z-daily.db";
    fs::copy(dir.join(&name), dir.join(newer)).unwrap();
    crate::migrations::make_newer(&dir.join(newer)).await;

    let store = open(home.path()).await;
    let refused = store.restore_backup(cut).await.unwrap_err();
    assert!(matches!(refused, StoreError::BackupDamaged(_)), "{refused:?}");
    let refused = store.restore_backup(newer).await.unwrap_err();
    assert!(matches!(refused, StoreError::TooNew), "{refused:?}");
    for strange in ["../inglenook.db", "inglenook-20260109T120000Z-daily.db", ""] {
        let refused = store.restore_backup(strange).await.unwrap_err();
        assert!(matches!(refused, StoreError::NotFound(_)), "{strange}: {refused:?}");
    }
    talk(&store, &id, "still", "here").await;
    assert_eq!(shown(&store, &id).await, ["keep me", "gladly", "still", "here"]);
    store.close().await.unwrap();
    assert_eq!(shown(&open(home.path()).await, &id).await.len(), 4, "nor does the next start mind");
}

#[tokio::test]
async fn writing_goes_on_while_a_backup_is_restored() {
    let (home, id, name) = folder_with_backup().await;
    let store = open(home.path()).await;
    let writer = store.clone();
    let task = tokio::spawn(async move {
        for number in 0..50 {
            writer.save_draft(&id, &number.to_string()).await.unwrap();
        }
        writer.chat(&id).await.unwrap().draft
    });
    store.restore_backup(&name).await.unwrap();
    assert_eq!(task.await.unwrap(), "49", "each write met one database or the other, none met an error");
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_read_any_of_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let (home, id, _) = folder_with_backup().await;
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(home.path().join("inglenook.db"), fs::Permissions::from_mode(0o644)).unwrap();
    let store = open(home.path()).await;
    talk(&store, &id, "q", "a").await;
    let mut seen = 0;
    for dir in [home.path().to_owned(), home.path().join("backups")] {
        assert_eq!(fs::metadata(&dir).unwrap().permissions().mode() & 0o777, 0o700, "{}", dir.display());
        for entry in fs::read_dir(&dir).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_file()) {
            assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{}", entry.path().display());
            seen += 1;
        }
    }
    assert!(seen >= 5, "database, log, shared memory, lock and backup were looked at, {seen} in all");
}
