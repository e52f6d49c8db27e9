//! Messages: what a person says, and what they do with what was said.

use futures::Stream;
use inglenook_contract::{
    AnswerEvent, BeginChat, ChangeTag, Chat, ChatId, DeletedMessages, EditMessage, Message, MessageId, MessagePage,
    MessagePageRequest, MessageRef, QueuedRef, Role, SendMessage, Sent,
};

use crate::{App, AppError, Result, answers, chats};

/// A page of the path that is shown.
///
/// # Errors
/// `NotFound` for an unknown chat.
pub async fn page(app: &App, request: MessagePageRequest) -> Result<MessagePage> {
    let limit = request.limit.clamp(1, 400);
    let mut page = app.store_of(request.chat.as_str()).page(&request.chat, request.from, limit).await?;
    // What is being written, or could not be, is further in memory than on disk.
    for message in &mut page.messages {
        if let Some(newer) = in_memory(app, &message.id) {
            let versions = std::mem::take(&mut message.versions);
            *message = Message { versions, index: message.index, ..newer };
        }
    }
    Ok(page)
}

fn in_memory(app: &App, id: &MessageId) -> Option<Message> {
    let live = app.answers().live(id).map(|live| live.message());
    live.or_else(|| app.answers().unstored.message(id))
}

/// Says something. While an answer is on its way in the chat, the text waits its turn.
///
/// # Errors
/// `InvalidRequest` for an empty text, `NotFound`.
pub async fn send(app: &App, request: SendMessage) -> Result<Sent> {
    if request.text.trim().is_empty() {
        return Err(AppError::EmptyMessage);
    }
    let gate = app.answers().gate().await;
    let store = app.store_of(request.chat.as_str());
    if app.answers().is_answering(&request.chat) {
        let queued = store.push_queued(&request.chat, &request.text).await?;
        drop(gate);
        app.changes_bus().tell_chat(&request.chat);
        return Ok(Sent::Queued { queued: queued.id });
    }
    let turn = store.add_turn(&request.chat, &request.text, None).await?;
    Ok(answers::begin_turn(app, turn))
}

/// A new chat and what is said in it first: both, or neither.
///
/// # Errors
/// `InvalidRequest` for an empty text or a parameter out of range; as every writing of the store.
pub async fn begin_chat(app: &App, request: BeginChat) -> Result<Chat> {
    if request.text.trim().is_empty() {
        return Err(AppError::EmptyMessage);
    }
    inglenook_settings::validate_parameters(&request.parameters)?;
    let model = request.model.or_else(|| app.settings().last_model);
    let store = if request.temporary { app.temporary_store() } else { app.store() };
    let gate = app.answers().gate().await;
    let turn = store.begin_chat(model.as_ref(), &request.parameters, &request.text).await?;
    let id = turn.message.chat.clone();
    answers::begin_turn(app, turn);
    drop(gate);
    Ok(chats::complete(app, store.chat(&id).await?))
}

/// Stops the answer that is being written; what was said stays. Texts that wait are held, not sent.
///
/// # Errors
/// None today; a chat in which nothing is written is left as it is.
pub async fn stop(app: &App, chat: &ChatId) -> Result<()> {
    app.answers().stop_and_wait(chat).await;
    Ok(())
}

/// Takes a waiting text out of the queue.
///
/// # Errors
/// `NotFound` where it is not there any more.
pub async fn unqueue(app: &App, request: QueuedRef) -> Result<()> {
    app.store_of(request.chat.as_str()).take_queued(&request.chat, &request.queued).await?;
    app.changes_bus().tell_chat(&request.chat);
    Ok(())
}

/// Sends a held text now, or lets it go out when the answer before it is done.
///
/// # Errors
/// `NotFound` where it is not there any more.
pub async fn send_queued(app: &App, request: QueuedRef) -> Result<Sent> {
    let gate = app.answers().gate().await;
    let store = app.store_of(request.chat.as_str());
    if app.answers().is_answering(&request.chat) {
        store.release_queued(&request.chat, &request.queued).await?;
        drop(gate);
        app.changes_bus().tell_chat(&request.chat);
        return Ok(Sent::Queued { queued: request.queued });
    }
    let turn = store.add_queued_turn(&request.chat, &request.queued, None).await?;
    Ok(answers::begin_turn(app, turn))
}

