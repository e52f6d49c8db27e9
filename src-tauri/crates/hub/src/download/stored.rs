//! What lies in the models folder on behalf of downloads: the folder of each order, its lock, what is kept in it.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::DownloadError;
use super::folder::{Folder, Kind};
use super::names::PartNames;
use crate::remote::RepoId;

/// The folder of all orders. The library passes over names that begin with a dot.
const DOWNLOADS: &str = ".downloads";
const LOCK: &str = "lock";
/// Longest identifier of an order.
const MAX_ID: usize = 64;
/// Most files of an order that are looked at; an order has one of a kind for each of its files.
const MAX_ENTRIES: usize = 100_000;

/// The folder that downloaded models lie in, on one file system with what is on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelsFolder(PathBuf);

impl ModelsFolder {
    /// This folder; made by the first download where it is not there.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Where the files of a repository go; `None` for what is no repository's name.
    #[must_use]
    pub fn of_repo(&self, repo: &str) -> Option<PathBuf> {
        Some(self.0.join(RepoId::parse(repo).ok()?.to_path()))
    }

    pub(super) fn root(&self) -> Result<Folder, DownloadError> {
        Folder::root(&self.0).map_err(DownloadError::io("cannot be made or opened", &self.0))
    }

    /// The folder of an order, made where it is not there.
    pub(super) fn order(&self, id: &str) -> Result<Folder, DownloadError> {
        let id =
            checked_id(id).ok_or_else(|| DownloadError::Name("its identifier cannot be a folder's name".to_owned()))?;
        let downloads = self.0.join(DOWNLOADS);
        let all = self.root()?.make(DOWNLOADS).map_err(DownloadError::io("cannot be made or opened", &downloads))?;
        all.make(id).map_err(DownloadError::io("cannot be made or opened", downloads.join(id)))
    }

    /// The folder of an order that is there.
    fn existing_order(&self, id: &str) -> io::Result<Folder> {
        let id = checked_id(id).ok_or(io::ErrorKind::NotFound)?;
        Folder::existing(&self.0)?.enter(DOWNLOADS)?.enter(id)
    }

    /// Removes an order's folder, and that of all orders when it was the last.
    pub(super) fn remove_order(&self, id: &str) -> io::Result<()> {
        // Entered name by name before, so that no link is followed into somebody else's folder.
        let order = self.existing_order(id)?;
        std::fs::remove_dir_all(order.path())?;
        // There may be others.
        let _ = std::fs::remove_dir(self.0.join(DOWNLOADS));
        Ok(())
    }
}

fn checked_id(id: &str) -> Option<&str> {
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (!id.is_empty() && id.len() <= MAX_ID && id.bytes().all(fine)).then_some(id)
}

/// Keeps a second run of the same order out. Dropping it, or the end of the process, frees it.
#[derive(Debug)]
pub(super) struct OrderLock {
    _file: File,
}

impl OrderLock {
    /// Locks an order and returns its folder, made where it is not there.
    pub(super) fn take(models: &ModelsFolder, id: &str) -> Result<(Self, Folder), DownloadError> {
        loop {
            let folder = models.order(id)?;
            let path = folder.path().join(LOCK);
            let file = folder.open_or_create(LOCK).map_err(DownloadError::io("cannot be opened", &path))?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(DownloadError::Busy),
                // Some network disks know no locks; there it is better to go on than never to start.
                Err(TryLockError::Error(error)) => tracing::warn!(%error, "this disk gives no lock for a download"),
            }
            // Whoever had it may have removed the folder when it was done.
            if still_there(&file) {
                return Ok((Self { _file: file }, folder));
            }
        }
    }
}

#[cfg(unix)]
fn still_there(file: &File) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    file.metadata().is_ok_and(|data| data.nlink() > 0)
}

/// Elsewhere an open file is not removed.
#[cfg(not(unix))]
fn still_there(_file: &File) -> bool {
    true
}

