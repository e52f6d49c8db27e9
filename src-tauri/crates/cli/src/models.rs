//! The models: what is there, what is in memory, what goes.

use std::process::ExitCode;

use inglenook_contract::{
    ErrorCode, ErrorInfo, Freed, LoadModel, Model, ModelState, Nothing, ServerState, ServerStatus,
};
use inglenook_host::{Reached, Remote};
use serde_json::{Value, json};

use crate::naming::{self, Named};
use crate::say::{Out, can_ask, memory, size, table};

fn shown(one: &Named) -> Value {
    let Model { id, quantisation, size_bytes, architecture, context_length, state, path, .. } = &one.model;
    json!({
        "name": one.name, "title": one.model.name, "id": id, "quantisation": quantisation, "size_bytes": size_bytes,
        "architecture": architecture, "context_length": context_length, "state": state, "path": path,
        "unsupported": one.model.unsupported.as_ref().map(|error| &error.message),
    })
}

pub(crate) async fn list(app: &Reached, out: &Out) -> Result<ExitCode, ErrorInfo> {
    let all = naming::all(app).await?;
    out.answer(&all.iter().map(shown).collect::<Vec<_>>(), || {
        if all.is_empty() {
            return "No models yet. Download one with: inglenook pull publisher/name".to_owned();
        }
        let mut rows = vec![["NAME", "QUANTISATION", "SIZE", "CONTEXT", "STATE"].map(str::to_owned).to_vec()];
        rows.extend(all.iter().map(|one| {
            let model = &one.model;
            vec![
                one.typed().to_owned(),
                model.quantisation.clone().unwrap_or_default(),
                size(model.size_bytes),
                model.context_length.map(|length| length.to_string()).unwrap_or_default(),
                state(model),
            ]
        }));
        table(&rows, &[2, 3])
    });
    Ok(ExitCode::SUCCESS)
}

fn state(model: &Model) -> String {
    match (&model.state, &model.unsupported) {
        (_, Some(_)) => "cannot be run here".to_owned(),
        (ModelState::Ready { .. }, _) => "loaded".to_owned(),
        (ModelState::Loading { .. }, _) => "loading".to_owned(),
        (ModelState::Away, _) => "its disk is away".to_owned(),
        (ModelState::Failed { .. }, _) => "failed to load".to_owned(),
        (ModelState::Unloaded, _) => String::new(),
    }
}

/// The models in memory of the application that runs.
pub(crate) async fn ps(remote: Option<Remote>, out: &Out) -> Result<ExitCode, ErrorInfo> {
    let Some(remote) = remote else {
        out.answer(&json!([]), || "No Inglenook is running, so no model is in memory.".to_owned());
        return Ok(ExitCode::SUCCESS);
    };
    let app = Reached::There { remote, desktop: std::sync::Arc::new(inglenook_host::NoDesktop) };
    let all = naming::all(&app).await?;
    let loaded: Vec<&Named> = all.iter().filter(|one| matches!(one.model.state, ModelState::Ready { .. })).collect();
    out.answer(&loaded.iter().map(|one| shown(one)).collect::<Vec<_>>(), || {
        if loaded.is_empty() {
            return "No model is in memory. They are loaded when they are asked.".to_owned();
        }
        let mut rows = vec![["NAME", "MEMORY", "CONTEXT", "LEAVES"].map(str::to_owned).to_vec()];
        rows.extend(loaded.iter().filter_map(|one| match &one.model.state {
            ModelState::Ready { context_length, memory_bytes, unload_at } => Some(vec![
                one.typed().to_owned(),
                memory(*memory_bytes),
                context_length.to_string(),
                leaves(*unload_at),
            ]),
            _ => None,
        }));
        table(&rows, &[1, 2])
    });
    Ok(ExitCode::SUCCESS)
}

/// When a model goes, milliseconds since 1970-01-01 UTC.
fn leaves(unload_at: Option<i64>) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_millis();
    let left = unload_at.map(|at| at.saturating_sub(i64::try_from(now).unwrap_or(i64::MAX)) / 1000);
    match left {
        None => "stays".to_owned(),
        Some(seconds) if seconds < 90 => format!("in {} s", seconds.max(0)),
        Some(seconds) => format!("in {} min", seconds / 60),
    }
}

