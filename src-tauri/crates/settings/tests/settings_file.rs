//! The settings file: what is kept, what is refused, and what a kill leaves.

mod support;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use inglenook_contract::{ErrorCode, ModelId, Notice, Settings, Theme};
use inglenook_settings::{SettingsError, SettingsFile};
use support::{Again, Machine};

fn open(path: &Path) -> SettingsFile {
    let (file, notice) = SettingsFile::open(path).expect("opened");
    assert_eq!(notice, None);
    file
}

fn dark() -> Settings {
    Settings { theme: Theme::Dark, text_size: 18, ..Settings::default() }
}

fn place() -> (Machine, PathBuf) {
    let machine = Machine::new();
    let path = machine.path("settings.json");
    (machine, path)
}

#[test]
fn settings_last() {
    let (_machine, path) = place();
    let file = open(&path);
    assert_eq!(file.current(), Settings::default(), "a missing file gives the defaults");
    assert!(!path.exists(), "reading writes nothing");
    assert_eq!(file.save(dark()).expect("saved"), dark());
    assert_eq!(file.current(), dark());
    assert_eq!(open(&path).current(), dark());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_value_out_of_range_is_refused_and_changes_nothing() {
    let (_machine, path) = place();
    let file = open(&path);
    file.save(dark()).expect("saved");
    let error = file.save(Settings { text_size: 40, ..dark() }).expect_err("out of range");
    assert_eq!(error.code(), ErrorCode::InvalidRequest);
    assert_eq!(error.to_string(), "The size of the text has to be 12 to 22 pixels; 40 is not.");
    assert_eq!((file.current(), open(&path).current()), (dark(), dark()));
}

#[test]
fn one_value_is_changed_among_the_others() {
    let (_machine, path) = place();
    let file = open(&path);
    file.save(dark()).expect("saved");
    let changed = file.update(|settings| settings.last_model = Some(ModelId::from("abc"))).expect("saved");
    assert_eq!(changed, Settings { last_model: Some(ModelId::from("abc")), ..dark() });
    assert_eq!(open(&path).current(), changed);
}

#[test]
fn saves_from_many_threads_all_count() {
    let (_machine, path) = place();
    let file = open(&path);
    let here = std::env::temp_dir();
    std::thread::scope(|scope| {
        for at in 0..8 {
            let (file, folder) = (&file, here.join(format!("models-{at}")).display().to_string());
            scope.spawn(move || file.update(|settings| settings.model_folders.push(folder)).expect("saved"));
        }
    });
    assert_eq!(file.current().model_folders.len(), 8);
    assert_eq!(open(&path).current(), file.current());
}

#[test]
fn whoever_watches_is_told_of_saves_and_of_nothing_else() {
    let (_machine, path) = place();
    let file = open(&path);
    let mut watching = file.watch();
    assert!(!watching.has_changed().expect("open"));
    file.save(dark()).expect("saved");
    assert!(watching.has_changed().expect("open"));
    assert_eq!(*watching.borrow_and_update(), dark());
    file.save(dark()).expect("the same again");
    assert!(!watching.has_changed().expect("open"), "nothing changed");
    file.save(Settings { text_size: 1, ..dark() }).expect_err("refused");
    assert!(!watching.has_changed().expect("open"), "nothing was saved");
}

#[test]
fn what_a_newer_version_put_there_survives_a_save() {
    let (_machine, path) = place();
    fs::write(&path, r#"{"text_size":16,"voice":{"name":"alto"},"defaults":{"mirostat":2}}"#).expect("written");
    let file = open(&path);
    assert_eq!(file.current().text_size, 16);
    file.save(dark()).expect("saved");
    let stored: serde_json::Value = serde_json::from_slice(&fs::read(&path).expect("read")).expect("JSON");
    assert_eq!(stored["voice"]["name"], "alto");
    assert_eq!(stored["defaults"]["mirostat"], 2);
    assert_eq!(stored["text_size"], 18);
}

#[test]
fn a_file_that_cannot_be_understood_is_set_aside_whole() {
    let (machine, path) = place();
    for (round, damage) in ["{\"theme\": \"da", "", "[1]", "\0\0\0\0"].into_iter().enumerate() {
        fs::write(&path, damage).expect("written");
        let (file, notice) = SettingsFile::open(&path).expect("opened");
        let Some(Notice::SettingsSetAside { path: aside }) = notice else { panic!("not told: {notice:?}") };
        assert_eq!(fs::read_to_string(&aside).expect("there"), damage, "nothing is lost");
        let name = Path::new(&aside).file_name().expect("a name").to_string_lossy().into_owned();
        assert!(name.starts_with("settings.damaged-20") && name.ends_with(".json"), "{name}");
        assert!(!path.exists());
        assert_eq!(file.current(), Settings::default());
        let count = fs::read_dir(machine.folder.path()).expect("there").count();
        assert_eq!(count, round + 1, "each has a name of its own");
    }
    open(&path).save(dark()).expect("a new file takes its place");
}

#[test]
fn a_kill_before_the_rename_leaves_the_old_file() {
    let (machine, path) = place();
    open(&path).save(dark()).expect("saved");
    fs::write(machine.path(".inglenook-a1b2.tmp"), "{\"theme\":\"li").expect("what the kill left");
    assert_eq!(open(&path).current(), dark());
}

#[test]
fn a_process_killed_while_it_saves_leaves_a_whole_file() {
    if let Some(folder) = std::env::var_os(support::VARIABLE) {
        let file = SettingsFile::open(Path::new(&folder).join("settings.json")).expect("opened").0;
        for size in (12..=22).cycle() {
            file.save(Settings { text_size: size, model_folders: vec!["/m".repeat(5000)], ..Settings::default() })
                .expect("saved");
            let mut out = std::io::stdout().lock();
            writeln!(out, "saved").and_then(|()| out.flush()).expect("written");
        }
    }
    let (machine, path) = place();
    for round in 1..=12 {
        let mut child = Again::run("a_process_killed_while_it_saves_leaves_a_whole_file", machine.folder.path());
        child.wait_for("saved", round);
        child.kill();
        let settings = open(&path).current();
        assert_eq!(settings.model_folders, ["/m".repeat(5000)], "round {round}: all of it or nothing");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_may_not_be_read_or_written_is_told_of() {
    use std::os::unix::fs::PermissionsExt as _;
    use support::without_rights;
    let (machine, path) = place();
    let set = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("set");
    open(&path).save(dark()).expect("saved");
    set(machine.folder.path(), 0o755);

    set(&path, 0o000);
    let error = without_rights(|| SettingsFile::open(&path)).expect_err("denied");
    assert!(matches!(error, SettingsError::Io { .. }));
    assert_eq!(error.code(), ErrorCode::PermissionDenied);
    assert!(error.to_string().ends_with("settings.json could not be read: the system denied access."), "{error}");

    set(&path, 0o644);
    let file = open(&path);
    let error = without_rights(|| file.save(Settings::default())).expect_err("denied");
    assert_eq!(error.code(), ErrorCode::PermissionDenied);
    assert!(error.to_string().contains("could not be written"), "{error}");
    assert_eq!(file.current(), dark(), "what could not be written is not in use");
}
