//! The process itself: its environment, its log, its memory and its end.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System};

/// How often the worker looks whether its parent still lives.
const PARENT_CHECK: Duration = Duration::from_millis(500);

/// How many threads to compute with: as many as asked for, else one a physical core that this process may use. Two
/// threads of one core share its arithmetic.
#[must_use]
pub fn threads(asked: Option<u32>) -> usize {
    // A container may be allowed fewer cores than there are.
    let allowed = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let threads = asked.map_or_else(|| num_cpus::get_physical().min(allowed), |n| n as usize).clamp(1, 1024);
    tracing::info!(threads, "computing");
    threads
}

/// Starts the log on stderr, level from `INGLENOOK_LOG`, else `otherwise` (as `tracing` writes filters).
pub fn start_log(otherwise: &str) {
    let filter = tracing_subscriber::EnvFilter::try_from_env("INGLENOOK_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(otherwise));
    // Failing here only means that a log is there already.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(std::io::stderr).try_init();
}

/// Makes this process the first that the kernel ends when memory runs out: it holds most of it, and the window
/// can start it again.
pub fn offer_to_oom_killer() {
    #[cfg(target_os = "linux")]
    if let Err(error) = std::fs::write("/proc/self/oom_score_adj", "1000") {
        tracing::debug!(%error, "oom_score_adj stays as it is");
    }
}

/// Ends this process when its parent is gone.
///
/// End of stdin says it first, as a rule. This watch covers a parent whose end of the pipe was inherited by some
/// other process. `PR_SET_PDEATHSIG` is not used: it fires when the parent's *thread* ends that started the
/// worker, and the supervisor starts workers from pooled threads.
pub fn end_with_parent() {
    #[cfg(unix)]
    {
        let parent = std::os::unix::process::parent_id();
        let watch = move || {
            while std::os::unix::process::parent_id() == parent {
                std::thread::sleep(PARENT_CHECK);
            }
            end(0);
        };
        if let Err(error) = std::thread::Builder::new().name("parent-watch".into()).spawn(watch) {
            tracing::warn!(%error, "the parent is not watched; end of input still ends the worker");
        }
    }
}

type Farewell = fn();

static AT_END: Mutex<Vec<Farewell>> = Mutex::new(Vec::new());

/// Has this done before the process ends, however that comes: removing temporary files, for example.
pub fn at_end(farewell: Farewell) {
    AT_END.lock().unwrap_or_else(PoisonError::into_inner).push(farewell);
}

/// Ends the process now, in the middle of whatever other threads do.
pub fn end(code: i32) -> ! {
    let farewells = std::mem::take(&mut *AT_END.lock().unwrap_or_else(PoisonError::into_inner));
    farewells.iter().for_each(|farewell| farewell());
    std::process::exit(code)
}

/// Bytes of memory that this process holds, 0 where the system does not tell.
#[must_use]
pub fn resident_bytes() -> u64 {
    let Ok(pid) = sysinfo::get_current_pid() else { return 0 };
    let mut system = System::new();
    let what = ProcessRefreshKind::nothing().with_memory();
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), false, what);
    system.process(pid).map_or(0, sysinfo::Process::memory)
}

/// Bytes of memory that could be had without swapping, by the measure of the host's own guard; 0 where the system
/// does not tell.
#[must_use]
pub fn available_bytes() -> u64 {
    inglenook_engine::free_memory().unwrap_or(0)
}
