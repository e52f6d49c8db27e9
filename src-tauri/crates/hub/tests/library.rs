//! The library of all folders: what is found, grouped, told apart and refused.

mod support;

use std::fs;
use std::path::Path;
use std::time::Duration;

use inglenook_contract::{ErrorCode, FolderOwner, ModelFormat, ModelState, Parameter, Parameters};
use inglenook_hub::{EngineKind, Library, LibraryReader, Live, SearchedFolder};
use support::Gguf;
use tempfile::TempDir;

fn searched(path: &Path) -> SearchedFolder {
    SearchedFolder { path: path.to_owned(), owner: FolderOwner::Added }
}

fn read(path: &Path) -> Library {
    LibraryReader::new().read_blocking(&[searched(path)])
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn names(library: &Library) -> Vec<&str> {
    library.models.iter().map(|model| model.name.as_str()).collect()
}

fn put(folder: &Path, name: &str, gguf: &Gguf) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("below a folder")).expect("made");
    fs::write(path, gguf.build()).expect("written");
}

/// The first part says everything, the others hold tensors only, as llama.cpp's tool writes them.
fn part(number: u16, count: u16) -> Gguf {
    let whole = if number == 0 { Gguf::small() } else { Gguf::default() };
    whole.no_tensors().tensor(&format!("t{number}"), &[64], 0, 0).data(256).split(number, count)
}

fn put_parts(folder: &Path, count: u16, without: &[u16]) {
    for number in (0..count).filter(|number| !without.contains(number)) {
        put(folder, &format!("Big-{:05}-of-{count:05}.gguf", number + 1), &part(number, count));
    }
}

#[test]
fn models_are_found_in_folders_below_and_sorted_by_name() {
    let home = folder();
    put(home.path(), "z/deep/down/b.gguf", &Gguf::named("llama", "beta"));
    put(home.path(), "a.GGUF", &Gguf::named("qwen3", "Alpha"));
    put(home.path(), ".hidden/c.gguf", &Gguf::named("llama", "Hidden"));
    put(home.path(), "._a.gguf", &Gguf::named("llama", "Resource fork"));
    for other in ["d.gguf.part", "e.gguf.incomplete", "f.gguf.crdownload", "readme.md", "g.bin"] {
        fs::write(home.path().join(other), b"not yet").expect("written");
    }
    let library = read(home.path());
    assert_eq!(names(&library), ["Alpha", "beta"]);
    assert_eq!(library.rejected, [], "partial downloads are no damaged models");
    assert_eq!(library.folders[0].models, 2);
    assert_eq!(library.folders[0].error, None);
}

#[test]
fn a_model_as_the_window_sees_it_has_all_that_the_header_says() {
    let home = folder();
    put(home.path(), "small.gguf", &Gguf::small());
    let library = read(home.path());
    let found = &library.models[0];
    let model = found.to_contract(Live {
        state: ModelState::Unloaded,
        last_used_at: Some(7),
        update: None,
        defaults: Parameters::default(),
        engine: found.engine,
        engine_reason: String::new(),
        engines: Vec::new(),
    });
    assert_eq!(
        (model.format, model.files, model.size_bytes),
        (ModelFormat::Gguf, 1, Gguf::small().build().len() as u64)
    );
    assert_eq!((model.architecture.as_str(), model.parameters), ("llama", Some(192)));
    assert_eq!((model.quantisation.as_deref(), model.context_length), (Some("Q8_0"), Some(4096)));
    assert_eq!(model.engine.as_deref(), Some("llama.cpp"));
    assert!(!model.takes.contains(&Parameter::Thinking), "its template cannot think");
    assert!(model.takes.contains(&Parameter::TopK));
    assert_eq!(model.last_used_at, Some(7));
}

#[test]
fn parts_of_a_split_model_are_one_model() {
    let home = folder();
    put_parts(home.path(), 3, &[]);
    let library = read(home.path());
    assert_eq!(library.rejected, []);
    let [model] = &library.models[..] else { panic!("one model: {library:?}") };
    assert_eq!(model.files.len(), 3);
    assert_eq!(model.path, model.files[0]);
    assert!(model.files[1].ends_with("Big-00002-of-00003.gguf"), "in order");
    assert_eq!(model.parameters, Some(3 * 64));
    let bytes: u64 = model.files.iter().map(|file| fs::metadata(file).expect("there").len()).sum();
    assert_eq!(model.size_bytes, bytes);
    assert_eq!(model.runs_on().collect::<Vec<_>>(), [EngineKind::LlamaCpp, EngineKind::MistralRs]);
}

