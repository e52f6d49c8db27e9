//! All entries of a header as they stand there, for programs that ask what a file says of itself.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use serde_json::{Map, Value};

use super::bytes::Bytes;
use super::metadata::{MAX_KEY_BYTES, MAX_TEMPLATE_BYTES, check_count};
use super::value::{self, Kind};
use super::{check_magic, check_version};
use crate::HeaderError;
use crate::header::not_a_file;

/// The entries of the file at `path`, in their order. A list of more than `longest_list` values is `null`, and so is
/// one with lists in it, which no model has.
///
/// # Errors
/// [`HeaderError`], saying exactly what is wrong.
pub fn entries(path: &Path, longest_list: u64) -> Result<Map<String, Value>, HeaderError> {
    let metadata = std::fs::metadata(path).map_err(HeaderError::read)?;
    if !metadata.is_file() {
        return Err(not_a_file());
    }
    let file = File::open(path).map_err(HeaderError::read)?;
    entries_from(file, metadata.len(), longest_list)
}

fn entries_from<R: Read + Seek>(source: R, length: u64, longest: u64) -> Result<Map<String, Value>, HeaderError> {
    let mut bytes = Bytes::new(source, length);
    check_magic(bytes.take()?)?;
    check_version(bytes.u32()?)?;
    let _tensors = bytes.u64()?;
    let count = bytes.u64()?;
    check_count(count)?;
    let mut entries = Map::new();
    for _ in 0..count {
        let key = bytes.text(MAX_KEY_BYTES, "a key")?;
        let kind = Kind::read(&mut bytes)?;
        let value = if kind == Kind::List { list(&mut bytes, longest)? } else { one(&mut bytes, kind)? };
        entries.insert(key, value);
    }
    Ok(entries)
}

fn list<R: Read + Seek>(bytes: &mut Bytes<R>, longest: u64) -> Result<Value, HeaderError> {
    let kind = Kind::read(bytes)?;
    let count = bytes.u64()?;
    if count > longest || kind == Kind::List {
        return value::skip_items(bytes, kind, count, 1).map(|()| Value::Null);
    }
    // Every value takes memory here, also where it takes a single byte in the file.
    bytes.spend_entries(count)?;
    let mut values = Vec::new();
    for _ in 0..count {
        values.push(one(bytes, kind)?);
    }
    Ok(Value::Array(values))
}

fn one<R: Read + Seek>(bytes: &mut Bytes<R>, kind: Kind) -> Result<Value, HeaderError> {
    Ok(match kind {
        Kind::Text => Value::String(bytes.text_with_marks(MAX_TEMPLATE_BYTES, "an entry")?),
        Kind::Bool => Value::Bool(u8::from_le_bytes(bytes.take()?) != 0),
        // The shortest number that is read back as the same, not the 17 digits of its widening.
        Kind::Float(4) => f32::from_le_bytes(bytes.take()?).to_string().parse::<f64>().unwrap_or(f64::NAN).into(),
        Kind::Float(_) => f64::from_le_bytes(bytes.take()?).into(),
        Kind::Integer(1, true) => i8::from_le_bytes(bytes.take()?).into(),
        Kind::Integer(2, true) => i16::from_le_bytes(bytes.take()?).into(),
        Kind::Integer(4, true) => i32::from_le_bytes(bytes.take()?).into(),
        Kind::Integer(_, true) => i64::from_le_bytes(bytes.take()?).into(),
        Kind::Integer(..) => value::number(bytes, kind, "a number")?.into(),
        Kind::List => Value::Null,
    })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use serde_json::json;

    use super::*;

    fn text(text: &[u8]) -> Vec<u8> {
        [&(text.len() as u64).to_le_bytes()[..], text].concat()
    }

    fn entry(key: &str, kind: u32, value: &[u8]) -> Vec<u8> {
        [&text(key.as_bytes())[..], &kind.to_le_bytes(), value].concat()
    }

    fn list(kind: u32, count: u64, values: &[u8]) -> Vec<u8> {
        [&kind.to_le_bytes()[..], &count.to_le_bytes(), values].concat()
    }

    fn file(entries: &[Vec<u8>]) -> Vec<u8> {
        let head = [&b"GGUF"[..], &3_u32.to_le_bytes(), &0_u64.to_le_bytes(), &(entries.len() as u64).to_le_bytes()];
        [head.concat(), entries.concat()].concat()
    }

    fn read(file: &[u8], longest: u64) -> Result<Map<String, Value>, HeaderError> {
        entries_from(Cursor::new(file), file.len() as u64, longest)
    }

    #[test]
    fn every_kind_of_value_is_told_as_it_stands_there() {
        let file = file(&[
            entry("general.name", 8, &text(b"Pocket")),
            entry("rope.base", 6, &1e-5_f32.to_le_bytes()),
            entry("below", 5, &(-3_i32).to_le_bytes()),
            entry("above", 10, &u64::MAX.to_le_bytes()),
            entry("yes", 7, &[1]),
            entry("none", 12, &f64::NAN.to_le_bytes()),
            entry("tokens", 9, &list(8, 2, &[text(b"a"), text(b"\xff")].concat())),
        ]);
        let expected = json!({
            "general.name": "Pocket", "rope.base": 0.00001, "below": -3, "above": u64::MAX, "yes": true, "none": null,
            "tokens": ["a", "\u{fffd}"],
        });
        assert_eq!(Value::Object(read(&file, 2).unwrap()), expected);
    }

    #[test]
    fn long_lists_are_left_out_and_what_stands_behind_them_is_read() {
        let bytes = [0_u8; 100];
        let file = file(&[entry("tokens", 9, &list(0, 100, &bytes)), entry("yes", 7, &[0])]);
        assert_eq!(Value::Object(read(&file, 99).unwrap()), json!({ "tokens": null, "yes": false }));
        let whole = read(&file, 100).unwrap();
        assert_eq!(whole["tokens"].as_array().map(Vec::len), Some(100));
    }

    #[test]
    fn a_list_that_would_fill_the_memory_is_refused() {
        let bytes = vec![0_u8; 3 << 20];
        let file = file(&[entry("tokens", 9, &list(0, bytes.len() as u64, &bytes))]);
        assert!(matches!(read(&file, u64::MAX), Err(HeaderError::Damaged(_))));
        let file = super::tests::file(&[entry("tokens", 9, &list(0, u64::MAX, &[]))]);
        assert!(read(&file, u64::MAX).is_err() && read(&file, 1).is_err());
    }
}
