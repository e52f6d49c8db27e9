//! How GGUF stores numbers: the tensor types with the sizes of their blocks, and the names of file types.

/// One way to store the numbers of a tensor: blocks of `block` numbers in `bytes` bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TensorType {
    /// Its number in the file.
    pub id: u32,
    /// Its name, for example `Q4_K`.
    pub name: &'static str,
    /// Numbers in a block; every row is a whole number of blocks.
    pub block: u64,
    /// Bytes of a block.
    pub bytes: u64,
}

/// All types that a file may hold today. Numbers that are left out were taken back by the format's authors.
const TYPES: &[(u32, &str, u64, u64)] = &[
    (0, "F32", 1, 4),
    (1, "F16", 1, 2),
    (2, "Q4_0", 32, 18),
    (3, "Q4_1", 32, 20),
    (6, "Q5_0", 32, 22),
    (7, "Q5_1", 32, 24),
    (8, "Q8_0", 32, 34),
    (9, "Q8_1", 32, 36),
    (10, "Q2_K", 256, 84),
    (11, "Q3_K", 256, 110),
    (12, "Q4_K", 256, 144),
    (13, "Q5_K", 256, 176),
    (14, "Q6_K", 256, 210),
    (15, "Q8_K", 256, 292),
    (16, "IQ2_XXS", 256, 66),
    (17, "IQ2_XS", 256, 74),
    (18, "IQ3_XXS", 256, 98),
    (19, "IQ1_S", 256, 50),
    (20, "IQ4_NL", 32, 18),
    (21, "IQ3_S", 256, 110),
    (22, "IQ2_S", 256, 82),
    (23, "IQ4_XS", 256, 136),
    (24, "I8", 1, 1),
    (25, "I16", 1, 2),
    (26, "I32", 1, 4),
    (27, "I64", 1, 8),
    (28, "F64", 1, 8),
    (29, "IQ1_M", 256, 56),
    (30, "BF16", 1, 2),
    (34, "TQ1_0", 256, 54),
    (35, "TQ2_0", 256, 66),
    (39, "MXFP4", 32, 17),
    (40, "NVFP4", 64, 36),
    (41, "Q1_0", 128, 18),
];

impl TensorType {
    /// The type with this number.
    #[must_use]
    pub fn of(id: u32) -> Option<Self> {
        let at = TYPES.binary_search_by_key(&id, |row| row.0).ok()?;
        let &(id, name, block, bytes) = TYPES.get(at)?;
        Some(Self { id, name, block, bytes })
    }

    /// Bytes that a tensor takes whose rows hold `row` of its `elements` numbers; `None` where that is no whole
    /// number of blocks or overflows.
    #[must_use]
    pub fn size(self, row: u64, elements: u64) -> Option<u64> {
        if row.checked_rem(self.block)? != 0 {
            return None;
        }
        elements.checked_div(self.block)?.checked_mul(self.bytes)
    }
}

/// The name of a `general.file_type`, the way model files are called after; `None` for an unknown number.
#[must_use]
pub fn file_type_name(id: u64) -> Option<&'static str> {
    /// Added by converters that guessed the type.
    const GUESSED: u64 = 1024;
    Some(match id & !GUESSED {
        0 => "F32",
        1 => "F16",
        2 => "Q4_0",
        3 => "Q4_1",
        7 => "Q8_0",
        8 => "Q5_0",
        9 => "Q5_1",
        10 => "Q2_K",
        11 => "Q3_K_S",
        12 => "Q3_K_M",
        13 => "Q3_K_L",
        14 => "Q4_K_S",
        15 => "Q4_K_M",
        16 => "Q5_K_S",
        17 => "Q5_K_M",
        18 => "Q6_K",
        19 => "IQ2_XXS",
        20 => "IQ2_XS",
        21 => "Q2_K_S",
        22 => "IQ3_XS",
        23 => "IQ3_XXS",
        24 => "IQ1_S",
        25 => "IQ4_NL",
        26 => "IQ3_S",
        27 => "IQ3_M",
        28 => "IQ2_S",
        29 => "IQ2_M",
        30 => "IQ4_XS",
        31 => "IQ1_M",
        32 => "BF16",
        36 => "TQ1_0",
        37 => "TQ2_0",
        38 => "MXFP4",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_so_that_every_type_is_found() {
        for row in TYPES {
            assert_eq!(TensorType::of(row.0).map(|found| found.name), Some(row.1), "type {}", row.0);
        }
        assert_eq!(TensorType::of(4), None, "Q4_2 was taken back");
        assert_eq!(TensorType::of(u32::MAX), None);
    }

    #[test]
    fn a_row_that_is_no_whole_number_of_blocks_has_no_size() {
        let q4_k = TensorType::of(12).expect("in the table");
        assert_eq!(q4_k.size(512, 1024), Some(4 * 144));
        assert_eq!(q4_k.size(100, 1000), None);
        assert_eq!(TensorType::of(27).and_then(|i64s| i64s.size(1, u64::MAX)), None, "overflow");
    }
}
