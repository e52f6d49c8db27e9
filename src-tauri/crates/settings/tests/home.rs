//! Where the home is, who may open it, and carrying it to another folder.

mod support;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use inglenook_contract::{DataLocation, ErrorCode, ErrorInfo, Notice};
use inglenook_settings::{Home, OpenedHome, Places, SettingsError};
use support::{Again, Machine};

fn open(machine: &Machine) -> OpenedHome {
    Home::open_in(machine.places()).expect("opened")
}

fn put(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("below a folder")).expect("made");
    fs::write(path, text).expect("written");
}

fn text(path: PathBuf) -> String {
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A home with something in it and a move planned to `new`, not opened.
fn planned() -> (Machine, PathBuf) {
    let machine = Machine::new();
    let home = open(&machine).home;
    put(&home.settings(), "{}");
    put(&home.chats().join("chats.db"), "all that was said");
    put(&home.models().join("big/model.gguf"), "weights");
    let new = machine.path("new/place");
    home.plan_move(&new).expect("planned");
    (machine, new)
}

#[test]
fn the_environment_goes_before_the_pointer_and_the_pointer_before_the_usual_place() {
    let (machine, new) = planned();
    assert_eq!(Home::locate_in(machine.places()).expect("found").root(), machine.path("data"));
    open(&machine);
    assert_eq!(Home::locate_in(machine.places()).expect("found").root(), new);
    let overridden = Places { environment: Some(machine.path("mine")), ..machine.places() };
    let home = Home::locate_in(overridden).expect("found");
    assert_eq!(home.root(), machine.path("mine"));
    let path = machine.path("mine").display().to_string();
    assert_eq!(home.location(), DataLocation { path, from_environment: true, next: None });
    assert!(matches!(home.plan_move(&machine.path("other")), Err(SettingsError::Invalid(_))), "not from here");
}

#[test]
fn finding_a_home_makes_nothing_and_opening_makes_its_folders() {
    let machine = Machine::new();
    let home = Home::locate_in(machine.places()).expect("found");
    assert!(!home.root().exists());
    let OpenedHome { home, notice, lock: _lock } = open(&machine);
    assert_eq!(notice, None);
    for folder in [home.root().to_owned(), home.chats(), home.models(), home.logs()] {
        assert!(folder.is_dir(), "{}", folder.display());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&folder).expect("there").permissions().mode() & 0o777;
            assert_eq!(mode, 0o700, "nobody else may look into {}", folder.display());
        }
    }
}

#[cfg(unix)]
#[test]
fn a_home_that_the_web_view_needs_first_is_closed_to_others_too() {
    use std::os::unix::fs::PermissionsExt as _;
    let machine = Machine::new();
    let home = Home::locate_in(machine.places()).expect("found");
    for folder in [home.make_web_view_folder().expect("made"), home.root().to_owned()] {
        let mode = fs::metadata(&folder).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode, 0o700, "nobody else may look into {}", folder.display());
    }
}

#[test]
fn a_second_process_is_told_that_the_first_is_running() {
    let machine = Machine::new();
    let first = open(&machine);
    let error = Home::open_in(machine.places()).expect_err("locked");
    assert!(matches!(error, SettingsError::AlreadyRunning(_)));
    assert_eq!(error.code(), ErrorCode::Busy);
    drop(first);
    open(&machine);
}

#[test]
fn a_killed_process_leaves_no_lock_behind() {
    if let Some(folder) = std::env::var_os(support::VARIABLE) {
        let places = Places { environment: Some(folder.into()), config: "/".into(), data: "/".into() };
        let _opened = Home::open_in(places).expect("opened");
        println_now("locked");
        loop {
            std::thread::park();
        }
    }
    let machine = Machine::new();
    let places = || Places { environment: Some(machine.path("home")), ..machine.places() };
    let mut child = Again::run("a_killed_process_leaves_no_lock_behind", &machine.path("home"));
    child.wait_for("locked", 1);
    assert!(matches!(Home::open_in(places()), Err(SettingsError::AlreadyRunning(_))), "another process has it");
    child.kill();
    Home::open_in(places()).expect("free again");
}

/// For the parent to read at once. The test harness's own output is not in the way: it prints before and after.
fn println_now(word: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{word}").and_then(|()| out.flush()).expect("written");
}

#[test]
fn a_planned_move_is_carried_out_at_the_next_start_and_the_old_data_stays() {
    let (machine, new) = planned();
    let old = machine.path("data");
    let planned = Home::locate_in(machine.places()).expect("found").location();
    assert_eq!(planned.next, Some(new.display().to_string()));

    let OpenedHome { home, notice, lock } = open(&machine);
    assert_eq!(notice, Some(Notice::DataMoved { from: old.display().to_string() }));
    assert_eq!(home.root(), new);
    assert_eq!(home.location().next, None);
    for root in [&old, &new] {
        assert_eq!(text(root.join("chats/chats.db")), "all that was said");
        assert_eq!(text(root.join("models/big/model.gguf")), "weights");
        assert_eq!(text(root.join("settings.json")), "{}");
    }
    assert!(fs::read_dir(&new).expect("there").flatten().all(|entry| entry.file_name() != ".inglenook-moving"));
    assert!(matches!(Home::open_in(machine.places()), Err(SettingsError::AlreadyRunning(_))), "the new one is locked");
    drop(lock);

    let again = open(&machine);
    assert_eq!((again.home.root(), again.notice), (new.as_path(), None), "once is enough");
}

