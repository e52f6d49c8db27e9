//! `inglenook pull`: a model from the hub, with its progress.

use std::process::ExitCode;
use std::time::Duration;

use futures::StreamExt as _;
use indicatif::{ProgressBar, ProgressStyle};
use inglenook_contract::{ChangeTag, Changed, Download, DownloadRef, DownloadState, ErrorCode, ErrorInfo, Nothing};
use inglenook_host::Reached;
use serde_json::json;

use crate::say::{Out, size};

pub(crate) async fn pull(app: &Reached, what: &str, out: &Out) -> Result<ExitCode, ErrorInfo> {
    let (repo, quantisation) = asked_for(what)?;
    // Before it begins, so that no change is missed.
    let mut changes = app.stream("app.changes", json!({})).await?;
    let request = json!({ "repo": repo, "revision": null, "item": null, "quantisation": quantisation });
    let DownloadRef { download } = app.ask("download.start", request).await?;
    let bar = (!out.json).then(bar);
    let mut told = None;
    loop {
        let list: Vec<Download> = app.ask("download.list", json!({})).await?;
        let Some(now) = list.into_iter().find(|one| one.id == download) else {
            return Err(ErrorInfo::new(ErrorCode::Cancelled, "The download was taken off the list."));
        };
        if let Some(bar) = &bar {
            bar.set_length(now.size_bytes);
            bar.set_position(now.done_bytes);
            bar.set_message(doing(&now.state));
        }
        if told.as_ref() != Some(&now) {
            out.event(&now);
            told = Some(now.clone());
        }
        match now.state {
            DownloadState::Done { .. } => {
                if let Some(bar) = &bar {
                    bar.finish_and_clear();
                }
                out.line(&format!("{} is on this machine: {}.", now.name, size(now.size_bytes)));
                return Ok(ExitCode::SUCCESS);
            }
            DownloadState::Failed { error } => {
                if let Some(bar) = &bar {
                    bar.abandon();
                }
                return Err(error);
            }
            _ => {}
        }
        tokio::select! {
            () = changed(&mut changes) => {}
            () = crate::serve::asked_to_end() => {
                let _: Nothing = app.ask("download.pause", json!({ "download": download })).await?;
                let words = "Paused; what is here stays. The same command goes on with it.";
                return Err(ErrorInfo::new(ErrorCode::Cancelled, words));
            }
        }
    }
}

/// Waits until something about the downloads may have changed.
async fn changed(changes: &mut inglenook_contract::EventStream<serde_json::Value>) {
    while let Some(batch) = changes.next().await {
        let batch: Vec<Changed> = serde_json::from_value(batch).unwrap_or_default();
        if batch.iter().any(|change| change.tag == ChangeTag::Downloads) {
            return;
        }
    }
    // The stream ends with the application; what is asked next says so.
    tokio::time::sleep(Duration::from_millis(100)).await;
}

/// `publisher/name`, `publisher/name:Q4_K_M`, or a link to the hub.
fn asked_for(what: &str) -> Result<(String, Option<String>), ErrorInfo> {
    let path = what.trim();
    let path = ["https://huggingface.co/", "http://huggingface.co/", "huggingface.co/", "hf.co/", "https://hf.co/"]
        .iter()
        .find_map(|start| path.strip_prefix(start))
        .unwrap_or(path);
    let (repo, quantisation) = path.split_once([':', '@']).map_or((path, None), |(repo, its)| (repo, Some(its)));
    let parts: Vec<&str> = repo.split('/').filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [publisher, name, ..] => {
            let quantisation = quantisation.filter(|its| !its.is_empty() && *its != "latest").map(str::to_owned);
            Ok((format!("{publisher}/{name}"), quantisation))
        }
        _ => {
            let words = format!("\"{what}\" names no model of the hub: it has to look like Qwen/Qwen3-4B-GGUF:Q4_K_M.");
            Err(ErrorInfo::new(ErrorCode::InvalidRequest, words))
        }
    }
}

fn doing(state: &DownloadState) -> String {
    match state {
        DownloadState::Queued => "waits for those before it".to_owned(),
        DownloadState::Paused => "paused".to_owned(),
        DownloadState::Verifying { .. } => "is checked".to_owned(),
        _ => String::new(),
    }
}

fn bar() -> ProgressBar {
    let form =
        "{bar:30} {percent:>3} %  {decimal_bytes} of {decimal_total_bytes}  {decimal_bytes_per_sec}  {eta} {msg}";
    let style = ProgressStyle::with_template(form).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_of_the_hub_is_named_in_many_ways() {
        let of = |what: &str| asked_for(what).ok();
        let plain = Some(("Qwen/Qwen3-4B-GGUF".to_owned(), None));
        assert_eq!(of("Qwen/Qwen3-4B-GGUF"), plain);
        assert_eq!(of("https://huggingface.co/Qwen/Qwen3-4B-GGUF/tree/main"), plain);
        assert_eq!(of("hf.co/Qwen/Qwen3-4B-GGUF:latest"), plain);
        assert_eq!(of("Qwen/Qwen3-4B-GGUF:Q8_0"), Some(("Qwen/Qwen3-4B-GGUF".to_owned(), Some("Q8_0".to_owned()))));
        assert_eq!(of("llama3"), None);
        assert_eq!(of(""), None);
    }
}
