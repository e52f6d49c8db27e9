//! A file of 1 GiB: our downloader with its eight parts against curl with its one connection, where each connection is
//! slow and where none is.
//!
//! Both clients are processes, start to end, and write into the same folder, which is emptied between. Ours ends when
//! the file's SHA-256 was found right, the file is safe on the disk and lies in its place; curl ends when the system
//! has taken its bytes. So where no connection is slow there are also the lines that a person would type to have the
//! sum checked: with the program that every system has, and with OpenSSL's, which uses the processor's instructions
//! for it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use inglenook_testkit::Content;
use tempfile::TempDir;

use super::Failure;
use super::clients::{Checking, curl, ours};
use super::process::{Meanwhile, Took, run, settle};
use super::server::{NOISE, Server};
use super::table::{Figures, cpu_seconds, print_foot, print_head, print_line, print_row, seconds, time};

/// Bytes of the file.
const SIZE: u64 = 1 << 30;
/// Bytes a second on each connection, where it is slow.
const SLOW: u64 = 20_000_000;
/// Rounds where it is slow; curl takes a minute for one.
const SLOW_ROUNDS: usize = 2;
/// Rounds where it is not.
const ROUNDS: usize = 9;
/// What else the bytes of a download are checked with, each in every round.
const CHECKED: [Checking; 4] = [
    Checking::After("sha256sum"),
    Checking::Meanwhile("sha256sum"),
    Checking::After("openssl dgst -sha256"),
    Checking::Meanwhile("openssl dgst -sha256"),
];
/// Rounds of these.
const CHECKED_ROUNDS: usize = 5;
/// A folder in memory, on the systems that have one.
const MEMORY: &str = "/dev/shm";
/// Bytes that have to be free there: what is served, what is written, and air.
const MEMORY_NEEDED: u64 = 4 << 30;

/// Where both write.
struct Place {
    name: &'static str,
    folder: TempDir,
}

impl Place {
    fn new(name: &'static str, within: &Path) -> Result<Self, Failure> {
        Ok(Self { name, folder: tempfile::Builder::new().prefix("hub-").tempdir_in(within)? })
    }

    /// The one in memory, where there is one with room.
    fn in_memory() -> Result<Option<Self>, Failure> {
        let free = available_bytes(Path::new(MEMORY)).unwrap_or(0);
        if free < MEMORY_NEEDED { Ok(None) } else { Self::new("memory", Path::new(MEMORY)).map(Some) }
    }
}

/// What is free where `folder` lies, as `df` says.
fn available_bytes(folder: &Path) -> Option<u64> {
    let output = Command::new("df").args(["--output=avail", "--block-size=1"]).arg(folder).output().ok()?;
    String::from_utf8(output.stdout).ok()?.lines().nth(1)?.trim().parse().ok()
}

/// One round.
struct Round {
    ours: Took,
    curl: Took,
    /// What curl's file still takes until it is safe on the disk.
    curl_sync: Took,
    /// Processor time of the server, for ours and for curl.
    server: [Option<Duration>; 2],
}

/// Ours, and each of [`CHECKED`].
struct CheckedRound {
    ours: Took,
    peers: Vec<Took>,
}

/// Measures and prints.
pub(crate) fn measure(cache: &Path) -> Result<(), Failure> {
    let disk = Place::new("disk", cache)?;
    let memory = Place::in_memory()?;
    // From memory where there is room, so that the server does not take part of the disk's time.
    let shelf = memory.as_ref().unwrap_or(&disk);
    let noise = noise(shelf.folder.path())?;
    let mut server = Server::start(&noise)?;
    let lies = if memory.is_some() { "in memory" } else { "on the disk" };
    print_head(&format!("Downloads of 1 GiB; the server on this machine, its file {lies}"), "curl");
    server.throttle(SLOW)?;
    slow(&mut server, &disk)?;
    server.throttle(0)?;
    let sha256 = Content::disk(&noise)?.sha256();
    for place in [Some(&disk), memory.as_ref()].into_iter().flatten() {
        fast(&mut server, place)?;
    }
    checked(&server, &disk, &sha256)?;
    if memory.is_none() {
        print_line(&format!("  no room in {MEMORY}: not measured there"));
    }
    Ok(())
}

fn noise(folder: &Path) -> Result<PathBuf, Failure> {
    let path = folder.join("served.gguf");
    let (content, mut file) = (Content::generated(7, SIZE), std::fs::File::create(&path)?);
    let mut buffer = vec![0; 1 << 20];
    let mut at = 0;
    while let count @ 1.. = content.read(at, &mut buffer)? {
        file.write_all(buffer.get(..count).unwrap_or_default())?;
        at += count as u64;
    }
    Ok(path)
}

fn slow(server: &mut Server, place: &Place) -> Result<(), Failure> {
    let meanwhile = Meanwhile::begin(Some(server.id()));
    let rounds = rounds(server, place, SLOW_ROUNDS)?;
    print_speed(&format!("{} MB/s a connection, 8 parts, {}", SLOW / 1_000_000, place.name), &rounds, "≥ 7");
    print_foot(meanwhile, Some(server.id()));
    Ok(())
}

fn fast(server: &mut Server, place: &Place) -> Result<(), Failure> {
    let meanwhile = Meanwhile::begin(Some(server.id()));
    let rounds = rounds(server, place, ROUNDS)?;
    print_speed(&format!("unthrottled, 8 parts, {}", place.name), &rounds, "≥ 0.8");
    let safe = Figures::of(&rounds, |round| rate(seconds(&round.curl) + seconds(&round.curl_sync)));
    let ours = Figures::of(&rounds, |round| rate(seconds(&round.ours)));
    print_row("  against curl and then sync of its file", &speed(&ours), &speed(&safe), &ours.ratio_to(&safe), "");
    print_foot(meanwhile, Some(server.id()));
    Ok(())
}

