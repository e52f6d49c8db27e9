//! The two servers as one thing that tests start, change, question and drop.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use crate::connection::serve;
use crate::faults::Fault;
use crate::records::{Counts, Host, Record};
use crate::repo::{File, Files, RepoSpec};
use crate::shared::{Person, Shared};

/// A hub and its content server on this machine, on threads of their own. Both end when it is dropped.
#[derive(Debug)]
pub struct FakeHub {
    shared: Arc<Shared>,
    runtime: Option<Runtime>,
}

impl FakeHub {
    /// Starts without a repository, on ports that are free.
    ///
    /// # Panics
    /// Where this machine gives no port; see [`FakeHub::start_on`].
    pub async fn start() -> Self {
        Self::start_on(0, 0).unwrap_or_else(|error| panic!("no port for the fake hub: {error}"))
    }

    /// Starts on these ports; 0 takes a free one.
    ///
    /// # Errors
    /// Where a port is taken.
    pub fn start_on(hub_port: u16, cdn_port: u16) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread().worker_threads(2).thread_name("fake-hub").enable_all().build()?;
        let listening = std::thread::scope(|scope| {
            let open = || runtime.block_on(async { Ok((open(hub_port).await?, open(cdn_port).await?)) });
            // A thread of its own, for a caller inside another runtime may not block.
            scope.spawn(open).join().unwrap_or_else(|_| Err(io::Error::other("the fake hub's thread broke")))
        });
        let (hub, cdn): (TcpListener, TcpListener) = listening?;
        let (hub_port, cdn_port) = (hub.local_addr()?.port(), cdn.local_addr()?.port());
        let shared = Shared::new(format!("http://127.0.0.1:{hub_port}"), format!("http://localhost:{cdn_port}"));
        let shared = Arc::new(shared);
        runtime.spawn(listen(Arc::clone(&shared), Host::Hub, hub));
        runtime.spawn(listen(Arc::clone(&shared), Host::Cdn, cdn));
        runtime.spawn(listen_on_six(Arc::clone(&shared), cdn_port));
        Ok(Self { shared, runtime: Some(runtime) })
    }

    /// Ends both servers at once; clients see their connections break.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }

    /// The hub's address, as `http://127.0.0.1:41000`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.shared.hub.clone()
    }

    /// The content server's address, as `http://localhost:41001`.
    #[must_use]
    pub fn cdn(&self) -> String {
        self.shared.cdn.clone()
    }

    /// Adds a repository; one of the same name goes.
    pub fn add(&self, repo: RepoSpec) {
        let mut world = self.shared.world_mut();
        world.repos.retain(|other| other.id != repo.id);
        world.repos.push(repo);
    }

    /// Adds a commit to a repository's `main` with these files changed or added. Returns its id, or `None` where there
    /// is no such repository. Addresses that were signed before go on giving what they gave.
    pub fn update<P: Into<String>>(&self, repo: &str, files: impl IntoIterator<Item = (P, File)>) -> Option<String> {
        self.change(repo, |all| all.extend(files.into_iter().map(|(path, file)| (path.into(), file))))
    }

    /// Adds a commit to a repository's `main` without this file. Returns its id.
    pub fn remove_file(&self, repo: &str, path: &str) -> Option<String> {
        self.change(repo, |all| drop(all.remove(path)))
    }

    fn change(&self, repo: &str, change: impl FnOnce(&mut Files)) -> Option<String> {
        let mut world = self.shared.world_mut();
        let repo = world.repo_mut(repo)?;
        let mut files = repo.main().files.clone();
        change(&mut files);
        repo.push("Change files".to_owned(), files);
        Some(repo.main().id.clone())
    }

    /// Takes a repository away.
    pub fn remove(&self, repo: &str) {
        self.shared.world_mut().repos.retain(|other| other.id != repo);
    }

    /// Gives a repository another name; askers for the old one are redirected.
    pub fn rename(&self, old: &str, new: &str) {
        let mut world = self.shared.world_mut();
        if let Some(repo) = world.repo_mut(old) {
            new.clone_into(&mut repo.id);
        }
        world.renamed.insert(old.to_owned(), new.to_owned());
    }

    /// The commit that a revision of a repository names.
    #[must_use]
    pub fn commit(&self, repo: &str, revision: &str) -> Option<String> {
        Some(self.shared.world().repo(repo)?.at(revision)?.id.clone())
    }

    /// A file of a repository's `main`.
    #[must_use]
    pub fn file(&self, repo: &str, path: &str) -> Option<File> {
        self.shared.world().repo(repo)?.main().files.get(path).cloned()
    }

    /// Makes a token known; what may be done with it is said on what this returns.
    pub fn token(&self, token: &str) -> Token<'_> {
        let person = Person { name: "someone".to_owned(), ..Person::default() };
        self.shared.world_mut().people.entry(token.to_owned()).or_insert(person);
        Token { shared: &self.shared, token: token.to_owned() }
    }

    /// Forgets a token, as if it had been revoked.
    pub fn revoke(&self, token: &str) {
        self.shared.world_mut().people.remove(token);
    }

    /// Rows of a page of search results, and files on a page of a listing, at most.
    pub fn page_sizes(&self, rows: usize, files: usize) {
        let mut world = self.shared.world_mut();
        (world.page, world.listing) = (rows.max(1), files.max(1));
    }

    /// How long addresses that are signed from now on are good.
    pub fn signatures_last(&self, lifetime: Duration) {
        self.shared.world_mut().lifetime = lifetime;
    }

    /// Lets every address that was signed so far expire.
    pub fn expire_signatures(&self) {
        self.shared.world_mut().generation += 1;
    }

    /// Whether the hub names an unknown repository's error (`X-Error-Code: RepoNotFound`), as it does; without, it
    /// says 401 and nothing else.
    pub fn name_unknown(&self, named: bool) {
        self.shared.world_mut().says_unknown = named;
    }

    /// Whether small files are redirected (307, relative) to the hub's cache instead of being served at once.
    pub fn redirect_small(&self, redirected: bool) {
        self.shared.world_mut().small_by_redirect = redirected;
    }

    /// Adds a fault to those that are set.
    pub fn fault(&self, fault: Fault) {
        self.shared.set_fault(fault);
    }

    /// Takes all faults away; answers that are under way keep theirs.
    pub fn clear_faults(&self) {
        self.shared.clear_faults();
    }

    /// Lets answers that stall now go on.
    pub fn release(&self) {
        self.shared.release();
    }

    /// Bytes in a second on every single connection; `None` for as fast as possible. Holds for answers under way too.
    pub fn throttle(&self, bytes_per_s: Option<u64>) {
        self.shared.set_throttle(bytes_per_s);
    }

    /// All requests so far, in the order in which they came.
    #[must_use]
    pub fn requests(&self) -> Vec<Record> {
        self.shared.records.requests()
    }

    /// Bytes of a file's content that were handed to sockets, by both servers: `served_bytes("user/repo/path")`. What a
    /// redirect or a refusal says is not counted.
    #[must_use]
    pub fn served_bytes(&self, file: &str) -> u64 {
        self.shared.records.served_by_file().get(file).copied().unwrap_or(0)
    }

    /// The same of all files.
    #[must_use]
    pub fn served_by_file(&self) -> std::collections::BTreeMap<String, u64> {
        self.shared.records.served_by_file()
    }

    /// Sets all counts of served bytes to 0. The requests stay.
    pub fn forget_served(&self) {
        self.shared.records.forget();
    }

    /// How many requests brought a token to the content server. There may be none.
    #[must_use]
    pub fn authorised_on_cdn(&self) -> usize {
        self.requests().iter().filter(|record| record.host == Host::Cdn && record.authorised).count()
    }

    /// What is counted, now.
    #[must_use]
    pub fn counts(&self) -> Counts {
        *self.shared.records.counts().borrow()
    }

    /// Connections that are open now.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.counts().connections
    }

    /// Waits until the counts are as wanted: `hub.until(|now| now.stalled == 2).await`.
    pub async fn until(&self, wanted: impl FnMut(&Counts) -> bool) {
        let mut counts = self.shared.records.counts();
        let _ = counts.wait_for(wanted).await;
    }

    /// Waits until so many requests have come in all.
    pub async fn until_requests(&self, number: usize) {
        self.until(|now| now.requests >= number).await;
    }

    /// Waits until so many bytes were served in all.
    pub async fn until_served(&self, bytes: u64) {
        self.until(|now| now.served >= bytes).await;
    }
}

