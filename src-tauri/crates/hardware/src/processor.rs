//! The processor: its name, its cores, its vector instructions.

use sysinfo::{CpuRefreshKind, RefreshKind, System};

/// Its name, or the architecture's where the system names none.
pub(crate) fn name() -> String {
    let system = System::new_with_specifics(RefreshKind::nothing().with_cpu(CpuRefreshKind::nothing()));
    let brand = system.cpus().first().map(sysinfo::Cpu::brand).unwrap_or_default();
    let line = brand.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() { format!("{} processor", std::env::consts::ARCH) } else { line }
}

/// Physical cores; the threads that this process may use where the system does not tell.
pub(crate) fn physical_cores() -> u32 {
    let cores = System::physical_core_count().or_else(|| std::thread::available_parallelism().ok().map(Into::into));
    u32::try_from(cores.unwrap_or(1)).unwrap_or(u32::MAX)
}

/// The widest vector instructions in words; empty for none.
#[cfg(target_arch = "x86_64")]
pub(crate) fn vector() -> &'static str {
    if is_x86_feature_detected!("avx512f") {
        "AVX-512"
    } else if is_x86_feature_detected!("avx2") {
        "AVX2"
    } else if is_x86_feature_detected!("avx") {
        "AVX"
    } else {
        ""
    }
}

/// The widest vector instructions in words; empty for none.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn vector() -> &'static str {
    if cfg!(target_arch = "aarch64") { "NEON" } else { "" }
}
