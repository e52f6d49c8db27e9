//! Turns, versions, edits, deletions: the tree and the path through it.

use inglenook_contract::*;
use inglenook_store::StoreError;

use crate::support::*;

#[tokio::test]
async fn a_turn_is_what_was_said_and_an_answer_that_waits() {
    let (store, _home) = store().await;
    let chat = store.create_chat(None).await.unwrap().summary.id;
    store.save_draft(&chat, "Hello").await.unwrap();
    let by = AnsweredBy { id: "m1".into(), name: "Pocket".into(), quantisation: Some("Q8_0".into()) };
    let turn = store.add_turn(&chat, "Hello", Some(&by)).await.unwrap();

    assert_eq!(turn.message.role, Role::User);
    assert_eq!(turn.message.status, MessageStatus::Done);
    assert_eq!(turn.message.parent, None);
    assert_eq!(turn.answer.parent, Some(turn.message.id.clone()));
    assert_eq!(turn.answer.status, MessageStatus::Waiting);
    assert_eq!(turn.answer.answered_by, Some(by));
    assert_eq!((turn.message.index, turn.answer.index), (0, 1));

    let kept = store.chat(&chat).await.unwrap();
    assert_eq!(kept.draft, "", "what was sent is no draft any more");
    assert_eq!(kept.message_count, 2);
    assert!(kept.summary.answering);
    assert_eq!(kept.context_used, None, "nothing was counted yet");
}

#[tokio::test]
async fn an_answer_is_written_piece_by_piece_and_ends_once() {
    let (store, _home) = store().await;
    let chat = store.create_chat(None).await.unwrap().summary.id;
    let answer = store.add_turn(&chat, "Count", None).await.unwrap().answer.id;
    let by = AnsweredBy { id: "m1".into(), name: "Pocket".into(), quantisation: None };
    assert_eq!(store.begin_streaming(&answer, &by).await.unwrap().status, MessageStatus::Streaming);
    store.append(&answer, "", "Let me see.").await.unwrap();
    store.append(&answer, "one, ", "").await.unwrap();
    store.append(&answer, "two", "").await.unwrap();
    let written = store.message(&answer).await.unwrap();
    assert_eq!((written.text.as_str(), written.reasoning.as_str()), ("one, two", "Let me see."));

    let call = ToolCall { id: "c1".into(), name: "clock".into(), arguments: "{}".into() };
    let mut end = done("one, two, three");
    end.tool_calls = vec![call.clone()];
    end.reasoning = "Let me see.".into();
    end.reasoning_ms = Some(120);
    let ended = store.finish(&answer, end).await.unwrap();
    assert_eq!(ended, store.message(&answer).await.unwrap(), "what is returned is what is kept");
    assert_eq!(ended.tool_calls, [call]);
    assert_eq!(ended.answered_by, Some(by));
    let kept = store.chat(&chat).await.unwrap();
    assert!(!kept.summary.answering);
    assert_eq!(kept.context_used, Some(42), "prompt and text of the last answer");

    for late in [store.append(&answer, "!", "").await.err(), store.finish(&answer, done("other")).await.err()] {
        assert!(matches!(late, Some(StoreError::Refused(_))), "what ended is not written over: {late:?}");
    }
    assert_eq!(store.message(&answer).await.unwrap().text, "one, two, three");
}

#[tokio::test]
async fn an_answer_cannot_end_as_unfinished() {
    let (store, _home) = store().await;
    let chat = store.create_chat(None).await.unwrap().summary.id;
    let answer = store.add_turn(&chat, "Hello", None).await.unwrap().answer.id;
    let mut end = done("Hm");
    end.status = MessageStatus::Streaming;
    assert!(matches!(store.finish(&answer, end).await, Err(StoreError::Refused(_))));
}

#[tokio::test]
async fn a_regenerated_answer_is_a_version_and_both_can_be_shown() {
    let (store, _home) = store().await;
    let (chat, messages) = chat(&store, &["q1", "a1", "q2", "a2"]).await;
    let other = store.add_answer(&messages[0].id, None).await.unwrap();
    assert_eq!(other.versions, [messages[1].id.clone(), other.id.clone()]);
    assert_eq!(shown(&store, &chat).await, ["q1", ""], "the new answer ends the path");
    store.finish(&other.id, done("a1 again")).await.unwrap();

    store.show_message(&messages[1].id).await.unwrap();
    assert_eq!(shown(&store, &chat).await, ["q1", "a1", "q2", "a2"], "what followed the first answer is back");
    store.show_message(&other.id).await.unwrap();
    assert_eq!(shown(&store, &chat).await, ["q1", "a1 again"]);
    let texts: Vec<_> = store.versions(&other.id).await.unwrap().into_iter().map(|version| version.text).collect();
    assert_eq!(texts, ["a1", "a1 again"]);
}