#[test]
fn times_rights_and_links_go_along() {
    let machine = Machine::new();
    let home = open(&machine).home;
    let model = home.models().join("model.gguf");
    put(&model, "weights");
    let old_time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    fs::File::options().write(true).open(&model).and_then(|file| file.set_modified(old_time)).expect("set");
    let mut read_only = fs::metadata(&model).expect("there").permissions();
    read_only.set_readonly(true);
    fs::set_permissions(&model, read_only).expect("set");
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        put(&machine.path("elsewhere/other.gguf"), "other");
        symlink("../../elsewhere", home.models().join("outside")).expect("linked");
        symlink("model.gguf", home.models().join("inside.gguf")).expect("linked");
        symlink("nowhere", home.models().join("broken")).expect("linked");
    }
    let new = machine.path("new");
    home.plan_move(&new).expect("planned");
    let OpenedHome { home, notice, .. } = open(&machine);
    assert!(matches!(notice, Some(Notice::DataMoved { .. })), "{notice:?}");
    let copied = fs::metadata(home.models().join("model.gguf")).expect("there");
    assert_eq!(copied.modified().ok(), Some(old_time));
    assert!(copied.permissions().readonly());
    #[cfg(unix)]
    {
        let leads = |name: &str| fs::read_link(home.models().join(name)).expect("a link");
        assert_eq!(text(home.models().join("outside/other.gguf")), "other");
        assert!(leads("inside.gguf").starts_with(&new), "not into the old home: {:?}", leads("inside.gguf"));
        assert_eq!(leads("broken"), Path::new("nowhere"));
    }
}

#[test]
fn a_move_is_planned_only_to_where_it_can_go() {
    let machine = Machine::new();
    let home = open(&machine).home;
    put(&machine.path("full/letter.txt"), "mine");
    put(&machine.path("file"), "a file");
    fs::create_dir(machine.path("empty")).expect("made");
    for (path, words) in [
        (PathBuf::from("relative"), "is not a full path"),
        (home.root().to_owned(), "The data lies there already."),
        (home.models().join("x"), "lies inside the old one"),
        (machine.path("full"), "is not empty"),
        (machine.path("file"), "is a file, not a folder"),
        (machine.folder.path().to_owned(), "is not empty"),
    ] {
        let error = home.plan_move(&path).expect_err(words);
        assert_eq!(error.code(), ErrorCode::InvalidRequest, "{error}");
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(home.location().next, None, "nothing is planned");
    }
    for path in [machine.path("empty"), machine.path("not/there")] {
        assert_eq!(home.plan_move(&path).expect("possible").next, Some(path.display().to_string()));
    }
    assert!(!machine.path("not").exists(), "planning makes nothing");
    assert_eq!(home.take_back_move().expect("taken back").next, None);
    assert_eq!(home.take_back_move().expect("nothing to take back").next, None);
}

#[test]
fn a_move_that_fails_keeps_the_old_place_and_says_why() {
    let (machine, new) = planned();
    put(&new.join("letter.txt"), "put there after the plan");
    let OpenedHome { home, notice, lock } = open(&machine);
    assert_eq!(home.root(), machine.path("data"));
    let Some(Notice::DataNotMoved { error }) = notice else { panic!("not told: {notice:?}") };
    assert!(error.message.contains("is not empty"), "{}", error.message);
    assert_eq!(text(new.join("letter.txt")), "put there after the plan");
    assert_eq!(fs::read_dir(&new).expect("there").count(), 1, "nothing was put beside it");
    assert_eq!(home.location().next, None, "it is not tried at every start");
    drop(lock);
    assert_eq!(open(&machine).notice, None);
}

#[test]
fn a_copy_that_was_killed_half_way_is_begun_again() {
    let (machine, new) = planned();
    // As a kill leaves it: the marker, a part of the files, one of them half written.
    put(&new.join(".inglenook-moving"), &machine.path("data").display().to_string());
    put(&new.join(".inglenook-x1.tmp"), "half a marker");
    put(&new.join("chats/chats.db"), "all th");
    put(&new.join("models/gone since.gguf"), "deleted in the old home meanwhile");
    let OpenedHome { home, notice, .. } = open(&machine);
    assert!(matches!(notice, Some(Notice::DataMoved { .. })), "{notice:?}");
    assert_eq!(text(home.chats().join("chats.db")), "all that was said");
    assert!(!home.models().join("gone since.gguf").exists());
}

