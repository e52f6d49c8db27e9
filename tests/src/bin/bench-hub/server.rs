//! The fake hub in a process of its own, as both clients meet it; and that process.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use inglenook_testkit::{Content, FakeHub, RepoSpec};

use super::headers::{far_models, far_weights};
use super::process::{Whose, cpu};
use super::table::print_line;
use super::{Failure, headers};

/// Where the file of noise lies that is downloaded: `user/repo`, and its path.
pub(crate) const NOISE: (&str, &str) = ("bench/noise", "noise.gguf");

/// Serves `noise` and what has long headers until the input ends. A line of it is `throttle BYTES_A_SECOND` (0: none)
/// or `served`, and is answered with a line of its own.
pub(crate) async fn serve(noise: &Path) -> Result<(), Failure> {
    let fake = FakeHub::start_on(0, 0)?;
    let content = Content::disk(noise)?;
    // Before anybody's time is taken, and so that all of it is in the system's cache.
    let _ = content.sha256();
    fake.add(RepoSpec::new(NOISE.0).large(NOISE.1, content));
    let claimed = || "ab".repeat(32);
    let far = far_models().into_iter().fold(RepoSpec::new(headers::GGUF), |repo, model| {
        let content = Content::generated_after(model.header, 1, model.bytes).claiming(claimed());
        repo.large(model.path, content)
    });
    fake.add(far);
    let (config, header, bytes) = far_weights();
    let weights = Content::generated_after(header, 1, bytes).claiming(claimed());
    fake.add(
        RepoSpec::new(headers::SAFETENSORS)
            .tags(["safetensors"])
            .small("config.json", config)
            .large("model.safetensors", weights),
    );
    print_line(&fake.endpoint());
    for line in std::io::stdin().lines() {
        let line = line?;
        match line.split_once(' ') {
            Some(("throttle", rate)) => {
                fake.throttle(Some(rate.parse()?).filter(|rate| *rate > 0));
                print_line("done");
            }
            _ => {
                fake.until(|now| now.answering == 0).await;
                print_line(&fake.counts().served.to_string());
            }
        }
    }
    Ok(())
}

/// The process.
pub(crate) struct Server {
    process: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// The hub's address.
    pub(crate) endpoint: String,
}

impl Server {
    /// Starts it; it serves the file `noise`.
    pub(crate) fn start(noise: &Path) -> Result<Self, Failure> {
        let mut command = Command::new(std::env::current_exe()?);
        let mut process = command.arg("--serve").arg(noise).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let orders = process.stdin.take().ok_or("the server has no input")?;
        let answers = BufReader::new(process.stdout.take().ok_or("the server has no output")?);
        let mut server = Self { process, orders, answers, endpoint: String::new() };
        server.endpoint = server.answer()?;
        Ok(server)
    }

    fn answer(&mut self) -> Result<String, Failure> {
        let mut line = String::new();
        match self.answers.read_line(&mut line)? {
            0 => Err("the server has ended".into()),
            _ => Ok(line.trim().to_owned()),
        }
    }

    fn ask(&mut self, order: &str) -> Result<String, Failure> {
        writeln!(self.orders, "{order}")?;
        self.answer()
    }

    /// Limits every connection, bytes a second; 0 takes the limit away.
    pub(crate) fn throttle(&mut self, bytes_per_s: u64) -> Result<(), Failure> {
        self.ask(&format!("throttle {bytes_per_s}")).map(drop)
    }

    /// Bytes of all bodies that it handed to sockets so far, when no answer is on its way any more.
    pub(crate) fn served(&mut self) -> Result<u64, Failure> {
        Ok(self.ask("served")?.parse()?)
    }

    /// Which process it is.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Processor time that it took so far.
    pub(crate) fn cpu(&self) -> Option<Duration> {
        cpu(Whose::Process(self.id()))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