#[test]
fn a_missing_part_is_named() {
    for (without, words) in [
        (&[1_u16][..], "Part 2 of 3 is missing"),
        (&[0], "Part 1 of 3 is missing"),
        (&[1, 2], "Parts 2 and 3 of 3 are missing"),
    ] {
        let home = folder();
        put_parts(home.path(), 3, without);
        let library = read(home.path());
        assert_eq!(library.models, []);
        let [rejected] = &library.rejected[..] else { panic!("one refusal: {library:?}") };
        assert!(rejected.error.message.starts_with(words), "{}", rejected.error.message);
        assert_eq!(rejected.error.code, ErrorCode::ModelDamaged);
        assert!(Path::new(&rejected.path).exists(), "the path named is there");
    }
}

#[test]
fn parts_that_do_not_belong_together_are_refused() {
    let home = folder();
    put(home.path(), "Big-00001-of-00002.gguf", &part(0, 2));
    put(home.path(), "Big-00002-of-00002.gguf", &part(0, 2));
    let library = read(home.path());
    assert!(library.rejected[0].error.message.contains("Big-00002-of-00002.gguf is not part 2 of 2"), "{library:?}");

    let home = folder();
    put(home.path(), "renamed.gguf", &part(0, 2));
    let library = read(home.path());
    assert!(library.rejected[0].error.message.contains("part 1 of 2 by its header"), "{library:?}");
}

#[test]
fn what_is_no_chat_model_is_told_apart() {
    let home = folder();
    let kind = |value: &[u8]| Gguf::small().entry("general.type", support::TEXT, &support::text(value));
    put(home.path(), "mmproj-eyes.gguf", &Gguf::named("clip", "Eyes"));
    put(home.path(), "eyes-too.gguf", &kind(b"mmproj"));
    put(home.path(), "numbers.gguf", &kind(b"imatrix"));
    put(home.path(), "lora.gguf", &kind(b"adapter"));
    let library = read(home.path());
    assert_eq!(library.models, []);
    let [rejected] = &library.rejected[..] else { panic!("only the adapter is told of: {library:?}") };
    assert!(rejected.path.ends_with("lora.gguf"));
    assert!(rejected.error.message.contains("adapter (LoRA)"));
    assert_eq!(rejected.error.code, ErrorCode::ModelUnsupported);
}

#[test]
fn a_model_that_no_engine_runs_is_shown_with_the_reason() {
    let home = folder();
    put(home.path(), "new.gguf", &Gguf::named("brandnew", "New"));
    put(home.path(), "bert.gguf", &Gguf::named("bert", "Finder"));
    put(home.path(), "dream.gguf", &Gguf::named("dream", "Dreamer"));
    let no_tokens = Gguf::default()
        .entry("general.architecture", support::TEXT, &support::text(b"llama"))
        .tensor("t", &[32], 0, 0)
        .data(128);
    put(home.path(), "tokenless.gguf", &no_tokens);
    let library = read(home.path());
    let reason = |name: &str| {
        let model = library.models.iter().find(|model| model.name == name).expect(name);
        assert_eq!(model.engine, None, "{name}");
        assert!(model.takes(model.engine).is_empty(), "{name}");
        let error = model.unsupported.clone().expect(name);
        assert_eq!(error.code, ErrorCode::ModelUnsupported);
        error.message
    };
    assert_eq!(
        reason("New"),
        "This model's architecture, brandnew, is not one that this version can run from a GGUF file."
    );
    assert!(reason("Finder").contains("makes vectors of texts"));
    assert!(reason("Dreamer").contains("does not write word after word"));
    assert!(reason("tokenless").contains("does not hold the model's tokens"));
}

