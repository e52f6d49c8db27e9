//! A folder with safetensors in one text, so that all its files change together and stay readable.
//!
//! Files are divided by the record separator (0x1e), which no JSON holds. The first letter says which file follows; of
//! two alike the last counts.
//!
//! | letter | file |
//! |---|---|
//! | `c` | `config.json` |
//! | `x` | `model.safetensors.index.json` |
//! | `t` | `tokenizer_config.json` |
//! | `j` | `chat_template.jinja` |
//! | `k` | `tokenizer.json` |
//! | `w` | the header of `model.safetensors` |
//! | `1`, `2` | those of its parts, where there are two |
//! | `r` | the first bytes of `model.safetensors` as they are, after eight that say how long it is |

use inglenook_hub::header::safetensors::Beginnings;

const SEPARATOR: u8 = 0x1e;
const WHOLE: &str = "model.safetensors";

/// The files that an input stands for.
#[derive(Debug, Default)]
pub struct Folder(pub Beginnings);

impl Folder {
    /// Takes the input apart.
    #[must_use]
    pub fn of(input: &[u8]) -> Self {
        let mut folder = Self::default();
        for record in input.split(|byte| *byte == SEPARATOR) {
            if let Some((letter, bytes)) = record.split_first() {
                folder.put(*letter, bytes);
            }
        }
        folder
    }

    fn put(&mut self, letter: u8, bytes: &[u8]) {
        match letter {
            b'c' => self.small("config.json", bytes),
            b'x' => self.small("model.safetensors.index.json", bytes),
            b't' => self.small("tokenizer_config.json", bytes),
            b'j' => self.small("chat_template.jinja", bytes),
            b'k' => self.small("tokenizer.json", bytes),
            b'w' => self.weights(WHOLE, bytes),
            b'1' => self.weights("model-00001-of-00002.safetensors", bytes),
            b'2' => self.weights("model-00002-of-00002.safetensors", bytes),
            b'r' => self.raw(bytes),
            _ => {}
        }
    }

    fn small(&mut self, name: &str, bytes: &[u8]) {
        self.0.put(name, bytes.to_vec(), bytes.len() as u64);
    }

    /// A file of weights that is as long as its header says.
    fn weights(&mut self, name: &str, header: &[u8]) {
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend(header);
        let length = (bytes.len() as u64).saturating_add(largest_number(header));
        self.0.put(name, bytes, length);
    }

    fn raw(&mut self, bytes: &[u8]) {
        if let Some((length, bytes)) = bytes.split_first_chunk() {
            self.0.put(WHOLE, bytes.to_vec(), u64::from_le_bytes(*length));
        }
    }
}

/// The largest number in a text: in a header, where the last tensor ends.
fn largest_number(text: &[u8]) -> u64 {
    let numbers = text.split(|byte| !byte.is_ascii_digit()).filter(|digits| !digits.is_empty());
    let value = |digits: &[u8]| {
        let digit = |byte: &u8| u64::from(byte.saturating_sub(b'0'));
        digits.iter().try_fold(0_u64, |value, byte| value.checked_mul(10)?.checked_add(digit(byte)))
    };
    numbers.filter_map(value).max().unwrap_or(0)
}
