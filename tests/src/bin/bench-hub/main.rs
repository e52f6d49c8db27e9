//! Figures of downloads, of headers that lie at a hub, and of the library, each against a peer measured in the same
//! run. The hub is the fake one, in a process of its own, and what downloads is a process of its own too.
//!
//! usage: bench-hub CACHE_FOLDER [downloads|headers|library]...

mod clients;
mod downloads;
mod headers;
mod library;
mod models;
mod process;
mod server;
mod table;

use std::path::{Path, PathBuf};

/// What goes wrong with a measurement ends the program; no figure does.
type Failure = Box<dyn std::error::Error>;

const USAGE: &str = "usage: bench-hub CACHE_FOLDER [downloads|headers|library]...";
const PARTS: [&str; 3] = ["downloads", "headers", "library"];

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        // The two processes that this program starts of itself.
        ["--serve", noise] => server::serve(Path::new(noise)).await,
        ["--fetch", endpoint, folder] => clients::fetch(endpoint, Path::new(folder)).await,
        [cache, parts @ ..] if !cache.starts_with('-') && parts.iter().all(|part| PARTS.contains(part)) => {
            measure(&PathBuf::from(cache), parts).await
        }
        _ => Err(USAGE.into()),
    }
}

async fn measure(cache: &Path, parts: &[&str]) -> Result<(), Failure> {
    std::fs::create_dir_all(cache)?;
    let wanted = |part: &str| parts.is_empty() || parts.contains(&part);
    if wanted("downloads") {
        downloads::measure(cache)?;
    }
    if wanted("headers") {
        headers::measure(cache).await?;
    }
    if wanted("library") {
        library::measure(cache).await?;
    }
    Ok(())
}
