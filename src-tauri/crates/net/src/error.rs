//! Why a request was not answered, in words for a person.

use inglenook_contract::{ErrorCode, ErrorInfo};

/// What kept a request from being answered. Every message is ready to be shown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NetError {
    /// The person switched the network off.
    #[error("Inglenook is set to work offline. Switch that off in Settings, under Privacy, to reach the network.")]
    Offline,
    /// The person switched this host off.
    #[error("Contact with {host} is switched off. You can allow it in Settings, under Privacy.")]
    HostOff {
        /// Its name.
        host: String,
    },
    /// No connection came about.
    #[error("{host} cannot be reached. Is this machine connected to the internet?")]
    Unreachable {
        /// Its name.
        host: String,
        /// The system's words.
        #[source]
        source: reqwest::Error,
    },
    /// Its certificate is not trusted, or no common way of encryption was found.
    #[error(
        "The connection to {host} is not safe: its certificate is not trusted by this system. A company's proxy may need its own certificate installed."
    )]
    Untrusted {
        /// Its name.
        host: String,
        /// The library's words.
        #[source]
        source: reqwest::Error,
    },
    /// It said nothing for too long.
    #[error("{host} does not answer any more.")]
    Silent {
        /// Its name.
        host: String,
        /// The library's words.
        #[source]
        source: reqwest::Error,
    },
    /// The connection ended in the middle of an answer.
    #[error("The connection to {host} broke off.")]
    Cut {
        /// Its name.
        host: String,
        /// The library's words.
        #[source]
        source: reqwest::Error,
    },
    /// The answer is longer than such an answer can be.
    #[error("{host} sent an answer of more than {limit} bytes, which cannot be right.")]
    TooLong {
        /// Its name.
        host: String,
        /// Bytes that were allowed.
        limit: u64,
    },
    /// The answer is not what it has to be.
    #[error(
        "{host} sent an answer that Inglenook does not understand. If you use a mirror, it may not be a complete one."
    )]
    NotUnderstood {
        /// Its name.
        host: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The address has no host, or another scheme than http and https.
    #[error("“{0}” is not an address on the web.")]
    Address(String),
    /// The proxy's address is none.
    #[error("The address of the proxy cannot be used. It looks like http://host:port.")]
    Proxy {
        /// The library's words.
        #[source]
        source: reqwest::Error,
    },
    /// The system's certificates cannot be read.
    #[error("The certificates of this system cannot be read, so no safe connection is possible.")]
    Setup {
        /// The library's words.
        #[source]
        source: reqwest::Error,
    },
}

impl NetError {
    /// Sorts what the library says.
    pub(crate) fn of(host: &str, source: reqwest::Error, answered: bool) -> Self {
        let host = host.to_owned();
        if source.is_timeout() {
            Self::Silent { host, source }
        } else if source.is_connect() {
            if names_a_certificate(&source) {
                Self::Untrusted { host, source }
            } else {
                Self::Unreachable { host, source }
            }
        } else if answered || source.is_body() || source.is_decode() {
            Self::Cut { host, source }
        } else {
            Self::Unreachable { host, source }
        }
    }

    /// The kind of failure, for the window.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Offline | Self::HostOff { .. } => ErrorCode::NetworkOff,
            Self::Address(_) | Self::Proxy { .. } => ErrorCode::InvalidRequest,
            Self::TooLong { .. } | Self::NotUnderstood { .. } => ErrorCode::HubFailed,
            Self::Unreachable { .. }
            | Self::Untrusted { .. }
            | Self::Silent { .. }
            | Self::Cut { .. }
            | Self::Setup { .. } => ErrorCode::Unreachable,
        }
    }

    /// Whether the same request may be answered a moment later.
    #[must_use]
    pub fn passes(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Silent { .. } | Self::Cut { .. })
    }
}

/// Whether TLS was what failed: the library says so in the words of an inner error only (reqwest 0.13).
fn names_a_certificate(error: &reqwest::Error) -> bool {
    let mut inner: Option<&dyn std::error::Error> = std::error::Error::source(error);
    while let Some(error) = inner {
        if error.is::<rustls::Error>() || error.to_string().to_ascii_lowercase().contains("certificate") {
            return true;
        }
        inner = error.source();
    }
    false
}

/// All causes in one line, outermost first.
fn chain(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut inner = error.source();
    while let Some(error) = inner {
        words.push_str(": ");
        words.push_str(&error.to_string());
        inner = error.source();
    }
    words
}

impl From<NetError> for ErrorInfo {
    fn from(error: NetError) -> Self {
        let info = Self::new(error.code(), error.to_string());
        let info = if error.passes() { info.retryable() } else { info };
        match &error {
            NetError::NotUnderstood { detail, .. } => info.with_detail(detail),
            _ => match std::error::Error::source(&error) {
                Some(source) => info.with_detail(chain(source)),
                None => info,
            },
        }
    }
}
