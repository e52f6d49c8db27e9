//! An entry in the desktop's autostart folder.
//! Source: freedesktop.org, "Desktop Application Autostart Specification" and "Desktop Entry Specification".
//!
//! The crate `auto-launch` (0.6) does the same, but takes a path with a space in it for two words, and asks nobody
//! where the folder is.

use std::io;
use std::path::{Path, PathBuf};

use inglenook_host::Places;

use crate::background::BACKGROUND;

/// The entry that starts the application with its data.
pub(crate) struct Login {
    file: PathBuf,
    /// The line of the entry.
    exec: String,
}

impl Login {
    /// The entry for this program; `None` where the system has no such folder, or the program's path cannot be put
    /// into an entry. `name` tells separate homes apart.
    pub(crate) fn of(places: &Places, name: &str) -> Option<Self> {
        // An AppImage runs from a folder that is gone once it ends.
        let program = std::env::var_os("APPIMAGE").map(PathBuf::from).or_else(|| std::env::current_exe().ok())?;
        let folder = dirs::config_dir()?.join("autostart");
        Self::at(&folder, &program, places.environment.as_deref(), name)
    }

    fn at(folder: &Path, program: &Path, home: Option<&Path>, name: &str) -> Option<Self> {
        let program = quoted(program.to_str()?)?;
        let (file, exec) = match home {
            None => ("inglenook.desktop".to_owned(), format!("{program} {BACKGROUND}")),
            // The desktop that logs in knows nothing of where this one was told to keep its data.
            Some(home) => {
                let home = quoted(&format!("INGLENOOK_HOME={}", home.to_str()?))?;
                (format!("inglenook-{name}.desktop"), format!("env {home} {program} {BACKGROUND}"))
            }
        };
        Some(Self { file: folder.join(file), exec })
    }

    /// Whether the system starts the application at login. A desktop's own settings switch entries off in place.
    ///
    /// # Errors
    /// The entry cannot be read.
    pub(crate) fn is_on(&self) -> io::Result<bool> {
        let entry = match std::fs::read_to_string(&self.file) {
            Ok(entry) => entry,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        };
        let off = |line: &str| {
            let line: String = line.split_whitespace().collect();
            line == "Hidden=true" || line == "X-GNOME-Autostart-enabled=false"
        };
        Ok(!entry.lines().any(off))
    }