#[test]
fn models_that_make_vectors_are_known_for_it_and_chat_with_no_engine() {
    let home = folder();
    let number = |number: u32| number.to_le_bytes();
    let bert = Gguf::named("bert", "Bert").entry("bert.attention.causal", support::BOOL, &[0]);
    put(home.path(), "bert.gguf", &bert);
    let qwen = Gguf::named("qwen3", "Qwen").entry("qwen3.pooling_type", support::U32, &number(3));
    put(home.path(), "qwen.gguf", &qwen);
    put(
        home.path(),
        "ranks.gguf",
        &Gguf::named("qwen3", "Ranks").entry("qwen3.pooling_type", support::U32, &number(4)),
    );
    put(
        home.path(),
        "dream.gguf",
        &Gguf::named("dream", "Dreamer").entry("dream.attention.causal", support::BOOL, &[0]),
    );
    let library = read(home.path());
    let model = |name: &str| library.models.iter().find(|model| model.name == name).expect(name);
    for name in ["Bert", "Qwen"] {
        assert_eq!((model(name).embedder, model(name).engine), (Some(EngineKind::LlamaCpp), None), "{name}");
        assert!(
            model(name).unsupported.as_ref().is_some_and(|error| error.message.contains("does not chat")),
            "{name}"
        );
        assert_eq!(model(name).runs_on().count(), 0, "{name}");
    }
    assert_eq!((model("Ranks").embedder, model("Ranks").engine), (None, Some(EngineKind::LlamaCpp)));
    assert_eq!((model("Dreamer").embedder, model("Dreamer").engine), (None, None));
}

#[test]
fn what_one_engine_cannot_run_another_does() {
    let home = folder();
    put(home.path(), "gemma3.gguf", &Gguf::named("gemma3", "G3"));
    put(home.path(), "gemma2.gguf", &Gguf::named("gemma2", "G2"));
    let iq = Gguf::named("llama", "Small IQ").no_tensors().tensor("t", &[256], 23, 0).data(160);
    put(home.path(), "iq.gguf", &iq);
    let library = read(home.path());
    let refusal = |name: &str| {
        let model = library.models.iter().find(|model| model.name == name).expect(name);
        assert_eq!(model.engine, Some(EngineKind::LlamaCpp), "{name}");
        let [(_, None), (EngineKind::MistralRs, Some(refusal))] = &model.engines[..] else { panic!("{model:?}") };
        refusal.clone()
    };
    assert!(refusal("G3").contains("Gemma 3 (gemma3), is not one"));
    assert!(refusal("G2").contains("Gemma 2 (gemma2), is not one"));
    assert!(refusal("Small IQ").contains("stored as IQ4_XS, which this version cannot read"));
}

#[test]
fn a_damaged_file_is_told_of_and_does_not_hide_the_others() {
    let home = folder();
    put(home.path(), "whole.gguf", &Gguf::small());
    fs::write(home.path().join("cut.gguf"), &Gguf::small().build()[..200]).expect("written");
    fs::write(home.path().join("empty.gguf"), b"").expect("written");
    fs::create_dir(home.path().join("folder.gguf")).expect("made");
    let library = read(home.path());
    assert_eq!(names(&library), ["Small"]);
    let told: Vec<_> = library.rejected.iter().map(|rejected| rejected.path.rsplit('/').next()).collect();
    assert_eq!(told, [Some("cut.gguf"), Some("empty.gguf")]);
}

#[test]
fn a_folder_that_is_gone_or_no_folder_says_so_and_the_others_are_read() {
    let home = folder();
    put(home.path(), "a.gguf", &Gguf::small());
    let gone = home.path().join("gone");
    let file = home.path().join("a.gguf");
    let library = LibraryReader::new().read_blocking(&[searched(&gone), searched(&file), searched(home.path())]);
    let error = |at: usize| library.folders[at].error.as_ref().map(|error| error.message.as_str());
    assert!(error(0).expect("gone").starts_with("The folder is not there."));
    assert_eq!(error(1), Some("This is a file, not a folder."));
    assert_eq!(error(2), None);
    assert_eq!(names(&library), ["Small"]);
}

#[cfg(unix)]
#[test]
fn the_same_file_by_links_and_folders_in_folders_is_one_model() {
    use std::os::unix::fs::symlink;
    let home = folder();
    // As the cache of Hugging Face lies: links without a name's ending at their end.
    put(home.path(), "models--x/blobs/0123abc", &Gguf::small());
    fs::create_dir_all(home.path().join("models--x/snapshots/one")).expect("made");
    symlink("../../blobs/0123abc", home.path().join("models--x/snapshots/one/small.gguf")).expect("linked");
    symlink(home.path().join("models--x/blobs/0123abc"), home.path().join("again.gguf")).expect("linked");
    let inner = home.path().join("models--x");
    let library = LibraryReader::new().read_blocking(&[searched(home.path()), searched(&inner)]);
    assert_eq!(names(&library), ["Small"]);
    assert_eq!(library.folders.iter().map(|folder| folder.models).collect::<Vec<_>>(), [2, 1], "each says its own");

    let direct = LibraryReader::new().read_blocking(&[searched(&inner)]);
    assert_eq!(direct.models[0].id, library.models[0].id, "the identifier is the file's, not the link's");
}

