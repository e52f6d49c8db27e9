//! Carrying a home to another folder: copy, verify, then one switch. The old home is never changed.
//!
//! A marker in the new folder says that a copy is under way, so that a start after a kill can tell its own half
//! copy from somebody else's files and begin again.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::{SettingsError, durable, lock};

/// Stands in the new folder while the copy is not in use.
const MARKER: &str = ".inglenook-moving";
/// What this crate calls files that nobody needs to keep.
const OWN: &str = ".inglenook-";
/// In this folder of a home sizes are compared and not contents: models are large, and said to be damaged when
/// they are loaded.
const MODELS: &str = "models";

/// The web view's own folder in a home (cache, local storage).
pub(crate) const WEB_VIEW: &str = "window";

/// Whether the home at `from` can be carried to `to` at all.
pub(crate) fn check_target(from: &Path, to: &Path) -> Result<(), SettingsError> {
    let refuse = |words: String| Err(SettingsError::Invalid(words));
    if !to.is_absolute() {
        return refuse(format!("“{}” is not a full path: it has to begin at the top of the disk.", to.display()));
    }
    let (old, new) = (real(from), real(to));
    if old == new {
        return refuse("The data lies there already.".to_owned());
    }
    if new.starts_with(&old) {
        return refuse("The new folder lies inside the old one. Choose one outside it.".to_owned());
    }
    match fs::metadata(to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(SettingsError::io("be looked into", to)(error)),
        Ok(metadata) if !metadata.is_dir() => return refuse(format!("{} is a file, not a folder.", to.display())),
        Ok(_) => {}
    }
    let begun_here = fs::read(to.join(MARKER)).is_ok_and(|text| text == marker(from));
    let ours = if begun_here { names(from)? } else { BTreeSet::new() };
    let own = |name: &OsString| name == lock::NAME || name.to_string_lossy().starts_with(OWN) || ours.contains(name);
    let stranger = names(to)?.into_iter().find(|name| !own(name));
    match stranger {
        Some(_) => refuse(format!("The folder {} is not empty. Choose an empty one or a new one.", to.display())),
        None => Ok(()),
    }
}

/// Whether this user can write at `to`, or where it would be made.
pub(crate) fn check_writable(to: &Path) -> Result<(), SettingsError> {
    let there = to.ancestors().find(|path| path.exists()).unwrap_or(to);
    tempfile::tempfile_in(there).map(drop).map_err(SettingsError::io("be written to", there))
}

/// Copies the home at `from` to `to`, verifies the copy and calls `switch`, which makes it the one in use. If
/// anything fails up to then, what was copied is removed.
pub(crate) fn carry<T>(
    from: &Path,
    to: &Path,
    switch: impl FnOnce() -> Result<T, SettingsError>,
) -> Result<T, SettingsError> {
    check_target(from, to)?;
    let made = !to.exists();
    durable::make_folder(to)?;
    let outcome = begin(from, to).and_then(|()| copy_folder(from, to, &Copying { from, to })).and_then(|()| switch());
    match outcome {
        Ok(done) => {
            forget_finished(to);
            Ok(done)
        }
        Err(error) => {
            clean(from, to);
            if made {
                // Only if nothing else was put there meanwhile.
                let _ = fs::remove_dir(to);
            }
            Err(error)
        }
    }
}

/// Removes the marker of a copy that is in use now.
pub(crate) fn forget_finished(home: &Path) {
    let _ = fs::remove_file(home.join(MARKER));
}

/// Clears what an earlier, killed attempt left and marks the folder.
fn begin(from: &Path, to: &Path) -> Result<(), SettingsError> {
    let path = to.join(MARKER);
    if path.exists() {
        clean(from, to);
    }
    durable::replace(&path, &marker(from))
}

/// Removes what was copied: the names that the old home has too, in a folder that had none of its own.
fn clean(from: &Path, to: &Path) {
    for name in names(from).unwrap_or_default().into_iter().chain([lock::NAME.into()]) {
        let path = to.join(name);
        let removed =
            if path.is_dir() && !path.is_symlink() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        if let Err(error) = removed
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, path = %path.display(), "what was copied could not be removed");
        }
    }
    forget_finished(to);
}

fn marker(from: &Path) -> Vec<u8> {
    from.as_os_str().as_encoded_bytes().to_vec()
}

