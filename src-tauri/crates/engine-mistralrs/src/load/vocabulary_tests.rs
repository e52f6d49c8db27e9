//! Vocabularies in small.

use super::*;

fn sentencepiece() -> Vocabulary {
    let pieces = [
        ("<unk>", UNKNOWN, 0.0),
        ("<s>", CONTROL, 0.0),
        ("<0x0A>", BYTE, 0.0),
        ("<0xC3>", BYTE, 0.0),
        ("<0xA9>", BYTE, 0.0),
        ("▁", 1, -10.0),
        ("a", 1, -11.0),
        ("b", 1, -12.0),
        ("c", 1, -13.0),
        ("ab", 1, -2.0),
        ("bc", 1, -1.0),
        ("▁a", 1, -3.0),
        ("[T]", USER_DEFINED, 0.0),
    ];
    Vocabulary {
        texts: pieces.iter().map(|p| p.0.to_owned()).collect(),
        types: pieces.iter().map(|p| p.1).collect(),
        scores: pieces.iter().map(|p| p.2).collect(),
        sentencepiece: true,
        pre: "default".into(),
        space_prefix: true,
        unknown: Some(0),
    }
}

fn pieces(vocabulary: &Vocabulary, text: &str) -> Vec<String> {
    let tokenizer = vocabulary.sentencepiece().unwrap();
    tokenizer.encode(text, false).unwrap().get_tokens().to_vec()
}

#[test]
fn the_best_score_is_joined_first() {
    // Read as probabilities the likeliest cut would be another.
    assert_eq!(pieces(&sentencepiece(), "abc"), ["▁a", "bc"]);
}

#[test]
fn what_no_piece_covers_is_written_in_bytes_and_comes_back_whole() {
    let vocabulary = sentencepiece();
    assert_eq!(pieces(&vocabulary, "é\n"), ["▁", "<0xC3>", "<0xA9>", "<0x0A>"]);
    let bytes = vocabulary.bytes();
    let text: Vec<u8> = [5, 3, 4, 2].iter().flat_map(|id: &usize| bytes[*id].bytes.clone()).collect();
    assert_eq!(String::from_utf8(text).unwrap(), " é\n");
    assert!(!bytes[2].special, "a line break is no special token");
}

#[test]
fn pieces_longer_than_any_word_are_not_looked_for_in_others() {
    let mut vocabulary = sentencepiece();
    let known = vocabulary.merges();
    for length in [LONGEST_PIECE / 2 + 1, LONGEST_PIECE + 2] {
        vocabulary.texts.push("x".repeat(length));
        vocabulary.types.push(1);
    }
    assert_eq!(vocabulary.merges(), known);
}

#[test]
fn marks_are_whole_and_only_control_tokens_are_special() {
    let vocabulary = sentencepiece();
    assert_eq!(pieces(&vocabulary, "<s>a[T]a"), ["<s>", "▁a", "[T]", "▁a"]);
    let bytes = vocabulary.bytes();
    assert!(bytes[1].special && !bytes[12].special);
    assert_eq!(bytes[12].bytes, b"[T]");
}

fn cut(pre: &str, text: &str) -> Vec<String> {
    use tokenizers::{OffsetReferential, OffsetType, PreTokenizedString, PreTokenizer};
    let mut string = PreTokenizedString::from(text);
    for pattern in patterns(pre).unwrap() {
        let pattern = SplitPattern::Regex((*pattern).to_owned());
        Split::new(pattern, SplitDelimiterBehavior::Isolated, false).unwrap().pre_tokenize(&mut string).unwrap();
    }
    let splits = string.get_splits(OffsetReferential::Original, OffsetType::Byte);
    splits.into_iter().map(|(piece, _, _)| piece.to_owned()).collect()
}

#[test]
fn numbers_are_cut_as_each_model_learnt_it() {
    assert_eq!(cut("llama-bpe", "in 12345"), ["in", " ", "123", "45"]);
    assert_eq!(cut("qwen2", "in 123"), ["in", " ", "1", "2", "3"]);
    assert_eq!(cut("gpt-2", "in 12345"), ["in", " 12345"]);
    assert_eq!(cut("smollm", "a12"), ["a", "1", "2"]);
}

#[test]
fn newer_patterns_look_at_case() {
    assert_eq!(cut("tekken", "HelloWorld"), ["Hello", "World"]);
    assert_eq!(cut("gpt-4o", "don't"), ["don't"]);
    assert_eq!(patterns("some-new-one"), None);
}

#[test]
fn byte_level_characters_stand_for_all_bytes() {
    let table = byte_of_character();
    assert_eq!(table.len(), 256);
    assert_eq!((table[&'Ġ'], table[&'Ċ'], table[&'a']), (b' ', b'\n', b'a'));
}
