//! The connections to one database: one that writes, a few that read.
//!
//! Transactions are begun and ended here by hand and not through sqlx: SQLite may roll one back by itself (a full
//! disk, an I/O error), and sqlx 0.9 then counts a transaction that is no more and never begins another.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, SqliteConnection, SqlitePool};
use tokio::sync::Mutex;

use crate::Result;

/// Enough for a page, the list and a prompt at the same time.
const READERS: u32 = 4;
/// Without a write-ahead log a commit waits for readers, and the longest reader is a backup.
const PATIENCE: Duration = Duration::from_secs(30);

/// The connections to one database.
#[derive(Debug)]
pub(crate) struct Connections {
    writer: Mutex<Writer>,
    /// `None` for a database in memory, which one connection owns.
    readers: Option<SqlitePool>,
}

#[derive(Debug)]
struct Writer {
    connection: SqliteConnection,
    /// A transaction was begun, and its end was not seen: its caller was dropped, or it failed.
    in_transaction: bool,
}

impl Connections {
    /// Connections to the database at `path`, over which `writer` was opened.
    pub(crate) fn on_disk(writer: SqliteConnection, path: &Path) -> Self {
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .max_lifetime(None)
            .test_before_acquire(false)
            .connect_lazy_with(options(path).read_only(true));
        Self { writer: Mutex::new(Writer { connection: writer, in_transaction: false }), readers: Some(readers) }
    }

    /// The one connection to a database in memory.
    pub(crate) fn in_memory(connection: SqliteConnection) -> Self {
        Self { writer: Mutex::new(Writer { connection, in_transaction: false }), readers: None }
    }

    /// Runs `work` as one transaction: all of it is kept, or nothing.
    pub(crate) async fn write<T>(&self, work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T>) -> Result<T> {
        let mut writer = self.writer.lock().await;
        writer.roll_back().await;
        writer.in_transaction = true;
        sqlx::query("BEGIN IMMEDIATE").execute(&mut writer.connection).await?;
        let done = match work(&mut writer.connection).await {
            Ok(done) => sqlx::query("COMMIT").execute(&mut writer.connection).await.map(|_| done).map_err(Into::into),
            Err(error) => Err(error),
        };
        match done {
            Ok(_) => writer.in_transaction = false,
            Err(_) => writer.roll_back().await,
        }
        done
    }

    /// Runs `work`, which should be one statement: a second one could see another state.
    pub(crate) async fn read<T>(&self, work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T>) -> Result<T> {
        match &self.readers {
            Some(readers) => work(&mut *readers.acquire().await?).await,
            None => {
                let mut writer = self.writer.lock().await;
                writer.roll_back().await;
                work(&mut writer.connection).await
            }
        }
    }

    /// Writes what stands in the log into the database and empties the log, so that what was deleted for good is in
    /// neither. The deletion itself stands already, so a failure only leaves the log as it is.
    pub(crate) async fn empty_log(&self) {
        let mut writer = self.writer.lock().await;
        writer.roll_back().await;
        // Readers, a backup above all, are not waited for: nobody could write meanwhile. The end empties it anyway.
        let patience = format!("PRAGMA busy_timeout = {}", PATIENCE.as_millis());
        for statement in ["PRAGMA busy_timeout = 0".into(), "PRAGMA wal_checkpoint(TRUNCATE)".into(), patience] {
            if let Err(error) = sqlx::query(AssertSqlSafe(statement)).execute(&mut writer.connection).await {
                tracing::warn!(%error, "the database's log could not be emptied");
            }
        }
    }

    /// Closes them all; the last one writes the log into the database.
    pub(crate) async fn close(self) -> Result<()> {
        if let Some(readers) = self.readers {
            readers.close().await;
        }
        let mut writer = self.writer.into_inner();
        writer.roll_back().await;
        if let Err(error) = sqlx::query("PRAGMA optimize").execute(&mut writer.connection).await {
            tracing::warn!(%error, "the database's statistics were not renewed");
        }
        Ok(writer.connection.close().await?)
    }
}

impl Writer {
    /// Ends a transaction that is still open. Where SQLite ended it already the statement fails, which is as well.
    async fn roll_back(&mut self) {
        if self.in_transaction {
            let _ = sqlx::query("ROLLBACK").execute(&mut self.connection).await;
            self.in_transaction = false;
        }
    }
}

/// How every connection to the database at `path` is opened.
///
/// `FULL`: a commit survives a power cut, not only the end of the process; a person's message is worth one sync of
/// the disk. Sorting happens in memory so that no chat is ever in a temporary file, and what is deleted is
/// overwritten.
pub(crate) fn options(path: &Path) -> SqliteConnectOptions {
    common(SqliteConnectOptions::new().filename(path))
        .synchronous(SqliteSynchronous::Full)
        .pragma("secure_delete", "ON")
        // What a big write leaves of the log, bytes.
        .pragma("journal_size_limit", "16777216")
}

/// How the connection to a database in memory is opened.
pub(crate) fn options_in_memory() -> SqliteConnectOptions {
    common(SqliteConnectOptions::new().in_memory(true))
}

fn common(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options.pragma("temp_store", "MEMORY").busy_timeout(PATIENCE).disable_statement_logging()
}
