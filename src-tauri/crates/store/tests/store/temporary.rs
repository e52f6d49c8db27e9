//! Temporary chats: the same code, and nothing on the disk.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use inglenook_store::{Store, StoreError};

use crate::support::*;

fn tree(dir: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(tree(&path));
        }
        found.insert(path);
    }
    found
}

#[tokio::test]
async fn a_temporary_store_is_a_store_with_identifiers_of_its_own() {
    let store = Store::temporary().await.unwrap();
    assert!(store.is_temporary());
    let (id, messages) = chat(&store, &["q", "a"]).await;
    let queued = store.push_queued(&id, "next").await.unwrap();
    let branch = store.branch_chat(&messages[1].id).await.unwrap();
    assert!(branch.summary.temporary);
    let branched = store.page(&branch.summary.id, None, 9).await.unwrap();
    for id in [id.as_str(), messages[0].id.as_str(), messages[1].id.as_str(), queued.id.as_str()]
        .into_iter()
        .chain([branch.summary.id.as_str(), branched.messages[0].id.as_str()])
    {
        assert!(id.starts_with("temp-"), "{id}");
    }
    assert!(matches!(store.backups().await, Err(StoreError::Refused(_))));

    let other = Store::temporary().await.unwrap();
    assert!(other.chats("", false).await.unwrap().is_empty(), "two temporary stores know nothing of each other");
    store.delete_chat(&id).await.unwrap();
    store.purge_chat(&id).await.unwrap();
    assert!(matches!(store.chat(&id).await, Err(StoreError::NotFound(_))));
}

#[cfg(target_os = "linux")]
#[test]
fn a_temporary_store_writes_no_file() {
    // In a process of its own, whose current folder and folder for temporary files are this one, and which tells
    // every file that it has open.
    let home = tempfile::tempdir().unwrap();
    let output = child("temporary::child_fills_a_temporary_store", home.path())
        .current_dir(home.path())
        .env("TMPDIR", home.path())
        .env("SQLITE_TMPDIR", home.path())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}");
    assert!(told.contains("filled"), "the child did its work: {told}");
    assert_eq!(tree(home.path()), BTreeSet::new(), "nothing was left");
}

#[cfg(target_os = "linux")]
#[test]
fn child_fills_a_temporary_store() {
    let Some(folder) = std::env::var_os(CHILD_FOLDER) else { return };
    runtime().block_on(async {
        let store = Store::temporary().await.unwrap();
        // More than the page cache of 2 MB holds, sorted and searched.
        let long = "word ".repeat(20_000);
        for number in 0..60 {
            chat(&store, &[&format!("{number} {long}"), &long]).await;
        }
        assert_eq!(store.chats("WORD", false).await.unwrap().len(), 60);
        store.empty_trash().await.unwrap();
        let open: Vec<_> = std::fs::read_dir("/proc/self/fd")
            .unwrap()
            .filter_map(|entry| std::fs::read_link(entry.unwrap().path()).ok())
            .filter(|path| path.starts_with(&folder) || path.to_string_lossy().contains("etilqs"))
            .collect();
        assert!(open.is_empty(), "no file of SQLite's is open, deleted ones included: {open:?}");
        say("filled");
    });
}
