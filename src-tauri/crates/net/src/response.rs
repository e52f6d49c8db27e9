//! An answer as it comes in, and the contact that it is part of.

use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use inglenook_contract::LedgerEntry;
use reqwest::Client;
use reqwest::header::HeaderMap;
use url::Url;

use crate::{NetError, OnContact, Request};

/// Tells its contact when it is dropped, however the request ended.
struct Told {
    contact: LedgerEntry,
    on_contact: OnContact,
}

impl Drop for Told {
    fn drop(&mut self) {
        (self.on_contact)(self.contact.clone());
    }
}

/// An answer whose head has come; its body is read piece by piece.
pub struct Response {
    inner: reqwest::Response,
    host: String,
    told: Told,
}

/// Sends a request with this client.
pub(crate) async fn sent(
    client: Client,
    request: Request,
    host: String,
    on_contact: OnContact,
) -> Result<Response, NetError> {
    let mut told = Told { contact: begun(&request, &host), on_contact };
    let sending = client.request(request.method, request.url).headers(request.headers).send();
    let inner = sending.await.map_err(|source| NetError::of(&host, source.without_url(), false))?;
    told.contact.status = Some(inner.status().as_u16());
    Ok(Response { inner, host, told })
}

fn begun(request: &Request, host: &str) -> LedgerEntry {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let headers: usize = request.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    let line = request.method.as_str().len() + request.url.path().len() + request.url.query().map_or(0, str::len);
    LedgerEntry {
        // Whoever keeps it gives it one.
        number: 0,
        at: i64::try_from(now.as_millis()).unwrap_or(i64::MAX),
        host: host.to_owned(),
        purpose: request.purpose.clone(),
        status: None,
        sent_bytes: (headers + line) as u64,
        received_bytes: 0,
    }
}

impl Response {
    /// The status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.inner.status().as_u16()
    }

    /// Where it was asked.
    #[must_use]
    pub fn url(&self) -> &Url {
        self.inner.url()
    }

    /// The host's name, for messages.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// All headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.inner.headers()
    }

    /// A header; `None` too for one that is not text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.inner.headers().get(name)?.to_str().ok()
    }

    /// The next piece of the body; `None` at its end. A body that ends before its announced length is an error.
    ///
    /// # Errors
    /// [`NetError::Cut`] and [`NetError::Silent`].
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, NetError> {
        let piece = self.inner.chunk().await;
        let piece = piece.map_err(|source| NetError::of(&self.host, source.without_url(), true))?;
        let bytes = piece.as_ref().map_or(0, Bytes::len) as u64;
        self.told.contact.received_bytes = self.told.contact.received_bytes.saturating_add(bytes);
        Ok(piece)
    }

    /// The whole body, of at most `limit` bytes.
    ///
    /// # Errors
    /// [`NetError::TooLong`], and as [`Response::chunk`].
    pub async fn bytes(mut self, limit: u64) -> Result<Vec<u8>, NetError> {
        let mut all = Vec::new();
        while let Some(piece) = self.chunk().await? {
            if (all.len() + piece.len()) as u64 > limit {
                return Err(NetError::TooLong { host: self.host, limit });
            }
            all.extend_from_slice(&piece);
        }
        Ok(all)
    }

    /// The whole body as text; what is no UTF-8 is replaced.
    ///
    /// # Errors
    /// As [`Response::bytes`].
    pub async fn text(self, limit: u64) -> Result<String, NetError> {
        Ok(String::from_utf8_lossy(&self.bytes(limit).await?).into_owned())
    }

    /// The whole body, understood as JSON.
    ///
    /// # Errors
    /// [`NetError::NotUnderstood`], and as [`Response::bytes`].
    pub async fn json<T: serde::de::DeserializeOwned>(self, limit: u64) -> Result<T, NetError> {
        let host = self.host.clone();
        let bytes = self.bytes(limit).await?;
        serde_json::from_slice(&bytes).map_err(|error| NetError::NotUnderstood { host, detail: error.to_string() })
    }
}
