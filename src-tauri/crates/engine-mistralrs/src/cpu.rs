//! Whether this processor can run the worker at all.
//!
//! candle picks its SIMD kernels when it is compiled, so on x86-64 the whole binary is built for x86-64-v3. The
//! standard library's feature macro is then constant and says yes on every machine; only asking the processor
//! itself tells the truth, and without the check an older one would die of an illegal instruction.

use std::io::Write;
use std::process::ExitCode;

/// The exit code of a worker that the processor cannot run.
const EXIT_PROCESSOR: u8 = 3;

/// What is reported, written out: putting it together would already take the instructions that are missing.
const REPORT: &[u8] = b"{\"type\":\"load_failed\",\"code\":\"processor_unsupported\",\"message\":\"This computer's \
processor is too old for the engine: it lacks one of AVX2, FMA, F16C and BMI2, which came with the processors of \
2013 to 2015.\"}\n";

/// The exit code to end with at once if the processor lacks what the worker was compiled for; says so on both
/// outputs.
pub(crate) fn refuse() -> Option<ExitCode> {
    if supported() {
        return None;
    }
    // There is nobody left to tell if these fail.
    let _ = std::io::stdout().write_all(REPORT);
    let _ = std::io::stdout().flush();
    let _ = std::io::stderr().write_all(b"processor_unsupported: AVX2, FMA, F16C and BMI2 are needed\n");
    Some(ExitCode::from(EXIT_PROCESSOR))
}

#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
fn supported() -> bool {
    use std::arch::x86_64::{__cpuid, __cpuid_count};

    // SAFETY: every x86-64 processor has the cpuid instruction.
    #[allow(unused_unsafe)]
    let (top, one) = unsafe { (__cpuid(0).eax, __cpuid(1)) };
    // SAFETY: as above; the leaf is asked for only where it exists.
    #[allow(unused_unsafe)]
    let seven = if top >= 7 { unsafe { __cpuid_count(7, 0) }.ebx } else { 0 };
    let os_saves_wide = one.ecx & (1 << 27) != 0 && extended_control() & 0b110 == 0b110;
    os_saves_wide && has_all(one.ecx, seven)
}

/// Whether the registers of leaf 1 (ECX) and leaf 7 (EBX) name all that is needed: FMA, AVX, F16C; AVX2, BMI2.
#[cfg(target_arch = "x86_64")]
fn has_all(one_ecx: u32, seven_ebx: u32) -> bool {
    const ONE: u32 = 1 << 12 | 1 << 28 | 1 << 29;
    const SEVEN: u32 = 1 << 5 | 1 << 8;
    one_ecx & ONE == ONE && seven_ebx & SEVEN == SEVEN
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
fn supported() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use inglenook_contract::ErrorCode;
    use inglenook_engine::protocol::Report;

    #[test]
    fn a_machine_that_runs_this_test_is_supported() {
        assert!(supported(), "the test binary itself was compiled for these features");
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn each_missing_feature_counts() {
        let (one, seven) = (1 << 12 | 1 << 28 | 1 << 29, 1 << 5 | 1 << 8);
        assert!(has_all(one, seven));
        for bit in [12, 28, 29] {
            assert!(!has_all(one & !(1 << bit), seven), "bit {bit} of leaf 1");
        }
        for bit in [5, 8] {
            assert!(!has_all(one, seven & !(1 << bit)), "bit {bit} of leaf 7");
        }
    }

    #[test]
    fn the_report_written_by_hand_is_one_of_the_protocol() {
        let report: Report = serde_json::from_slice(REPORT).unwrap();
        let Report::LoadFailed(failure) = report else { panic!("not a failure: {report:?}") };
        assert_eq!(failure.code, ErrorCode::ProcessorUnsupported);
        assert_eq!(REPORT.iter().filter(|byte| **byte == b'\n').count(), 1, "one line");
    }
}