#[tokio::test]
async fn an_edited_message_leaves_the_old_words_and_what_followed_them() {
    let (store, _home) = store().await;
    let (chat, messages) = chat(&store, &["q1", "a1", "q2", "a2"]).await;
    let turn = store.edit_user(&messages[0].id, "q1 better", None).await.unwrap();
    assert!(turn.message.edited);
    assert_eq!(turn.message.versions, [messages[0].id.clone(), turn.message.id.clone()]);
    assert_eq!(shown(&store, &chat).await, ["q1 better", ""]);
    store.finish(&turn.answer.id, done("a1 better")).await.unwrap();

    store.show_message(&messages[0].id).await.unwrap();
    assert_eq!(shown(&store, &chat).await, ["q1", "a1", "q2", "a2"]);

    let edited = store.edit_answer(&messages[1].id, "my words").await.unwrap();
    assert!(edited.edited && edited.status == MessageStatus::Done && edited.stats.is_none());
    assert_eq!(shown(&store, &chat).await, ["q1", "my words"]);
    assert_eq!(store.message(&messages[1].id).await.unwrap().text, "a1", "the model's words are as they were");

    let wrong = store.edit_user(&messages[1].id, "x", None).await;
    assert!(matches!(wrong, Err(StoreError::Refused(_))), "an answer is not what a person said");
    let wrong = store.edit_answer(&messages[0].id, "x").await;
    assert!(matches!(wrong, Err(StoreError::Refused(_))), "nor the other way round");
}

#[tokio::test]
async fn another_answer_to_a_hidden_message_shows_it() {
    let (store, _home) = store().await;
    let (chat, messages) = chat(&store, &["q1", "a1", "q2", "a2"]).await;
    store.edit_user(&messages[0].id, "q1 better", None).await.unwrap();
    store.add_answer(&messages[2].id, None).await.unwrap();
    assert_eq!(shown(&store, &chat).await, ["q1", "a1", "q2", ""]);
}

#[tokio::test]
async fn an_answer_that_ended_early_goes_on_where_it_stopped() {
    let (store, _home) = store().await;
    let chat = store.create_chat(None).await.unwrap().summary.id;
    let answer = store.add_turn(&chat, "Tell", None).await.unwrap().answer.id;
    assert!(matches!(store.reopen(&answer).await, Err(StoreError::Refused(_))), "it has not ended");
    let mut end = done("Once upon");
    end.status = MessageStatus::Failed;
    end.error = Some(ErrorInfo::new(ErrorCode::EngineCrashed, "The engine ended."));
    store.finish(&answer, end).await.unwrap();

    let again = store.reopen(&answer).await.unwrap();
    assert_eq!((again.status, again.text.as_str()), (MessageStatus::Waiting, "Once upon"));
    assert_eq!((again.error, again.finish_reason), (None, None));
    store.append(&answer, " a time", "").await.unwrap();
    assert_eq!(store.finish(&answer, done("Once upon a time")).await.unwrap().text, "Once upon a time");
}

#[tokio::test]
async fn a_deleted_version_makes_room_for_its_neighbour_and_comes_back() {
    let (store, _home) = store().await;
    let (chat, messages) = chat(&store, &["q1", "a1", "q2", "a2"]).await;
    let other = store.add_answer(&messages[0].id, None).await.unwrap();
    store.finish(&other.id, done("other")).await.unwrap();

    store.delete_message(&other.id).await.unwrap();
    assert_eq!(shown(&store, &chat).await, ["q1", "a1", "q2", "a2"]);
    assert_eq!(store.message(&messages[1].id).await.unwrap().versions, [messages[1].id.clone()]);
    assert!(matches!(store.message(&other.id).await, Err(StoreError::NotFound(_))), "it is in the trash");
    assert!(matches!(store.delete_message(&other.id).await, Err(StoreError::NotFound(_))));

    store.delete_message(&messages[1].id).await.unwrap();
    assert_eq!(shown(&store, &chat).await, ["q1"], "no version is left, so the path ends above");
    assert!(store.path_to(&messages[3].id).await.is_err(), "what followed went along");

    store.restore_message(&messages[1].id).await.unwrap();
    assert_eq!(shown(&store, &chat).await, ["q1", "a1", "q2", "a2"]);
    assert!(matches!(store.restore_message(&messages[1].id).await, Err(StoreError::NotFound(_))));
    store.restore_message(&other.id).await.unwrap();
    assert_eq!(shown(&store, &chat).await, ["q1", "other"]);
}

#[tokio::test]
async fn what_was_deleted_before_stays_deleted_and_what_was_deleted_above_comes_back() {
    let (store, _home) = store().await;
    let (chat, messages) = chat(&store, &["q1", "a1", "q2", "a2"]).await;
    store.delete_message(&messages[3].id).await.unwrap();
    store.delete_message(&messages[1].id).await.unwrap();
    store.restore_message(&messages[1].id).await.unwrap();
    assert_eq!(shown(&store, &chat).await, ["q1", "a1", "q2"], "the first deletion still stands");

    store.delete_message(&messages[1].id).await.unwrap();
    store.restore_message(&messages[3].id).await.unwrap();
    assert_eq!(shown(&store, &chat).await, ["q1", "a1", "q2", "a2"], "it cannot be shown without what is above");
}

