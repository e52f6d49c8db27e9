//! Headers of GGUF files, for models that are looked at and downloaded but never computed with.

/// A value in a header.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A number.
    U32(u32),
    /// A number with a fraction.
    F32(f32),
    /// Yes or no.
    Bool(bool),
    /// A text.
    Text(String),
    /// Several texts.
    Texts(Vec<String>),
    /// Several numbers.
    I32s(Vec<i32>),
}

impl Value {
    /// What the format calls this kind of value.
    fn kind(&self) -> u32 {
        match self {
            Self::U32(_) => 4,
            Self::F32(_) => 6,
            Self::Bool(_) => 7,
            Self::Text(_) => 8,
            Self::Texts(_) | Self::I32s(_) => 9,
        }
    }

    fn write(&self, into: &mut Vec<u8>) {
        match self {
            Self::U32(number) => into.extend(number.to_le_bytes()),
            Self::F32(number) => into.extend(number.to_le_bytes()),
            Self::Bool(yes) => into.push(u8::from(*yes)),
            Self::Text(value) => text(value, into),
            Self::Texts(values) => {
                into.extend(8_u32.to_le_bytes());
                into.extend((values.len() as u64).to_le_bytes());
                values.iter().for_each(|value| text(value, into));
            }
            Self::I32s(values) => {
                into.extend(5_u32.to_le_bytes());
                into.extend((values.len() as u64).to_le_bytes());
                values.iter().for_each(|value| into.extend(value.to_le_bytes()));
            }
        }
    }
}

fn text(value: &str, into: &mut Vec<u8>) {
    into.extend((value.len() as u64).to_le_bytes());
    into.extend(value.as_bytes());
}

/// How the numbers of a tensor are stored: what the format calls it, numbers in a block, bytes of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Storage {
    /// The number of this type in GGUF.
    pub id: u32,
    /// Numbers in a block.
    pub block: u64,
    /// Bytes of a block.
    pub bytes: u64,
}

impl Storage {
    /// Whole numbers of 32 bits with a fraction.
    pub const F32: Self = Self { id: 0, block: 1, bytes: 4 };
    /// Half of that.
    pub const F16: Self = Self { id: 1, block: 1, bytes: 2 };
    /// `BF16`.
    pub const BF16: Self = Self { id: 30, block: 1, bytes: 2 };
    /// `Q8_0`.
    pub const Q8_0: Self = Self { id: 8, block: 32, bytes: 34 };
    /// `Q6_K`.
    pub const Q6_K: Self = Self { id: 14, block: 256, bytes: 210 };
    /// `Q5_K`.
    pub const Q5_K: Self = Self { id: 13, block: 256, bytes: 176 };
    /// `Q4_K`.
    pub const Q4_K: Self = Self { id: 12, block: 256, bytes: 144 };
    /// `Q3_K`.
    pub const Q3_K: Self = Self { id: 11, block: 256, bytes: 110 };
    /// `Q2_K`.
    pub const Q2_K: Self = Self { id: 10, block: 256, bytes: 84 };
    /// `Q5_1`.
    pub const Q5_1: Self = Self { id: 7, block: 32, bytes: 24 };
    /// `Q5_0`.
    pub const Q5_0: Self = Self { id: 6, block: 32, bytes: 22 };
    /// `Q4_0`.
    pub const Q4_0: Self = Self { id: 2, block: 32, bytes: 18 };
    /// `MXFP4`.
    pub const MXFP4: Self = Self { id: 39, block: 32, bytes: 17 };

    /// Bytes of a tensor of these dimensions.
    #[must_use]
    pub fn size(self, dimensions: &[u64]) -> u64 {
        dimensions.iter().product::<u64>().div_ceil(self.block) * self.bytes
    }
}

/// Bytes to which every tensor is aligned.
const ALIGNMENT: u64 = 32;

/// A header under construction.
#[derive(Clone, Debug, Default)]
pub struct Header {
    entries: Vec<(String, Value)>,
    tensors: Vec<(String, Vec<u64>, Storage)>,
}

impl Header {
    /// Adds an entry of the metadata.
    #[must_use]
    pub fn entry(mut self, key: impl Into<String>, value: Value) -> Self {
        self.entries.push((key.into(), value));
        self
    }

    /// Adds a tensor; its place in the file follows the one before.
    #[must_use]
    pub fn tensor(mut self, name: impl Into<String>, dimensions: &[u64], storage: Storage) -> Self {
        self.tensors.push((name.into(), dimensions.to_vec(), storage));
        self
    }

    /// The header's bytes up to where the weights begin, and the length of the whole file in bytes.
    #[must_use]
    pub fn build(&self) -> (Vec<u8>, u64) {
        let mut bytes = b"GGUF".to_vec();
        bytes.extend(3_u32.to_le_bytes());
        bytes.extend((self.tensors.len() as u64).to_le_bytes());
        bytes.extend((self.entries.len() as u64).to_le_bytes());
        for (key, value) in &self.entries {
            text(key, &mut bytes);
            bytes.extend(value.kind().to_le_bytes());
            value.write(&mut bytes);
        }
        let mut offset = 0_u64;
        for (name, dimensions, storage) in &self.tensors {
            text(name, &mut bytes);
            bytes.extend((u32::try_from(dimensions.len()).unwrap_or(u32::MAX)).to_le_bytes());
            dimensions.iter().for_each(|length| bytes.extend(length.to_le_bytes()));
            bytes.extend(storage.id.to_le_bytes());
            bytes.extend(offset.to_le_bytes());
            offset += storage.size(dimensions).next_multiple_of(ALIGNMENT);
        }
        bytes.resize(bytes.len().next_multiple_of(ALIGNMENT as usize), 0);
        let length = bytes.len() as u64 + offset;
        (bytes, length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_says_how_long_its_file_is() {
        let header = Header::default()
            .entry("general.architecture", Value::Text("llama".to_owned()))
            .entry("tokenizer.ggml.tokens", Value::Texts(vec!["a".to_owned()]))
            .tensor("a", &[64, 2], Storage::Q8_0)
            .tensor("b", &[3], Storage::F32);
        let (bytes, length) = header.build();
        assert_eq!((&bytes[..4], bytes.len() % 32), (&b"GGUF"[..], 0));
        assert_eq!(length, bytes.len() as u64 + 160 + 32, "136 and 12 bytes, each aligned");
        assert_eq!(Storage::Q4_K.size(&[256, 10]), 1440);
    }
}