#[test]
fn a_half_copy_of_another_home_is_not_touched() {
    let (machine, new) = planned();
    put(&new.join(".inglenook-moving"), "/some/other/home");
    put(&new.join("chats/chats.db"), "somebody else's");
    let notice = open(&machine).notice;
    assert!(matches!(notice, Some(Notice::DataNotMoved { .. })), "{notice:?}");
    assert_eq!(text(new.join("chats/chats.db")), "somebody else's");
}

#[test]
fn a_home_on_a_disk_that_is_not_connected_is_told_of_and_not_made_anew() {
    let (machine, new) = planned();
    drop(open(&machine));
    fs::rename(&new, machine.path("unplugged")).expect("moved away");
    for there in [false, true] {
        if there {
            fs::create_dir_all(&new).expect("the empty folder that a disk is mounted on");
        }
        let error = Home::open_in(machine.places()).expect_err("missing");
        assert_eq!(error.code(), ErrorCode::NotFound);
        assert!(error.to_string().contains("Connect its disk"), "{error}");
    }
    assert_eq!(fs::read_dir(&new).expect("there").count(), 0);
    fs::remove_dir(&new).and_then(|()| fs::rename(machine.path("unplugged"), &new)).expect("connected again");
    assert_eq!(text(open(&machine).home.chats().join("chats.db")), "all that was said");
}

#[test]
fn a_pointer_that_cannot_be_understood_is_an_error_and_no_empty_home() {
    for pointer in ["", "{", "[]", r#"{"current":7}"#, r#"{"current":"relative"}"#] {
        let machine = Machine::new();
        put(&machine.path("config/location.json"), pointer);
        let error = Home::open_in(machine.places()).expect_err(pointer);
        assert!(matches!(error, SettingsError::PointerDamaged { .. }), "{error}");
        let info = ErrorInfo::from(error);
        assert!(info.message.contains("location.json") && info.detail.is_some(), "{info:?}");
        assert!(!machine.path("data").exists());
    }
}

#[cfg(target_os = "linux")]
mod rights {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use support::without_rights;

    fn set(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("set");
    }

    #[test]
    fn a_home_that_cannot_be_made_is_told_in_plain_words() {
        let machine = Machine::new();
        set(machine.folder.path(), 0o555);
        let error = without_rights(|| Home::open_in(machine.places())).expect_err("denied");
        assert_eq!(error.code(), ErrorCode::PermissionDenied);
        assert!(error.to_string().ends_with("could not be made: the system denied access."), "{error}");
    }

    #[test]
    fn a_place_that_cannot_be_written_to_is_not_planned() {
        let machine = Machine::new();
        let home = open(&machine).home;
        let closed = machine.path("closed");
        fs::create_dir(&closed).expect("made");
        set(&closed, 0o555);
        for path in [machine.folder.path(), &machine.path("config"), &machine.path("data")] {
            fs::create_dir_all(path).expect("made");
            set(path, 0o777);
        }
        let error = without_rights(|| home.plan_move(&closed.join("new"))).expect_err("denied");
        assert_eq!(error.code(), ErrorCode::PermissionDenied);
    }

    /// As [`planned`], for a thread without rights too.
    fn planned_for_all() -> (Machine, PathBuf) {
        let (machine, new) = planned();
        for path in ["", "config", "data", "data/chats", "data/models", "data/models/big", "data/logs"] {
            set(&machine.path(path), 0o777);
        }
        for path in ["data/lock", "data/settings.json", "data/chats/chats.db", "config/location.json"] {
            set(&machine.path(path), 0o666);
        }
        (machine, new)
    }

    #[test]
    fn a_move_whose_pointer_is_in_its_place_is_not_undone() {
        let (machine, new) = planned_for_all();
        // It can be written in and not be opened, which a folder has to be to make its names last.
        set(&machine.path("config"), 0o333);
        let opened = without_rights(|| Home::open_in(machine.places())).expect("opened");
        set(&machine.path("config"), 0o777);
        assert!(matches!(opened.notice, Some(Notice::DataMoved { .. })), "{:?}", opened.notice);
        assert_eq!(Home::locate_in(machine.places()).expect("found").root(), new, "what the pointer names is there");
        assert_eq!(text(new.join("chats/chats.db")), "all that was said");
    }

    #[test]
    fn a_file_that_cannot_be_copied_undoes_the_whole_move() {
        let (machine, new) = planned_for_all();
        set(&machine.path("data/models/big/model.gguf"), 0o000);
        let opened = without_rights(|| Home::open_in(machine.places())).expect("the old one opens");
        assert_eq!(opened.home.root(), machine.path("data"));
        let Some(Notice::DataNotMoved { error }) = opened.notice else { panic!("not told") };
        assert_eq!(error.code, ErrorCode::PermissionDenied);
        assert!(error.message.contains("model.gguf could not be copied"), "{}", error.message);
        assert!(!new.exists(), "what was copied is gone");
        assert_eq!(text(machine.path("data/chats/chats.db")), "all that was said");
    }
}
