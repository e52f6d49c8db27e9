//! The contract's table, row by row: each hands over to the use-case that does it.

use futures::{Stream, StreamExt as _};
use inglenook_app::{chats, downloads, engines, fit, hardware, hub, messages, models, network, serving, settings};
use inglenook_contract::*;

use crate::Desktop;
use crate::Host;
use crate::desktop::{self, check_link};

type Answer<T> = Result<T, ErrorInfo>;

fn done<E: Into<ErrorInfo>>(result: Result<(), E>) -> Answer<Nothing> {
    result.map(|()| Nothing {}).map_err(Into::into)
}

fn events<T, S: Stream<Item = T> + Send + 'static>(stream: S) -> EventStream<T> {
    Box::pin(stream)
}

impl Host {
    async fn ask_desktop<F>(&self, ask: F) -> Answer<Nothing>
    where
        F: FnOnce(&dyn Desktop) -> Answer<()> + Send + 'static,
    {
        done(desktop::ask(&self.desktop, ask).await)
    }
}

impl Api for Host {
    async fn app_hello(&self, _: Nothing) -> Answer<Hello> {
        Ok(Hello {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            abilities: desktop::ask(&self.desktop, |desktop| Ok(desktop.abilities())).await?,
            settings: self.app.settings(),
            data: settings::data_location(&self.app),
            notices: self.app.notices(),
        })
    }

    async fn app_notices(&self, _: Nothing) -> Answer<Vec<Notice>> {
        Ok(self.app.notices())
    }

    async fn app_dismiss_notices(&self, _: Nothing) -> Answer<Nothing> {
        self.app.dismiss_notices();
        Ok(Nothing {})
    }

    async fn app_backups(&self, _: Nothing) -> Answer<Vec<Backup>> {
        Ok(settings::backups(&self.app).await?)
    }

    async fn app_restore_backup(&self, request: BackupRef) -> Answer<Nothing> {
        done(settings::restore_backup(&self.app, &request.name).await)
    }

    async fn chat_list(&self, request: ChatListRequest) -> Answer<Vec<ChatSummary>> {
        Ok(chats::list(&self.app, request).await?)
    }

    async fn chat_get(&self, request: ChatRef) -> Answer<Chat> {
        Ok(chats::get(&self.app, &request.chat).await?)
    }

    async fn chat_messages(&self, request: MessagePageRequest) -> Answer<MessagePage> {
        Ok(messages::page(&self.app, request).await?)
    }

    async fn chat_create(&self, request: NewChat) -> Answer<Chat> {
        Ok(chats::create(&self.app, request).await?)
    }

    async fn chat_rename(&self, request: RenameChat) -> Answer<Nothing> {
        done(chats::rename(&self.app, request).await)
    }

    async fn chat_pin(&self, request: PinChat) -> Answer<Nothing> {
        done(chats::pin(&self.app, request).await)
    }

    async fn chat_delete(&self, request: ChatRef) -> Answer<Nothing> {
        done(chats::delete(&self.app, &request.chat).await)
    }

    async fn chat_restore(&self, request: ChatRef) -> Answer<Nothing> {
        done(chats::restore(&self.app, &request.chat).await)
    }

    async fn chat_purge(&self, request: ChatRef) -> Answer<Nothing> {
        done(chats::purge(&self.app, &request.chat).await)
    }

    async fn chat_empty_trash(&self, _: Nothing) -> Answer<Nothing> {
        done(chats::empty_trash(&self.app).await)
    }

    async fn chat_branch(&self, request: BranchChat) -> Answer<Chat> {
        Ok(chats::branch(&self.app, &request.message).await?)
    }

    async fn chat_choose_model(&self, request: ChooseModel) -> Answer<Nothing> {
        done(chats::choose_model(&self.app, request).await)
    }

    async fn chat_save_parameters(&self, request: SaveParameters) -> Answer<Nothing> {
        done(chats::save_parameters(&self.app, request).await)
    }

    async fn chat_begin(&self, request: BeginChat) -> Answer<Chat> {
        Ok(messages::begin_chat(&self.app, request).await?)
    }

    async fn chat_new_draft(&self, _: Nothing) -> Answer<NewDraft> {
        Ok(chats::new_draft(&self.app).await?)
    }

    async fn chat_save_new_draft(&self, request: NewDraft) -> Answer<Nothing> {
        done(chats::save_new_draft(&self.app, request).await)
    }

    async fn chat_save_draft(&self, request: SaveDraft) -> Answer<Nothing> {
        done(chats::save_draft(&self.app, request).await)
    }

    async fn chat_send(&self, request: SendMessage) -> Answer<Sent> {
        Ok(messages::send(&self.app, request).await?)
    }

    async fn chat_stop(&self, request: ChatRef) -> Answer<Nothing> {
        done(messages::stop(&self.app, &request.chat).await)
    }

    async fn chat_unqueue(&self, request: QueuedRef) -> Answer<Nothing> {
        done(messages::unqueue(&self.app, request).await)
    }

