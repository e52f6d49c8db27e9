//! The way out: every request that leaves this machine goes through [`Net`].
//!
//! Here are the person's switches (offline, single hosts, a proxy), the trust in certificates, which is the system's,
//! the timeouts, and the ledger: each request is told to whoever keeps it, with its host, its purpose and its bytes.
//! Redirects are never followed here; whoever asks decides where a token may go. What hosts answer is none of this
//! crate's business.

mod error;
mod request;
mod response;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use inglenook_contract::LedgerEntry;
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Proxy};

pub use error::NetError;
pub use request::Request;
pub use reqwest::header;
pub use response::Response;

/// Time to reach a host.
const CONNECT: Duration = Duration::from_secs(15);
/// Time without a single byte after which a host counts as gone.
const SILENCE: Duration = Duration::from_secs(30);

/// What is allowed, and by which way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetSettings {
    /// Nothing leaves this machine.
    pub offline: bool,
    /// Hosts that are not contacted, in lower case; hosts below them neither.
    pub blocked_hosts: Vec<String>,
    /// The proxy's address (`http://user:word@host:port`, `socks5://…` is not spoken); `None` takes what the system or
    /// the environment says.
    pub proxy: Option<String>,
}

/// Who is told of every contact, when it has ended.
pub type OnContact = Arc<dyn Fn(LedgerEntry) + Send + Sync>;

/// The way out; cloning it is cheap.
#[derive(Clone)]
pub struct Net(Arc<Inner>);

struct Inner {
    state: RwLock<State>,
    on_contact: OnContact,
}

#[derive(Clone)]
struct State {
    settings: NetSettings,
    /// Asks for compressed answers and unpacks them.
    texts: Client,
    /// Takes bytes as they are.
    files: Client,
}

impl Net {
    /// A way out.
    ///
    /// # Errors
    /// [`NetError::Proxy`] for an address that is none, [`NetError::Setup`] where the system's certificates cannot be
    /// read.
    pub fn new(settings: NetSettings, on_contact: OnContact) -> Result<Self, NetError> {
        Ok(Self(Arc::new(Inner { state: RwLock::new(State::new(settings)?), on_contact })))
    }

    /// Changes what is allowed, for requests from now on.
    ///
    /// # Errors
    /// As [`Net::new`]; then everything stays as it was.
    pub fn apply(&self, settings: NetSettings) -> Result<(), NetError> {
        let state = State::new(settings)?;
        *self.0.state.write().unwrap_or_else(PoisonError::into_inner) = state;
        Ok(())
    }

    /// Sends a request and returns when its head was answered. Every status is an answer; redirects are not followed.
    ///
    /// # Errors
    /// [`NetError`]: what is switched off, and whatever keeps the host from answering.
    pub async fn send(&self, request: Request) -> Result<Response, NetError> {
        let State { settings, texts, files } = self.0.state.read().unwrap_or_else(PoisonError::into_inner).clone();
        let host = request.host()?;
        settings.check(&host)?;
        let client = if request.compressed { texts } else { files };
        response::sent(client, request, host, Arc::clone(&self.0.on_contact)).await
    }
}

impl State {
    fn new(settings: NetSettings) -> Result<Self, NetError> {
        // The provider of the process; whoever was first is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let build = |compressed: bool| -> Result<Client, NetError> {
            let mut builder = builder().gzip(compressed);
            if let Some(proxy) = settings.proxy.as_deref().map(str::trim).filter(|proxy| !proxy.is_empty()) {
                builder = builder.proxy(Proxy::all(proxy).map_err(|source| NetError::Proxy { source })?);
            }
            builder.build().map_err(|source| NetError::Setup { source })
        };
        Ok(Self { texts: build(true)?, files: build(false)?, settings })
    }
}

/// Without HTTP/2: parts of a file are to come by connections of their own, for hosts limit each.
fn builder() -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("inglenook/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .referer(false)
        .connect_timeout(CONNECT)
        .read_timeout(SILENCE)
}

impl NetSettings {
    /// Whether `host` may be contacted. This machine's own addresses always may.
    fn check(&self, host: &str) -> Result<(), NetError> {
        if matches!(host, "localhost" | "127.0.0.1" | "[::1]") {
            return Ok(());
        }
        if self.offline {
            return Err(NetError::Offline);
        }
        let below = |blocked: &String| host == *blocked || host.ends_with(&format!(".{blocked}"));
        if self.blocked_hosts.iter().any(below) {
            return Err(NetError::HostOff { host: host.to_owned() });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(settings: &NetSettings, host: &str) -> Option<String> {
        settings.check(host).err().map(|error| error.to_string())
    }

    #[test]
    fn what_is_switched_off_is_not_contacted() {
        let offline = NetSettings { offline: true, ..NetSettings::default() };
        assert!(refused(&offline, "huggingface.co").is_some_and(|words| words.contains("offline")));
        assert_eq!(refused(&offline, "127.0.0.1"), None, "this machine is no way out");

        let blocked = NetSettings { blocked_hosts: vec!["huggingface.co".to_owned()], ..NetSettings::default() };
        assert!(refused(&blocked, "huggingface.co").is_some_and(|words| words.contains("huggingface.co")));
        assert!(refused(&blocked, "cdn-lfs.huggingface.co").is_some(), "and what lies below it");
        assert_eq!(refused(&blocked, "nothuggingface.co"), None);
    }

    #[test]
    fn an_address_that_is_no_proxy_changes_nothing() {
        let net = Net::new(NetSettings::default(), Arc::new(|_| {})).expect("a way out");
        let wrong = NetSettings { proxy: Some("http://".to_owned()), offline: true, ..NetSettings::default() };
        assert!(matches!(net.apply(wrong), Err(NetError::Proxy { .. })));
        assert!(!net.0.state.read().expect("readable").settings.offline, "the settings before hold");
    }
}
