//! The window's program.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() {
    // First and alone: everything else is compiled for a processor with AVX2.
    if let Err(error) = inglenook_hardware::require_supported_cpu() {
        inglenook_shell::refuse(&error.message);
    }
    inglenook_shell::run();
}
