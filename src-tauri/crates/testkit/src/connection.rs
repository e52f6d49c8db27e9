//! A connection from its first request to its end: what is answered goes out here, with whatever the plan says that
//! goes wrong with it.

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, sleep_until};

use crate::faults::What;
use crate::misled::misled;
use crate::passed::pass_on;
use crate::records::{Counts, Host, Records};
use crate::shared::Shared;
use crate::wire::{Answer, Asked, Body, Line};

/// Bytes that are handed to the socket at once.
const STEP: usize = 256 << 10;
/// How many pieces a second of a slow answer has.
const PIECES: u64 = 20;
/// As far may a slow answer fall behind before it is no longer made up for.
const BEHIND: Duration = Duration::from_millis(200);

/// Serves a client until it goes, or until a fault ends it.
pub(crate) async fn serve(shared: Arc<Shared>, host: Host, stream: TcpStream) {
    let _ = stream.set_nodelay(true);
    let records = &shared.records;
    let _open = Counted::begin(records, |counts, by| counts.connections = counts.connections.saturating_add_signed(by));
    let mut line = Line::new(stream);
    while line.open {
        let Ok(Some(asked)) = line.next(host).await else { break };
        if answer(&shared, &mut line, asked).await.is_err() {
            break;
        }
    }
    let _ = line.stream.shutdown().await;
}

/// Counts up now and down when it is dropped, however a task ends.
struct Counted<'a> {
    records: &'a Records,
    change: fn(&mut Counts, isize),
}

impl<'a> Counted<'a> {
    fn begin(records: &'a Records, change: fn(&mut Counts, isize)) -> Self {
        records.change(|counts| change(counts, 1));
        Self { records, change }
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.records.change(|counts| (self.change)(counts, -1));
    }
}

/// A request that is being answered.
struct Underway<'a> {
    records: &'a Records,
    number: usize,
}

impl Drop for Underway<'_> {
    fn drop(&mut self) {
        self.records.end(self.number);
    }
}

/// What faults do to an answer that goes out.
#[derive(Default)]
struct Effects {
    cut: Option<u64>,
    stall: Option<u64>,
    rate: Option<u64>,
    head_rate: Option<u64>,
    length: i64,
    flips: Vec<u64>,
}

async fn answer(shared: &Arc<Shared>, line: &mut Line, mut asked: Asked) -> io::Result<()> {
    asked.file = shared.file_of(&asked);
    let faults = shared.faults_of(&asked);
    let underway = Underway { records: &shared.records, number: shared.records.begin(&asked) };
    let mut effects = Effects::default();
    for fault in &faults {
        match fault {
            What::HangUp => return Err(io::ErrorKind::ConnectionAborted.into()),
            What::Late { ms } => sleep(Duration::from_millis(*ms)).await,
            What::Cut { after } => effects.cut = Some(*after),
            What::Stall { after } => effects.stall = Some(*after),
            What::Drip { bytes_per_s } => effects.rate = Some(*bytes_per_s),
            What::SlowHead { bytes_per_s } => effects.head_rate = Some(*bytes_per_s),
            What::WrongLength { by } => effects.length = *by,
            What::Flip { at } => effects.flips.push(*at),
            _ => {}
        }
    }
    let head_only = asked.head_only();
    let knows = Arc::clone(shared);
    // Hashing a large file for the first time takes a while.
    let answered = tokio::task::spawn_blocking(move || misled(&asked, &faults, |asked| knows.answer(asked)));
    let answer = answered.await.map_err(io::Error::other)?;
    shared.records.status(underway.number, answer.status);
    send(shared, line, underway.number, answer, head_only, effects).await
}

