//! What a hub calls its things: repositories, files, commits, digests.
//!
//! These are the only types of a hub's strings that may become paths or parts of addresses. Whoever holds one knows
//! that it was checked: no name of them leads out of a folder, means a device, or reads otherwise than it is.

use std::collections::HashSet;
use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use url::Url;

/// Longest part of a repository's name, bytes. The Hub allows 96 for both parts together.
const MAX_ID_PART: usize = 96;
/// Longest name of a file or folder, bytes: what file systems allow.
const MAX_COMPONENT: usize = 255;
/// Longest path of a file in its repository, bytes.
const MAX_PATH: usize = 1000;
/// Most folders above a file, and the file.
const MAX_DEPTH: usize = 12;
/// Longest branch, tag or commit, bytes.
const MAX_REVISION: usize = 255;

/// First parts of addresses of the Hub that are no people.
const NO_AUTHORS: &[&str] = &[
    "api",
    "blog",
    "chat",
    "collections",
    "datasets",
    "docs",
    "enterprise",
    "join",
    "kernels",
    "learn",
    "login",
    "models",
    "new",
    "organizations",
    "papers",
    "posts",
    "pricing",
    "settings",
    "spaces",
    "tasks",
];
/// Hosts whose addresses are read without their being the hub that is set.
const KNOWN_HOSTS: &[&str] = &["huggingface.co", "www.huggingface.co", "hf.co", "www.hf.co", "hf-mirror.com"];

/// A name that nothing is asked of or stored under, in words for a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NameError(String);

/// The name of a repository: `user/repo`, or `gpt2` for the few that have no user.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RepoId(String);

/// What an address of a hub names: the repository, and where it says so a revision and a file.
pub type Linked = (RepoId, Option<String>, Option<RepoPath>);

impl RepoId {
    /// Reads `user/repo` or `repo`.
    ///
    /// # Errors
    /// [`NameError`] for what no repository is called.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let parts: Vec<&str> = text.split('/').collect();
        if parts.len() > 2 || !parts.iter().all(|part| is_id_part(part)) {
            return Err(NameError(format!(
                "“{}” is not the name of a repository. Such a name looks like “publisher/model”.",
                shown(text)
            )));
        }
        Ok(Self(text.to_owned()))
    }

    /// Reads what a person pasted: a repository's name, or the address of its page or of one of its files at the Hub
    /// or a known mirror.
    ///
    /// # Errors
    /// [`NameError`] saying what it is instead.
    pub fn parse_link(text: &str) -> Result<Linked, NameError> {
        Self::parse_link_at(text, None)
    }

    /// As [`RepoId::parse_link`], for addresses at `endpoint` too.
    ///
    /// # Errors
    /// As [`RepoId::parse_link`].
    pub fn parse_link_at(text: &str, endpoint: Option<&Url>) -> Result<Linked, NameError> {
        let text = text.trim();
        if let Ok(repo) = Self::parse(text)
            && !KNOWN_HOSTS
                .iter()
                .any(|host| text.split('/').next().is_some_and(|first| first.eq_ignore_ascii_case(host)))
        {
            return Ok((repo, None, None));
        }
        let wrong = || NameError(format!("“{}” is not the address of a model at the Hub.", shown(text)));
        let begins = |host: &&str| text.get(..host.len()).is_some_and(|start| start.eq_ignore_ascii_case(host));
        let whole = if KNOWN_HOSTS.iter().any(begins) { format!("https://{text}") } else { text.to_owned() };
        let url = Url::parse(&whole).map_err(|_| wrong())?;
        let inside = inside(&url, endpoint).ok_or_else(wrong)?;
        linked(&inside, text)
    }

    /// As the hub writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Who published it; `None` for a bare name.
    #[must_use]
    pub fn author(&self) -> Option<&str> {
        self.0.split_once('/').map(|(author, _)| author)
    }

    /// The name without the publisher's.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.split_once('/').map_or(self.0.as_str(), |(_, name)| name)
    }

    /// The folder of this repository below a folder for models: publisher, then name. A bare name lies alone.
    #[must_use]
    pub fn to_path(&self) -> PathBuf {
        self.0.split('/').collect()
    }
}

/// Whether this can be a user's or a repository's name, and a folder's on any system.
fn is_id_part(part: &str) -> bool {
    !part.is_empty()
        && part.len() <= MAX_ID_PART
        && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        && !part.starts_with(['.', '-'])
        && !part.ends_with('.')
        && !part.contains("..")
        && !is_device(part)
}

