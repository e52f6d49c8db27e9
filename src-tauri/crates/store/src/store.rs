//! The handle on a store, and its end.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use sqlx::SqliteConnection;
use tokio::sync::RwLock;
use tokio::task::JoinHandle;

use crate::connections::Connections;
use crate::files::Files;
use crate::lock::Lock;
use crate::{Result, StoreError, identity};

/// A handle on one database of chats; cloning it is cheap.
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// `None` once the store was closed. Held for writing only while the database itself is exchanged.
    connections: RwLock<Option<Connections>>,
    /// `None` for a store in memory.
    disk: Option<Disk>,
}

/// What a store on disk holds besides its connections.
#[derive(Debug)]
pub(crate) struct Disk {
    pub(crate) files: Files,
    lock: Mutex<Option<Lock>>,
    /// The backup that is being made in the background.
    pub(crate) backup: tokio::sync::Mutex<Option<JoinHandle<()>>>,
    pub(crate) damage: DamageSeen,
}

/// Whether this database was found damaged while it was in use. Then no clean end is noted, and the next start
/// examines the file.
#[derive(Clone, Debug, Default)]
pub(crate) struct DamageSeen(Arc<AtomicBool>);

impl DamageSeen {
    /// Looks at how a use of the database ended.
    pub(crate) fn watch<T>(&self, outcome: Result<T>) -> Result<T> {
        outcome.inspect_err(|error| {
            if matches!(error, StoreError::Damaged(_)) {
                self.0.store(true, Ordering::Relaxed);
            }
        })
    }

    /// Another database took the place of the damaged one.
    pub(crate) fn forget(&self) {
        self.0.store(false, Ordering::Relaxed);
    }

    fn seen(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

const CLOSED: StoreError = StoreError::Busy("Inglenook is closing, so the chats cannot be read or changed any more.");

impl Store {
    pub(crate) fn on_disk(connections: Connections, files: Files, lock: Lock) -> Self {
        let lock = Mutex::new(Some(lock));
        let disk = Disk { files, lock, backup: tokio::sync::Mutex::default(), damage: DamageSeen::default() };
        Self { inner: Arc::new(Inner { connections: RwLock::new(Some(connections)), disk: Some(disk) }) }
    }

    pub(crate) fn in_memory(connections: Connections) -> Self {
        Self { inner: Arc::new(Inner { connections: RwLock::new(Some(connections)), disk: None }) }
    }

    /// Whether this store lives in memory only.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        self.inner.disk.is_none()
    }

    /// Ends the use of the database, so that the next start knows that all is well. Waits for a backup that is being
    /// made. Later calls of any handle fail with `Busy`; closing again does nothing.
    ///
    /// # Errors
    /// Whatever the last write fails with.
    pub async fn close(&self) -> Result<()> {
        let mut connections = self.inner.connections.write().await;
        let Some(open) = connections.take() else { return Ok(()) };
        if let Some(disk) = &self.inner.disk {
            disk.backup_done().await;
        }
        self.watched(open.close().await)?;
        if let Some(disk) = &self.inner.disk {
            let lock = disk.lock.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let (Some(mut lock), false) = (lock, disk.damage.seen()) {
                lock.note_clean(&disk.files)?;
            }
        }
        Ok(())
    }

    /// Runs `work` as one transaction.
    pub(crate) async fn write<T>(&self, work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T>) -> Result<T> {
        self.watched(self.inner.connections.read().await.as_ref().ok_or(CLOSED)?.write(work).await)
    }

    /// Runs `work`, which should be one statement.
    pub(crate) async fn read<T>(&self, work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T>) -> Result<T> {
        self.watched(self.inner.connections.read().await.as_ref().ok_or(CLOSED)?.read(work).await)
    }

    /// Sees to it that what was deleted for good is not in the log either.
    pub(crate) async fn empty_log(&self) {
        if let Some(open) = self.inner.connections.read().await.as_ref() {
            open.empty_log().await;
        }
    }

    /// The connections, while nobody else uses them.
    pub(crate) async fn exchange(&self) -> tokio::sync::RwLockWriteGuard<'_, Option<Connections>> {
        self.inner.connections.write().await
    }

