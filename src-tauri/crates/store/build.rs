//! Builds again when a migration is added: `migrate!` reads the folder, which cargo does not know of.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
