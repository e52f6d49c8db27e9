//! The values of the header's entries: numbers, texts and lists. What is not needed is left out unread.

use std::io::{Read, Seek};

use super::bytes::Bytes;
use crate::HeaderError;

/// How deep lists may lie in lists. No known model nests them at all.
const MAX_DEPTH: u32 = 4;
/// What a list in a list counts for, in texts: it takes longer to read.
const LIST_COST: u64 = 16;
/// Most numbers of a list that is kept: one a transformer block.
const MAX_KEPT_NUMBERS: u64 = 4096;

/// The type of a value, as the file numbers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An integer: bytes it takes, and whether it has a sign.
    Integer(u64, bool),
    /// A floating-point number: bytes it takes.
    Float(u64),
    Bool,
    Text,
    List,
}

impl Kind {
    pub(super) fn read<R: Read + Seek>(bytes: &mut Bytes<R>) -> Result<Self, HeaderError> {
        Ok(match bytes.u32()? {
            0 => Self::Integer(1, false),
            1 => Self::Integer(1, true),
            2 => Self::Integer(2, false),
            3 => Self::Integer(2, true),
            4 => Self::Integer(4, false),
            5 => Self::Integer(4, true),
            6 => Self::Float(4),
            7 => Self::Bool,
            8 => Self::Text,
            9 => Self::List,
            10 => Self::Integer(8, false),
            11 => Self::Integer(8, true),
            12 => Self::Float(8),
            other => {
                return Err(HeaderError::damaged(format!(
                    "The header holds a value of the unknown type {other}: the file is damaged."
                )));
            }
        })
    }

    /// Bytes that every value of this kind takes; `None` where that differs.
    fn width(self) -> Option<u64> {
        match self {
            Self::Integer(width, _) | Self::Float(width) => Some(width),
            Self::Bool => Some(1),
            Self::Text | Self::List => None,
        }
    }

    /// For the words of an error.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Integer(..) => "a whole number",
            Self::Float(_) => "a number with a fraction",
            Self::Bool => "a yes or no",
            Self::Text => "a text",
            Self::List => "a list",
        }
    }
}

/// One number for all blocks, or one for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Numbers {
    One(u64),
    Each(Vec<u64>),
}

impl Numbers {
    /// The largest; 0 of none.
    pub(super) fn largest(&self) -> u64 {
        match self {
            Self::One(number) => *number,
            Self::Each(list) => list.iter().copied().max().unwrap_or(0),
        }
    }
}

/// Leaves out a value.
pub(super) fn skip<R: Read + Seek>(bytes: &mut Bytes<R>, kind: Kind) -> Result<(), HeaderError> {
    match (kind, kind.width()) {
        (_, Some(width)) => bytes.skip(width),
        (Kind::List, None) => skip_list(bytes, 1),
        (_, None) => bytes.skip_text(),
    }
}

fn skip_list<R: Read + Seek>(bytes: &mut Bytes<R>, depth: u32) -> Result<(), HeaderError> {
    if depth > MAX_DEPTH {
        return Err(HeaderError::damaged("The header nests lists deeper than any model does: the file is damaged."));
    }
    let kind = Kind::read(bytes)?;
    let count = bytes.u64()?;
    skip_items(bytes, kind, count, depth)
}

/// Leaves out so many values of a list that lies `depth` lists deep.
pub(super) fn skip_items<R: Read + Seek>(
    bytes: &mut Bytes<R>,
    kind: Kind,
    count: u64,
    depth: u32,
) -> Result<(), HeaderError> {
    match (kind, kind.width()) {
        (_, Some(width)) => bytes.skip(count.saturating_mul(width)),
        (Kind::List, None) => {
            bytes.spend_entries(count.saturating_mul(LIST_COST))?;
            for _ in 0..count {
                skip_list(bytes, depth.saturating_add(1))?;
            }
            Ok(())
        }
        (_, None) => bytes.skip_texts(count),
    }
}

