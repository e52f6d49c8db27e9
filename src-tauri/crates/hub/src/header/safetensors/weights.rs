//! The header of one safetensors file: a length, then a JSON object with every tensor's type, shape and place.
//!
//! It is walked, not built: what stays in memory is one pair of numbers a tensor.

use std::collections::HashSet;
use std::fmt;
use std::io::Read;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::files::what_is_wrong;
use crate::HeaderError;
use crate::header::size_words;

/// Longest header that is read. The format allows 100 MB; a model with 100,000 tensors in one file needs 15.
const MAX_HEADER_BYTES: u64 = 64 << 20;
/// Most tensors in a file.
const MAX_TENSORS: usize = 200_000;
/// Longest name of a tensor.
const MAX_NAME_BYTES: usize = 1000;
/// Most dimensions of a tensor.
const MAX_DIMENSIONS: usize = 8;

/// How many bits each known type takes.
const TYPES: &[(&str, u64)] = &[
    ("BF16", 16),
    ("BOOL", 8),
    ("C64", 64),
    ("F16", 16),
    ("F32", 32),
    ("F4", 4),
    ("F64", 64),
    ("F6_E2M3", 6),
    ("F6_E3M2", 6),
    ("F8_E4M3", 8),
    ("F8_E5M2", 8),
    ("F8_E8M0", 8),
    ("I16", 16),
    ("I32", 32),
    ("I64", 64),
    ("I8", 8),
    ("U16", 16),
    ("U32", 32),
    ("U64", 64),
    ("U8", 8),
];

/// A tensor as it is met, one at a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tensor<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// Its type, for example `BF16`.
    pub(super) stored: &'static str,
    /// How many numbers it holds.
    pub(super) elements: u64,
    /// Bytes that they take in the file.
    pub(super) bytes: u64,
}

/// Reads the header of a file of `file` bytes and shows every tensor to `see`.
pub(super) fn read(mut source: impl Read, file: u64, see: &mut dyn FnMut(Tensor<'_>)) -> Result<(), HeaderError> {
    let mut length = [0; 8];
    source.read_exact(&mut length).map_err(HeaderError::read)?;
    let length = u64::from_le_bytes(length);
    let data_start = length.checked_add(8);
    if !(2..=MAX_HEADER_BYTES).contains(&length) {
        return Err(HeaderError::damaged("The file does not begin as a safetensors file does."));
    }
    let Some(data_bytes) = data_start.and_then(|start| file.checked_sub(start)) else {
        return Err(HeaderError::cut());
    };
    let mut json = Vec::new();
    source.take(length).read_to_end(&mut json).map_err(HeaderError::read)?;
    if json.len() as u64 != length {
        return Err(HeaderError::cut());
    }
    let extents = walk(&json, see)?;
    check_extents(extents, data_bytes, file)
}

fn walk(json: &[u8], see: &mut dyn FnMut(Tensor<'_>)) -> Result<Vec<(u64, u64)>, HeaderError> {
    let mut json = serde_json::Deserializer::from_slice(json);
    let mut extents = Vec::new();
    let walked = json.deserialize_map(Walk { see, extents: &mut extents }).and_then(|()| json.end());
    match walked {
        Ok(()) => Ok(extents),
        Err(error) if error.is_data() => Err(HeaderError::damaged(format!("{}: the file is damaged.", plain(&error)))),
        Err(_) => Err(HeaderError::damaged("The header is not JSON: the file is damaged.")),
    }
}

/// The error without serde_json's "at line 1 column 34".
fn plain(error: &serde_json::Error) -> String {
    let words = what_is_wrong(error);
    words.split(" at line ").next().unwrap_or(&words).to_owned()
}

fn check_extents(mut extents: Vec<(u64, u64)>, data_bytes: u64, file: u64) -> Result<(), HeaderError> {
    extents.sort_unstable();
    let mut last_end = 0;
    for (begin, end) in extents {
        if begin != last_end {
            return Err(HeaderError::damaged(
                "The tensors do not lie one behind the other, as the format demands: the file is damaged.",
            ));
        }
        last_end = end;
    }
    if last_end > data_bytes {
        // `file` minus `data_bytes` is the header.
        let needed = file.saturating_sub(data_bytes).saturating_add(last_end);
        return Err(if needed < 1 << 50 {
            HeaderError::damaged(format!(
                "The file has {} of the {} that its header describes: it was probably not downloaded completely.",
                size_words(file),
                size_words(needed)
            ))
        } else {
            HeaderError::damaged("A tensor lies far beyond the end of the file: the file is damaged.")
        });
    }
    if last_end < data_bytes {
        return Err(HeaderError::damaged("The file goes on behind its last tensor: it is damaged."));
    }
    Ok(())
}

struct Walk<'a> {
    see: &'a mut dyn FnMut(Tensor<'_>),
    extents: &'a mut Vec<(u64, u64)>,
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with the tensors")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut names = HashSet::new();
        while let Some(name) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            if name == "__metadata__" {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            if name.len() > MAX_NAME_BYTES {
                return Err(A::Error::custom("A tensor's name is longer than any model's"));
            }
            let entry: Entry<'de> = map.next_value()?;
            let (stored, elements) = check(&name, &entry).map_err(A::Error::custom)?;
            self.extents.push(entry.data_offsets);
            if self.extents.len() > MAX_TENSORS {
                return Err(A::Error::custom("The header lists more tensors than any model has"));
            }
            let bytes = entry.data_offsets.1.saturating_sub(entry.data_offsets.0);
            (self.see)(Tensor { name: &name, stored, elements, bytes });
            if let Some(name) = names.replace(name) {
                return Err(A::Error::custom(format!("The header has the tensor “{name:.80}” twice")));
            }
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    dtype: std::borrow::Cow<'a, str>,
    shape: Shape,
    data_offsets: (u64, u64),
}

/// The type's name and the number of elements, once type, shape and place agree.
fn check(name: &str, entry: &Entry<'_>) -> Result<(&'static str, u64), String> {
    let Some(&(stored, bits)) = TYPES.iter().find(|(stored, _)| *stored == entry.dtype) else {
        return Err(format!("The tensor “{name:.80}” has the unknown type “{:.40}”", entry.dtype));
    };
    let elements = entry.shape.0.ok_or_else(|| format!("The tensor “{name:.80}” is larger than any can be"))?;
    let (begin, end) = entry.data_offsets;
    let size = elements.checked_mul(bits).map(|bits| bits.div_ceil(8));
    if end.checked_sub(begin) != size {
        return Err(format!("The tensor “{name:.80}” does not take the bytes that its shape asks for"));
    }
    Ok((stored, elements))
}

/// The product of a shape; `None` if that overflows.
struct Shape(Option<u64>);

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Product;
        impl<'de> Visitor<'de> for Product {
            type Value = Shape;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a shape")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Shape, A::Error> {
                let mut product = Some(1_u64);
                let mut dimensions = 0_usize;
                while let Some(length) = seq.next_element::<u64>()? {
                    product = product.and_then(|product| product.checked_mul(length));
                    dimensions = dimensions.saturating_add(1);
                    if dimensions > MAX_DIMENSIONS {
                        return Err(A::Error::custom("A tensor has more dimensions than any model's"));
                    }
                }
                Ok(Shape(product))
            }
        }
        deserializer.deserialize_seq(Product)
    }
}
