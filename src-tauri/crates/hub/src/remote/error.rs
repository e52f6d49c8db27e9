//! Why a hub did not give what was asked of it, in words for a person.

use std::time::Duration;

use inglenook_contract::{ErrorCode, ErrorInfo};
use inglenook_net::NetError;
use url::Url;

use super::names::{NameError, RepoId, RepoPath};
use crate::HeaderError;
use crate::header::size_words;

/// What kept a hub from giving what was asked. Every message is ready to be shown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HubError {
    /// No answer came, or not a whole one.
    #[error(transparent)]
    Net(#[from] NetError),
    /// There is no such repository, or it is not shown to this person: the Hub does not tell which.
    #[error("{}", no_repo(.repo, .host, *.signed_in))]
    NoRepo {
        /// Which.
        repo: RepoId,
        /// Where it was asked.
        host: String,
        /// A token was shown.
        signed_in: bool,
    },
    /// The repository has no such file.
    #[error("{repo} has no file “{path}” (any more).")]
    NoFile {
        /// Where it was looked for.
        repo: RepoId,
        /// Which.
        path: RepoPath,
    },
    /// The repository has no such branch, tag or commit.
    #[error("{repo} has no revision “{}”.", super::names::shown(.revision))]
    NoRevision {
        /// Where it was looked for.
        repo: RepoId,
        /// Which.
        revision: String,
    },
    /// The publisher gives it only to people who have accepted its terms.
    #[error("{}", gated(.repo, .url, *.signed_in))]
    Gated {
        /// Which.
        repo: RepoId,
        /// The page with the terms.
        url: Url,
        /// A token was shown; its account has not been let in.
        signed_in: bool,
    },
    /// The token is not taken, or may not do this.
    #[error("{}", not_allowed(.host, *.signed_in))]
    NotAllowed {
        /// Who refuses.
        host: String,
        /// A token was shown.
        signed_in: bool,
    },
    /// A host wants to be asked later.
    #[error("{host} asks to wait {}: too much was asked of it lately, or it is very busy.", wait_words(*.after))]
    Wait {
        /// Who.
        host: String,
        /// From now on.
        after: Duration,
    },
    /// The address of the content is valid no more; resolving the file again gives another.
    #[error("The address that the Hub gave for this file has expired.")]
    Expired,
    /// The file is another now than when it was resolved.
    #[error("The file was changed at the Hub in the meantime.")]
    Changed,
    /// A host answered with an error of its own.
    #[error("{host} has a fault of its own (status {status}). It may work again in a while.")]
    Failed {
        /// Who.
        host: String,
        /// The status of HTTP.
        status: u16,
    },
    /// The answer is not what it has to be.
    #[error(
        "{host} sent an answer that Inglenook does not understand. If you use a mirror, it may not be a complete one."
    )]
    NotUnderstood {
        /// Who.
        host: String,
        /// What is wrong with the answer.
        detail: String,
    },
    /// A name or an address that nothing is asked of.
    #[error("{what}")]
    Name {
        /// Plain words.
        what: String,
    },
    /// Hubs send files only up to a size by the way that is taken here.
    #[error(
        "“{path}” has {}. The Hub sends files of more than 50 GB only by a way of its own, which this version does not go. Often there are smaller files of the same model, or the same in parts.",
        size_words(*.bytes)
    )]
    TooLarge {
        /// Which.
        path: RepoPath,
        /// Its size.
        bytes: u64,
    },
    /// The hub's owners have closed the repository.
    #[error("{repo} has been closed by the Hub.")]
    Disabled {
        /// Which.
        repo: RepoId,
    },
    /// What lies there is not the model that it seems to be.
    #[error(transparent)]
    Header(HeaderError),
}

fn no_repo(repo: &RepoId, host: &str, signed_in: bool) -> String {
    let hint = if signed_in { "" } else { " If it is a private one, set your access token in Settings." };
    format!("{host} has no model {repo}, or does not show it. It may have been renamed or removed.{hint}")
}

fn gated(repo: &RepoId, url: &Url, signed_in: bool) -> String {
    if signed_in {
        format!(
            "The account of your access token may not download {repo} yet. Accept its terms at {url}; some publishers look at every request themselves."
        )
    } else {
        format!(
            "{repo} is given only to people who have accepted its terms. Accept them at {url}, then set your access token in Settings."
        )
    }
}

