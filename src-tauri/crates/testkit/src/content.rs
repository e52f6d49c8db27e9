//! What a file is made of: bytes in memory, a file on disk, or bytes that are computed where they are asked for, so
//! that a file of any size costs no memory. Names, revisions and who may read it are not known here.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// Bytes that are read at once for a hash.
const STEP: usize = 1 << 20;

/// The bytes of a file. Cloning it is cheap; its hashes are computed once, when they are first asked for.
#[derive(Clone, Debug)]
pub struct Content(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    source: Source,
    bytes: u64,
    sha256: OnceLock<String>,
    blob: OnceLock<String>,
}

#[derive(Debug)]
enum Source {
    Memory(Bytes),
    Disk(PathBuf, std::fs::File),
    Generated { prefix: Bytes, seed: u64 },
}

impl Content {
    fn of(source: Source, bytes: u64) -> Self {
        Self(Arc::new(Inner { source, bytes, sha256: OnceLock::new(), blob: OnceLock::new() }))
    }

    /// These very bytes.
    #[must_use]
    pub fn memory(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let length = bytes.len() as u64;
        Self::of(Source::Memory(bytes), length)
    }

    /// What lies in a file on this machine, which must not change meanwhile.
    ///
    /// # Errors
    /// Whatever keeps it from being opened.
    pub fn disk(path: &Path) -> io::Result<Self> {
        let file = std::fs::File::open(path)?;
        let bytes = file.metadata()?.len();
        Ok(Self::of(Source::Disk(path.to_owned(), file), bytes))
    }

    /// As many pseudo-random bytes; the same seed gives the same ones.
    #[must_use]
    pub fn generated(seed: u64, bytes: u64) -> Self {
        Self::generated_after(Bytes::new(), seed, bytes)
    }

    /// `prefix` and pseudo-random bytes up to a length of `bytes` in all: a real header before weights that nobody
    /// computes with. A prefix that is longer than that is the whole content.
    #[must_use]
    pub fn generated_after(prefix: impl Into<Bytes>, seed: u64, bytes: u64) -> Self {
        let prefix = prefix.into();
        let bytes = bytes.max(prefix.len() as u64);
        Self::of(Source::Generated { prefix, seed }, bytes)
    }

    /// Says this SHA-256 of itself, true or not: to spare the hashing of something huge, or to lie. Only before the
    /// hash was asked for.
    #[must_use]
    pub fn claiming(self, sha256: impl Into<String>) -> Self {
        let _ = self.0.sha256.set(sha256.into());
        self
    }

    /// Its length in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.0.bytes
    }

    /// Its SHA-256 in hexadecimal digits. Takes as long as reading it all, the first time.
    #[must_use]
    pub fn sha256(&self) -> String {
        self.0.sha256.get_or_init(|| self.hashed(Sha256::new())).clone()
    }

    /// Its name in git: the SHA-1 of a blob, in hexadecimal digits.
    #[must_use]
    pub fn git_blob(&self) -> String {
        let begin = || Sha1::new().chain_update(format!("blob {}\0", self.bytes()));
        self.0.blob.get_or_init(|| self.hashed(begin())).clone()
    }

    fn hashed<D: Digest>(&self, mut digest: D) -> String {
        let mut buffer = vec![0; STEP];
        let mut at = 0;
        while let Ok(count @ 1..) = self.read(at, &mut buffer) {
            digest.update(&buffer[..count]);
            at += count as u64;
        }
        hex(&digest.finalize())
    }

    /// Reads from offset `at` into `into` and says how many bytes came; 0 at the end.
    ///
    /// # Errors
    /// Whatever the disk says.
    pub fn read(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        let left = self.0.bytes.saturating_sub(at);
        let count = usize::try_from(left).unwrap_or(usize::MAX).min(into.len());
        let into = &mut into[..count];
        match &self.0.source {
            Source::Memory(bytes) => into.copy_from_slice(&bytes[at_most(at, bytes.len())..][..count]),
            Source::Disk(_, file) => return read_at(file, at, into),
            Source::Generated { prefix, seed } => {
                let begin = at_most(at, prefix.len());
                let known = (prefix.len() - begin).min(count);
                into[..known].copy_from_slice(&prefix[begin..][..known]);
                fill(*seed, at + known as u64, &mut into[known..]);
            }
        }
        Ok(count)
    }

    /// All of it in memory.
    ///
    /// # Errors
    /// Whatever the disk says.
    pub fn all(&self) -> io::Result<Vec<u8>> {
        let mut all = vec![0; usize::try_from(self.0.bytes).unwrap_or(usize::MAX)];
        let mut at = 0;
        while at < all.len() {
            match self.read(at as u64, &mut all[at..])? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => at += count,
            }
        }
        Ok(all)
    }

    /// What it lies in on this machine's disk, from its first byte on, if it does.
    pub(crate) fn file(&self) -> Option<&std::fs::File> {
        match &self.0.source {
            Source::Disk(_, file) => Some(file),
            _ => None,
        }
    }

    /// Where it lies on this machine's disk, if it does.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match &self.0.source {
            Source::Disk(path, _) => Some(path),
            _ => None,
        }
    }
}

