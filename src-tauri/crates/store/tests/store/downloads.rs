//! The queue of downloads, the ledger of the network, and what loads took.

use inglenook_contract::*;
use inglenook_store::{DownloadFile, DownloadStanding, LoadRecord, NewDownload, StoreError};

use crate::support::*;

fn wanted(item: &str) -> NewDownload {
    let part = |number: u32| DownloadFile {
        path: format!("{item}-0000{number}-of-00002.gguf"),
        bytes: 3_000_000_000,
        sha256: (number == 1).then(|| "ab".repeat(32)),
    };
    NewDownload {
        repo: "Qwen/Qwen3-4B-GGUF".to_owned(),
        revision: "0".repeat(40),
        item: item.to_owned(),
        name: "Qwen3 4B".to_owned(),
        quantisation: Some("Q4_K_M".to_owned()),
        files: vec![part(1), part(2)],
    }
}

#[tokio::test]
async fn a_download_and_where_it_stands_outlive_the_application() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    let ids = [store.add_download(&wanted("a")).await.unwrap(), store.add_download(&wanted("b")).await.unwrap()];
    let failure = ErrorInfo::new(ErrorCode::DiskFull, "The disk is full.").with_detail("ENOSPC");
    store.set_download(&ids[1], &DownloadStanding::Failed(failure.clone())).await.unwrap();
    store.close().await.unwrap();

    let store = open(home.path()).await;
    let kept = store.downloads().await.unwrap();
    assert_eq!(kept.iter().map(|download| &download.id).collect::<Vec<_>>(), [&ids[0], &ids[1]]);
    assert_eq!(kept[0].what, wanted("a"));
    assert_eq!(kept[0].size_bytes, 6_000_000_000);
    assert_eq!(kept[0].standing, DownloadStanding::Queued);
    assert_eq!(kept[1].standing, DownloadStanding::Failed(failure));
}

#[tokio::test]
async fn the_queue_has_the_order_that_a_person_gives_it() {
    let (store, _home) = store().await;
    let mut ids = Vec::new();
    for item in ["a", "b", "c"] {
        ids.push(store.add_download(&wanted(item)).await.unwrap());
    }
    let order = async || -> String {
        store.downloads().await.unwrap().into_iter().map(|download| download.what.item).collect()
    };
    store.move_download(&ids[2], Some(&ids[0])).await.unwrap();
    assert_eq!(order().await, "cab");
    store.move_download(&ids[2], None).await.unwrap();
    assert_eq!(order().await, "abc");
    store.move_download(&ids[1], Some(&ids[1])).await.unwrap();
    assert_eq!(order().await, "abc", "in front of itself it stays where it is");
    store.set_download(&ids[1], &DownloadStanding::Done).await.unwrap();
    store.clear_done_downloads().await.unwrap();
    assert_eq!(order().await, "ac");
    assert!(store.remove_download(&ids[0]).await.unwrap());
    assert!(!store.remove_download(&ids[0]).await.unwrap(), "it was gone already");
    let gone = store.set_download(&ids[0], &DownloadStanding::Paused).await;
    assert!(matches!(gone, Err(StoreError::NotFound(_))), "{gone:?}");
    let gone = store.move_download(&ids[2], Some(&ids[0])).await;
    assert!(matches!(gone, Err(StoreError::NotFound(_))), "{gone:?}");
    assert_eq!(order().await, "c", "and nothing was moved");
    store.add_download(&wanted("d")).await.unwrap();
    assert_eq!(order().await, "cd", "what is new comes last");
}

fn contact(at: i64, host: &str, status: Option<u16>) -> LedgerEntry {
    let purpose = "Search for qwen".to_owned();
    LedgerEntry { number: 0, at, host: host.to_owned(), purpose, status, sent_bytes: 40, received_bytes: 1_000 }
}

#[tokio::test]
async fn the_ledger_tells_newest_first_and_sums_by_host() {
    let (store, _home) = store().await;
    let contacts: Vec<_> = (0..150).map(|at| contact(at, "huggingface.co", Some(200))).collect();
    store.record_contacts(&contacts).await.unwrap();
    store.record_contacts(&[contact(200, "cdn.hf.co", None)]).await.unwrap();

    let page = store.contacts(None).await.unwrap();
    assert_eq!(page.len(), 100);
    assert_eq!((page[0].host.as_str(), page[0].status), ("cdn.hf.co", None));
    assert_eq!(page[1].at, 149);
    let rest = store.contacts(Some(page[99].number)).await.unwrap();
    assert_eq!(rest.len(), 51);
    assert_eq!(rest[50].at, 0);

    let sums = store.contacted_hosts().await.unwrap();
    assert_eq!(sums.len(), 2);
    assert_eq!((sums[1].contacts, sums[1].received_bytes, sums[1].last_at), (150, 150_000, 149));
    store.clear_contacts().await.unwrap();
    assert_eq!(store.contacts(None).await.unwrap(), []);
}

#[tokio::test]
async fn the_ledger_does_not_grow_for_ever() {
    let (store, _home) = store().await;
    let contacts: Vec<_> = (0..20_050).map(|at| contact(at, "huggingface.co", Some(200))).collect();
    store.record_contacts(&contacts).await.unwrap();
    assert_eq!(store.contacted_hosts().await.unwrap()[0].contacts, 20_000);
    assert_eq!(store.contacts(None).await.unwrap()[0].at, 20_049, "the newest stay");
}

#[tokio::test]
async fn loads_are_kept_with_what_was_predicted() {
    let (store, _home) = store().await;
    let load = |measured_bytes| LoadRecord {
        shown: FitRecord {
            name: "Qwen3 4B".to_owned(),
            quantisation: None,
            engine: "llama.cpp".to_owned(),
            context: 8_192,
            predicted_bytes: 3_700_000_000,
            measured_bytes,
            at: 0,
        },
        architecture: "qwen3".to_owned(),
        estimated_bytes: 3_600_000_000,
        exact_bytes: 1_000_000_000,
    };
    store.record_load(&load(3_650_000_000)).await.unwrap();
    store.record_load(&load(3_660_000_000)).await.unwrap();
    let loads = store.loads().await.unwrap();
    assert_eq!(loads.iter().map(|load| load.shown.measured_bytes).collect::<Vec<_>>(), [3_660_000_000, 3_650_000_000]);
    assert!(loads[0].shown.at > 0);
    let timeless = LoadRecord { shown: FitRecord { at: 0, ..loads[0].shown.clone() }, ..loads[0].clone() };
    assert_eq!(timeless, load(3_660_000_000));
}
