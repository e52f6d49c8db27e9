//! The house itself: which crate may know which, who may link what, and how large a room may grow.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What each crate of ours may depend on directly. Everything that is not listed is forbidden.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("inglenook-contract", &[]),
    ("inglenook-engine", &["contract"]),
    ("inglenook-worker", &["contract", "engine"]),
    ("inglenook-engine-llamacpp", &["contract", "engine", "worker"]),
    ("inglenook-engine-mistralrs", &["contract", "engine", "worker"]),
    ("inglenook-hardware", &["contract"]),
    ("inglenook-settings", &["contract"]),
    ("inglenook-store", &["contract"]),
    ("inglenook-net", &["contract"]),
    ("inglenook-testkit", &[]),
    ("inglenook-hub", &["contract", "engine", "net", "testkit"]),
    ("inglenook-app", &["contract", "engine", "hardware", "hub", "net", "settings", "store", "testkit"]),
    ("inglenook-server", &["app", "contract", "engine"]),
    ("inglenook-host", &["app", "contract", "engine", "hardware", "server", "settings"]),
    ("inglenook-cli", &["contract", "host"]),
    ("inglenook-webhost", &["contract", "host"]),
    ("inglenook", &["cli", "contract", "host"]),
    ("inglenook-journeys", &["contract", "engine", "host", "hub", "net", "server", "store", "testkit"]),
    ("inglenook-fuzz", &["hub"]),
];

/// Libraries that only these crates may name.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("tauri", &["inglenook"]),
    ("mistralrs", &["inglenook-engine-mistralrs"]),
    ("candle", &["inglenook-engine-mistralrs"]),
    ("llama-cpp", &["inglenook-engine-llamacpp"]),
    ("sqlx", &["inglenook-store"]),
    ("reqwest", &["inglenook-net"]),
    ("keyring", &["inglenook-settings"]),
    ("axum", &["inglenook-server", "inglenook-webhost"]),
];

/// The journeys reach past the store to break a database as the world outside does.
const BREAKS_DATABASES: (&str, &str) = ("inglenook-journeys", "sqlx");

/// The workspaces: all that is built together, and what fuzzes it.
const MANIFESTS: &[&str] = &["Cargo.toml", "fuzz/Cargo.toml"];

/// Files of any kind that there are at least; with fewer, something is wrong with how they are found.
const FEWEST: usize = 50;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the root of the project")
}

/// The dependencies of every package of ours, by name.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    MANIFESTS.iter().flat_map(|manifest| dependencies_in(manifest)).collect()
}

fn dependencies_in(manifest: &str) -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline", "--manifest-path", manifest])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("cargo's metadata");
    let packages = metadata["packages"].as_array().expect("packages");
    let name = |value: &serde_json::Value| value["name"].as_str().expect("a name").to_owned();
    packages.iter().map(|p| (name(p), p["dependencies"].as_array().into_iter().flatten().map(name).collect())).collect()
}

#[test]
fn every_crate_knows_only_those_below_it() {
    let allowed: BTreeMap<&str, BTreeSet<String>> =
        MAY_KNOW.iter().map(|(of, on)| (*of, on.iter().map(|name| format!("inglenook-{name}")).collect())).collect();
    for (package, needs) in dependencies() {
        let may =
            allowed.get(package.as_str()).unwrap_or_else(|| panic!("{package} is not in the table of directions"));
        for need in needs.iter().filter(|need| need.starts_with("inglenook")) {
            assert!(may.contains(need), "{package} must not depend on {need}: the arrows point down");
        }
    }
}

#[test]
fn heavy_and_hosting_libraries_stay_in_their_crate() {
    for (package, needs) in dependencies() {
        for (library, homes) in ONLY_IN {
            if (package.as_str(), *library) == BREAKS_DATABASES {
                continue;
            }
            let named = needs.iter().any(|need| need.starts_with(library));
            assert!(
                !named || homes.contains(&package.as_str()),
                "{library} belongs into {homes:?} alone, and {package} names it"
            );
        }
    }
}