fn not_allowed(host: &str, signed_in: bool) -> String {
    if signed_in {
        format!(
            "{host} does not accept your access token for this. It may have expired, or lack the right to read. You can set another in Settings."
        )
    } else {
        format!("{host} does not give this without an access token. You can set one in Settings.")
    }
}

/// `40 seconds`, `5 minutes`.
fn wait_words(after: Duration) -> String {
    match after.as_secs().max(1) {
        1 => "a second".to_owned(),
        seconds @ 2..=119 => format!("{seconds} seconds"),
        seconds => format!("{} minutes", seconds.div_ceil(60)),
    }
}

impl From<NameError> for HubError {
    fn from(error: NameError) -> Self {
        Self::Name { what: error.to_string() }
    }
}

impl HubError {
    /// The kind of failure, for the window.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Net(error) => error.code(),
            Self::NoRepo { .. } | Self::NoFile { .. } | Self::NoRevision { .. } | Self::Disabled { .. } => {
                ErrorCode::NotFound
            }
            Self::Gated { .. } | Self::NotAllowed { .. } => ErrorCode::AccessNeeded,
            Self::Wait { .. } => ErrorCode::RateLimited,
            Self::Expired | Self::Changed | Self::Failed { .. } | Self::NotUnderstood { .. } => ErrorCode::HubFailed,
            Self::Name { .. } => ErrorCode::InvalidRequest,
            Self::TooLarge { .. } => ErrorCode::Unavailable,
            Self::Header(error) => error.code(),
        }
    }

    /// Whether another try may mend it. After [`HubError::Expired`] the file has to be resolved again before; after
    /// [`HubError::Changed`] everything that was fetched of it is of no use.
    #[must_use]
    pub fn passes(&self) -> bool {
        match self {
            Self::Net(error) => error.passes(),
            // A page of a proxy or of an overloaded server in place of the answer goes away.
            Self::Wait { .. } | Self::Expired | Self::NotUnderstood { .. } => true,
            Self::Failed { status, .. } => matches!(status, 408 | 425 | 500..),
            _ => false,
        }
    }

    pub(crate) fn not_understood(host: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::NotUnderstood { host: host.into(), detail: detail.into() }
    }
}

impl From<HubError> for ErrorInfo {
    fn from(error: HubError) -> Self {
        let error = match error {
            HubError::Net(error) => return error.into(),
            HubError::Header(error) => return error.into(),
            other => other,
        };
        let info = Self::new(error.code(), error.to_string());
        let info = if error.passes() { info.retryable() } else { info };
        match error {
            HubError::Wait { after, .. } => info.retry_in(u64::try_from(after.as_millis()).unwrap_or(u64::MAX)),
            HubError::NotUnderstood { detail, .. } => info.with_detail(detail),
            _ => info,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_says_how_long_in_words_and_in_milliseconds() {
        let wait = |seconds| HubError::Wait { host: "hub".to_owned(), after: Duration::from_secs(seconds) };
        assert!(wait(55).to_string().contains("wait 55 seconds"));
        assert!(wait(0).to_string().contains("wait a second"));
        assert!(wait(121).to_string().contains("wait 3 minutes"));
        let info = ErrorInfo::from(wait(55));
        assert_eq!((info.code, info.retryable, info.retry_in_ms), (ErrorCode::RateLimited, true, Some(55_000)));
    }

    #[test]
    fn terms_to_accept_come_with_their_page() {
        let repo = RepoId::parse("a/b").expect("a name");
        let url = Url::parse("https://huggingface.co/a/b").expect("an address");
        let words = HubError::Gated { repo: repo.clone(), url: url.clone(), signed_in: false }.to_string();
        assert!(words.contains("https://huggingface.co/a/b") && words.contains("access token"), "{words}");
        let words = HubError::Gated { repo, url, signed_in: true }.to_string();
        assert!(words.contains("The account of your access token"), "{words}");
    }

    #[test]
    fn only_what_may_mend_is_tried_again() {
        let failed = |status| HubError::Failed { host: "hub".to_owned(), status }.passes();
        assert!(failed(500) && failed(503) && failed(408));
        assert!(!failed(400) && !failed(418));
        assert!(HubError::Expired.passes());
        assert!(!HubError::Changed.passes(), "the same parts never fit again");
    }
}
