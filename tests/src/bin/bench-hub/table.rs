//! The rows: what ours took, what the peer took, and how they stand to each other.

use super::process::{Meanwhile, Took};

/// Prints a line of the output.
#[expect(clippy::print_stdout, reason = "the figures are this program's output")]
pub(crate) fn print_line(line: &str) {
    println!("{line}");
}

/// Prints the head of a table, below its title.
pub(crate) fn print_head(title: &str, peer: &str) {
    print_line("");
    print_line(title);
    print_row("", "ours", peer, "ratio (of the rounds)", "target");
}

/// Prints below a table what others did meanwhile.
pub(crate) fn print_foot(meanwhile: Option<Meanwhile>, server: Option<u32>) {
    if let Some(words) = meanwhile.and_then(|meanwhile| meanwhile.words(server)) {
        print_line(&words);
    }
}

/// Prints a row.
pub(crate) fn print_row(name: &str, ours: &str, peer: &str, ratio: &str, target: &str) {
    print_line(format!("{name:<52} {ours:>12} {peer:>12}  {ratio:<22} {target}").trim_end());
}

/// A figure of several rounds.
#[derive(Clone, Debug)]
pub(crate) struct Figures(pub(crate) Vec<f64>);

impl Figures {
    /// Of each round's, something.
    pub(crate) fn of<T>(rounds: &[T], figure: impl Fn(&T) -> f64) -> Self {
        Self(rounds.iter().map(figure).collect())
    }

    /// The one in the middle, between the two that are; not a number of none.
    pub(crate) fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let at = |index: usize| sorted.get(index).copied().unwrap_or(f64::NAN);
        (at(sorted.len() / 2) + at(sorted.len().saturating_sub(1) / 2)) / 2.0
    }

    /// The ratio of the medians to each other, and the least and the most of the single rounds'.
    pub(crate) fn ratio_to(&self, peer: &Self) -> String {
        let each: Vec<f64> = self.0.iter().zip(&peer.0).map(|(ours, peer)| ours / peer).collect();
        let least = each.iter().copied().fold(f64::INFINITY, f64::min);
        let most = each.iter().copied().fold(0.0, f64::max);
        format!("{:.2} ({least:.2}–{most:.2})", self.median() / peer.median())
    }
}

/// Seconds by the clock.
pub(crate) fn seconds(took: &Took) -> f64 {
    took.wall.as_secs_f64()
}

/// Seconds of processor time; not a number where the system does not tell.
pub(crate) fn cpu_seconds(took: &Took) -> f64 {
    took.cpu.map_or(f64::NAN, |cpu| cpu.as_secs_f64())
}

/// A time in words, for seconds.
pub(crate) fn time(seconds: f64) -> String {
    match seconds {
        _ if seconds.is_nan() => "not told".to_owned(),
        _ if seconds < 1.0 => format!("{:.0} ms", seconds * 1_000.0),
        _ => format!("{seconds:.2} s"),
    }
}

/// Bytes in words.
pub(crate) fn megabytes(bytes: u64) -> String {
    format!("{:.2} MB", bytes as f64 / 1e6)
}
