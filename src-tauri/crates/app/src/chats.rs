//! Chats: the list, and what a person does with one as a whole.

use inglenook_contract::{
    ChangeTag, Chat, ChatId, ChatListRequest, ChatSummary, ChooseModel, MessageId, NewChat, NewDraft, PinChat,
    RenameChat, SaveDraft, SaveParameters,
};

use crate::{App, Result, models};

/// Chats, pinned ones first, then newest first. Temporary ones stand among them; they are never in the trash.
///
/// # Errors
/// As every reading of the store.
pub async fn list(app: &App, request: ChatListRequest) -> Result<Vec<ChatSummary>> {
    let mut chats = app.store().chats(&request.search, request.trash).await?;
    if !request.trash {
        chats.extend(app.temporary_store().chats(&request.search, false).await?);
        chats.sort_by_key(|chat| std::cmp::Reverse((chat.pinned, chat.updated_at)));
    }
    for chat in &mut chats {
        chat.answering = app.answers().is_answering(&chat.id);
    }
    Ok(chats)
}

/// One chat.
///
/// # Errors
/// `NotFound`.
pub async fn get(app: &App, chat: &ChatId) -> Result<Chat> {
    let found = app.store_of(chat.as_str()).chat(chat).await?;
    Ok(complete(app, found))
}

/// Adds what only the running application knows: whether it answers, and which model answers next.
pub(crate) fn complete(app: &App, mut chat: Chat) -> Chat {
    chat.summary.answering = app.answers().is_answering(&chat.summary.id);
    if chat.model.is_none() {
        chat.model = app.settings().last_model;
    }
    chat
}

/// A new, empty chat.
///
/// # Errors
/// As every writing of the store.
pub async fn create(app: &App, request: NewChat) -> Result<Chat> {
    let model = request.model.or_else(|| app.settings().last_model);
    let store = if request.temporary { app.temporary_store() } else { app.store() };
    let chat = store.create_chat(model.as_ref()).await?;
    app.changes_bus().tell(ChangeTag::Chats);
    Ok(complete(app, chat))
}

/// A title by a person; empty gives the automatic one back.
///
/// # Errors
/// `NotFound`.
pub async fn rename(app: &App, request: RenameChat) -> Result<()> {
    app.store_of(request.chat.as_str()).rename_chat(&request.chat, request.title.trim()).await?;
    tell(app, &request.chat);
    Ok(())
}

/// Pins or unpins.
///
/// # Errors
/// `NotFound`.
pub async fn pin(app: &App, request: PinChat) -> Result<()> {
    app.store_of(request.chat.as_str()).pin_chat(&request.chat, request.pinned).await?;
    tell(app, &request.chat);
    Ok(())
}

/// To the trash. An answer that is being written is stopped first, so that it is there in whole when the chat
/// comes back. A temporary chat is gone at once: it was never to be kept.
///
/// # Errors
/// `NotFound`.
pub async fn delete(app: &App, chat: &ChatId) -> Result<()> {
    let _gate = app.answers().still(chat).await;
    let store = app.store_of(chat.as_str());
    store.delete_chat(chat).await?;
    if store.is_temporary() {
        store.purge_chat(chat).await?;
    }
    tell(app, chat);
    Ok(())
}

/// Back from the trash.
///
/// # Errors
/// `NotFound` where it is not in the trash.
pub async fn restore(app: &App, chat: &ChatId) -> Result<()> {
    app.store().restore_chat(chat).await?;
    tell(app, chat);
    Ok(())
}

/// Out of the trash for good.
///
/// # Errors
/// `NotFound` where it is not in the trash.
pub async fn purge(app: &App, chat: &ChatId) -> Result<()> {
    app.store().purge_chat(chat).await?;
    tell(app, chat);
    Ok(())
}

/// Everything in the trash for good.
///
/// # Errors
/// As every writing of the store.
pub async fn empty_trash(app: &App) -> Result<()> {
    app.store().empty_trash().await?;
    app.changes_bus().tell(ChangeTag::Chats);
    Ok(())
}

/// A new chat that begins with the path up to a message.
///
/// # Errors
/// `NotFound`.
pub async fn branch(app: &App, message: &MessageId) -> Result<Chat> {
    let chat = app.store_of(message.as_str()).branch_chat(message).await?;
    app.changes_bus().tell(ChangeTag::Chats);
    Ok(complete(app, chat))
}

/// The model that answers next; new chats begin with it too, unless this one is temporary: nothing of that is kept.
///
/// # Errors
/// `NotFound` for an unknown chat or model.
pub async fn choose_model(app: &App, request: ChooseModel) -> Result<()> {
    models::find(app, &request.model).await.ok_or(crate::AppError::UnknownModel)?;
    let store = app.store_of(request.chat.as_str());
    store.choose_model(&request.chat, &request.model).await?;
    if !store.is_temporary() {
        crate::settings::remember_model(app, &request.model)?;
    }
    app.changes_bus().tell_chat(&request.chat);
    Ok(())
}

/// What steers the answers of a chat.
///
/// # Errors
/// `InvalidRequest` for a value out of range, `NotFound`.
pub async fn save_parameters(app: &App, request: SaveParameters) -> Result<()> {
    inglenook_settings::validate_parameters(&request.parameters)?;
    app.store_of(request.chat.as_str()).save_parameters(&request.chat, &request.parameters).await?;
    app.changes_bus().tell_chat(&request.chat);
    Ok(())
}

/// What stands in the composer. Nobody else shows it, so nobody is told.
///
/// # Errors
/// `NotFound`.
pub async fn save_draft(app: &App, request: SaveDraft) -> Result<()> {
    Ok(app.store_of(request.chat.as_str()).save_draft(&request.chat, &request.text).await?)
}

/// What was written for a new chat and not said yet.
///
/// # Errors
/// As every reading of the store.
pub async fn new_draft(app: &App) -> Result<NewDraft> {
    Ok(NewDraft { text: app.store().new_draft().await? })
}

/// What stands in the composer of a chat that does not exist yet.
///
/// # Errors
/// As every writing of the store.
pub async fn save_new_draft(app: &App, request: NewDraft) -> Result<()> {
    Ok(app.store().save_new_draft(&request.text).await?)
}

/// Announces that a chat and its place in the list changed.
pub(crate) fn tell(app: &App, chat: &ChatId) {
    app.changes_bus().tell(ChangeTag::Chats);
    app.changes_bus().tell_chat(chat);
}
