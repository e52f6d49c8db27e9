//! Downloads for programs: what a name of theirs means on the hub, and a download followed to its end.

use std::pin::Pin;

use futures::{Stream, StreamExt as _};
use inglenook_contract::{
    ChangeTag, Changed, Download, DownloadId, DownloadState, ErrorCode, ErrorInfo, HubRepoRef, StartDownload,
};

use crate::downloads::{self, Fetched};
use crate::{App, Result, hub};

/// Fetches `publisher/repository` from the hub, `:quantisation` behind it where one is wanted; `hf.co/` may stand in
/// front. What is here already is not fetched again.
///
/// # Errors
/// `NotFound` for a name that no repository has, or a quantisation that it does not; what keeps the hub from being
/// asked.
pub async fn pull(app: &App, name: &str) -> Result<Fetched> {
    let (repo, quantisation) = parted(name)?;
    let item = match quantisation {
        Some(wanted) => Some(item_of(app, repo, wanted).await?),
        None => None,
    };
    let request = StartDownload { repo: repo.to_owned(), revision: None, item, quantisation: None };
    downloads::fetch(app, &request).await
}

/// The repository and the quantisation that a name means.
fn parted(name: &str) -> Result<(&str, Option<&str>), ErrorInfo> {
    let name = name.trim();
    let bare = name.split_once("://").map_or(name, |(_, rest)| rest);
    let bare = ["hf.co/", "huggingface.co/"].iter().find_map(|host| bare.strip_prefix(host)).unwrap_or(bare);
    let (repo, tag) = bare.split_once(':').map_or((bare, None), |(repo, tag)| (repo, Some(tag)));
    if !repo.contains('/') {
        let shown: String = name.chars().take(100).collect();
        let words = format!(
            "\"{shown}\" is not a name that can be fetched here: models come from the hub, not from Ollama's library. Name a repository, for example hf.co/publisher/model-GGUF or hf.co/publisher/model-GGUF:Q4_K_M."
        );
        return Err(ErrorInfo::new(ErrorCode::NotFound, words));
    }
    Ok((repo, tag.filter(|tag| !tag.is_empty() && *tag != "latest")))
}

/// The item of a repository that has exactly this quantisation: another one would not be what was asked for.
async fn item_of(app: &App, repo: &str, wanted: &str) -> Result<String> {
    let items = hub::items(app, &HubRepoRef { repo: repo.to_owned(), revision: None, item: None }).await?;
    let is_it = |name: &str| name.eq_ignore_ascii_case(wanted);
    let found = items.iter().find(|item| item.quantisation.as_deref().is_some_and(is_it) || is_it(&item.item));
    if let Some(item) = found {
        return Ok(item.item.clone());
    }
    let mut there: Vec<&str> = items.iter().filter_map(|item| item.quantisation.as_deref()).collect();
    there.dedup();
    let there = if there.is_empty() { "none that are named".to_owned() } else { there.join(", ") };
    let shown: String = wanted.chars().take(100).collect();
    let words = format!("{repo} has no files quantised as \"{shown}\". There is {there}.");
    Err(ErrorInfo::new(ErrorCode::NotFound, words).into())
}

/// The SHA-256 that a download's first file has to have, 64 hex digits; `None` where the hub does not say.
///
/// # Errors
/// As every reading of the store.
pub async fn pull_digest(app: &App, id: &DownloadId) -> Result<Option<String>> {
    let kept = app.store().downloads().await?.into_iter().find(|kept| kept.id == *id);
    Ok(kept.and_then(|kept| kept.what.files.into_iter().next()?.sha256))
}

/// A download as it gets on; the last item is its end, or its pause. Nothing comes any more once it is off the list.
/// Dropping the stream does not stop it.
pub fn follow(app: &App, id: DownloadId) -> impl Stream<Item = Result<Download>> + Send + use<> {
    struct State {
        app: App,
        id: DownloadId,
        changes: Pin<Box<dyn Stream<Item = Vec<Changed>> + Send>>,
        first: bool,
    }
    let changes = Box::pin(app.changes());
    let state = State { app: app.clone(), id, changes, first: true };
    futures::stream::unfold(Some(state), |state| async move {
        let mut state = state?;
        while !std::mem::take(&mut state.first) {
            let batch = state.changes.next().await?;
            if batch.iter().any(|change| change.tag == ChangeTag::Downloads) {
                break;
            }
        }
        match downloads::list(&state.app).await {
            Ok(all) => {
                let download = all.into_iter().find(|download| download.id == state.id)?;
                let over = is_over(&download.state);
                Some((Ok(download), (!over).then_some(state)))
            }
            Err(error) => Some((Err(error), None)),
        }
    })
}

fn is_over(state: &DownloadState) -> bool {
    matches!(state, DownloadState::Done { .. } | DownloadState::Failed { .. } | DownloadState::Paused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_repository_and_perhaps_a_quantisation() {
        for (name, expected) in [
            ("hf.co/Qwen/Qwen3-4B-GGUF:Q4_K_M", ("Qwen/Qwen3-4B-GGUF", Some("Q4_K_M"))),
            ("huggingface.co/Qwen/Qwen3-4B-GGUF", ("Qwen/Qwen3-4B-GGUF", None)),
            ("https://hf.co/Qwen/Qwen3-4B-GGUF", ("Qwen/Qwen3-4B-GGUF", None)),
            (" Qwen/Qwen3-4B-GGUF:latest ", ("Qwen/Qwen3-4B-GGUF", None)),
        ] {
            assert_eq!(parted(name), Ok(expected), "{name}");
        }
    }

    #[test]
    fn names_of_another_library_are_refused_with_those_that_work() {
        for name in ["llama3", "llama3.2:1b", "", "hf.co/llama3"] {
            let error = parted(name).unwrap_err();
            assert_eq!(error.code, ErrorCode::NotFound, "{name}");
            assert!(error.message.contains("hf.co/publisher/model-GGUF:Q4_K_M"), "{name}: {}", error.message);
        }
    }
}
