//! What goes wrong, and when: a plan that tests and the binary's standard input change while clients are connected.
//! How a fault looks on the wire is the business of `connection`.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::records::Host;
use crate::wire::Asked;

/// One fault and the requests that it meets.
///
/// Built from [`Fault::hub`] or [`Fault::cdn`]; without conditions it meets every request of that host.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    host: Host,
    /// What the file `user/repo/path` ends with, or what the address's path begins with.
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    method: Option<String>,
    /// Where the asked range begins.
    #[serde(default)]
    from: Option<Range<u64>>,
    /// Matching requests that pass before the fault begins.
    #[serde(default)]
    skip: u64,
    /// Requests that it meets; all where nothing is said.
    #[serde(default)]
    times: Option<u64>,
    what: What,
}

/// How a server says when to come again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Again {
    /// `RateLimit: "api";r=0;t=55`, as the hub does.
    RateLimit,
    /// `Retry-After: 55`.
    Seconds,
    /// `Retry-After: Fri, 31 Dec 1999 23:59:59 GMT`.
    Date,
    /// Not at all.
    Unsaid,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
#[non_exhaustive]
pub enum What {
    /// The connection ends after so many bytes of the body.
    Cut {
        /// Bytes of the body that come.
        after: u64,
    },
    /// Nothing comes after so many bytes of the body until [`crate::FakeHub::release`], or until the client goes.
    Stall {
        /// Bytes of the body that come.
        after: u64,
    },
    /// The body comes slowly.
    Drip {
        /// Bytes in a second on this connection.
        bytes_per_s: u64,
    },
    /// The answer's head comes slowly.
    SlowHead {
        /// Bytes in a second.
        bytes_per_s: u64,
    },
    /// Nothing comes at all for this long, then everything as it should be.
    Late {
        /// Milliseconds.
        ms: u64,
    },
    /// Another status and a short text instead of what was asked.
    Status {
        /// The status, as 503.
        status: u16,
    },
    /// Too many requests.
    TooMany {
        /// The status: 429, or 503.
        status: u16,
        /// When to come again, in seconds.
        seconds: u64,
        /// How that is said.
        again: Again,
    },
    /// The whole file with 200, whatever range was asked for.
    IgnoreRange,
    /// A `Content-Range` that begins later than the bytes do.
    WrongRange {
        /// By how many bytes.
        by: u64,
    },
    /// A `Content-Length` that is not the body's; the connection ends with the body.
    WrongLength {
        /// By how much it differs: positive promises more than comes.
        by: i64,
    },
    /// One byte of the file is another.
    Flip {
        /// Its offset in the file.
        at: u64,
    },
    /// Another ETag, `X-Linked-Etag` included where the hub says one. Any text, quotes not included.
    Etag {
        /// The text.
        etag: String,
    },
    /// Another `X-Repo-Commit`.
    Commit {
        /// The text.
        commit: String,
    },
    /// Another size in `X-Linked-Size`.
    Size {
        /// The text.
        size: String,
    },
    /// As if the signed address had expired.
    Expired,
    /// A redirect to the same address, again and again.
    RedirectLoop,
    /// A redirect to somewhere else.
    RedirectTo {
        /// The address.
        location: String,
    },
    /// The body compressed, and said so.
    Gzip,
    /// A web page with 200 instead of what was asked.
    WebPage,
    /// Any body with 200 instead of what was asked.
    Body {
        /// Its type.
        content_type: String,
        /// The text.
        text: String,
    },
    /// The connection ends without an answer.
    HangUp,
}

impl Fault {
    fn of(host: Host, what: What) -> Self {
        Self { host, path: None, method: None, from: None, skip: 0, times: None, what }
    }

    /// A fault of the hub itself.
    #[must_use]
    pub fn hub(what: What) -> Self {
        Self::of(Host::Hub, what)
    }

    /// A fault of the content server.
    #[must_use]
    pub fn cdn(what: What) -> Self {
        Self::of(Host::Cdn, what)
    }

