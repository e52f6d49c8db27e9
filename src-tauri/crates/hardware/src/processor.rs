//! The processor: its name, its cores, and the instructions that models gain by.
//!
//! What is told of instructions is what the processor says; a virtual machine may name some that it does not let
//! through, which shows when kernels are tried out.

use sysinfo::{CpuRefreshKind, RefreshKind, System};

/// Its name, or the architecture's where the system names none.
pub(crate) fn name() -> String {
    let system = System::new_with_specifics(RefreshKind::nothing().with_cpu(CpuRefreshKind::nothing()));
    let brand = system.cpus().first().map(sysinfo::Cpu::brand).unwrap_or_default();
    let line = brand.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() { format!("{} processor", std::env::consts::ARCH) } else { line }
}

/// Physical cores; not more than the threads that this program may run at once, which is also what is told where the
/// system does not tell.
pub(crate) fn physical_cores() -> u32 {
    let cores = System::physical_core_count().and_then(|cores| u32::try_from(cores).ok());
    cores.map_or_else(threads, |cores| cores.min(threads()))
}

/// Threads that this program may run at once: its affinity and a container's quota count.
pub(crate) fn threads() -> u32 {
    std::thread::available_parallelism().map_or(1, |threads| u32::try_from(threads.get()).unwrap_or(u32::MAX))
}

/// Instructions that models gain by, in words, the plain before the special.
pub(crate) fn instructions() -> Vec<&'static str> {
    claimed().into_iter().filter_map(|(word, there)| there.then_some(word)).collect()
}

/// The widest of the vector instructions, in words; empty for none.
pub(crate) fn vector(instructions: &[&'static str]) -> &'static str {
    const WIDTHS: &[&str] = &["AVX", "AVX2", "AVX-512", "NEON"];
    instructions.iter().rfind(|word| WIDTHS.contains(word)).copied().unwrap_or_default()
}

#[cfg(target_arch = "x86_64")]
fn claimed() -> [(&'static str, bool); 9] {
    let avx2 = is_x86_feature_detected!("avx2");
    // Kernels ask for these four together.
    let avx512 = is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl");
    [
        ("AVX", is_x86_feature_detected!("avx") && !avx2),
        ("AVX2", avx2),
        ("FMA", is_x86_feature_detected!("fma")),
        ("F16C", is_x86_feature_detected!("f16c")),
        ("AVX-VNNI", is_x86_feature_detected!("avxvnni")),
        ("AVX-512", avx512),
        ("AVX-512 VNNI", avx512 && is_x86_feature_detected!("avx512vnni")),
        ("AVX-512 BF16", avx512 && is_x86_feature_detected!("avx512bf16")),
        ("AMX", avx512 && amx()),
    ]
}

/// Tiles and their product of whole numbers. The standard library does not name them in its stable part.
#[cfg(target_arch = "x86_64")]
fn amx() -> bool {
    use std::arch::x86_64::{__cpuid, __cpuid_count};
    const TILE: u32 = 1 << 24;
    const INT8: u32 = 1 << 25;
    let features = 7;
    __cpuid(0).eax >= features && __cpuid_count(features, 0).edx & (TILE | INT8) == TILE | INT8
}

#[cfg(target_arch = "aarch64")]
fn claimed() -> [(&'static str, bool); 6] {
    use std::arch::is_aarch64_feature_detected;
    [
        ("NEON", is_aarch64_feature_detected!("neon")),
        ("dotprod", is_aarch64_feature_detected!("dotprod")),
        ("i8mm", is_aarch64_feature_detected!("i8mm")),
        ("BF16", is_aarch64_feature_detected!("bf16")),
        ("SVE", is_aarch64_feature_detected!("sve")),
        ("SVE2", is_aarch64_feature_detected!("sve2")),
    ]
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn claimed() -> [(&'static str, bool); 0] {
    []
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_widest_is_told_whatever_else_there_is() {
        assert_eq!(vector(&["AVX2", "FMA", "AVX-512", "AVX-512 VNNI", "AMX"]), "AVX-512");
        assert_eq!(vector(&["AVX2", "FMA", "F16C", "AVX-VNNI"]), "AVX2");
        assert_eq!(vector(&["NEON", "dotprod"]), "NEON");
        assert_eq!(vector(&["FMA"]), "");
    }

    #[test]
    fn this_machine_has_as_many_threads_as_cores_or_more() {
        assert!(physical_cores() >= 1);
        assert!(threads() >= physical_cores());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_the_processor_says_is_what_the_kernel_says() {
        let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let flags: Vec<&str> = text
            .lines()
            .find_map(|line| line.strip_prefix("flags").or_else(|| line.strip_prefix("Features")))
            .map_or_else(Vec::new, |line| line.split_whitespace().collect());
        let names = [("AVX2", "avx2"), ("FMA", "fma"), ("AVX-512 BF16", "avx512_bf16"), ("i8mm", "i8mm")];
        for (word, flag) in names {
            assert_eq!(instructions().contains(&word), flags.contains(&flag), "{word}");
        }
    }
}
