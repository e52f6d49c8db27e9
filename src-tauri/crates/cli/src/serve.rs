//! `inglenook serve`: the application without its window, until it is told to end.

use std::process::ExitCode;

use inglenook_contract::{ErrorInfo, ServerState, ServerStatus, Settings};
use inglenook_host::Reached;
use serde_json::json;

use crate::commands::Serve;
use crate::say::Out;

pub(crate) async fn serve(app: &Reached, options: &Serve, out: &Out) -> Result<ExitCode, ErrorInfo> {
    let before: ServerStatus = app.ask("server.status", json!({})).await?;
    let mut settings: Settings = app.ask("settings.get", json!({})).await?;
    let set = settings.server.clone();
    settings.server.port = options.port.unwrap_or(set.port);
    settings.server.lan |= options.lan;
    settings.server.require_token |= options.require_token;
    if settings.server != set {
        let _: Settings = app.ask("settings.save", settings).await?;
    }
    let status: ServerStatus = app.ask("server.switch", json!({ "on": true })).await?;
    let (address, lan) = match status.state {
        ServerState::Running { address, lan } => (address, lan),
        ServerState::Failed { error } => return Err(error),
        ServerState::Off => return Ok(ExitCode::FAILURE),
    };
    out.answer(&json!({ "address": address, "lan": lan, "own_process": app.is_here() }), || {
        let mut words = format!("Inglenook answers at {address} (OpenAI: {address}/v1). Ctrl+C ends it.");
        for address in &lan {
            words.push_str(&format!("\nOther machines reach it at {address}."));
        }
        if !app.is_here() {
            words.push_str("\nIt is the Inglenook that was running already; that one goes on after Ctrl+C.");
        }
        words
    });
    asked_to_end().await;
    // A server that was on before this command is left on.
    if !app.is_here() && matches!(before.state, ServerState::Off) {
        let _: ServerStatus = app.ask("server.switch", json!({ "on": false })).await?;
    }
    out.line("Ended.");
    Ok(ExitCode::SUCCESS)
}

/// Resolves when the terminal or the system asks the process to end.
pub(crate) async fn asked_to_end() {
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