impl Drop for FakeHub {
    fn drop(&mut self) {
        self.end();
    }
}

/// A token that the hub knows.
#[derive(Debug)]
pub struct Token<'h> {
    shared: &'h Shared,
    token: String,
}

impl Token<'_> {
    /// Gives its owner this name.
    pub fn named(self, name: &str) -> Self {
        self.change(|person| name.clone_into(&mut person.name))
    }

    /// Lets its owner read a private repository, or one whose terms must be accepted.
    pub fn may_read(self, repo: &str) -> Self {
        self.change(|person| person.reads.extend([repo.to_owned()]))
    }

    fn change(self, change: impl FnOnce(&mut Person)) -> Self {
        if let Some(person) = self.shared.world_mut().people.get_mut(&self.token) {
            change(person);
        }
        self
    }
}

async fn open(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await
}

/// `localhost` is two addresses on most machines; where the second cannot be had, clients fall back to the first.
async fn listen_on_six(shared: Arc<Shared>, port: u16) {
    if let Ok(listener) = TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, port))).await {
        listen(shared, Host::Cdn, listener).await;
    }
}

async fn listen(shared: Arc<Shared>, host: Host, listener: TcpListener) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(serve(Arc::clone(&shared), host, stream))),
            // No descriptor is left, or the client has gone already.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}
