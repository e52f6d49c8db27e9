//! The machine that the tests run on, described as the window will show it.

use std::path::Path;

use inglenook_hardware::{memory, probe};

#[test]
fn the_machine_is_described_without_gaps() {
    let hardware = probe(Path::new(env!("CARGO_MANIFEST_DIR")));
    assert!(!hardware.processor.is_empty());
    assert!(hardware.cores >= 1);
    assert!(hardware.memory_bytes >= hardware.memory_free_bytes, "{hardware:?}");
    assert!(hardware.memory_free_bytes > 0, "{hardware:?}");
    assert!(hardware.disk_free_bytes > 0, "{hardware:?}");
    for gpu in &hardware.gpus {
        assert!(!gpu.name.trim().is_empty(), "{hardware:?}");
    }
    assert_eq!(hardware.memory_bytes, memory().total_bytes, "both ways of asking agree");
}
