//! From a file's name to where its content lies and what it must be: size, digest, commit.
//!
//! The hub itself is asked, without fetching anything. Where it sends on to another host, this ends: that address is
//! the content's.

use std::fmt;
use std::sync::{Arc, OnceLock};

use inglenook_net::{Request, Response, header};
use url::Url;

use super::answers::About;
use super::names::{Commit, RepoId, RepoPath, Sha256Hex, check_revision};
use super::{Hub, HubError, MAX_REDIRECTS};

/// Largest file that hubs send by plain HTTP, bytes.
const MAX_FILE_BYTES: u64 = 50_000_000_000;

/// A file of a repository.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FileRef {
    /// The repository.
    pub repo: RepoId,
    /// A branch, a tag or a commit.
    pub revision: String,
    /// The file in it.
    pub path: RepoPath,
}

/// Where a file's content lies for now, and what it must be.
#[derive(Clone)]
pub struct Resolved {
    /// Where the content is fetched; often signed and valid for an hour or less. Never to be stored or logged.
    pub content: Url,
    /// The file's size.
    pub bytes: u64,
    /// What the hub tells the content's version by, without quotes. Never a path.
    pub etag: String,
    /// The content's SHA-256, where the hub knows it: of all large files.
    pub sha256: Option<Sha256Hex>,
    /// The commit that the revision stood at.
    pub commit: Commit,
    /// What the content's host tells its version by, from its first answer on.
    pub(super) content_etag: Arc<OnceLock<String>>,
}

impl fmt::Debug for Resolved {
    /// Without the address's query, which is a key to the content.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resolved")
            .field("host", &self.content.host_str())
            .field("bytes", &self.bytes)
            .field("etag", &self.etag)
            .field("sha256", &self.sha256)
            .field("commit", &self.commit)
            .finish_non_exhaustive()
    }
}

/// What the answers on the way said, the last word of each counting.
#[derive(Debug, Default)]
struct Said {
    commit: Option<String>,
    linked_etag: Option<String>,
    linked_bytes: Option<String>,
}

impl Said {
    fn hear(&mut self, response: &Response) {
        for (header, said) in [
            ("x-repo-commit", &mut self.commit),
            ("x-linked-etag", &mut self.linked_etag),
            ("x-linked-size", &mut self.linked_bytes),
        ] {
            if let Some(value) = response.header(header) {
                *said = Some(value.to_owned());
            }
        }
    }
}

impl Hub {
    /// Asks where a file's content lies and what it must be. Renamed repositories are followed.
    ///
    /// # Errors
    /// [`HubError`]: everything that a hub can refuse, and [`HubError::TooLarge`].
    pub async fn resolve(&self, file: &FileRef, purpose: &str) -> Result<Resolved, HubError> {
        let about = About::file(file);
        let mut url = self.file_url(file)?;
        let mut said = Said::default();
        for _ in 0..=MAX_REDIRECTS {
            let request = Request::head(url.clone(), purpose).header(header::ACCEPT_ENCODING, "identity");
            let answer = self.send(&url, request).await?;
            let Some(target) = self.redirect(&answer.response)? else {
                if answer.response.status() != 200 {
                    return Err(self.refusal(&answer, &about));
                }
                said.hear(&answer.response);
                let content = answer.response.url().clone();
                return resolved(file, content, &said, &answer.response, true);
            };
            said.hear(&answer.response);
            if !self.is_own(&target) {
                return resolved(file, target, &said, &answer.response, false);
            }
            url = target;
        }
        Err(HubError::not_understood(self.host(), "The hub redirects in a circle."))
    }

    /// Where the hub gives a file.
    pub(super) fn file_url(&self, file: &FileRef) -> Result<Url, HubError> {
        check_revision(&file.revision)?;
        let repo = file.repo.as_str().split('/');
        Ok(self.url(repo.chain(["resolve", &file.revision]).chain(file.path.as_str().split('/'))))
    }
}

/// Puts together what was said. `whole` is whether `last` is the answer for the file itself and not a redirect.
fn resolved(file: &FileRef, content: Url, said: &Said, last: &Response, whole: bool) -> Result<Resolved, HubError> {
    let wrong = |detail: &str| HubError::not_understood(last.host(), detail);
    let commit = said.commit.as_deref().and_then(|commit| Commit::parse(commit).ok());
    let commit = commit.ok_or_else(|| wrong("X-Repo-Commit is missing or is no commit."))?;
    if Commit::parse(&file.revision).is_ok_and(|asked| asked != commit) {
        return Err(wrong("X-Repo-Commit is another commit than the one that was asked for."));
    }
    let etag = said.linked_etag.as_deref().or_else(|| last.header("etag")).and_then(plain_etag);
    let etag = etag.ok_or_else(|| wrong("X-Linked-Etag and ETag are missing or make no sense."))?;
    // The length of a redirect is not the file's.
    let length = || last.header("content-length").filter(|_| whole);
    let bytes = said.linked_bytes.as_deref().or_else(length).and_then(|bytes| bytes.trim().parse().ok());
    let bytes = bytes.ok_or_else(|| wrong("The file's size is missing or is no number."))?;
    if bytes > MAX_FILE_BYTES {
        return Err(HubError::TooLarge { path: file.path.clone(), bytes });
    }
    let sha256 = Sha256Hex::parse(&etag).ok();
    let of_content = last.header("etag").and_then(plain_etag).filter(|_| whole);
    let content_etag = Arc::new(of_content.map(OnceLock::from).unwrap_or_default());
    Ok(Resolved { content, bytes, etag, sha256, commit, content_etag })
}

/// An ETag without the mark of weakness and its quotes; `None` for what is none.
pub(super) fn plain_etag(value: &str) -> Option<String> {
    let value = value.trim();
    let value = value.strip_prefix("W/").unwrap_or(value).trim_matches('"');
    let fine = !value.is_empty() && value.len() <= 256 && value.bytes().all(|byte| byte.is_ascii_graphic());
    fine.then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_etag_loses_its_quotes_and_its_weakness() {
        assert_eq!(plain_etag("W/\"abc\"").as_deref(), Some("abc"));
        assert_eq!(plain_etag("\"abc\"").as_deref(), Some("abc"));
        assert_eq!(plain_etag(" abc ").as_deref(), Some("abc"));
        assert_eq!(plain_etag("\"\""), None);
        assert_eq!(plain_etag("a b"), None);
        assert_eq!(plain_etag(&"a".repeat(300)), None);
    }

    #[test]
    fn a_signed_address_is_not_printed() {
        let resolved = Resolved {
            content: Url::parse("https://cdn.example.org/x?Signature=secret").expect("an address"),
            bytes: 1,
            etag: "e".to_owned(),
            sha256: None,
            commit: Commit::parse(&"0".repeat(40)).expect("a commit"),
            content_etag: Arc::default(),
        };
        assert!(!format!("{resolved:?}").contains("secret"));
    }
}
