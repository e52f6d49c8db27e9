//! Folders below the models folder, entered name by name and never through a link.
//!
//! What a hub calls its files becomes paths here and nowhere else. On Unix a folder is held open and everything is
//! done relative to it, so that a link put in its place meanwhile leads nowhere.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Said where a link stands in the way.
#[derive(Debug, thiserror::Error)]
#[error("a link stands in the way")]
pub(super) struct Link;

fn link() -> io::Error {
    io::Error::other(Link)
}

/// A name that is one component and no way up.
fn checked(name: &str) -> io::Result<&str> {
    let one = !name.is_empty() && name != "." && name != ".." && !name.contains(['/', '\\', '\0']);
    one.then_some(name).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))
}

/// What stands under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File { bytes: u64 },
    Folder,
    Link,
    Other,
}

/// One folder.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    #[cfg(unix)]
    opened: File,
}

impl Folder {
    /// The folder that everything lies below; made where it is not there. It may itself be reached through links,
    /// for a person chose it.
    pub(super) fn root(path: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(path)?;
        Self::existing(path)
    }

    /// The same, where it is there already.
    #[cfg(unix)]
    pub(super) fn existing(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), opened: File::open(path)? })
    }

    /// The same, where it is there already.
    #[cfg(not(unix))]
    pub(super) fn existing(path: &Path) -> io::Result<Self> {
        if !std::fs::metadata(path)?.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        Ok(Self { path: path.to_owned() })
    }

    /// Where it lies, for messages.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The folder of this name in it, which is there.
    pub(super) fn enter(&self, name: &str) -> io::Result<Self> {
        match self.kind(name)? {
            Some(Kind::Folder) => self.entered(name),
            Some(Kind::Link) => Err(link()),
            Some(_) => Err(io::ErrorKind::NotADirectory.into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// The folder of this name in it, made where it is not there.
    pub(super) fn make(&self, name: &str) -> io::Result<Self> {
        if self.kind(name)?.is_none() {
            match self.make_one(name) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => {}
            }
        }
        self.enter(name)
    }

    /// The folder at the end of these names, each made where it is not there.
    pub(super) fn make_all<'a>(&self, names: impl Iterator<Item = &'a str>) -> io::Result<Option<Self>> {
        let mut folder: Option<Self> = None;
        for name in names {
            folder = Some(folder.as_ref().unwrap_or(self).make(name)?);
        }
        Ok(folder)
    }

    /// Writes a file of this name, all or nothing, and makes it last.
    pub(super) fn replace(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let unfinished = format!("{name}.new");
        self.remove(&unfinished)?;
        let mut file = self.create(&unfinished)?;
        file.write_all(bytes)?;
        file.sync_data()?;
        drop(file);
        self.move_to(&unfinished, self, name)
    }

    /// Removes a file or a link of this name; none is as good.
    pub(super) fn remove(&self, name: &str) -> io::Result<()> {
        match self.remove_one(name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

#[cfg(unix)]
mod unix {
    use rustix::fs::{AtFlags, FileType, Mode, OFlags};

    use super::{File, Folder, Kind, checked, io, link};

    /// The umask takes away from these.
    const FOLDER: Mode = Mode::from_raw_mode(0o755);
    const FILE: Mode = Mode::from_raw_mode(0o644);

    impl Folder {
        fn open_with(&self, name: &str, flags: OFlags) -> io::Result<File> {
            let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            match rustix::fs::openat(&self.opened, checked(name)?, flags, FILE) {
                Ok(file) => Ok(file.into()),
                Err(rustix::io::Errno::LOOP) => Err(link()),
                Err(error) => Err(error.into()),
            }
        }

        pub(super) fn entered(&self, name: &str) -> io::Result<Self> {
            let opened = self.open_with(name, OFlags::RDONLY | OFlags::DIRECTORY)?;
            Ok(Self { path: self.path.join(checked(name)?), opened })
        }

        pub(super) fn make_one(&self, name: &str) -> io::Result<()> {
            Ok(rustix::fs::mkdirat(&self.opened, checked(name)?, FOLDER)?)
        }

        /// What stands under a name; links are not followed.
        pub(in super::super) fn kind(&self, name: &str) -> io::Result<Option<Kind>> {
            match rustix::fs::statat(&self.opened, checked(name)?, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) => Ok(Some(match FileType::from_raw_mode(stat.st_mode) {
                    FileType::RegularFile => Kind::File { bytes: u64::try_from(stat.st_size).unwrap_or_default() },
                    FileType::Directory => Kind::Folder,
                    FileType::Symlink => Kind::Link,
                    _ => Kind::Other,
                })),
                Err(rustix::io::Errno::NOENT) => Ok(None),
                Err(error) => Err(error.into()),
            }
        }

        /// Opens a file to read.
        pub(in super::super) fn open(&self, name: &str) -> io::Result<File> {
            // A pipe of that name must not hold us up for ever.
            self.open_with(name, OFlags::RDONLY | OFlags::NONBLOCK)
        }

        /// Opens a file that is there to read and write.
        pub(in super::super) fn open_to_write(&self, name: &str) -> io::Result<File> {
            self.open_with(name, OFlags::RDWR)
        }

        /// Opens a file to read and write, made where it is not there.
        pub(in super::super) fn open_or_create(&self, name: &str) -> io::Result<File> {
            self.open_with(name, OFlags::RDWR | OFlags::CREATE)
        }

        /// Makes a file that is not there yet.
        pub(in super::super) fn create(&self, name: &str) -> io::Result<File> {
            self.open_with(name, OFlags::RDWR | OFlags::CREATE | OFlags::EXCL)
        }

        pub(super) fn remove_one(&self, name: &str) -> io::Result<()> {
            Ok(rustix::fs::unlinkat(&self.opened, checked(name)?, AtFlags::empty())?)
        }

        /// Moves a file into `other`, in the place of what stood there.
        pub(in super::super) fn move_to(&self, name: &str, other: &Self, new: &str) -> io::Result<()> {
            Ok(rustix::fs::renameat(&self.opened, checked(name)?, &other.opened, checked(new)?)?)
        }

        /// Makes the names in it last.
        pub(in super::super) fn sync(&self) -> io::Result<()> {
            self.opened.sync_all()
        }
    }
}

#[cfg(not(unix))]
mod elsewhere {
    use super::{File, Folder, Kind, checked, io, link};

    impl Folder {
        fn at(&self, name: &str) -> io::Result<std::path::PathBuf> {
            Ok(self.path.join(checked(name)?))
        }

        fn opened(&self, name: &str, options: &std::fs::OpenOptions) -> io::Result<File> {
            match self.kind(name)? {
                Some(Kind::Link) => Err(link()),
                _ => options.open(self.at(name)?),
            }
        }

        pub(super) fn entered(&self, name: &str) -> io::Result<Self> {
            Ok(Self { path: self.at(name)? })
        }

        pub(super) fn make_one(&self, name: &str) -> io::Result<()> {
            std::fs::create_dir(self.at(name)?)
        }

        /// What stands under a name; links are not followed.
        pub(in super::super) fn kind(&self, name: &str) -> io::Result<Option<Kind>> {
            match std::fs::symlink_metadata(self.at(name)?) {
                Ok(data) if data.is_symlink() => Ok(Some(Kind::Link)),
                Ok(data) if data.is_dir() => Ok(Some(Kind::Folder)),
                Ok(data) if data.is_file() => Ok(Some(Kind::File { bytes: data.len() })),
                Ok(_) => Ok(Some(Kind::Other)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(error),
            }
        }

        /// Opens a file to read.
        pub(in super::super) fn open(&self, name: &str) -> io::Result<File> {
            self.opened(name, File::options().read(true))
        }

        /// Opens a file that is there to read and write.
        pub(in super::super) fn open_to_write(&self, name: &str) -> io::Result<File> {
            self.opened(name, File::options().read(true).write(true))
        }

        /// Opens a file to read and write, made where it is not there.
        pub(in super::super) fn open_or_create(&self, name: &str) -> io::Result<File> {
            self.opened(name, File::options().read(true).write(true).create(true).truncate(false))
        }

        /// Makes a file that is not there yet.
        pub(in super::super) fn create(&self, name: &str) -> io::Result<File> {
            self.opened(name, File::options().read(true).write(true).create_new(true))
        }

        pub(super) fn remove_one(&self, name: &str) -> io::Result<()> {
            std::fs::remove_file(self.at(name)?)
        }

        /// Moves a file into `other`, in the place of what stood there.
        pub(in super::super) fn move_to(&self, name: &str, other: &Self, new: &str) -> io::Result<()> {
            std::fs::rename(self.at(name)?, other.at(new)?)
        }

        /// Makes the names in it last: systems other than Unix cannot, and do not need to.
        pub(in super::super) fn sync(&self) -> io::Result<()> {
            Ok(())
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn is_link(error: &io::Error) -> bool {
        error.get_ref().is_some_and(|inner| inner.is::<Link>())
    }

    #[test]
    fn nothing_is_written_through_a_link() {
        let place = tempfile::tempdir().expect("a folder");
        let outside = tempfile::tempdir().expect("a folder");
        std::fs::write(outside.path().join("secret"), "mine").expect("written");
        symlink(outside.path(), place.path().join("folder")).expect("linked");
        symlink(outside.path().join("secret"), place.path().join("file")).expect("linked");
        let root = Folder::root(place.path()).expect("opened");
        assert!(is_link(&root.make("folder").expect_err("a link")));
        assert!(is_link(&root.enter("folder").expect_err("a link")));
        assert!(is_link(&root.open("file").expect_err("a link")));
        assert!(is_link(&root.open_or_create("file").expect_err("a link")));
        root.replace("file", b"new").expect("the link itself is replaced");
        assert_eq!(std::fs::read_to_string(outside.path().join("secret")).expect("read"), "mine");
    }

    #[test]
    fn names_that_lead_away_are_refused() {
        let place = tempfile::tempdir().expect("a folder");
        let root = Folder::root(place.path()).expect("opened");
        for name in ["", ".", "..", "a/b", "/etc", "a\\b", "a\0b"] {
            assert!(root.create(name).is_err(), "{name:?}");
            assert!(root.make(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn files_are_readable_by_others_as_the_umask_allows() {
        let place = tempfile::tempdir().expect("a folder");
        let root = Folder::root(place.path()).expect("opened");
        let file = root.create("model.gguf").expect("made");
        let mode = file.metadata().expect("told").permissions().mode();
        assert_eq!(mode & 0o133, 0, "neither executable nor writable by others: {mode:o}");
        assert_eq!(mode & 0o600, 0o600);
        assert!(root.create("model.gguf").is_err(), "it is there");
        assert_eq!(root.kind("model.gguf").expect("told"), Some(Kind::File { bytes: 0 }));
        assert_eq!(root.kind("other").expect("told"), None);
    }
}
