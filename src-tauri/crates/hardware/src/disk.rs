//! Free space where the data lies.

use std::path::Path;

/// Bytes that this user can still write where `folder` lies, or will lie: a folder that is not there yet takes the
/// nearest one above it. `None` where the system does not tell.
pub(crate) fn free_bytes(folder: &Path) -> Option<u64> {
    let there = folder.ancestors().find(|path| path.exists())?;
    on_disk(&there.canonicalize().ok()?)
}

#[cfg(unix)]
fn on_disk(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    disk.f_bavail.checked_mul(disk.f_frsize)
}

#[cfg(not(unix))]
fn on_disk(folder: &Path) -> Option<u64> {
    use sysinfo::{DiskRefreshKind, Disks};
    let disks = Disks::new_with_refreshed_list_specifics(DiskRefreshKind::nothing().with_storage());
    // The innermost disk, where one is mounted in another. `canonicalize` puts `\\?\` in front on Windows.
    let text = folder.to_string_lossy().trim_start_matches(r"\\?\").to_owned();
    let holds = |disk: &&sysinfo::Disk| Path::new(&text).starts_with(disk.mount_point());
    let depth = |disk: &&sysinfo::Disk| disk.mount_point().components().count();
    disks.list().iter().filter(holds).max_by_key(depth).map(sysinfo::Disk::available_space)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_yet_lies_on_the_disk_of_the_one_above() {
        let folder = tempfile::tempdir().expect("a folder");
        let here = free_bytes(folder.path()).expect("told");
        assert!(here > 0, "the tests need some space themselves");
        assert!(free_bytes(&folder.path().join("not/there/yet")).is_some());
    }

    #[test]
    fn a_path_that_begins_nowhere_has_no_disk() {
        assert_eq!(free_bytes(Path::new("")), None);
    }
}
