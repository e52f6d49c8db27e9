//! Downloads: what was asked for is in the store, in the order a person gave it; the first of them runs.
//!
//! What runs is known here only. After a start, whatever is queued goes on; what a person paused stays paused.

mod queue;
mod shown;

use inglenook_contract::{
    ChangeTag, Download, DownloadId, DownloadRef, ErrorCode, ErrorInfo, Freed, ModelId, MoveDownload, StartDownload,
};
use inglenook_hub::remote::Item;
use inglenook_hub::{LibraryModel, download};
use inglenook_store::{DownloadFile, DownloadStanding, KeptDownload, NewDownload, StoreError};

use crate::{App, Result, hub};

pub(crate) use queue::{Queue, drive};
pub(crate) use shown::{from_hub, under_way};

/// All downloads, in the order of the queue; those that are done last.
///
/// # Errors
/// As every reading of the store.
pub async fn list(app: &App) -> Result<Vec<Download>> {
    let (mut done, mut open): (Vec<_>, Vec<_>) = (Vec::new(), Vec::new());
    let library = app.library().await;
    for kept in app.store().downloads().await? {
        let list = if kept.standing == DownloadStanding::Done { &mut done } else { &mut open };
        list.push(shown::download(app, &library, kept));
    }
    // What was done last stands first among them.
    open.extend(done.into_iter().rev());
    Ok(open)
}

/// Puts an item of a repository into the queue. What is in it already is not put there twice: it goes on.
///
/// # Errors
/// What keeps the hub from being asked, `NotFound` for an item that is not there, `AccessNeeded` where the publisher has
/// to let the person in first.
pub async fn start(app: &App, request: &StartDownload) -> Result<DownloadRef> {
    let card = hub::card::find(app, &request.repo, request.revision.as_deref()).await?;
    let item = choose(app, &card, request).await?;
    enqueue(app, &card, item).await
}

/// What asking for a model came to.
#[derive(Clone, Debug)]
pub enum Fetched {
    /// It is on its way.
    Started(DownloadRef),
    /// It is here, in this version.
    Here(ModelId),
}

/// As [`start`], unless the item is here already. Where a revision is named, another one that is here does not count.
///
/// # Errors
/// As [`start`].
pub async fn fetch(app: &App, request: &StartDownload) -> Result<Fetched> {
    let card = hub::card::find(app, &request.repo, request.revision.as_deref()).await?;
    let item = choose(app, &card, request).await?;
    let library = app.library().await;
    let here = from_hub(app, &library, card.repo.id.as_str(), item.files.iter().map(|file| file.path.as_str()));
    let commit = |model: &LibraryModel| model.origin.as_ref().map(|origin| origin.commit.clone());
    match here.filter(|model| request.revision.is_none() || commit(model).as_deref() == Some(card.repo.commit.as_str()))
    {
        Some(model) => Ok(Fetched::Here(model.id.clone())),
        None => Ok(Fetched::Started(enqueue(app, &card, item).await?)),
    }
}

/// The item that is asked for: by its name or one of its files, by a quantisation, or the one for this machine.
async fn choose<'a>(app: &App, card: &'a hub::card::Card, request: &StartDownload) -> Result<&'a Item> {
    let named = |name: &str| {
        let has = |item: &&Item| item.files.iter().any(|file| file.path.as_str() == name);
        card.items.iter().find(|item| item.name == name).or_else(|| card.items.iter().find(has))
    };
    let item = match (&request.item, &request.quantisation) {
        (Some(name), _) => named(name),
        (None, Some(quantisation)) => closest(&card.items, quantisation),
        (None, None) => hub::fits::recommended(app, card).await?,
    };
    let missing = || {
        let words = format!("{} has no such file (any more).", card.repo.id.as_str());
        ErrorInfo::new(ErrorCode::NotFound, words).into()
    };
    item.ok_or_else(missing)
}

/// Puts an item into the queue, or goes on with it where it stands there already.
pub(crate) async fn enqueue(app: &App, card: &hub::card::Card, item: &Item) -> Result<DownloadRef> {
    let new = asked_for(card, item);
    let known = app.store().downloads().await?.into_iter().find(|kept| {
        kept.standing != DownloadStanding::Done && kept.what.repo == new.repo && kept.what.files == new.files
    });
    let id = match known {
        Some(KeptDownload { id, standing: DownloadStanding::Queued, .. }) => id,
        Some(KeptDownload { id, .. }) => {
            app.store().set_download(&id, &DownloadStanding::Queued).await?;
            id
        }
        None => app.store().add_download(&new).await?,
    };
    app.downloads().look_again();
    app.changes_bus().tell(ChangeTag::Downloads);
    Ok(DownloadRef { download: id })
}

