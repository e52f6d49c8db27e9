//! Opening: from whatever lies in the folder to a database that can be used.

use std::path::Path;

use inglenook_contract::{ErrorCode, ErrorInfo, Notice};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};

use crate::backup::{self, Kind};
use crate::connections::{Connections, options, options_in_memory};
use crate::files::{Aside, Files};
use crate::lock::Lock;
use crate::schema::{self, Schema};
use crate::{Result, Store, StoreError};

/// A store that was opened, and what the person should be told about it.
#[derive(Debug)]
pub struct Opened {
    /// The store, ready for use.
    pub store: Store,
    /// [`Notice::DatabaseSetAside`] where the database was damaged; else nothing.
    pub notices: Vec<Notice>,
}

impl Store {
    /// Opens (or makes) the database in the folder `dir`, brings it to this version's form and puts right what an
    /// unclean end left behind: answers that were being written are [`Cut`](inglenook_contract::MessageStatus::Cut),
    /// queued texts are held. A damaged database is set aside, never deleted, and a new one takes its place.
    ///
    /// Once a day a backup is made, in the background.
    ///
    /// # Errors
    /// [`StoreError::Busy`] where another process has it open, `TooNew`, `PermissionDenied`, `DiskFull`, `Failed`.
    /// Damage is not an error but a notice.
    pub async fn open(dir: &Path) -> Result<Opened> {
        let files = Files::at(dir)?;
        let mut lock = Lock::take(&files)?;
        let clean = lock.take_clean(&files)?;
        let had_data = !backup::names(&files)?.is_empty();

        let attempt = match files.misshapen(had_data)? {
            Some(damage) => Err(StoreError::Damaged(damage.into())),
            None => connect(&files, !clean).await,
        };
        let mut notices = Vec::new();
        let connections = match attempt {
            Err(StoreError::Damaged(damage)) => {
                let aside = files.set_aside(Aside::Damaged)?;
                tracing::error!(%damage, aside = %aside.display(), "the database is damaged and was set aside");
                let connections = connect_anew(&files, &aside).await?;
                let backups = backup::list(&files).await?;
                notices.push(Notice::DatabaseSetAside { path: aside.display().to_string(), backups });
                connections
            }
            other => other?,
        };
        let store = Store::on_disk(connections, files, lock);
        store.begin_daily_backup().await?;
        Ok(Opened { store, notices })
    }

    /// A store that lives in memory only and is gone with its last handle. Its identifiers begin with `temp-`.
    ///
    /// # Errors
    /// `Failed` where the machine has no memory left.
    pub async fn temporary() -> Result<Self> {
        let mut db = options_in_memory().connect().await?;
        schema::migrate(&mut db).await?;
        Ok(Self::in_memory(Connections::in_memory(db)))
    }
}

/// Connections to the database in `files`, which is made where there is none, brought to today's form and freed of
/// what an unclean end left. With `examine` the whole file is examined first.
pub(crate) async fn connect(files: &Files, examine: bool) -> Result<Connections> {
    files.prepare_database()?;
    let path = files.database();
    leave_wal_where_refused(&path).await?;
    let db = options(&path).connect().await?;
    let db = kept_open(db, async |db| {
        let schema = schema::inspect(db).await?;
        if examine && schema != Schema::Empty {
            schema::examine(db).await?;
        }
        if schema == Schema::Old { backup::make(db, files, Kind::BeforeUpdate).await } else { Ok(()) }
    })
    .await?;
    let db = use_wal(db, &path).await?;
    let db = kept_open(db, async |db| {
        schema::migrate(db).await?;
        end_unfinished(db).await
    })
    .await?;
    Ok(Connections::on_disk(db, &path))
}

/// Connections to a new database, in the place of the one that lies at `aside`. Where none can be made, on a full disk
/// say, that one goes back: the next start meets the damage again, and the person hears of it then.
async fn connect_anew(files: &Files, aside: &Path) -> Result<Connections> {
    match connect(files, false).await {
        Ok(connections) => Ok(connections),
        Err(error) => {
            files.bring_back(aside)?;
            Err(error)
        }
    }
}

/// The connection after this work; after an error it is closed. That is awaited, because what is closed late would
/// delete the log of the database that takes its place.
async fn kept_open(
    mut db: SqliteConnection,
    work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<()>,
) -> Result<SqliteConnection> {
    match work(&mut db).await {
        Ok(()) => Ok(db),
        Err(error) => {
            let _ = db.close().await;
            Err(error)
        }
    }
}

/// Has readers and the writer not wait for each other, where the file system can do it.
async fn use_wal(db: SqliteConnection, path: &Path) -> Result<SqliteConnection> {
    let switched = kept_open(db, async |db| {
        // SQLite marks the file first and only meets a refusal when it next reads.
        sqlx::query("PRAGMA journal_mode = WAL").fetch_all(&mut *db).await?;
        sqlx::query("SELECT count(*) FROM sqlite_schema").fetch_all(db).await?;
        Ok(())
    });
    match switched.await {
        Err(StoreError::Failed(_)) => {
            leave_wal_where_refused(path).await?;
            Ok(options(path).connect().await?)
        }
        other => other,
    }
}

/// A database that was closed with a write-ahead log and then moved to a file system that has no shared memory
/// cannot be read at all, unless by one connection alone; that one takes it out of the mode.
async fn leave_wal_where_refused(path: &Path) -> Result<()> {
    let Err(StoreError::Failed(refusal)) = ask(options(path), "SELECT count(*) FROM sqlite_schema").await else {
        return Ok(());
    };
    tracing::warn!(refusal, "the database cannot be read with its write-ahead log; trying without");
    ask(options(path).pragma("locking_mode", "EXCLUSIVE"), "PRAGMA journal_mode = DELETE").await
}

/// Runs one statement on a connection of its own.
async fn ask(options: SqliteConnectOptions, statement: &'static str) -> Result<()> {
    let mut db = options.connect().await?;
    let asked = sqlx::query(statement).fetch_all(&mut db).await;
    db.close().await?;
    asked?;
    Ok(())
}

/// Marks what the last process did not bring to an end.
async fn end_unfinished(db: &mut SqliteConnection) -> Result<()> {
    let reason = ErrorInfo::new(ErrorCode::Cancelled, "Inglenook was closed before this could be sent.");
    sqlx::query("UPDATE messages SET status = 'cut' WHERE status IN ('waiting', 'streaming')")
        .execute(&mut *db)
        .await?;
    sqlx::query("UPDATE queue SET held = ?1 WHERE held IS NULL")
        .bind(serde_json::to_string(&reason)?)
        .execute(db)
        .await?;
    Ok(())
}
