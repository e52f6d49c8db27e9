//! What the files of a part are called in the order's folder, and what can be told from them.

use std::io;

use super::folder::{Folder, Kind};
use super::journal::{Identity, Journal};
use super::segments::Extent;

/// What the files of a part are called in the order's folder: by the path in the repository, whatever it looks like.
#[derive(Clone, Debug)]
pub(super) struct PartNames {
    pub(super) content: String,
    pub(super) journal: String,
    pub(super) identity: String,
}

impl PartNames {
    pub(super) fn of(path: &str) -> Self {
        Self::with_stem(&super::digest::short_name(path))
    }

    /// Those whose names begin so.
    pub(super) fn with_stem(stem: &str) -> Self {
        Self { content: format!("{stem}.part"), journal: format!("{stem}.map"), identity: format!("{stem}.json") }
    }

    /// Throws the part away.
    pub(super) fn remove(&self, folder: &Folder) -> io::Result<()> {
        // The map first: a kill in between leaves nothing that would be trusted.
        for name in [&self.journal, &self.identity, &self.content] {
            folder.remove(name)?;
        }
        Ok(())
    }

    /// What is there of this content, and may be gone on with.
    pub(super) fn there(&self, folder: &Folder, identity: &Identity) -> io::Result<Option<Vec<Extent>>> {
        let Some(stored) = Identity::read(folder, &self.identity).filter(|stored| stored.same_content(identity)) else {
            return Ok(None);
        };
        if folder.kind(&self.content)? != Some(Kind::File { bytes: identity.bytes }) {
            return Ok(None);
        }
        Ok(Journal::read(folder, &self.journal, &stored))
    }

    /// What kind of thing is there that cannot be gone on with.
    pub(super) fn useless(&self, folder: &Folder, identity: &Identity) -> io::Result<Found> {
        if folder.kind(&self.content)?.is_none() {
            return Ok(Found::Nothing);
        }
        let other = Identity::read(folder, &self.identity).is_some_and(|stored| !stored.same_content(identity));
        Ok(if other { Found::Other } else { Found::Damaged })
    }

    /// The identity of a part that is whole and was found right.
    pub(super) fn verified(&self, folder: &Folder) -> io::Result<Option<Identity>> {
        let Some(stored) = Identity::read(folder, &self.identity).filter(|stored| stored.verified.is_some()) else {
            return Ok(None);
        };
        let whole = folder.kind(&self.content)? == Some(Kind::File { bytes: stored.bytes });
        Ok(whole.then_some(stored))
    }

    /// Bytes that are there, for a display.
    pub(super) fn kept(&self, folder: &Folder) -> Option<u64> {
        if let Some(whole) = self.verified(folder).ok()? {
            return Some(whole.bytes);
        }
        let identity = Identity::read(folder, &self.identity)?;
        let extents = self.there(folder, &identity).ok()??;
        Some(extents.iter().map(|extent| extent.written.saturating_sub(extent.start)).sum())
    }
}

/// What of a file was there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    Kept,
    /// Parts of another content, which were thrown away.
    Other,
    /// Parts that cannot be trusted, which were thrown away.
    Damaged,
}