/// The parts of an address's path below the hub's own.
fn inside(url: &Url, endpoint: Option<&Url>) -> Option<Vec<String>> {
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let decoded = |part: &str| String::from_utf8(percent_decoded(part)).ok();
    let mut parts: Vec<String> =
        url.path_segments()?.filter(|part| !part.is_empty()).map(decoded).collect::<Option<_>>()?;
    if let Some(endpoint) = endpoint.filter(|endpoint| endpoint.origin() == url.origin()) {
        let prefix: Vec<&str> = endpoint.path_segments()?.filter(|part| !part.is_empty()).collect();
        if parts.len() >= prefix.len() && parts.iter().zip(&prefix).all(|(part, of)| part == of) {
            return Some(parts.split_off(prefix.len()));
        }
    }
    KNOWN_HOSTS.contains(&url.host_str()?).then_some(parts)
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let digits = behind.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let digits = digits.filter(|two| two.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match digits.and_then(|two| u8::from_str_radix(two, 16).ok()).filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = behind.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    bytes
}

/// `user/repo`, `user/repo/blob/main/file`, `user/repo/tree/main`, and `repo/…` likewise.
fn linked(parts: &[String], text: &str) -> Result<Linked, NameError> {
    let wrong = || NameError(format!("“{}” is not the address of a model at the Hub.", shown(text)));
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let (first, _) = parts.split_first().ok_or_else(wrong)?;
    if NO_AUTHORS.contains(first) {
        return Err(NameError(format!("“{}” is an address of the Hub, but not one of a model.", shown(text))));
    }
    let is_verb =
        |part: &&str| matches!(*part, "blob" | "resolve" | "raw" | "tree" | "commit" | "discussions" | "edit");
    // A name without a user is followed by nothing, or by what the Hub calls its pages.
    let of_name = if parts.get(1).is_none_or(is_verb) { 1 } else { 2 };
    let (name, rest) = parts.split_at(of_name.min(parts.len()));
    // Other programs add the quantisation: `hf.co/user/repo:Q4_K_M`.
    let name = name.join("/");
    let repo = RepoId::parse(name.split_once(':').map_or(name.as_str(), |(name, _)| name))?;
    let (verb, rest) = rest.split_first().map_or(("", &[] as &[&str]), |(verb, rest)| (*verb, rest));
    // Pull requests are revisions with slashes: `refs/pr/1`.
    let of_revision = if rest.starts_with(&["refs", "pr"]) { 3 } else { 1 };
    if !matches!(verb, "blob" | "resolve" | "raw" | "tree" | "commit") || rest.len() < of_revision {
        return Ok((repo, None, None));
    }
    let (revision, path) = rest.split_at(of_revision);
    let revision = revision.join("/");
    check_revision(&revision)?;
    let of_file = matches!(verb, "blob" | "resolve" | "raw") && !path.is_empty();
    let path = if of_file { Some(RepoPath::parse(&path.join("/"))?) } else { None };
    Ok((repo, Some(revision), path))
}

/// A branch, a tag or a commit may stand in an address.
pub(crate) fn check_revision(revision: &str) -> Result<(), NameError> {
    let fine = !revision.is_empty()
        && revision.len() <= MAX_REVISION
        && !revision.chars().any(is_unseen)
        && revision.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
    if fine { Ok(()) } else { Err(NameError(format!("“{}” is not the name of a revision.", shown(revision)))) }
}

/// The path of a file in its repository, with `/` between its parts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RepoPath(String);

impl RepoPath {
    /// Reads `file.gguf` or `folder/file.gguf`.
    ///
    /// # Errors
    /// [`NameError`] for what could lead out of a folder, what a system here or elsewhere reads as something else
    /// than a file's name, and what a person would read wrongly.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let wrong = |why: &str| Err(NameError(format!("A file called “{}” is not stored: {why}.", shown(text))));
        if text.len() > MAX_PATH {
            return wrong("its name is too long");
        }
        let parts: Vec<&str> = text.split('/').collect();
        if parts.len() > MAX_DEPTH {
            return wrong("it lies too deep in folders");
        }
        match parts.into_iter().find_map(wrong_component) {
            Some(why) => wrong(why),
            None => Ok(Self(text.to_owned())),
        }
    }

    /// As the hub writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last part.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// What stands before the last part; empty for a file at the top.
    #[must_use]
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// A relative path of normal components only.
    #[must_use]
    pub fn to_path(&self) -> PathBuf {
        self.0.split('/').collect()
    }

    /// The same for all names that some file system takes for one.
    pub(crate) fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

/// What is wrong with one part of a path; `None` where nothing is.
fn wrong_component(part: &str) -> Option<&'static str> {
    if part.is_empty() || part == "." || part == ".." {
        return Some("its path leads elsewhere");
    }
    if part.len() > MAX_COMPONENT {
        return Some("its name is too long");
    }
    if part.chars().any(|letter| r#"\:<>"|?*"#.contains(letter)) {
        return Some("its name has a character that not every system allows");
    }
    if part.chars().any(is_unseen) {
        return Some("its name has characters that are not shown");
    }
    if part.ends_with(['.', ' ']) {
        return Some("its name ends with a dot or a space");
    }
    is_device(part).then_some("its name means a device on some systems")
}

