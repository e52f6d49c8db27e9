//! What a command says: words for people on a terminal, JSON for programs, failures with an exit code.

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use inglenook_contract::{ErrorCode, ErrorInfo};
use serde::Serialize;

/// Where a command speaks.
pub(crate) struct Out {
    pub(crate) json: bool,
}

impl Out {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// A line for people; programs that asked for JSON are spared it.
    pub(crate) fn line(&self, words: &str) {
        if !self.json {
            write(&format!("{words}\n"));
        }
    }

    /// What a program that asked for JSON gets; `words` for people.
    pub(crate) fn answer(&self, value: &impl Serialize, words: impl FnOnce() -> String) {
        if self.json {
            write(&format!("{}\n", serde_json::to_string_pretty(value).unwrap_or_default()));
        } else {
            let words = words();
            if !words.is_empty() {
                write(&format!("{words}\n"));
            }
        }
    }

    /// One JSON value a line, of several.
    pub(crate) fn event(&self, value: &impl Serialize) {
        if self.json {
            write(&format!("{}\n", serde_json::to_string(value).unwrap_or_default()));
        }
    }

    /// Text as it comes.
    pub(crate) fn piece(&self, text: &str) {
        if !self.json {
            write(text);
        }
    }

    /// Tells a failure and gives its exit code.
    pub(crate) fn failed(&self, error: &ErrorInfo) -> ExitCode {
        if self.json {
            eprintln!("{}", serde_json::json!({ "error": error }));
        } else {
            eprintln!("inglenook: {}", error.message);
            if let Some(detail) = &error.detail {
                eprintln!("{detail}");
            }
        }
        ExitCode::from(exit_code(error.code))
    }
}

/// Written whole and at once. Whoever read it may have gone, which is no failure of the command.
fn write(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Whether a person can be asked.
pub(crate) fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// As `--help` tells them.
fn exit_code(code: ErrorCode) -> u8 {
    match code {
        ErrorCode::InvalidRequest => 2,
        ErrorCode::NotFound | ErrorCode::ModelMissing | ErrorCode::NoModel => 3,
        ErrorCode::Unavailable | ErrorCode::Busy => 4,
        ErrorCode::OutOfMemory | ErrorCode::DiskFull => 5,
        ErrorCode::NetworkOff
        | ErrorCode::Unreachable
        | ErrorCode::RateLimited
        | ErrorCode::AccessNeeded
        | ErrorCode::HubFailed
        | ErrorCode::DownloadDamaged => 6,
        ErrorCode::Cancelled => 130,
        _ => 1,
    }
}

/// Rows in columns, the first row their titles. Numbers of a column may stand right.
pub(crate) fn table(rows: &[Vec<String>], right: &[usize]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let lines = rows.iter().map(|row| {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
            let room = " ".repeat(width.saturating_sub(cell.chars().count()));
            if right.contains(&column) { format!("{room}{cell}") } else { format!("{cell}{room}") }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Bytes of a file, in units of 10^3.
pub(crate) fn size(bytes: u64) -> String {
    scaled(bytes, 1e3)
}

/// Bytes of memory, in units of 2^10.
pub(crate) fn memory(bytes: u64) -> String {
    scaled(bytes, 1024.0)
}

#[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
fn scaled(bytes: u64, step: f64) -> String {
    let mut value = bytes as f64;
    let mut unit = "B";
    for next in ["kB", "MB", "GB", "TB"] {
        if value < step {
            break;
        }
        value /= step;
        unit = next;
    }
    if unit == "B" || value >= 100.0 { format!("{value:.0} {unit}") } else { format!("{value:.1} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other() {
        let rows = [vec!["Name".into(), "Size".into()], vec!["größer".into(), "7 B".into()]];
        assert_eq!(table(&rows, &[1]), "Name    Size\ngrößer   7 B");
    }

    #[test]
    fn sizes_are_read_by_people() {
        assert_eq!(size(999), "999 B");
        assert_eq!(size(2_500_000_000), "2.5 GB");
        assert_eq!(memory(1 << 30), "1.0 GB");
    }
}
