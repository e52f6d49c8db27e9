//! The window's program.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    if inglenook_cli::is_meant(std::env::args().skip(1)) {
        return inglenook_cli::run();
    }
    inglenook_shell::run();
    ExitCode::SUCCESS
}
