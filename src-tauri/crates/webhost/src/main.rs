//! The same host and the same page as the window's, over HTTP on loopback: for machines without a display, for
//! browser tests and for `make dev`. Nothing is served without the key that is printed at the start.

mod api;
mod guard;
mod page;

use std::io::Write as _;
use std::net::Ipv4Addr;
use std::sync::Arc;

use anyhow::Context as _;
use inglenook_host::{HostOptions, Launcher, NoDesktop, Places, Reached, Surroundings};

fn main() {
    let arguments = match Arguments::read(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(words) => refuse(&words),
    };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => refuse(&format!("the system gave no threads: {error}")),
    };
    if let Err(error) = runtime.block_on(serve(arguments)) {
        refuse(&format!("{error:#}"));
    }
}

fn refuse(words: &str) -> ! {
    eprintln!("inglenook-webhost: {words}");
    std::process::exit(1);
}

/// What the command line says.
struct Arguments {
    /// The port on 127.0.0.1; 0 lets the system choose.
    port: u16,
    /// Where a development server shows the page in this process's place.
    page: Option<String>,
}

impl Arguments {
    fn read(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self { port: 0, page: None };
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
            match word.as_str() {
                "--port" => arguments.port = value()?.parse().map_err(|_| "--port takes a number up to 65535")?,
                "--page" => arguments.page = Some(value()?),
                _ => return Err(format!("unknown word {word:?}; usage: inglenook-webhost [--port N] [--page URL]")),
            }
        }
        Ok(arguments)
    }
}

async fn serve(arguments: Arguments) -> anyhow::Result<()> {
    // First: where the port is taken, nothing has been opened or moved.
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, arguments.port))
        .await
        .with_context(|| format!("port {} on 127.0.0.1 could not be opened", arguments.port))?;
    let port = listener.local_addr()?.port();
    let places = Places::of_this_machine()?;
    let launcher = Launcher::from_environment();
    let options = HostOptions {
        places,
        launcher,
        resources: None,
        surroundings: Surroundings::of_this_process(),
        desktop: Arc::new(NoDesktop),
    };
    let host = Arc::new(Reached::open(options).await?);
    let guard = guard::Guard::new(port);
    let page = arguments.page.unwrap_or_else(|| format!("http://127.0.0.1:{port}"));
    announce(&page, &guard.entry_key());
    // Not axum's graceful end: it waits until the last stream is closed, and an open page never closes its own.
    let served = tokio::select! {
        served = axum::serve(listener, api::router(Arc::clone(&host), guard, page)).into_future() => served,
        () = asked_to_end() => Ok(()),
    };
    host.shutdown().await;
    Ok(served?)
}

/// The line that whoever started this waits for.
fn announce(page: &str, key: &str) {
    say(&format!("Inglenook is at {page}/#key={key}"));
    say("Only this machine can open it, and the key in the address works once. Ctrl+C ends Inglenook.");
}

/// The next address, once the last one was used.
pub(crate) fn announce_next(page: &str, key: &str) {
    say(&format!("It is open now. For another tab or browser: {page}/#key={key}"));
}

/// A line on the standard output. Whoever read it may have gone since, and the page that waits for its key is still to
/// have it.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Resolves when the terminal or the system asks the process to end.
async fn asked_to_end() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminated) => tokio::select! { _ = interrupted => {}, _ = terminated.recv() => {} },
            Err(_) => drop(interrupted.await),
        }
    }
    #[cfg(not(unix))]
    drop(interrupted.await);
}
