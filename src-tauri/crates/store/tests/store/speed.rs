//! How long a very long chat takes. The times are told, not judged: `cargo test speed -- --nocapture`.

use std::path::Path;
use std::time::{Duration, Instant};

use inglenook_contract::*;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use crate::support::*;

const MESSAGES: u32 = 10_000;

/// Makes the path of a chat longer, past the store, whose transactions would take a minute.
async fn lengthen(home: &Path, chat: &ChatId) {
    let mut db = SqliteConnectOptions::new().filename(home.join("inglenook.db")).connect().await.unwrap();
    sqlx::query(
        "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?2)
         INSERT INTO messages (id, chat_id, parent_id, depth, shown, active_child, role, status, created_at, text, stats)
         SELECT 'm' || i, ?1, CASE i WHEN 2 THEN (SELECT id FROM messages WHERE chat_id = ?1 AND depth = 1)
                              ELSE 'm' || (i - 1) END,
                i, 1, 'm' || (i + 1), iif(i % 2, 'assistant', 'user'), 'done', i,
                'Message ' || i || ' ' || replace(hex(zeroblob(500)), '00', 'so '),
                iif(i % 2, '{\"prompt_tokens\":1,\"cached_tokens\":0,\"completion_tokens\":1,\"first_token_ms\":1,\"generation_ms\":1}', NULL)
         FROM n",
    )
    .bind(chat.as_str())
    .bind(MESSAGES)
    .execute(&mut db)
    .await
    .unwrap();
    sqlx::query("INSERT OR IGNORE INTO message_search SELECT row, lower(text) FROM messages")
        .execute(&mut db)
        .await
        .unwrap();
    db.close().await.unwrap();
}

fn tell(what: &str, took: Duration) {
    eprintln!("{what:>48}: {:8.2} ms", took.as_secs_f64() * 1e3);
}

macro_rules! timed {
    ($what:literal, $work:expr) => {{
        let start = Instant::now();
        let done = $work.await.unwrap();
        tell($what, start.elapsed());
        done
    }};
}

#[tokio::test]
async fn a_chat_of_ten_thousand_messages() {
    let (store, home) = store().await;
    let (id, first) = chat(&store, &["q", "a"]).await;
    lengthen(home.path(), &id).await;
    let page = timed!("last page, cold", store.page(&id, None, 60));
    assert_eq!((page.total, page.messages.len()), (MESSAGES, 60));
    timed!("last page", store.page(&id, None, 60));
    timed!("first page", store.page(&id, Some(0), 60));
    let page = timed!("page in the middle", store.page(&id, Some(MESSAGES / 2), 60));
    assert_eq!(page.messages[0].index, MESSAGES / 2);
    timed!("largest page", store.page(&id, Some(3000), 400));
    let chat = timed!("the chat itself", store.chat(&id));
    assert_eq!(chat.message_count, MESSAGES);
    timed!("the list", store.chats("", false));
    let last = page.messages[59].id.clone();
    assert_eq!(timed!("path to a message, for a prompt", store.path_to(&last)).len(), 5060);
    assert_eq!(timed!("search for a phrase", store.chats("message 9998 so", false)).len(), 1);
    assert_eq!(timed!("search for nothing there", store.chats("absent", false)).len(), 0);
    timed!("a turn", store.add_turn(&id, "next", None));
    let other = timed!("another answer to the first message", store.add_answer(&first[0].id, None));
    timed!("back to the long path", store.show_message(&first[1].id));
    timed!("deleting all of it", store.delete_message(&first[1].id));
    timed!("bringing it back", store.restore_message(&first[1].id));
    timed!("a branch of all of it", store.branch_chat(&last));
    timed!("the chat to the trash", store.delete_chat(&id));
    timed!("and out of it for good", store.purge_chat(&id));
    assert!(store.message(&other.id).await.is_err());
    let start = Instant::now();
    store.close().await.unwrap();
    tell("closing", start.elapsed());
}