    /// Writes the entry, or takes it away.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub(crate) fn set(&self, on: bool) -> io::Result<()> {
        if on {
            return self.write();
        }
        match std::fs::remove_file(&self.file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Writes the entry anew where it names a program that has moved since. What else somebody changed in it stays.
    pub(crate) fn refresh(&self) {
        let names_us = |entry: String| entry.lines().any(|line| line.strip_prefix("Exec=") == Some(&self.exec));
        let stale = self.is_on().unwrap_or(false) && !std::fs::read_to_string(&self.file).is_ok_and(names_us);
        if stale && let Err(error) = self.write() {
            tracing::warn!(%error, "the entry for login still names another program");
        }
    }

    fn entry(&self) -> String {
        let exec = &self.exec;
        format!(
            "[Desktop Entry]\nType=Application\nName=Inglenook\nComment=Serves language models to your programs\n\
             Exec={exec}\nIcon=inglenook\nTerminal=false\nStartupNotify=false\n"
        )
    }

    /// Through a file beside it, so that no login finds half of one.
    fn write(&self) -> io::Result<()> {
        if let Some(folder) = self.file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let beside = self.file.with_extension("desktop.new");
        std::fs::write(&beside, self.entry())?;
        std::fs::rename(&beside, &self.file)
    }
}

/// A word as the key `Exec` wants it: in quotes, what a shell would read escaped; then every backslash once more,
/// because the key is a string; a percent sign doubled, because it begins a field code. `None` for a word with a line
/// break, which no entry can hold.
fn quoted(word: &str) -> Option<String> {
    if word.contains(['\n', '\r', '\t']) {
        return None;
    }
    let mut quoted = String::from("\"");
    for letter in word.chars() {
        match letter {
            '\\' => quoted.push_str(r"\\\\"),
            '"' | '`' | '$' => quoted.extend([r"\\", letter.encode_utf8(&mut [0; 4])]),
            '%' => quoted.push_str("%%"),
            _ => quoted.push(letter),
        }
    }
    quoted.push('"');
    Some(quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("inglenook-login-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        folder
    }

    #[test]
    fn the_entry_comes_and_goes_as_the_person_says() {
        let folder = folder("set");
        let login = Login::at(&folder, Path::new("/usr/bin/inglenook"), None, "").expect("an entry");
        assert!(!login.is_on().expect("read"), "nobody asked for it");
        login.set(false).expect("nothing to take away");
        login.set(true).expect("written");
        assert!(login.is_on().expect("read"));
        let entry = std::fs::read_to_string(folder.join("inglenook.desktop")).expect("the entry");
        assert!(entry.contains("\nExec=\"/usr/bin/inglenook\" --background\n"), "{entry}");
        login.set(false).expect("taken away");
        assert!(!login.is_on().expect("read"));
        let _ = std::fs::remove_dir_all(folder);
    }

    #[test]
    fn an_entry_that_the_desktops_own_settings_switched_off_is_off() {
        let folder = folder("off");
        let login = Login::at(&folder, Path::new("/usr/bin/inglenook"), None, "").expect("an entry");
        for line in ["Hidden=true", "X-GNOME-Autostart-enabled = false"] {
            login.set(true).expect("written");
            let file = folder.join("inglenook.desktop");
            let entry = std::fs::read_to_string(&file).expect("the entry") + line + "\n";
            std::fs::write(&file, &entry).expect("switched off");
            assert!(!login.is_on().expect("read"), "{line}");
            login.refresh();
            assert_eq!(std::fs::read_to_string(&file).expect("the entry"), entry, "it is left as it is");
        }
        let _ = std::fs::remove_dir_all(folder);
    }

    #[test]
    fn a_program_that_moved_is_found_at_the_next_login() {
        let folder = folder("moved");
        let before = Login::at(&folder, Path::new("/old/inglenook"), None, "").expect("an entry");
        let after = Login::at(&folder, Path::new("/new/inglenook"), None, "").expect("an entry");
        after.refresh();
        assert!(!after.is_on().expect("read"), "what is not wanted is not made");
        before.set(true).expect("written");
        after.refresh();
        let entry = std::fs::read_to_string(folder.join("inglenook.desktop")).expect("the entry");
        assert!(entry.contains("\"/new/inglenook\"") && !entry.contains("/old/"), "{entry}");
        let delayed = entry + "X-GNOME-Autostart-Delay=30\n";
        std::fs::write(folder.join("inglenook.desktop"), &delayed).expect("changed by hand");
        after.refresh();
        let entry = std::fs::read_to_string(folder.join("inglenook.desktop")).expect("the entry");
        assert_eq!(entry, delayed, "what somebody wrote into it is theirs");
        let _ = std::fs::remove_dir_all(folder);
    }

    #[test]
    fn separate_homes_have_separate_entries_and_are_named_in_them() {
        let folder = folder("homes");
        let home = Path::new("/disk/my home");
        let login = Login::at(&folder, Path::new("/usr/bin/inglenook"), Some(home), "one").expect("an entry");
        assert_eq!(login.file, folder.join("inglenook-one.desktop"));
        assert_eq!(login.exec, r#"env "INGLENOOK_HOME=/disk/my home" "/usr/bin/inglenook" --background"#);
    }

    #[test]
    fn words_are_quoted_as_an_entry_wants_them() {
        assert_eq!(quoted("/opt/my apps/x").as_deref(), Some(r#""/opt/my apps/x""#));
        assert_eq!(quoted(r#"a"b$c`d"#).as_deref(), Some(r#""a\\"b\\$c\\`d""#));
        assert_eq!(quoted(r"a\b").as_deref(), Some(r#""a\\\\b""#));
        assert_eq!(quoted("100%").as_deref(), Some(r#""100%%""#));
        assert_eq!(quoted("two\nlines"), None, "no entry can hold it");
    }
}