async fn send(
    shared: &Shared,
    line: &mut Line,
    number: usize,
    answer: Answer,
    head_only: bool,
    mut effects: Effects,
) -> io::Result<()> {
    line.open &= effects.length == 0;
    let head = answer.head(answer.body.length().saturating_add_signed(effects.length), line.open);
    write_head(line, &head, effects.head_rate).await?;
    if head_only {
        return Ok(());
    }
    let mut source = Source::new(answer.body);
    let mut pace = Pace { due: Instant::now() };
    let mut sent = 0;
    loop {
        if effects.cut == Some(sent) {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        if effects.stall == Some(sent) {
            effects.stall = None;
            stall(shared, line).await?;
        }
        let rate = [effects.rate, shared.throttle()].into_iter().flatten().min();
        let most = rate.map_or(STEP as u64, |rate| (rate / PIECES).clamp(1, STEP as u64));
        let edges = [effects.cut, effects.stall].into_iter().flatten();
        let most = edges.filter(|edge| *edge > sent).map(|edge| edge - sent).chain([most]).min();
        let most = most.unwrap_or(1);
        let count = match source.lying(most).filter(|_| effects.flips.is_empty()) {
            Some(Lying { file, at, count }) => {
                let count = pass_on(file, &line.stream, at, count).await?;
                shared.records.served(number, count as u64);
                count
            }
            None => {
                let piece = source.read(most, &effects.flips)?;
                hand_over(shared, line, number, piece).await?;
                piece.len()
            }
        };
        if count == 0 {
            return source.ended();
        }
        source.at += count as u64;
        sent += count as u64;
        pace.keep(count, rate).await;
    }
}

async fn write_head(line: &mut Line, head: &[u8], rate: Option<u64>) -> io::Result<()> {
    let Some(rate) = rate else { return line.write(head).await };
    let mut pace = Pace { due: Instant::now() };
    let size = usize::try_from((rate / PIECES).max(1)).unwrap_or(1);
    for piece in head.chunks(size) {
        line.write(piece).await?;
        pace.keep(piece.len(), Some(rate)).await;
    }
    Ok(())
}

/// Counts what the socket took, not what was offered.
async fn hand_over(shared: &Shared, line: &mut Line, number: usize, mut piece: &[u8]) -> io::Result<()> {
    while !piece.is_empty() {
        let count = line.stream.write(piece).await?;
        if count == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        shared.records.served(number, count as u64);
        piece = &piece[count..];
    }
    Ok(())
}

async fn stall(shared: &Shared, line: &mut Line) -> io::Result<()> {
    let mut releases = shared.releases();
    let _stalled =
        Counted::begin(&shared.records, |counts, by| counts.stalled = counts.stalled.saturating_add_signed(by));
    tokio::select! {
        released = releases.changed() => released.map_err(io::Error::other),
        () = line.gone() => Err(io::ErrorKind::ConnectionReset.into()),
    }
}

/// Waits as long as a slow answer has to.
struct Pace {
    due: Instant,
}

impl Pace {
    async fn keep(&mut self, bytes: usize, rate: Option<u64>) {
        let Some(rate) = rate.filter(|rate| *rate > 0) else { return };
        #[allow(clippy::cast_precision_loss, reason = "a pace need not be exact")]
        let takes = Duration::from_secs_f64(bytes as f64 / rate as f64);
        self.due = self.due.max(Instant::now() - BEHIND) + takes;
        sleep_until(self.due).await;
    }
}

/// A body, piece by piece.
struct Source {
    body: Body,
    /// Where the next piece begins in the body.
    at: u64,
    buffer: Vec<u8>,
}

/// A piece of a body that lies in a file, and need not be read to be sent.
struct Lying<'a> {
    file: &'a File,
    /// Its place in the file.
    at: u64,
    count: usize,
}

impl Source {
    fn new(body: Body) -> Self {
        Self { body, at: 0, buffer: Vec::new() }
    }

    fn count(&self, most: u64) -> usize {
        usize::try_from(self.body.length().saturating_sub(self.at).min(most)).unwrap_or(STEP).min(STEP)
    }

    /// The next piece as it lies on the disk, where it does.
    fn lying(&self, most: u64) -> Option<Lying<'_>> {
        let Body::Part { content, range } = &self.body else { return None };
        let file = content.file()?;
        Some(Lying { file, at: range.start + self.at, count: self.count(most) })
    }

    /// The next piece; empty at the end. `flips` are offsets in the file.
    fn read(&mut self, most: u64, flips: &[u64]) -> io::Result<&[u8]> {
        let count = self.count(most);
        let begin = match &self.body {
            Body::Bytes(bytes) => {
                let at = usize::try_from(self.at).unwrap_or(usize::MAX).min(bytes.len());
                self.buffer.clear();
                self.buffer.extend_from_slice(&bytes[at..at + count]);
                self.at
            }
            Body::Part { content, range } => {
                let begin = range.start + self.at;
                self.buffer.resize(count, 0);
                let read = content.read(begin, &mut self.buffer)?;
                self.buffer.truncate(read);
                begin
            }
        };
        let within = |flip: &u64| flip.checked_sub(begin).and_then(|at| usize::try_from(at).ok());
        for at in flips.iter().filter_map(within) {
            if let Some(byte) = self.buffer.get_mut(at) {
                *byte ^= 1;
            }
        }
        Ok(&self.buffer)
    }

    /// Whether a piece of nothing was the end, and not a file that became shorter.
    fn ended(&self) -> io::Result<()> {
        if self.at < self.body.length() { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }
}