/// Control characters, and those that turn the order of letters or take no room.
fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Names of Windows' devices, which stay devices with an ending.
fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or(part).trim_end_matches(' ').to_ascii_uppercase();
    let numbered = |prefix: &str| {
        stem.strip_prefix(prefix).is_some_and(|number| {
            let mut digits = number.chars();
            matches!(digits.next(), Some('0'..='9' | '¹' | '²' | '³')) && digits.next().is_none()
        })
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") || numbered("COM") || numbered("LPT")
}

/// A hub's words as they can stand in a message: on one line, nothing hidden, not too long.
pub(crate) fn shown(text: &str) -> String {
    let seen = text.chars().map(|letter| if is_unseen(letter) { '\u{fffd}' } else { letter });
    let mut short: String = seen.take(120).collect();
    if text.chars().nth(120).is_some() {
        short.push('…');
    }
    short
}

/// The first files of those that some file system would take for one another.
pub(crate) fn without_clashes<T>(files: Vec<T>, path: impl Fn(&T) -> &RepoPath) -> Vec<T> {
    let mut seen = HashSet::new();
    files.into_iter().filter(|file| seen.insert(path(file).folded())).collect()
}

/// A commit: 40 hex digits, in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Commit(String);

impl Commit {
    /// Reads 40 hex digits.
    ///
    /// # Errors
    /// [`NameError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        hex(text, 40).map(Self).ok_or_else(|| NameError(format!("“{}” is not a commit.", shown(text))))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A SHA-256: 64 hex digits, in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sha256Hex(String);

impl Sha256Hex {
    /// Reads 64 hex digits.
    ///
    /// # Errors
    /// [`NameError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        hex(text, 64).map(Self).ok_or_else(|| NameError(format!("“{}” is not a SHA-256.", shown(text))))
    }

    /// Of what was hashed.
    #[must_use]
    pub fn of(digest: [u8; 32]) -> Self {
        Self(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a text is a hash that git gives a content: 40 lower-case hex digits.
pub(crate) fn is_git_hash(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

fn hex(text: &str, digits: usize) -> Option<String> {
    let right = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    right.then(|| text.to_ascii_lowercase())
}

/// What all checked names have: they are shown, stored as text, and checked again when they are read.
macro_rules! checked_text {
    ($($name:ident),+) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;

            fn try_from(text: String) -> Result<Self, NameError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::parse(text)
            }
        }
    )+};
}

checked_text!(RepoId, RepoPath, Commit, Sha256Hex);

#[cfg(test)]
mod tests {
    use std::path::Component;

    use proptest::prelude::*;

    use super::*;

    fn link(text: &str) -> Option<(String, Option<String>, Option<String>)> {
        let (repo, revision, path) = RepoId::parse_link(text).ok()?;
        Some((repo.0, revision, path.map(|path| path.0)))
    }

    fn some(
        repo: &str,
        revision: Option<&str>,
        path: Option<&str>,
    ) -> Option<(String, Option<String>, Option<String>)> {
        Some((repo.to_owned(), revision.map(str::to_owned), path.map(str::to_owned)))
    }

    #[test]
    fn a_repository_has_a_publisher_or_none() {
        let repo = RepoId::parse("Qwen/Qwen3-0.6B-GGUF").expect("a name");
        assert_eq!((repo.author(), repo.name()), (Some("Qwen"), "Qwen3-0.6B-GGUF"));
        let bare = RepoId::parse("gpt2").expect("a name");
        assert_eq!((bare.author(), bare.name()), (None, "gpt2"));
    }

