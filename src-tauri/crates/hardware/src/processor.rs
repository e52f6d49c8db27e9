//! The processor: its name, its cores, its vector instructions.
//!
//! On x86-64 the instructions are asked of the processor itself: this workspace is compiled for x86-64-v3, for
//! which `is_x86_feature_detected!` answers "yes" at compile time, whatever the machine.

use std::collections::BTreeSet;

use inglenook_contract::{ErrorCode, ErrorInfo};
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
pub(crate) fn vector() -> &'static str {
    if cfg!(target_arch = "aarch64") {
        return "NEON";
    }
    let found = instructions();
    let widest =
        [Instructions::Avx512, Instructions::Avx2, Instructions::Avx].into_iter().find(|one| found.contains(one));
    widest.map_or("", Instructions::name)
}

/// See [`crate::require_supported_cpu`].
pub(crate) fn require_supported() -> Result<(), ErrorInfo> {
    if cfg!(target_arch = "x86_64") { require(&instructions()) } else { Ok(()) }
}

/// Instructions that matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Instructions {
    Avx,
    Avx2,
    Avx512,
    Bmi2,
    F16c,
    Fma,
}

impl Instructions {
    const fn name(self) -> &'static str {
        match self {
            Self::Avx => "AVX",
            Self::Avx2 => "AVX2",
            Self::Avx512 => "AVX-512",
            Self::Bmi2 => "BMI2",
            Self::F16c => "F16C",
            Self::Fma => "FMA",
        }
    }
}

/// What the engines were compiled for.
const NEEDED: &[Instructions] = &[Instructions::Avx2, Instructions::Fma, Instructions::F16c, Instructions::Bmi2];

/// Holds what was found against [`NEEDED`].
fn require(found: &BTreeSet<Instructions>) -> Result<(), ErrorInfo> {
    let missing: Vec<&str> = NEEDED.iter().filter(|one| !found.contains(one)).map(|one| one.name()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let words = format!(
        "This processor lacks instructions that models are computed with here ({}). They came with Intel's Haswell (2013) and AMD's Excavator (2015).",
        missing.join(", ")
    );
    Err(ErrorInfo::new(ErrorCode::ProcessorUnsupported, words).with_detail(name()))
}

/// What this processor has and this system lets it use.
#[cfg(target_arch = "x86_64")]
fn instructions() -> BTreeSet<Instructions> {
    use std::arch::x86_64::{__cpuid, __cpuid_count};
    let one = __cpuid(1);
    // An older processor answers a leaf that it does not have with something else.
    let seven = if __cpuid(0).eax >= 7 { __cpuid_count(7, 0).ebx } else { 0 };
    let saved = if one.ecx & OSXSAVE != 0 { saved_registers() } else { 0 };
    decode(one.ecx, seven, saved)
}

/// Other processors are not told apart by these.
#[cfg(not(target_arch = "x86_64"))]
fn instructions() -> BTreeSet<Instructions> {
    BTreeSet::new()
}

/// In `ecx` of leaf 1: the system saves extended registers, and XGETBV says which.
#[cfg(any(target_arch = "x86_64", test))]
const OSXSAVE: u32 = 1 << 27;

/// The registers that the system keeps apart between processes.
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "XGETBV has no safe form; the caller has asked for OSXSAVE")]
fn saved_registers() -> u64 {
    // SAFETY: called only where CPUID reports OSXSAVE, that is, where the processor has XGETBV.
    unsafe { std::arch::x86_64::_xgetbv(0) }
}

