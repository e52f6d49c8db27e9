//! No space, no rights, no write-ahead log.

use std::fs;
use std::path::Path;

use inglenook_contract::*;
use inglenook_store::Store;
use sqlx::ConnectOptions as _;
use sqlx::sqlite::SqliteConnectOptions;

use crate::support::*;

/// Runs a test of this program as a child and expects it to tell this at its end.
fn child_tells(name: &str, folder: &Path, expected: &str) {
    let output = child(name, folder).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}");
    assert!(told.lines().any(|line| line.ends_with(expected)), "expected {expected:?} in {told}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_write_that_fails_half_way_loses_nothing_that_was_kept() {
    let home = tempfile::tempdir().unwrap();
    child_tells("limits::child_meets_the_largest_file", home.path(), "kept what it had");
    runtime().block_on(async {
        let store = open(home.path()).await;
        let chat = store.chats("", false).await.unwrap().remove(0).id;
        talk(&store, &chat, "there is room again", "yes").await;
    });
}

#[cfg(target_os = "linux")]
#[test]
#[allow(unsafe_code, reason = "the limit is the operating system's; there is no safe call for it")]
fn child_meets_the_largest_file() {
    let Some(folder) = std::env::var_os(CHILD_FOLDER) else { return };
    runtime().block_on(async {
        let store = open(Path::new(&folder)).await;
        let (id, _) = chat(&store, &["before", "yes"]).await;
        let limit = libc::rlimit { rlim_cur: 1_000_000, rlim_max: libc::RLIM_INFINITY };
        // SAFETY: plain calls with a valid pointer; nothing else in this process depends on either.
        unsafe {
            libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
            assert_eq!(libc::setrlimit(libc::RLIMIT_FSIZE, &limit), 0);
        }
        let long = "x".repeat(50_000);
        let mut kept = 2;
        let error = loop {
            match store.add_turn(&id, &long, None).await {
                Ok(_) => kept += 2,
                Err(error) => break error,
            }
        };
        assert!(matches!(error.code(), ErrorCode::StoreFailed | ErrorCode::DiskFull), "{error:?}");
        assert_eq!(store.page(&id, None, 1).await.unwrap().total, kept, "what failed left nothing behind");
        let again = store.add_turn(&id, &long, None).await;
        assert_eq!(again.unwrap_err().code(), error.code(), "it fails the same way again, not in a stranger one");

        let none = libc::rlimit { rlim_cur: libc::RLIM_INFINITY, rlim_max: libc::RLIM_INFINITY };
        // SAFETY: as above.
        unsafe { assert_eq!(libc::setrlimit(libc::RLIMIT_FSIZE, &none), 0) };
        store.add_turn(&id, &long, None).await.expect("with room again it goes on, without a restart");
        assert_eq!(store.page(&id, None, 1).await.unwrap().total, kept + 2);
        say("kept what it had");
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_may_not_be_written_is_named_as_the_reason() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("chats");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
    child_tells("limits::child_may_not_write", &folder, "permission_denied");
}

#[cfg(target_os = "linux")]
#[test]
#[allow(unsafe_code, reason = "root may write everywhere; as somebody else this process may not")]
fn child_may_not_write() {
    let Some(folder) = std::env::var_os(CHILD_FOLDER) else { return };
    // SAFETY: the process has one thread besides the harness's and drops rights it does not need.
    unsafe {
        if libc::geteuid() == 0 {
            assert_eq!(libc::setresuid(65_534, 65_534, 65_534), 0);
        }
    }
    runtime().block_on(async {
        let told = ErrorInfo::from(Store::open(Path::new(&folder)).await.unwrap_err());
        say(serde_json::to_value(told.code).unwrap().as_str().unwrap());
    });
}

#[cfg(unix)]
#[tokio::test]
async fn without_shared_memory_the_chats_are_saved_without_a_log() {
    let (store, home) = store().await;
    let (id, _) = chat(&store, &["q", "a"]).await;
    store.close().await.unwrap();
    // As on some network file systems: the file that the shared memory would be mapped from cannot be opened.
    let shared_memory = home.path().join("inglenook.db-shm");
    std::os::unix::fs::symlink("/nowhere", &shared_memory).unwrap();
    let store = open(home.path()).await;
    talk(&store, &id, "still", "works").await;
    assert_eq!(shown(&store, &id).await, ["q", "a", "still", "works"]);
    store.close().await.unwrap();

    fs::remove_file(&shared_memory).unwrap();
    let store = open(home.path()).await;
    assert_eq!(shown(&store, &id).await.len(), 4);
    let mut db =
        SqliteConnectOptions::new().filename(home.path().join("inglenook.db")).read_only(true).connect().await.unwrap();
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut db).await.unwrap();
    assert_eq!(mode, "wal", "where it can be had again it is used again");
}
