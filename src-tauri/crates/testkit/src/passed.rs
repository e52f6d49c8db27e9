//! Sending a file without reading it: the system passes its pages on to the socket. A content server that copies each
//! byte twice takes as long as its client does, and then says nothing about the client.

use std::fs::File;
use std::io;

use tokio::net::TcpStream;

/// Sends at most `count` bytes of `file` from offset `at` on. Returns how many the socket took; 0 at the file's end.
///
/// # Errors
/// What the disk or the socket says.
#[cfg(target_os = "linux")]
pub(crate) async fn pass_on(file: &File, stream: &TcpStream, at: u64, count: usize) -> io::Result<usize> {
    let once = || {
        let mut at = at;
        rustix::fs::sendfile(stream, file, Some(&mut at), count).map_err(io::Error::from)
    };
    stream.async_io(tokio::io::Interest::WRITABLE, once).await
}

#[cfg(not(target_os = "linux"))]
pub(crate) async fn pass_on(file: &File, stream: &TcpStream, at: u64, count: usize) -> io::Result<usize> {
    let mut buffer = vec![0; count];
    let read = crate::content::read_at(file, at, &mut buffer)?;
    let mut sent = 0;
    while sent < read {
        stream.writable().await?;
        match stream.try_write(&buffer[sent..read]) {
            Ok(count) => sent += count,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}
