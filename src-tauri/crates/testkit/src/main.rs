//! `inglenook-fakehub`: the fake hub with its demo catalogue as a program, for developing and for other clients.
//!
//! It prints one line of JSON with its addresses, then answers every line of its standard input with one line, and
//! ends with its input. What a line may say is [`Order`].

use std::io::{self, BufRead as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use inglenook_testkit::{Content, FakeHub, Fault, File, demo};
use serde::Deserialize;
use serde_json::{Value, json};

const USAGE: &str = "inglenook-fakehub [--port N] [--cdn-port N] [--spec FILE.json] [--real FILE.gguf] [--honest]";
/// A token that may read everything, and one that may read nothing but what is open.
const TOKENS: [&str; 2] = ["hf_reader", "hf_stranger"];

/// A line of the standard input, as `{"set": {"host": "cdn", "what": {"kind": "cut", "after": 1000}}}` or `"report"`.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Order {
    /// Sets a fault.
    Set(Fault),
    /// Takes all faults away.
    Clear,
    /// Lets what stalls go on.
    Release,
    /// Limits every connection, in bytes a second; 0 takes the limit away.
    Throttle(u64),
    /// Lets all signed addresses expire.
    Expire,
    /// Adds a token: its name, and what it may read.
    Token { token: String, name: String, reads: Vec<String> },
    /// Changes a file: a small one by its text, a large one by the length of its noise in bytes or by a file on the disk.
    Update { repo: String, path: String, text: Option<String>, bytes: Option<u64>, file: Option<PathBuf> },
    /// Gives a repository another name.
    Rename { old: String, new: String },
    /// Limits pages: rows of a list, files of a listing.
    Pages { rows: usize, files: usize },
    /// Tells what was asked and served so far.
    Report,
}

#[derive(Default)]
struct Options {
    port: u16,
    cdn_port: u16,
    spec: Option<PathBuf>,
    real: Option<PathBuf>,
    honest: bool,
}

impl Options {
    fn read(mut args: impl Iterator<Item = String>) -> Option<Self> {
        let mut options = Self::default();
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--port" => options.port = args.next()?.parse().ok()?,
                "--cdn-port" => options.cdn_port = args.next()?.parse().ok()?,
                "--spec" => options.spec = Some(args.next()?.into()),
                "--real" => options.real = Some(args.next()?.into()),
                "--honest" => options.honest = true,
                _ => return None,
            }
        }
        Some(options)
    }
}

fn main() -> ExitCode {
    let Some(options) = Options::read(std::env::args().skip(1)) else {
        let _ = writeln!(io::stderr(), "{USAGE}");
        return ExitCode::from(2);
    };
    match serve(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(options: &Options) -> io::Result<()> {
    let hub = FakeHub::start_on(options.port, options.cdn_port)?;
    let mut all = Vec::new();
    let repos = match &options.spec {
        Some(path) => demo::from_json(&std::fs::read_to_string(path)?, options.honest)?,
        None => demo::repos(options.honest)?,
    };
    for repo in repos {
        all.push(repo.id().to_owned());
        hub.add(repo);
    }
    if let Some(path) = &options.real {
        hub.add(demo::real(Path::new(path))?);
    }
    let [reader, stranger] = TOKENS;
    all.iter().fold(hub.token(reader).named("ada"), |token, repo| token.may_read(repo));
    hub.token(stranger).named("grace");
    let mut out = io::stdout().lock();
    let tokens = json!({"reader": reader, "stranger": stranger});
    writeln!(out, "{}", json!({"endpoint": hub.endpoint(), "cdn": hub.cdn(), "tokens": tokens}))?;
    out.flush()?;
    for line in io::stdin().lock().lines() {
        let line = line?;
        let answer = match serde_json::from_str(&line) {
            Ok(order) => obey(&hub, order),
            Err(error) => json!({"error": error.to_string()}),
        };
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn obey(hub: &FakeHub, order: Order) -> Value {
    match order {
        Order::Set(fault) => hub.fault(fault),
        Order::Clear => hub.clear_faults(),
        Order::Release => hub.release(),
        Order::Throttle(rate) => hub.throttle(Some(rate).filter(|rate| *rate > 0)),
        Order::Expire => hub.expire_signatures(),
        Order::Token { token, name, reads } => {
            reads.iter().fold(hub.token(&token).named(&name), |token, repo| token.may_read(repo));
        }
        Order::Update { repo, path, text, bytes, file } => {
            return new_content(text, bytes, file.as_deref()).map_or_else(
                |error| json!({ "error": error.to_string() }),
                |file| match hub.update(&repo, [(path, file)]) {
                    Some(commit) => json!({"commit": commit}),
                    None => json!({"error": "There is no such repository."}),
                },
            );
        }
        Order::Rename { old, new } => hub.rename(&old, &new),
        Order::Pages { rows, files } => hub.page_sizes(rows, files),
        Order::Report => {
            return json!({
                "requests": hub.requests(),
                "served": hub.served_by_file(),
                "counts": hub.counts(),
                "authorised_on_cdn": hub.authorised_on_cdn(),
            });
        }
    }
    json!({"ok": true})
}

fn new_content(text: Option<String>, bytes: Option<u64>, file: Option<&Path>) -> io::Result<File> {
    match (text, bytes, file) {
        (Some(text), None, None) => Ok(File::small(text)),
        (None, Some(bytes), None) => Ok(File::large(Content::generated(bytes, bytes))),
        (None, None, Some(file)) => Ok(File::large(Content::disk(file)?)),
        _ => Err(io::Error::other("A file is either a text, a number of bytes, or a file on the disk.")),
    }
}
