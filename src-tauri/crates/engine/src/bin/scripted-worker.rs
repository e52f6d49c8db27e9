//! The scripted worker as a program; what it does is told in [`inglenook_engine::scripted`].

use std::process::ExitCode;

fn main() -> ExitCode {
    inglenook_engine::scripted::main()
}
