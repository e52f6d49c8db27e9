//! How much memory is free, and how much of it a worker takes.

use sysinfo::{MemoryRefreshKind, Pid, ProcessRefreshKind, ProcessesToUpdate, System};

/// Bytes that can be taken without swapping: what the system calls available, or less where a control group
/// (a container) allows less. `None` where the system does not tell.
#[must_use]
pub fn free_memory() -> Option<u64> {
    let mut system = System::new();
    system.refresh_memory_specifics(MemoryRefreshKind::nothing().with_ram());
    let available = system.available_memory();
    // The group's own "free" counts cached files as taken; what matters is what its processes hold.
    let group = system.cgroup_limits().map_or(u64::MAX, |limits| limits.total_memory.saturating_sub(limits.rss));
    (available > 0).then(|| available.min(group))
}

/// Resident bytes of a process; `None` once it is gone.
pub(crate) fn resident(pid: u32) -> Option<u64> {
    let pid = Pid::from_u32(pid);
    let mut system = System::new();
    system.refresh_processes_specifics(
        ProcessesToUpdate::Some(&[pid]),
        true,
        ProcessRefreshKind::nothing().with_memory().without_tasks(),
    );
    system.process(pid).map(sysinfo::Process::memory).filter(|bytes| *bytes > 0)
}

/// Memory as a person reads it: gigabytes of 2^30 bytes, as memory is sold and as the window shows it, with one
/// decimal.
pub(crate) fn gigabytes(bytes: u64) -> String {
    format!("{:.1} GB", bytes as f64 / f64::from(1 << 30))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_read_as_gigabytes_with_one_decimal() {
        assert_eq!(gigabytes(9_771_050_598), "9.1 GB");
        assert_eq!(gigabytes(40_000_000), "0.0 GB", "a tiny model still reads as a number");
    }

    #[test]
    fn this_process_takes_memory_and_one_that_is_gone_takes_none() {
        assert!(resident(std::process::id()).is_some_and(|bytes| bytes > 100_000), "a running test takes memory");
        assert_eq!(resident(u32::MAX - 1), None, "no such process");
    }

    #[test]
    fn some_memory_is_free_on_the_machine_that_runs_this() {
        assert!(free_memory().is_some_and(|bytes| bytes > 1_000_000), "a machine without a megabyte runs no tests");
    }
}
