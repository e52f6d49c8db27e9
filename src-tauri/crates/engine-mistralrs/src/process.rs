//! The process itself: its environment, its log, its memory and its end.

use std::time::Duration;

use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System};

/// How often the worker looks whether its parent still lives.
const PARENT_CHECK: Duration = Duration::from_millis(500);

/// Sets what libraries read from the environment. To be called first, while there is one thread.
#[allow(unsafe_code)]
pub(crate) fn set_environment() {
    // SAFETY: the first thing that `main` does, so no other thread can be reading the environment.
    unsafe {
        // No engine code path may ask the Hub for anything; paths are local, this is the second bolt.
        std::env::set_var("HF_HUB_OFFLINE", "1");
        // A leftover of a distributed run would make the engine open sockets and wait for its fellows.
        for name in ["__MISTRALRS_DAEMON_INTERNAL", "RING_CONFIG", "MISTRALRS_MN_GLOBAL_WORLD_SIZE"] {
            std::env::remove_var(name);
        }
        std::env::set_var("MISTRALRS_NO_NCCL", "1");
        // candle takes a backtrace for each error, which is slow, and one kind of error is used on purpose.
        std::env::set_var("RUST_LIB_BACKTRACE", "0");
    }
}

/// Tells the maths libraries how many threads to use. To be called before the engine is touched.
#[allow(unsafe_code)]
pub(crate) fn set_threads(threads: Option<u32>) {
    // Two threads of one core share its arithmetic; and a container may be allowed fewer cores than there are.
    let allowed = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let threads = threads.map_or_else(|| num_cpus::get_physical().min(allowed), |n| n as usize).clamp(1, 1024);
    // SAFETY: called on the main thread before it starts any thread that reads the environment: until the model
    // is being loaded there is only the parent watch, which does not.
    unsafe { std::env::set_var("RAYON_NUM_THREADS", threads.to_string()) };
    tracing::info!(threads, "computing");
}

/// Starts the log on stderr, level from `INGLENOOK_LOG`.
pub(crate) fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("INGLENOOK_LOG").unwrap_or_else(|_| {
        tracing_subscriber::EnvFilter::new("error,inglenook_mistralrs=info,mistralrs_core::engine=off")
    });
    // Failing here only means that a log is there already.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(std::io::stderr).try_init();
}

/// Makes this process the first that the kernel ends when memory runs out: it holds most of it, and the window
/// can start it again.
pub(crate) fn offer_to_oom_killer() {
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
pub(crate) fn end_with_parent() {
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

/// Ends the process now, in the middle of whatever other threads do, and leaves no temporary files behind.
pub(crate) fn end(code: i32) -> ! {
    crate::load::staging::remove_all();
    std::process::exit(code)
}

/// Bytes of memory that this process holds, 0 where the system does not tell.
pub(crate) fn resident_bytes() -> u64 {
    let Ok(pid) = sysinfo::get_current_pid() else { return 0 };
    let mut system = System::new();
    let what = ProcessRefreshKind::nothing().with_memory();
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), false, what);
    system.process(pid).map_or(0, sysinfo::Process::memory)
}

/// Bytes of memory that could be had without swapping, by the measure of the host's own guard; 0 where the system
/// does not tell.
pub(crate) fn available_bytes() -> u64 {
    inglenook_engine::free_memory().unwrap_or(0)
}
