//! Puts llama.cpp's libraries and kernels into a folder `llamacpp` beside the program, the same as in a bundle, and has
//! the program look for them there. So nothing depends on where it was built.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    let Some(kernels) = env::var_os("DEP_LLAMA_BACKENDS_DIR").map(PathBuf::from) else { return Ok(()) };
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    // target/PROFILE/build/PACKAGE/out
    let Some(programs) = out.ancestors().nth(3) else { return Ok(()) };
    let target = env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    let folder = programs.join("llamacpp");
    fs::create_dir_all(&folder)?;
    copy_all(&kernels, &folder, |_| true)?;
    let built = kernels.parent().unwrap_or(&kernels);
    match target.as_str() {
        "windows" => copy_all(&built.join("bin"), programs, |name| name.ends_with(".dll"))?,
        "macos" => copy_all(&built.join("lib"), &folder, |name| name.ends_with(".0.dylib"))?,
        // By the names under which programs ask for them; the others are links to these.
        _ => copy_all(&built.join("lib"), &folder, |name| name.ends_with(".so.0"))?,
    }
    let origin = if target == "macos" { "@executable_path" } else { "$ORIGIN" };
    if target != "windows" {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{origin}/llamacpp,-rpath,{origin}/../lib/inglenook/llamacpp");
    }
    Ok(())
}

/// Copies the files of a folder that are wanted; what was changed or is gone is copied again.
fn copy_all(from: &Path, to: &Path, wanted: impl Fn(&str) -> bool) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        if !wanted(&name.to_string_lossy()) {
            continue;
        }
        let copy = to.join(&name);
        // A file in use is replaced, not written into: a running worker keeps the one that it has.
        let fresh = copy.with_extension("new");
        fs::copy(entry.path(), &fresh)?;
        fs::rename(&fresh, &copy)?;
        println!("cargo:rerun-if-changed={}", copy.display());
    }
    Ok(())
}
