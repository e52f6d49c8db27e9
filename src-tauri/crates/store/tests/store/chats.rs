//! Chats: titles, order, trash, branches.

use std::collections::BTreeSet;

use inglenook_contract::*;
use inglenook_store::{Store, StoreError};

use crate::support::*;

async fn titles(store: &Store, trash: bool) -> Vec<String> {
    store.chats("", trash).await.unwrap().into_iter().map(|chat| chat.title).collect()
}

#[tokio::test]
async fn a_title_is_automatic_until_a_person_gives_one() {
    let (store, _home) = store().await;
    let chat = store.create_chat(None).await.unwrap().summary.id;
    assert_eq!(titles(&store, false).await, [""], "nothing was said");
    store.rename_chat(&chat, "  Mine \n own ").await.unwrap();
    talk(&store, &chat, "What is a hearth?\nTell me.", "A fireplace.").await;
    talk(&store, &chat, "And a chimney?", "Its way out.").await;
    assert_eq!(titles(&store, false).await, ["Mine own"]);
    store.rename_chat(&chat, " ").await.unwrap();
    assert_eq!(titles(&store, false).await, ["What is a hearth?"], "of the first message, not of the last");
    store.rename_chat(&chat, &"ü".repeat(300)).await.unwrap();
    assert_eq!(titles(&store, false).await, ["ü".repeat(200)]);
}

#[tokio::test]
async fn pinned_chats_stand_first_then_the_last_spoken_in() {
    let (store, _home) = store().await;
    let mut ids = Vec::new();
    for title in ["one", "two", "three"] {
        let (id, _) = chat(&store, &[title, "yes"]).await;
        ids.push(id);
    }
    assert_eq!(titles(&store, false).await, ["three", "two", "one"]);
    store.pin_chat(&ids[0], true).await.unwrap();
    assert_eq!(titles(&store, false).await, ["one", "three", "two"]);
    store.pin_chat(&ids[0], false).await.unwrap();
    talk(&store, &ids[1], "more", "yes").await;
    assert_eq!(titles(&store, false).await[0], "two");
}

#[tokio::test]
async fn a_chat_keeps_its_model_parameters_and_draft() {
    let (store, home) = store().await;
    let chat = store.create_chat(Some(&"m1".into())).await.unwrap();
    assert_eq!(chat.model, Some("m1".into()));
    assert_eq!(chat.parameters, Parameters::default());
    let id = chat.summary.id;
    let parameters = Parameters {
        system_prompt: "Be brief.".into(),
        temperature: Some(0.3),
        stop: vec!["\n\n".into()],
        seed: Some(u32::MAX),
        thinking: Some(false),
        ..Parameters::default()
    };
    store.save_parameters(&id, &parameters).await.unwrap();
    store.choose_model(&id, &"m2".into()).await.unwrap();
    store.save_draft(&id, "half a thou").await.unwrap();
    store.close().await.unwrap();

    let again = open(home.path()).await.chat(&id).await.unwrap();
    assert_eq!(again.parameters, parameters);
    assert_eq!(again.model, Some("m2".into()));
    assert_eq!(again.draft, "half a thou");
}

#[tokio::test]
async fn a_chat_goes_to_the_trash_comes_back_and_goes_for_good() {
    let (store, _home) = store().await;
    let (keep, _) = chat(&store, &["keep", "yes"]).await;
    let (id, messages) = chat(&store, &["go", "yes", "on", "yes"]).await;
    assert!(matches!(store.purge_chat(&id).await, Err(StoreError::NotFound(_))), "only from the trash");
    store.delete_chat(&id).await.unwrap();
    assert_eq!(titles(&store, false).await, ["keep"]);
    assert_eq!(titles(&store, true).await, ["go"]);
    assert!(store.chat(&id).await.unwrap().summary.deleted_at.is_some());
    let said = store.add_turn(&id, "still there?", None).await;
    assert!(matches!(said, Err(StoreError::NotFound(_))), "nothing is said in the trash");

    store.restore_chat(&id).await.unwrap();
    assert_eq!(shown(&store, &id).await, ["go", "yes", "on", "yes"]);
    store.delete_chat(&id).await.unwrap();
    store.purge_chat(&id).await.unwrap();
    assert!(matches!(store.chat(&id).await, Err(StoreError::NotFound(_))));
    assert!(matches!(store.message(&messages[0].id).await, Err(StoreError::NotFound(_))));
    assert_eq!(shown(&store, &keep).await, ["keep", "yes"]);
}

#[tokio::test]
async fn emptying_the_trash_takes_single_messages_along() {
    let (store, home) = store().await;
    let (id, messages) = chat(&store, &["q1", "a1", "q2", "a secret word"]).await;
    let (gone, _) = chat(&store, &["another secret word", "a"]).await;
    store.push_queued(&gone, "a third secret word").await.unwrap();
    store.delete_message(&messages[2].id).await.unwrap();
    store.delete_chat(&gone).await.unwrap();
    store.empty_trash().await.unwrap();
    assert!(matches!(store.restore_message(&messages[2].id).await, Err(StoreError::NotFound(_))));
    assert_eq!(titles(&store, true).await, [""; 0]);
    assert_eq!(shown(&store, &id).await, ["q1", "a1"]);

    for file in std::fs::read_dir(home.path()).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let found = bytes.windows(11).any(|window| window == b"secret word");
            assert!(!found, "what is gone for good is overwritten, in {}", path.display());
        }
    }
}

