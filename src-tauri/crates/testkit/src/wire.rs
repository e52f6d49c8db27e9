//! HTTP/1.1 as bytes: the head of a request, and an answer before it goes out. Written by hand, for a library would
//! refuse to send most of what tests need a client to survive.

use std::io;
use std::ops::Range;

use bytes::Bytes;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::content::Content;
use crate::records::Host;

/// Bytes of a request's head, at most.
const MOST_HEAD: usize = 64 << 10;
/// Bytes of a request's body, at most.
const MOST_BODY: usize = 4 << 20;

/// A request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) host: Host,
    pub(crate) method: String,
    /// As sent, with its escapes.
    pub(crate) path: String,
    pub(crate) query: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// The file that is meant: `user/repo/path`.
    pub(crate) file: Option<String>,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(this, _)| this == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn head_only(&self) -> bool {
        self.method == "HEAD"
    }

    /// The query's fields, unescaped.
    pub(crate) fn fields(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(self.query.as_bytes()).into_owned().collect()
    }

    pub(crate) fn field(&self, name: &str) -> Option<String> {
        self.fields().into_iter().find(|(this, _)| this == name).map(|(_, value)| value)
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.field(name).is_some_and(|value| matches!(value.to_ascii_lowercase().as_str(), "true" | "1"))
    }

    /// The path's pieces, unescaped.
    pub(crate) fn pieces(&self) -> Vec<String> {
        self.path.split('/').skip(1).map(unescaped).collect()
    }

    /// Where the asked range begins; 0 without one.
    pub(crate) fn range_begin(&self) -> u64 {
        let begin =
            self.header("range").and_then(|range| range.strip_prefix("bytes=")?.split('-').next()?.parse().ok());
        begin.unwrap_or(0)
    }

    fn goes_on(&self) -> bool {
        !self.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"))
    }
}

/// A connection and what has come of the next request.
pub(crate) struct Line {
    pub(crate) stream: TcpStream,
    pending: Vec<u8>,
    /// Whether another request may come.
    pub(crate) open: bool,
}

impl Line {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self { stream, pending: Vec::new(), open: true }
    }

    /// The next request; `None` where the client has gone.
    ///
    /// # Errors
    /// What the socket says, and `InvalidData` for what is no request.
    pub(crate) async fn next(&mut self, host: Host) -> io::Result<Option<Asked>> {
        let end = loop {
            if let Some(end) = self.pending.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            if self.pending.len() > MOST_HEAD {
                return Err(io::ErrorKind::InvalidData.into());
            }
            if self.more().await? == 0 {
                return Ok(None);
            }
        };
        let head: Vec<u8> = self.pending.drain(..end).collect();
        let mut asked = parsed(host, &String::from_utf8_lossy(&head)).ok_or(io::ErrorKind::InvalidData)?;
        let length = asked.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        if length > MOST_BODY {
            return Err(io::ErrorKind::InvalidData.into());
        }
        while self.pending.len() < length {
            if self.more().await? == 0 {
                return Ok(None);
            }
        }
        asked.body = self.pending.drain(..length).collect();
        self.open = asked.goes_on();
        Ok(Some(asked))
    }

    async fn more(&mut self) -> io::Result<usize> {
        self.stream.read_buf(&mut self.pending).await
    }

    /// Returns when the client has gone. What else it sends meanwhile is kept for later.
    pub(crate) async fn gone(&mut self) {
        while self.pending.len() < MOST_HEAD {
            if !matches!(self.more().await, Ok(1..)) {
                return;
            }
        }
        std::future::pending().await
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await
    }
}

fn parsed(host: Host, head: &str) -> Option<Asked> {
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?);
    if !first.next()?.starts_with("HTTP/1.") {
        return None;
    }
    // A proxy is asked for whole addresses.
    let target = match target.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
        None => target,
    };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), value.trim().to_owned()))
    };
    Some(Asked {
        host,
        method,
        path: path.to_owned(),
        query: query.to_owned(),
        headers: lines.filter_map(header).collect(),
        ..Asked::default()
    })
}