pub(crate) async fn remove(app: &Reached, name: &str, yes: bool, out: &Out) -> Result<ExitCode, ErrorInfo> {
    let one = naming::find(app, name).await?;
    if let Some(why) = &one.model.undeletable {
        return Err(ErrorInfo::new(ErrorCode::InvalidRequest, why.clone()));
    }
    if !yes && !agrees(&one)? {
        out.line("Nothing was deleted.");
        return Ok(ExitCode::from(1));
    }
    let freed: Freed = app.ask("model.delete", json!({ "model": one.model.id })).await?;
    out.answer(&json!({ "deleted": one.typed(), "freed_bytes": freed.bytes }), || {
        format!("Deleted {}; {} are free again.", one.typed(), size(freed.bytes))
    });
    Ok(ExitCode::SUCCESS)
}

fn agrees(one: &Named) -> Result<bool, ErrorInfo> {
    if !can_ask() {
        let words = "Nobody can be asked whether to delete it. Say --yes to delete it without a question.";
        return Err(ErrorInfo::new(ErrorCode::InvalidRequest, words));
    }
    eprint!("Delete {} ({}) for good? [y/N] ", one.model.name, size(one.model.size_bytes));
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line);
    Ok(read.is_ok() && matches!(line.trim().to_lowercase().as_str(), "y" | "yes"))
}

pub(crate) async fn load(
    app: &Reached,
    name: &str,
    anyway: bool,
    context_length: Option<u32>,
    out: &Out,
) -> Result<ExitCode, ErrorInfo> {
    let one = naming::find(app, name).await?;
    let wanted = LoadModel { model: one.model.id.clone(), anyway, context_length };
    let _: Nothing = app.ask("model.load", wanted).await?;
    let now = naming::find(app, one.model.id.as_str()).await?;
    out.answer(&shown(&now), || match &now.model.state {
        ModelState::Ready { memory_bytes, context_length, .. } => {
            format!("{} is loaded: {}, a context of {context_length}.", now.typed(), memory(*memory_bytes))
        }
        _ => format!("{} was loaded.", now.typed()),
    });
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn unload(app: &Reached, name: Option<&str>, all: bool, out: &Out) -> Result<ExitCode, ErrorInfo> {
    let models = match name {
        Some(name) if !all => vec![naming::find(app, name).await?],
        _ => {
            let loaded = |one: &Named| matches!(one.model.state, ModelState::Ready { .. } | ModelState::Loading { .. });
            naming::all(app).await?.into_iter().filter(loaded).collect()
        }
    };
    let mut names = Vec::new();
    for one in models {
        let _: Nothing = app.ask("model.unload", json!({ "model": one.model.id })).await?;
        names.push(one.typed().to_owned());
    }
    out.answer(&json!({ "unloaded": names }), || match names.as_slice() {
        [] => "No model was in memory.".to_owned(),
        names => format!("Unloaded {}.", names.join(", ")),
    });
    Ok(ExitCode::SUCCESS)
}

/// Whether the application runs, and its server. The exit code is 4 where it does not, so that scripts can ask.
pub(crate) async fn status(remote: Option<Remote>, out: &Out) -> Result<ExitCode, ErrorInfo> {
    let Some(remote) = remote else {
        out.answer(&json!({ "running": false }), || "No Inglenook is running.".to_owned());
        return Ok(ExitCode::from(4));
    };
    let app = Reached::There { remote, desktop: std::sync::Arc::new(inglenook_host::NoDesktop) };
    let status: ServerStatus = app.ask("server.status", json!({})).await?;
    out.answer(&json!({ "running": true, "server": status.state }), || match &status.state {
        ServerState::Off => "Inglenook is running; its server is off.".to_owned(),
        ServerState::Running { address, lan } => {
            let all: Vec<&str> = std::iter::once(address.as_str()).chain(lan.iter().map(String::as_str)).collect();
            format!("Inglenook is running; its server answers at {}.", all.join(", "))
        }
        ServerState::Failed { error } => format!("Inglenook is running; its server is not: {}", error.message),
    });
    Ok(ExitCode::SUCCESS)
}
