//! A person at the application, for tests: says things, waits for answers, closes it and opens it again.
//!
//! Everything goes through the contract's table, as it does from the window. What differs from the real thing is
//! only the folder where the data lies and, for tests that are not about inference, the worker.

pub mod http;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use inglenook_contract::*;
use inglenook_engine::Program;
use inglenook_host::{Host, HostOptions, Launcher, NoDesktop, Places, Surroundings};
use serde_json::Value;

/// Longer than anything here takes on a busy machine; a test that waits so long has failed.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// The application with a home of its own.
pub struct Person {
    home: tempfile::TempDir,
    launcher: Launcher,
    host: Option<Arc<Host>>,
}

impl Person {
    /// Opens the application for the first time, with the real workers.
    pub async fn with_real_engines() -> Self {
        Self::open(Launcher::with_folders([binaries()])).await
    }

    /// Opens the application for the first time, with a worker that plays a script (see
    /// `inglenook_engine::scripted`).
    pub async fn with_script(script: Value) -> Self {
        let home = tempfile::tempdir().expect("a folder for the data");
        let path = home.path().join("script.json");
        std::fs::write(&path, script.to_string()).expect("the script can be written");
        let program = Program::new(binaries().join("inglenook-scripted-worker")).env("INGLENOOK_SCRIPT", path);
        Self::open_in(home, Launcher::with_program(program)).await
    }

    async fn open(launcher: Launcher) -> Self {
        Self::open_in(tempfile::tempdir().expect("a folder for the data"), launcher).await
    }

    async fn open_in(home: tempfile::TempDir, launcher: Launcher) -> Self {
        let mut person = Self { home, launcher, host: None };
        person.start().await;
        person
    }

    async fn start(&mut self) {
        self.host = Some(Arc::new(Host::start(self.options()).await.expect("the application starts")));
    }

    fn options(&self) -> HostOptions {
        let root = self.home.path().join("home");
        let places = Places { environment: Some(root.clone()), config: self.home.path().join("config"), data: root };
        HostOptions {
            places,
            launcher: self.launcher.clone(),
            resources: None,
            surroundings: Surroundings { home: Some(self.persons_folder()), ..Surroundings::default() },
            desktop: Arc::new(NoDesktop),
        }
    }

    /// Opens a second application on the same data while the first is open.
    ///
    /// # Errors
    /// Why it does not open.
    pub async fn tries_to_open_again(&self) -> Result<(), ErrorInfo> {
        Host::start(self.options()).await.map(drop)
    }

    /// Closes the application and opens it again.
    pub async fn restarts(&mut self) {
        self.closes().await;
        self.start().await;
    }

    /// Closes the application.
    pub async fn closes(&mut self) {
        if let Some(host) = self.host.take() {
            host.shutdown().await;
        }
    }

    /// Lets a scripted worker go on that waits for this.
    pub fn signs(&self, name: &str) {
        std::fs::write(self.home.path().join(name), "").expect("a file beside the script");
    }

    /// The folder where the data lies.
    #[must_use]
    pub fn home(&self) -> PathBuf {
        self.home.path().join("home")
    }

    /// The person's own folder, in which other programs keep theirs.
    #[must_use]
    pub fn persons_folder(&self) -> PathBuf {
        self.home.path().join("person")
    }

    fn host(&self) -> &Host {
        self.host.as_ref().expect("the application is open")
    }

    /// Asks the host as the window does.
    ///
    /// # Errors
    /// What the window would be told.
    pub async fn asks<T: serde::de::DeserializeOwned>(&self, name: &str, request: Value) -> Result<T, ErrorInfo> {
        let asked = tokio::time::timeout(PATIENCE, dispatch_call(self.host(), name, request));
        let answer = asked.await.unwrap_or_else(|_| panic!("“{name}” was not answered in {PATIENCE:?}"))?;
        Ok(serde_json::from_value(answer).unwrap_or_else(|error| panic!("the answer to “{name}”: {error}")))
    }

    /// Asks for something that must succeed.
    pub async fn gets<T: serde::de::DeserializeOwned>(&self, name: &str, request: Value) -> T {
        self.asks(name, request).await.unwrap_or_else(|error| panic!("“{name}” failed: {error:?}"))
    }

    /// The built-in model.
    pub async fn pocket(&self) -> Model {
        let list: ModelList = self.gets("model.list", serde_json::json!({})).await;
        list.models
            .into_iter()
            .find(|model| model.owner == FolderOwner::BuiltIn)
            .expect("Pocket ships with the application")
    }

    /// A new chat with the built-in model.
    pub async fn new_chat(&self) -> ChatId {
        self.new_chat_with(false).await
    }

