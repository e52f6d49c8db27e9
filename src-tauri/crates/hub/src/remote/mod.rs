//! What is asked of a Hugging Face Hub, or of a mirror of one: searching, looking at repositories, finding where a
//! file's content lies, and fetching ranges of it.
//!
//! Storing what is fetched is not done here. A hub is a stranger: its names are checked before they become paths or
//! addresses ([`names`]), its texts are bounded, its redirects are followed one by one, and the token goes to the
//! origin of the hub that the person set, to nobody else.

mod abilities;
mod answers;
mod card;
mod error;
mod fetch;
mod gguf;
mod items;
pub mod names;
mod quantisation;
mod reading;
mod repo;
mod resolve;
mod safetensors;
mod search;

use std::net::IpAddr;
use std::sync::Arc;

use inglenook_net::{Net, Request, Response};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use url::{Host, Url};

use answers::About;
pub use error::HubError;
pub use fetch::Fetched;
pub use gguf::RemoteHeader;
pub use items::{Item, ItemKind, items};
pub use names::{Commit, NameError, RepoId, RepoPath, Sha256Hex};
pub use repo::{Gate, GgufFacts, Repo, RepoFile};
pub use resolve::{FileRef, Resolved};
pub use safetensors::RemoteSafetensors;
pub use search::{Cursor, RepoFormat, SearchPage, SearchQuery, SearchRow, Sort};

/// Gives the person's access token, at each request anew; `None` where there is none.
pub type TokenSource = Arc<dyn Fn() -> Option<SecretString> + Send + Sync>;

/// Most redirects within the hub.
const MAX_REDIRECTS: usize = 5;
/// Longest answer about one's own account, bytes.
const MAX_ACCOUNT_BYTES: u64 = 1 << 20;

/// A hub that can be asked; cloning it is cheap.
#[derive(Clone)]
pub struct Hub {
    net: Net,
    endpoint: Url,
    token: TokenSource,
}

/// An answer, and whether a token was shown for it.
struct Answer {
    response: Response,
    signed_in: bool,
}

/// Whose redirects are followed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Follow {
    /// The hub's within itself.
    Own,
    /// To other hosts too, which see no token.
    Anywhere,
}

impl Hub {
    /// The hub at `endpoint`, for example `https://huggingface.co`; a mirror may lie below a path.
    ///
    /// # Errors
    /// [`HubError::Name`] for what is no address of a hub. Without encryption only this machine is asked.
    pub fn new(net: Net, endpoint: &str, token: TokenSource) -> Result<Self, HubError> {
        Ok(Self { net, endpoint: endpoint_of(endpoint)?, token })
    }

    /// Where it is, without a slash at the end of its path where it has one.
    #[must_use]
    pub fn endpoint(&self) -> &Url {
        &self.endpoint
    }

    /// A repository's page for people.
    #[must_use]
    pub fn page(&self, repo: &RepoId) -> Url {
        self.url(repo.as_str().split('/'))
    }

    /// What a person pasted, read as [`RepoId::parse_link`] does and as addresses of this hub.
    ///
    /// # Errors
    /// [`HubError::Name`] saying what it is instead.
    pub fn parse_link(&self, text: &str) -> Result<names::Linked, HubError> {
        Ok(RepoId::parse_link_at(text, Some(&self.endpoint))?)
    }

    /// The name of the account that the token belongs to; `None` without a token.
    ///
    /// # Errors
    /// [`HubError::NotAllowed`] for a token that is not taken, and what else a hub can answer.
    pub async fn whoami(&self) -> Result<Option<String>, HubError> {
        #[derive(Deserialize)]
        struct Account {
            name: String,
        }
        if self.current_token().is_none() {
            return Ok(None);
        }
        let url = self.url(["api", "whoami-v2"]);
        let make = |url| Request::get(url, "Check your access token").compressed();
        let answer = self.ask(make, url, Follow::Own, &About::default()).await?;
        let account: Account = answer.response.json(MAX_ACCOUNT_BYTES).await?;
        Ok(Some(names::shown(&account.name)))
    }

    /// An address below the endpoint. The segments are encoded; none of them leads elsewhere.
    fn url<'a>(&self, segments: impl IntoIterator<Item = &'a str>) -> Url {
        let mut url = self.endpoint.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }

    /// The hub's name, for messages.
    fn host(&self) -> &str {
        self.endpoint.host_str().unwrap_or_default()
    }

    /// Whether an address is of the very origin (scheme, host and port) that the token belongs to.
    fn is_own(&self, url: &Url) -> bool {
        url.origin() == self.endpoint.origin()
    }

    fn current_token(&self) -> Option<SecretString> {
        (self.token)().filter(|token| !token.expose_secret().trim().is_empty())
    }

    /// Sends one request, with the token if it goes to the hub itself. Every status is an answer.
    async fn send(&self, url: &Url, request: Request) -> Result<Answer, HubError> {
        let token = if self.is_own(url) { self.current_token() } else { None };
        let signed_in = token.is_some();
        let request = match &token {
            Some(token) => request.bearer(token),
            None => request,
        };
        Ok(Answer { response: self.net.send(request).await?, signed_in })
    }

    /// Asks the hub and follows its redirects; what comes is the answer itself, with status 200.
    async fn ask(
        &self,
        make: impl Fn(Url) -> Request,
        mut url: Url,
        follow: Follow,
        about: &About<'_>,
    ) -> Result<Answer, HubError> {
        for _ in 0..=MAX_REDIRECTS {
            let answer = self.send(&url, make(url.clone())).await?;
            match self.redirect(&answer.response)? {
                Some(target) if follow == Follow::Anywhere || self.is_own(&target) => url = target,
                Some(target) => {
                    let elsewhere = target.host_str().unwrap_or_default();
                    return Err(HubError::not_understood(self.host(), format!("It sends on to {elsewhere}.")));
                }
                None if answer.response.status() == 200 => return Ok(answer),
                None => return Err(self.refusal(&answer, about)),
            }
        }
        Err(HubError::not_understood(self.host(), "It redirects in a circle."))
    }

    /// Where an answer sends on to; `None` for one that does not.
    fn redirect(&self, response: &Response) -> Result<Option<Url>, HubError> {
        if !matches!(response.status(), 301 | 302 | 303 | 307 | 308) {
            return Ok(None);
        }
        let target = response.header("location").and_then(|location| response.url().join(location).ok());
        let target = target.filter(|target| may_follow(&self.endpoint, target));
        target.map(Some).ok_or_else(|| {
            HubError::not_understood(response.host(), "It sends on to an address that is none or is not safe.")
        })
    }
}

