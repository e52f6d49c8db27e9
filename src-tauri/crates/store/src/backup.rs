//! Backups: whole copies of the database beside it, made before an update of its form and once a day.

use std::fs;
use std::path::{Path, PathBuf};

use inglenook_contract::Backup;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use tokio::fs::File;

use crate::connections::{Connections, options};
use crate::files::{Aside, Files, open_private, read_stamp, stamp, unused};
use crate::{Result, Store, StoreError, identity, open, schema};

/// How many of each kind are kept.
const KEPT: usize = 3;
/// How old the latest daily backup is when the next one is made, milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// Why a backup was made; a part of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The day's first start.
    Daily,
    /// An update of the database's form came next.
    BeforeUpdate,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::BeforeUpdate => "before-update",
        }
    }
}

impl Store {
    /// The backups there are, newest first. One that cannot be read is left out.
    ///
    /// # Errors
    /// `Failed` or `PermissionDenied` where the folder cannot be read, `Refused` for a temporary store.
    pub async fn backups(&self) -> Result<Vec<Backup>> {
        list(&self.disk()?.files).await
    }

    /// Puts the backup called `name` in the place of the database while the store stays open; returns where the
    /// database that was in use lies now. Stop all answers before: they do not exist in the backup.
    ///
    /// # Errors
    /// `NotFound` for an unknown name, `BackupDamaged` or `TooNew` where the backup cannot be used, `DiskFull`.
    /// After an error the database that was in use still is.
    pub async fn restore_backup(&self, name: &str) -> Result<PathBuf> {
        let disk = self.disk()?;
        let files = &disk.files;
        if !names(files)?.iter().any(|known| known == name) {
            return Err(StoreError::NotFound("This backup is not there any more."));
        }
        let backup = files.backups()?.join(name);
        verify(&backup).await?;

        let mut connections = self.exchange().await;
        disk.backup_done().await;
        let copy = copy_beside(&backup, &files.database()).await?;
        if let Some(Err(error)) = close(connections.take()).await {
            // What it could not write lies in its log, which is set aside with it.
            tracing::warn!(%error, "the database that a backup replaces was not closed in good order");
        }
        match take_place(files, &copy).await {
            Ok((restored, aside)) => {
                *connections = Some(restored);
                disk.damage.forget();
                Ok(aside)
            }
            Err(error) => {
                let _ = fs::remove_file(&copy);
                *connections = Some(open::connect(files, false).await?);
                Err(error)
            }
        }
    }

    /// Begins the day's backup in the background, where it is due and there is something to keep.
    pub(crate) async fn begin_daily_backup(&self) -> Result<()> {
        let disk = self.disk()?;
        let newest =
            names(&disk.files)?.iter().filter(|name| is(name, Kind::Daily)).filter_map(|name| made_at(name)).max();
        if !due(newest, identity::now()) || self.is_empty().await? {
            return Ok(());
        }
        let (files, damage) = (disk.files.clone(), disk.damage.clone());
        *disk.backup.lock().await = Some(tokio::spawn(async move {
            if let Err(error) = damage.watch(daily(&files).await) {
                tracing::warn!(?error, "the day's backup of the chats could not be made");
            }
        }));
        Ok(())
    }
}

/// Makes a daily backup over a connection of its own, so that nobody waits for it.
async fn daily(files: &Files) -> Result<()> {
    let mut db = options(&files.database()).read_only(true).connect().await?;
    let made = make(&mut db, files, Kind::Daily).await;
    db.close().await?;
    made
}

/// Whether the next daily backup is due. One from the future says that the clock was wrong, then or now.
fn due(newest: Option<i64>, now: i64) -> bool {
    newest.is_none_or(|newest| newest > now || now - newest >= DAY)
}

/// Copies the database, whatever is written meanwhile, and removes the oldest backups of this kind.
pub(crate) async fn make(db: &mut SqliteConnection, files: &Files, kind: Kind) -> Result<()> {
    let dir = files.backups()?;
    let unfinished = dir.join("unfinished");
    // What an interrupted one left; SQLite only writes into a file that is empty.
    let _ = fs::remove_file(&unfinished);
    open_private(&unfinished)?;
    let path = unfinished.to_str().ok_or_else(|| StoreError::Failed("the folder's name is not Unicode".into()))?;
    if let Err(error) = sqlx::query("VACUUM INTO ?1").bind(path).execute(&mut *db).await {
        let _ = fs::remove_file(&unfinished);
        return Err(error.into());
    }
    File::open(&unfinished).await?.sync_all().await?;
    let name = format!("inglenook-{}-{}", stamp(identity::now()), kind.word());
    fs::rename(&unfinished, unused(&dir, &name, ".db"))?;
    prune(files, kind)
}

