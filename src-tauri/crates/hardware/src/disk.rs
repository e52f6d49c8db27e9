//! The disk where the data lies.

use std::path::Path;

use inglenook_contract::Disk;

/// The disk on which `folder` lies, or will lie: a folder that is not there yet takes the nearest one above it. `None`
/// where the system does not tell.
pub(crate) fn of(folder: &Path) -> Option<Disk> {
    let there = folder.ancestors().find(|path| path.exists())?;
    holding(&there.canonicalize().ok()?)
}

#[cfg(unix)]
fn holding(folder: &Path) -> Option<Disk> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    let bytes = |blocks: u64| blocks.checked_mul(disk.f_frsize);
    Some(Disk { total_bytes: bytes(disk.f_blocks)?, free_bytes: bytes(disk.f_bavail)? })
}

#[cfg(not(unix))]
fn holding(folder: &Path) -> Option<Disk> {
    use sysinfo::{DiskRefreshKind, Disks};
    let disks = Disks::new_with_refreshed_list_specifics(DiskRefreshKind::nothing().with_storage());
    // The innermost disk, where one is mounted in another. `canonicalize` puts `\\?\` in front on Windows.
    let text = folder.to_string_lossy().trim_start_matches(r"\\?\").to_owned();
    let holds = |disk: &&sysinfo::Disk| Path::new(&text).starts_with(disk.mount_point());
    let depth = |disk: &&sysinfo::Disk| disk.mount_point().components().count();
    let disk = disks.list().iter().filter(holds).max_by_key(depth)?;
    Some(Disk { total_bytes: disk.total_space(), free_bytes: disk.available_space() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_yet_lies_on_the_disk_of_the_one_above() {
        let folder = tempfile::tempdir().expect("a folder");
        let here = of(folder.path()).expect("told");
        assert!(here.free_bytes > 0, "the tests need some space themselves");
        assert!(here.free_bytes <= here.total_bytes, "{here:?}");
        let below = of(&folder.path().join("not/there/yet")).expect("told");
        assert_eq!(below.total_bytes, here.total_bytes, "the same disk");
    }

    #[test]
    fn a_path_that_begins_nowhere_has_no_disk() {
        assert_eq!(of(Path::new("")), None);
    }
}
