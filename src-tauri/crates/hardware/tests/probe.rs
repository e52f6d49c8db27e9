//! The machine that the tests run on, described as the window will show it.

use std::path::Path;

use inglenook_hardware::{Watch, memory, probe};

const HERE: &str = env!("CARGO_MANIFEST_DIR");

#[test]
fn the_machine_is_described_without_gaps() {
    let hardware = probe(Path::new(HERE));
    assert!(!hardware.processor.is_empty());
    assert!(hardware.cores >= 1 && hardware.threads >= hardware.cores, "{hardware:?}");
    assert!(hardware.memory_bytes >= hardware.memory_free_bytes, "{hardware:?}");
    assert!(hardware.memory_free_bytes > 0, "{hardware:?}");
    assert!(hardware.disk.is_some_and(|disk| disk.free_bytes > 0), "{hardware:?}");
    for gpu in &hardware.gpus {
        assert!(!gpu.name.trim().is_empty(), "{hardware:?}");
    }
    assert_eq!(hardware.memory_bytes, memory().total_bytes, "both ways of asking agree");
}

#[test]
fn what_is_in_use_is_part_of_what_there_is() {
    let hardware = probe(Path::new(HERE));
    let told = Watch::begin(Path::new(HERE)).look();
    assert!(told.processor.is_none_or(|share| (0.0..=1.0).contains(&share)), "{told:?}");
    assert_eq!(told.memory_bytes, hardware.memory_bytes);
    assert!(told.memory_free_bytes > 0 && told.memory_free_bytes <= told.memory_bytes, "{told:?}");
    assert_eq!(told.disk.map(|disk| disk.total_bytes), hardware.disk.map(|disk| disk.total_bytes));
    assert_eq!(told.gpus.len(), hardware.gpus.len(), "one of each card");
    for (gpu, used) in hardware.gpus.iter().zip(&told.gpus) {
        let all = gpu.memory_bytes.unwrap_or(u64::MAX);
        assert!(used.memory_used_bytes.is_none_or(|bytes| bytes <= all), "{gpu:?} {used:?}");
        assert!(used.busy.is_none_or(|share| (0.0..=1.0).contains(&share)), "{gpu:?} {used:?}");
    }
}
