//! Keeping models: checking their files, deleting them.

use futures::Stream;
use inglenook_contract::{ErrorInfo, Freed, ModelId, VerifyEvent};
use inglenook_hub::download::{self, Checked, Progress, Stage};
use inglenook_hub::{remove, undeletable};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::find;
use super::folders::blocking;
use crate::{App, AppError, Result};

/// Deletes a model's files for good; it is unloaded first, and answers that it writes end.
///
/// # Errors
/// `NotFound`; `InvalidRequest` with the reason for a model that is not the person's to delete here;
/// `PermissionDenied` where the system refuses.
pub async fn delete(app: &App, id: &ModelId) -> Result<Freed> {
    let model = find(app, id).await.ok_or(AppError::UnknownModel)?;
    if let Some(words) = undeletable(&model) {
        return Err(ErrorInfo::new(inglenook_contract::ErrorCode::InvalidRequest, words).into());
    }
    app.pool().unload(id).await;
    let folder = app.models_folder();
    let name = model.name.clone();
    let removed = blocking(move || remove(&model, &folder)).await;
    if removed.is_ok() {
        // A folder that is empty now is not one whose disk is away.
        app.store().forget_kept_model(id).await?;
    }
    app.scan().await;
    let bytes = removed.map_err(ErrorInfo::from)?;
    tracing::info!(model = name, bytes, "deleted");
    Ok(Freed { bytes })
}

/// Reads a model's files and compares them with what they have to be; dropping the stream stops it.
///
/// # Errors
/// `NotFound`; `InvalidRequest` where nothing is known to compare them with.
pub async fn verify(app: &App, id: &ModelId) -> Result<impl Stream<Item = VerifyEvent> + Send + use<>> {
    let model = find(app, id).await.ok_or(AppError::UnknownModel)?;
    let expected = blocking(move || model.expected()).await;
    if expected.is_empty() {
        let words = "These files were not downloaded here, so there is nothing to compare them with.";
        return Err(ErrorInfo::new(inglenook_contract::ErrorCode::InvalidRequest, words).into());
    }
    let (sender, events) = mpsc::unbounded_channel();
    let cancel = CancellationToken::new();
    let stopping = cancel.clone().drop_guard();
    tokio::spawn(async move {
        let (progress, watched) = watch::channel(Progress::default());
        let telling = tokio::spawn(tell(watched, sender.clone()));
        let checked = download::verify(expected, &progress, cancel).await;
        drop(progress);
        let _ = telling.await;
        let _ = sender.send(match checked {
            Ok(checked) => done(&checked),
            Err(error) => VerifyEvent::Failed { error: error.into() },
        });
    });
    Ok(futures::stream::unfold((events, stopping), |(mut events, stopping)| async {
        events.recv().await.map(|event| (event, (events, stopping)))
    }))
}

fn done(checked: &[Checked]) -> VerifyEvent {
    VerifyEvent::Done {
        files: u32::try_from(checked.len()).unwrap_or(u32::MAX),
        problems: checked.iter().filter_map(Checked::words).collect(),
    }
}

/// Hands progress on until there is none any more.
async fn tell(mut progress: watch::Receiver<Progress>, events: mpsc::UnboundedSender<VerifyEvent>) {
    while progress.changed().await.is_ok() {
        let Progress { stage, total_bytes, .. } = progress.borrow_and_update().clone();
        if let Stage::Verifying { done } = stage {
            let _ = events.send(VerifyEvent::Progress { done_bytes: done, total_bytes });
        }
    }
}
