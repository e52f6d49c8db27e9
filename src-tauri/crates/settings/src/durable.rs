//! Writing that survives a kill or a power cut: the old file stays until the new one is whole on the disk.

use std::fs::{DirBuilder, File};
use std::io::{self, Write as _};
use std::path::Path;

use crate::SettingsError;

/// What temporary files are called, so that those of a killed process can be told and removed.
const BEGIN: &str = ".inglenook-";
const END: &str = ".tmp";

/// Puts `bytes` in the place of the file at `path`, all or nothing. Only this user may read it.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), SettingsError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let write = || -> io::Result<()> {
        let mut temporary = tempfile::Builder::new().prefix(BEGIN).suffix(END).tempfile_in(folder)?;
        temporary.write_all(bytes)?;
        temporary.as_file().sync_all()?;
        temporary.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(SettingsError::io("be written", path))?;
    // The new file is in its place now, and whoever took this for a failure would undo what the file already says.
    if let Err(error) = sync_folder(folder) {
        tracing::warn!(%error, path = %path.display(), "a power cut may bring the file back as it was before");
    }
    Ok(())
}

/// Removes what a killed process left of [`replace`] in `folder`.
pub(crate) fn remove_leftovers(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(BEGIN) && name.ends_with(END) {
            // It may be in use by nobody: the home is locked. If it cannot be removed, it does no harm.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Makes the names in a folder last. Systems other than Unix cannot, and do not need to.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Makes a folder and those above it; only this user may look into the new ones.
pub(crate) fn make_folder(path: &Path) -> Result<(), SettingsError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(SettingsError::io("be made", path))
}
