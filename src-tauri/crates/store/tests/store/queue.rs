//! Texts that wait.

use inglenook_contract::*;
use inglenook_store::StoreError;

use crate::support::*;

#[tokio::test]
async fn waiting_texts_go_out_in_order_and_held_ones_are_passed_over() {
    let (store, _home) = store().await;
    let (id, _) = chat(&store, &["q", "a"]).await;
    store.save_draft(&id, "one").await.unwrap();
    let one = store.push_queued(&id, "one").await.unwrap();
    assert_eq!(store.chat(&id).await.unwrap().draft, "", "it waits, so it is no draft any more");
    let reason = ErrorInfo::new(ErrorCode::Cancelled, "You stopped the answer before it.");
    store.hold_queue(&id, &reason).await.unwrap();
    let two = store.push_queued(&id, "two").await.unwrap();
    let queue = store.chat(&id).await.unwrap().queue;
    assert_eq!(queue, store.queue(&id).await.unwrap());
    assert_eq!(queue.iter().map(|queued| queued.text.as_str()).collect::<Vec<_>>(), ["one", "two"]);
    assert_eq!(queue[0].held.as_ref(), Some(&reason));

    assert_eq!(store.next_queued(&id).await.unwrap(), Some(two.clone()), "the first is held");
    store.save_draft(&id, "a new thought").await.unwrap();
    let turn = store.add_queued_turn(&id, &two.id, None).await.unwrap();
    assert_eq!(turn.message.text, "two");
    assert_eq!(store.chat(&id).await.unwrap().draft, "a new thought", "the draft is about something else by now");
    assert_eq!(store.next_queued(&id).await.unwrap(), None);

    store.release_queued(&id, &one.id).await.unwrap();
    assert_eq!(store.next_queued(&id).await.unwrap().map(|queued| queued.id), Some(one.id.clone()));
    assert_eq!(store.take_queued(&id, &one.id).await.unwrap().text, "one");
    for gone in [
        store.take_queued(&id, &one.id).await.err(),
        store.release_queued(&id, &one.id).await.err(),
        store.add_queued_turn(&id, &two.id, None).await.err(),
    ] {
        assert!(matches!(gone, Some(StoreError::NotFound(_))), "it does not wait any more: {gone:?}");
    }
}

#[tokio::test]
async fn a_text_that_cannot_be_sent_stays_in_the_queue() {
    let (store, _home) = store().await;
    let (id, _) = chat(&store, &["q", "a"]).await;
    let queued = store.push_queued(&id, "wait").await.unwrap();
    store.delete_chat(&id).await.unwrap();
    let refused = store.add_queued_turn(&id, &queued.id, None).await;
    assert!(matches!(refused, Err(StoreError::NotFound(_))), "{refused:?}");
    assert_eq!(store.queue(&id).await.unwrap(), [queued], "all of it was taken back");
}

#[tokio::test]
async fn a_text_that_waited_for_an_answer_follows_that_answer() {
    let (store, _home) = store().await;
    let (id, messages) = chat(&store, &["one", "first"]).await;
    let waiting = store.push_queued(&id, "and then?").await.unwrap();
    let other = store.add_answer(&messages[0].id, None).await.unwrap();
    store.finish(&other.id, done("second")).await.unwrap();
    assert_eq!(shown(&store, &id).await, ["one", "second"], "the person looks at another version by now");

    let turn = store.add_queued_turn(&id, &waiting.id, Some(&messages[1].id)).await.unwrap();
    assert_eq!(turn.message.parent.as_ref(), Some(&messages[1].id), "it was said to the first");
    assert_eq!(shown(&store, &id).await, ["one", "first", "and then?", ""]);
}
