//! Architectures: every one is computed as its makers do.

use crate::suite::architectures::{ALL, differences};

#[test]
fn every_architecture_writes_what_transformers_writes() {
    let found: Vec<String> = ALL.iter().flat_map(|architecture| differences(architecture, "gguf")).collect();
    assert!(found.is_empty(), "{found:#?}");
}
