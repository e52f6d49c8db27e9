//! Bytes to text: tokens end anywhere, characters do not.

/// Collects the bytes of tokens and gives out whole characters only.
#[derive(Default)]
pub(crate) struct Utf8 {
    /// The beginning of a character whose rest is still to come; at most 3 bytes.
    open: Vec<u8>,
}

impl Utf8 {
    /// The characters that `bytes` completes; empty if they only begin one. Bytes that can never become a
    /// character turn into U+FFFD, as everywhere in Unicode.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> String {
        self.open.extend_from_slice(bytes);
        let mut text = String::new();
        let mut rest = self.open.as_slice();
        loop {
            match std::str::from_utf8(rest) {
                Ok(valid) => {
                    text.push_str(valid);
                    rest = &[];
                    break;
                }
                Err(error) => {
                    let (valid, after) = rest.split_at(error.valid_up_to());
                    text.push_str(std::str::from_utf8(valid).unwrap_or_default());
                    match error.error_len() {
                        Some(bad) => {
                            text.push(char::REPLACEMENT_CHARACTER);
                            rest = &after[bad..];
                        }
                        None => {
                            rest = after;
                            break;
                        }
                    }
                }
            }
        }
        self.open = rest.to_vec();
        text
    }

    /// What is left when nothing more comes: U+FFFD for a character that was cut, or nothing.
    pub(crate) fn finish(&mut self) -> String {
        if self.open.is_empty() {
            return String::new();
        }
        self.open.clear();
        char::REPLACEMENT_CHARACTER.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_split_over_tokens_comes_out_whole() {
        let mut utf8 = Utf8::default();
        let bytes = "é🦀".as_bytes();
        let pieces: Vec<String> = bytes.iter().map(|b| utf8.push(&[*b])).collect();
        assert_eq!(pieces, ["", "é", "", "", "", "🦀"]);
        assert_eq!(utf8.finish(), "");
    }

    #[test]
    fn bytes_that_are_no_character_are_shown_as_such_and_lose_nothing_else() {
        let mut utf8 = Utf8::default();
        assert_eq!(utf8.push(b"a\xffb"), "a\u{fffd}b");
        assert_eq!(utf8.push(b"\xe2\x82"), "");
        assert_eq!(utf8.finish(), "\u{fffd}", "the cut euro sign");
        assert_eq!(utf8.finish(), "", "told once");
    }
}
