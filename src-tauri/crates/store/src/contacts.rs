//! The ledger: every contact with a host on the network.

use inglenook_contract::LedgerEntry;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::{Result, Store};

/// Entries that are kept; older ones go.
const KEPT: i64 = 20_000;
/// Entries of a page.
const PAGE: i64 = 100;

/// What the ledger knows of one host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostSums {
    /// Its name.
    pub host: String,
    /// How often it was contacted.
    pub contacts: u64,
    /// Bytes that came from it.
    pub received_bytes: u64,
    /// When it was last contacted, milliseconds since 1970-01-01 UTC.
    pub last_at: i64,
}

impl Store {
    /// Notes contacts; their numbers are given here.
    ///
    /// # Errors
    /// As every write.
    pub async fn record_contacts(&self, contacts: &[LedgerEntry]) -> Result<()> {
        self.write(async |db| {
            for contact in contacts {
                sqlx::query(
                    "INSERT INTO contacts (at, host, purpose, status, sent_bytes, received_bytes)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )
                .bind(contact.at)
                .bind(&contact.host)
                .bind(&contact.purpose)
                .bind(contact.status)
                .bind(signed(contact.sent_bytes))
                .bind(signed(contact.received_bytes))
                .execute(&mut *db)
                .await?;
            }
            sqlx::query("DELETE FROM contacts WHERE number <= (SELECT max(number) FROM contacts) - ?1")
                .bind(KEPT)
                .execute(db)
                .await?;
            Ok(())
        })
        .await
    }

    /// A page of the ledger, newest first: entries before this number, or the newest.
    ///
    /// # Errors
    /// As every read.
    pub async fn contacts(&self, before: Option<i64>) -> Result<Vec<LedgerEntry>> {
        self.read(async |db| {
            let rows = sqlx::query(
                "SELECT number, at, host, purpose, status, sent_bytes, received_bytes FROM contacts
                 WHERE number < ?1 ORDER BY number DESC LIMIT ?2",
            )
            .bind(before.unwrap_or(i64::MAX))
            .bind(PAGE)
            .fetch_all(db)
            .await?;
            rows.iter().map(entry).collect()
        })
        .await
    }

    /// What the ledger knows of each host.
    ///
    /// # Errors
    /// As every read.
    pub async fn contacted_hosts(&self) -> Result<Vec<HostSums>> {
        self.read(async |db| {
            let rows: Vec<(String, i64, i64, i64)> = sqlx::query_as(
                "SELECT host, count(*), sum(received_bytes), max(at) FROM contacts GROUP BY host ORDER BY host",
            )
            .fetch_all(db)
            .await?;
            let sums = |(host, contacts, received, last_at)| HostSums {
                host,
                contacts: unsigned(contacts),
                received_bytes: unsigned(received),
                last_at,
            };
            Ok(rows.into_iter().map(sums).collect())
        })
        .await
    }

    /// Empties the ledger.
    ///
    /// # Errors
    /// As every write.
    pub async fn clear_contacts(&self) -> Result<()> {
        self.write(async |db| {
            sqlx::query("DELETE FROM contacts").execute(db).await?;
            Ok(())
        })
        .await?;
        self.empty_log().await;
        Ok(())
    }
}

fn entry(row: &SqliteRow) -> Result<LedgerEntry> {
    Ok(LedgerEntry {
        number: row.try_get("number")?,
        at: row.try_get("at")?,
        host: row.try_get("host")?,
        purpose: row.try_get("purpose")?,
        status: row.try_get("status")?,
        sent_bytes: unsigned(row.try_get("sent_bytes")?),
        received_bytes: unsigned(row.try_get("received_bytes")?),
    })
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
