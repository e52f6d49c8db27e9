//! A worker's process: starting it, reading its lines within bounds, and seeing to its end.
//!
//! What the lines mean is [`crate::worker`]'s. One task owns the child and is the only one that waits for it, so
//! no ended worker stays behind as a zombie.

use std::collections::VecDeque;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::sync::mpsc::UnboundedReceiver;
use tracing::debug;

use crate::launcher::Program;

/// Bytes that one line of a worker may have: the vectors of a large embedding request fit well.
const LINE: u64 = 16 << 20;
/// Bytes of one line of its log that are read at once; a longer line is cut into several.
const LOG_LINE: u64 = 16 << 10;
/// Lines of its log that are kept for a failure's detail, and characters of each.
const LOG_TAIL: (usize, usize) = (50, 400);
/// How long its pipes are read on after its end; only a grandchild that inherited them would keep them open.
const DRAIN: Duration = Duration::from_secs(1);

/// A started process, its pipes apart.
pub(crate) struct Pipes {
    pub(crate) child: Child,
    pub(crate) input: ChildStdin,
    pub(crate) output: ChildStdout,
    pub(crate) log: ChildStderr,
}

/// Starts a program with all three pipes, in a process group of its own: Ctrl-C in the terminal must not end the
/// workers before the application has put its things away.
pub(crate) fn spawn(program: &Program) -> std::io::Result<Pipes> {
    let mut command = Command::new(&program.path);
    command.args(&program.args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    // A worker reads hostile files: it is given no secret of the person's shell.
    for (name, _) in std::env::vars_os().filter(|(name, _)| names_a_secret(&name.to_string_lossy())) {
        command.env_remove(name);
    }
    // The end of its log goes into an error's detail, and fifty lines of frames would push the reason out of it.
    command.env("RUST_BACKTRACE", "0");
    command.envs(program.env.iter().map(|(name, value)| (name, value)));
    #[cfg(unix)]
    command.process_group(0);
    #[cfg(windows)]
    command.creation_flags(0x0800_0000 | 0x0000_0200); // CREATE_NO_WINDOW, CREATE_NEW_PROCESS_GROUP
    let mut child = command.spawn()?;
    let missing = || std::io::Error::other("a pipe is missing");
    let input = child.stdin.take().ok_or_else(missing)?;
    let output = child.stdout.take().ok_or_else(missing)?;
    let log = child.stderr.take().ok_or_else(missing)?;
    Ok(Pipes { child, input, output, log })
}

fn names_a_secret(variable: &str) -> bool {
    let variable = variable.to_ascii_uppercase();
    ["TOKEN", "SECRET", "PASSWORD", "API_KEY", "ACCESS_KEY"].iter().any(|word| variable.contains(word))
}

/// Writes what is sent to it until the sender is gone, then closes the worker's input.
pub(crate) async fn write_lines(mut input: ChildStdin, mut lines: UnboundedReceiver<String>) {
    while let Some(line) = lines.recv().await {
        if input.write_all(line.as_bytes()).await.is_err() || input.flush().await.is_err() {
            // The worker is gone or has closed its input; whoever waits for it tells of that.
            return;
        }
    }
}

/// What reading a line came to.
#[derive(Debug, PartialEq)]
pub(crate) enum Line {
    /// A whole line is in the buffer, its end cut off.
    Whole,
    /// The limit was reached before the end of the line.
    TooLong,
    /// Nothing more will come. An unfinished line is dropped: its writer died in the middle of it.
    End,
}

/// Reads the worker's next report line.
pub(crate) async fn read_line<R: AsyncRead + Unpin>(reader: &mut BufReader<R>, buffer: &mut Vec<u8>) -> Line {
    buffer.clear();
    // An error of the pipe means the same as its end.
    match reader.take(LINE).read_until(b'\n', buffer).await {
        Ok(0) | Err(_) => Line::End,
        Ok(_) if buffer.last() == Some(&b'\n') => {
            buffer.pop();
            Line::Whole
        }
        Ok(read) if read as u64 == LINE => Line::TooLong,
        Ok(_) => Line::End,
    }
}

/// The end of a worker's log.
#[derive(Clone, Debug, Default)]
pub(crate) struct LogTail(Arc<Mutex<VecDeque<String>>>);

impl LogTail {
    /// Reads the log to its end, line by line, into tracing and into this tail.
    pub(crate) async fn follow(self, log: ChildStderr, pid: u32) {
        let mut reader = BufReader::new(log);
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            match (&mut reader).take(LOG_LINE).read_until(b'\n', &mut buffer).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {
                    let line = String::from_utf8_lossy(&buffer);
                    let line = line.trim_end();
                    if !line.is_empty() {
                        debug!(target: "inglenook::worker", pid, "{line}");
                        self.push(line);
                    }
                }
            }
        }
    }

    fn push(&self, line: &str) {
        let mut lines = self.0.lock().expect("no code panics while it holds this lock");
        if lines.len() == LOG_TAIL.0 {
            lines.pop_front();
        }
        lines.push_back(line.chars().take(LOG_TAIL.1).collect());
    }

    /// The lines so far, joined.
    pub(crate) fn text(&self) -> String {
        let lines = self.0.lock().expect("no code panics while it holds this lock");
        lines.iter().map(String::as_str).collect::<Vec<_>>().join("\n")
    }
}

/// Waits a moment for a reader of pipes to come to their end, and stops it if it does not.
pub(crate) async fn drain(mut reader: tokio::task::JoinHandle<()>) {
    if tokio::time::timeout(DRAIN, &mut reader).await.is_err() {
        reader.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lines_are_read_whole_and_an_unfinished_one_is_dropped() {
        let mut reader = BufReader::new(&b"one\n\ntwo"[..]);
        let mut buffer = Vec::new();
        assert_eq!(read_line(&mut reader, &mut buffer).await, Line::Whole);
        assert_eq!(buffer, b"one");
        assert_eq!(read_line(&mut reader, &mut buffer).await, Line::Whole);
        assert!(buffer.is_empty());
        assert_eq!(read_line(&mut reader, &mut buffer).await, Line::End, "its writer died in the middle of it");
    }

    #[tokio::test]
    async fn a_line_without_an_end_is_given_up_at_the_limit() {
        let mut reader = BufReader::new(tokio::io::repeat(b'x'));
        let mut buffer = Vec::new();
        assert_eq!(read_line(&mut reader, &mut buffer).await, Line::TooLong);
        assert_eq!(buffer.len() as u64, LINE, "no more than the limit is ever held");
    }

    #[test]
    fn only_the_end_of_a_long_log_is_kept() {
        let tail = LogTail::default();
        for n in 0..200 {
            tail.push(&format!("line {n} {}", "x".repeat(10_000)));
        }
        let text = tail.text();
        assert_eq!(text.lines().count(), 50);
        assert!(text.starts_with("line 150 ") && text.len() < 50 * 401, "the last fifty, each cut");
    }

    #[test]
    fn a_worker_is_given_no_secret_of_the_environment() {
        for name in ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "OPENAI_API_KEY", "aws_secret_access_key", "PGPASSWORD"] {
            assert!(names_a_secret(name), "{name}");
        }
        for name in ["PATH", "HOME", "RAYON_NUM_THREADS", "KEYBOARD", "INGLENOOK_SCRIPT"] {
            assert!(!names_a_secret(name), "{name}");
        }
    }
}
