//! Tokens of the local server.

use inglenook_contract::{ServerToken, TokenScope};

use crate::support::*;

fn token(id: &str, name: &str) -> ServerToken {
    ServerToken {
        id: id.into(),
        name: name.into(),
        scopes: vec![TokenScope::Read, TokenScope::Generate],
        ending: "wxyz".into(),
        created_at: 1,
        last_used_at: None,
    }
}

#[tokio::test]
async fn a_token_is_found_by_its_hash_alone_and_is_gone_once_it_is_revoked() {
    let (store, _home) = store().await;
    let (first, second) = (token("1", "Editor"), token("2", "Phone"));
    store.add_server_token(&first, &[1; 32]).await.unwrap();
    store.add_server_token(&second, &[2; 32]).await.unwrap();
    assert_eq!(store.server_tokens().await.unwrap(), [second.clone(), first.clone()], "newest first");
    assert_eq!(store.server_token(&[1; 32]).await.unwrap(), Some(first.clone()));
    assert_eq!(store.server_token(&[3; 32]).await.unwrap(), None);
    assert!(store.add_server_token(&token("3", "Twin"), &[1; 32]).await.is_err(), "one secret, one token");

    store.use_server_token(&first.id, 7).await.unwrap();
    assert_eq!(store.server_token(&[1; 32]).await.unwrap().unwrap().last_used_at, Some(7));

    assert!(store.remove_server_token(&first.id).await.unwrap());
    assert!(!store.remove_server_token(&first.id).await.unwrap(), "it is gone already");
    assert_eq!(store.server_token(&[1; 32]).await.unwrap(), None);
    assert_eq!(store.server_tokens().await.unwrap(), [second]);
}