    async fn chat_send_queued(&self, request: QueuedRef) -> Answer<Sent> {
        Ok(messages::send_queued(&self.app, request).await?)
    }

    async fn message_regenerate(&self, request: MessageRef) -> Answer<MessageRef> {
        Ok(messages::regenerate(&self.app, &request.message).await?)
    }

    async fn message_continue(&self, request: MessageRef) -> Answer<MessageRef> {
        Ok(messages::go_on(&self.app, &request.message).await?)
    }

    async fn message_edit(&self, request: EditMessage) -> Answer<MessageRef> {
        Ok(messages::edit(&self.app, request).await?)
    }

    async fn message_show(&self, request: MessageRef) -> Answer<Nothing> {
        done(messages::show(&self.app, &request.message).await)
    }

    async fn message_delete(&self, request: MessageRef) -> Answer<Nothing> {
        done(messages::delete(&self.app, &request.message).await)
    }

    async fn message_trash(&self, _: Nothing) -> Answer<Vec<DeletedMessages>> {
        Ok(messages::trash(&self.app).await?)
    }

    async fn message_purge(&self, request: MessageRef) -> Answer<Nothing> {
        done(messages::purge(&self.app, &request.message).await)
    }

    async fn message_restore(&self, request: MessageRef) -> Answer<Nothing> {
        done(messages::restore(&self.app, &request.message).await)
    }

    async fn model_list(&self, _: Nothing) -> Answer<ModelList> {
        Ok(models::list(&self.app).await?)
    }

    async fn model_rescan(&self, _: Nothing) -> Answer<ModelList> {
        Ok(models::rescan(&self.app).await?)
    }

    async fn model_load(&self, request: LoadModel) -> Answer<Nothing> {
        done(models::load(&self.app, &request).await)
    }

    async fn model_unload(&self, request: ModelRef) -> Answer<Nothing> {
        done(models::unload(&self.app, &request.model).await)
    }

    async fn model_choose_engine(&self, request: ChooseEngine) -> Answer<Nothing> {
        done(engines::choose(&self.app, &request.model, request.engine).await)
    }

    async fn model_reveal(&self, request: ModelRef) -> Answer<Nothing> {
        let path = models::path(&self.app, &request.model)?;
        self.ask_desktop(move |desktop| desktop.reveal(&path)).await
    }

    async fn model_delete(&self, request: ModelRef) -> Answer<Freed> {
        Ok(models::delete(&self.app, &request.model).await?)
    }

    async fn model_find_updates(&self, _: Nothing) -> Answer<UpdateCheck> {
        Ok(models::find_updates(&self.app).await?)
    }

    async fn model_update(&self, request: ModelRef) -> Answer<DownloadRef> {
        Ok(models::update(&self.app, &request.model).await?)
    }

    async fn folder_use(&self, request: UseFolder) -> Answer<ModelList> {
        Ok(models::use_folder(&self.app, &request).await?)
    }

    async fn folder_add(&self, request: FolderRef) -> Answer<ModelList> {
        Ok(models::add_folder(&self.app, &request.path).await?)
    }

    async fn folder_remove(&self, request: FolderRef) -> Answer<ModelList> {
        Ok(models::remove_folder(&self.app, &request.path).await?)
    }

    async fn hub_search(&self, request: HubSearch) -> Answer<HubPage> {
        Ok(hub::search(&self.app, &request).await?)
    }

    async fn hub_card(&self, request: HubRepoRef) -> Answer<HubCard> {
        Ok(hub::card(&self.app, &request).await?)
    }

    async fn hub_fits(&self, request: HubRepoRef) -> Answer<HubFits> {
        Ok(hub::fits(&self.app, &request).await?)
    }

    async fn hub_recommended(&self, _: Nothing) -> Answer<Vec<Recommendation>> {
        Ok(hub::recommended(&self.app).await)
    }

    async fn hub_picks(&self, _: Nothing) -> Answer<Vec<Recommendation>> {
        Ok(hub::picks(&self.app).await)
    }

    async fn hub_token(&self, _: Nothing) -> Answer<TokenState> {
        Ok(network::token(&self.app).await?)
    }

    async fn hub_save_token(&self, request: NewToken) -> Answer<TokenState> {
        Ok(network::save_token(&self.app, &request.token).await?)
    }

    async fn hub_forget_token(&self, _: Nothing) -> Answer<TokenState> {
        Ok(network::forget_token(&self.app).await?)
    }

    async fn download_list(&self, _: Nothing) -> Answer<Vec<Download>> {
        Ok(downloads::list(&self.app).await?)
    }

    async fn download_start(&self, request: StartDownload) -> Answer<DownloadRef> {
        Ok(downloads::start(&self.app, &request).await?)
    }

    async fn download_pause(&self, request: DownloadRef) -> Answer<Nothing> {
        done(downloads::pause(&self.app, &request.download).await)
    }

