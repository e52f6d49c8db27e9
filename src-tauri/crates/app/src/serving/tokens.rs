//! Tokens of the local server: made here, shown once, kept as a hash.

use inglenook_contract::{ChangeTag, ErrorCode, ErrorInfo, MadeServerToken, NewServerToken, ServerToken, TokenId};
use inglenook_engine::{Clock as _, SystemClock};
use sha2::{Digest as _, Sha256};

use crate::{App, Result};

/// What every secret begins with, so that it is known for one where it turns up.
const PREFIX: &str = "ink-";
/// Characters of a token's name.
const LONGEST_NAME: usize = 80;
/// How exactly it is noted when a token was used, milliseconds.
const NOTED_EVERY: i64 = 60_000;

/// All tokens, newest first.
///
/// # Errors
/// As every reading of the store.
pub async fn tokens(app: &App) -> Result<Vec<ServerToken>> {
    Ok(app.store().server_tokens().await?)
}

/// Makes a token.
///
/// # Errors
/// `InvalidRequest` without a name or a scope, and as every writing of the store.
pub async fn make_token(app: &App, new: NewServerToken) -> Result<MadeServerToken> {
    let name = new.name.trim().to_owned();
    let refuse = |words: &str| Err(ErrorInfo::new(ErrorCode::InvalidRequest, words).into());
    if name.is_empty() {
        return refuse("Say what the token is for: it needs a name.");
    }
    if name.chars().count() > LONGEST_NAME {
        return refuse("The name of a token has at most 80 characters.");
    }
    let mut scopes = new.scopes;
    scopes.sort();
    scopes.dedup();
    if scopes.is_empty() {
        return refuse("Choose at least one thing that the token allows.");
    }
    // 244 random bits.
    let secret = format!("{PREFIX}{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple());
    let token = ServerToken {
        id: uuid::Uuid::now_v7().to_string().into(),
        name,
        scopes,
        ending: secret[secret.len() - 4..].to_owned(),
        created_at: SystemClock.now(),
        last_used_at: None,
    };
    app.store().add_server_token(&token, &hash(&secret)).await?;
    app.changes_bus().tell(ChangeTag::Server);
    Ok(MadeServerToken { token, secret })
}

/// Makes a token useless at once.
///
/// # Errors
/// `NotFound`, and as every writing of the store.
pub async fn revoke_token(app: &App, token: &TokenId) -> Result<()> {
    if !app.store().remove_server_token(token).await? {
        return Err(ErrorInfo::new(ErrorCode::NotFound, "There is no such token (any more).").into());
    }
    app.changes_bus().tell(ChangeTag::Server);
    Ok(())
}

/// The token with this secret, and notes that it was used. Only its hash is looked for, so that how long that takes tells
/// nothing of the secret.
///
/// # Errors
/// As every reading of the store.
pub async fn check_token(app: &App, secret: &str) -> Result<Option<ServerToken>> {
    let Some(token) = app.store().server_token(&hash(secret)).await? else { return Ok(None) };
    let now = SystemClock.now();
    if token.last_used_at.is_none_or(|last| now - last >= NOTED_EVERY) {
        app.store().use_server_token(&token.id, now).await?;
        app.changes_bus().tell(ChangeTag::Server);
    }
    Ok(Some(token))
}

fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}
