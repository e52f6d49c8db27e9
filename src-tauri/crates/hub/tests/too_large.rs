//! A disk whose file system ends files early, as FAT32 does at 4 GB: said in words, and never taken for a full disk.
#![cfg(unix)]

mod downloading;

use std::process::Command;

use downloading::{FILE, MIB, World};
use inglenook_contract::ErrorCode;
use inglenook_hub::download::{DownloadError, kept};

/// Set in the process in which files end at 2 MiB.
const LIMITED: &str = "INGLENOOK_TEST_LIMITED";

/// The limit is a process's, and its signal has to be ignored before that begins; so the test runs itself once more.
#[test]
fn a_disk_that_holds_no_large_files_is_not_called_full() {
    if std::env::var_os(LIMITED).is_some() {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        return runtime.block_on(downloads_a_file_that_is_too_large());
    }
    let me = std::env::current_exe().expect("this test");
    let child = Command::new("bash")
        .args(["-c", "trap '' XFSZ; ulimit -f 2048; exec \"$0\" --nocapture"])
        .arg(me)
        .env(LIMITED, "1")
        .output()
        .expect("bash");
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
}

async fn downloads_a_file_that_is_too_large() {
    let world = World::with(6 * MIB).await;
    let order = world.order(&[FILE, "config.json"]);
    let error = world.run(&order).await.expect_err("it is too large");
    assert!(matches!(error, DownloadError::TooLarge { .. }), "{error:?}");
    assert_eq!(error.code(), ErrorCode::DiskFull);
    let words = error.to_string();
    assert!(words.contains("FAT32") && words.contains(&world.models.path().display().to_string()), "{words}");
    assert!(!world.file(FILE).exists() && !world.file("config.json").exists(), "half a model is none");
    assert!(kept(&world.models, &order.id) < 6 * MIB);
}