    async fn download_resume(&self, request: DownloadRef) -> Answer<Nothing> {
        done(downloads::resume(&self.app, &request.download).await)
    }

    async fn download_cancel(&self, request: DownloadRef) -> Answer<Freed> {
        Ok(downloads::cancel(&self.app, &request.download).await?)
    }

    async fn download_move(&self, request: MoveDownload) -> Answer<Nothing> {
        done(downloads::move_in_queue(&self.app, &request).await)
    }

    async fn download_clear(&self, _: Nothing) -> Answer<Nothing> {
        done(downloads::clear(&self.app).await)
    }

    async fn network_hosts(&self, _: Nothing) -> Answer<Vec<HostEntry>> {
        Ok(network::hosts(&self.app).await?)
    }

    async fn network_ledger(&self, request: LedgerRequest) -> Answer<Vec<LedgerEntry>> {
        Ok(network::ledger(&self.app, request).await?)
    }

    async fn network_clear_ledger(&self, _: Nothing) -> Answer<Nothing> {
        done(network::clear_ledger(&self.app).await)
    }

    async fn server_status(&self, _: Nothing) -> Answer<ServerStatus> {
        self.server.status().await
    }

    async fn server_switch(&self, request: SwitchServer) -> Answer<ServerStatus> {
        self.server.switch(request.on).await;
        self.server.status().await
    }

    async fn server_tokens(&self, _: Nothing) -> Answer<Vec<ServerToken>> {
        Ok(serving::tokens(&self.app).await?)
    }

    async fn server_make_token(&self, request: NewServerToken) -> Answer<MadeServerToken> {
        Ok(serving::make_token(&self.app, request).await?)
    }

    async fn server_revoke_token(&self, request: ServerTokenRef) -> Answer<Nothing> {
        done(serving::revoke_token(&self.app, &request.token).await)
    }

    async fn server_clear_requests(&self, _: Nothing) -> Answer<Nothing> {
        self.server.clear_requests();
        Ok(Nothing {})
    }

    async fn settings_get(&self, _: Nothing) -> Answer<Settings> {
        Ok(self.app.settings())
    }

    async fn settings_save(&self, request: Settings) -> Answer<Settings> {
        Ok(settings::save(&self.app, request).await?)
    }

    async fn settings_data(&self, _: Nothing) -> Answer<DataLocation> {
        Ok(settings::data_location(&self.app))
    }

    async fn settings_move_data(&self, request: MoveData) -> Answer<DataLocation> {
        Ok(settings::move_data(&self.app, request)?)
    }

    async fn hardware_get(&self, _: Nothing) -> Answer<Hardware> {
        Ok(hardware::get(&self.app).await)
    }

    async fn hardware_loads(&self, _: Nothing) -> Answer<Vec<FitRecord>> {
        Ok(fit::records(&self.app).await?)
    }

    async fn hardware_retry_kernels(&self, _: Nothing) -> Answer<Nothing> {
        engines::retry_kernels(&self.app);
        Ok(Nothing {})
    }

    async fn desktop_pick_folder(&self, _: Nothing) -> Answer<PickedFolder> {
        let path = self.desktop.pick_folder().await?;
        Ok(PickedFolder { path: path.map(|path| path.to_string_lossy().into_owned()) })
    }

    async fn desktop_open_link(&self, request: LinkRef) -> Answer<Nothing> {
        check_link(&request.url)?;
        self.ask_desktop(move |desktop| desktop.open_link(&request.url)).await
    }

    async fn desktop_start_at_login(&self, _: Nothing) -> Answer<StartAtLogin> {
        Ok(StartAtLogin { on: desktop::ask(&self.desktop, |desktop| desktop.starts_at_login()).await? })
    }

    async fn desktop_set_start_at_login(&self, request: StartAtLogin) -> Answer<Nothing> {
        self.ask_desktop(move |desktop| desktop.start_at_login(request.on)).await
    }

    async fn app_changes(&self, _: Nothing) -> Answer<EventStream<Vec<Changed>>> {
        Ok(events(self.app.changes()))
    }

    async fn model_verify(&self, request: ModelRef) -> Answer<EventStream<VerifyEvent>> {
        Ok(events(models::verify(&self.app, &request.model).await?))
    }

    async fn desktop_drops(&self, _: Nothing) -> Answer<EventStream<FileDrop>> {
        Ok(events(self.desktop.drops()))
    }

    async fn server_requests(&self, _: Nothing) -> Answer<EventStream<ServerRequestEvent>> {
        Ok(events(self.server.requests()))
    }

    async fn message_watch(&self, request: MessageRef) -> Answer<EventStream<AnswerEvent>> {
        Ok(events(messages::watch(&self.app, &request.message).await?.boxed()))
    }

    async fn hardware_watch(&self, _: Nothing) -> Answer<EventStream<HardwareUse>> {
        Ok(events(hardware::watch(&self.app)))
    }
}
