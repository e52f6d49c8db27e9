//! The local server as programs meet it: who is let in, what is answered, what happens when a client goes away or too
//! many come. The worker plays a script; everything else is the real application.

mod admission;
mod answers;
#[cfg(target_os = "linux")]
mod cable;
mod crowd;
#[cfg(target_os = "linux")]
mod lan;
mod matrix;

use inglenook_contract::*;
use inglenook_journeys::Person;
use inglenook_journeys::http::{Answer, Connection, Request, free_port};
use serde_json::{Value, json};

/// An application whose server runs.
pub(crate) struct Served {
    pub(crate) person: Person,
    pub(crate) port: u16,
}

/// Answers of every kind.
fn script() -> Value {
    json!({ "answers": [
        { "when": "slow", "steps": [{ "tok_s": 50.0 }, { "text": "word ".repeat(1000) }, { "wait_for": "never" }] },
        { "when": "crash", "steps": [{ "text": "It began well" }, { "wait_ms": 100 }, "abort"] },
        { "when": "", "steps": ["echo"] }
    ] })
}

impl Served {
    /// Switched on, as it is set when it is new.
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// Switched on, with these settings.
    pub(crate) async fn with(change: impl FnOnce(&mut ServerSettings)) -> Self {
        let person = Person::with_script(script()).await;
        let port = free_port();
        let served = Self { person, port };
        served
            .sets(|server| {
                server.port = port;
                change(server);
            })
            .await;
        served.switches(true).await;
        served
    }

    /// Changes the server's settings.
    pub(crate) async fn sets(&self, change: impl FnOnce(&mut ServerSettings)) {
        let mut settings: Settings = self.person.gets("settings.get", json!({})).await;
        change(&mut settings.server);
        let _: Settings = self.person.gets("settings.save", json!(settings)).await;
    }

    pub(crate) async fn switches(&self, on: bool) -> ServerState {
        let status: ServerStatus = self.person.gets("server.switch", json!({ "on": on })).await;
        status.state
    }

    pub(crate) async fn makes_token(&self, name: &str, scopes: &[TokenScope]) -> MadeServerToken {
        self.person.gets("server.makeToken", json!({ "name": name, "scopes": scopes })).await
    }

    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub(crate) async fn connects(&self) -> Connection {
        Connection::open(&self.address()).await.expect("the server listens")
    }

    /// Headers of an ordinary program.
    pub(crate) fn headers(&self) -> Vec<(&'static str, String)> {
        vec![("host", self.address()), ("content-type", "application/json".to_owned())]
    }

    /// Posts JSON as an ordinary program does.
    pub(crate) async fn posts(&self, path: &str, body: &Value) -> Answer {
        let body = body.to_string();
        let request = Request { method: "POST", path, headers: self.headers(), body: body.as_bytes() };
        self.connects().await.ask(&request).await.expect("an answer")
    }

    /// Says something to the built-in model.
    pub(crate) async fn says(&self, text: &str) -> Answer {
        self.posts("/v1/chat/completions", &chat(text, false)).await
    }

    /// Begins to listen to what the built-in model says.
    pub(crate) async fn listens(&self, text: &str) -> Connection {
        let body = chat(text, true).to_string();
        let mut connection = self.connects().await;
        let path = "/v1/chat/completions";
        let request = Request { method: "POST", path, headers: self.headers(), body: body.as_bytes() };
        connection.send(&request).await.expect("it is sent");
        connection
    }
}

pub(crate) fn chat(text: &str, stream: bool) -> Value {
    json!({ "model": "pocket", "stream": stream, "messages": [{ "role": "user", "content": text }] })
}