#[test]
fn a_model_of_ones_own_keeps_its_identifier_when_the_data_moves() {
    let home = folder();
    let ids = |root: &str, owner: FolderOwner| {
        let root = home.path().join(root);
        put(&root, "of/one/small.gguf", &Gguf::small());
        fs::create_dir_all(root.join("Pocket")).expect("made");
        for file in ["config.json", "model.safetensors", "tokenizer.json"] {
            fs::copy(support::pocket_safetensors().join(file), root.join("Pocket").join(file)).expect("copied");
        }
        let library = LibraryReader::new().read_blocking(&[SearchedFolder { path: root, owner }]);
        assert_eq!(names(&library), ["Pocket", "Small"]);
        library.models.into_iter().map(|model| model.id).collect::<Vec<_>>()
    };
    let own = ids("before/models", FolderOwner::Own);
    assert_ne!(own[0], own[1]);
    assert_eq!(own, ids("after/models", FolderOwner::Own), "chats know them by this");
    let built_in = ids("before/resources", FolderOwner::BuiltIn);
    assert_eq!(built_in, ids("after/resources", FolderOwner::BuiltIn), "the application may lie anywhere");
    assert_ne!(own, built_in, "the same path in either is not the same model");
    assert_ne!(ids("before/disk", FolderOwner::Added), ids("after/disk", FolderOwner::Added));
}

#[cfg(unix)]
#[test]
fn a_model_that_is_met_by_a_link_first_has_the_identifier_of_where_it_lies() {
    use std::os::unix::fs::symlink;
    let home = folder();
    let (own, added) = (home.path().join("models"), home.path().join("added"));
    put(&own, "small.gguf", &Gguf::small());
    fs::create_dir(&added).expect("made");
    symlink(own.join("small.gguf"), added.join("link.gguf")).expect("linked");
    let own = SearchedFolder { path: own, owner: FolderOwner::Own };
    let id = |folders: &[SearchedFolder]| LibraryReader::new().read_blocking(folders).models[0].id.clone();
    assert_eq!(id(&[searched(&added), own.clone()]), id(&[own]));
}

#[cfg(unix)]
#[test]
fn links_in_circles_end() {
    use std::os::unix::fs::symlink;
    let home = folder();
    put(home.path(), "a/small.gguf", &Gguf::small());
    symlink(home.path(), home.path().join("a/up")).expect("linked");
    symlink(".", home.path().join("a/here")).expect("linked");
    symlink("nowhere", home.path().join("a/broken.gguf")).expect("linked");
    symlink("loop.gguf", home.path().join("a/loop.gguf")).expect("linked");
    let library = read(home.path());
    assert_eq!(names(&library), ["Small"]);
    assert_eq!(library.rejected.len(), 2, "links that lead nowhere are told of: {:?}", library.rejected);
}

#[test]
fn folders_are_searched_to_a_depth_and_not_deeper() {
    let home = folder();
    put(home.path(), "1/2/3/4/5/6/7/8/deep.gguf", &Gguf::named("llama", "Deep"));
    put(home.path(), "1/2/3/4/5/6/7/8/9/deeper.gguf", &Gguf::named("llama", "Deeper"));
    assert_eq!(names(&read(home.path())), ["Deep"]);
}

#[test]
fn a_folder_with_safetensors_is_one_model_and_other_folders_are_none() {
    let home = folder();
    let copy = |name: &str, files: &[&str]| {
        fs::create_dir_all(home.path().join(name)).expect("made");
        for file in files {
            fs::copy(support::pocket_safetensors().join(file), home.path().join(name).join(file)).expect("copied");
        }
    };
    copy("Pocket", &["config.json", "model.safetensors", "tokenizer.json", "chat_template.jinja"]);
    copy("Speechless", &["config.json", "model.safetensors"]);
    copy("settings only", &["config.json"]);
    copy("weights only", &["model.safetensors"]);
    let library = read(home.path());
    assert_eq!(names(&library), ["Pocket", "Speechless"]);
    assert_eq!(library.models[0].engine, Some(EngineKind::MistralRs));
    let missing = library.models[1].unsupported.as_ref().map(|error| error.message.as_str());
    assert!(missing.is_some_and(|words| words.contains("tokenizer.json is missing")), "{missing:?}");
}

