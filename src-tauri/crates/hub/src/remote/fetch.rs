//! Fetching content, or a range of it, and holding every answer against what was resolved.
//!
//! What comes out of here has the length and the place that it says. Whether its bytes are the right ones only the
//! digest of the whole can tell, which whoever stores it computes.
#![deny(clippy::arithmetic_side_effects)]

use std::ops::Range;

use bytes::Bytes;
use inglenook_net::header::HeaderMap;
use inglenook_net::{Request, Response, header};
use time::OffsetDateTime;

use super::answers::{About, expired_or_failed, waits};
use super::resolve::{FileRef, Resolved, plain_etag};
use super::{Follow, Hub, HubError};

/// Most redirects of a content's host.
const MAX_CONTENT_REDIRECTS: usize = 3;

/// Content on its way.
pub struct Fetched {
    /// `None` where nothing was to fetch.
    response: Option<Response>,
    /// What really comes, bytes of the file: the range that was asked for, or the whole file where the server ignored
    /// it.
    pub range: Range<u64>,
    left: u64,
}

impl Fetched {
    /// The next piece; `None` at the end of the range, which is only ever told of a whole one.
    ///
    /// # Errors
    /// [`HubError::Net`] for a connection that breaks off, [`HubError::NotUnderstood`] for a body of another length
    /// than was announced.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, HubError> {
        let Some(response) = self.response.as_mut() else { return Ok(None) };
        match response.chunk().await? {
            Some(piece) => {
                let left = self.left.checked_sub(piece.len() as u64);
                self.left =
                    left.ok_or_else(|| HubError::not_understood(response.host(), "More came than announced."))?;
                Ok(Some(piece))
            }
            None if self.left == 0 => Ok(None),
            None => Err(HubError::not_understood(response.host(), "Less came than announced.")),
        }
    }
}

impl Hub {
    /// Fetches bytes `range` of content. Nothing is asked for an empty range.
    ///
    /// # Errors
    /// [`HubError::Expired`] where the address is valid no more, [`HubError::Changed`] where the content is another
    /// than was resolved, [`HubError::Wait`], and what else a host can answer.
    pub async fn fetch(&self, resolved: &Resolved, range: Range<u64>, purpose: &str) -> Result<Fetched, HubError> {
        let asked = range.start..range.end.min(resolved.bytes);
        let Some(last) = asked.end.checked_sub(1).filter(|last| asked.start <= *last) else {
            return Ok(Fetched { response: None, range: asked.start..asked.start, left: 0 });
        };
        let mut url = resolved.content.clone();
        for _ in 0..=MAX_CONTENT_REDIRECTS {
            let request = Request::get(url.clone(), purpose)
                .header(header::ACCEPT_ENCODING, "identity")
                .header(header::RANGE, &format!("bytes={}-{last}", asked.start));
            let response = self.send(&url, request).await?.response;
            match self.redirect(&response)? {
                Some(target) => url = target,
                None => {
                    let etag = response.header("etag").and_then(plain_etag);
                    if matches!(response.status(), 200 | 206) && is_other_version(etag.as_ref(), resolved) {
                        return Err(HubError::Changed);
                    }
                    let range =
                        checked(response.host(), response.status(), response.headers(), &asked, resolved.bytes)?;
                    if let Some(etag) = etag {
                        // Another connection may have been first, which said the same or is told so itself.
                        let _ = resolved.content_etag.set(etag);
                    }
                    let left = range.end.saturating_sub(range.start);
                    return Ok(Fetched { response: Some(response), range, left });
                }
            }
        }
        Err(HubError::not_understood(url.host_str().unwrap_or_default(), "It redirects in a circle."))
    }

    /// A small file as a whole, for example `config.json`; of at most `limit` bytes.
    ///
    /// # Errors
    /// [`inglenook_net::NetError::TooLong`] within [`HubError::Net`], and everything that a hub can refuse.
    pub async fn text_file(&self, file: &FileRef, limit: u64, purpose: &str) -> Result<Vec<u8>, HubError> {
        let url = self.file_url(file)?;
        let make = |url| Request::get(url, purpose).compressed();
        let answer = self.ask(make, url, Follow::Anywhere, &About::file(file)).await?;
        Ok(answer.response.bytes(limit).await?)
    }

    /// As [`Hub::text_file`], where a file that is longer is cut at `limit` bytes.
    pub(super) async fn beginning_of(&self, file: &FileRef, limit: usize, purpose: &str) -> Result<Vec<u8>, HubError> {
        let url = self.file_url(file)?;
        let make = |url| Request::get(url, purpose).compressed();
        let mut response = self.ask(make, url, Follow::Anywhere, &About::file(file)).await?.response;
        let mut all = Vec::new();
        while let Some(piece) = response.chunk().await? {
            let room = limit.saturating_sub(all.len()).min(piece.len());
            all.extend_from_slice(piece.get(..room).unwrap_or_default());
            if all.len() >= limit {
                break;
            }
        }
        Ok(all)
    }
}

/// Whether an answer's ETag is the one that the same content had before. Hosts have ETags of their own making, which
/// need not be the hub's; but one content keeps its own.
fn is_other_version(etag: Option<&String>, resolved: &Resolved) -> bool {
    etag.zip(resolved.content_etag.get()).is_some_and(|(etag, before)| etag != before)
}

