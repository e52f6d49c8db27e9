//! One request: what is asked of whom, and why.

use reqwest::Method;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::NetError;

/// A request without a body.
#[derive(Clone, Debug)]
pub struct Request {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) purpose: String,
    pub(crate) headers: HeaderMap,
    pub(crate) compressed: bool,
}

impl Request {
    /// Asks for what lies at `url`. `purpose` stands in the ledger, in words for a person: “Search for qwen”.
    #[must_use]
    pub fn get(url: Url, purpose: impl Into<String>) -> Self {
        Self { method: Method::GET, url, purpose: purpose.into(), headers: HeaderMap::new(), compressed: false }
    }

    /// Asks what is said about `url` without its content.
    #[must_use]
    pub fn head(url: Url, purpose: impl Into<String>) -> Self {
        Self { method: Method::HEAD, ..Self::get(url, purpose) }
    }

    /// Lets the answer come compressed; never for files, whose lengths and ranges count.
    #[must_use]
    pub fn compressed(mut self) -> Self {
        self.compressed = true;
        self
    }

    /// With this header; a value that no header can have is left out.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    /// With a token. Whoever calls this has made sure that the token belongs to the address's host.
    #[must_use]
    pub fn bearer(mut self, token: &SecretString) -> Self {
        if let Ok(mut value) = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret())) {
            value.set_sensitive(true);
            self.headers.insert(AUTHORIZATION, value);
        }
        self
    }

    /// The host's name, in lower case.
    pub(crate) fn host(&self) -> Result<String, NetError> {
        let host = self.url.host_str().filter(|_| matches!(self.url.scheme(), "http" | "https"));
        host.map(str::to_ascii_lowercase).ok_or_else(|| NetError::Address(self.url.to_string()))
    }
}