/// Removes all but the newest backups of this kind. Those from before a database was last set aside stay: they may
/// be all that is left of it, and a few days with a new, empty database must not push them out.
fn prune(files: &Files, kind: Kind) -> Result<()> {
    let dir = files.backups()?;
    let since = files.last_set_aside()?.unwrap_or(i64::MIN);
    let (now, mut names) = (identity::now(), names(files)?);
    // A clock that was wrong dates copies in the future; they must not push out those that are made now.
    names.sort_by_key(|name| made_at(name).is_some_and(|at| at > now));
    for name in names.iter().filter(|name| is(name, kind)).skip(KEPT) {
        if made_at(name).is_some_and(|at| at > since) {
            fs::remove_file(dir.join(name))?;
        }
    }
    Ok(())
}

/// The names of the backups, newest first.
pub(crate) fn names(files: &Files) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(files.backups()?)? {
        if let Some(name) = entry?.file_name().to_str()
            && name.ends_with(".db")
            && made_at(name).is_some()
        {
            names.push(name.to_owned());
        }
    }
    names.sort_unstable_by(|one, other| other.cmp(one));
    Ok(names)
}

/// The backups with how many chats are in each, newest first.
pub(crate) async fn list(files: &Files) -> Result<Vec<Backup>> {
    let dir = files.backups()?;
    let mut backups = Vec::new();
    for name in names(files)? {
        match chats_in(&dir.join(&name)).await {
            Ok(chats) => backups.push(Backup { created_at: made_at(&name).unwrap_or_default(), name, chats }),
            Err(error) => tracing::warn!(name, %error, "a backup cannot be read"),
        }
    }
    Ok(backups)
}

async fn chats_in(backup: &Path) -> Result<u32> {
    let mut db = options(backup).read_only(true).immutable(true).connect().await?;
    let chats = sqlx::query_scalar("SELECT count(*) FROM chats WHERE deleted_at IS NULL").fetch_one(&mut db).await;
    db.close().await?;
    Ok(chats?)
}

/// Makes sure that a backup can take the database's place.
async fn verify(backup: &Path) -> Result<()> {
    examine(backup).await.map_err(|error| match error {
        StoreError::Damaged(detail) => StoreError::BackupDamaged(detail),
        error => error,
    })
}

async fn examine(backup: &Path) -> Result<()> {
    let mut db = options(backup).read_only(true).immutable(true).connect().await?;
    let verdict = match schema::inspect(&mut db).await {
        Ok(_) => schema::examine(&mut db).await,
        Err(error) => Err(error),
    };
    db.close().await?;
    verdict
}

/// A copy of the backup on the database's own disk, whole before it gets the database's name.
async fn copy_beside(backup: &Path, database: &Path) -> Result<PathBuf> {
    let path = database.with_extension("restoring");
    let copied = async {
        let mut to = File::from_std(open_private(&path)?);
        to.set_len(0).await?;
        tokio::io::copy(&mut File::open(backup).await?, &mut to).await?;
        to.sync_all().await
    };
    if let Err(error) = copied.await {
        let _ = fs::remove_file(&path);
        return Err(error.into());
    }
    Ok(path)
}

async fn close(connections: Option<Connections>) -> Option<Result<()>> {
    Some(connections?.close().await)
}

/// Sets the database aside and opens `copy` in its place, or leaves all as it was.
async fn take_place(files: &Files, copy: &Path) -> Result<(Connections, PathBuf)> {
    let aside = files.set_aside(Aside::Replaced)?;
    let restored = match fs::rename(copy, files.database()) {
        Ok(()) => open::connect(files, false).await,
        Err(error) => Err(error.into()),
    };
    match restored {
        Ok(connections) => Ok((connections, aside)),
        Err(error) => {
            files.bring_back(&aside)?;
            Err(error)
        }
    }
}

/// When the backup of this name was made, milliseconds since 1970-01-01 UTC.
fn made_at(name: &str) -> Option<i64> {
    read_stamp(name.strip_prefix("inglenook-")?)
}

fn is(name: &str, kind: Kind) -> bool {
    name.contains(kind.word())
}