/// Which bytes an answer brings; an error for an answer that does not agree with what was asked and resolved.
fn checked(
    host: &str,
    status: u16,
    headers: &HeaderMap,
    asked: &Range<u64>,
    total: u64,
) -> Result<Range<u64>, HubError> {
    if let Some(wait) = waits(host, status, headers, OffsetDateTime::now_utc()) {
        return Err(wait);
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let wrong = |detail: String| HubError::not_understood(host, detail);
    let range = match status {
        206 => {
            let value = text("content-range").unwrap_or_default();
            let (range, of) = content_range(value).ok_or_else(|| wrong(format!("Content-Range is “{value:.80}”.")))?;
            if of != total {
                return Err(HubError::Changed);
            }
            if range != *asked {
                return Err(wrong(format!("{asked:?} was asked for and {range:?} came.")));
            }
            range
        }
        200 => 0..total,
        _ => return Err(expired_or_failed(host.to_owned(), status)),
    };
    if let Some(encoding) = text("content-encoding").filter(|encoding| !encoding.eq_ignore_ascii_case("identity")) {
        return Err(wrong(format!("The content is encoded as {encoding:.40}.")));
    }
    let expected = range.end.saturating_sub(range.start);
    match text("content-length").map(str::parse::<u64>) {
        None => Ok(range),
        Some(Ok(length)) if length == expected => Ok(range),
        // A page of words in place of a file is a server's fault, not another version of the file.
        Some(_) if text("content-type").is_some_and(|kind| kind.starts_with("text/html")) => {
            Err(wrong("A web page came in place of the file.".to_owned()))
        }
        Some(Ok(length)) if status == 200 => {
            Err(wrong(format!("The file has {total} bytes, and {length} were announced.")))
        }
        Some(_) => Err(wrong(format!("Content-Length does not agree with {expected} bytes."))),
    }
}

/// `bytes 0-9/100` as a range and the whole's length.
fn content_range(value: &str) -> Option<(Range<u64>, u64)> {
    let (range, total) = value.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last, total): (u64, u64, u64) =
        (first.trim().parse().ok()?, last.trim().parse().ok()?, total.trim().parse().ok()?);
    (first <= last && last < total).then_some(())?;
    Some((first..last.checked_add(1)?, total))
}

#[cfg(test)]
mod tests {
    use inglenook_net::header::{HeaderName, HeaderValue};

    use super::*;

    fn answer(status: u16, headers: &[(&'static str, &str)]) -> Result<Range<u64>, HubError> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(HeaderName::from_static(name), HeaderValue::from_str(value).expect("a value"));
        }
        checked("cdn", status, &map, &(10..20), 100)
    }

    #[test]
    fn a_range_that_agrees_is_taken() {
        assert_eq!(answer(206, &[("content-range", "bytes 10-19/100"), ("content-length", "10")]).ok(), Some(10..20));
        assert_eq!(answer(206, &[("content-range", "bytes 10-19/100")]).ok(), Some(10..20));
        assert_eq!(
            answer(200, &[("content-length", "100")]).ok(),
            Some(0..100),
            "the whole file in place of the range"
        );
    }

    #[test]
    fn a_range_that_does_not_agree_is_refused() {
        for (status, headers) in [
            (206, vec![]),
            (206, vec![("content-range", "bytes 0-9/100")]),
            (206, vec![("content-range", "bytes 10-18/100")]),
            (206, vec![("content-range", "bytes 10-19/*")]),
            (206, vec![("content-range", "bytes 10-19/100"), ("content-length", "9")]),
            (206, vec![("content-range", "bytes 10-19/100"), ("content-encoding", "gzip")]),
            (206, vec![("content-range", "bytes 10-19/100"), ("content-length", "-1")]),
            (200, vec![("content-length", "99")]),
            (200, vec![("content-length", "5"), ("content-type", "text/html; charset=utf-8")]),
            (200, vec![("content-length", "100"), ("content-encoding", "br")]),
        ] {
            let error = answer(status, &headers).expect_err("does not agree");
            assert!(matches!(error, HubError::NotUnderstood { .. }), "{headers:?}: {error:?}");
        }
    }

    #[test]
    fn another_length_of_the_whole_is_another_file() {
        assert!(matches!(answer(206, &[("content-range", "bytes 10-19/101")]), Err(HubError::Changed)));
        assert!(matches!(answer(416, &[]), Err(HubError::Changed)));
    }

    #[test]
    fn statuses_say_what_to_do() {
        assert!(matches!(answer(403, &[]), Err(HubError::Expired)));
        assert!(matches!(answer(503, &[("retry-after", "3")]), Err(HubError::Wait { .. })));
        assert!(matches!(answer(503, &[]), Err(HubError::Failed { status: 503, .. })));
        assert!(matches!(answer(204, &[]), Err(HubError::Failed { status: 204, .. })));
    }

    #[test]
    fn a_content_range_is_read_or_not() {
        assert_eq!(content_range("bytes 0-0/1"), Some((0..1, 1)));
        for wrong in [
            "",
            "bytes",
            "bytes 0-0",
            "bytes 5-4/10",
            "bytes 0-10/10",
            "bytes */10",
            "0-1/2",
            "bytes -1-2/3",
            "bytes 0-18446744073709551615/18446744073709551615",
            "bytes 0-99999999999999999999/3",
        ] {
            assert_eq!(content_range(wrong), None, "{wrong}");
        }
    }
}
