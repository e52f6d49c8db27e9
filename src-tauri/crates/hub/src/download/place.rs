//! The last step of an order: its verified parts become the files of the model, all of them or none.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use super::digest::{Sums, of_file};
use super::folder::{Folder, Kind};
use super::gauge::FileStage;
use super::journal::Identity;
use super::names::PartNames;
use super::order::Context;
use super::sidecar::{Origin, Origins, repo_folder};
use super::{DownloadError, OrderedFile, Placed};
use crate::remote::Sha256Hex;

fn target(context: &Context, file: &OrderedFile) -> PathBuf {
    repo_path(context).join(file.path.to_path())
}

fn repo_path(context: &Context) -> PathBuf {
    context.models.path().join(context.order.repo.to_path())
}

/// The identity of a file's part, where that is whole, was found right, and is what is ordered.
pub(super) fn verified_part(context: &Context, index: usize) -> Result<Option<Identity>, DownloadError> {
    let file = context.file(index);
    let names = PartNames::of(file.path.as_str());
    let verified =
        names.verified(&context.folder).map_err(DownloadError::io("cannot be read", context.folder.path()))?;
    Ok(verified.filter(|part| {
        let same = match &file.sha256 {
            Some(sha256) => part.verified.as_deref() == Some(sha256.as_str()),
            None => part.commit == context.order.commit.as_str(),
        };
        same && part.bytes == file.bytes && part.path == file.path.as_str() && part.repo == context.order.repo.as_str()
    }))
}

/// Whether the very file lies in its place already. An error where something stands there that is not ours to replace.
pub(super) fn is_placed(
    context: &Context,
    index: usize,
    hashed: &AtomicU64,
    stop: &AtomicBool,
) -> Result<bool, DownloadError> {
    let file = context.file(index);
    let path = target(context, file);
    let Some(folder) = entered(context, file)? else { return Ok(false) };
    let failed = |what| DownloadError::io(what, &path);
    match folder.kind(file.path.file_name()).map_err(failed("cannot be read"))? {
        None => return Ok(false),
        Some(Kind::Link) => return Err(DownloadError::Linked { path }),
        Some(Kind::Folder | Kind::Other) => return Err(DownloadError::InTheWay { path }),
        Some(Kind::File { bytes }) => {
            let Some(sha256) = &file.sha256 else { return Ok(false) };
            if bytes == file.bytes {
                context.gauge(index).set(FileStage::Verifying);
                let content = folder.open(file.path.file_name()).map_err(failed("cannot be read"))?;
                let sums = of_file(&content, bytes, hashed, stop).map_err(failed("cannot be read"))?;
                if sums.is_some_and(|sums| sums.sha256 == *sha256) {
                    return Ok(true);
                }
            }
        }
    }
    let ours =
        repo_folder(&context.models, &context.order.repo).map(|folder| Origins::read(&folder)).unwrap_or_default();
    if ours.of(&file.path).is_some() { Ok(false) } else { Err(DownloadError::InTheWay { path }) }
}

/// The folder that a file belongs into; `None` where it is not there yet.
fn entered(context: &Context, file: &OrderedFile) -> Result<Option<Folder>, DownloadError> {
    let mut folder = context.models.root()?;
    let folders =
        context.order.repo.as_str().split('/').chain(file.path.folder().split('/').filter(|name| !name.is_empty()));
    for name in folders {
        let path = folder.path().join(name);
        folder = match folder.kind(name).map_err(DownloadError::io("cannot be read", &path))? {
            None => return Ok(None),
            Some(Kind::File { .. } | Kind::Other) => return Err(DownloadError::InTheWay { path }),
            Some(Kind::Folder | Kind::Link) => {
                folder.enter(name).map_err(DownloadError::io("cannot be opened", &path))?
            }
        };
    }
    Ok(Some(folder))
}

/// A file that is about to be placed.
struct Ready {
    index: usize,
    sha256: Sha256Hex,
    folder: Folder,
}

