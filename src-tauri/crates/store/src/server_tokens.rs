//! The tokens of the local server.

use inglenook_contract::{ServerToken, TokenId};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::downloads::json;
use crate::{Result, Store};

/// SHA-256 of a token's secret.
pub type SecretHash = [u8; 32];

const COLUMNS: &str = "SELECT id, name, scopes, ending, created_at, last_used_at FROM server_tokens ORDER BY id DESC";
const WITH_HASH: &str = "SELECT id, name, scopes, ending, created_at, last_used_at FROM server_tokens WHERE hash = ?1";

impl Store {
    /// Keeps a token.
    ///
    /// # Errors
    /// As every write.
    pub async fn add_server_token(&self, token: &ServerToken, hash: &SecretHash) -> Result<()> {
        let scopes = json(&token.scopes)?;
        self.write(async |db| {
            sqlx::query(
                "INSERT INTO server_tokens (id, name, scopes, hash, ending, created_at, last_used_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )
            .bind(token.id.as_str())
            .bind(&token.name)
            .bind(&scopes)
            .bind(hash.as_slice())
            .bind(&token.ending)
            .bind(token.created_at)
            .bind(token.last_used_at)
            .execute(db)
            .await?;
            Ok(())
        })
        .await
    }

    /// All tokens, newest first.
    ///
    /// # Errors
    /// As every read.
    pub async fn server_tokens(&self) -> Result<Vec<ServerToken>> {
        self.read(async |db| sqlx::query(COLUMNS).fetch_all(db).await?.iter().map(token).collect()).await
    }

    /// The token with this hash.
    ///
    /// # Errors
    /// As every read.
    pub async fn server_token(&self, hash: &SecretHash) -> Result<Option<ServerToken>> {
        self.read(async |db| {
            let row = sqlx::query(WITH_HASH).bind(hash.as_slice()).fetch_optional(db).await?;
            row.as_ref().map(token).transpose()
        })
        .await
    }

    /// Notes when a token was used, milliseconds since 1970-01-01 UTC.
    ///
    /// # Errors
    /// As every write.
    pub async fn use_server_token(&self, id: &TokenId, at: i64) -> Result<()> {
        self.write(async |db| {
            sqlx::query("UPDATE server_tokens SET last_used_at = ?2 WHERE id = ?1")
                .bind(id.as_str())
                .bind(at)
                .execute(db)
                .await?;
            Ok(())
        })
        .await
    }

    /// Forgets a token; `false` where there was none.
    ///
    /// # Errors
    /// As every write.
    pub async fn remove_server_token(&self, id: &TokenId) -> Result<bool> {
        self.write(async |db| {
            let gone = sqlx::query("DELETE FROM server_tokens WHERE id = ?1").bind(id.as_str()).execute(db).await?;
            Ok(gone.rows_affected() > 0)
        })
        .await
    }
}

fn token(row: &SqliteRow) -> Result<ServerToken> {
    let scopes: String = row.try_get("scopes")?;
    Ok(ServerToken {
        id: row.try_get::<String, _>("id")?.into(),
        name: row.try_get("name")?,
        // A scope that only a newer version knows gives nothing here.
        scopes: serde_json::from_str(&scopes).unwrap_or_default(),
        ending: row.try_get("ending")?,
        created_at: row.try_get("created_at")?,
        last_used_at: row.try_get("last_used_at")?,
    })
}
