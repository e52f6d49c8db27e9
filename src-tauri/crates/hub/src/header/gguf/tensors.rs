//! The list of tensors: how many numbers, stored how, and whether all of them lie in the file.

use std::collections::HashSet;
use std::io::{Read, Seek};

use super::bytes::Bytes;
use crate::HeaderError;
use crate::header::layers::{Group, WeightSum};
use crate::header::size_words;
use inglenook_engine::tensor_types::TensorType;

/// Most tensors in a file. The largest models have about 1,000, and some thousands where each expert stands
/// alone.
const MAX_TENSORS: u64 = 16_384;
/// Longest name. The format allows 64 bytes.
const MAX_NAME_BYTES: u64 = 256;
/// Most dimensions, as the format says.
const MAX_DIMENSIONS: u32 = 4;

/// The table that turns tokens into vectors, as the format names it.
const EMBEDDINGS: &str = "token_embd.weight";

/// The layer that makes tokens of vectors.
const OUTPUT: &str = "output.weight";
/// What the names of tensors with all experts of a block have.
const EXPERTS: &str = "_exps.";

fn group(name: &str) -> Group {
    match name {
        EMBEDDINGS => Group::Embeddings,
        OUTPUT => Group::Output,
        _ if name.contains(EXPERTS) => Group::Experts,
        _ => Group::Blocks,
    }
}

/// What the list says as a whole.
#[derive(Debug, Default)]
pub(super) struct Tensors {
    /// Numbers in all tensors together.
    pub(super) elements: u64,
    /// Numbers in the table of token embeddings.
    pub(super) embeddings: u64,
    /// Rows of that table: one a token.
    pub(super) rows: u64,
    /// All tensors by purpose and type.
    pub(super) sums: Vec<WeightSum>,
    /// Every type in use with the numbers stored that way, the commonest first.
    pub(super) types: Vec<(TensorType, u64)>,
    /// Where each begins and ends, from the beginning of the weights.
    extents: Vec<(u64, u64)>,
}

impl Tensors {
    /// Reads `count` descriptions.
    pub(super) fn read<R: Read + Seek>(bytes: &mut Bytes<R>, count: u64, alignment: u64) -> Result<Self, HeaderError> {
        if count > MAX_TENSORS {
            return Err(HeaderError::damaged(format!(
                "The header announces {count} tensors, more than any model has: the file is damaged."
            )));
        }
        let mut tensors = Self::default();
        let mut names = HashSet::new();
        for _ in 0..count {
            let name = bytes.text(MAX_NAME_BYTES, "a tensor's name")?;
            tensors.read_one(bytes, &name, alignment)?;
            if let Some(name) = names.replace(name) {
                return Err(HeaderError::damaged(format!(
                    "The header has the tensor “{name}” twice: the file is damaged."
                )));
            }
        }
        tensors.types.sort_by_key(|(_, elements)| std::cmp::Reverse(*elements));
        Ok(tensors)
    }

    fn read_one<R: Read + Seek>(
        &mut self,
        bytes: &mut Bytes<R>,
        name: &str,
        alignment: u64,
    ) -> Result<(), HeaderError> {
        let wrong = |what: &str| HeaderError::damaged(format!("The tensor “{name}” {what}: the file is damaged."));
        let dimensions = bytes.u32()?;
        if dimensions > MAX_DIMENSIONS {
            return Err(wrong(&format!("has {dimensions} dimensions")));
        }
        let mut row = 1;
        let mut rows = 0;
        let mut elements = 1_u64;
        for at in 0..dimensions {
            let length = bytes.u64()?;
            match at {
                0 => row = length,
                1 => rows = length,
                _ => {}
            }
            elements = elements.checked_mul(length).ok_or_else(|| wrong("is larger than any can be"))?;
        }
        if elements == 0 {
            return Err(wrong("is empty"));
        }
        let id = bytes.u32()?;
        let offset = bytes.u64()?;
        let stored = TensorType::of(id).ok_or_else(|| {
            HeaderError::unsupported(format!(
                "The tensor “{name}” is stored in a way that this version does not know (type {id})."
            ))
        })?;
        let size = stored.size(row, elements).ok_or_else(|| wrong("has a size that its type cannot have"))?;
        let end = offset.checked_add(size).ok_or_else(|| wrong("ends beyond any file"))?;
        if offset.checked_rem(alignment) != Some(0) {
            return Err(wrong("does not begin where a tensor can begin"));
        }
        self.elements = self.elements.checked_add(elements).ok_or_else(|| wrong("is larger than any can be"))?;
        if name == EMBEDDINGS {
            self.embeddings = elements;
            self.rows = rows;
        }
        let in_eights = dimensions > 1 && rows.checked_rem(8) == Some(0);
        let in_eights_bytes = if in_eights { size } else { 0 };
        let sum = WeightSum { group: group(name), kind: Some(stored), elements, bytes: size, in_eights_bytes };
        WeightSum::add(&mut self.sums, sum);
        match self.types.iter_mut().find(|(known, _)| *known == stored) {
            Some((_, sum)) => *sum = sum.saturating_add(elements),
            None => self.types.push((stored, elements)),
        }
        self.extents.push((offset, end));
        Ok(())
    }

    /// Checks that all weights lie in the file, none over another, and says where they begin. `header_end` is where the
    /// header ended.
    pub(super) fn check_extents(&mut self, header_end: u64, alignment: u64, file: u64) -> Result<u64, HeaderError> {
        let start = header_end.checked_next_multiple_of(alignment).ok_or_else(HeaderError::cut)?;
        self.extents.sort_unstable();
        let mut last_end = 0;
        for (begin, end) in &self.extents {
            if *begin < last_end {
                return Err(HeaderError::damaged("Two tensors lie in the same place: the file is damaged."));
            }
            last_end = *end;
        }
        match start.checked_add(last_end) {
            Some(needed) if self.extents.is_empty() || needed <= file => Ok(start.min(file)),
            Some(needed) if needed < 1 << 50 => Err(HeaderError::damaged(format!(
                "The file has {} of the {} that its header describes: it was probably not downloaded completely.",
                size_words(file),
                size_words(needed)
            ))),
            _ => Err(HeaderError::damaged("A tensor lies far beyond the end of the file: the file is damaged.")),
        }
    }
}
