//! `/proc` and `/sys`, or copies of them below another root.

use std::path::{Path, PathBuf};

/// Where the system's files lie.
#[derive(Clone, Debug)]
pub(crate) struct Trees {
    root: PathBuf,
}

impl Default for Trees {
    fn default() -> Self {
        Self { root: PathBuf::from("/") }
    }
}

impl Trees {
    /// The same files below another folder.
    #[cfg(test)]
    pub(crate) fn below(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// A file or folder by its path without the leading slash.
    pub(crate) fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.root.join(path)
    }

    /// A small file's text without white space around it; `None` where it cannot be read.
    pub(crate) fn text(&self, path: impl AsRef<Path>) -> Option<String> {
        std::fs::read_to_string(self.path(path)).ok().map(|text| text.trim().to_owned())
    }

    /// The names in a folder, sorted; none where it cannot be read.
    pub(crate) fn names(&self, path: impl AsRef<Path>) -> Vec<String> {
        let entries = std::fs::read_dir(self.path(path)).into_iter().flatten();
        let mut names: Vec<String> =
            entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort();
        names
    }
}

/// Trees in a temporary folder, for the tests of this crate.
#[cfg(test)]
pub(crate) struct Planted {
    folder: tempfile::TempDir,
    pub(crate) trees: Trees,
}

#[cfg(test)]
impl Planted {
    /// Files by path without the leading slash, with their texts.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let trees = Trees::below(folder.path());
        let planted = Self { folder, trees };
        for (path, text) in files {
            planted.put(path, text);
        }
        planted
    }

    /// One more file.
    pub(crate) fn put(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("below the root")).expect("made");
        std::fs::write(path, text).expect("written");
    }
}
