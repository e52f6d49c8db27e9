//! What it means when a hub does not answer with what was asked: statuses, the Hub's own codes, and waits.
#![deny(clippy::arithmetic_side_effects)]

use std::time::Duration;

use inglenook_net::header::HeaderMap;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use super::names::{RepoId, RepoPath};
use super::resolve::FileRef;
use super::{Answer, Hub, HubError};

/// Longest wait that is believed.
const LONGEST_WAIT: Duration = Duration::from_hours(1);
/// What is waited where a host wants to be asked later and does not say when.
const USUAL_WAIT: Duration = Duration::from_secs(30);

/// What a request was about, for the words of its refusal.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct About<'a> {
    pub(super) repo: Option<&'a RepoId>,
    pub(super) revision: Option<&'a str>,
    pub(super) path: Option<&'a RepoPath>,
}

impl<'a> About<'a> {
    pub(super) fn file(file: &'a FileRef) -> Self {
        Self { repo: Some(&file.repo), revision: Some(&file.revision), path: Some(&file.path) }
    }
}

impl Hub {
    /// Why an answer is not what was asked for.
    pub(super) fn refusal(&self, answer: &Answer, about: &About<'_>) -> HubError {
        let response = &answer.response;
        let host = response.host().to_owned();
        if let Some(waits) = waits(&host, response.status(), response.headers(), OffsetDateTime::now_utc()) {
            return waits;
        }
        if !self.is_own(response.url()) {
            return expired_or_failed(host, response.status());
        }
        let refused = Refused {
            host,
            status: response.status(),
            code: response.header("x-error-code").unwrap_or_default(),
            message: response.header("x-error-message").unwrap_or_default(),
            signed_in: answer.signed_in,
        };
        refused.error(about, |repo| self.page(repo))
    }
}

/// A content's host, where addresses are signed and expire, refuses or fails.
pub(super) fn expired_or_failed(host: String, status: u16) -> HubError {
    match status {
        401 | 403 | 404 | 410 => HubError::Expired,
        416 => HubError::Changed,
        _ => HubError::Failed { host, status },
    }
}

/// A wait, where the answer asks for one. Overloaded servers that do not say how long have failed.
pub(super) fn waits(host: &str, status: u16, headers: &HeaderMap, now: OffsetDateTime) -> Option<HubError> {
    let after = match status {
        429 => announced_wait(headers, now).unwrap_or(USUAL_WAIT),
        503 => announced_wait(headers, now)?,
        _ => return None,
    };
    Some(HubError::Wait { host: host.to_owned(), after: after.clamp(Duration::from_secs(1), LONGEST_WAIT) })
}

/// What the headers say of when to ask again.
fn announced_wait(headers: &HeaderMap, now: OffsetDateTime) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    text("ratelimit")
        .and_then(of_rate_limit)
        .or_else(|| text("retry-after").and_then(|value| of_retry_after(value, now)))
}

/// `"api";r=0;t=55`, several with commas between: the longest time until one that is used up is filled again.
fn of_rate_limit(value: &str) -> Option<Duration> {
    let of = |limit: &str| {
        let parameter =
            |name: &str| limit.split(';').find_map(|part| part.trim().strip_prefix(name)?.trim().parse::<u64>().ok());
        let used_up = parameter("r=").is_none_or(|rest| rest == 0);
        parameter("t=").filter(|_| used_up).map(Duration::from_secs)
    };
    value.split(',').filter_map(of).max()
}

/// Seconds, or a date.
fn of_retry_after(value: &str, now: OffsetDateTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = OffsetDateTime::parse(value, &Rfc2822).ok()?;
    let seconds = at.unix_timestamp().saturating_sub(now.unix_timestamp());
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or_default()))
}

/// A hub's refusal, as it says it.
struct Refused<'a> {
    host: String,
    status: u16,
    code: &'a str,
    message: &'a str,
    signed_in: bool,
}

impl Refused<'_> {
    fn error(self, about: &About<'_>, page: impl Fn(&RepoId) -> url::Url) -> HubError {
        let Self { host, status, code, message, signed_in } = self;
        let Some(repo) = about.repo.cloned() else { return without_repo(host, status, signed_in) };
        let no_repo = |repo| HubError::NoRepo { repo, host: host.clone(), signed_in };
        let no_file = |repo, path: &RepoPath| HubError::NoFile { repo, path: path.clone() };
        match (code, status) {
            ("GatedRepo", _) => HubError::Gated { url: page(&repo), repo, signed_in },
            ("RepoNotFound", _) => no_repo(repo),
            ("RevisionNotFound", _) => {
                HubError::NoRevision { repo, revision: about.revision.unwrap_or("main").to_owned() }
            }
            ("EntryNotFound", _) if about.path.is_some() => match about.path {
                Some(path) => no_file(repo, path),
                None => no_repo(repo),
            },
            _ if message.eq_ignore_ascii_case("Access to this resource is disabled.") => HubError::Disabled { repo },
            // To people without a token the Hub says 401 of everything that it does not show them.
            (_, 401) if !signed_in => no_repo(repo),
            (_, 401 | 403) => HubError::NotAllowed { host, signed_in },
            (_, 404 | 410) => match about.path {
                Some(path) => no_file(repo, path),
                None => no_repo(repo),
            },
            (_, 451) => HubError::Disabled { repo },
            _ => HubError::Failed { host, status },
        }
    }
}