#[test]
fn a_changed_file_is_read_again_and_an_unchanged_one_is_remembered() {
    let home = folder();
    let path = home.path().join("small.gguf");
    put(home.path(), "small.gguf", &Gguf::small());
    let reader = LibraryReader::new();
    let read = || reader.read_blocking(&[searched(home.path())]);
    assert_eq!(names(&read()), ["Small"]);

    // The same length and the same time of change: the remembered header is taken, so the file was not read.
    let changed = fs::metadata(&path).and_then(|metadata| metadata.modified()).expect("a time");
    fs::write(&path, Gguf::named("llama", "Other").build()).expect("written");
    fs::File::options().write(true).open(&path).and_then(|file| file.set_modified(changed)).expect("set");
    assert_eq!(names(&read()), ["Small"], "nothing that is looked at has changed");

    let later = changed + Duration::from_secs(2);
    fs::File::options().write(true).open(&path).and_then(|file| file.set_modified(later)).expect("set");
    assert_eq!(names(&read()), ["Other"]);

    fs::remove_file(&path).expect("removed");
    assert_eq!(read().models, []);
}

#[test]
fn two_thousand_files_are_all_found_and_found_again() {
    let home = folder();
    for at in 0..2000 {
        put(home.path(), &format!("{}/model-{at}.gguf", at % 40), &Gguf::named("llama", &format!("Model {at:04}")));
    }
    let reader = LibraryReader::new();
    let first = reader.read_blocking(&[searched(home.path())]);
    let found: std::collections::BTreeSet<&str> = names(&first).into_iter().collect();
    assert_eq!((found.len(), found.first(), found.last()), (2000, Some(&"Model 0000"), Some(&"Model 1999")));
    let again = reader.read_blocking(&[searched(home.path())]);
    assert_eq!(names(&again), names(&first), "remembered, all of them in the same order");
}

/// Runs `work` on a thread that the rights of files hold for, even where the tests run as the superuser.
#[cfg(target_os = "linux")]
#[allow(unsafe_code, reason = "the standard library cannot change one thread's rights")]
fn without_rights<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            // SAFETY: it changes the calling thread only, which ends below.
            unsafe { libc::setfsuid(65_534) };
            work()
        });
        thread.join().expect("ended")
    })
}

#[cfg(target_os = "linux")]
#[test]
fn what_may_not_be_read_is_told_of() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = folder();
    let close = |path: &Path| fs::set_permissions(path, fs::Permissions::from_mode(0o000)).expect("closed");
    let open = |path: &Path| fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("opened");
    open(home.path());
    put(home.path(), "open.gguf", &Gguf::small());
    put(home.path(), "closed.gguf", &Gguf::small());
    put(home.path(), "inside/a.gguf", &Gguf::small());
    put(home.path(), "lost+found/a.gguf", &Gguf::small());
    for name in ["closed.gguf", "inside", "lost+found"] {
        close(&home.path().join(name));
    }
    let reader = LibraryReader::new();
    let folders = [searched(home.path()), searched(&home.path().join("inside"))];
    let library = without_rights(|| reader.read_blocking(&folders));
    assert_eq!(names(&library), ["Small"]);
    let told: Vec<_> = library.rejected.iter().map(|one| (one.path.rsplit('/').next(), one.error.code)).collect();
    let denied = ErrorCode::PermissionDenied;
    assert_eq!(told, [(Some("closed.gguf"), denied), (Some("inside"), denied)]);
    assert_eq!(library.folders[1].error.as_ref().map(|error| error.code), Some(denied));

    // Rights may change without the file changing: a refusal is not remembered.
    open(&home.path().join("closed.gguf"));
    let library = without_rights(|| reader.read_blocking(&folders));
    assert_eq!(library.folders[0].models, 2);
    open(&home.path().join("inside"));
    open(&home.path().join("lost+found"));
}
