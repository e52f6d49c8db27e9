//! The header of a GGUF file, read with suspicion.
//!
//! The engine's own reader believes every length it finds and would ask for exabytes of memory on the word of a
//! damaged file, which ends the process. So each file passes through this one first: every count and length is
//! held against the size of the file before anything is reserved for it.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use inglenook_engine::tensor_types::TensorType;

use crate::error::WorkerError;
use crate::load::from_disk;

/// A value of the header.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Any whole number that is not negative, and booleans.
    Unsigned(u64),
    /// A negative one.
    Negative(i64),
    /// A number with a fraction.
    Float(f64),
    /// A text; bytes that are no UTF-8 are replaced.
    Text(String),
    /// Many of one kind.
    List(Vec<Value>),
}

impl Value {
    /// The whole number, if it is one.
    pub fn unsigned(&self) -> Option<u64> {
        if let Self::Unsigned(n) = self { Some(*n) } else { None }
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The list, if it is one.
    pub fn list(&self) -> Option<&[Value]> {
        if let Self::List(list) = self { Some(list) } else { None }
    }

    /// The number, whole or not.
    pub fn float(&self) -> Option<f64> {
        match self {
            Self::Unsigned(n) => Some(*n as f64),
            Self::Negative(n) => Some(*n as f64),
            Self::Float(x) => Some(*x),
            Self::Text(_) | Self::List(_) => None,
        }
    }
}

/// Where the weights of one tensor lie.
#[derive(Clone, Debug)]
pub struct Tensor {
    /// Its name.
    pub name: String,
    /// Its dimensions, the fastest first.
    pub dimensions: Vec<u64>,
    /// Number of its ggml type.
    pub kind: u32,
}

/// What a header says.
#[derive(Debug)]
pub struct Header {
    /// All values by key.
    pub values: HashMap<String, Value>,
    /// All tensors.
    pub tensors: Vec<Tensor>,
    /// Bytes of the file.
    pub file_size: u64,
}

/// The most that all lists of a file may hold together; the largest vocabularies come to two million with all that
/// belongs to them. A byte of a list takes 32 in memory.
const MOST_ELEMENTS: usize = 1 << 23;

/// Bytes that are read at once: headers of real models have some millions.
const BUFFER: usize = 1 << 18;

/// The deepest nesting of lists; real files have one level.
const DEEPEST: u32 = 4;

impl Header {
    /// Reads and checks the header of a file.
    pub fn read(path: &Path) -> Result<Self, WorkerError> {
        let opened = File::open(path).and_then(|file| Ok((file.metadata()?.len(), file)));
        let (file_size, file) = opened.map_err(|error| from_disk(path, &error))?;
        let inner = BufReader::with_capacity(BUFFER, file);
        let mut reader = Bounded { inner, left: file_size, elements: MOST_ELEMENTS };
        let (values, tensors, offsets) = parse(&mut reader).map_err(|error| match error.kind() {
            io::ErrorKind::Unsupported => WorkerError::ModelUnsupported { why: error.to_string(), detail: None },
            _ => from_disk(path, &error),
        })?;
        let header = Self { values, tensors, file_size };
        header.check_tensors(file_size - reader.left, &offsets)?;
        Ok(header)
    }

    /// A whole number.
    pub fn unsigned(&self, key: &str) -> Option<u64> {
        self.values.get(key)?.unsigned()
    }

    /// A text.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.values.get(key)?.text()
    }

    /// A list.
    pub fn list(&self, key: &str) -> Option<&[Value]> {
        self.values.get(key)?.list()
    }

    /// Fails if a tensor is of a kind that nobody knows or reaches beyond the end of the file.
    fn check_tensors(&self, header_end: u64, offsets: &[u64]) -> Result<(), WorkerError> {
        let alignment = self.unsigned("general.alignment").filter(|a| a.is_power_of_two()).unwrap_or(32);
        let data = header_end.next_multiple_of(alignment);
        for (tensor, offset) in self.tensors.iter().zip(offsets) {
            let Some(kind) = TensorType::of(tensor.kind) else {
                return Err(WorkerError::unknown_weights(&tensor.name, &format!("type {}", tensor.kind)));
            };
            let elements = tensor.dimensions.iter().try_fold(1u64, |n, d| n.checked_mul(*d));
            let row = tensor.dimensions.first().copied().unwrap_or(1);
            let end = elements
                .and_then(|elements| kind.size(row, elements))
                .and_then(|size| data.checked_add(*offset)?.checked_add(size));
            if end.is_none_or(|end| end > self.file_size) {
                return Err(damaged("it ends too early"));
            }
        }
        Ok(())
    }
}

fn damaged(why: &str) -> WorkerError {
    WorkerError::ModelDamaged { why: why.to_owned(), detail: None }
}

