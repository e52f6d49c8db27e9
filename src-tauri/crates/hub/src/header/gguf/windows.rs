//! Which blocks look back through a sliding window, as llama.cpp has it (`src/models/*.cpp` in `llama-cpp-sys-2`
//! 0.1.161): it reads the window of some architectures, fixes that of others, and leaves out what `phi3` or `qwen2`
//! files say of one.

/// How an architecture alternates between blocks with a window and blocks without.
struct Pattern {
    /// Names in files.
    architectures: &'static [&'static str],
    /// Every so many blocks one sees everything; 1: all do, 0: none does. What the file says goes before.
    period: u32,
    /// The one that sees everything is the first of them, else the last.
    whole_first: bool,
    /// The window, where the file does not say.
    default_tokens: Option<u32>,
    /// The window, whatever the file says (0 still means none).
    fixed_tokens: Option<u32>,
}

const fn every(period: u32, architectures: &'static [&'static str]) -> Pattern {
    Pattern { architectures, period, whole_first: false, default_tokens: None, fixed_tokens: None }
}

const PATTERNS: &[Pattern] = &[
    Pattern { default_tokens: Some(4096), ..every(2, &["gemma2"]) },
    every(2, &["gpt-oss"]),
    every(4, &["cohere2", "olmo2", "afmoe", "mellum", "muse-glimmer"]),
    Pattern { default_tokens: Some(128), ..every(4, &["exaone-moe"]) },
    Pattern { default_tokens: Some(4096), ..every(4, &["exaone4"]) },
    Pattern { whole_first: true, ..every(4, &["cohere2moe", "laguna"]) },
    Pattern { whole_first: true, fixed_tokens: Some(4096), ..every(4, &["smallthinker"]) },
    Pattern { default_tokens: Some(8192), fixed_tokens: Some(8192), ..every(4, &["llama4"]) },
    every(5, &["gemma3n"]),
    every(6, &["gemma3", "gemma-embedding"]),
    Pattern { whole_first: true, ..every(3, &["modern-bert"]) },
    every(8, &["plamo3"]),
    every(0, &["lfm2", "deepseek4"]),
    // These have a list of blocks in the file.
    every(1, &["gemma4", "granite_swa", "step35", "mimo2", "maple", "spark2_5", "dots3note"]),
];

/// Blocks of the one EXAONE 4 that has windows.
const EXAONE_BLOCKS: usize = 64;

/// What the file says of windows.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Said<'a> {
    /// `attention.sliding_window`.
    pub(super) tokens: Option<u32>,
    /// `attention.sliding_window_pattern` as one number.
    pub(super) period: Option<u32>,
    /// The same as a list with a number other than 0 for every block that has a window.
    pub(super) list: Option<&'a [u32]>,
}

/// The window of every block, in order; `None` for those that see everything.
pub(super) fn of(architecture: &str, blocks: usize, said: Said<'_>) -> Vec<Option<u32>> {
    let none = vec![None; blocks];
    let Some(pattern) = PATTERNS.iter().find(|row| row.architectures.contains(&architecture)) else { return none };
    if architecture == "exaone4" && blocks != EXAONE_BLOCKS {
        return none;
    }
    let asked = match said.tokens {
        Some(0) => None,
        Some(tokens) => Some(pattern.fixed_tokens.unwrap_or(tokens)),
        None => pattern.default_tokens,
    };
    let Some(tokens) = asked else { return none };
    let period = said.period.unwrap_or(pattern.period);
    let has_one = |at: usize| match said.list {
        Some(list) => list.get(at).is_some_and(|flag| *flag != 0),
        None => is_windowed(u32::try_from(at).unwrap_or(u32::MAX), period, pattern.whole_first),
    };
    (0..blocks).map(|at| has_one(at).then_some(tokens)).collect()
}

fn is_windowed(at: u32, period: u32, whole_first: bool) -> bool {
    let Some(place) = at.checked_rem(period) else { return true };
    let whole = if whole_first { 0 } else { period.saturating_sub(1) };
    place != whole
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(architecture: &str, blocks: usize, said: Said<'_>) -> Vec<usize> {
        let windows = of(architecture, blocks, said);
        (0..blocks).filter(|at| windows[*at].is_none()).collect()
    }

    #[test]
    fn gemma_alternates_and_its_successor_does_so_five_to_one() {
        assert_eq!(whole("gemma2", 6, Said::default()), [1, 3, 5], "the window of 4096 needs no entry");
        let said = Said { tokens: Some(1024), ..Said::default() };
        assert_eq!(whole("gemma3", 13, said), [5, 11]);
        assert_eq!(whole("gemma3", 6, Said::default()).len(), 6, "without a window every block sees everything");
    }

    #[test]
    fn what_the_file_says_of_the_pattern_goes_before() {
        let listed = Said { tokens: Some(512), list: Some(&[1, 0, 1]), ..Said::default() };
        assert_eq!(whole("gemma4", 4, listed), [1, 3], "blocks behind the end of the list have none");
        let numbered = Said { tokens: Some(512), period: Some(3), ..Said::default() };
        assert_eq!(whole("cohere2", 6, numbered), [2, 5]);
    }

    #[test]
    fn the_first_block_sees_everything_where_the_architecture_begins_so() {
        let said = Said { tokens: Some(100), ..Said::default() };
        assert_eq!(whole("smallthinker", 8, said), [0, 4]);
        assert_eq!(of("smallthinker", 2, said), [None, Some(4096)], "this window is fixed");
    }

    #[test]
    fn a_window_that_llama_cpp_leaves_out_is_none() {
        let said = Said { tokens: Some(2048), ..Said::default() };
        for architecture in ["phi3", "qwen2", "llama", "exaone4"] {
            assert_eq!(whole(architecture, 32, said).len(), 32, "{architecture}");
        }
        assert_eq!(whole("exaone4", 64, said).len(), 16, "the large one has windows");
    }
}
