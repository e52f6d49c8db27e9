//! What is asked of a hub, against a fake one on this machine with faults on demand.
#![allow(missing_docs, clippy::missing_panics_doc)]

mod catalogue;
mod content;
mod headers;
mod refusals;

use std::sync::{Arc, Mutex};

use inglenook_contract::LedgerEntry;
use inglenook_hub::remote::{FileRef, Hub, RepoId, RepoPath};
use inglenook_net::{Net, NetSettings};
use inglenook_testkit::{Content, FakeHub, RepoSpec};
use secrecy::SecretString;

/// Nobody's, and nowhere to be seen but at the hub.
const TOKEN: &str = "hf_theTokenOfATest";

/// A client, and the contacts that were told.
struct Client {
    hub: Hub,
    contacts: Arc<Mutex<Vec<LedgerEntry>>>,
}

fn client(fake: &FakeHub, token: Option<&'static str>) -> Client {
    let contacts: Arc<Mutex<Vec<LedgerEntry>>> = Arc::default();
    let told = Arc::clone(&contacts);
    let on_contact = Arc::new(move |contact| told.lock().expect("a list").push(contact));
    let net = Net::new(NetSettings::default(), on_contact).expect("a way out");
    let hub = Hub::new(net, &fake.endpoint(), Arc::new(move || token.map(SecretString::from))).expect("a hub");
    Client { hub, contacts }
}

fn anonymous(fake: &FakeHub) -> Hub {
    client(fake, None).hub
}

fn id(name: &str) -> RepoId {
    RepoId::parse(name).expect("a name")
}

fn file(repo: &str, path: &str) -> FileRef {
    FileRef { repo: id(repo), revision: "main".to_owned(), path: RepoPath::parse(path).expect("a path") }
}

/// A hub with one repository: a large file of 300,000 bytes and two small ones.
async fn one_repository() -> FakeHub {
    let fake = FakeHub::start().await;
    fake.add(
        RepoSpec::new("ada/Model-1B-GGUF")
            .tags(["gguf"])
            .large("sub/model q4.gguf", Content::generated(7, 300_000))
            .small("config.json", r#"{"a": 1}"#)
            .small("README.md", "---\nlicense: mit\n---\n# A model\n"),
    );
    fake
}

const LARGE: &str = "sub/model q4.gguf";
