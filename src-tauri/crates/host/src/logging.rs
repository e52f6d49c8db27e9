//! The log: files in the data folder, a new one a day, the last seven kept. It tells what happened and never what
//! was said: no message text, no prompt, no title goes into a log line.

use std::path::Path;
use std::sync::OnceLock;

use inglenook_contract::LogLevel;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::reload;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Days whose log is kept.
const KEPT: usize = 7;

type Handle = reload::Handle<EnvFilter, tracing_subscriber::Registry>;

struct Log {
    filter: Handle,
    // Writes what is left when the process ends in order.
    _writer: WorkerGuard,
}

static LOG: OnceLock<Log> = OnceLock::new();

/// Begins to log into `folder`. A second call in the same process only changes the level: there is one log.
pub(crate) fn start(folder: &Path, level: LogLevel) {
    if LOG.get().is_some() {
        return set_level(level);
    }
    let files = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("inglenook")
        .filename_suffix("log")
        .max_log_files(KEPT)
        .build(folder);
    let files = match files {
        Ok(files) => files,
        Err(error) => {
            eprintln!("Inglenook writes no log: {error}");
            return;
        }
    };
    let (writer, guard) = tracing_appender::non_blocking(files);
    let (filter, handle) = reload::Layer::new(filter(level));
    let lines = tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(false);
    if tracing_subscriber::registry().with(filter).with(lines).try_init().is_ok() {
        let _ = LOG.set(Log { filter: handle, _writer: guard });
    }
}

/// Tells more or less from now on.
pub(crate) fn set_level(level: LogLevel) {
    if let Some(log) = LOG.get()
        && let Err(error) = log.filter.reload(filter(level))
    {
        tracing::warn!(%error, "the log level could not be changed");
    }
}

/// Our own crates at the level asked for, libraries only when something looks wrong.
fn filter(level: LogLevel) -> EnvFilter {
    let level = match level {
        LogLevel::Error => "error",
        LogLevel::Warn => "warn",
        LogLevel::Info => "info",
        LogLevel::Debug => "debug",
    };
    let own = ["app", "engine", "hardware", "host", "hub", "settings", "shell", "store", "webhost"];
    let directives: Vec<String> = own.iter().map(|name| format!("inglenook_{name}={level}")).collect();
    EnvFilter::new(format!("{},{}", if level == "error" { "error" } else { "warn" }, directives.join(",")))
}