/// Another answer in the place of this one, which stays as a version.
///
/// # Errors
/// `InvalidRequest` for a person's message, `NotFound`.
pub async fn regenerate(app: &App, message: &MessageId) -> Result<MessageRef> {
    let store = app.store_of(message.as_str());
    let old = store.message(message).await?;
    let (Role::Assistant, Some(parent)) = (old.role, old.parent) else { return Err(AppError::NotAnAnswer) };
    let _gate = app.answers().still(&old.chat).await;
    let answer = store.add_answer(&parent, None).await?;
    Ok(answers::begin(app, answer))
}

/// Goes on with an answer that ended early.
///
/// # Errors
/// `InvalidRequest` for a person's message, `NotFound`.
pub async fn go_on(app: &App, message: &MessageId) -> Result<MessageRef> {
    let store = app.store_of(message.as_str());
    let old = store.message(message).await?;
    if old.role != Role::Assistant {
        return Err(AppError::NotAnAnswer);
    }
    let _gate = app.answers().still(&old.chat).await;
    let answer = store.reopen(message).await?;
    Ok(answers::begin(app, answer))
}

/// A new version with other words. An answer to it begins if it is a person's.
///
/// # Errors
/// `InvalidRequest` for an empty text, `NotFound`.
pub async fn edit(app: &App, request: EditMessage) -> Result<MessageRef> {
    if request.text.trim().is_empty() {
        return Err(AppError::EmptyMessage);
    }
    let store = app.store_of(request.message.as_str());
    let old = store.message(&request.message).await?;
    let _gate = app.answers().still(&old.chat).await;
    if old.role == Role::Assistant {
        let version = store.edit_answer(&request.message, &request.text).await?;
        app.changes_bus().tell_chat(&old.chat);
        return Ok(MessageRef { message: version.id });
    }
    let turn = store.edit_user(&request.message, &request.text, None).await?;
    Ok(answers::begin(app, turn.answer))
}

/// Shows a version and the path below it that was last shown.
///
/// # Errors
/// `NotFound`.
pub async fn show(app: &App, message: &MessageId) -> Result<()> {
    let chat = app.store_of(message.as_str()).show_message(message).await?;
    app.changes_bus().tell_chat(&chat);
    Ok(())
}

/// A message and all that follows it to the trash.
///
/// # Errors
/// `NotFound`.
pub async fn delete(app: &App, message: &MessageId) -> Result<()> {
    let store = app.store_of(message.as_str());
    let chat = store.message(message).await?.chat;
    let _gate = app.answers().still(&chat).await;
    store.delete_message(message).await?;
    chats::tell(app, &chat);
    Ok(())
}

/// Back from the trash, with what followed.
///
/// # Errors
/// `NotFound` where it is not in the trash.
pub async fn restore(app: &App, message: &MessageId) -> Result<()> {
    let chat = app.store_of(message.as_str()).restore_message(message).await?;
    chats::tell(app, &chat);
    Ok(())
}

/// What went to the trash message by message.
///
/// # Errors
/// As every reading of the store.
pub async fn trash(app: &App) -> Result<Vec<DeletedMessages>> {
    Ok(app.store().deleted_messages().await?)
}

/// A deleted message and all that followed it out of the trash for good.
///
/// # Errors
/// `NotFound` where it is not in the trash.
pub async fn purge(app: &App, message: &MessageId) -> Result<()> {
    app.store().purge_message(message).await?;
    app.changes_bus().tell(ChangeTag::Chats);
    Ok(())
}

/// An answer as it is written: all of it so far, then what comes, then its end.
///
/// # Errors
/// `NotFound`.
pub async fn watch(app: &App, message: &MessageId) -> Result<impl Stream<Item = AnswerEvent> + Send + 'static + use<>> {
    use futures::StreamExt as _;
    if let Some(live) = app.answers().live(message) {
        return Ok(live.watch().boxed());
    }
    let message = match app.answers().unstored.message(message) {
        Some(message) => message,
        None => app.store_of(message.as_str()).message(message).await?,
    };
    let snapshot = AnswerEvent::Snapshot { message: Box::new(message.clone()) };
    let ended = AnswerEvent::Ended { message: Box::new(message) };
    Ok(futures::stream::iter([snapshot, ended]).boxed())
}
