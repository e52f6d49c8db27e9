//! What loads were predicted to take, and took.

use inglenook_contract::FitRecord;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::{Result, Store, identity};

/// Records that are kept; older ones go.
const KEPT: i64 = 500;

/// A load that was predicted and measured.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadRecord {
    /// As the window shows it.
    pub shown: FitRecord,
    /// The model's architecture, as its header names it.
    pub architecture: String,
    /// Bytes that were estimated before any correction.
    pub estimated_bytes: u64,
    /// How much of that the header says exactly.
    pub exact_bytes: u64,
}

impl Store {
    /// Notes a load; its time is given here.
    ///
    /// # Errors
    /// As every write.
    pub async fn record_load(&self, load: &LoadRecord) -> Result<()> {
        let LoadRecord { shown, architecture, estimated_bytes, exact_bytes } = load;
        let signed = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
        self.write(async |db| {
            sqlx::query(
                "INSERT INTO fit_records
                     (at, name, architecture, quantisation, engine, context, estimated_bytes, exact_bytes,
                      predicted_bytes, measured_bytes)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )
            .bind(identity::now())
            .bind(&shown.name)
            .bind(architecture)
            .bind(&shown.quantisation)
            .bind(&shown.engine)
            .bind(shown.context)
            .bind(signed(*estimated_bytes))
            .bind(signed(*exact_bytes))
            .bind(signed(shown.predicted_bytes))
            .bind(signed(shown.measured_bytes))
            .execute(&mut *db)
            .await?;
            sqlx::query("DELETE FROM fit_records WHERE number <= (SELECT max(number) FROM fit_records) - ?1")
                .bind(KEPT)
                .execute(db)
                .await?;
            Ok(())
        })
        .await
    }

    /// All loads that are known, newest first.
    ///
    /// # Errors
    /// As every read.
    pub async fn loads(&self) -> Result<Vec<LoadRecord>> {
        self.read(async |db| {
            let rows = sqlx::query(
                "SELECT at, name, architecture, quantisation, engine, context, estimated_bytes, exact_bytes,
                        predicted_bytes, measured_bytes
                 FROM fit_records ORDER BY number DESC",
            )
            .fetch_all(db)
            .await?;
            rows.iter().map(record).collect()
        })
        .await
    }
}

fn record(row: &SqliteRow) -> Result<LoadRecord> {
    let bytes = |name: &str| -> Result<u64> { Ok(u64::try_from(row.try_get::<i64, _>(name)?).unwrap_or(0)) };
    Ok(LoadRecord {
        shown: FitRecord {
            name: row.try_get("name")?,
            quantisation: row.try_get("quantisation")?,
            engine: row.try_get("engine")?,
            context: row.try_get("context")?,
            predicted_bytes: bytes("predicted_bytes")?,
            measured_bytes: bytes("measured_bytes")?,
            at: row.try_get("at")?,
        },
        architecture: row.try_get("architecture")?,
        estimated_bytes: bytes("estimated_bytes")?,
        exact_bytes: bytes("exact_bytes")?,
    })
}