#[tokio::test]
async fn a_branch_is_a_chat_of_its_own() {
    let (store, _home) = store().await;
    let (id, messages) = chat(&store, &["q1", "a1", "q2", "a2"]).await;
    store.choose_model(&id, &"m1".into()).await.unwrap();
    let parameters = Parameters { top_k: Some(5), ..Parameters::default() };
    store.save_parameters(&id, &parameters).await.unwrap();
    store.save_draft(&id, "draft").await.unwrap();
    let other = store.add_answer(&messages[2].id, None).await.unwrap();
    store.append(&other.id, "half", "").await.unwrap();

    let branch = store.branch_chat(&other.id).await.unwrap();
    assert_eq!(branch.summary.title, "q1 (branch)");
    assert_eq!((branch.model, &branch.parameters, branch.draft.as_str()), (Some("m1".into()), &parameters, ""));
    assert_eq!(branch.context_used, Some(42), "of the first answer");
    let copy = branch.summary.id;
    assert_eq!(shown(&store, &copy).await, ["q1", "a1", "q2", "half"]);
    let page = store.page(&copy, None, 10).await.unwrap();
    assert_eq!(page.messages[3].status, MessageStatus::Cut, "nobody writes the copy");
    assert!(page.messages.iter().all(|message| message.versions == [message.id.clone()]), "one version each");
    let ids: BTreeSet<_> = page.messages.iter().map(|message| &message.id).collect();
    assert!(messages.iter().all(|message| !ids.contains(&message.id)), "copies have identifiers of their own");

    store.delete_message(&page.messages[1].id).await.unwrap();
    talk(&store, &copy, "other way", "yes").await;
    store.show_message(&messages[3].id).await.unwrap();
    assert_eq!(shown(&store, &id).await, ["q1", "a1", "q2", "a2"], "the original does not change with it");
    store.rename_chat(&id, "Mine").await.unwrap();
    assert_eq!(store.branch_chat(&messages[0].id).await.unwrap().summary.title, "Mine (branch)");
}

#[tokio::test]
async fn unfinished_business_is_marked_at_the_next_start() {
    let (store, home) = store().await;
    let (id, _) = chat(&store, &["q1", "a1"]).await;
    let waiting = store.add_turn(&id, "q2", None).await.unwrap().answer;
    let streaming = store.add_answer(&waiting.parent.unwrap(), None).await.unwrap();
    let by = AnsweredBy { id: "m".into(), name: "Pocket".into(), quantisation: None };
    store.begin_streaming(&streaming.id, &by).await.unwrap();
    store.append(&streaming.id, "so far", "").await.unwrap();
    store.push_queued(&id, "next").await.unwrap();
    store.record_use(&by.id).await.unwrap();
    store.close().await.unwrap();

    let store = open(home.path()).await;
    assert_eq!(store.message(&waiting.id).await.unwrap().status, MessageStatus::Cut);
    let cut = store.message(&streaming.id).await.unwrap();
    assert_eq!((cut.status, cut.text.as_str()), (MessageStatus::Cut, "so far"));
    let kept = store.chat(&id).await.unwrap();
    assert!(!kept.summary.answering);
    let held = kept.queue[0].held.as_ref().expect("it was not sent, and says why");
    assert_eq!(held.message, "Inglenook was closed before this could be sent.");
    assert!(store.last_used().await.unwrap().contains_key(&by.id));
}

#[tokio::test]
async fn a_closed_store_says_so() {
    let (store, home) = store().await;
    let other = store.clone();
    store.close().await.unwrap();
    store.close().await.unwrap();
    let late = other.create_chat(None).await;
    assert!(matches!(late, Err(StoreError::Busy(_))), "closed for every handle: {late:?}");
    open(home.path()).await;
}

#[tokio::test]
async fn a_second_opening_is_refused_while_the_first_lasts() {
    let (store, home) = store().await;
    let second = Store::open(home.path()).await.err();
    assert!(matches!(second, Some(StoreError::Busy(_))), "{second:?}");
    store.close().await.unwrap();
    open(home.path()).await;
}

#[tokio::test]
async fn a_chat_begins_with_what_is_said_and_takes_the_draft_with_it() {
    let (store, home) = store().await;
    store.save_new_draft("What is a hea").await.unwrap();
    store.close().await.unwrap();
    let store = open(home.path()).await;
    assert_eq!(store.new_draft().await.unwrap(), "What is a hea", "it was kept");

    let parameters = Parameters { temperature: Some(0.25), ..Parameters::default() };
    let turn = store.begin_chat(None, &parameters, "What is a hearth?").await.unwrap();
    let chat = store.chat(&turn.message.chat).await.unwrap();
    assert_eq!(chat.summary.title, "What is a hearth?");
    assert_eq!(chat.parameters, parameters);
    assert_eq!(turn.answer.status, MessageStatus::Waiting);
    assert_eq!(store.new_draft().await.unwrap(), "", "what was said is no draft any more");

    let temporary = Store::temporary().await.unwrap();
    store.save_new_draft("another").await.unwrap();
    temporary.begin_chat(None, &parameters, "secret").await.unwrap();
    assert_eq!(store.new_draft().await.unwrap(), "another", "the two have nothing to do with each other");
}
