//! Memory: the machine's, or the limit of the container (cgroup, version 1 or 2) where that is lower.

use std::path::{Path, PathBuf};

use sysinfo::{MemoryRefreshKind, RefreshKind, System};

use crate::cgroup::{self, Version};
use crate::trees::Trees;

/// Memory for models, bytes; a container's limit where that is lower than the machine's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// All there is.
    pub total_bytes: u64,
    /// Of these, free for a model now (what the system can give up counts as free).
    pub free_bytes: u64,
}

/// Memory now. Takes about a millisecond.
#[must_use]
pub fn memory() -> Memory {
    let kind = MemoryRefreshKind::nothing().with_ram();
    let system = System::new_with_specifics(RefreshKind::nothing().with_memory(kind));
    let machine = Memory { total_bytes: system.total_memory(), free_bytes: system.available_memory() };
    if cfg!(target_os = "linux") { limited(&Trees::default(), machine) } else { machine }
}

/// The names of the files of one version of cgroups.
struct Files {
    /// Bytes that the group may take.
    limit: &'static str,
    /// Bytes that it takes, file pages included.
    used: &'static str,
    /// In `memory.stat`: file pages that are given up first.
    cache: &'static str,
}

const VERSION_2: Files = Files { limit: "memory.max", used: "memory.current", cache: "inactive_file" };
const VERSION_1: Files =
    Files { limit: "memory.limit_in_bytes", used: "memory.usage_in_bytes", cache: "total_inactive_file" };

/// `machine`, held against the limits of the group that this process is in and of all groups above it.
fn limited(trees: &Trees, machine: Memory) -> Memory {
    let held = |memory, (version, folder): (Version, PathBuf)| {
        let files = match version {
            Version::One => &VERSION_1,
            Version::Two => &VERSION_2,
        };
        limited_by(trees, files, &folder, memory)
    };
    cgroup::folders(trees, "memory").into_iter().fold(machine, held)
}

/// `memory`, held against the limit of the group at `folder`.
fn limited_by(trees: &Trees, files: &Files, folder: &Path, memory: Memory) -> Memory {
    let number = |name: &str| trees.text(folder.join(name))?.parse::<u64>().ok();
    // Without a limit the file says `max` or a number larger than any machine.
    let Some(limit) = number(files.limit).filter(|limit| *limit < memory.total_bytes) else { return memory };
    let used = number(files.used).unwrap_or(0);
    let statistics = trees.text(folder.join("memory.stat")).unwrap_or_default();
    let cache = statistics
        .lines()
        .find_map(|line| line.strip_prefix(files.cache)?.strip_prefix(' ')?.parse::<u64>().ok())
        .unwrap_or(0);
    let free = limit.saturating_sub(used.saturating_sub(cache));
    Memory { total_bytes: limit, free_bytes: free.min(memory.free_bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trees::Planted;

    const GIB: u64 = 1 << 30;
    const MACHINE: Memory = Memory { total_bytes: 64 * GIB, free_bytes: 50 * GIB };

    #[test]
    fn this_machine_has_memory_and_some_of_it_is_free() {
        let memory = memory();
        assert!(memory.total_bytes > 1 << 28, "{memory:?}");
        assert!(memory.free_bytes > 0 && memory.free_bytes <= memory.total_bytes, "{memory:?}");
    }

    #[test]
    fn without_groups_the_machine_decides() {
        assert_eq!(limited(&Planted::new(&[]).trees, MACHINE), MACHINE);
    }

    #[test]
    fn a_limit_of_version_2_counts_with_the_cache_as_free() {
        let planted = Planted::new(&[
            ("proc/self/cgroup", "0::/\n"),
            ("sys/fs/cgroup/memory.max", "8589934592\n"),
            ("sys/fs/cgroup/memory.current", "3221225472\n"),
            ("sys/fs/cgroup/memory.stat", "anon 1\ninactive_file 1073741824\nslab 5\n"),
        ]);
        assert_eq!(limited(&planted.trees, MACHINE), Memory { total_bytes: 8 * GIB, free_bytes: 6 * GIB });
    }

    #[test]
    fn the_lowest_limit_on_the_way_up_counts() {
        let planted = Planted::new(&[
            ("proc/self/cgroup", "0::/user.slice/app.scope\n"),
            ("sys/fs/cgroup/user.slice/memory.max", "4294967296"),
            ("sys/fs/cgroup/user.slice/memory.current", "1073741824"),
            ("sys/fs/cgroup/user.slice/app.scope/memory.max", "max"),
        ]);
        assert_eq!(limited(&planted.trees, MACHINE), Memory { total_bytes: 4 * GIB, free_bytes: 3 * GIB });
    }

    #[test]
    fn a_limit_of_version_1_counts_where_the_path_is_the_hosts() {
        let planted = Planted::new(&[
            ("proc/self/cgroup", "5:cpu,cpuacct:/docker/0123\n4:memory:/docker/0123\n0::/docker/0123\n"),
            ("sys/fs/cgroup/memory/memory.limit_in_bytes", "2147483648\n"),
            ("sys/fs/cgroup/memory/memory.usage_in_bytes", "1073741824\n"),
            ("sys/fs/cgroup/memory/memory.stat", "inactive_file 7\ntotal_inactive_file 536870912\n"),
        ]);
        assert_eq!(limited(&planted.trees, MACHINE), Memory { total_bytes: 2 * GIB, free_bytes: GIB + GIB / 2 });
    }

    #[test]
    fn no_limit_and_nonsense_change_nothing() {
        for limit in ["max", "9223372036854771712", "", "-1", "ten"] {
            let planted =
                Planted::new(&[("proc/self/cgroup", "0::/../x\nnonsense\n::\n"), ("sys/fs/cgroup/memory.max", limit)]);
            assert_eq!(limited(&planted.trees, MACHINE), MACHINE, "{limit}");
        }
    }

    #[test]
    fn what_the_machine_has_free_is_the_most_there_is() {
        let planted = Planted::new(&[("proc/self/cgroup", "0::/"), ("sys/fs/cgroup/memory.max", "34359738368")]);
        let busy = Memory { free_bytes: GIB, ..MACHINE };
        assert_eq!(limited(&planted.trees, busy), Memory { total_bytes: 32 * GIB, free_bytes: GIB });
    }
}
