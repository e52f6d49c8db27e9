//! Processors that lack what the worker was compiled for.

use std::process::Stdio;

use serde_json::json;

/// Where an emulator is installed, on a processor of 2008.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn a_processor_that_is_too_old_is_told_so_and_not_left_to_crash() {
    let mut command = std::process::Command::new("qemu-x86_64");
    command.args(["-cpu", "Nehalem", crate::engine::BINARY]);
    let Ok(output) = command.stdin(Stdio::null()).output() else { return };
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one line of JSON");
    assert_eq!((&report["type"], &report["code"]), (&json!("load_failed"), &json!("processor_unsupported")));
}
