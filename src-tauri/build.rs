//! Tells Tauri where the capabilities are and which commands exist, and makes sure that a page exists to embed.

use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    println!("cargo:rerun-if-changed=ui/dist");
    // A checkout whose page was not built yet still compiles (for `cargo clippy`, say); the window then says so.
    let page = Path::new("ui/dist/index.html");
    if !page.exists() {
        std::fs::create_dir_all("ui/dist").expect("ui/dist can be created");
        std::fs::write(
            page,
            "<!doctype html><title>Inglenook</title><p>The page was not built: run <code>make run</code>.",
        )
        .expect("ui/dist can be written");
    }
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("src-tauri/capabilities/*.json")
        .app_manifest(tauri_build::AppManifest::new().commands(&["rpc", "stream", "unstream"]));
    tauri_build::try_build(attributes).expect("the application's description is valid");
}