fn bad(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

/// A reader that knows how much is left, so that nothing longer is ever reserved.
struct Bounded<R> {
    inner: R,
    left: u64,
    /// What may still stand in lists.
    elements: usize,
}

impl<R: Read> Bounded<R> {
    fn bytes<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        self.take(N as u64)?;
        let mut bytes = [0; N];
        self.inner.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn u32(&mut self) -> io::Result<u32> {
        Ok(u32::from_le_bytes(self.bytes()?))
    }

    fn u64(&mut self) -> io::Result<u64> {
        Ok(u64::from_le_bytes(self.bytes()?))
    }

    /// Counts that say how many things of at least `least` bytes follow.
    fn count(&mut self, least: u64) -> io::Result<usize> {
        let n = self.u64()?;
        if n.checked_mul(least).is_none_or(|bytes| bytes > self.left) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(n as usize)
    }

    fn text(&mut self) -> io::Result<String> {
        let length = self.count(1)?;
        self.take(length as u64)?;
        let mut bytes = vec![0; length];
        self.inner.read_exact(&mut bytes)?;
        while bytes.last() == Some(&0) {
            bytes.pop();
        }
        Ok(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    fn take(&mut self, bytes: u64) -> io::Result<()> {
        self.left = self.left.checked_sub(bytes).ok_or(io::ErrorKind::UnexpectedEof)?;
        Ok(())
    }
}

type Parts = (HashMap<String, Value>, Vec<Tensor>, Vec<u64>);

fn parse<R: Read>(reader: &mut Bounded<R>) -> io::Result<Parts> {
    if &reader.bytes::<4>()? != b"GGUF" {
        return Err(bad("it is no GGUF file"));
    }
    let version = reader.u32()?;
    if !(2..=3).contains(&version) {
        let why = format!("it does not know version {version} of GGUF");
        return Err(io::Error::new(io::ErrorKind::Unsupported, why));
    }
    // The shortest entries: a tensor takes 24 bytes, a value 13.
    let tensor_count = reader.count(24)?;
    let value_count = reader.count(13)?;
    let mut values = HashMap::new();
    for _ in 0..value_count {
        let key = reader.text()?;
        let kind = reader.u32()?;
        let value = value(reader, kind, 0)?;
        values.insert(key, value);
    }
    let (mut tensors, mut offsets) = (Vec::with_capacity(tensor_count), Vec::with_capacity(tensor_count));
    for _ in 0..tensor_count {
        let name = reader.text()?;
        let rank = reader.u32()?;
        if rank > 8 {
            return Err(bad("a tensor has too many dimensions"));
        }
        let dimensions = (0..rank).map(|_| reader.u64()).collect::<io::Result<_>>()?;
        let kind = reader.u32()?;
        offsets.push(reader.u64()?);
        tensors.push(Tensor { name, dimensions, kind });
    }
    Ok((values, tensors, offsets))
}

fn value<R: Read>(reader: &mut Bounded<R>, kind: u32, depth: u32) -> io::Result<Value> {
    let signed = |n: i64| u64::try_from(n).map_or(Value::Negative(n), Value::Unsigned);
    Ok(match kind {
        0 => Value::Unsigned(reader.bytes::<1>()?[0].into()),
        1 => signed(i8::from_le_bytes(reader.bytes()?).into()),
        2 => Value::Unsigned(u16::from_le_bytes(reader.bytes()?).into()),
        3 => signed(i16::from_le_bytes(reader.bytes()?).into()),
        4 => Value::Unsigned(reader.u32()?.into()),
        5 => signed(i32::from_le_bytes(reader.bytes()?).into()),
        6 => Value::Float(f32::from_le_bytes(reader.bytes()?).into()),
        7 => match reader.bytes::<1>()?[0] {
            bit @ (0 | 1) => Value::Unsigned(bit.into()),
            _ => return Err(bad("a truth value is neither true nor false")),
        },
        8 => Value::Text(reader.text()?),
        9 if depth < DEEPEST => {
            let of = reader.u32()?;
            let least = [1, 1, 2, 2, 4, 4, 4, 1, 8, 12, 8, 8, 8].get(of as usize).copied();
            let count = reader.count(least.ok_or_else(|| bad("a list is of an unknown kind"))?)?;
            let left = reader.elements.checked_sub(count);
            reader.elements = left.ok_or_else(|| bad("its lists are longer than those of any model"))?;
            // Reserved as it grows: a list in memory takes more than on disk.
            let mut list = Vec::new();
            for _ in 0..count {
                list.push(value(reader, of, depth + 1)?);
            }
            Value::List(list)
        }
        10 => Value::Unsigned(reader.u64()?),
        11 => signed(i64::from_le_bytes(reader.bytes()?)),
        12 => Value::Float(f64::from_le_bytes(reader.bytes()?)),
        _ => return Err(bad("a value is of an unknown kind")),
    })
}

#[cfg(test)]
#[path = "header_tests.rs"]
mod tests;
