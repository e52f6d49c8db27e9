//! Prints the TypeScript side of the contract, for `make bindings`.

fn main() {
    print!("{}", inglenook_contract::bindings::typescript());
}
