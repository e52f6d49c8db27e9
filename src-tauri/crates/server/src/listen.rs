//! Connections: accepted on the server's addresses, bounded in number, and cut when a client falls silent.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::SockRef;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::routes;

/// Connections at once; more wait in the system's queue.
const CONNECTIONS: usize = 512;
/// Connections in the system's queue.
const WAITING: u32 = 1024;
/// How long a client may take for the head of its request, and how long a connection stays open without one.
const HEAD: Duration = Duration::from_secs(30);
/// Bytes of the largest head.
const LARGEST_HEAD: usize = 64 << 10;
/// How long answers may take to end after the server was switched off.
const GRACE: Duration = Duration::from_millis(500);

/// Opens the port: on this machine alone, or for its network.
///
/// # Errors
/// What the system says, for example that another program has the port.
pub(crate) async fn bind(port: u16, lan: bool) -> std::io::Result<Vec<TcpListener>> {
    let (first, second) =
        if lan { (Ipv4Addr::UNSPECIFIED, Ipv6Addr::UNSPECIFIED) } else { (Ipv4Addr::LOCALHOST, Ipv6Addr::LOCALHOST) };
    let mut listeners = vec![TcpListener::bind((first, port)).await?];
    let port = listeners[0].local_addr()?.port();
    match bind_v6(SocketAddr::from((second, port))) {
        Ok(listener) => listeners.push(listener),
        // Whoever asks this machine by its name may come to that other program, and show it their token.
        Err(error) if error.kind() == ErrorKind::AddrInUse => return Err(error),
        Err(error) => tracing::info!(%error, "this machine does without IPv6"),
    }
    Ok(listeners)
}

/// Opens an address of IPv6 for that family alone: the system would otherwise count the other one in, which is taken by
/// then, and refuse both.
fn bind_v6(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = TcpSocket::new_v6()?;
    SockRef::from(&socket).set_only_v6(true)?;
    // Connections of a server that has just ended keep nobody out; elsewhere this would share the port.
    if cfg!(unix) {
        socket.set_reuseaddr(true)?;
    }
    socket.bind(address)?;
    socket.listen(WAITING)
}

/// Serves until it is told to stop; answers on their way get a moment to end.
pub(crate) async fn serve(listeners: Vec<TcpListener>, router: Router, stop: CancellationToken) {
    let (tracker, room) = (TaskTracker::new(), Arc::new(Semaphore::new(CONNECTIONS)));
    for listener in listeners {
        tracker.spawn(accept(listener, router.clone(), stop.clone(), tracker.clone(), Arc::clone(&room)));
    }
    stop.cancelled().await;
    tracker.close();
    // What is still under way after that ends with its tasks.
    let _ = tokio::time::timeout(GRACE, tracker.wait()).await;
}

async fn accept(
    listener: TcpListener,
    router: Router,
    stop: CancellationToken,
    tracker: TaskTracker,
    room: Arc<Semaphore>,
) {
    loop {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
        let stream = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Too many open files, for example; it passes.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
        };
        let (router, stop) = (router.clone(), stop.clone());
        tracker.spawn(async move {
            let _place = place;
            attend(stream, router, stop).await;
        });
    }
}

async fn attend(stream: TcpStream, router: Router, stop: CancellationToken) {
    // Tokens are small, and each is waited for.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let mut router = router.clone();
        async move { routes::answer(&mut router, request).await }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(LARGEST_HEAD);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            match tokio::time::timeout(GRACE, connection).await {
                Ok(ended) => ended,
                Err(_) => return,
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke off");
    }
}
