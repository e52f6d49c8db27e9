//! What downloads: ours, as the application does it, and curl.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use inglenook_hub::download::{ModelsFolder, Order, OrderedFile, Progress, Settings, run};
use inglenook_hub::remote::{FileRef, Hub, RepoId, RepoPath};
use inglenook_net::{Net, NetSettings};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::Failure;
use super::server::NOISE;

/// A client of the hub at `endpoint`.
pub(crate) fn hub(endpoint: &str) -> Result<Hub, Failure> {
    let net = Net::new(NetSettings::default(), Arc::new(|_| {}))?;
    Ok(Hub::new(net, endpoint, Arc::new(|| None))?)
}

/// A file of a repository's newest commit.
pub(crate) fn file(repo: &str, path: &str) -> Result<FileRef, Failure> {
    Ok(FileRef { repo: RepoId::parse(repo)?, revision: "main".to_owned(), path: RepoPath::parse(path)? })
}

/// Downloads the file of noise into a folder for models, with the application's own settings.
pub(crate) async fn fetch(endpoint: &str, folder: &Path) -> Result<(), Failure> {
    let hub = hub(endpoint)?;
    let file = file(NOISE.0, NOISE.1)?;
    let resolved = hub.resolve(&file, "Measurement").await?;
    let order = Order {
        id: "bench".to_owned(),
        repo: file.repo,
        commit: resolved.commit,
        files: vec![OrderedFile { path: file.path, bytes: resolved.bytes, sha256: resolved.sha256 }],
    };
    let progress = watch::channel(Progress::default()).0;
    run(&hub, &order, &ModelsFolder::new(folder), &Settings::default(), &progress, CancellationToken::new()).await?;
    Ok(())
}

/// The same as a process.
pub(crate) fn ours(endpoint: &str, folder: &Path) -> Result<Command, Failure> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("--fetch").arg(endpoint).arg(folder);
    Ok(command)
}

/// What a person types who wants what ours does for them: a download that is compared with its sum.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Checking {
    /// curl, and then the sum of its file.
    After(&'static str),
    /// curl into `tee`, which writes the file and hands the bytes to the program that sums.
    Meanwhile(&'static str),
}

impl Checking {
    /// As it stands in a table.
    pub(crate) fn name(self) -> String {
        match self {
            Self::After(sum) => format!("curl, then {sum}"),
            Self::Meanwhile(sum) => format!("curl | tee | {sum}"),
        }
    }

    /// The line for a shell, which checks that the sum is `sha256`.
    pub(crate) fn command(self, endpoint: &str, into: &Path, sha256: &str) -> Command {
        let mut command = Command::new("bash");
        let fetch = "set -o pipefail; curl -sSfL --noproxy '*'";
        let line = match self {
            Self::After(sum) => format!("{fetch} -o \"$2\" \"$1\" && {sum} \"$2\" | grep -q \"$3\""),
            Self::Meanwhile(sum) => format!("{fetch} \"$1\" | tee \"$2\" | {sum} | grep -q \"$3\""),
        };
        let url = format!("{endpoint}/{}/resolve/main/{}", NOISE.0, NOISE.1);
        command.args(["-c", &line, "bash", &url]).arg(into).arg(sha256);
        command
    }
}

/// curl, with one connection; `into` is a file.
pub(crate) fn curl(endpoint: &str, (repo, path): (&str, &str), into: &Path) -> Command {
    let mut command = Command::new("curl");
    command.args(["--silent", "--show-error", "--fail", "--location", "--noproxy", "*", "--output"]).arg(into);
    command.arg(format!("{endpoint}/{repo}/resolve/main/{path}"));
    command
}