/// A whole number of any width; `name` is the entry's key.
pub(super) fn number<R: Read + Seek>(bytes: &mut Bytes<R>, kind: Kind, name: &str) -> Result<u64, HeaderError> {
    let value = match kind {
        Kind::Integer(1, false) => u8::from_le_bytes(bytes.take()?).into(),
        Kind::Integer(2, false) => u16::from_le_bytes(bytes.take()?).into(),
        Kind::Integer(4, false) => bytes.u32()?.into(),
        Kind::Integer(8, false) => return bytes.u64(),
        Kind::Integer(1, true) => i8::from_le_bytes(bytes.take()?).into(),
        Kind::Integer(2, true) => i16::from_le_bytes(bytes.take()?).into(),
        Kind::Integer(4, true) => i32::from_le_bytes(bytes.take()?).into(),
        Kind::Integer(_, _) => i64::from_le_bytes(bytes.take()?),
        other => return Err(wrong_kind(name, "a whole number", other)),
    };
    u64::try_from(value).map_err(|_| {
        HeaderError::damaged(format!("The header's entry “{name}” is {value}, below zero: the file is damaged."))
    })
}

/// A list of whole numbers, or the number itself where there is no list. Some architectures give the heads of every
/// block on its own.
pub(super) fn numbers<R: Read + Seek>(bytes: &mut Bytes<R>, kind: Kind, name: &str) -> Result<Numbers, HeaderError> {
    if kind != Kind::List {
        return number(bytes, kind, name).map(Numbers::One);
    }
    let kind = Kind::read(bytes)?;
    let count = bytes.u64()?;
    if count > MAX_KEPT_NUMBERS {
        return Err(HeaderError::damaged(format!(
            "The header's entry “{name}” lists {count} numbers, more than any model has: the file is damaged."
        )));
    }
    let mut list = Vec::new();
    for _ in 0..count {
        list.push(number(bytes, kind, name)?);
    }
    Ok(Numbers::Each(list))
}

/// As [`numbers`], yes and no taken for 1 and 0; `None`, and the value left out, where it is of another kind. For
/// entries that a model does not need in order to be one.
pub(super) fn numbers_if<R: Read + Seek>(bytes: &mut Bytes<R>, kind: Kind) -> Result<Option<Numbers>, HeaderError> {
    let countable = |kind| matches!(kind, Kind::Integer(..) | Kind::Bool);
    if countable(kind) {
        return lenient(bytes, kind).map(|number| Some(Numbers::One(number)));
    }
    if kind != Kind::List {
        return skip(bytes, kind).map(|()| None);
    }
    let kind = Kind::read(bytes)?;
    let count = bytes.u64()?;
    if !countable(kind) || count > MAX_KEPT_NUMBERS {
        return skip_items(bytes, kind, count, 1).map(|()| None);
    }
    let mut list = Vec::new();
    for _ in 0..count {
        list.push(lenient(bytes, kind)?);
    }
    Ok(Some(Numbers::Each(list)))
}

/// A whole number, 0 where it lies below.
fn lenient<R: Read + Seek>(bytes: &mut Bytes<R>, kind: Kind) -> Result<u64, HeaderError> {
    let signed = match kind {
        Kind::Bool => u8::from_le_bytes(bytes.take()?).min(1).into(),
        Kind::Integer(1, true) => i8::from_le_bytes(bytes.take()?).into(),
        Kind::Integer(2, true) => i16::from_le_bytes(bytes.take()?).into(),
        Kind::Integer(4, true) => i32::from_le_bytes(bytes.take()?).into(),
        Kind::Integer(_, true) => i64::from_le_bytes(bytes.take()?),
        other => return number(bytes, other, "a number"),
    };
    Ok(u64::try_from(signed).unwrap_or(0))
}

/// Leaves out a list and says how many entries it has; `None`, and the value left out, where it is no list.
pub(super) fn count<R: Read + Seek>(bytes: &mut Bytes<R>, kind: Kind) -> Result<Option<u64>, HeaderError> {
    if kind != Kind::List {
        return skip(bytes, kind).map(|()| None);
    }
    let kind = Kind::read(bytes)?;
    let count = bytes.u64()?;
    skip_items(bytes, kind, count, 1).map(|()| Some(count))
}

/// A text of at most `limit` bytes.
pub(super) fn text<R: Read + Seek>(
    bytes: &mut Bytes<R>,
    kind: Kind,
    name: &str,
    limit: u64,
) -> Result<String, HeaderError> {
    match kind {
        Kind::Text => bytes.text(limit, &format!("an entry “{name}”")),
        other => Err(wrong_kind(name, "a text", other)),
    }
}

fn wrong_kind(name: &str, expected: &str, found: Kind) -> HeaderError {
    HeaderError::damaged(format!(
        "The header's entry “{name}” should be {expected} and is {}: the file is damaged.",
        found.words()
    ))
}