fn at_most(at: u64, most: usize) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX).min(most)
}

#[cfg(unix)]
pub(crate) fn read_at(file: &std::fs::File, at: u64, into: &mut [u8]) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, into, at)
}

#[cfg(windows)]
pub(crate) fn read_at(file: &std::fs::File, at: u64, into: &mut [u8]) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, into, at)
}

/// The eight bytes at `index` of the endless stream of a seed (SplitMix64, which can begin anywhere).
fn word(seed: u64, index: u64) -> [u8; 8] {
    let mut word = seed.wrapping_add(index.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (word ^ (word >> 31)).to_le_bytes()
}

fn fill(seed: u64, at: u64, into: &mut [u8]) {
    if into.is_empty() {
        return;
    }
    let ahead = usize::try_from(at.next_multiple_of(8) - at).unwrap_or(0).min(into.len());
    let (begin, rest) = into.split_at_mut(ahead);
    let from = usize::try_from(at % 8).unwrap_or(0);
    begin.copy_from_slice(&word(seed, at / 8)[from..from + ahead]);
    let mut index = at.div_ceil(8);
    let mut words = rest.chunks_exact_mut(8);
    for eight in &mut words {
        eight.copy_from_slice(&word(seed, index));
        index = index.wrapping_add(1);
    }
    let end = words.into_remainder();
    end.copy_from_slice(&word(seed, index)[..end.len()]);
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut all, byte| {
        let _ = write!(all, "{byte:02x}");
        all
    })
}

/// The SHA-256 of something short, in hexadecimal digits.
pub(crate) fn sha256_of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The SHA-1 of something short, in hexadecimal digits.
pub(crate) fn sha1_of(bytes: &[u8]) -> String {
    hex(&Sha1::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_bytes_are_the_same_wherever_reading_begins() {
        let content = Content::generated_after(&b"head"[..], 7, 100_003);
        let all = content.all().expect("in memory");
        assert_eq!(&all[..4], b"head");
        for (at, length) in [(0, 10), (3, 5), (4, 8), (5, 1), (9, 4096), (99_990, 13), (100_002, 1)] {
            let mut part = vec![0; length];
            assert_eq!(content.read(at, &mut part).expect("readable"), length);
            assert_eq!(part, all[at as usize..][..length], "at {at}");
        }
        assert_eq!(content.read(100_003, &mut [0; 4]).expect("readable"), 0, "nothing beyond the end");
        assert_eq!(content.read(u64::MAX, &mut [0; 4]).expect("readable"), 0);
    }

    #[test]
    fn other_seeds_give_other_bytes_and_none_repeat() {
        let one = Content::generated(1, 4096).all().expect("bytes");
        assert_ne!(one, Content::generated(2, 4096).all().expect("bytes"));
        assert_ne!(one[..2048], one[2048..]);
    }

    #[test]
    fn hashes_are_the_known_ones() {
        let empty = Content::memory(&b""[..]);
        assert_eq!(empty.sha256(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(empty.git_blob(), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
        assert_eq!(Content::memory(&b"hello\n"[..]).git_blob(), "ce013625030ba8dba906f756967f9e9ca394464a");
        assert_eq!(Content::memory(&b"x"[..]).claiming("ff").sha256(), "ff", "a lie when asked for one");
    }

    #[test]
    fn a_file_on_disk_is_read_where_it_lies() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("some.gguf");
        std::fs::write(&path, b"0123456789").expect("written");
        let content = Content::disk(&path).expect("opened");
        let mut part = [0; 4];
        assert_eq!(content.read(8, &mut part).expect("readable"), 2);
        assert_eq!(&part[..2], b"89");
        assert_eq!(content.sha256(), Content::memory(&b"0123456789"[..]).sha256());
        assert_eq!(content.path(), Some(path.as_path()));
    }
}
