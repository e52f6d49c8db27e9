//! `inglenook token`: who may use the server.

use std::process::ExitCode;

use inglenook_contract::{ErrorCode, ErrorInfo, MadeServerToken, NewServerToken, Nothing, ServerToken, TokenScope};
use inglenook_host::Reached;
use serde_json::json;

use crate::commands::{Scope, Token};
use crate::say::{Out, table};

pub(crate) async fn tokens(app: &Reached, what: Token, out: &Out) -> Result<ExitCode, ErrorInfo> {
    match what {
        Token::List => list(app, out).await,
        Token::Make { name, scope } => make(app, name, &scope, out).await,
        Token::Revoke { token } => revoke(app, &token, out).await,
    }
}

async fn list(app: &Reached, out: &Out) -> Result<ExitCode, ErrorInfo> {
    let tokens: Vec<ServerToken> = app.ask("server.tokens", json!({})).await?;
    out.answer(&tokens, || {
        if tokens.is_empty() {
            return "No tokens yet. Make one with: inglenook token make NAME".to_owned();
        }
        let mut rows = vec![["NAME", "ALLOWS", "ENDS IN", "USED", "ID"].map(str::to_owned).to_vec()];
        rows.extend(tokens.iter().map(|token| {
            let allows = token.scopes.iter().map(|scope| scope_name(*scope)).collect::<Vec<_>>().join(", ");
            let used = if token.last_used_at.is_some() { "yes" } else { "never" };
            vec![token.name.clone(), allows, token.ending.clone(), used.to_owned(), token.id.to_string()]
        }));
        table(&rows, &[])
    });
    Ok(ExitCode::SUCCESS)
}

async fn make(app: &Reached, name: String, scopes: &[Scope], out: &Out) -> Result<ExitCode, ErrorInfo> {
    let scopes = scopes.iter().map(|scope| match scope {
        Scope::Read => TokenScope::Read,
        Scope::Generate => TokenScope::Generate,
        Scope::Manage => TokenScope::Manage,
    });
    let new = NewServerToken { name, scopes: scopes.collect() };
    let made: MadeServerToken = app.ask("server.makeToken", new).await?;
    out.answer(&made, || {
        format!("{}\nThis is the only time it is shown: keep it where your program finds it.", made.secret)
    });
    Ok(ExitCode::SUCCESS)
}

async fn revoke(app: &Reached, wanted: &str, out: &Out) -> Result<ExitCode, ErrorInfo> {
    let tokens: Vec<ServerToken> = app.ask("server.tokens", json!({})).await?;
    let named: Vec<&ServerToken> =
        tokens.iter().filter(|token| token.name == wanted || token.id.as_str() == wanted).collect();
    match named.as_slice() {
        [token] => {
            let _: Nothing = app.ask("server.revokeToken", json!({ "token": token.id })).await?;
            out.answer(&json!({ "revoked": token.id }), || format!("\"{}\" is of no use any more.", token.name));
            Ok(ExitCode::SUCCESS)
        }
        [] => Err(ErrorInfo::new(ErrorCode::NotFound, format!("There is no token \"{wanted}\"."))),
        _ => {
            let words = format!("Several tokens are called \"{wanted}\": say which by its ID.");
            Err(ErrorInfo::new(ErrorCode::InvalidRequest, words))
        }
    }
}

fn scope_name(scope: TokenScope) -> &'static str {
    match scope {
        TokenScope::Read => "read",
        TokenScope::Generate => "generate",
        TokenScope::Manage => "manage",
    }
}
