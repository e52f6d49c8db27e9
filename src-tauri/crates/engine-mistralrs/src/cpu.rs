//! Whether this processor can run the worker at all.
//!
//! candle picks its SIMD kernels when it is compiled, so on x86-64 the whole binary is built for x86-64-v3. The
//! standard library's feature macro is then constant and says yes on every machine; only asking the processor
//! itself tells the truth, and without the check an older one would die of an illegal instruction.

use crate::error::WorkerError;

/// Fails with what is missing if the processor lacks what the worker was compiled for.
pub(crate) fn require() -> Result<(), WorkerError> {
    let missing = missing();
    if missing.is_empty() { Ok(()) } else { Err(WorkerError::ProcessorUnsupported { missing: missing.join(", ") }) }
}

#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
fn missing() -> Vec<&'static str> {
    use std::arch::x86_64::{__cpuid, __cpuid_count};

    // SAFETY: every x86-64 processor has the cpuid instruction.
    #[allow(unused_unsafe)]
    let (top, one) = unsafe { (__cpuid(0).eax, __cpuid(1)) };
    // SAFETY: as above; the leaf is asked for only where it exists.
    #[allow(unused_unsafe)]
    let seven = if top >= 7 { unsafe { __cpuid_count(7, 0) }.ebx } else { 0 };
    let os_saves_xmm_and_ymm = one.ecx & (1 << 27) != 0 && extended_control() & 0b110 == 0b110;
    missing_of(one.ecx, seven, os_saves_xmm_and_ymm)
}

/// Which of the needed features the register contents lack: leaf 1's ECX, leaf 7's EBX, and whether the
/// operating system keeps the wide registers.
#[cfg(target_arch = "x86_64")]
fn missing_of(one_ecx: u32, seven_ebx: u32, os_saves_wide: bool) -> Vec<&'static str> {
    let needed = [
        ("AVX", one_ecx & (1 << 28) != 0 && os_saves_wide),
        ("AVX2", seven_ebx & (1 << 5) != 0 && os_saves_wide),
        ("FMA", one_ecx & (1 << 12) != 0),
        ("F16C", one_ecx & (1 << 29) != 0),
        ("BMI2", seven_ebx & (1 << 8) != 0),
    ];
    needed.into_iter().filter(|(_, present)| !present).map(|(name, _)| name).collect()
}

/// The extended control register, which says what the operating system saves on a task switch.
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
fn extended_control() -> u64 {
    let (low, high): (u32, u32);
    // SAFETY: called only where cpuid says that the operating system has enabled xgetbv (OSXSAVE).
    unsafe {
        std::arch::asm!("xgetbv", in("ecx") 0, out("eax") low, out("edx") high, options(nomem, nostack));
    }
    u64::from(high) << 32 | u64::from(low)
}

#[cfg(not(target_arch = "x86_64"))]
fn missing() -> Vec<&'static str> {
    Vec::new()
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::*;

    #[test]
    fn a_machine_that_runs_this_test_is_supported() {
        assert!(missing().is_empty(), "the test binary itself was compiled for these features");
    }

    #[test]
    fn names_what_is_missing() {
        let all_of_one = 1 << 28 | 1 << 12 | 1 << 29;
        let all_of_seven = 1 << 5 | 1 << 8;
        assert!(missing_of(all_of_one, all_of_seven, true).is_empty());
        assert_eq!(missing_of(all_of_one, 1 << 8, true), ["AVX2"]);
        assert_eq!(
            missing_of(all_of_one, all_of_seven, false),
            ["AVX", "AVX2"],
            "AVX is of no use where the system does not save the registers"
        );
    }
}
