//! Names of split files: `name-00002-of-00003.gguf`.

/// What a file's name says about which part of a model it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// What stands before the numbers.
    pub(crate) stem: String,
    /// From 1.
    pub(crate) number: u32,
    /// How many parts there are.
    pub(crate) count: u32,
    ending: &'static str,
    digits: usize,
}

impl Part {
    /// Reads the name of a file with this ending (in any case); `None` where it does not say that it is a part.
    pub(crate) fn of(name: &str, ending: &'static str) -> Option<Self> {
        let cut = name.len().checked_sub(ending.len())?;
        if !name.get(cut..)?.eq_ignore_ascii_case(ending) {
            return None;
        }
        let (rest, count) = name.get(..cut)?.rsplit_once("-of-")?;
        let (stem, number) = rest.rsplit_once('-')?;
        let digits =
            |text: &str| text.len() >= 2 && text.len() <= 6 && text.bytes().all(|digit| digit.is_ascii_digit());
        if !digits(number) || number.len() != count.len() || !digits(count) {
            return None;
        }
        let part = Self {
            stem: stem.to_owned(),
            number: number.parse().ok()?,
            count: count.parse().ok()?,
            ending,
            digits: number.len(),
        };
        (part.number >= 1 && part.number <= part.count).then_some(part)
    }

    /// The name of another part of the same model.
    pub(crate) fn sibling(&self, number: u32) -> String {
        let Self { stem, count, ending, digits, .. } = self;
        format!("{stem}-{number:0digits$}-of-{count:0digits$}{ending}")
    }
}

/// "Part 2 of 3 is missing", "Parts 2, 3 and 17 more of 40 are missing"; `None` where none is. `present` is sorted.
pub(crate) fn missing_words(present: &[u32], count: u32) -> Option<String> {
    let missing: Vec<u32> = (1..=count).filter(|number| present.binary_search(number).is_err()).collect();
    let (last, others) = missing.split_last()?;
    if others.is_empty() {
        return Some(format!("Part {last} of {count} is missing"));
    }
    let named: Vec<String> = others.iter().take(4).map(ToString::to_string).collect();
    let end = match missing.len().saturating_sub(named.len()) {
        1 => last.to_string(),
        more => format!("{more} more"),
    };
    Some(format!("Parts {} and {end} of {count} are missing", named.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_told_by_its_name() {
        let part = Part::of("Big-Model-00002-of-00003.gguf", ".gguf").expect("a part");
        assert_eq!((part.stem.as_str(), part.number, part.count), ("Big-Model", 2, 3));
        assert_eq!(part.sibling(3), "Big-Model-00003-of-00003.gguf");
    }

    #[test]
    fn other_names_are_no_parts() {
        for name in [
            "model.gguf",
            "one-of-many.gguf",
            "a-00004-of-00003.gguf",
            "a-00000-of-00003.gguf",
            "a-1-of-3.gguf",
            "a-001-of-00003.gguf",
            "a-00001-of-00003.txt",
            "-of-.gguf",
            "ü",
        ] {
            assert_eq!(Part::of(name, ".gguf"), None, "{name}");
        }
    }

    #[test]
    fn missing_parts_are_named() {
        assert_eq!(missing_words(&[1, 2, 3], 3), None);
        assert_eq!(missing_words(&[1, 3], 3).as_deref(), Some("Part 2 of 3 is missing"));
        assert_eq!(missing_words(&[1], 3).as_deref(), Some("Parts 2 and 3 of 3 are missing"));
        assert_eq!(missing_words(&[1], 9).as_deref(), Some("Parts 2, 3, 4, 5 and 4 more of 9 are missing"));
    }
}
