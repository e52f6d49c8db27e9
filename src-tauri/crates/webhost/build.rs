//! Makes sure that there is a page to put into the binary, so that a checkout without one still compiles.

use std::path::Path;

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../ui/dist");
    println!("cargo:rerun-if-changed={}", folder.display());
    let page = folder.join("index.html");
    if !page.exists() {
        std::fs::create_dir_all(&folder).expect("ui/dist can be created");
        std::fs::write(
            page,
            "<!doctype html><title>Inglenook</title><p>The page was not built: run <code>make run</code>.",
        )
        .expect("ui/dist can be written");
    }
}
