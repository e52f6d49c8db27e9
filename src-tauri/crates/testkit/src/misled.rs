//! Answers that are not what they should be: what faults change about an answer before it goes out.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use flate2::Compression;
use flate2::read::GzEncoder;
use std::io::Read as _;
use time::OffsetDateTime;
use time::macros::format_description;

use crate::faults::{Again, What};
use crate::wire::{Answer, Asked, Body};

const WEB_PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Sign in to the network</title></head>\
                        <body><h1>Please accept the terms of this network</h1></body></html>\n";

/// The answer that `right` gives, after everything in `faults`.
pub(crate) fn misled(asked: &Asked, faults: &[What], right: impl FnOnce(&Asked) -> Answer) -> Answer {
    if let Some(answer) = faults.iter().find_map(|fault| instead(asked, fault)) {
        return answer;
    }
    let mut asked = asked.clone();
    if faults.contains(&What::IgnoreRange) {
        asked.headers.retain(|(name, _)| name != "range");
    }
    faults.iter().fold(right(&asked), changed)
}

/// What comes in place of an answer.
fn instead(asked: &Asked, fault: &What) -> Option<Answer> {
    Some(match fault {
        What::Status { status } => Answer::text(*status, format!("The server says {status}.")),
        What::TooMany { status, seconds, again } => too_many(*status, *seconds, *again),
        What::Expired => expired(),
        What::RedirectLoop => {
            let query = if asked.query.is_empty() { String::new() } else { format!("?{}", asked.query) };
            Answer::redirect(302, format!("{}{query}", asked.path))
        }
        What::RedirectTo { location } => Answer::redirect(302, location.clone()),
        What::WebPage => Answer::new(200, "text/html; charset=utf-8", WEB_PAGE),
        What::Body { content_type, text } => Answer::new(200, content_type, text.clone()),
        _ => return None,
    })
}

/// What the content server says of an address whose time is over, or whose signature is wrong.
pub(crate) fn expired() -> Answer {
    let xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>AccessDenied</Code>\
               <Message>Request has expired</Message></Error>";
    Answer::new(403, "application/xml", xml)
}

fn too_many(status: u16, seconds: u64, again: Again) -> Answer {
    let answer = Answer::text(status, "Too many requests. Please wait a while.");
    match again {
        Again::RateLimit => answer
            .with("RateLimit", format!("\"api\";r=0;t={seconds}"))
            .with("RateLimit-Policy", "\"fixed window\";\"api\";q=500;w=300"),
        Again::Seconds => answer.with("Retry-After", seconds.to_string()),
        Again::Date => answer.with("Retry-After", http_date(SystemTime::now() + Duration::from_secs(seconds))),
        Again::Unsaid => answer,
    }
}

/// A time as HTTP writes it.
pub(crate) fn http_date(at: SystemTime) -> String {
    let form =
        format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");
    OffsetDateTime::from(at).format(form).unwrap_or_default()
}

fn changed(mut answer: Answer, fault: &What) -> Answer {
    match fault {
        What::Etag { etag } => {
            for name in ["ETag", "X-Linked-Etag"] {
                answer.change(name, |_| format!("\"{etag}\""));
            }
        }
        What::Commit { commit } => answer.change("X-Repo-Commit", |_| commit.clone()),
        What::Size { size } => answer.change("X-Linked-Size", |_| size.clone()),
        What::WrongRange { by } => answer.change("Content-Range", |range| shifted(range, *by)),
        What::Gzip => return gzipped(answer),
        _ => {}
    }
    answer
}

/// `bytes 5-9/100` as `bytes 7-11/100`.
fn shifted(range: &str, by: u64) -> String {
    let parts = || {
        let (range, all) = range.strip_prefix("bytes ")?.split_once('/')?;
        let (begin, end) = range.split_once('-')?;
        let (begin, end) = (begin.parse::<u64>().ok()?, end.parse::<u64>().ok()?);
        Some(format!("bytes {}-{}/{all}", begin.saturating_add(by), end.saturating_add(by)))
    };
    parts().unwrap_or_else(|| range.to_owned())
}

/// The same body compressed; as it was where it cannot be read.
fn gzipped(mut answer: Answer) -> Answer {
    let plain = match &answer.body {
        Body::Bytes(bytes) => bytes.clone(),
        Body::Part { content, range } => {
            let all = content.all().unwrap_or_default();
            let at = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX).min(all.len());
            Bytes::copy_from_slice(&all[at(range.start)..at(range.end)])
        }
    };
    let mut packed = Vec::new();
    if GzEncoder::new(&plain[..], Compression::fast()).read_to_end(&mut packed).is_ok() {
        answer = answer.with("Content-Encoding", "gzip");
        answer.body = Body::Bytes(packed.into());
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_written_as_http_has_it() {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        assert_eq!(http_date(at), "Sun, 06 Nov 1994 08:49:37 GMT");
    }

    #[test]
    fn a_range_is_shifted_or_left() {
        assert_eq!(shifted("bytes 5-9/100", 2), "bytes 7-11/100");
        assert_eq!(shifted("bytes */100", 2), "bytes */100");
    }
}
