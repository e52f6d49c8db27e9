//! One file of an order: from its name to a part that is whole, hashed, and on the disk to stay.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::DownloadError;
use super::digest::Sums;
use super::gauge::FileStage;
use super::journal::Identity;
use super::names::{Found, PartNames};
use super::order::Context;
use super::part::{Part, Piece};
use super::transfer::{Transfer, Transferred};
use crate::remote::Resolved;
use crate::remote::names::is_git_hash;

/// Pieces that may wait for the writer: few, for they are memory, and a kill loses them.
const QUEUE: usize = 8;
/// How often a file may change under our hands before we say so.
const MOST_CHANGES: u32 = 3;

/// Ends a part's threads when the download of it ends, however it does.
struct Closing(Arc<Part>);

impl Drop for Closing {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// The threads of a part.
struct Threads {
    writer: JoinHandle<Result<(), DownloadError>>,
    syncer: JoinHandle<io::Result<bool>>,
    hasher: JoinHandle<io::Result<Option<Sums>>>,
}

/// What an attempt came to.
enum Attempt {
    Whole(Sums),
    Changed,
}

/// Downloads a file into its part, and marks that as verified.
pub(super) async fn download(context: Arc<Context>, index: usize) -> Result<(), DownloadError> {
    let names = PartNames::of(context.file(index).path.as_str());
    let (mut changes, mut damages) = (0, 0);
    loop {
        let resolved = context.resolve(index).await?;
        agreed(&context, index, &resolved)?;
        let identity = identity(&context, index, &resolved);
        let file = || context.file(index).path.to_string();
        match attempt(&context, index, &names, &identity, resolved).await? {
            Attempt::Whole(sums) if right(&identity, &sums) => {
                let verified = Identity { verified: Some(sums.sha256.to_string()), ..identity };
                let folder = Arc::clone(&context.folder);
                let path = folder.path().to_owned();
                let write = move || verified.write(&folder, &names.identity);
                blocking(write).await?.map_err(DownloadError::io("cannot be written", path))?;
                context.gauge(index).set(FileStage::Done);
                return Ok(());
            }
            Attempt::Whole(_) => {
                damages += 1;
                context.remove(index, &names).await?;
                if damages > 1 {
                    return Err(DownloadError::Damaged { file: file() });
                }
                context.note(format!("“{}” arrived damaged, so it began anew.", file()));
            }
            Attempt::Changed => {
                changes += 1;
                context.remove(index, &names).await?;
                if changes > MOST_CHANGES {
                    return Err(DownloadError::Changed { file: file() });
                }
                context.note(format!("“{}” has changed on the hub, so it began anew.", file()));
            }
        }
    }
}

/// Whether what the hub has is what was ordered.
fn agreed(context: &Context, index: usize, resolved: &Resolved) -> Result<(), DownloadError> {
    let ordered = context.file(index);
    let other_digest = ordered.sha256.as_ref().zip(resolved.sha256.as_ref()).is_some_and(|(one, other)| one != other);
    if ordered.bytes != resolved.bytes || other_digest || resolved.commit != context.order.commit {
        return Err(DownloadError::Changed { file: ordered.path.to_string() });
    }
    Ok(())
}

fn identity(context: &Context, index: usize, resolved: &Resolved) -> Identity {
    let ordered = context.file(index);
    Identity {
        repo: context.order.repo.to_string(),
        commit: resolved.commit.to_string(),
        path: ordered.path.to_string(),
        etag: resolved.etag.clone(),
        sha256: ordered.sha256.as_ref().or(resolved.sha256.as_ref()).map(ToString::to_string),
        bytes: resolved.bytes,
        verified: None,
    }
}

/// Whether the content is what was announced. Of a file without a digest nothing but its length is known.
fn right(identity: &Identity, sums: &Sums) -> bool {
    match (&identity.sha256, &sums.git) {
        (Some(sha256), _) => sha256 == sums.sha256.as_str(),
        (None, Some(git)) => *git == identity.etag,
        (None, None) => true,
    }
}

async fn attempt(
    context: &Arc<Context>,
    index: usize,
    names: &PartNames,
    identity: &Identity,
    resolved: Resolved,
) -> Result<Attempt, DownloadError> {
    let part = Arc::new(opened(context, index, names, identity).await?);
    let closing = Closing(Arc::clone(&part));
    context.gauge(index).done.store(part.written(), Ordering::Relaxed);
    let (queue, pieces) = mpsc::channel(QUEUE);
    let git = identity.sha256.is_none() && is_git_hash(&identity.etag);
    let Threads { writer, syncer, hasher } = threads(context, index, &part, pieces, git);
    let transferred = Transfer::new(context, index, Arc::clone(&part), resolved, queue).run().await?;
    if transferred == Transferred::Changed {
        drop(closing);
        // What is written late must not come into the file that is begun next; its own errors matter no more.
        let _ = writer.await;
        return Ok(Attempt::Changed);
    }
    writer.await.map_err(DownloadError::thread)??;
    context.gauge(index).connections.store(0, Ordering::Relaxed);
    context.gauge(index).set(FileStage::Verifying);
    let failed = |what| DownloadError::io(what, context.folder.path().join(&names.content));
    let sums = hasher.await.map_err(DownloadError::thread)?.map_err(failed("cannot be read"))?;
    let synced = syncer.await.map_err(DownloadError::thread)?.map_err(failed("cannot be written"))?;
    match sums {
        Some(sums) if synced && part.complete() => Ok(Attempt::Whole(sums)),
        _ => Err(failed("could not be written to its end")(io::ErrorKind::UnexpectedEof.into())),
    }
}

async fn opened(
    context: &Arc<Context>,
    index: usize,
    names: &PartNames,
    identity: &Identity,
) -> Result<Part, DownloadError> {
    let (folder, names, identity) = (Arc::clone(&context.folder), names.clone(), identity.clone());
    let (path, flush) = (folder.path().join(&names.content), context.settings.flush_bytes);
    let opened = blocking(move || Part::open(&folder, &names, &identity, flush)).await?;
    let (part, found) = opened.map_err(DownloadError::io("cannot be written", path))?;
    let file = &context.file(index).path;
    match found {
        Found::Nothing | Found::Kept => {}
        Found::Other => context.note(format!("“{file}” has changed on the hub, so it began anew.")),
        Found::Damaged => context.note(format!("What was there of “{file}” cannot be used, so it began anew.")),
    }
    Ok(part)
}

fn threads(
    context: &Arc<Context>,
    index: usize,
    part: &Arc<Part>,
    pieces: mpsc::Receiver<Piece>,
    git: bool,
) -> Threads {
    let writer = {
        let (part, context) = (Arc::clone(part), Arc::clone(context));
        let path: PathBuf = context.folder.path().to_owned();
        let (lock, mut since_look) = (context.lock.upgrade(), 0);
        let step = context.settings.space_step_bytes;
        context.writers.clone().spawn_blocking(move || {
            let write = part.write(pieces, |bytes, written| {
                context.gauges.fetched.fetch_add(bytes, Ordering::Relaxed);
                context.gauge(index).done.store(written, Ordering::Relaxed);
                since_look += bytes;
                if since_look < step {
                    return Ok(());
                }
                since_look = 0;
                context.look_for_room().map_err(Refused::Room)
            });
            drop(lock);
            write.map_err(|refused| match refused {
                Refused::Disk(error) => DownloadError::io("cannot be written", path)(error),
                Refused::Room(error) => error,
            })
        })
    };
    let syncer = {
        let part = Arc::clone(part);
        tokio::task::spawn_blocking(move || part.sync())
    };
    let hasher = {
        let (part, context) = (Arc::clone(part), Arc::clone(context));
        tokio::task::spawn_blocking(move || part.hash(git, &context.gauge(index).hashed))
    };
    Threads { writer, syncer, hasher }
}

/// Why the writer ended.
enum Refused {
    Disk(io::Error),
    Room(DownloadError),
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

/// Runs what blocks beside the runtime's own threads.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, DownloadError> {
    tokio::task::spawn_blocking(work).await.map_err(DownloadError::thread)
}
