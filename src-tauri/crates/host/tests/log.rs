//! The log as somebody finds it who looks for what went wrong. In a program of its own, for a process has one log.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use inglenook_host::{Host, HostOptions, Launcher, NoDesktop, Places, Surroundings};

fn text_of(logs: &Path) -> String {
    let files = fs::read_dir(logs).expect("the folder of logs").map(|entry| entry.expect("a file").path());
    files.map(|file: PathBuf| fs::read_to_string(file).expect("text")).collect()
}

#[tokio::test]
async fn the_log_tells_of_the_start_itself_and_of_the_end() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("the-log");
    let _ = fs::remove_dir_all(&folder);
    let places = Places { environment: None, config: folder.join("config"), data: folder.join("data") };
    let (data, full) = (folder.join("data"), folder.join("full"));
    for made in [&data, &places.config, &full] {
        fs::create_dir_all(made).expect("made");
    }
    fs::write(data.join("settings.json"), "no settings").expect("written");
    fs::write(full.join("letter.txt"), "somebody's").expect("written");
    let pointer = format!(r#"{{"next":{:?}}}"#, full.display().to_string());
    fs::write(places.config.join("location.json"), pointer).expect("written");

    let options = HostOptions {
        places,
        launcher: Launcher::from_environment(),
        resources: None,
        surroundings: Surroundings::default(),
        desktop: Arc::new(NoDesktop),
    };
    let host = Host::start(options).await.expect("started");
    let log = text_of(&data.join("logs"));
    for words in ["the settings could not be understood", "DataNotMoved", "is not empty", "started"] {
        assert!(log.contains(words), "“{words}” is missing in: {log}");
    }
    host.shutdown().await;
    let log = text_of(&data.join("logs"));
    assert!(log.contains("ended"), "the last line is there as soon as it was written: {log}");
}
