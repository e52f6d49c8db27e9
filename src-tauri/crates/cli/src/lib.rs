//! The command line: the same application without its window.
//!
//! A command asks the application that has the data open, be it a window or `inglenook serve`; where none runs, it is
//! started for as long as the command takes. What is asked is the contract, as the window asks it.

mod chat;
mod commands;
mod models;
mod naming;
mod pull;
mod say;
mod serve;
mod tokens;

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;
use inglenook_contract::{ErrorCode, ErrorInfo};
use inglenook_host::{HostOptions, Launcher, NoDesktop, Places, Reached, Surroundings};

use crate::commands::{Command, Line};
use crate::say::Out;

/// Whether this is a command line for the application without its window: it begins with a word, or asks for help or
/// JSON. A bare start, a link, a file and what a desktop adds on its own open the window.
#[must_use]
pub fn is_meant(mut arguments: impl Iterator<Item = String>) -> bool {
    arguments.next().is_some_and(|first| {
        let word =
            !first.starts_with('-') && first.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
        (word && !first.is_empty()) || ["-h", "--help", "-V", "--version", "--json"].contains(&first.as_str())
    })
}

/// Runs the command that the process was started with.
#[must_use]
pub fn run() -> ExitCode {
    let line = match Line::try_parse() {
        Ok(line) => line,
        Err(told) => {
            // Help and version are no errors; clap knows which is which, and where each is written.
            let _ = told.print();
            return ExitCode::from(u8::try_from(told.exit_code()).unwrap_or(2));
        }
    };
    let out = Out::new(line.json);
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return out.failed(&ErrorInfo::new(ErrorCode::Internal, format!("no threads: {error}"))),
    };
    let ended = runtime.block_on(carry_out(line.command, &out));
    // What still waits for a line of the terminal would keep the process.
    runtime.shutdown_background();
    match ended {
        Ok(code) => code,
        Err(error) => out.failed(&error),
    }
}

async fn carry_out(command: Command, out: &Out) -> Result<ExitCode, ErrorInfo> {
    match command {
        Command::Completions { shell } => {
            commands::completions(shell);
            return Ok(ExitCode::SUCCESS);
        }
        // These are about what runs, and start nothing.
        Command::Status => return models::status(Reached::running(Places::of_this_machine()?).await?, out).await,
        Command::Ps => return models::ps(Reached::running(Places::of_this_machine()?).await?, out).await,
        Command::Load { .. } | Command::Unload { .. }
            if Reached::running(Places::of_this_machine()?).await?.is_none() =>
        {
            let words = "No Inglenook is running that could keep a model in memory. Start it, or run: inglenook serve";
            return Err(ErrorInfo::new(ErrorCode::Unavailable, words));
        }
        _ => {}
    }
    let app = open().await?;
    let ended = ask(&app, command, out).await;
    app.shutdown().await;
    ended
}

async fn open() -> Result<Reached, ErrorInfo> {
    Reached::open(HostOptions {
        places: Places::of_this_machine()?,
        launcher: Launcher::from_environment(),
        resources: resources(),
        surroundings: Surroundings::of_this_process(),
        desktop: Arc::new(NoDesktop),
    })
    .await
}

/// Where a bundle keeps what ships with the application, beside its program: as Tauri lays it out.
fn resources() -> Option<std::path::PathBuf> {
    let program = std::env::current_exe().ok()?;
    let folder = program.parent()?;
    let places = [folder.join("../lib/inglenook"), folder.join("../lib/Inglenook"), folder.join("../Resources")];
    places.into_iter().find(|place| place.join("models").is_dir())
}

async fn ask(app: &Reached, command: Command, out: &Out) -> Result<ExitCode, ErrorInfo> {
    match command {
        Command::Serve(options) => serve::serve(app, &options, out).await,
        Command::Models => models::list(app, out).await,
        Command::Pull { what } => pull::pull(app, &what, out).await,
        Command::Rm { model, yes } => models::remove(app, &model, yes, out).await,
        Command::Load { model, anyway, context } => models::load(app, &model, anyway, context, out).await,
        Command::Unload { model, all } => models::unload(app, model.as_deref(), all, out).await,
        Command::Chat { model, prompt, system, thinking } => {
            let asked = chat::Asked { model, prompt: prompt.join(" "), system, thinking };
            chat::chat(app, asked, out).await
        }
        Command::Token { what } => tokens::tokens(app, what, out).await,
        Command::Status | Command::Ps | Command::Completions { .. } => Ok(ExitCode::SUCCESS),
    }
}
