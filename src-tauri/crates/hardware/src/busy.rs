//! How busy the processors are that this program may use.
//!
//! On Linux these are the processors of its affinity, or as much of them as a control group's quota lets it have: like
//! memory, what is free is the least of what the machine and all groups have left. Elsewhere it is the whole machine.

use std::path::{Path, PathBuf};
use std::time::Instant;

use sysinfo::System;

use crate::cgroup::{self, Version};
use crate::trees::Trees;

/// What the processors had done when they were last looked at.
pub(crate) struct Busy {
    before: Option<Seen>,
    /// Counts where there is no `/proc`.
    system: System,
}

impl Busy {
    /// Looks for the first time.
    pub(crate) fn begin(trees: &Trees, now: Instant) -> Self {
        let mut busy = Self { before: None, system: System::new() };
        busy.read(trees, now);
        busy
    }

    /// The share that was busy since the last look, 0 to 1; `None` where it cannot be told.
    pub(crate) fn read(&mut self, trees: &Trees, now: Instant) -> Option<f64> {
        if !cfg!(target_os = "linux") {
            self.system.refresh_cpu_usage();
            return Some(f64::from(self.system.global_cpu_usage()) / 100.0).filter(|share| share.is_finite());
        }
        let after = Seen::now(trees, now);
        let before = std::mem::replace(&mut self.before, after.clone())?;
        share(&before, &after?)
    }
}

/// One look at the processors.
#[derive(Clone, Debug)]
struct Seen {
    at: Instant,
    /// Processors that this program may use.
    processors: u32,
    /// What they have done since the machine began, in the kernel's ticks; waiting for a disk counts as idle, and time
    /// that a hypervisor took as busy.
    idle: u64,
    all: u64,
    quotas: Vec<Quota>,
}

/// A control group that may not use all processors.
#[derive(Clone, Debug)]
struct Quota {
    folder: PathBuf,
    /// Processors that it may use, or a part of one.
    processors: f64,
    /// Processor time that it has used, seconds.
    used_s: f64,
}

impl Seen {
    fn now(trees: &Trees, at: Instant) -> Option<Self> {
        let allowed = allowed(trees);
        let mut seen = Self { at, processors: 0, idle: 0, all: 0, quotas: quotas(trees) };
        for line in trees.text("proc/stat")?.lines() {
            let Some((number, counters)) = line.strip_prefix("cpu").and_then(|line| line.split_once(' ')) else {
                continue;
            };
            // The first line, without a number, is the sum of all.
            let Ok(number) = number.parse::<u32>() else { continue };
            if allowed.as_ref().is_some_and(|allowed| !allowed.iter().any(|range| range.contains(&number))) {
                continue;
            }
            // User, nice, system, idle, waiting, two kinds of interrupts, stolen; guests are in the first two already.
            let counters: Vec<u64> = counters.split_whitespace().take(8).map_while(|one| one.parse().ok()).collect();
            seen.processors += 1;
            seen.idle += counters.iter().skip(3).take(2).sum::<u64>();
            seen.all += counters.iter().sum::<u64>();
        }
        (seen.processors > 0).then_some(seen)
    }
}

/// The numbers of the processors that this program may run on; `None` where nothing is said.
fn allowed(trees: &Trees) -> Option<Vec<std::ops::RangeInclusive<u32>>> {
    let status = trees.text("proc/self/status")?;
    let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"))?.trim();
    let range = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        Some(first.parse().ok()?..=last.parse().ok()?)
    };
    list.split(',').map(range).collect()
}

/// The groups around this process that have a quota and tell what they have used.
fn quotas(trees: &Trees) -> Vec<Quota> {
    let quota = |(version, folder): (Version, PathBuf)| {
        let (processors, used_s) = match version {
            Version::Two => version_2(trees, &folder)?,
            Version::One => version_1(trees, &folder)?,
        };
        Some(Quota { folder, processors, used_s })
    };
    cgroup::folders(trees, "cpu").into_iter().filter_map(quota).collect()
}

/// `cpu.max` holds the microseconds that may be used in a period and the period's own; `max` for no limit.
fn version_2(trees: &Trees, folder: &Path) -> Option<(f64, f64)> {
    let text = trees.text(folder.join("cpu.max"))?;
    let (quota, period) = text.split_once(' ')?;
    let statistics = trees.text(folder.join("cpu.stat"))?;
    let used: f64 = statistics.lines().find_map(|line| line.strip_prefix("usage_usec ")?.parse().ok())?;
    Some((processors(quota, period)?, used / 1e6))
}

/// The quota is -1 for no limit; the usage is told where both controllers share one tree, as they mostly do.
fn version_1(trees: &Trees, folder: &Path) -> Option<(f64, f64)> {
    let text = |name: &str| trees.text(folder.join(name));
    let used: f64 = text("cpuacct.usage")?.parse().ok()?;
    Some((processors(&text("cpu.cfs_quota_us")?, &text("cpu.cfs_period_us")?)?, used / 1e9))
}

fn processors(quota: &str, period: &str) -> Option<f64> {
    let processors = quota.parse::<f64>().ok()? / period.parse::<f64>().ok()?;
    (processors > 0.0 && processors.is_finite()).then_some(processors)
}

