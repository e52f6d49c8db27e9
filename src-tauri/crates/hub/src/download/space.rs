//! Free space where the models lie.

use std::path::Path;

/// Bytes that this user can still write where `folder` lies. `None` where the system does not tell.
#[cfg(unix)]
pub(super) fn free_bytes(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    disk.f_bavail.checked_mul(disk.f_frsize)
}

#[cfg(not(unix))]
pub(super) fn free_bytes(folder: &Path) -> Option<u64> {
    use sysinfo::{DiskRefreshKind, Disks};
    let disks = Disks::new_with_refreshed_list_specifics(DiskRefreshKind::nothing().with_storage());
    // The innermost disk, where one is mounted in another. `canonicalize` puts `\\?\` in front on Windows.
    let text = folder.canonicalize().ok()?.to_string_lossy().trim_start_matches(r"\\?\").to_owned();
    let holds = |disk: &&sysinfo::Disk| Path::new(&text).starts_with(disk.mount_point());
    let depth = |disk: &&sysinfo::Disk| disk.mount_point().components().count();
    disks.list().iter().filter(holds).max_by_key(depth).map(sysinfo::Disk::available_space)
}