    #[test]
    fn what_no_repository_is_called_is_refused() {
        for name in [
            "",
            "/",
            "a/",
            "/a",
            "a/b/c",
            "../b",
            "a/..",
            ".hidden/b",
            "a/.b",
            "a b/c",
            "a/b:c",
            "a\\b",
            "a/b.",
            "a..b/c",
            "con/x",
            "x/NUL.txt",
            "ä/b",
            "a/b\n",
            "-rf/x",
            "C:/x",
        ] {
            assert!(RepoId::parse(name).is_err(), "{name:?}");
        }
        assert!(RepoId::parse(&format!("a/{}", "b".repeat(97))).is_err());
    }

    #[test]
    fn a_pasted_address_names_a_repository_a_revision_and_a_file() {
        assert_eq!(link(" Qwen/Qwen3-8B "), some("Qwen/Qwen3-8B", None, None));
        assert_eq!(link("gpt2"), some("gpt2", None, None));
        assert_eq!(link("https://huggingface.co/gpt2"), some("gpt2", None, None));
        assert_eq!(link("https://huggingface.co/user/repo/"), some("user/repo", None, None));
        assert_eq!(link("hf.co/user/repo:Q4_K_M"), some("user/repo", None, None));
        assert_eq!(link("huggingface.co/user"), some("user", None, None));
        assert_eq!(
            link("https://huggingface.co/user/repo/blob/main/x.gguf?download=true"),
            some("user/repo", Some("main"), Some("x.gguf"))
        );
        assert_eq!(
            link("https://hf-mirror.com/user/repo/resolve/v1.0/sub/x%20y.gguf"),
            some("user/repo", Some("v1.0"), Some("sub/x y.gguf"))
        );
        assert_eq!(link("https://huggingface.co/user/repo/tree/main/sub"), some("user/repo", Some("main"), None));
        assert_eq!(
            link("https://huggingface.co/user/repo/blob/refs%2Fpr%2F3/x.gguf"),
            some("user/repo", Some("refs/pr/3"), Some("x.gguf"))
        );
        assert_eq!(
            link("https://huggingface.co/user/repo/blob/refs/pr/3/x.gguf"),
            some("user/repo", Some("refs/pr/3"), Some("x.gguf"))
        );
        assert_eq!(link("https://huggingface.co/gpt2/blob/main/x.bin"), some("gpt2", Some("main"), Some("x.bin")));
        assert_eq!(link("https://huggingface.co/user/repo/discussions/4"), some("user/repo", None, None));
    }

    #[test]
    fn other_addresses_are_none_of_a_model() {
        for text in [
            "",
            "https://example.org/user/repo",
            "https://huggingface.co/",
            "https://huggingface.co/datasets/user/repo",
            "https://huggingface.co/spaces/user/repo",
            "ftp://huggingface.co/user/repo",
            "javascript:alert(1)",
            "https://huggingface.co/user/repo/blob/main/..%2f..%2fx",
            "https://huggingface.co.evil.org/user/repo",
            "https://huggingface.co/user/repo/blob/main/%00",
            "two words",
        ] {
            assert_eq!(link(text), None, "{text}");
        }
    }

    #[test]
    fn an_address_at_a_mirror_is_read_below_its_own_path() {
        let endpoint = Url::parse("https://models.example.org/hf").expect("an address");
        let at = |text: &str| RepoId::parse_link_at(text, Some(&endpoint)).map(|(repo, _, _)| repo.0);
        assert_eq!(at("https://models.example.org/hf/user/repo").as_deref(), Ok("user/repo"));
        assert!(at("https://models.example.org/other/user/repo").is_err());
    }

    #[test]
    fn a_path_in_a_repository_stays_a_path() {
        let path = RepoPath::parse("BF16/Model-00001-of-00002.gguf").expect("a path");
        assert_eq!((path.folder(), path.file_name()), ("BF16", "Model-00001-of-00002.gguf"));
        assert_eq!(path.to_path(), std::path::Path::new("BF16").join("Model-00001-of-00002.gguf"));
        for fine in [".gitattributes", "模型.gguf", "a b.gguf", "console.log", "com.gguf", "com10", "~x", "a~1"] {
            assert!(RepoPath::parse(fine).is_ok(), "{fine}");
        }
    }

