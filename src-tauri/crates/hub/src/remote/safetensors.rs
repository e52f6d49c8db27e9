//! The headers of a model with safetensors that lies at a hub, read without downloading its weights.
//!
//! What the reader needs is fetched into memory: the small files whole, of the weights their headers only. So there is
//! one reader for what lies here and there.

use super::items::Item;
use super::names::{Commit, RepoId};
use super::resolve::FileRef;
use super::{Hub, HubError};
use crate::HeaderError;
use crate::header::safetensors::{Beginnings, SafetensorsHeader, is_weights_name};

/// Longest small file that is fetched: settings and templates. Longer ones are of no use for an estimate.
const MAX_SMALL_BYTES: u64 = 8 << 20;
/// Longest header of a weight file that is fetched.
const MAX_HEADER_BYTES: u64 = 16 << 20;
/// Most that is fetched for a model.
const MAX_FETCHED: u64 = 64 << 20;
/// What is fetched first of a weight file: its header's length, and of most the whole header.
const FIRST: u64 = 256 << 10;

/// The headers of a model at a hub.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoteSafetensors {
    /// What they say.
    pub header: SafetensorsHeader,
    /// Bytes that were fetched for them.
    pub fetched_bytes: u64,
}

impl Hub {
    /// Reads the headers of an item with safetensors.
    ///
    /// # Errors
    /// [`HubError::Header`] for files that are no model or damaged, and everything that a hub can refuse.
    pub async fn safetensors_header(
        &self,
        repo: &RepoId,
        commit: &Commit,
        item: &Item,
        purpose: &str,
    ) -> Result<RemoteSafetensors, HubError> {
        let mut folder = Beginnings::default();
        let mut fetched = 0_u64;
        for file in &item.files {
            let reference =
                FileRef { repo: repo.clone(), revision: commit.as_str().to_owned(), path: file.path.clone() };
            let name = file.path.file_name();
            let bytes = if is_weights_name(name) {
                self.weights_header(&reference, purpose).await?
            } else if is_read(name) && file.bytes <= MAX_SMALL_BYTES {
                self.text_file(&reference, MAX_SMALL_BYTES, purpose).await?
            } else {
                Vec::new()
            };
            fetched = fetched.saturating_add(bytes.len() as u64);
            if fetched > MAX_FETCHED {
                let words = "The headers of its weights are longer than any model's.";
                return Err(HubError::Header(HeaderError::damaged(words)));
            }
            let length = if is_weights_name(name) { file.bytes } else { bytes.len() as u64 };
            folder.put(file.path.as_str(), bytes, length);
        }
        let read = tokio::task::spawn_blocking(move || SafetensorsHeader::read_from(&folder)).await;
        let header = read.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
        Ok(RemoteSafetensors { header: header.map_err(HubError::Header)?, fetched_bytes: fetched })
    }

    /// The beginning of a weight file up to where its weights begin.
    async fn weights_header(&self, file: &FileRef, purpose: &str) -> Result<Vec<u8>, HubError> {
        let resolved = self.resolve(file, purpose).await?;
        let mut begin = Vec::new();
        let mut wanted = FIRST.min(resolved.bytes);
        loop {
            let from = begin.len() as u64;
            let mut body = self.fetch(&resolved, from..wanted, purpose).await?;
            // A server may send the whole file instead; what was had already is passed over.
            let mut passed = body.range.start;
            while (begin.len() as u64) < wanted {
                let Some(piece) = body.chunk().await? else { break };
                let skip = usize::try_from((begin.len() as u64).saturating_sub(passed)).unwrap_or(usize::MAX);
                begin.extend_from_slice(piece.get(skip.min(piece.len())..).unwrap_or_default());
                passed = passed.saturating_add(piece.len() as u64);
            }
            begin.truncate(usize::try_from(wanted).unwrap_or(usize::MAX));
            let Some(length) = begin.first_chunk::<8>().map(|bytes| u64::from_le_bytes(*bytes)) else {
                return Ok(begin);
            };
            let end = length.saturating_add(8);
            if length > MAX_HEADER_BYTES || end > resolved.bytes {
                // The reader says what is wrong with it.
                return Ok(begin);
            }
            if begin.len() as u64 >= end {
                begin.truncate(usize::try_from(end).unwrap_or(usize::MAX));
                return Ok(begin);
            }
            wanted = end;
        }
    }
}

/// Small files that the reader looks into.
fn is_read(name: &str) -> bool {
    let settings = ["config.json", "quantize_config.json", "quant_config.json", "tokenizer_config.json"];
    settings.contains(&name) || name.ends_with(".index.json") || name.ends_with(".jinja")
}
