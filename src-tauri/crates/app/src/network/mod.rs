//! The way out, as the application uses it: the hub behind the person's switches, its token, the ledger.

mod ledger;
mod token;

use std::env;
use std::sync::{Arc, PoisonError, RwLock};

use inglenook_contract::{
    ChangeTag, ErrorCode, ErrorInfo, HostEntry, LedgerEntry, LedgerRequest, Settings, TokenPlace, TokenState,
};
use inglenook_hub::remote::{Hub, HubError};
use inglenook_net::{Net, NetError, NetSettings};
use inglenook_store::Store;

use crate::changes::Changes;
use crate::{App, Result};
use token::Token;

/// Where models come from unless the person, or `HF_ENDPOINT`, says otherwise.
const HUB: &str = "https://huggingface.co";
/// The content servers that this hub sends on to.
const HUB_CONTENT: &str = "hf.co";

/// The way out with what belongs to it.
pub(crate) struct Network {
    net: Net,
    hub: RwLock<Arc<Hub>>,
    token: Arc<Token>,
}

impl Network {
    /// Puts the way out together; nothing is contacted by that.
    pub(crate) fn new(settings: &Settings, store: Store, changes: Changes) -> std::result::Result<Self, HubError> {
        let net = Net::new(net_settings(settings), ledger::keeper(store, changes)).or_else(|error| {
            // A proxy that cannot be one was refused when it was set; the system's certificates may be missing.
            tracing::error!(%error, "the network settings cannot be used");
            Net::new(NetSettings { offline: true, ..NetSettings::default() }, Arc::new(|_| {}))
        })?;
        let token = Arc::new(Token::default());
        let hub = hub(&net, settings, &token)?;
        Ok(Self { net, hub: RwLock::new(Arc::new(hub)), token })
    }

    /// Takes new settings; a hub that cannot be one was refused when it was set.
    pub(crate) fn apply(&self, settings: &Settings) -> std::result::Result<(), HubError> {
        self.net.apply(net_settings(settings))?;
        let hub = hub(&self.net, settings, &self.token)?;
        *self.hub.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(hub);
        Ok(())
    }

    /// The hub, once it is known whether there is a token.
    pub(crate) async fn hub(&self) -> Arc<Hub> {
        self.token.find().await;
        self.hub_as_it_is()
    }

    fn hub_as_it_is(&self) -> Arc<Hub> {
        Arc::clone(&self.hub.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether a token is shown to the hub.
    pub(crate) fn has_token(&self) -> bool {
        self.token.secret().is_some()
    }
}

fn net_settings(settings: &Settings) -> NetSettings {
    NetSettings {
        offline: settings.offline,
        blocked_hosts: settings.blocked_hosts.clone(),
        proxy: (!settings.proxy.is_empty()).then(|| settings.proxy.clone()),
    }
}

fn endpoint(settings: &Settings) -> String {
    let from_environment = || env::var("HF_ENDPOINT").ok().filter(|address| !address.trim().is_empty());
    let set = Some(settings.hub_endpoint.clone()).filter(|address| !address.is_empty());
    set.or_else(from_environment).unwrap_or_else(|| HUB.to_owned())
}

fn hub(net: &Net, settings: &Settings, token: &Arc<Token>) -> std::result::Result<Hub, HubError> {
    let token = Arc::clone(token);
    let source: inglenook_hub::remote::TokenSource = Arc::new(move || token.secret());
    Hub::new(net.clone(), &endpoint(settings), Arc::clone(&source)).or_else(|error| {
        // `HF_ENDPOINT` can say anything.
        tracing::error!(%error, "the hub's address cannot be used");
        Hub::new(net.clone(), HUB, source)
    })
}

/// Every host that may be contacted, with what it is for and how often it was.
///
/// # Errors
/// As every reading of the store.
pub async fn hosts(app: &App) -> Result<Vec<HostEntry>> {
    let (settings, sums) = (app.settings(), app.store().contacted_hosts().await?);
    let hub = app.network().hub_as_it_is().endpoint().host_str().unwrap_or_default().to_owned();
    let mut hosts = vec![(hub.clone(), "Searching for models, reading their cards and headers, and downloads")];
    if hub == "huggingface.co" {
        hosts.push((HUB_CONTENT.to_owned(), "The content of downloads: the hub’s own servers for large files"));
    }
    let covered = |name: &str, of: &str| name == of || name.ends_with(&format!(".{of}"));
    let contacted = sums.iter().map(|sum| sum.host.clone());
    for host in contacted.chain(settings.blocked_hosts.iter().cloned()) {
        if !hosts.iter().any(|(known, _)| covered(&host, known)) {
            hosts.push((host, "The hub sent downloads on to it"));
        }
    }
    let entry = |(host, purpose): (String, &str)| {
        let own = || sums.iter().filter(|sum| covered(&sum.host, &host));
        HostEntry {
            purpose: purpose.to_owned(),
            allowed: !settings.blocked_hosts.iter().any(|blocked| covered(&host, blocked)),
            contacts: own().map(|sum| sum.contacts).sum(),
            received_bytes: own().map(|sum| sum.received_bytes).sum(),
            last_at: own().map(|sum| sum.last_at).max(),
            host,
        }
    };
    Ok(hosts.into_iter().map(entry).collect())
}

/// A page of the ledger, newest first.
///
/// # Errors
/// As every reading of the store.
pub async fn ledger(app: &App, request: LedgerRequest) -> Result<Vec<LedgerEntry>> {
    Ok(app.store().contacts(request.before).await?)
}

/// Empties the ledger.
///
/// # Errors
/// As every writing of the store.
pub async fn clear_ledger(app: &App) -> Result<()> {
    app.store().clear_contacts().await?;
    app.changes_bus().tell(ChangeTag::Network);
    Ok(())
}

/// What is known of the hub's token. Nothing is contacted.
///
/// # Errors
/// None today.
pub async fn token(app: &App) -> Result<TokenState> {
    app.network().token.find().await;
    Ok(app.network().token.state())
}

/// Keeps a token, after the hub has taken it.
///
/// # Errors
/// `InvalidRequest` for what is no token, `AccessNeeded` where the hub does not take it, and what keeps the hub from
/// being asked; what was kept before stays then.
pub async fn save_token(app: &App, text: &str) -> Result<TokenState> {
    let network = app.network();
    network.token.find().await;
    let user = network.token.try_out(text, &network.hub_as_it_is()).await?;
    network.token.keep(user).await;
    // Who is known sees more.
    app.hub_seen().forget();
    app.changes_bus().tell(ChangeTag::Network);
    Ok(network.token.state())
}

/// Forgets the token.
///
/// # Errors
/// `StoreFailed` where the keyring could not be asked: the token may still be in it.
pub async fn forget_token(app: &App) -> Result<TokenState> {
    let trouble = app.network().token.forget().await;
    app.hub_seen().forget();
    app.changes_bus().tell(ChangeTag::Network);
    let state = app.network().token.state();
    match trouble {
        Some(trouble) if state.place != TokenPlace::Session => {
            let words = format!("{trouble} Inglenook does not use the token any more, but it may still lie there.");
            Err(ErrorInfo::new(ErrorCode::StoreFailed, words).into())
        }
        _ => Ok(state),
    }
}

impl From<HubError> for crate::AppError {
    fn from(error: HubError) -> Self {
        Self::Told(error.into())
    }
}

impl From<NetError> for crate::AppError {
    fn from(error: NetError) -> Self {
        Self::Told(error.into())
    }
}