    #[test]
    fn evil_paths_are_refused() {
        for path in [
            "",
            ".",
            "..",
            "/",
            "/etc/passwd",
            "a//b",
            "a/",
            "../x",
            "a/../b",
            "a/./b",
            "C:\\x",
            "C:/x",
            "a:b",
            "\\x",
            "a\\..\\b",
            "x\0y",
            "a\nb",
            "x.",
            "x ",
            "a /b",
            "CON",
            "con.gguf",
            "a/NUL .txt",
            "aux.x.y",
            "COM1",
            "lpt9.gguf",
            "COM¹",
            "CONIN$",
            "x\u{202e}fugg.exe",
            "x\u{200b}y",
            "\u{feff}x",
            "a?b",
            "a*b",
            "a|b",
            "<a>",
            "\"a\"",
        ] {
            assert!(RepoPath::parse(path).is_err(), "{path:?}");
        }
        assert!(RepoPath::parse(&"x".repeat(256)).is_err());
        assert!(RepoPath::parse(&vec!["x"; 13].join("/")).is_err());
        assert!(RepoPath::parse(&vec!["x".repeat(250); 5].join("/")).is_err());
    }

    #[test]
    fn digests_and_commits_are_hex_digits_of_their_length() {
        assert_eq!(Commit::parse(&"AB".repeat(20)).map(String::from), Ok("ab".repeat(20)));
        assert!(Commit::parse("main").is_err());
        assert!(Commit::parse(&"g".repeat(40)).is_err());
        assert!(Sha256Hex::parse(&"0".repeat(64)).is_ok());
        assert!(Sha256Hex::parse(&"0".repeat(63)).is_err());
        assert!(Sha256Hex::parse(&format!("../{}", "0".repeat(61))).is_err());
        assert_eq!(Sha256Hex::of([0xa0; 32]).as_str(), "a0".repeat(32));
    }

    #[test]
    fn names_are_checked_again_when_they_are_read_from_a_file() {
        assert!(serde_json::from_str::<RepoPath>(r#""../x""#).is_err());
        assert!(serde_json::from_str::<RepoId>(r#""../x""#).is_err());
        let path: RepoPath = serde_json::from_str(r#""a/b""#).expect("a path");
        assert_eq!(serde_json::to_string(&path).expect("text"), r#""a/b""#);
    }

    #[test]
    fn a_revision_is_no_path_that_leads_elsewhere() {
        for fine in ["main", "v1.0", "refs/pr/1", "feature/x y"] {
            assert!(check_revision(fine).is_ok(), "{fine}");
        }
        for wrong in ["", ".", "..", "a/../b", "a//b", "/a", "x\r\ny"] {
            assert!(check_revision(wrong).is_err(), "{wrong:?}");
        }
    }

    /// Any text, and texts made of what evil names are made of.
    fn names() -> impl Strategy<Value = String> {
        let pieces = prop::sample::select(vec![
            "..", ".", "/", "//", "\\", "C:", "a", "b.gguf", "CON", "nul", " ", "\0", "\u{202e}", "~", "%2e", ":", "ä",
            "\n",
        ]);
        prop_oneof![any::<String>(), prop::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat())]
    }

    fn stays_inside(path: &std::path::Path) -> bool {
        path.is_relative()
            && path.components().count() > 0
            && path.components().all(|component| matches!(component, Component::Normal(_)))
    }

    proptest! {
        #[test]
        fn no_text_at_all_becomes_a_path_out_of_a_folder(text in names()) {
            if let Ok(path) = RepoPath::parse(&text) {
                prop_assert!(stays_inside(&path.to_path()));
                prop_assert_eq!(path.to_path().components().count(), text.split('/').count());
                prop_assert!(!text.contains(['\\', ':', '\0']));
            }
            if let Ok(repo) = RepoId::parse(&text) {
                prop_assert!(stays_inside(&repo.to_path()));
                prop_assert!(repo.to_path().components().count() <= 2);
            }
            for start in ["https://huggingface.co/", "https://huggingface.co/a/b/blob/main/", ""] {
                if let Ok((repo, _, path)) = RepoId::parse_link(&format!("{start}{text}")) {
                    prop_assert!(stays_inside(&repo.to_path()));
                    prop_assert!(path.is_none_or(|path| stays_inside(&path.to_path())));
                }
            }
        }
    }
}
