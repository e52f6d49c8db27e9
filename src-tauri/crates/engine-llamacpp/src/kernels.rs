//! Kernels: the part of llama.cpp that multiplies, built once for every generation of processors.
//!
//! Each build is a library of its own (`libggml-cpu-haswell.so`) which says itself whether this processor runs it.
//! The best one that does is loaded at the start. A build may still die on its first product: virtual machines name
//! instructions that they do not let through, AMX above all. Whoever started the worker sees that, and starts it again
//! with [`BELOW`] set to the name of the build that died.

use std::env;
use std::ffi::CString;
use std::path::{Path, PathBuf};

use inglenook_engine::kernels::{BELOW, candidates, file_name};

/// Has threads that wait for each other sleep instead of spin. A hundred times a word all of them wait for the last: on a
/// machine that does something else besides, those that spin take the processor from the one that is waited for. To be
/// called before there are other threads; what the person has set stays.
#[allow(unsafe_code)]
pub(crate) fn let_threads_sleep() {
    const POLICY: &str = "OMP_WAIT_POLICY";
    if env::var_os(POLICY).is_none() {
        // SAFETY: the first thing that `main` does, so no other thread can be reading the environment.
        unsafe { env::set_var(POLICY, "passive") };
    }
}

/// Loads the best kernels that run here and returns their name; `None` if none could be loaded.
pub(crate) fn load() -> Option<String> {
    let below = env::var(BELOW).ok();
    let folders = folders();
    let found = candidates(below.as_deref()).find(|name| {
        folders.iter().map(|folder| folder.join(file_name(name))).any(|file| file.is_file() && load_library(&file))
    });
    match found {
        Some(name) => tracing::info!(kernels = name, "computing with"),
        None => tracing::error!(looked_in = places(), "no kernels"),
    }
    found.map(str::to_owned)
}

/// Where kernels are looked for, for people.
pub(crate) fn places() -> String {
    folders().iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(", ")
}

/// Beside the program, or where the system keeps libraries or macOS a bundle's.
fn folders() -> Vec<PathBuf> {
    let own = env::current_exe().and_then(|exe| exe.canonicalize()).ok();
    let beside = own.as_deref().and_then(Path::parent);
    let under = ["llamacpp", "../lib/inglenook/llamacpp", "../Frameworks/llamacpp"];
    beside.into_iter().flat_map(|folder| under.map(|name| folder.join(name))).collect()
}

/// Whether the library says that it runs here, and was loaded.
#[allow(unsafe_code)]
fn load_library(file: &Path) -> bool {
    let Some(path) = file.to_str().and_then(|path| CString::new(path).ok()) else { return false };
    // SAFETY: a path that ends in a zero byte; called before anything else of llama.cpp, on the first thread.
    !unsafe { llama_cpp_sys_2::ggml_backend_load(path.as_ptr()) }.is_null()
}
