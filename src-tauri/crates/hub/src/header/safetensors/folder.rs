//! Where the files of a model lie: in a folder of this machine, or in memory, where the beginnings of a hub's files are
//! put. The reader asks for them by name and never learns which it was.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::HeaderError;
use crate::header::not_a_file;

/// The files of one model, by name.
pub trait Folder {
    /// What a file is read from.
    type Source<'a>: Read
    where
        Self: 'a;

    /// The names of all files.
    ///
    /// # Errors
    /// [`HeaderError::Io`], where the system does not list them.
    fn names(&self) -> Result<BTreeSet<String>, HeaderError>;

    /// Whether anything has this name.
    fn has(&self, name: &str) -> bool;

    /// A file from its beginning, and its length in bytes.
    ///
    /// # Errors
    /// [`HeaderError`] for what is not there, cannot be read or is no file.
    fn open(&self, name: &str) -> Result<(Self::Source<'_>, u64), HeaderError>;
}

impl Folder for Path {
    type Source<'a> = File;

    fn names(&self) -> Result<BTreeSet<String>, HeaderError> {
        let mut names = BTreeSet::new();
        for entry in std::fs::read_dir(self).map_err(HeaderError::read)? {
            if let Ok(name) = entry.map_err(HeaderError::read)?.file_name().into_string() {
                names.insert(name);
            }
        }
        Ok(names)
    }

    fn has(&self, name: &str) -> bool {
        self.join(name).exists()
    }

    fn open(&self, name: &str) -> Result<(File, u64), HeaderError> {
        let path = self.join(name);
        // Asked before it is opened: opening a pipe would wait for somebody to write.
        let metadata = std::fs::metadata(&path).map_err(HeaderError::read)?;
        if !metadata.is_file() {
            return Err(not_a_file());
        }
        Ok((File::open(path).map_err(HeaderError::read)?, metadata.len()))
    }
}

/// Files of which only the beginnings are here. Each is as long as it says, and zeros behind what is here.
#[derive(Clone, Debug, Default)]
pub struct Beginnings(BTreeMap<String, (Vec<u8>, u64)>);

impl Beginnings {
    /// Puts a file of `length` bytes here that begins with `bytes`.
    pub fn put(&mut self, name: impl Into<String>, bytes: Vec<u8>, length: u64) {
        self.0.insert(name.into(), (bytes, length));
    }
}

impl Folder for Beginnings {
    type Source<'a> = io::Take<io::Chain<&'a [u8], io::Repeat>>;

    fn names(&self) -> Result<BTreeSet<String>, HeaderError> {
        Ok(self.0.keys().cloned().collect())
    }

    fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    fn open(&self, name: &str) -> Result<(Self::Source<'_>, u64), HeaderError> {
        let (bytes, length) = self.0.get(name).ok_or_else(|| HeaderError::read(io::ErrorKind::NotFound.into()))?;
        Ok((bytes.chain(io::repeat(0)).take(*length), *length))
    }
}