/// From `ecx` of leaf 1, `ebx` of leaf 7 and the saved registers. Instructions whose registers the system does not
/// save cannot be used, whatever the processor has.
#[cfg(any(target_arch = "x86_64", test))]
fn decode(one_ecx: u32, seven_ebx: u32, saved: u64) -> BTreeSet<Instructions> {
    /// SSE and AVX registers.
    const YMM: u64 = 0b110;
    /// And the three parts of AVX-512's.
    const ZMM: u64 = 0b1110_0110;
    let has = |register: u32, bit: u32| register & (1 << bit) != 0;
    let wide = one_ecx & OSXSAVE != 0 && saved & YMM == YMM;
    let avx = wide && has(one_ecx, 28);
    let table = [
        (Instructions::Avx, avx),
        (Instructions::Fma, avx && has(one_ecx, 12)),
        (Instructions::F16c, avx && has(one_ecx, 29)),
        (Instructions::Avx2, avx && has(seven_ebx, 5)),
        (Instructions::Bmi2, has(seven_ebx, 8)),
        (Instructions::Avx512, avx && saved & ZMM == ZMM && has(seven_ebx, 16)),
    ];
    table.into_iter().filter(|(_, there)| *there).map(|(one, _)| one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // ecx of leaf 1, ebx of leaf 7 and XCR0, with the bits that matter as three generations have them.
    const HASWELL: (u32, u32, u64) = (0x7ffa_fbbf, 0x0000_27ab, 0b111);
    const SANDY_BRIDGE: (u32, u32, u64) = (0x1f9a_e3bf, 0, 0b111);
    const SAPPHIRE_RAPIDS: (u32, u32, u64) = (0x7ffe_fbff, 0xf3bf_bfeb, 0x602e7);

    fn decoded((one, seven, saved): (u32, u32, u64)) -> BTreeSet<Instructions> {
        decode(one, seven, saved)
    }

    #[test]
    fn a_processor_of_2013_is_enough() {
        assert!(require(&decoded(HASWELL)).is_ok());
        assert!(!decoded(HASWELL).contains(&Instructions::Avx512));
        assert!(decoded(SAPPHIRE_RAPIDS).contains(&Instructions::Avx512));
    }

    #[test]
    fn an_older_one_is_told_what_it_lacks() {
        let error = require(&decoded(SANDY_BRIDGE)).expect_err("too old");
        assert_eq!(error.code, ErrorCode::ProcessorUnsupported);
        assert!(error.message.contains("(AVX2, FMA, F16C, BMI2)"), "{}", error.message);
        assert!(decoded(SANDY_BRIDGE).contains(&Instructions::Avx));
    }

    #[test]
    fn registers_that_the_system_does_not_save_count_as_missing() {
        let (one, seven, _) = SAPPHIRE_RAPIDS;
        assert!(require(&decode(one, seven, 0b11)).is_err(), "no AVX registers");
        let without_zmm = decode(one, seven, 0b111);
        assert!(without_zmm.contains(&Instructions::Avx2) && !without_zmm.contains(&Instructions::Avx512));
        assert!(!decode(one & !OSXSAVE, seven, u64::MAX).contains(&Instructions::Avx));
    }

    #[test]
    fn this_machine_is_described() {
        assert!(!name().is_empty());
        assert!(physical_cores() >= 1);
        // The tests themselves are compiled for these instructions.
        assert!(require_supported().is_ok());
        assert_ne!(vector(), "");
    }

    /// The kernel reads the same registers and prints them: an oracle.
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    #[test]
    fn the_kernel_agrees() {
        let text = std::fs::read_to_string("/proc/cpuinfo").expect("there on Linux");
        let flags = text.lines().find_map(|line| line.strip_prefix("flags")).unwrap_or_default();
        let flags: BTreeSet<&str> = flags.split_whitespace().collect();
        let found = instructions();
        for (one, flag) in [
            (Instructions::Avx, "avx"),
            (Instructions::Avx2, "avx2"),
            (Instructions::Avx512, "avx512f"),
            (Instructions::Bmi2, "bmi2"),
            (Instructions::F16c, "f16c"),
            (Instructions::Fma, "fma"),
        ] {
            assert_eq!(found.contains(&one), flags.contains(flag), "{flag}");
        }
    }
}
