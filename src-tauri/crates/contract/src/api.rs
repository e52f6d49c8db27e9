//! The one table of what the window can ask of the host.
//!
//! From it come the trait that a host implements (so a host that forgets a call does not compile), the dispatch
//! by name that every transport uses, and the typed map on the TypeScript side. A transport (the shell's two
//! Tauri commands, the HTTP host) knows no call by name.

use std::future::Future;
use std::pin::Pin;

use futures::{Stream, StreamExt as _};
use serde_json::Value;

use crate::*;

/// Events of one open stream; dropping it closes the stream.
pub type EventStream<T> = Pin<Box<dyn Stream<Item = T> + Send>>;

/// The calls' names and types, for the bindings.
pub struct Calls;
/// The streams' names and types, for the bindings.
pub struct Streams;

macro_rules! api {
    (
        calls { $( $(#[$doc:meta])* $name:literal $method:ident($request:ty) -> $response:ty; )* }
        streams { $( $(#[$sdoc:meta])* $sname:literal $smethod:ident($srequest:ty) -> $event:ty; )* }
    ) => {
        /// What a host can be asked. One method a row of the table; `Err` is what the window will show.
        pub trait Api: Send + Sync {
            $( $(#[$doc])* fn $method(&self, request: $request) -> impl Future<Output = Result<$response, ErrorInfo>> + Send; )*
            $( $(#[$sdoc])* fn $smethod(&self, request: $srequest) -> impl Future<Output = Result<EventStream<$event>, ErrorInfo>> + Send; )*
        }

        /// Answers the call `name`.
        ///
        /// # Errors
        /// [`ErrorCode::NotFound`] for a name that is not in the table, [`ErrorCode::InvalidRequest`] for a
        /// request of the wrong shape, and whatever the call itself fails with.
        pub async fn dispatch_call<A: Api>(api: &A, name: &str, request: Value) -> Result<Value, ErrorInfo> {
            match name {
                $( $name => encode(&api.$method(decode(name, request)?).await?), )*
                _ => Err(unknown(name)),
            }
        }

        /// Opens the stream `name`; its events are JSON.
        ///
        /// # Errors
        /// As [`dispatch_call`].
        pub async fn open_stream<A: Api>(api: &A, name: &str, request: Value) -> Result<EventStream<Value>, ErrorInfo> {
            match name {
                $( $sname => {
                    let events = api.$smethod(decode(name, request)?).await?;
                    Ok(Box::pin(events.filter_map(|event| async move { encode(&event).ok() })))
                } )*
                _ => Err(unknown(name)),
            }
        }

        impl crate::bindings::Table for Calls {
            fn visit(rows: &mut impl crate::bindings::Rows) {
                $( rows.row::<$request, $response>($name); )*
            }
        }

        impl crate::bindings::Table for Streams {
            fn visit(rows: &mut impl crate::bindings::Rows) {
                $( rows.row::<$srequest, $event>($sname); )*
            }
        }
    };
}

fn decode<T: serde::de::DeserializeOwned>(name: &str, request: Value) -> Result<T, ErrorInfo> {
    serde_json::from_value(request).map_err(|error| {
        ErrorInfo::new(ErrorCode::InvalidRequest, format!("The request “{name}” was not understood."))
            .with_detail(error.to_string())
    })
}

fn encode<T: serde::Serialize>(value: &T) -> Result<Value, ErrorInfo> {
    serde_json::to_value(value).map_err(|error| {
        ErrorInfo::new(ErrorCode::Internal, "The answer could not be put into words for the window.")
            .with_detail(error.to_string())
    })
}

fn unknown(name: &str) -> ErrorInfo {
    ErrorInfo::new(ErrorCode::NotFound, format!("There is no request “{name}”."))
}

api! {
    calls {
        /// What the window needs before it shows anything.
        "app.hello" app_hello(Nothing) -> Hello;
        /// What the person should be told about the data on disk, now.
        "app.notices" app_notices(Nothing) -> Vec<Notice>;
        /// The person has read the notices.
        "app.dismissNotices" app_dismiss_notices(Nothing) -> Nothing;
        /// Copies of the database that could take its place, newest first.
        "app.backups" app_backups(Nothing) -> Vec<Backup>;
        /// Puts a backup in the place of the database; what is there now is set aside, not deleted.
        "app.restoreBackup" app_restore_backup(BackupRef) -> Nothing;

        /// Chats, newest first, pinned ones before the others.
        "chat.list" chat_list(ChatListRequest) -> Vec<ChatSummary>;
        /// One chat without its messages.
        "chat.get" chat_get(ChatRef) -> Chat;
        /// A page of the path that is shown.
        "chat.messages" chat_messages(MessagePageRequest) -> MessagePage;
        /// A new, empty chat.
        "chat.create" chat_create(NewChat) -> Chat;
        /// A new chat and what is said in it first, both or neither; the new chat's draft is emptied.
        "chat.begin" chat_begin(BeginChat) -> Chat;
        /// What was written for a new chat and not said yet.
        "chat.newDraft" chat_new_draft(Nothing) -> NewDraft;
        /// Keeps what is being written for a new chat. For a temporary one nothing may be kept: hand over an empty text.
        "chat.saveNewDraft" chat_save_new_draft(NewDraft) -> Nothing;
        /// A title by a person.
        "chat.rename" chat_rename(RenameChat) -> Nothing;
        /// Pins or unpins.
        "chat.pin" chat_pin(PinChat) -> Nothing;
        /// To the trash; an answer that is being written is stopped. A temporary chat is gone at once.
        "chat.delete" chat_delete(ChatRef) -> Nothing;
        /// Back from the trash.
        "chat.restore" chat_restore(ChatRef) -> Nothing;
        /// Out of the trash for good.
        "chat.purge" chat_purge(ChatRef) -> Nothing;
        /// Everything in the trash for good.
        "chat.emptyTrash" chat_empty_trash(Nothing) -> Nothing;
        /// A new chat that begins with the path up to a message.
        "chat.branch" chat_branch(BranchChat) -> Chat;
        /// The model that answers next.
        "chat.chooseModel" chat_choose_model(ChooseModel) -> Nothing;
        /// What steers the answers.
        "chat.saveParameters" chat_save_parameters(SaveParameters) -> Nothing;
        /// What stands in the composer.
        "chat.saveDraft" chat_save_draft(SaveDraft) -> Nothing;
        /// Says something; the draft is emptied. Never refused because something else is under way: it queues.
        "chat.send" chat_send(SendMessage) -> Sent;
        /// Stops the answer that is being written in this chat; what was said stays. The queue is held.
        "chat.stop" chat_stop(ChatRef) -> Nothing;
        /// Takes a waiting text out of the queue.
        "chat.unqueue" chat_unqueue(QueuedRef) -> Nothing;
        /// Sends a held text now (or as soon as the answer before it is done).
        "chat.sendQueued" chat_send_queued(QueuedRef) -> Sent;

        /// Another answer in the place of this one; this one stays as a version.
        "message.regenerate" message_regenerate(MessageRef) -> MessageRef;
        /// Goes on with an answer that ended early.
        "message.continue" message_continue(MessageRef) -> MessageRef;
        /// A new version with other words; returns the version, or the answer to it that began.
        "message.edit" message_edit(EditMessage) -> MessageRef;
        /// Shows this version and the path below it that was last shown.
        "message.show" message_show(MessageRef) -> Nothing;
        /// This version and all that follows it to the trash.
        "message.delete" message_delete(MessageRef) -> Nothing;
        /// Back from the trash, with what followed it.
        "message.restore" message_restore(MessageRef) -> Nothing;
        /// Messages in the trash whose chats are not, last deleted first. Those of temporary chats are not among them.
        "message.trash" message_trash(Nothing) -> Vec<DeletedMessages>;
        /// A deleted message and all that followed it out of the trash for good.
        "message.purge" message_purge(MessageRef) -> Nothing;

        /// All models, from all folders.
        "model.list" model_list(Nothing) -> ModelList;
        /// Reads the folders again.
        "model.rescan" model_rescan(Nothing) -> ModelList;
        /// Loads a model; returns when it is ready.
        "model.load" model_load(LoadModel) -> Nothing;
        /// Ends a model's process; all its memory comes back.
        "model.unload" model_unload(ModelRef) -> Nothing;
        /// Chooses the engine that runs a model from its next load on.
        "model.chooseEngine" model_choose_engine(ChooseEngine) -> Nothing;
        /// Shows a model's file in the file manager.
        "model.reveal" model_reveal(ModelRef) -> Nothing;
        /// Deletes a model's files for good; it is unloaded first.
        "model.delete" model_delete(ModelRef) -> Freed;
        /// Asks the hub whether there are newer versions of what was downloaded.
        "model.findUpdates" model_find_updates(Nothing) -> UpdateCheck;
        /// Puts a model's newer version into the queue of downloads; it takes the place of the elder when it is whole.
        "model.update" model_update(ModelRef) -> DownloadRef;
        /// Adds a folder with models; one that is looked in already is not added twice.
        "folder.add" folder_add(FolderRef) -> ModelList;
        /// Looks in another program's folder, or leaves it out.
        "folder.use" folder_use(UseFolder) -> ModelList;
        /// Forgets a folder; its files stay.
        "folder.remove" folder_remove(FolderRef) -> ModelList;

        /// Models on the hub.
        "hub.search" hub_search(HubSearch) -> HubPage;
        /// One repository with all that can be downloaded.
        "hub.card" hub_card(HubRepoRef) -> HubCard;
        /// How its items fit; reads a header from the hub.
        "hub.fits" hub_fits(HubRepoRef) -> HubFits;
        /// The catalogue, ranked for this machine.
        "hub.recommended" hub_recommended(Nothing) -> Vec<Recommendation>;
        /// The picks of the first start, at most three.
        "hub.picks" hub_picks(Nothing) -> Vec<Recommendation>;
        /// What is known of the hub's token.
        "hub.token" hub_token(Nothing) -> TokenState;
        /// Keeps a token; it is tried first.
        "hub.saveToken" hub_save_token(NewToken) -> TokenState;
        /// Forgets the token.
        "hub.forgetToken" hub_forget_token(Nothing) -> TokenState;

        /// All downloads, in the order of the queue; those that are done last.
        "download.list" download_list(Nothing) -> Vec<Download>;
        /// Puts something into the queue; what is there or on its way already is not put there twice.
        "download.start" download_start(StartDownload) -> DownloadRef;
        /// Pauses; what is here stays.
        "download.pause" download_pause(DownloadRef) -> Nothing;
        /// Goes on, or tries again.
        "download.resume" download_resume(DownloadRef) -> Nothing;
        /// Takes it out of the queue and deletes what is here of it.
        "download.cancel" download_cancel(DownloadRef) -> Freed;
        /// Another place in the queue.
        "download.move" download_move(MoveDownload) -> Nothing;
        /// Takes all that are done off the list; the models stay.
        "download.clear" download_clear(Nothing) -> Nothing;

        /// Every host that may be contacted.
        "network.hosts" network_hosts(Nothing) -> Vec<HostEntry>;
        /// A page of what was contacted, newest first.
        "network.ledger" network_ledger(LedgerRequest) -> Vec<LedgerEntry>;
        /// Empties the ledger.
        "network.clearLedger" network_clear_ledger(Nothing) -> Nothing;

        /// Whether the local server runs, and where.
        "server.status" server_status(Nothing) -> ServerStatus;
        /// Switches the local server on or off; where it cannot be started, the status says why.
        "server.switch" server_switch(SwitchServer) -> ServerStatus;
        /// The tokens of the local server, newest first.
        "server.tokens" server_tokens(Nothing) -> Vec<ServerToken>;
        /// Makes a token; its secret is told this once.
        "server.makeToken" server_make_token(NewServerToken) -> MadeServerToken;
        /// Makes a token useless at once.
        "server.revokeToken" server_revoke_token(ServerTokenRef) -> Nothing;
        /// Forgets what was asked so far.
        "server.clearRequests" server_clear_requests(Nothing) -> Nothing;

        /// The settings.
        "settings.get" settings_get(Nothing) -> Settings;
        /// New settings, all of them; returns them as kept.
        "settings.save" settings_save(Settings) -> Settings;
        /// Where the data lies.
        "settings.data" settings_data(Nothing) -> DataLocation;
        /// Another place for it, from the next start on.
        "settings.moveData" settings_move_data(MoveData) -> DataLocation;

        /// What the machine is.
        "hardware.get" hardware_get(Nothing) -> Hardware;
        /// What loads were predicted to take, and took; newest first.
        "hardware.loads" hardware_loads(Nothing) -> Vec<FitRecord>;
        /// Lets kernels that once crashed be tried again, at the next load.
        "hardware.retryKernels" hardware_retry_kernels(Nothing) -> Nothing;

        /// A folder dialogue of the system.
        "desktop.pickFolder" desktop_pick_folder(Nothing) -> PickedFolder;
        /// Opens a link in the system's browser: https and mailto only.
        "desktop.openLink" desktop_open_link(LinkRef) -> Nothing;
        /// Whether the system starts the application at login.
        "desktop.startAtLogin" desktop_start_at_login(Nothing) -> StartAtLogin;
        /// Has the system start it at login, or no longer.
        "desktop.setStartAtLogin" desktop_set_start_at_login(StartAtLogin) -> Nothing;
    }
    streams {
        /// What changed, from now on, in batches.
        "app.changes" app_changes(Nothing) -> Vec<Changed>;
        /// Reads a model's files and compares them with what they have to be; closing the stream stops it.
        "model.verify" model_verify(ModelRef) -> VerifyEvent;
        /// Files that are dragged over the window; a browser's host has none.
        "desktop.drops" desktop_drops(Nothing) -> FileDrop;
        /// What the local server is asked.
        "server.requests" server_requests(Nothing) -> ServerRequestEvent;
        /// An answer as it is written; the first event holds all of it so far.
        "message.watch" message_watch(MessageRef) -> AnswerEvent;
        /// How much of the machine is in use, about once a second.
        "hardware.watch" hardware_watch(Nothing) -> HardwareUse;
    }
}