fn without_repo(host: String, status: u16, signed_in: bool) -> HubError {
    match status {
        401 | 403 => HubError::NotAllowed { host, signed_in },
        404 => HubError::not_understood(host, "It has no such page (status 404)."),
        _ => HubError::Failed { host, status },
    }
}

#[cfg(test)]
mod tests {
    use inglenook_net::header::{HeaderName, HeaderValue};
    use time::macros::datetime;
    use url::Url;

    use super::*;

    fn wait(status: u16, headers: &[(&'static str, &str)]) -> Option<u64> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(HeaderName::from_static(name), HeaderValue::from_str(value).expect("a value"));
        }
        match waits("hub", status, &map, datetime!(2025-05-15 15:34:21 UTC)) {
            Some(HubError::Wait { after, .. }) => Some(after.as_secs()),
            _ => None,
        }
    }

    #[test]
    fn a_wait_is_read_in_every_form() {
        assert_eq!(wait(429, &[("ratelimit", "\"api\";r=0;t=55")]), Some(55));
        assert_eq!(wait(429, &[("ratelimit", "\"pages\"; r=3; t=200, \"api\"; r=0; t=55")]), Some(55));
        assert_eq!(wait(429, &[("retry-after", "7")]), Some(7));
        assert_eq!(wait(429, &[("retry-after", "Thu, 15 May 2025 15:35:21 GMT")]), Some(60));
        assert_eq!(wait(503, &[("retry-after", "12")]), Some(12));
        assert_eq!(wait(429, &[("ratelimit", "\"api\";r=0;t=55"), ("retry-after", "3")]), Some(55));
    }

    #[test]
    fn a_wait_has_bounds() {
        assert_eq!(wait(429, &[("retry-after", "99999999999")]), Some(3600));
        assert_eq!(wait(429, &[("ratelimit", "\"api\";r=0;t=18446744073709551615")]), Some(3600));
        assert_eq!(wait(429, &[("retry-after", "0")]), Some(1));
        assert_eq!(wait(429, &[("retry-after", "Wed, 15 May 2024 15:35:21 GMT")]), Some(1), "it is over");
        assert_eq!(wait(429, &[("retry-after", "soon")]), Some(30));
        assert_eq!(wait(429, &[]), Some(30));
        assert_eq!(wait(503, &[]), None, "that is a failure, and told as one");
        assert_eq!(wait(200, &[("retry-after", "7")]), None);
    }

    fn refused(status: u16, code: &str, message: &str, signed_in: bool, path: Option<&str>) -> HubError {
        let repo = RepoId::parse("a/b").expect("a name");
        let path = path.map(|path| RepoPath::parse(path).expect("a path"));
        let about = About { repo: Some(&repo), revision: Some("v2"), path: path.as_ref() };
        let page = |_: &RepoId| Url::parse("https://hub/a/b").expect("an address");
        Refused { host: "hub".to_owned(), status, code, message, signed_in }.error(&about, page)
    }

    #[test]
    fn the_hubs_codes_are_understood() {
        assert!(matches!(refused(401, "GatedRepo", "", false, None), HubError::Gated { signed_in: false, .. }));
        assert!(matches!(refused(403, "GatedRepo", "", true, None), HubError::Gated { signed_in: true, .. }));
        assert!(matches!(refused(404, "RepoNotFound", "", true, Some("x")), HubError::NoRepo { .. }));
        assert!(matches!(refused(404, "EntryNotFound", "", true, Some("x")), HubError::NoFile { .. }));
        let revision = refused(404, "RevisionNotFound", "", true, Some("x"));
        assert!(matches!(revision, HubError::NoRevision { revision, .. } if revision == "v2"));
        let disabled = refused(403, "", "Access to this resource is disabled.", true, None);
        assert!(matches!(disabled, HubError::Disabled { .. }));
    }

    #[test]
    fn a_401_means_an_unknown_repository_or_a_wrong_token() {
        assert!(matches!(refused(401, "", "Invalid username or password.", false, None), HubError::NoRepo { .. }));
        assert!(matches!(refused(401, "", "", true, None), HubError::NotAllowed { signed_in: true, .. }));
        assert!(matches!(refused(403, "", "", false, None), HubError::NotAllowed { signed_in: false, .. }));
        assert!(matches!(refused(404, "", "", false, Some("x")), HubError::NoFile { .. }));
        assert!(matches!(refused(404, "", "", false, None), HubError::NoRepo { .. }));
        assert!(matches!(refused(500, "", "", false, None), HubError::Failed { status: 500, .. }));
    }

    #[test]
    fn an_address_of_content_that_is_refused_has_expired() {
        for status in [401, 403, 404, 410] {
            assert!(matches!(expired_or_failed("cdn".to_owned(), status), HubError::Expired));
        }
        assert!(matches!(expired_or_failed("cdn".to_owned(), 416), HubError::Changed));
        assert!(matches!(expired_or_failed("cdn".to_owned(), 502), HubError::Failed { status: 502, .. }));
    }
}
