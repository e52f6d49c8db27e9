//! The scripted worker as a program.
fn main() {}
