//! A reader that knows how long the file is and how long a header may be, so that no declared size is followed
//! or allocated before it was held against both.

use std::io::{BufRead as _, BufReader, Read, Seek};

use crate::HeaderError;

/// Longest header that is read. The largest vocabulary in use (262,144 tokens with 515,000 merges) takes 13 MB.
pub(super) const MAX_HEADER_BYTES: u64 = 128 << 20;
/// Most texts and lists inside lists, all lists together. The vocabulary above has 777,000.
const MAX_LIST_ENTRIES: u64 = 2 << 20;
/// Small enough that skipping over long values reads little in vain.
const BUFFER_BYTES: usize = 32 << 10;

/// The file from its beginning, read once and forwards.
pub(super) struct Bytes<R> {
    inner: BufReader<R>,
    position: u64,
    length: u64,
    entries_left: u64,
}

impl<R: Read + Seek> Bytes<R> {
    /// `length` is the file's length; `inner` stands at its beginning.
    pub(super) fn new(inner: R, length: u64) -> Self {
        let inner = BufReader::with_capacity(BUFFER_BYTES, inner);
        Self { inner, position: 0, length, entries_left: MAX_LIST_ENTRIES }
    }

    /// Bytes read or skipped so far.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// The next `N` bytes.
    pub(super) fn take<const N: usize>(&mut self) -> Result<[u8; N], HeaderError> {
        self.claim(N as u64)?;
        let mut bytes = [0; N];
        self.inner.read_exact(&mut bytes).map_err(HeaderError::read)?;
        Ok(bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, HeaderError> {
        self.take().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, HeaderError> {
        self.take().map(u64::from_le_bytes)
    }

    /// A text of at most `limit` bytes; `what` completes "The header holds …".
    pub(super) fn text(&mut self, limit: u64, what: &str) -> Result<String, HeaderError> {
        String::from_utf8(self.letters(limit, what)?).map_err(|_| {
            HeaderError::damaged(format!("The header holds {what} that is not text: the file is damaged."))
        })
    }

    /// As [`Bytes::text`], with a mark in the place of what is no text: tokens may be parts of characters.
    pub(super) fn text_with_marks(&mut self, limit: u64, what: &str) -> Result<String, HeaderError> {
        let letters = self.letters(limit, what)?;
        Ok(String::from_utf8(letters).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    fn letters(&mut self, limit: u64, what: &str) -> Result<Vec<u8>, HeaderError> {
        let length = self.u64()?;
        if length > limit {
            return Err(HeaderError::damaged(format!(
                "The header holds {what} of {length} bytes, more than any model has: the file is damaged."
            )));
        }
        self.claim(length)?;
        // `limit` is at most a few megabytes, and `claim` has found the bytes in the file.
        let mut bytes = vec![0; usize::try_from(length).map_err(|_| HeaderError::cut())?];
        self.inner.read_exact(&mut bytes).map_err(HeaderError::read)?;
        Ok(bytes)
    }

    /// Leaves out a text of any length that fits.
    pub(super) fn skip_text(&mut self) -> Result<(), HeaderError> {
        let length = self.u64()?;
        self.skip(length)
    }

    /// Leaves out `count` bytes without reading them.
    pub(super) fn skip(&mut self, count: u64) -> Result<(), HeaderError> {
        self.claim(count)?;
        // `claim` has bounded it by MAX_HEADER_BYTES.
        let offset = i64::try_from(count).map_err(|_| HeaderError::cut())?;
        self.inner.seek_relative(offset).map_err(HeaderError::read)
    }

    /// Leaves out `count` texts. Their lengths have to be read one by one, which makes this the hot loop: it
    /// walks whole buffers.
    pub(super) fn skip_texts(&mut self, count: u64) -> Result<(), HeaderError> {
        self.spend_entries(count)?;
        let mut left = count;
        while left > 0 {
            let buffer = self.inner.fill_buf().map_err(HeaderError::read)?;
            let (texts, bytes) = whole_texts(buffer, left);
            if texts == 0 {
                self.skip_text()?;
                left = left.saturating_sub(1);
            } else {
                self.claim(bytes as u64)?;
                self.inner.consume(bytes);
                left = left.saturating_sub(texts);
            }
        }
        Ok(())
    }

    /// Takes `count` from what all lists together may hold of entries that cannot be skipped at once.
    pub(super) fn spend_entries(&mut self, count: u64) -> Result<(), HeaderError> {
        self.entries_left = self.entries_left.checked_sub(count).ok_or_else(|| {
            HeaderError::damaged(format!(
                "The header holds a list of {count} entries, more than any model has: the file is damaged."
            ))
        })?;
        Ok(())
    }

    /// Moves the position, if the file and the limit allow.
    fn claim(&mut self, count: u64) -> Result<(), HeaderError> {
        let end = self.position.checked_add(count).filter(|end| *end <= MAX_HEADER_BYTES).ok_or_else(|| {
            if count > MAX_HEADER_BYTES {
                HeaderError::damaged(format!(
                    "The header holds a value of {count} bytes, more than any model has: the file is damaged."
                ))
            } else {
                HeaderError::damaged("The header is longer than any model's: the file is damaged.")
            }
        })?;
        if end > self.length {
            return Err(HeaderError::cut());
        }
        self.position = end;
        Ok(())
    }
}

/// How many of the next `wanted` texts lie in `buffer` as a whole, and how many bytes they take.
fn whole_texts(buffer: &[u8], wanted: u64) -> (u64, usize) {
    let mut rest = buffer;
    let mut texts = 0_u64;
    while texts < wanted {
        let Some((length, behind)) = rest.split_first_chunk::<8>() else { break };
        let Ok(length) = usize::try_from(u64::from_le_bytes(*length)) else { break };
        let Some(next) = behind.get(length..) else { break };
        rest = next;
        texts = texts.saturating_add(1);
    }
    (texts, buffer.len().saturating_sub(rest.len()))
}
