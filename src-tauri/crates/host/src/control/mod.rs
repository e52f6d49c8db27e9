//! The way into a running application for other processes of the same person: the command line, and a window that finds
//! the data in use by a server without one.
//!
//! A local socket in the home, which only its owner may enter; no port, nothing that a web page could reach. What is
//! asked is the contract, row by row, as the window asks it: one request a connection, one JSON object a line.
//!
//! | to the application | from it |
//! |---|---|
//! | `{"call": name, "request": …}` | `{"ok": …}` or `{"error": …}` |
//! | `{"stream": name, "request": …}` | `{"ok": null}`, then `{"event": …}` again and again, then `{"end": true}`; or `{"error": …}` |

mod door;
mod remote;

use std::io;
use std::path::{Path, PathBuf};

use inglenook_contract::ErrorInfo;
use interprocess::local_socket::{GenericFilePath, Name, ToFsName as _};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use door::Door;
pub use remote::Remote;

/// Bytes that the address of a local socket may have: `sun_path` of Linux has 108, that of macOS 104, with a zero.
const LONGEST: usize = 103;
/// The socket's name in the home.
const NAME: &str = "control.sock";

/// What is asked.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Call(String),
    Stream(String),
}

/// One line to the application.
#[derive(Debug, Serialize, Deserialize)]
struct Asked {
    #[serde(flatten)]
    kind: Kind,
    request: Value,
}

/// One line from it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Told {
    Ok(Value),
    Event(Value),
    Error(ErrorInfo),
    End(bool),
}

/// Where the socket of a home lies. A home whose path is too long for one has it in the person's runtime folder.
fn place(home: &Path) -> io::Result<PathBuf> {
    if cfg!(windows) {
        return Ok(PathBuf::from(format!(r"\\.\pipe\inglenook-{}", fingerprint(home))));
    }
    let own = home.join(NAME);
    if own.as_os_str().len() <= LONGEST {
        return Ok(own);
    }
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|folder| folder.is_dir());
    let short = runtime.map(|folder| folder.join(format!("inglenook-{}.sock", fingerprint(home))));
    short.filter(|path| path.as_os_str().len() <= LONGEST).ok_or_else(|| {
        io::Error::new(io::ErrorKind::InvalidFilename, "the path of the data is too long for a local socket")
    })
}

fn name(place: &Path) -> io::Result<Name<'static>> {
    place.to_path_buf().to_fs_name::<GenericFilePath>()
}

/// A short name for a folder.
fn fingerprint(folder: &Path) -> String {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    folder.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
