//! How a worker died: read from its exit status, the end of its log and the kernel's count of processes that
//! were killed for memory; and the words for it.

use std::fmt;
use std::process::ExitStatus;

use inglenook_contract::ErrorCode;

/// Why this side ended a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The model was unloaded, by a person or to make room.
    Unloaded,
    /// The application is being closed.
    Closing,
    /// It did not close a cancelled request, most likely in the middle of a long step, and nothing else was
    /// under way in it.
    Stuck,
    /// It sent more than it may: a line or a backlog without end.
    Flooded,
}

/// The end of a worker's process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Death {
    /// The signal that killed it.
    pub signal: Option<i32>,
    /// Its exit code.
    pub exit_code: Option<i32>,
    /// This side's reason, if it was this side that ended it.
    pub ended: Option<Ended>,
    /// There are signs that memory ran out.
    pub memory_short: bool,
    /// It was loading the model.
    pub loading: bool,
    /// Requests that were open.
    pub open_requests: usize,
    /// The end of its log.
    pub log: String,
}

impl Death {
    /// Reads what the status says; the rest is filled in by who knows it.
    pub(crate) fn from_status(status: Option<ExitStatus>, log: String) -> Self {
        Self {
            signal: status.and_then(signal_of),
            exit_code: status.and_then(|status| status.code()),
            ended: None,
            memory_short: false,
            loading: false,
            open_requests: 0,
            log,
        }
    }

    /// The kind of failure for what was open.
    pub(crate) fn code(&self) -> ErrorCode {
        match self.ended {
            Some(Ended::Unloaded) => ErrorCode::Cancelled,
            Some(Ended::Closing) => ErrorCode::Unavailable,
            Some(Ended::Flooded) => ErrorCode::EngineFailed,
            Some(Ended::Stuck) => ErrorCode::EngineCrashed,
            None if self.memory_short => ErrorCode::OutOfMemory,
            None if self.illegal_instruction() => ErrorCode::ProcessorUnsupported,
            None => ErrorCode::EngineCrashed,
        }
    }

    /// Status and end of the log, for a bug report.
    pub(crate) fn detail(&self) -> String {
        let how = self.how();
        if self.log.is_empty() { how } else { format!("{how}\n{}", self.log) }
    }

    /// SIGILL on Unix, STATUS_ILLEGAL_INSTRUCTION on Windows.
    fn illegal_instruction(&self) -> bool {
        self.signal == Some(4) || self.exit_code == Some(0xC000_001D_u32 as i32)
    }

    /// Whether it died as processes do that meet an instruction which is not there, or not really: an illegal
    /// instruction, or an access to memory that the instruction made up.
    pub(crate) fn may_be_the_kernels(&self) -> bool {
        // SIGBUS has two numbers; the exit code is Windows' access violation.
        let fault = matches!(self.signal, Some(7 | 10 | 11)) || self.exit_code == Some(0xC000_0005_u32 as i32);
        self.ended.is_none() && !self.memory_short && (fault || self.illegal_instruction())
    }

    /// What the status says, without a word of its log.
    pub(crate) fn how(&self) -> String {
        match (self.signal, self.exit_code) {
            (Some(signal), _) => match signal_name(signal) {
                Some(name) => format!("killed by signal {signal} ({name})"),
                None => format!("killed by signal {signal}"),
            },
            (None, Some(code)) => format!("exit code {code}"),
            (None, None) => "ended in an unknown way".to_owned(),
        }
    }
}

impl fmt::Display for Death {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.ended {
            Some(Ended::Unloaded) => return f.write_str("The model was unloaded before this was done."),
            Some(Ended::Closing) => return f.write_str("Inglenook is being closed."),
            Some(Ended::Flooded) => {
                return f.write_str("The model's process was ended because it sent more than can be taken in.");
            }
            Some(Ended::Stuck) => {
                return f.write_str("The model's process was ended because it did not stop when it was asked to.");
            }
            None => {}
        }
        if self.memory_short {
            f.write_str("The model's process was ended by the system, probably because memory ran out.")
        } else if self.illegal_instruction() {
            f.write_str("This computer's processor lacks instructions that the engine was built for.")
        } else if self.loading {
            write!(f, "The model's process ended while it was loading the model ({}).", self.how())
        } else {
            write!(f, "The model's process ended unexpectedly ({}).", self.how())
        }
    }
}