/// Puts every file in its place, says where it came from. `present` lie there already.
pub(super) fn place(context: &Context, present: &[bool]) -> Result<Placed, DownloadError> {
    let repo = made(context, None)?;
    let mut origins = Origins::read(&repo);
    let mut ready = Vec::new();
    for (index, _) in present.iter().enumerate().filter(|(_, there)| !**there) {
        ready.push(prepared(context, index, &origins)?);
    }
    let mut folders = BTreeMap::new();
    let mut digests: BTreeMap<usize, Sha256Hex> = BTreeMap::new();
    for Ready { index, sha256, folder } in ready {
        let file = context.file(index);
        let names = PartNames::of(file.path.as_str());
        let moved = context.folder.move_to(&names.content, &folder, file.path.file_name());
        moved.map_err(DownloadError::io("cannot be put in its place", target(context, file)))?;
        digests.insert(index, sha256);
        folders.insert(folder.path().to_owned(), folder);
    }
    for (path, folder) in &folders {
        folder.sync().map_err(DownloadError::io("cannot be written", path))?;
    }
    origins.add(new_origins(context, &digests));
    origins.write(&repo).and_then(|()| repo.sync()).map_err(DownloadError::io("cannot be written", repo.path()))?;
    Ok(Placed {
        folder: repo_path(context),
        files: context.order.files.iter().map(|file| target(context, file)).collect(),
        bytes: context.order.files.iter().map(|file| file.bytes).sum(),
    })
}

/// The folder that a file belongs into, or the repository's, made where it is not there.
fn made(context: &Context, file: Option<&OrderedFile>) -> Result<Folder, DownloadError> {
    let below = file.map(|file| file.path.folder()).unwrap_or_default().split('/').filter(|name| !name.is_empty());
    let names = context.order.repo.as_str().split('/').chain(below);
    let path = file.map_or_else(|| repo_path(context), |file| target(context, file));
    let root = context.models.root()?;
    let folder = root.make_all(names).map_err(DownloadError::io("cannot be made", path))?;
    Ok(folder.unwrap_or(root))
}

/// Makes sure that a file can be placed, before the first one is.
fn prepared(context: &Context, index: usize, origins: &Origins) -> Result<Ready, DownloadError> {
    let file = context.file(index);
    let path = target(context, file);
    let part = verified_part(context, index)?.and_then(|part| Sha256Hex::parse(part.verified.as_deref()?).ok());
    let sha256 = part.ok_or_else(|| DownloadError::Damaged { file: file.path.to_string() })?;
    let folder = made(context, Some(file))?;
    let failed = || DownloadError::io("cannot be read", &path);
    match folder.kind(file.path.file_name()).map_err(failed())? {
        None => {}
        Some(Kind::Link) => return Err(DownloadError::Linked { path }),
        Some(Kind::File { bytes }) => {
            let same = |sums: Option<Sums>| sums.is_some_and(|sums| sums.sha256 == sha256);
            let is_the_same = || -> std::io::Result<bool> {
                let content = folder.open(file.path.file_name())?;
                Ok(bytes == file.bytes && same(of_file(&content, bytes, &AtomicU64::new(0), &AtomicBool::new(false))?))
            };
            if origins.of(&file.path).is_none() && !is_the_same().map_err(failed())? {
                return Err(DownloadError::InTheWay { path });
            }
        }
        Some(Kind::Folder | Kind::Other) => return Err(DownloadError::InTheWay { path }),
    }
    Ok(Ready { index, sha256, folder })
}

fn new_origins(context: &Context, digests: &BTreeMap<usize, Sha256Hex>) -> Vec<Origin> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let origin = |(index, file): (usize, &OrderedFile)| {
        Some(Origin {
            endpoint: context.hub.endpoint().to_string(),
            repo: context.order.repo.clone(),
            commit: context.order.commit.clone(),
            path: file.path.clone(),
            bytes: file.bytes,
            // Of a file that lay there already the digest is the ordered one: it was compared with it.
            sha256: digests.get(&index).or(file.sha256.as_ref())?.clone(),
            finished_at: i64::try_from(now).unwrap_or(i64::MAX),
        })
    };
    for index in 0..context.order.files.len() {
        context.gauge(index).done.store(context.file(index).bytes, Ordering::Relaxed);
    }
    context.order.files.iter().enumerate().filter_map(origin).collect()
}