    /// What a store on disk holds.
    pub(crate) fn disk(&self) -> Result<&Disk> {
        self.inner.disk.as_ref().ok_or(StoreError::Refused("Temporary chats have no backups."))
    }

    fn watched<T>(&self, outcome: Result<T>) -> Result<T> {
        match &self.inner.disk {
            Some(disk) => disk.damage.watch(outcome),
            None => outcome,
        }
    }

    pub(crate) fn new_id(&self) -> String {
        identity::new_id(self.is_temporary())
    }
}

impl Disk {
    /// Waits for the backup that is being made.
    pub(crate) async fn backup_done(&self) {
        if let Some(task) = self.backup.lock().await.take() {
            // It has told its failure to the log; a panic in it is none of its waiter's.
            let _ = task.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use inglenook_contract::ErrorCode;

    use crate::Store;

    #[tokio::test]
    async fn a_full_disk_is_named_and_with_room_again_the_store_goes_on() {
        let home = tempfile::tempdir().unwrap();
        let store = Store::open(home.path()).await.unwrap().store;
        let chat = store.create_chat(None).await.unwrap().summary.id;
        let limit_pages = async |sql: &'static str| {
            store.write(async |db| Ok(sqlx::query(sql).fetch_all(db).await?)).await.unwrap();
        };
        limit_pages("PRAGMA max_page_count = 60").await;
        let long = "x".repeat(20_000);
        let mut kept = 0;
        let error = loop {
            match store.add_turn(&chat, &long, None).await {
                Ok(_) => kept += 2,
                Err(error) => break error,
            }
        };
        assert_eq!(error.code(), ErrorCode::DiskFull, "{error:?}");
        assert_eq!(store.page(&chat, None, 400).await.unwrap().total, kept, "what failed left nothing behind");
        store.save_draft(&chat, "small").await.expect("what still fits is still kept");
        limit_pages("PRAGMA max_page_count = 100000").await;
        store.add_turn(&chat, &long, None).await.unwrap();
        assert_eq!(store.page(&chat, None, 400).await.unwrap().total, kept + 2);
    }

    #[tokio::test]
    async fn the_connections_are_set_up_as_promised() {
        let home = tempfile::tempdir().unwrap();
        let disk = Store::open(home.path()).await.unwrap().store;
        let ask = async |store: &Store, sql: &'static str| -> i64 {
            store.write(async |db| Ok(sqlx::query_scalar(sql).fetch_one(db).await?)).await.unwrap()
        };
        assert_eq!(ask(&disk, "PRAGMA synchronous").await, 2, "FULL: a commit survives a power cut");
        assert_eq!(ask(&disk, "PRAGMA secure_delete").await, 1, "what is deleted is overwritten");
        let temporary = Store::temporary().await.unwrap();
        for store in [&disk, &temporary] {
            assert_eq!(ask(store, "PRAGMA foreign_keys").await, 1, "no message without its chat");
            assert_eq!(ask(store, "PRAGMA temp_store").await, 2, "no chat in a temporary file");
        }
        let written = disk.read(async |db| Ok(sqlx::query("DELETE FROM chats").execute(db).await?)).await;
        assert!(written.is_err(), "readers only read");
    }

    #[tokio::test]
    async fn a_caller_that_goes_away_in_the_middle_leaves_nothing_behind() {
        let home = tempfile::tempdir().unwrap();
        for store in [Store::temporary().await.unwrap(), Store::open(home.path()).await.unwrap().store] {
            let chat = store.create_chat(None).await.unwrap().summary.id;
            let (begun, wait) = tokio::sync::oneshot::channel();
            let writing = store.write(async |db| {
                sqlx::query("UPDATE chats SET draft = 'half'").execute(db).await?;
                begun.send(()).unwrap();
                std::future::pending().await
            });
            tokio::select! {
                () = async { wait.await.unwrap() } => {}
                never = writing => { let _: crate::Result<()> = never; }
            }
            assert_eq!(store.chat(&chat).await.unwrap().draft, "", "it was rolled back");
            store.save_draft(&chat, "whole").await.unwrap();
            assert_eq!(store.chat(&chat).await.unwrap().draft, "whole");
        }
    }
}
