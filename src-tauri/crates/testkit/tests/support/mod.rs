//! A client that takes every answer as it comes, and hides nothing of it.
#![allow(dead_code, reason = "every test file uses a part of it")]
#![allow(missing_docs, unreachable_pub)]

use inglenook_testkit::{Content, FakeHub, RepoSpec};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use url::Url;

/// An answer as far as it came.
#[derive(Debug, Default)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(this, _)| this.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub fn length(&self) -> usize {
        self.header("content-length").and_then(|length| length.parse().ok()).expect("a length")
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn location(&self) -> String {
        self.header("location").expect("a redirect").to_owned()
    }

    /// The next page, as a path below the endpoint.
    pub fn next(&self) -> Option<String> {
        let (address, _) = self.header("link")?.strip_prefix('<')?.split_once('>')?;
        Some(address.to_owned())
    }
}

/// A connection that stays.
pub struct Client {
    stream: TcpStream,
    pending: Vec<u8>,
    host: String,
}

impl Client {
    pub async fn to(url: &Url) -> Self {
        let (host, port) = (url.host_str().expect("a host"), url.port().expect("a port"));
        let stream = TcpStream::connect((host, port)).await.expect("connected");
        Self { stream, pending: Vec::new(), host: format!("{host}:{port}") }
    }

    pub async fn ask(&mut self, method: &str, url: &Url, headers: &[(&str, &str)], body: &str) {
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let mut head = format!("{method} {}{query} HTTP/1.1\r\nHost: {}\r\n", url.path(), self.host);
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        head.push_str("\r\n");
        head.push_str(body);
        self.stream.write_all(head.as_bytes()).await.expect("sent");
    }

    /// More bytes; `false` at the end.
    async fn more(&mut self) -> bool {
        matches!(self.stream.read_buf(&mut self.pending).await, Ok(1..))
    }

    pub async fn head(&mut self) -> Option<Reply> {
        let end = loop {
            if let Some(end) = self.pending.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            if !self.more().await {
                return None;
            }
        };
        let head: Vec<u8> = self.pending.drain(..end).collect();
        let head = String::from_utf8(head).expect("text");
        let mut lines = head.trim_end().split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().expect("a status");
        let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
        Some(Reply { status, headers: lines.filter_map(header).collect(), body: Vec::new() })
    }

    /// As many bytes of the body as there are, up to `length`.
    pub async fn body(&mut self, length: usize) -> Vec<u8> {
        while self.pending.len() < length && self.more().await {}
        let length = length.min(self.pending.len());
        self.pending.drain(..length).collect()
    }

    /// Everything up to the end of the connection.
    pub async fn rest(&mut self) -> Vec<u8> {
        while self.more().await {}
        std::mem::take(&mut self.pending)
    }
}

/// One request on a connection of its own; `None` where it ended without an answer.
pub async fn ask(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Option<Reply> {
    let url = Url::parse(url).expect("an address");
    let mut client = Client::to(&url).await;
    client.ask(method, &url, headers, body).await;
    let mut reply = client.head().await?;
    if method != "HEAD" {
        reply.body = client.body(reply.length()).await;
    }
    Some(reply)
}

pub async fn get(url: &str) -> Reply {
    ask("GET", url, &[], "").await.expect("an answer")
}

pub async fn get_with(url: &str, headers: &[(&str, &str)]) -> Reply {
    ask("GET", url, headers, "").await.expect("an answer")
}

pub async fn head(url: &str) -> Reply {
    ask("HEAD", url, &[], "").await.expect("an answer")
}

pub const LARGE: u64 = 1_000_003;

/// A hub with one repository: a large file, and small ones.
pub async fn hub() -> FakeHub {
    let hub = FakeHub::start().await;
    hub.add(
        RepoSpec::new("ada/engine-GGUF")
            .liked(100, 5)
            .tags(["gguf", "text-generation"])
            .small("config.json", r#"{"a":1}"#)
            .small("sub/folder/notes.txt", "notes")
            .large("engine.gguf", Content::generated(1, LARGE)),
    );
    hub
}

pub const FILE: &str = "ada/engine-GGUF/engine.gguf";

pub fn resolve(hub: &FakeHub, path: &str) -> String {
    format!("{}/ada/engine-GGUF/resolve/main/{path}", hub.endpoint())
}

/// The large file's signed address.
pub async fn signed(hub: &FakeHub) -> String {
    head(&resolve(hub, "engine.gguf")).await.location()
}

/// The large file's bytes.
pub fn content() -> Vec<u8> {
    Content::generated(1, LARGE).all().expect("bytes")
}