fn checked(server: &Server, place: &Place, sha256: &str) -> Result<(), Failure> {
    let meanwhile = Meanwhile::begin(Some(server.id()));
    let rounds: Vec<CheckedRound> =
        (0..CHECKED_ROUNDS).map(|number| checked_round(server, place, sha256, number)).collect::<Result<_, _>>()?;
    print_line(&format!("unthrottled, {}, against what checks the sum too:", place.name));
    for (which, peer) in CHECKED.iter().enumerate() {
        let ours = Figures::of(&rounds, |round| rate(seconds(&round.ours)));
        let peers = Figures::of(&rounds, |round| round.peers.get(which).map_or(f64::NAN, |took| rate(seconds(took))));
        let name = format!("  {}", peer.name());
        print_row(&name, &speed(&ours), &speed(&peers), &ours.ratio_to(&peers), "");
        let ours = Figures::of(&rounds, |round| cpu_seconds(&round.ours));
        let peers = Figures::of(&rounds, |round| round.peers.get(which).map_or(f64::NAN, cpu_seconds));
        print_row("    processor time", &time(ours.median()), &time(peers.median()), &ours.ratio_to(&peers), "");
    }
    print_foot(meanwhile, Some(server.id()));
    Ok(())
}

/// All once; ours first in every other round, last in the rest.
fn checked_round(server: &Server, place: &Place, sha256: &str, number: usize) -> Result<CheckedRound, Failure> {
    let own = || one(server, || download_ours(&server.endpoint, place)).map(|(took, _)| took);
    let first = if number.is_multiple_of(2) { Some(own()?) } else { None };
    let peers = CHECKED.iter().map(|peer| download_checked(server, place, *peer, sha256)).collect::<Result<_, _>>()?;
    let ours = match first {
        Some(took) => took,
        None => own()?,
    };
    Ok(CheckedRound { ours, peers })
}

fn download_checked(server: &Server, place: &Place, how: Checking, sha256: &str) -> Result<Took, Failure> {
    let file = place.folder.path().join("checked.gguf");
    let (took, _) = one(server, || run(&mut how.command(&server.endpoint, &file, sha256)))?;
    whole(&file)?;
    std::fs::remove_file(file)?;
    Ok(took)
}

fn rate(seconds: f64) -> f64 {
    SIZE as f64 / seconds
}

fn speed(rates: &Figures) -> String {
    format!("{:.0} MB/s", rates.median() / 1e6)
}

fn print_speed(name: &str, rounds: &[Round], target: &str) {
    let ours = Figures::of(rounds, |round| rate(seconds(&round.ours)));
    let curl = Figures::of(rounds, |round| rate(seconds(&round.curl)));
    print_row(name, &speed(&ours), &speed(&curl), &ours.ratio_to(&curl), target);
    let ours = Figures::of(rounds, |round| cpu_seconds(&round.ours));
    let curl = Figures::of(rounds, |round| cpu_seconds(&round.curl));
    print_row("  processor time of the client", &time(ours.median()), &time(curl.median()), &ours.ratio_to(&curl), "");
    let server =
        |which: usize| Figures::of(rounds, |round| round.server[which].map_or(f64::NAN, |cpu| cpu.as_secs_f64()));
    let (ours, curl) = (server(0), server(1));
    print_row("  processor time of the server", &time(ours.median()), &time(curl.median()), &ours.ratio_to(&curl), "");
}

fn rounds(server: &mut Server, place: &Place, count: usize) -> Result<Vec<Round>, Failure> {
    (0..count).map(|number| round(server, place, number % 2 == 0)).collect()
}

/// Both once, in this order or the other.
fn round(server: &mut Server, place: &Place, ours_first: bool) -> Result<Round, Failure> {
    let mut by_ours = None;
    if ours_first {
        by_ours = Some(one(server, || download_ours(&server.endpoint, place))?);
    }
    let ((curl, curl_sync), server_curl) = one(server, || download_curl(&server.endpoint, place))?;
    let (ours, server_ours) = match by_ours {
        Some(measured) => measured,
        None => one(server, || download_ours(&server.endpoint, place))?,
    };
    Ok(Round { ours, curl, curl_sync, server: [server_ours, server_curl] })
}

/// What a download takes, and what processor time the server takes for it.
fn one<T>(server: &Server, download: impl FnOnce() -> Result<T, Failure>) -> Result<(T, Option<Duration>), Failure> {
    settle()?;
    let before = server.cpu();
    let took = download()?;
    Ok((took, server.cpu().zip(before).and_then(|(after, before)| after.checked_sub(before))))
}

fn download_ours(endpoint: &str, place: &Place) -> Result<Took, Failure> {
    let models = place.folder.path().join("models");
    let took = run(&mut ours(endpoint, &models)?)?;
    whole(&models.join(NOISE.0).join(NOISE.1))?;
    std::fs::remove_dir_all(models)?;
    Ok(took)
}

fn download_curl(endpoint: &str, place: &Place) -> Result<(Took, Took), Failure> {
    let file = place.folder.path().join("curl.gguf");
    let took = run(&mut curl(endpoint, NOISE, &file))?;
    whole(&file)?;
    let sync = run(Command::new("sync").arg(&file))?;
    std::fs::remove_file(file)?;
    Ok((took, sync))
}

fn whole(file: &Path) -> Result<(), Failure> {
    match std::fs::metadata(file)?.len() {
        SIZE => Ok(()),
        other => Err(format!("{} has {other} bytes", file.display()).into()),
    }
}