#[tokio::test]
async fn where_the_version_last_shown_is_in_the_trash_the_latest_one_is_shown() {
    let (store, _home) = store().await;
    let (chat, messages) = chat(&store, &["q", "first"]).await;
    let mut last = messages[1].id.clone();
    for text in ["second", "third"] {
        last = store.add_answer(&messages[0].id, None).await.unwrap().id;
        store.finish(&last, done(text)).await.unwrap();
    }
    store.edit_user(&messages[0].id, "other q", None).await.unwrap();
    store.delete_message(&last).await.unwrap();
    assert_eq!(shown(&store, &chat).await, ["other q", ""], "what is shown does not change with what is not");
    store.show_message(&messages[0].id).await.unwrap();
    assert_eq!(shown(&store, &chat).await, ["q", "second"]);
}

#[tokio::test]
async fn what_was_deleted_in_a_chat_can_be_seen_in_the_trash_brought_back_or_erased() {
    let (store, _home) = store().await;
    let (chat, messages) = chat(&store, &["first", "one", "second", "two", "third", "three"]).await;
    assert_eq!(store.deleted_messages().await.unwrap(), []);
    store.delete_message(&messages[4].id).await.unwrap();
    store.delete_message(&messages[2].id).await.unwrap();

    let trash = store.deleted_messages().await.unwrap();
    let seen: Vec<_> = trash.iter().map(|one| (one.text.as_str(), one.count, one.title.as_str())).collect();
    assert_eq!(seen, [("second", 2, "first"), ("third", 2, "first")], "each deletion by itself, the last one first");

    store.restore_message(&trash[0].message).await.unwrap();
    assert_eq!(shown(&store, &chat).await, ["first", "one", "second", "two"]);
    store.delete_message(&messages[2].id).await.unwrap();
    store.purge_message(&messages[2].id).await.unwrap();
    assert_eq!(store.deleted_messages().await.unwrap(), [], "what was deleted below it before is gone with it");
    assert!(matches!(store.purge_message(&messages[2].id).await, Err(StoreError::NotFound(_))));
    assert!(
        matches!(store.purge_message(&messages[0].id).await, Err(StoreError::NotFound(_))),
        "it is not in the trash"
    );
    assert_eq!(shown(&store, &chat).await, ["first", "one"]);

    store.delete_message(&messages[1].id).await.unwrap();
    store.delete_chat(&chat).await.unwrap();
    assert_eq!(store.deleted_messages().await.unwrap(), [], "a chat in the trash stands there as a whole");
}

#[tokio::test]
async fn the_first_message_can_be_deleted_and_the_chat_goes_on() {
    let (store, _home) = store().await;
    let (chat, messages) = chat(&store, &["q1", "a1"]).await;
    store.delete_message(&messages[0].id).await.unwrap();
    assert_eq!(shown(&store, &chat).await, [""; 0]);
    talk(&store, &chat, "q2", "a2").await;
    assert_eq!(shown(&store, &chat).await, ["q2", "a2"]);
    store.restore_message(&messages[0].id).await.unwrap();
    assert_eq!(shown(&store, &chat).await, ["q1", "a1"], "both are first messages, versions of each other");
}

#[tokio::test]
async fn an_answer_in_the_trash_still_ends() {
    let (store, _home) = store().await;
    let chat = store.create_chat(None).await.unwrap().summary.id;
    let turn = store.add_turn(&chat, "q", None).await.unwrap();
    store.delete_message(&turn.answer.id).await.unwrap();
    assert!(!store.chat(&chat).await.unwrap().summary.answering, "nothing that can be seen is being written");
    store.append(&turn.answer.id, "a", "").await.unwrap();
    let ended = store.finish(&turn.answer.id, done("ab")).await.unwrap();
    assert_eq!(ended.versions, std::slice::from_ref(&turn.answer.id));
    store.restore_message(&turn.answer.id).await.unwrap();
    assert_eq!(shown(&store, &chat).await, ["q", "ab"]);
}

#[tokio::test]
async fn pages_are_parts_of_the_path() {
    let (store, _home) = store().await;
    let (chat, messages) = chat(&store, &["0", "1", "2", "3", "4", "5", "6", "7"]).await;
    let page = async |from, limit| {
        let page = store.page(&chat, from, limit).await.unwrap();
        assert_eq!(page.total, 8, "the total does not depend on the page");
        page.messages.into_iter().map(|message| message.text).collect::<Vec<_>>().concat()
    };
    assert_eq!(page(None, 3).await, "567");
    assert_eq!(page(Some(2), 3).await, "234");
    assert_eq!(page(Some(6), 30).await, "67");
    assert_eq!(page(Some(9), 3).await, "");
    assert_eq!(page(None, 400).await, "01234567");
    let to: Vec<_> = store.path_to(&messages[3].id).await.unwrap().into_iter().map(|message| message.text).collect();
    assert_eq!(to, ["0", "1", "2", "3"]);

    let nowhere = ChatId::from("nowhere");
    assert!(matches!(store.page(&nowhere, None, 3).await, Err(StoreError::NotFound(_))));
}
