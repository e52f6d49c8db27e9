//! The tasks that go with a worker's process: one reads its reports, one waits for its end.

use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::io::BufReader;
use tokio::process::{Child, ChildStdout};
use tokio::task::JoinHandle;
use tracing::{debug, info, warn};

use crate::death::{Death, Ended, MemoryWitness};
use crate::link::Link;
use crate::memory::{free_memory, resident};
use crate::process::{Line, LogTail, drain, read_line};
use crate::protocol::Report;

/// Lines that make no sense before a worker is ended. A library that prints to stdout writes a few.
const NONSENSE: u32 = 1000;
/// The reports by their names on the wire.
const REPORTS: &[&str] = &[
    "hello",
    "loading",
    "ready",
    "load_failed",
    "prefill",
    "delta",
    "done",
    "failed",
    "embedded",
    "counted",
    "measured",
    "detokenized",
];
/// How often memory is looked at.
const LOOK: Duration = Duration::from_secs(2);

/// Reads reports until the worker closes its output.
pub(crate) async fn read_reports(output: ChildStdout, link: Arc<Link>) {
    let mut reader = BufReader::with_capacity(64 << 10, output);
    let mut line = Vec::new();
    let mut nonsense = 0;
    loop {
        match read_line(&mut reader, &mut line).await {
            Line::End => return,
            Line::TooLong => {
                warn!(pid = link.pid, "the worker sent a line without an end");
                link.end(Ended::Flooded);
                return;
            }
            Line::Whole if line.trim_ascii().is_empty() => {}
            Line::Whole => match serde_json::from_slice::<Report>(&line) {
                Ok(report) => link.report(report),
                Err(error) => {
                    nonsense += 1;
                    if nonsense <= 10 {
                        tell_of_nonsense(link.pid, &line, &error);
                    }
                    if nonsense > NONSENSE {
                        link.end(Ended::Flooded);
                        return;
                    }
                }
            },
        }
    }
}

/// The line may hold what a model said, and the error may quote it: neither goes into the log.
fn tell_of_nonsense(pid: u32, line: &[u8], error: &serde_json::Error) {
    let (bytes, kind, column) = (line.len(), error.classify(), error.column());
    let report = known_report(line);
    warn!(pid, bytes, report, ?kind, column, "a line of the worker makes no sense");
}

/// What kind of report a line claims to be, if it is one of ours.
fn known_report(line: &[u8]) -> Option<&'static str> {
    #[derive(serde::Deserialize)]
    struct Claim<'a> {
        r#type: &'a str,
    }
    let claim = serde_json::from_slice::<Claim<'_>>(line).ok()?;
    REPORTS.iter().find(|report| **report == claim.r#type).copied()
}

/// Waits for the end of a worker, brings it about when asked to, and tells the link how it came.
pub(crate) async fn watch_process(
    mut child: Child,
    link: Arc<Link>,
    mut reader: JoinHandle<()>,
    log: JoinHandle<()>,
    tail: LogTail,
) {
    let witness = MemoryWitness::new();
    let mut free = None;
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let status = loop {
        tokio::select! {
            status = child.wait() => break status.ok(),
            () = link.end_now.cancelled() => break kill(&mut child).await,
            () = link.end_gently.cancelled() => break end_gently(&mut child, &link).await,
            // A worker that has closed its output can answer nothing any more.
            _ = &mut reader => {
                reader = tokio::spawn(async {});
                break end_gently(&mut child, &link).await;
            }
            _ = look.tick() => {
                free = free_memory();
                link.resident.store(resident(link.pid).unwrap_or(0), Ordering::Relaxed);
            }
        }
    };
    // What it said before its end comes before the news of its end.
    drain(reader).await;
    drain(log).await;
    let mut death = Death {
        ended: link.ended(),
        loading: link.status.borrow().loaded.is_none(),
        open_requests: link.live(),
        ..Death::from_status(status, tail.text())
    };
    death.memory_short = death.ended.is_none() && witness.blames_memory(&death, free);
    match death.ended {
        // Nothing was said yet; later its own log, a panic's words for example, may quote a chat.
        None if death.loading => warn!(pid = link.pid, how = death.detail(), "a worker died while it was loading"),
        None if death.exit_code != Some(0) => warn!(pid = link.pid, how = death.how(), "a worker died"),
        None => info!(pid = link.pid, "a worker ended by itself"),
        Some(reason) => debug!(pid = link.pid, ?reason, "a worker was ended"),
    }
    link.died(death);
}

/// Closes its input and gives it a moment.
async fn end_gently(child: &mut Child, link: &Link) -> Option<ExitStatus> {
    link.close_input();
    tokio::select! {
        status = child.wait() => status.ok(),
        () = link.end_now.cancelled() => kill(child).await,
        () = tokio::time::sleep(link.patience.end) => kill(child).await,
    }
}

async fn kill(child: &mut Child) -> Option<ExitStatus> {
    // Fails only if it is gone already; then there is nothing left but to collect it.
    let _ = child.start_kill();
    child.wait().await.ok()
}