/// The share of what this program may use that was busy between two looks, 0 to 1.
#[expect(clippy::cast_precision_loss, reason = "a share is an estimate")]
fn share(before: &Seen, after: &Seen) -> Option<f64> {
    let all = after.all.checked_sub(before.all).filter(|ticks| *ticks > 0)?;
    let idle = after.idle.saturating_sub(before.idle).min(all);
    let mut most = f64::from(after.processors);
    let mut free = most * idle as f64 / all as f64;
    let seconds = after.at.duration_since(before.at).as_secs_f64();
    for quota in &after.quotas {
        let Some(earlier) = before.quotas.iter().find(|earlier| earlier.folder == quota.folder) else { continue };
        if seconds > 0.0 {
            let used = (quota.used_s - earlier.used_s) / seconds;
            most = most.min(quota.processors);
            free = free.min(quota.processors - used);
        }
    }
    Some((1.0 - free / most).clamp(0.0, 1.0))
}

// Elsewhere the system is asked, and planted trees say nothing.
#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::trees::Planted;

    /// The share that is told for what lies in the planted trees a second later.
    fn told(planted: &Planted, later: &[(&str, &str)]) -> Option<f64> {
        let begun = Instant::now();
        let mut busy = Busy::begin(&planted.trees, begun);
        for (path, text) in later {
            planted.put(path, text);
        }
        busy.read(&planted.trees, begun + Duration::from_secs(1))
    }

    fn is(told: Option<f64>, share: f64) -> bool {
        told.is_some_and(|told| (told - share).abs() < 1e-6)
    }

    const BEFORE: &str = "cpu  900 0 0 900 0 0 0 0 0 0\ncpu0 300 0 0 300 0 0 0 0 9 0\ncpu1 300 0 0 300 0 0 0 0 9 0\ncpu2 300 0 0 300 0 0 0 0 9 0\nintr 5\n";
    /// One processor does nothing, one waits and is stolen from, one does all it can.
    const AFTER: &str = "cpu  0 0 0 0 0 0 0 0 0 0\ncpu0 300 0 0 400 0 0 0 0 9 0\ncpu1 300 0 0 300 50 0 0 50 9 0\ncpu2 340 20 30 300 0 5 5 0 99 0\nintr 6\n";

    #[test]
    fn what_is_neither_idle_nor_waits_is_busy() {
        let planted = Planted::new(&[("proc/stat", BEFORE)]);
        assert!(is(told(&planted, &[("proc/stat", AFTER)]), 0.5), "half of three processors");
    }

    #[test]
    fn processors_that_this_program_may_not_use_do_not_count() {
        for (list, share) in [("2", 1.0), ("0,2-7", 0.5), ("0", 0.0), ("nonsense", 0.5)] {
            let status = format!("Name:\tx\nCpus_allowed_list:\t{list}\n");
            let planted = Planted::new(&[("proc/stat", BEFORE), ("proc/self/status", &status)]);
            assert!(is(told(&planted, &[("proc/stat", AFTER)]), share), "{list}");
        }
    }

    #[test]
    fn a_quota_of_version_2_is_all_there_is() {
        let planted = Planted::new(&[
            ("proc/stat", BEFORE),
            ("proc/self/cgroup", "0::/app\n"),
            ("sys/fs/cgroup/app/cpu.max", "100000 100000\n"),
            ("sys/fs/cgroup/app/cpu.stat", "usage_usec 5000000\nuser_usec 1\n"),
        ]);
        let quarter = ("sys/fs/cgroup/app/cpu.stat", "usage_usec 5250000\nuser_usec 1\n");
        assert!(is(told(&planted, &[("proc/stat", AFTER), quarter]), 0.25), "a quarter of the one it may use");
        let busy = BEFORE.replace("00 0 0 300", "97 0 0 303");
        planted.put("sys/fs/cgroup/app/cpu.stat", "usage_usec 5000000\n");
        planted.put("proc/stat", BEFORE);
        let told = told(&planted, &[("proc/stat", &busy), quarter]);
        assert!(told.is_some_and(|told| told > 0.9), "the machine itself has nothing left: {told:?}");
    }

    #[test]
    fn a_quota_of_version_1_counts_where_its_use_is_told() {
        let planted = Planted::new(&[
            ("proc/stat", BEFORE),
            ("proc/self/cgroup", "3:cpu,cpuacct:/docker/01\n"),
            ("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "200000\n"),
            ("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"),
        ]);
        assert!(is(told(&planted, &[("proc/stat", AFTER)]), 0.5), "the machine's");
        planted.put("proc/stat", BEFORE);
        planted.put("sys/fs/cgroup/cpu/cpuacct.usage", "1000000000\n");
        let used = ("sys/fs/cgroup/cpu/cpuacct.usage", "2500000000\n");
        assert!(is(told(&planted, &[("proc/stat", AFTER), used]), 0.75), "one and a half of two");
    }

    #[test]
    fn what_cannot_be_told_is_not_invented() {
        assert_eq!(told(&Planted::new(&[]), &[]), None, "no /proc");
        let planted = Planted::new(&[("proc/stat", "cpu0 nonsense\n")]);
        assert_eq!(told(&planted, &[]), None, "no counters");
        let planted = Planted::new(&[("proc/stat", BEFORE), ("proc/self/cgroup", "0::/\n")]);
        planted.put("sys/fs/cgroup/cpu.max", "max 100000\n");
        planted.put("sys/fs/cgroup/cpu.stat", "usage_usec 5\n");
        assert_eq!(told(&planted, &[]), None, "nothing moved");
        assert!(is(told(&planted, &[("proc/stat", AFTER)]), 0.5), "no limit is none");
    }

    #[test]
    fn this_machine_tells_or_says_that_it_does_not() {
        let trees = Trees::default();
        let told = Busy::begin(&trees, Instant::now()).read(&trees, Instant::now());
        assert!(told.is_none_or(|share| (0.0..=1.0).contains(&share)), "{told:?}");
    }
}
