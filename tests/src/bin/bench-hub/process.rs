//! Programs run to their end, and what they took: by the clock, and of the processors' time.

use std::io;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::Failure;

/// What the system counts processor time in: a hundredth of a second on every Linux.
const TICK: Duration = Duration::from_millis(10);

/// What something took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Took {
    /// From its start to its end.
    pub(crate) wall: Duration,
    /// Processor time; `None` where the system does not tell.
    pub(crate) cpu: Option<Duration>,
}

/// Whose processor time.
#[derive(Clone, Copy)]
pub(crate) enum Whose {
    /// A process that runs.
    Process(u32),
    /// This process's children that have ended.
    Children,
}

/// Processor time so far, the program's own and what the system did for it.
pub(crate) fn cpu(whose: Whose) -> Option<Duration> {
    let (process, fields) = match whose {
        Whose::Process(id) => (id.to_string(), [11, 12]),
        Whose::Children => ("self".to_owned(), [13, 14]),
    };
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name before it may hold anything.
    let all: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let [user, system] = fields.map(|at| all.get(at).and_then(|ticks| ticks.parse::<u32>().ok()));
    Some(TICK * user?.checked_add(system?)?)
}

/// What others do while something is measured.
pub(crate) struct Meanwhile {
    all: Ticks,
    ours: Duration,
}

/// The time of all processors since the machine began, in ticks.
#[derive(Clone, Copy)]
struct Ticks {
    total: u64,
    busy: u64,
    /// What the machine below a virtual one took.
    stolen: u64,
}

impl Ticks {
    fn now() -> Option<Self> {
        let text = std::fs::read_to_string("/proc/stat").ok()?;
        let fields: Vec<u64> =
            text.lines().next()?.split_whitespace().skip(1).map_while(|at| at.parse().ok()).collect();
        // User, nice, system, idle, waiting for the disk, interrupts, soft interrupts, stolen.
        let [user, nice, system, idle, waiting, hard, soft, stolen, ..] = fields.as_slice() else { return None };
        let busy = user + nice + system + hard + soft;
        Some(Self { total: busy + idle + waiting + stolen, busy, stolen: *stolen })
    }
}

impl Meanwhile {
    /// From now on. `None` where the system does not tell.
    pub(crate) fn begin(server: Option<u32>) -> Option<Self> {
        Some(Self { all: Ticks::now()?, ours: ours(server)? })
    }

    /// What it came to, for below a table.
    pub(crate) fn words(&self, server: Option<u32>) -> Option<String> {
        let (now, before) = (Ticks::now()?, self.all);
        let ours = (ours(server)?.saturating_sub(self.ours)).as_millis() as f64 / TICK.as_millis() as f64;
        let share = |ticks: f64| 100.0 * ticks.max(0.0) / (now.total - before.total).max(1) as f64;
        let others = share((now.busy - before.busy) as f64 - ours);
        let stolen = share((now.stolen - before.stolen) as f64);
        Some(format!(
            "  other processes took {others:.0} % of the processors' time meanwhile, other machines {stolen:.0} %"
        ))
    }
}

/// Processor time of all that belongs to this program.
fn ours(server: Option<u32>) -> Option<Duration> {
    let own = cpu(Whose::Process(std::process::id()))? + cpu(Whose::Children)?;
    Some(own + server.map_or(Some(Duration::ZERO), |server| cpu(Whose::Process(server)))?)
}

/// Measures what `work` takes, with the processor time of `whose`.
pub(crate) fn measured<T>(whose: Whose, work: impl FnOnce() -> T) -> (T, Took) {
    let (before, begun) = (cpu(whose), Instant::now());
    let result = work();
    let wall = begun.elapsed();
    let cpu = cpu(whose).zip(before).and_then(|(after, before)| after.checked_sub(before));
    (result, Took { wall, cpu })
}

/// Runs a program to its end; an error where it fails.
pub(crate) fn run(command: &mut Command) -> Result<Took, Failure> {
    let (status, took) = measured(Whose::Children, || command.stdin(Stdio::null()).status());
    let name = command.get_program().to_string_lossy().into_owned();
    match status.map_err(|error| format!("“{name}” does not start: {error}"))? {
        status if status.success() => Ok(took),
        status => Err(format!("“{name}” failed: {status}").into()),
    }
}

/// Waits until nothing is left that the system has still to write, so that one measurement does not pay for another.
pub(crate) fn settle() -> Result<(), Failure> {
    run(&mut Command::new("sync")).map(drop)
}

/// Lets the system forget what it has read of the disk; `false` where that is not allowed.
pub(crate) fn forget_pages() -> Result<bool, Failure> {
    settle()?;
    match std::fs::write("/proc/sys/vm/drop_caches", "3") {
        Ok(()) => Ok(true),
        Err(error) if matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::NotFound) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
