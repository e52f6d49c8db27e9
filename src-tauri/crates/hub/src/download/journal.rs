//! What outlasts a kill: whose bytes a partial file holds, and which of them are there.
//!
//! The identity is JSON, written once. The map is a header and slots of 64 bytes, each with a checksum that binds it
//! to the content; a slot is written after its bytes were. After another boot only what had been synced counts.

use std::fs::File;
use std::io::{self, Read as _};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::folder::Folder;
use super::positional::write_all_at;
use super::segments::{Extent, SlotId};

const MAGIC: &[u8; 8] = b"INGLJRN1";
const ROW: usize = 64;
/// No journal of ours is longer; a foreign one is not read into memory.
const MOST_BYTES: u64 = 16 << 20;
/// No identity of ours is longer.
const MOST_IDENTITY_BYTES: u64 = 64 << 10;

/// Whose bytes a partial file holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Identity {
    pub(super) repo: String,
    pub(super) commit: String,
    pub(super) path: String,
    pub(super) etag: String,
    pub(super) sha256: Option<String>,
    pub(super) bytes: u64,
    /// The SHA-256 of the whole content, once it is there and was found right.
    #[serde(default)]
    pub(super) verified: Option<String>,
}

impl Identity {
    /// Whether parts of one may be gone on with as parts of the other. A SHA-256 says it alone, whatever the commit.
    pub(super) fn same_content(&self, other: &Self) -> bool {
        self.bytes == other.bytes
            && match (&self.sha256, &other.sha256) {
                (Some(one), Some(other)) => one == other,
                (None, None) => self.etag == other.etag && self.commit == other.commit && self.path == other.path,
                _ => false,
            }
    }

    fn digest(&self) -> [u8; 16] {
        let content = match &self.sha256 {
            Some(sha256) => format!("{}\n{sha256}", self.bytes),
            None => format!("{}\n{}\n{}\n{}", self.bytes, self.etag, self.commit, self.path),
        };
        short(&[content.as_bytes()])
    }

    /// Reads one; `None` for what is not there or is none.
    pub(super) fn read(folder: &Folder, name: &str) -> Option<Self> {
        let mut text = Vec::new();
        folder.open(name).ok()?.take(MOST_IDENTITY_BYTES).read_to_end(&mut text).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Writes it, all or nothing.
    pub(super) fn write(&self, folder: &Folder, name: &str) -> io::Result<()> {
        folder.replace(name, &serde_json::to_vec(self)?)
    }
}

/// The first 16 bytes of a SHA-256.
fn short(of: &[&[u8]]) -> [u8; 16] {
    let digest = of.iter().fold(Sha256::new(), |digest, bytes| digest.chain_update(bytes)).finalize();
    std::array::from_fn(|at| digest.get(at).copied().unwrap_or_default())
}

/// This boot of the machine: a page cache does not outlast it. `None` where the system does not tell.
#[cfg(target_os = "linux")]
fn this_boot() -> Option<[u8; 16]> {
    let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(short(&[id.trim().as_bytes()]))
}

#[cfg(not(target_os = "linux"))]
fn this_boot() -> Option<[u8; 16]> {
    let time = sysinfo::System::boot_time();
    (time > 0).then(|| short(&[&time.to_le_bytes()]))
}

/// The map of a partial file.
#[derive(Debug)]
pub(super) struct Journal {
    file: File,
    digest: [u8; 16],
}

impl Journal {
    /// Begins a map that says what `extents` say, in the place of any other.
    pub(super) fn begin(folder: &Folder, name: &str, identity: &Identity, extents: &[Extent]) -> io::Result<Self> {
        let digest = identity.digest();
        let mut rows = header(&digest, &this_boot().unwrap_or_default(), identity.bytes).to_vec();
        for extent in extents {
            rows.extend_from_slice(&row(&digest, extent));
        }
        folder.replace(name, &rows)?;
        Ok(Self { file: folder.open_to_write(name)?, digest })
    }

    /// What the map of this content says is there. `None` for a map that is foreign or damaged.
    pub(super) fn read(folder: &Folder, name: &str, identity: &Identity) -> Option<Vec<Extent>> {
        let mut bytes = Vec::new();
        folder.open(name).ok()?.take(MOST_BYTES).read_to_end(&mut bytes).ok()?;
        understood(&bytes, identity, this_boot())
    }

    /// Says how far a slot is.
    pub(super) fn put(&self, id: SlotId, extent: &Extent) -> io::Result<()> {
        let at = (id as u64).saturating_add(1).saturating_mul(ROW as u64);
        write_all_at(&self.file, &row(&self.digest, extent), at)
    }

    /// Another handle to it, for syncing without a lock.
    pub(super) fn handle(&self) -> io::Result<File> {
        self.file.try_clone()
    }
}

fn header(digest: &[u8; 16], boot: &[u8; 16], size: u64) -> [u8; ROW] {
    let mut row = [0; ROW];
    row[..8].copy_from_slice(MAGIC);
    row[8..24].copy_from_slice(digest);
    row[24..40].copy_from_slice(boot);
    row[40..48].copy_from_slice(&size.to_le_bytes());
    let check = short(&[&row[..48]]);
    row[48..].copy_from_slice(&check);
    row
}

fn row(digest: &[u8; 16], extent: &Extent) -> [u8; ROW] {
    let mut row = [0; ROW];
    for (at, number) in [extent.start, extent.end, extent.written, extent.synced].into_iter().enumerate() {
        row[at * 8..at * 8 + 8].copy_from_slice(&number.to_le_bytes());
    }
    let check = short(&[digest, &row[..32]]);
    row[32..48].copy_from_slice(&check);
    row
}

fn number(row: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(row.get(at..at + 8)?.try_into().ok()?))
}

