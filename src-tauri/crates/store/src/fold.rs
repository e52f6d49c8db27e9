//! Letters without their case, for the search.
//!
//! Folding goes letter by letter, so the folded form of two texts in a row is the two folded forms in a row: a
//! growing answer is folded as it grows, and every substring of a text is a substring of its folded form.

/// `text` with every letter in lower case. The two small sigmas are one, as their capital is.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.chars().flat_map(char::to_lowercase).map(|letter| if letter == 'ς' { 'σ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_either_case_are_the_same() {
        for (one, other) in
            [("Äpfel", "äPFEL"), ("ΟΔΟΣ", "οδος"), ("ΟΔΟΣ", "οδοσ"), ("ЖУК", "жук"), ("STRAẞE", "straße")]
        {
            assert_eq!(fold(one), fold(other), "{one} and {other}");
        }
    }

    #[test]
    fn folding_in_pieces_is_folding_as_a_whole() {
        let text = "Der ΟΔΟΣ ist KÜHL.";
        for (cut, _) in text.char_indices() {
            assert_eq!(fold(&text[..cut]) + &fold(&text[cut..]), fold(text), "cut at {cut}");
        }
    }
}