    /// A new chat with the built-in model, temporary or not.
    pub async fn new_chat_with(&self, temporary: bool) -> ChatId {
        let model = self.pocket().await.id;
        let chat: Chat = self.gets("chat.create", serde_json::json!({ "model": model, "temporary": temporary })).await;
        chat.summary.id
    }

    /// Says something and returns what began.
    pub async fn says(&self, chat: &ChatId, text: &str) -> Sent {
        self.gets("chat.send", serde_json::json!({ "chat": chat, "text": text })).await
    }

    /// Says something and waits for the whole answer.
    pub async fn hears(&self, chat: &ChatId, text: &str) -> Message {
        match self.says(chat, text).await {
            Sent::Answering { answer, .. } => self.waits_for(&answer).await,
            Sent::Queued { .. } => panic!("an answer was already on its way in this chat"),
        }
    }

    /// Opens a stream, which has to open.
    pub async fn opens<T: serde::de::DeserializeOwned>(
        &self,
        name: &str,
        request: Value,
    ) -> impl futures::Stream<Item = T> + Unpin + use<T> {
        let stream = open_stream(self.host(), name, request).await;
        let stream = stream.unwrap_or_else(|error| panic!("“{name}” did not open: {error:?}"));
        Box::pin(stream.map(|event| serde_json::from_value(event).expect("an event of this stream")))
    }

    /// Watches an answer.
    pub async fn watches(&self, answer: &MessageId) -> impl futures::Stream<Item = AnswerEvent> + Unpin + use<> {
        self.opens("message.watch", serde_json::json!({ "message": answer })).await
    }

    /// Hears of every change from now on.
    ///
    /// # Panics
    /// Where none comes for longer than anyone waits.
    pub async fn watches_changes(&self) -> impl futures::Stream<Item = Value> + Unpin + use<> {
        let changes = open_stream(self.host(), "app.changes", serde_json::json!({})).await.expect("changes are told");
        Box::pin(futures::stream::unfold(Box::pin(changes), async |mut changes| {
            let next = tokio::time::timeout(PATIENCE, changes.next()).await;
            let change = next.unwrap_or_else(|_| panic!("nothing changed in {PATIENCE:?}"))?;
            Some((change, changes))
        }))
    }

    /// Waits until an answer has ended.
    pub async fn waits_for(&self, answer: &MessageId) -> Message {
        let mut events = self.watches(answer).await;
        let end = async {
            while let Some(event) = events.next().await {
                if let AnswerEvent::Ended { message } = event {
                    return *message;
                }
            }
            panic!("the stream of an answer closed without an end");
        };
        tokio::time::timeout(PATIENCE, end).await.unwrap_or_else(|_| panic!("no answer in {PATIENCE:?}"))
    }

    /// Waits until some text of an answer is there.
    pub async fn waits_for_words(&self, answer: &MessageId) {
        let mut events = self.watches(answer).await;
        let words = async {
            while let Some(event) = events.next().await {
                match event {
                    AnswerEvent::Delta { text, .. } if !text.is_empty() => return,
                    AnswerEvent::Snapshot { message } if !message.text.is_empty() => return,
                    AnswerEvent::Ended { message } => panic!("the answer ended before a word of it: {message:?}"),
                    _ => {}
                }
            }
        };
        tokio::time::timeout(PATIENCE, words).await.unwrap_or_else(|_| panic!("no word in {PATIENCE:?}"));
    }

    /// The chat as it is shown: the whole path.
    pub async fn reads(&self, chat: &ChatId) -> Vec<Message> {
        let page: MessagePage =
            self.gets("chat.messages", serde_json::json!({ "chat": chat, "from": 0, "limit": 400 })).await;
        page.messages
    }

    /// One chat's own data.
    pub async fn looks_at(&self, chat: &ChatId) -> Chat {
        self.gets("chat.get", serde_json::json!({ "chat": chat })).await
    }

    /// The chats in the sidebar.
    pub async fn sees_chats(&self) -> Vec<ChatSummary> {
        self.gets("chat.list", serde_json::json!({})).await
    }

    /// Sets what steers the answers of a chat.
    pub async fn sets(&self, chat: &ChatId, parameters: Parameters) {
        let request = serde_json::json!({ "chat": chat, "parameters": parameters });
        let _: Nothing = self.gets("chat.saveParameters", request).await;
    }
}

/// The folder with the programs of this build. A program lies in it, a test in its folder `deps`.
#[must_use]
pub fn binaries() -> PathBuf {
    let own = std::env::current_exe().expect("a process has a program");
    let folder = own.parent().expect("a program lies in a folder");
    if folder.ends_with("deps") { folder.parent().expect("deps lies in a folder").into() } else { folder.into() }
}