/// Text without its escapes (`%2F`); what is no escape stays as it is.
pub(crate) fn unescaped(text: &str) -> String {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match (byte, digit(bytes.get(at + 1)), digit(bytes.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                plain.extend(u8::try_from(high * 16 + low));
                at += 3;
            }
            _ => {
                plain.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

/// Text as a piece of an address's path; slashes stay.
pub(crate) fn escaped(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

/// What comes after the head.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    Bytes(Bytes),
    Part { content: Content, range: Range<u64> },
}

impl Body {
    pub(crate) fn length(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Part { range, .. } => range.end.saturating_sub(range.start),
        }
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Body,
}

impl Answer {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        let headers = vec![("Content-Type", content_type.to_owned())];
        Self { status, headers, body: Body::Bytes(body.into()) }
    }

    pub(crate) fn text(status: u16, text: impl Into<String>) -> Self {
        Self::new(status, "text/plain; charset=utf-8", text.into())
    }

    pub(crate) fn json(value: &Value) -> Self {
        Self::new(200, "application/json; charset=utf-8", value.to_string())
    }

    pub(crate) fn redirect(status: u16, location: impl Into<String>) -> Self {
        let location = location.into();
        Self::text(status, format!("Redirecting to {location}")).with("Location", location)
    }

    /// With a header; one of the same name that was there goes.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.retain(|(this, _)| *this != name);
        self.headers.push((name, value.into()));
        self
    }

    /// Changes a header that is there.
    pub(crate) fn change(&mut self, name: &str, change: impl FnOnce(&str) -> String) {
        if let Some((_, value)) = self.headers.iter_mut().find(|(this, _)| *this == name) {
            *value = change(value);
        }
    }

    /// Its head as it goes out, for a body that is said to have this length.
    pub(crate) fn head(&self, length: u64, goes_on: bool) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let connection = if goes_on { "keep-alive" } else { "close" };
        head.push_str(&format!("Content-Length: {length}\r\nConnection: {connection}\r\n\r\n"));
        head.into_bytes()
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        206 => "Partial Content",
        301 => "Moved Permanently",
        302 => "Found",
        307 => "Temporary Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        416 => "Range Not Satisfiable",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "Other",
    }
}

/// A file, or the part of it that is asked for.
pub(crate) fn file(asked: &Asked, content: &Content, etag: &str) -> Answer {
    let bytes = content.bytes();
    let wanted = asked.header("range").filter(|_| asked.header("if-range").is_none_or(|known| known == etag));
    let (status, range) = match wanted.map(|range| part(range, bytes)) {
        None | Some(Part::Unclear) => (200, 0..bytes),
        Some(Part::Within(range)) => (206, range),
        Some(Part::Outside) => {
            let answer = Answer::text(416, "The range is not within the file.");
            return answer.with("Content-Range", format!("bytes */{bytes}"));
        }
    };
    let mut answer =
        Answer::new(status, "application/octet-stream", Bytes::new()).with("ETag", etag).with("Accept-Ranges", "bytes");
    if status == 206 {
        answer = answer.with("Content-Range", format!("bytes {}-{}/{bytes}", range.start, range.end - 1));
    }
    answer.body = Body::Part { content: content.clone(), range };
    answer
}

#[derive(Debug, PartialEq, Eq)]
enum Part {
    Within(Range<u64>),
    Outside,
    /// Several ranges, or something else that need not be understood: the whole file is right too.
    Unclear,
}

fn part(range: &str, bytes: u64) -> Part {
    let Some((begin, end)) = range.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Part::Unclear;
    };
    let (begin, end) = (begin.trim(), end.trim());
    let range = match (begin.parse::<u64>(), end.parse::<u64>()) {
        (Ok(begin), Ok(end)) if begin <= end => begin..end.saturating_add(1).min(bytes),
        (Ok(begin), Err(_)) if end.is_empty() => begin..bytes,
        (Err(_), Ok(last)) if begin.is_empty() => bytes.saturating_sub(last)..bytes,
        _ => return Part::Unclear,
    };
    if range.start < range.end { Part::Within(range) } else { Part::Outside }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_clamped_to_the_file() {
        assert_eq!(part("bytes=0-9", 100), Part::Within(0..10));
        assert_eq!(part("bytes=90-100", 100), Part::Within(90..100), "an end past the file's");
        assert_eq!(part("bytes=90-", 100), Part::Within(90..100));
        assert_eq!(part("bytes=-10", 100), Part::Within(90..100));
        assert_eq!(part("bytes=-1000", 100), Part::Within(0..100));
        assert_eq!(part("bytes=100-", 100), Part::Outside);
        assert_eq!(part("bytes=0-", 0), Part::Outside);
        assert_eq!(part("bytes=1-2,5-6", 100), Part::Unclear);
        assert_eq!(part("bytes=9-2", 100), Part::Unclear);
        assert_eq!(part("lines=1-2", 100), Part::Unclear);
    }

    #[test]
    fn escapes_are_understood_and_made() {
        assert_eq!(unescaped("a%2Fb%20c%"), "a/b c%");
        assert_eq!(unescaped("%00%zz"), "\0%zz");
        assert_eq!(escaped("a b/ü%"), "a%20b/%C3%BC%25");
        assert_eq!(unescaped(&escaped("\u{202e}x\0")), "\u{202e}x\0");
    }

    #[test]
    fn a_request_is_read() {
        let head = "GET /api/models?search=a%20b&search=c HTTP/1.1\r\nHost: x\r\nRANGE: bytes=5-\r\n\r\n";
        let asked = parsed(Host::Hub, head).expect("a request");
        assert_eq!((asked.path.as_str(), asked.range_begin()), ("/api/models", 5));
        assert_eq!(asked.field("search").as_deref(), Some("a b"));
        assert!(parsed(Host::Hub, "SSH-2.0-x\r\n\r\n").is_none());
        let whole = parsed(Host::Hub, "GET http://localhost:1/a?b HTTP/1.1\r\n\r\n").expect("a request");
        assert_eq!((whole.path.as_str(), whole.query.as_str()), ("/a", "b"));
    }
}
