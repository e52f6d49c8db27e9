//! The form of the database: what a file is, and how an older one is brought to today's form.
//!
//! Migrations only go forward, and one that was released is never edited: sqlx compares its hash. A new one gets a
//! dump of a database that it made beside the others in `tests/fixtures`.

use sqlx::SqliteConnection;
use sqlx::migrate::Migrator;

use crate::{Result, StoreError};

pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!();

/// `PRAGMA application_id` of our databases, "Ingl"; set by the first migration.
const APPLICATION_ID: i64 = 0x496e_676c;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Schema {
    /// Nothing yet.
    Empty,
    /// Made by an older version.
    Old,
    /// As this version makes it.
    Current,
}

/// Finds out what the database is without changing it.
///
/// # Errors
/// `TooNew` where a newer version made it, `Damaged` where it is not ours.
pub(crate) async fn inspect(db: &mut SqliteConnection) -> Result<Schema> {
    let tables: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema").fetch_one(&mut *db).await?;
    if tables == 0 {
        return Ok(Schema::Empty);
    }
    let migrated: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '_sqlx_migrations')",
    )
    .fetch_one(&mut *db)
    .await?;
    if !migrated {
        return Err(StoreError::Damaged("a database of another program".into()));
    }
    let applied: Vec<i64> =
        sqlx::query_scalar("SELECT version FROM _sqlx_migrations ORDER BY version").fetch_all(&mut *db).await?;
    if applied.is_empty() {
        return Ok(Schema::Empty);
    }
    let id: i64 = sqlx::query_scalar("PRAGMA application_id").fetch_one(&mut *db).await?;
    if id != APPLICATION_ID {
        return Err(StoreError::Damaged(format!("application_id {id:#x}, a database of another program")));
    }
    if applied.iter().any(|version| !MIGRATIONS.version_exists(*version)) {
        return Err(StoreError::TooNew);
    }
    Ok(if applied.len() == MIGRATIONS.iter().count() { Schema::Current } else { Schema::Old })
}

/// Examines the structure of the whole file, all of which is read for it.
///
/// # Errors
/// `Damaged` with what was found.
pub(crate) async fn examine(db: &mut SqliteConnection) -> Result<()> {
    let found: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(db).await?;
    if found == "ok" { Ok(()) } else { Err(StoreError::Damaged(found)) }
}

/// Brings the database to today's form; each migration is one transaction.
pub(crate) async fn migrate(db: &mut SqliteConnection) -> Result<()> {
    Ok(MIGRATIONS.run_direct(None, db, false).await?)
}