    /// Only where the file (`user/repo/path`) ends with this, or the address's path begins with it.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Only for this method.
    #[must_use]
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.method = Some(method.into());
        self
    }

    /// Only where the asked range begins within this one. A request without a range begins at 0.
    #[must_use]
    pub fn from(mut self, from: Range<u64>) -> Self {
        self.from = Some(from);
        self
    }

    /// Only the matching request with this number, counted from 1.
    #[must_use]
    pub fn nth(mut self, number: u64) -> Self {
        (self.skip, self.times) = (number.saturating_sub(1), Some(1));
        self
    }

    /// Lets so many matching requests pass before it begins.
    #[must_use]
    pub fn after(mut self, requests: u64) -> Self {
        self.skip = requests;
        self
    }

    /// Meets so many requests, then no more.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    fn meets(&self, asked: &Asked) -> bool {
        let path = |path: &String| {
            let file = asked.file.as_ref().is_some_and(|file| file.ends_with(path.as_str()));
            file || asked.path.starts_with(path.as_str())
        };
        let begin = asked.range_begin();
        self.host == asked.host
            && self.path.as_ref().is_none_or(path)
            && self.method.as_ref().is_none_or(|method| method.eq_ignore_ascii_case(&asked.method))
            && self.from.as_ref().is_none_or(|from| from.contains(&begin))
    }
}

/// The faults that are set, each with how many requests it could have met.
#[derive(Debug, Default)]
pub(crate) struct Plan(Vec<(Fault, u64)>);

impl Plan {
    pub(crate) fn set(&mut self, fault: Fault) {
        self.0.push((fault, 0));
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// What goes wrong with this request.
    pub(crate) fn of(&mut self, asked: &Asked) -> Vec<What> {
        let mut now = Vec::new();
        for (fault, seen) in self.0.iter_mut().filter(|(fault, _)| fault.meets(asked)) {
            let end = fault.times.map(|times| fault.skip.saturating_add(times));
            if *seen >= fault.skip && end.is_none_or(|end| *seen < end) {
                now.push(fault.what.clone());
            }
            *seen += 1;
        }
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(file: &str, range: Option<&str>) -> Asked {
        Asked {
            host: Host::Cdn,
            method: "GET".to_owned(),
            path: "/repos/x".to_owned(),
            file: Some(file.to_owned()),
            headers: range.map(|range| ("range".to_owned(), range.to_owned())).into_iter().collect(),
            ..Asked::default()
        }
    }

    #[test]
    fn a_fault_meets_as_many_requests_as_it_says() {
        let mut plan = Plan::default();
        plan.set(Fault::cdn(What::Status { status: 503 }).path("x.gguf").after(1).times(2));
        let met: Vec<bool> = (0..5).map(|_| !plan.of(&asked("ada/r/x.gguf", None)).is_empty()).collect();
        assert_eq!(met, [false, true, true, false, false]);
        assert!(plan.of(&asked("ada/r/y.gguf", None)).is_empty());
    }

    #[test]
    fn a_fault_may_wait_for_a_part_of_a_file() {
        let mut plan = Plan::default();
        plan.set(Fault::cdn(What::Expired).from(1000..2000).method("get"));
        assert!(plan.of(&asked("a", None)).is_empty());
        assert!(plan.of(&asked("a", Some("bytes=2000-"))).is_empty());
        assert_eq!(plan.of(&asked("a", Some("bytes=1000-1999"))), [What::Expired]);
        plan.clear();
        assert!(plan.of(&asked("a", Some("bytes=1000-1999"))).is_empty());
    }

    #[test]
    fn a_fault_can_be_written_as_json() {
        let fault: Fault =
            serde_json::from_str(r#"{"host":"cdn","path":"x","times":1,"what":{"kind":"cut","after":9}}"#)
                .expect("read");
        assert_eq!(fault, Fault::cdn(What::Cut { after: 9 }).path("x").times(1));
        assert!(serde_json::from_str::<Fault>(r#"{"host":"cdn","what":{"kind":"nonsense"}}"#).is_err());
    }
}