/// Reads the address of a hub.
fn endpoint_of(text: &str) -> Result<Url, HubError> {
    let wrong =
        |why: &str| HubError::Name { what: format!("“{}” cannot be used as a hub: {why}", names::shown(text)) };
    let mut url = Url::parse(text.trim()).map_err(|_| wrong("an address begins with https://."))?;
    let named = url.host_str().is_some_and(|host| !host.is_empty());
    if !named || !matches!(url.scheme(), "https" | "http") {
        return Err(wrong("an address begins with https://."));
    }
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err(wrong("it is not encrypted. An address begins with https://."));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("it holds a name or a password. An access token is set by itself."));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("it holds more than a host and a path."));
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

/// Whether a hub's redirect to `target` is followed: encrypted, or from this machine to this machine. Other hosts
/// send nobody to services of this machine.
fn may_follow(endpoint: &Url, target: &Url) -> bool {
    let plain = target.username().is_empty() && target.password().is_none() && target.host_str().is_some();
    let local = is_loopback(target);
    plain
        && match target.scheme() {
            "https" => !local || is_loopback(endpoint),
            "http" => local && is_loopback(endpoint),
            _ => false,
        }
}

/// Whether an address is of this machine.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.strip_suffix('.').unwrap_or(name);
            name == "localhost" || name.ends_with(".localhost")
        }
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback() || address.is_unspecified(),
        Some(Host::Ipv6(address)) => address.is_unspecified() || address.to_canonical().is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use inglenook_net::NetSettings;

    use super::*;

    fn hub(endpoint: &str) -> Result<Hub, HubError> {
        let net = Net::new(NetSettings::default(), Arc::new(|_| {})).expect("a way out");
        Hub::new(net, endpoint, Arc::new(|| None))
    }

    #[test]
    fn a_hub_is_encrypted_or_on_this_machine() {
        for fine in [
            "https://huggingface.co",
            "https://huggingface.co/",
            " https://models.example.org:8443/hf/ ",
            "http://127.0.0.1:8080",
            "http://localhost:1",
            "http://[::1]:80",
        ] {
            assert!(hub(fine).is_ok(), "{fine}");
        }
        for wrong in [
            "",
            "huggingface.co",
            "http://huggingface.co",
            "ftp://huggingface.co",
            "https://",
            "file:///etc",
            "https://user:word@huggingface.co",
            "https://huggingface.co/?x=1",
            "https://huggingface.co/#x",
            "http://127.0.0.1.example.org",
            "http://192.168.1.4",
        ] {
            assert!(hub(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn addresses_lie_below_the_endpoint_and_are_encoded() {
        let hub = hub("https://models.example.org/hf/").expect("a hub");
        let file = |revision: &str, path: &str| {
            let file = FileRef {
                repo: RepoId::parse("a/b").expect("a name"),
                revision: revision.to_owned(),
                path: RepoPath::parse(path).expect("a path"),
            };
            hub.file_url(&file).map(String::from)
        };
        let main = file("main", "sub/x y#1%2f.gguf").expect("an address");
        assert_eq!(main, "https://models.example.org/hf/a/b/resolve/main/sub/x%20y%231%252f.gguf");
        let pull = file("refs/pr/1", "x.gguf").expect("an address");
        assert_eq!(pull, "https://models.example.org/hf/a/b/resolve/refs%2Fpr%2F1/x.gguf");
        assert!(file("..", "x.gguf").is_err());
    }

    #[test]
    fn redirects_are_followed_to_safe_addresses_only() {
        let follows = |from: &str, to: &str| {
            may_follow(&Url::parse(from).expect("an address"), &Url::parse(to).expect("an address"))
        };
        assert!(follows("https://huggingface.co", "https://cdn.example.org/x"));
        assert!(follows("http://127.0.0.1:1", "http://localhost:2/x"));
        assert!(follows("http://127.0.0.1:1", "https://cdn.example.org/x"));
        for evil in [
            "http://cdn.example.org/x",
            "http://127.0.0.1/x",
            "https://localhost/x",
            "https://localhost./x",
            "https://[::ffff:127.0.0.1]/x",
            "https://0.0.0.0/x",
            "file:///etc/passwd",
            "https://user@cdn.example.org/x",
            "data:text/plain,x",
        ] {
            assert!(!follows("https://huggingface.co", evil), "{evil}");
        }
    }

    #[test]
    fn only_the_very_origin_is_the_hubs_own() {
        let hub = hub("https://huggingface.co").expect("a hub");
        let own = |url: &str| hub.is_own(&Url::parse(url).expect("an address"));
        assert!(own("https://huggingface.co:443/x"));
        for other in ["http://huggingface.co/x", "https://huggingface.co:444/x", "https://cdn.huggingface.co/x"] {
            assert!(!own(other), "{other}");
        }
    }
}