/// Files of ours with these endings, tests included, generated code left out.
fn sources(endings: &[&str]) -> Vec<PathBuf> {
    let output = Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output().expect("git runs");
    // It refuses a folder that belongs to somebody else, for example; then there would be nothing to hold to the rules.
    assert!(output.status.success(), "git lists no files: {}", String::from_utf8_lossy(&output.stderr));
    let names = String::from_utf8(output.stdout).expect("file names are text");
    let ours = names.split('\0').filter(|name| !name.contains("/contract/bindings") && !name.is_empty());
    let files: Vec<PathBuf> =
        ours.filter(|name| endings.iter().any(|ending| name.ends_with(ending))).map(|name| root().join(name)).collect();
    assert!(files.len() >= FEWEST, "only {} files end in {endings:?}: {files:?}", files.len());
    files
}

fn lines(file: &Path) -> usize {
    std::fs::read_to_string(file).map_or(0, |text| text.lines().count())
}

fn check_sizes(endings: &[&str], most: usize, median_most: usize) {
    let mut sizes: Vec<(usize, PathBuf)> = sources(endings).into_iter().map(|file| (lines(&file), file)).collect();
    sizes.sort();
    let too_large: Vec<_> = sizes.iter().filter(|(lines, _)| *lines > most).collect();
    assert!(too_large.is_empty(), "rooms that have grown over {most} lines: {too_large:?}");
    if let Some((median, _)) = sizes.get(sizes.len() / 2) {
        assert!(*median <= median_most, "half of all files have over {median} lines; {median_most} is the measure");
    }
}

#[test]
fn no_room_has_grown_too_large() {
    check_sizes(&[".rs"], 700, 150);
    check_sizes(&[".ts", ".svelte"], 500, 100);
}

#[test]
fn every_module_says_what_lives_in_it() {
    for file in sources(&[".rs"]) {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(text.starts_with("//!"), "{} does not say what lives in it", file.display());
    }
}

fn json(file: &str) -> serde_json::Value {
    let text = std::fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
}

#[test]
fn the_page_may_call_our_doors_and_nothing_else() {
    let main = json("src-tauri/capabilities/main.json");
    let permissions: Vec<_> = main["permissions"].as_array().into_iter().flatten().collect();
    assert_eq!(permissions, ["allow-rpc", "allow-stream", "allow-unstream"], "no plugin is open to the page");
    assert_eq!(main["local"], true, "only our own page has them");
    assert!(main.get("remote").is_none(), "no page of anybody else's");
    let files = std::fs::read_dir(root().join("src-tauri/capabilities")).expect("the capabilities");
    assert_eq!(files.count(), 1, "one window, one capability");
    let app = &json("tauri.conf.json")["app"];
    assert_eq!(app["withGlobalTauri"], false, "the page's own code imports what it needs");
    assert_eq!(app["security"]["freezePrototype"], true);
}

/// The directives of a content security policy, by name.
fn directives(policy: &str) -> BTreeMap<String, String> {
    let parts = policy.split(';').map(str::trim).filter(|part| !part.is_empty());
    parts.filter_map(|part| part.split_once(' ')).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[test]
fn the_window_and_the_http_host_hold_the_page_to_the_same_policy() {
    let window = json("tauri.conf.json")["app"]["security"]["csp"].as_str().map(directives).expect("a policy");
    for name in ["default-src", "script-src"] {
        assert_eq!(window[name], "'self'", "nothing but the page's own files runs");
    }
    for name in ["object-src", "frame-src", "base-uri", "form-action"] {
        assert_eq!(window[name], "'none'", "{name} is shut");
    }
    assert!(!window.values().any(|value| value.contains("http:") && !value.contains("ipc.localhost")), "no host");
    let page = std::fs::read_to_string(root().join("src-tauri/crates/webhost/src/page.rs")).expect("the HTTP host");
    let policy = page.split("const POLICY: &str = \"").nth(1).and_then(|rest| rest.split("\";").next());
    let http = directives(&policy.expect("its policy").replace("\\\n", " "));
    for (name, value) in window.iter().filter(|(name, _)| *name != "connect-src") {
        assert_eq!(http.get(name), Some(value), "{name} is the same for both");
    }
}
