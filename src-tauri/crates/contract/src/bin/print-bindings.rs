//! Prints the TypeScript side of the contract, for `make bindings`.

#[expect(clippy::print_stdout, reason = "the bindings are this program's output")]
fn main() {
    print!("{}", inglenook_contract::bindings::typescript());
}