/// The names of the signals that end engines in practice; their numbers are the same on Linux and macOS.
fn signal_name(signal: i32) -> Option<&'static str> {
    Some(match signal {
        4 => "illegal instruction",
        6 => "aborted",
        8 => "arithmetic fault",
        9 => "killed",
        11 => "invalid memory access",
        15 => "terminated",
        _ => return None,
    })
}

#[cfg(unix)]
fn signal_of(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
fn signal_of(_status: ExitStatus) -> Option<i32> {
    None
}

/// What is known at a worker's start of the processes killed for memory, to compare with at its end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MemoryWitness {
    killed_before: Option<u64>,
}

impl MemoryWitness {
    /// Looks now.
    pub(crate) fn new() -> Self {
        Self { killed_before: killed_for_memory() }
    }

    /// Whether this death looks like memory that ran out: the kernel has killed a process for memory meanwhile,
    /// little was free when last looked, or the log ends in a failed allocation.
    pub(crate) fn blames_memory(&self, death: &Death, free_at_last_look: Option<u64>) -> bool {
        let allocation_failed = ["memory allocation of ", "std::bad_alloc", "out of memory", "Out of memory"]
            .iter()
            .any(|sign| death.log.lines().rev().take(8).any(|line| line.contains(sign)));
        if allocation_failed {
            return true;
        }
        let killed_meanwhile = match (self.killed_before, killed_for_memory()) {
            (Some(before), Some(after)) => after > before,
            _ => false,
        };
        death.signal == Some(9) && (killed_meanwhile || free_at_last_look.is_some_and(|free| free < LITTLE))
    }
}

/// Bytes free below which a kill is laid on memory: systems begin to kill around a few hundred megabytes.
const LITTLE: u64 = 256 << 20;

/// How many processes the Linux kernel has killed for memory since it started, those of this control group
/// included; `None` on other systems.
fn killed_for_memory() -> Option<u64> {
    let vmstat = std::fs::read_to_string("/proc/vmstat").ok()?;
    vmstat.lines().find_map(|line| line.strip_prefix("oom_kill ")?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn death(signal: Option<i32>, exit_code: Option<i32>, log: &str) -> Death {
        Death { signal, exit_code, ..Death::from_status(None, log.to_owned()) }
    }

    #[test]
    fn a_kill_is_laid_on_memory_only_with_signs_of_it() {
        let witness = MemoryWitness::new();
        let killed = death(Some(9), None, "");
        assert!(!witness.blames_memory(&killed, Some(8 << 30)), "plenty was free: somebody killed it");
        assert!(witness.blames_memory(&killed, Some(100 << 20)), "almost nothing was free");
        let before = MemoryWitness { killed_before: Some(0) };
        let after_a_kill = killed_for_memory().is_some_and(|count| count > 0);
        assert_eq!(before.blames_memory(&killed, None), after_a_kill, "the kernel's count is what decides");
    }

    #[test]
    fn a_failed_allocation_in_the_log_is_short_memory_whatever_the_signal() {
        let aborted = death(Some(6), None, "loading\nmemory allocation of 9663676416 bytes failed");
        assert!(MemoryWitness::new().blames_memory(&aborted, None));
        let other = death(Some(6), None, "assertion failed: n > 0");
        assert!(!MemoryWitness::new().blames_memory(&other, Some(8 << 30)));
    }

    #[test]
    fn a_death_is_told_in_words_with_its_number() {
        let crash = death(Some(11), None, "last words");
        assert_eq!(crash.code(), ErrorCode::EngineCrashed);
        assert_eq!(
            crash.to_string(),
            "The model's process ended unexpectedly (killed by signal 11 (invalid memory access))."
        );
        assert!(crash.detail().ends_with("last words"), "the log's end is for the bug report");
        assert_eq!(death(None, Some(3), "").detail(), "exit code 3");
        assert_eq!(death(Some(4), None, "").code(), ErrorCode::ProcessorUnsupported);
        let short = Death { memory_short: true, ..death(Some(9), None, "") };
        assert_eq!(short.code(), ErrorCode::OutOfMemory);
    }
}