/// Throws away what an order has so far; a cancelled order leaves nothing. Returns the bytes that this frees. An order
/// without a folder is as good.
///
/// # Errors
/// [`io::ErrorKind::ResourceBusy`] while it runs; and what the system says.
pub fn discard(folder: &ModelsFolder, order_id: &str) -> io::Result<u64> {
    let order = match folder.existing_order(order_id) {
        Ok(order) => order,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    let lock = order.open_or_create(LOCK)?;
    if matches!(lock.try_lock(), Err(TryLockError::WouldBlock)) {
        return Err(io::ErrorKind::ResourceBusy.into());
    }
    let freed =
        std::fs::read_dir(order.path())?.flatten().filter_map(|entry| Some(on_disk(&entry.metadata().ok()?))).sum();
    // Systems other than Unix remove no open file.
    if cfg!(not(unix)) {
        drop(lock);
    }
    folder.remove_order(order_id)?;
    Ok(freed)
}

#[cfg(unix)]
fn on_disk(data: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::blocks(data).saturating_mul(512)
}

#[cfg(not(unix))]
fn on_disk(data: &std::fs::Metadata) -> u64 {
    data.len()
}

/// Bytes that a run of this order will not fetch again.
#[must_use]
pub fn kept(folder: &ModelsFolder, order_id: &str) -> u64 {
    let Ok(order) = folder.existing_order(order_id) else { return 0 };
    let Ok(entries) = std::fs::read_dir(order.path()) else { return 0 };
    let names = entries.flatten().take(MAX_ENTRIES).filter_map(|entry| entry.file_name().into_string().ok());
    let parts = names.filter_map(|name| name.strip_suffix(".json").map(PartNames::with_stem));
    parts
        .filter(|part| matches!(order.kind(&part.content), Ok(Some(Kind::File { .. }))))
        .filter_map(|part| part.kept(&order))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn models() -> (tempfile::TempDir, ModelsFolder) {
        let place = tempfile::tempdir().expect("a folder");
        let models = ModelsFolder::new(place.path().join("models"));
        (place, models)
    }

    #[test]
    fn an_order_runs_once_at_a_time() {
        let (_place, models) = models();
        let (lock, _folder) = OrderLock::take(&models, "one").expect("free");
        assert!(matches!(OrderLock::take(&models, "one"), Err(DownloadError::Busy)));
        assert!(OrderLock::take(&models, "two").is_ok(), "another order is none of it");
        assert_eq!(discard(&models, "one").expect_err("it runs").kind(), io::ErrorKind::ResourceBusy);
        drop(lock);
        assert!(OrderLock::take(&models, "one").is_ok());
    }

    #[test]
    fn a_discarded_order_leaves_nothing() {
        let (_place, models) = models();
        let (lock, folder) = OrderLock::take(&models, "one").expect("free");
        std::fs::write(folder.path().join("x.part"), vec![1; 100_000]).expect("written");
        drop(lock);
        assert!(discard(&models, "one").expect("discarded") >= 100_000);
        assert_eq!(std::fs::read_dir(models.path()).expect("there").count(), 0);
        assert_eq!(discard(&models, "one").expect("nothing is there"), 0);
    }

    #[test]
    fn an_identifier_is_a_name_and_no_path() {
        let (_place, models) = models();
        for id in ["", "..", ".", "a/b", "../x", "a b", "a.b", "ä", &"x".repeat(65)] {
            assert!(matches!(models.order(id), Err(DownloadError::Name(_))), "{id:?}");
            assert_eq!(discard(&models, id).expect("nothing is there"), 0);
            assert_eq!(kept(&models, id), 0);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_the_place_of_the_downloads_is_not_followed() {
        let (place, models) = models();
        let outside = place.path().join("outside");
        std::fs::create_dir_all(outside.join("one")).expect("made");
        std::fs::write(outside.join("one/mine"), "mine").expect("written");
        std::fs::create_dir(models.path()).expect("made");
        std::os::unix::fs::symlink(&outside, models.path().join(DOWNLOADS)).expect("linked");
        assert!(matches!(OrderLock::take(&models, "one"), Err(DownloadError::Linked { .. })));
        assert!(discard(&models, "one").is_err());
        assert!(outside.join("one/mine").exists());
    }
}