/// The item with this quantisation; else the largest that is smaller than what it usually takes is no guess of ours: the
/// one that is named most alike.
fn closest<'a>(items: &'a [Item], quantisation: &str) -> Option<&'a Item> {
    let wanted = quantisation.to_uppercase();
    let named = |item: &&Item| item.quantisation.as_deref().map(str::to_uppercase);
    let exactly = items.iter().find(|item| named(item).as_deref() == Some(&wanted));
    // `Q4_K_M` wanted: `Q4_K_S` or `Q4_0` rather than another width.
    let width = wanted.get(..2).unwrap_or(&wanted);
    exactly.or_else(|| items.iter().rev().find(|item| named(item).is_some_and(|name| name.starts_with(width))))
}

fn asked_for(card: &hub::card::Card, item: &Item) -> NewDownload {
    let file = |file: &inglenook_hub::remote::RepoFile| DownloadFile {
        path: file.path.as_str().to_owned(),
        bytes: file.bytes,
        sha256: file.sha256.as_ref().map(|sum| sum.as_str().to_owned()),
    };
    NewDownload {
        repo: card.repo.id.as_str().to_owned(),
        revision: card.repo.commit.as_str().to_owned(),
        item: item.name.clone(),
        name: hub::names::plain(card.repo.id.name()),
        quantisation: item.quantisation.clone(),
        files: item.files.iter().map(file).collect(),
    }
}

/// Pauses a download; what is here of it stays.
///
/// # Errors
/// `NotFound` for one that is not in the list any more.
pub async fn pause(app: &App, id: &DownloadId) -> Result<()> {
    app.store().set_download(id, &DownloadStanding::Paused).await?;
    app.downloads().stop(id).await;
    app.changes_bus().tell(ChangeTag::Downloads);
    Ok(())
}

/// Goes on with a download that was paused or failed.
///
/// # Errors
/// `NotFound` for one that is not in the list any more.
pub async fn resume(app: &App, id: &DownloadId) -> Result<()> {
    let kept = app.store().downloads().await?.into_iter().find(|kept| kept.id == *id);
    let kept = kept.ok_or(StoreError::NotFound("This download is not in the list any more."))?;
    if matches!(kept.standing, DownloadStanding::Paused | DownloadStanding::Failed(_)) {
        app.store().set_download(id, &DownloadStanding::Queued).await?;
    }
    app.downloads().look_again();
    app.changes_bus().tell(ChangeTag::Downloads);
    Ok(())
}

/// Takes a download off the list and deletes what is here of it; a model that is whole stays.
///
/// # Errors
/// `PermissionDenied` and the like where its parts cannot be deleted; then it stays in the list.
pub async fn cancel(app: &App, id: &DownloadId) -> Result<Freed> {
    // Paused first, so that it does not begin anew between stopping and deleting.
    match app.store().set_download(id, &DownloadStanding::Paused).await {
        Ok(()) | Err(StoreError::NotFound(_)) => {}
        Err(error) => return Err(error.into()),
    }
    app.downloads().stop(id).await;
    let folder = app.models_folder();
    let name = id.as_str().to_owned();
    let freed = tokio::task::spawn_blocking(move || download::discard(&folder, &name)).await;
    let bytes = freed.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic())).map_err(|error| {
        ErrorInfo::new(ErrorCode::PermissionDenied, "What is here of this download could not be deleted.")
            .with_detail(error.to_string())
    })?;
    app.store().remove_download(id).await?;
    app.downloads().look_again();
    app.changes_bus().tell(ChangeTag::Downloads);
    Ok(Freed { bytes })
}

/// Gives a download another place in the queue; the first one that waits is the one that runs.
///
/// # Errors
/// `NotFound` where one of them is not in the list any more.
pub async fn move_in_queue(app: &App, request: &MoveDownload) -> Result<()> {
    app.store().move_download(&request.download, request.before.as_ref()).await?;
    app.downloads().look_again();
    app.changes_bus().tell(ChangeTag::Downloads);
    Ok(())
}

/// Takes all that are done off the list; the models stay.
///
/// # Errors
/// As every writing of the store.
pub async fn clear(app: &App) -> Result<()> {
    app.store().clear_done_downloads().await?;
    app.changes_bus().tell(ChangeTag::Downloads);
    Ok(())
}