fn understood(bytes: &[u8], identity: &Identity, boot: Option<[u8; 16]>) -> Option<Vec<Extent>> {
    let digest = identity.digest();
    let (head, rows) = bytes.split_at_checked(ROW)?;
    let written_in: [u8; 16] = head.get(24..40)?.try_into().ok()?;
    if head != header(&digest, &written_in, identity.bytes) {
        return None;
    }
    if !rows.len().is_multiple_of(ROW) {
        return None;
    }
    let same_boot = boot.is_some_and(|boot| boot == written_in);
    let mut extents = Vec::new();
    for bytes in rows.chunks(ROW) {
        // A power cut may leave zeros where a row was to be, and a kill nothing at all.
        if bytes.iter().all(|byte| *byte == 0) {
            continue;
        }
        let mut extent = Extent {
            start: number(bytes, 0)?,
            end: number(bytes, 8)?,
            written: number(bytes, 16)?,
            synced: number(bytes, 24)?,
        };
        if bytes != row(&digest, &extent) {
            return None;
        }
        if !same_boot {
            extent.written = extent.synced;
        }
        extent.end = extent.written;
        if extent.written > extent.start {
            extents.push(extent);
        }
    }
    extents.sort_by_key(|extent| extent.start);
    Some(joined(extents))
}

/// With neighbours that are wholly synced as one, so that the map does not grow from run to run.
fn joined(extents: Vec<Extent>) -> Vec<Extent> {
    let mut all: Vec<Extent> = Vec::with_capacity(extents.len());
    for extent in extents {
        match all.last_mut() {
            Some(last) if last.written == extent.start && last.synced == last.written => {
                (last.end, last.written, last.synced) = (extent.end, extent.written, extent.synced);
            }
            _ => all.push(extent),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity() -> Identity {
        Identity {
            repo: "ann/little".to_owned(),
            commit: "c".repeat(40),
            path: "little.gguf".to_owned(),
            etag: "tag".to_owned(),
            sha256: Some("a".repeat(64)),
            bytes: 1000,
            verified: None,
        }
    }

    fn folder() -> (tempfile::TempDir, Folder) {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::root(place.path()).expect("it opens");
        (place, folder)
    }

    fn extent(start: u64, written: u64, synced: u64) -> Extent {
        Extent { start, end: written, written, synced }
    }

    #[test]
    fn what_was_written_is_known_again() {
        let (_place, folder) = folder();
        let journal = Journal::begin(&folder, "j", &identity(), &[extent(0, 10, 10)]).expect("begun");
        journal.put(2, &Extent { start: 500, end: 700, written: 600, synced: 550 }).expect("put");
        let read = Journal::read(&folder, "j", &identity()).expect("understood");
        assert_eq!(read, [extent(0, 10, 10), extent(500, 600, 550)], "the slot in between was never used");
    }

    #[test]
    fn after_another_boot_only_what_was_synced_counts() {
        let (_place, folder) = folder();
        let rows = [extent(0, 100, 60), extent(200, 300, 200)];
        Journal::begin(&folder, "j", &identity(), &rows).expect("begun");
        let mut bytes = Vec::new();
        folder.open("j").expect("there").read_to_end(&mut bytes).expect("read");
        assert_eq!(understood(&bytes, &identity(), Some([9; 16])), Some(vec![extent(0, 60, 60)]));
        assert_eq!(understood(&bytes, &identity(), None), Some(vec![extent(0, 60, 60)]), "nor where none is told");
    }

    #[test]
    fn a_damaged_or_foreign_map_is_no_map() {
        let digest = identity().digest();
        let mut bytes = header(&digest, &[1; 16], 1000).to_vec();
        bytes.extend_from_slice(&row(&digest, &extent(0, 100, 100)));
        assert!(understood(&bytes, &identity(), None).is_some());
        for at in (0..48).chain(64..112) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x10;
            assert_eq!(understood(&damaged, &identity(), None), None, "byte {at}");
        }
        for length in [0, 7, 63, 65, 100, 127] {
            assert_eq!(understood(&bytes[..length], &identity(), None), None, "cut to {length}");
        }
        let other = Identity { bytes: 1001, ..identity() };
        assert_eq!(understood(&bytes, &other, None), None, "another file's");
    }

    #[test]
    fn rows_that_a_power_cut_left_empty_are_passed_over() {
        let digest = identity().digest();
        let mut bytes = header(&digest, &[1; 16], 1000).to_vec();
        bytes.extend_from_slice(&[0; 128]);
        bytes.extend_from_slice(&row(&digest, &extent(0, 100, 100)));
        assert_eq!(understood(&bytes, &identity(), None), Some(vec![extent(0, 100, 100)]));
    }

    #[test]
    fn synced_neighbours_become_one() {
        let joined = joined(vec![extent(0, 5, 5), extent(5, 9, 7), extent(9, 12, 12)]);
        assert_eq!(joined, [extent(0, 9, 7), extent(9, 12, 12)]);
    }

    #[test]
    fn the_content_is_the_same_where_the_sha256_is_and_never_half_known() {
        let later = Identity { commit: "d".repeat(40), etag: "other".to_owned(), ..identity() };
        assert!(identity().same_content(&later), "a new commit that leaves the file alone");
        assert!(!identity().same_content(&Identity { sha256: Some("b".repeat(64)), ..identity() }));
        assert!(!identity().same_content(&Identity { sha256: None, ..identity() }));
        assert!(!identity().same_content(&Identity { bytes: 999, ..identity() }));
        let small = Identity { sha256: None, ..identity() };
        assert!(small.same_content(&small.clone()));
        assert!(!small.same_content(&Identity { etag: "other".to_owned(), ..small.clone() }));
        assert!(!small.same_content(&Identity { commit: "d".repeat(40), ..small.clone() }));
    }
}
