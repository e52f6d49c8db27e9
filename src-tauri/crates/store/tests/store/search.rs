//! The search finds exactly what reading everything from end to end would.

use inglenook_contract::*;
use inglenook_store::Store;
use proptest::prelude::*;

use crate::support::*;

async fn found(store: &Store, search: &str) -> Vec<String> {
    let mut titles: Vec<_> = store.chats(search, false).await.unwrap().into_iter().map(|chat| chat.title).collect();
    titles.sort();
    titles
}

#[tokio::test]
async fn it_finds_parts_of_words_in_either_case_in_titles_and_every_version() {
    let (store, _home) = store().await;
    let (chimney, messages) = chat(&store, &["CHIMNEY", "Er zieht den Rauch über das Dach."]).await;
    chat(&store, &["Other", "100 % of \"nothing\" in_particular, it's all"]).await;
    assert_eq!(found(&store, "imne").await, ["CHIMNEY"]);
    assert_eq!(found(&store, "ÜBER").await, ["CHIMNEY"]);
    assert_eq!(found(&store, "ü").await, ["CHIMNEY"], "one letter is enough");
    assert_eq!(found(&store, "%").await, ["Other"], "a sign means itself");
    assert_eq!(found(&store, "n_p").await, ["Other"]);
    assert_eq!(found(&store, "_").await, ["Other"]);
    assert_eq!(found(&store, "\"nothing\"").await, ["Other"]);
    assert_eq!(found(&store, "it's").await, ["Other"]);
    assert_eq!(found(&store, "  ").await, ["CHIMNEY", "Other"], "nothing is sought");
    assert_eq!(found(&store, "absent").await, [""; 0]);

    store.edit_answer(&messages[1].id, "Durch den Schornstein.").await.unwrap();
    assert_eq!(found(&store, "rauch").await, ["CHIMNEY"], "in a version that is not shown");
    assert_eq!(found(&store, "schornstein").await, ["CHIMNEY"]);
    store.rename_chat(&chimney, "Fireplace").await.unwrap();
    assert_eq!(found(&store, "PLACE").await, ["Fireplace"]);
    assert_eq!(found(&store, "chimney").await, ["Fireplace"], "its first message still says so");
}

#[tokio::test]
async fn it_looks_where_it_is_told_to() {
    let (store, _home) = store().await;
    let (id, messages) = chat(&store, &["needle", "a", "hay", "b"]).await;
    store.delete_message(&messages[2].id).await.unwrap();
    assert_eq!(found(&store, "hay").await, [""; 0], "a message in the trash is not in the chat");
    store.delete_chat(&id).await.unwrap();
    assert_eq!(found(&store, "needle").await, [""; 0]);
    let trash = store.chats("NEEDLE", true).await.unwrap();
    assert_eq!(trash.len(), 1, "the trash can be searched as well");
}

#[tokio::test]
async fn it_finds_an_answer_while_it_is_written() {
    let (store, _home) = store().await;
    let chat = store.create_chat(None).await.unwrap().summary.id;
    let answer = store.add_turn(&chat, "title", None).await.unwrap().answer.id;
    store.append(&answer, "half of a Wo", "").await.unwrap();
    store.append(&answer, "Rd", "").await.unwrap();
    assert_eq!(found(&store, "word").await, ["title"], "across two pieces");
    store.finish(&answer, done("other")).await.unwrap();
    assert_eq!(found(&store, "word").await, [""; 0], "only what it came to say counts");
}

/// Letters with and without case, of one byte and more, and signs that mean something to SQL, `LIKE`, FTS or C.
const SIGNS: &[char] = &[
    'a', 'A', 'b', 'ä', 'Ä', 'ß', 'ẞ', 'σ', 'ς', 'Σ', 'İ', 'ı', 'K', '%', '_', '\'', '"', '*', '\\', ' ', '\n', '\0',
    '漢', '字', '🙂',
];

fn text(longest: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(SIGNS), 1..longest).prop_map(String::from_iter)
}

/// Without case, as the search promises it: letter by letter, all small sigmas being one.
fn plain(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect::<String>().replace('ς', "σ")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_finds_what_reading_everything_would(
        chats in prop::collection::vec((text(12), text(30), prop::option::of(text(8))), 1..6),
        sought in prop::collection::vec(text(5), 1..12),
    ) {
        runtime().block_on(async {
            let store = Store::temporary().await.unwrap();
            let mut all: Vec<(ChatId, Vec<String>)> = Vec::new();
            for (said, answered, title) in chats {
                let chat = store.create_chat(None).await.unwrap().summary.id;
                talk(&store, &chat, &said, &answered).await;
                if let Some(title) = title {
                    store.rename_chat(&chat, &title).await.unwrap();
                }
                let title = store.chat(&chat).await.unwrap().summary.title;
                all.push((chat, vec![said, answered, title]));
            }
            for sought in sought.into_iter().filter(|sought| !sought.trim().is_empty()) {
                let mut expected: Vec<_> = all
                    .iter()
                    .filter(|(_, texts)| texts.iter().any(|text| plain(text).contains(&plain(&sought))))
                    .map(|(chat, _)| chat.clone())
                    .collect();
                let mut found: Vec<_> =
                    store.chats(&sought, false).await.unwrap().into_iter().map(|chat| chat.id).collect();
                expected.sort();
                found.sort();
                assert_eq!(found, expected, "sought {sought:?} in {all:?}");
            }
        });
    }
}
