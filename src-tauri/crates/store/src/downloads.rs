//! The queue of downloads.

use inglenook_contract::{DownloadId, ErrorInfo};
use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use crate::{Result, Store, StoreError, identity};

/// A file of a download.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DownloadFile {
    /// Its path within the repository.
    pub path: String,
    /// Bytes.
    pub bytes: u64,
    /// The sum that the hub announced, 64 hex digits.
    pub sha256: Option<String>,
}

/// Where a download stands on disk; what runs now is known to who runs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DownloadStanding {
    /// Waits for its turn, or runs.
    Queued,
    /// A person paused it.
    Paused,
    /// It failed.
    Failed(ErrorInfo),
    /// It is among the models.
    Done,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDownload {
    /// `publisher/name`.
    pub repo: String,
    /// The commit.
    pub revision: String,
    /// The item's name within the repository.
    pub item: String,
    /// Its name for people.
    pub name: String,
    /// How the weights are quantised.
    pub quantisation: Option<String>,
    /// All files.
    pub files: Vec<DownloadFile>,
}

/// A download as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptDownload {
    /// Which.
    pub id: DownloadId,
    /// When it was asked for, milliseconds since 1970-01-01 UTC.
    pub added_at: i64,
    /// What was asked for.
    pub what: NewDownload,
    /// Bytes of all files.
    pub size_bytes: u64,
    /// Where it stands.
    pub standing: DownloadStanding,
}

const GONE: StoreError = StoreError::NotFound("This download is not in the list any more.");

impl Store {
    /// Puts a download at the end of the queue.
    ///
    /// # Errors
    /// As every write.
    pub async fn add_download(&self, new: &NewDownload) -> Result<DownloadId> {
        let size: u64 = new.files.iter().map(|file| file.bytes).fold(0, u64::saturating_add);
        self.write(async |db| {
            let id = identity::new_id(false);
            sqlx::query(
                "INSERT INTO downloads
                     (id, place, added_at, repo, revision, item, name, quantisation, size_bytes, files, state)
                 VALUES (?1, (SELECT coalesce(max(place), 0) + 1 FROM downloads), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'queued')",
            )
            .bind(&id)
            .bind(identity::now())
            .bind(&new.repo)
            .bind(&new.revision)
            .bind(&new.item)
            .bind(&new.name)
            .bind(&new.quantisation)
            .bind(i64::try_from(size).unwrap_or(i64::MAX))
            .bind(json(&new.files)?)
            .execute(db)
            .await?;
            Ok(id.into())
        })
        .await
    }

    /// All downloads, in the order of the queue.
    ///
    /// # Errors
    /// As every read.
    pub async fn downloads(&self) -> Result<Vec<KeptDownload>> {
        self.read(async |db| {
            let rows = sqlx::query(
                "SELECT id, added_at, repo, revision, item, name, quantisation, size_bytes, files, state, error
                 FROM downloads ORDER BY place",
            )
            .fetch_all(db)
            .await?;
            rows.iter().map(kept).collect()
        })
        .await
    }

    /// Notes where a download stands.
    ///
    /// # Errors
    /// `NotFound` for one that is not in the list any more.
    pub async fn set_download(&self, id: &DownloadId, standing: &DownloadStanding) -> Result<()> {
        let (state, error) = match standing {
            DownloadStanding::Queued => ("queued", None),
            DownloadStanding::Paused => ("paused", None),
            DownloadStanding::Failed(error) => ("failed", Some(json(error)?)),
            DownloadStanding::Done => ("done", None),
        };
        self.write(async |db| {
            let changed = sqlx::query("UPDATE downloads SET state = ?2, error = ?3 WHERE id = ?1")
                .bind(id.as_str())
                .bind(state)
                .bind(error)
                .execute(db)
                .await?;
            if changed.rows_affected() == 0 { Err(GONE) } else { Ok(()) }
        })
        .await
    }

    /// Takes a download off the list; returns whether it was there.
    ///
    /// # Errors
    /// As every write.
    pub async fn remove_download(&self, id: &DownloadId) -> Result<bool> {
        self.write(async |db| {
            let gone = sqlx::query("DELETE FROM downloads WHERE id = ?1").bind(id.as_str()).execute(db).await?;
            Ok(gone.rows_affected() > 0)
        })
        .await
    }

    /// Takes all that are done off the list.
    ///
    /// # Errors
    /// As every write.
    pub async fn clear_done_downloads(&self) -> Result<()> {
        self.write(async |db| {
            sqlx::query("DELETE FROM downloads WHERE state = 'done'").execute(db).await?;
            Ok(())
        })
        .await
    }

    /// Puts a download in front of another one, or last.
    ///
    /// # Errors
    /// `NotFound` where one of them is not in the list any more.
    pub async fn move_download(&self, id: &DownloadId, before: Option<&DownloadId>) -> Result<()> {
        self.write(async |db| {
            let mut order: Vec<String> =
                sqlx::query_scalar("SELECT id FROM downloads ORDER BY place").fetch_all(&mut *db).await?;
            let from = order.iter().position(|known| known == id.as_str()).ok_or(GONE)?;
            let moved = order.remove(from);
            let to = match before {
                Some(before) if before != id => order.iter().position(|known| known == before.as_str()).ok_or(GONE)?,
                Some(_) => from,
                None => order.len(),
            };
            order.insert(to, moved);
            number(db, &order).await
        })
        .await
    }
}

async fn number(db: &mut SqliteConnection, order: &[String]) -> Result<()> {
    for (place, id) in (1_i64..).zip(order) {
        sqlx::query("UPDATE downloads SET place = ?2 WHERE id = ?1").bind(id).bind(place).execute(&mut *db).await?;
    }
    Ok(())
}

pub(crate) fn json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| StoreError::Damaged(error.to_string()))
}

fn kept(row: &SqliteRow) -> Result<KeptDownload> {
    let damaged = |error: serde_json::Error| StoreError::Damaged(format!("a download in the list: {error}"));
    let files: Vec<DownloadFile> = serde_json::from_str(row.try_get("files")?).map_err(damaged)?;
    let standing = match row.try_get::<&str, _>("state")? {
        "queued" => DownloadStanding::Queued,
        "paused" => DownloadStanding::Paused,
        "done" => DownloadStanding::Done,
        _ => DownloadStanding::Failed(
            serde_json::from_str(row.try_get::<Option<&str>, _>("error")?.unwrap_or("null")).map_err(damaged)?,
        ),
    };
    let what = NewDownload {
        repo: row.try_get("repo")?,
        revision: row.try_get("revision")?,
        item: row.try_get("item")?,
        name: row.try_get("name")?,
        quantisation: row.try_get("quantisation")?,
        files,
    };
    let size: i64 = row.try_get("size_bytes")?;
    Ok(KeptDownload {
        id: row.try_get::<String, _>("id")?.into(),
        added_at: row.try_get("added_at")?,
        what,
        size_bytes: u64::try_from(size).unwrap_or(0),
        standing,
    })
}