fn names(folder: &Path) -> Result<BTreeSet<OsString>, SettingsError> {
    let read = || fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.file_name())).collect::<io::Result<_>>();
    read().map_err(SettingsError::io("be read", folder))
}

/// The path without links, as far as it exists.
fn real(path: &Path) -> PathBuf {
    let there = path.ancestors().find(|ancestor| ancestor.exists()).unwrap_or(path);
    let rest = path.strip_prefix(there).unwrap_or(Path::new(""));
    let real = there.canonicalize().unwrap_or_else(|_| there.to_owned());
    if rest.as_os_str().is_empty() { real } else { real.join(rest) }
}

/// The two homes of a copy.
struct Copying<'a> {
    from: &'a Path,
    to: &'a Path,
}

fn copy_folder(from: &Path, to: &Path, copying: &Copying<'_>) -> Result<(), SettingsError> {
    durable::make_folder(to)?;
    for name in names(from)? {
        // The lock is this process's own, made anew in the new home; the web view writes in its folder even now, and
        // what is in it makes itself anew.
        if from == copying.from && (name == lock::NAME || name == WEB_VIEW) {
            continue;
        }
        let (old, new) = (from.join(&name), to.join(&name));
        let kind = fs::symlink_metadata(&old).map_err(SettingsError::io("be read", &old))?.file_type();
        if kind.is_dir() {
            copy_folder(&old, &new, copying)?;
        } else if kind.is_file() {
            copy_file(&old, &new, copying)?;
        } else if kind.is_symlink() {
            copy_link(&old, &new, copying)?;
        } else {
            tracing::warn!(path = %old.display(), "neither a file nor a folder: not copied");
        }
    }
    durable::sync_folder(to).map_err(SettingsError::io("be written", to))
}

fn copy_file(old: &Path, new: &Path, copying: &Copying<'_>) -> Result<(), SettingsError> {
    let copy = || -> io::Result<(u64, u64)> {
        let (mut source, mut copy) = (File::open(old)?, File::create(new)?);
        io::copy(&mut source, &mut copy)?;
        let before = source.metadata()?;
        if let Ok(changed) = before.modified() {
            copy.set_modified(changed)?;
        }
        copy.sync_all()?;
        // Last, since a read-only file could not be written.
        copy.set_permissions(before.permissions())?;
        Ok((before.len(), copy.metadata()?.len()))
    };
    let (before, after) = copy().map_err(SettingsError::io("be copied", old))?;
    let of_models = old.strip_prefix(copying.from).is_ok_and(|inside| inside.starts_with(MODELS));
    if after != before || (!of_models && digest(old)? != digest(new)?) {
        return Err(SettingsError::CopyDiffers(old.to_owned()));
    }
    Ok(())
}

/// A link that led into the old home leads into the new one; any other leads where it led.
#[cfg(unix)]
fn copy_link(old: &Path, new: &Path, copying: &Copying<'_>) -> Result<(), SettingsError> {
    let target = match old.canonicalize() {
        Ok(target) => match target.strip_prefix(real(copying.from)) {
            Ok(inside) => copying.to.join(inside),
            Err(_) => target,
        },
        // It leads nowhere, now and there.
        Err(_) => fs::read_link(old).map_err(SettingsError::io("be read", old))?,
    };
    std::os::unix::fs::symlink(target, new).map_err(SettingsError::io("be made", new))
}

/// Making links takes a right on Windows that few have: a linked file is copied, a linked folder stays where it is.
#[cfg(not(unix))]
fn copy_link(old: &Path, new: &Path, copying: &Copying<'_>) -> Result<(), SettingsError> {
    if old.is_file() {
        return copy_file(old, new, copying);
    }
    tracing::warn!(path = %old.display(), "a link to a folder: not copied");
    Ok(())
}

fn digest(path: &Path) -> Result<[u8; 32], SettingsError> {
    let read = || -> io::Result<[u8; 32]> {
        let mut file = File::open(path)?;
        let mut digest = Sha256::new();
        let mut buffer = vec![0; 1 << 16];
        loop {
            match file.read(&mut buffer)? {
                0 => return Ok(digest.finalize().into()),
                count => digest.update(&buffer[..count]),
            }
        }
    };
    read().map_err(SettingsError::io("be read", path))
}
