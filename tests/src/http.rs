//! A client of the local server that sends what it is told, byte for byte: no library would send two Host headers.

use std::io;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// One connection, kept open from request to request.
pub struct Connection(BufReader<TcpStream>);

/// An answer.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
}

/// A request: a line, headers as they are, and a body whose length is told.
#[derive(Clone, Debug, Default)]
pub struct Request<'a> {
    /// `GET`, `POST`…
    pub method: &'a str,
    /// The path.
    pub path: &'a str,
    /// Headers in order, Host among them.
    pub headers: Vec<(&'a str, String)>,
    /// The body; an empty one is not announced.
    pub body: &'a [u8],
}

impl Answer {
    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(its, _)| its == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("no JSON ({error}): {text}"))
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Request<'_> {
    /// The request as it goes over the wire.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.path);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !self.body.is_empty() {
            head.push_str(&format!("content-length: {}\r\n", self.body.len()));
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(self.body);
        bytes
    }
}

impl Connection {
    /// Connects to an address such as `127.0.0.1:1234`.
    ///
    /// # Errors
    /// What the system says.
    pub async fn open(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Sends a request without waiting for its answer.
    ///
    /// # Errors
    /// What the system says.
    pub async fn send(&mut self, request: &Request<'_>) -> io::Result<()> {
        self.raw(&request.bytes()).await
    }

    /// Sends bytes as they are.
    ///
    /// # Errors
    /// What the system says.
    pub async fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes).await
    }

    /// Reads the status and the headers of an answer, and none of its body.
    ///
    /// # Errors
    /// What the system says; `UnexpectedEof` where the server closed the connection.
    pub async fn head(&mut self) -> io::Result<Answer> {
        let mut status = 0;
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let line = line.trim_end();
            if status == 0 {
                status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(1);
            } else if line.is_empty() {
                return Ok(Answer { status, headers, body: Vec::new() });
            } else if let Some((name, value)) = line.split_once(':') {
                headers.push((name.to_lowercase(), value.trim().to_owned()));
            }
        }
    }

    /// Reads a line of a body that comes in chunks, as it comes; what frames the chunks is among the lines.
    ///
    /// # Errors
    /// As [`head`](Self::head).
    pub async fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        match self.0.read_line(&mut line).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(line.trim_end().to_owned()),
        }
    }

    /// Reads a whole answer to a request of this method.
    ///
    /// # Errors
    /// As [`head`](Self::head).
    pub async fn answer(&mut self, method: &str) -> io::Result<Answer> {
        let mut answer = self.head().await?;
        let length = answer.header("content-length").and_then(|length| length.parse::<usize>().ok());
        let none = method == "HEAD" || matches!(answer.status, 204 | 304);
        if none {
            return Ok(answer);
        }
        if let Some(length) = length {
            answer.body.resize(length, 0);
            self.0.read_exact(&mut answer.body).await?;
        } else if answer.header("transfer-encoding") == Some("chunked") {
            while let Some(chunk) = self.chunk().await? {
                answer.body.extend_from_slice(&chunk);
            }
        }
        Ok(answer)
    }

    /// The next chunk; `None` after the last.
    async fn chunk(&mut self) -> io::Result<Option<Vec<u8>>> {
        let line = self.line().await?;
        let length = usize::from_str_radix(&line, 16).map_err(|_| io::Error::other(format!("a chunk of {line:?}")))?;
        let mut chunk = vec![0; length + 2];
        self.0.read_exact(&mut chunk).await?;
        chunk.truncate(length);
        Ok((length > 0).then_some(chunk))
    }

    /// Sends a request and reads its answer.
    ///
    /// # Errors
    /// As [`head`](Self::head).
    pub async fn ask(&mut self, request: &Request<'_>) -> io::Result<Answer> {
        self.send(request).await?;
        self.answer(request.method).await
    }
}

/// A port of 127.0.0.1 that nobody uses now.
///
/// # Panics
/// Where the system gives none.
#[must_use]
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its number").port()
}
