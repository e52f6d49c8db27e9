//! The files of the store on disk: where they lie, who may read them, and how a database is set aside.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

use crate::Result;

/// What follows a database's name in the names of the files that belong to it.
const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Why a database is set aside; a part of the name it gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aside {
    /// It cannot be read.
    Damaged,
    /// A backup takes its place.
    Replaced,
}

/// The folder of the store.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    dir: PathBuf,
}

impl Files {
    /// Makes the folder where it is not there, readable by its owner only.
    pub(crate) fn at(dir: &Path) -> Result<Self> {
        fs::create_dir_all(dir)?;
        restrict(dir, 0o700);
        Ok(Self { dir: dir.to_owned() })
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.dir.join("inglenook.db")
    }

    pub(crate) fn lock(&self) -> PathBuf {
        self.dir.join("inglenook.lock")
    }

    /// The folder of the backups, made where it is not there.
    pub(crate) fn backups(&self) -> Result<PathBuf> {
        let dir = self.dir.join("backups");
        fs::create_dir_all(&dir)?;
        restrict(&dir, 0o700);
        Ok(dir)
    }

    /// Whether what lies here cannot be a database that was closed or interrupted in good order: a folder in its
    /// place, a log without its database, or an empty file where more must have been. SQLite itself would take the
    /// last two for a new database and delete the log.
    pub(crate) fn misshapen(&self, had_data: bool) -> Result<Option<&'static str>> {
        let log_has_content = fs::metadata(companion(&self.database(), "-wal")).is_ok_and(|log| log.len() > 0);
        match fs::metadata(self.database()) {
            Ok(found) if found.is_dir() => Ok(Some("a folder lies in its place")),
            Ok(found) if found.len() == 0 && (log_has_content || had_data) => Ok(Some("the file is empty")),
            Ok(_) => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Ok(log_has_content.then_some("the file is gone, its log is there"))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Makes an empty database file where there is none, and sees to it that only its owner can read it. SQLite
    /// gives its companions the same permissions.
    pub(crate) fn prepare_database(&self) -> Result<()> {
        open_private(&self.database())?;
        restrict(&self.database(), 0o600);
        Ok(())
    }

    /// Moves the database and what belongs to it to a dated name; returns where it lies now.
    pub(crate) fn set_aside(&self, why: Aside) -> Result<PathBuf> {
        let word = if why == Aside::Damaged { "damaged" } else { "replaced" };
        let to = unused(&self.dir, &format!("inglenook-{word}-{}", stamp(crate::identity::now())), ".db");
        let from = self.database();
        let mut moved = Vec::new();
        for suffix in std::iter::once("").chain(COMPANIONS) {
            let (from, to) = (companion(&from, suffix), companion(&to, suffix));
            match fs::rename(&from, &to) {
                Ok(()) => moved.push((from, to)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    // Half a database at each place would be worse than the damage.
                    for (from, to) in moved {
                        let _ = fs::rename(to, from);
                    }
                    return Err(error.into());
                }
            }
        }
        Ok(to)
    }

    /// Takes [`Files::set_aside`] back; what lies in the database's place goes.
    pub(crate) fn bring_back(&self, aside: &Path) -> Result<()> {
        for suffix in std::iter::once("").chain(COMPANIONS) {
            let place = companion(&self.database(), suffix);
            let _ = fs::remove_file(&place);
            match fs::rename(companion(aside, suffix), place) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        Ok(())
    }

    /// When a database was last set aside, milliseconds since 1970-01-01 UTC.
    pub(crate) fn last_set_aside(&self) -> Result<Option<i64>> {
        let mut last = None;
        for entry in fs::read_dir(&self.dir)? {
            let name = entry?.file_name();
            let Some(rest) = name.to_str().and_then(|name| name.strip_prefix("inglenook-")) else { continue };
            if let Some(stamp) = rest.strip_prefix("damaged-").or_else(|| rest.strip_prefix("replaced-")) {
                last = last.max(read_stamp(stamp));
            }
        }
        Ok(last)
    }
}

/// `path` with `suffix` after its name.
fn companion(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// A path in `dir` that nothing lies at: two in one second get a number.
pub(crate) fn unused(dir: &Path, name: &str, extension: &str) -> PathBuf {
    let numbered = (2..).map(|number| dir.join(format!("{name}-{number}{extension}")));
    std::iter::once(dir.join(format!("{name}{extension}")))
        .chain(numbered)
        .find(|path| fs::symlink_metadata(path).is_err())
        .expect("the numbers do not end")
}

/// Opens a file for reading and writing that only its owner can read, and makes it where it is not there.
pub(crate) fn open_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Leaves a file or folder to its owner alone. Some file systems know no permissions; then it stays as it is.
fn restrict(path: &Path, mode: u32) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let others_may = fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o077 != 0);
        if others_may && let Err(error) = fs::set_permissions(path, fs::Permissions::from_mode(mode)) {
            tracing::warn!(%error, "the chats' files keep their permissions");
        }
    }
    #[cfg(not(unix))]
    let _ = (path, mode);
}

/// A time as it stands in a file's name, to the second, UTC.
pub(crate) fn stamp(at: i64) -> String {
    let at = OffsetDateTime::from_unix_timestamp(at / 1000).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    at.format(format_description!("[year][month][day]T[hour][minute][second]Z")).unwrap_or_default()
}

/// The time that a name begins with, milliseconds since 1970-01-01 UTC.
pub(crate) fn read_stamp(name: &str) -> Option<i64> {
    let stamp = name.get(..16)?;
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    Some(PrimitiveDateTime::parse(stamp, format).ok()?.assume_utc().unix_timestamp() * 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_read_as_it_was_written() {
        let at = 1_795_254_000_000;
        assert_eq!(read_stamp(&(stamp(at) + "-daily.db")), Some(at));
        assert_eq!(read_stamp("inglenook.db"), None, "not every name has a time in it");
        assert_eq!(read_stamp("äääääääääääää"), None, "nor does every name consist of ASCII");
    }

    #[test]
    fn two_databases_set_aside_in_one_second_get_two_names() {
        let home = tempfile::tempdir().unwrap();
        let files = Files::at(home.path()).unwrap();
        for content in ["one", "two"] {
            fs::write(files.database(), content).unwrap();
            fs::write(companion(&files.database(), "-wal"), content).unwrap();
            let aside = files.set_aside(Aside::Damaged).unwrap();
            assert_eq!(fs::read_to_string(&aside).unwrap(), content, "nothing is written over");
            assert_eq!(fs::read_to_string(companion(&aside, "-wal")).unwrap(), content, "the log goes along");
        }
        assert!(files.last_set_aside().unwrap().is_some());
    }
}
