//! The log: files in the data folder, a new one a day, the last seven kept. It tells what happened and never what
//! was said: no message text, no prompt, no title goes into a log line.

use std::path::Path;
use std::sync::OnceLock;

use inglenook_contract::LogLevel;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::reload;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Days whose log is kept.
const KEPT: usize = 7;

type Handle = reload::Handle<EnvFilter, tracing_subscriber::Registry>;

static LOG: OnceLock<Handle> = OnceLock::new();

/// What is told until the settings are read.
const AT_FIRST: LogLevel = LogLevel::Info;

/// Begins to log into `folder`. A second call in the same process only changes the level: there is one log.
pub(crate) fn start(folder: &Path) {
    if LOG.get().is_some() {
        return set_level(AT_FIRST);
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
    let (filter, handle) = reload::Layer::new(filter(AT_FIRST));
    // Each line goes to the system at once, for the last ones before an end of any kind are those that are asked for.
    // They are few; a thread that writes them later would lose them.
    let lines = tracing_subscriber::fmt::layer().with_writer(files).with_ansi(false);
    if tracing_subscriber::registry().with(filter).with(lines).try_init().is_ok() {
        let _ = LOG.set(handle);
    }
}

/// Tells more or less from now on.
pub(crate) fn set_level(level: LogLevel) {
    if let Some(handle) = LOG.get()
        && let Err(error) = handle.reload(filter(level))
    {
        tracing::warn!(%error, "the log level could not be changed");
    }
}

/// Our own crates at the level asked for, libraries only when something looks wrong. What workers write
/// (`inglenook::worker`) is in neither: the words of an engine's panic may quote a chat.
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
