//! Prints the contract as TypeScript: every type reachable from the table, and the table itself as two
//! interfaces, `Calls` and `Streams`. The result is committed as `ui/src/contract/bindings.ts`; a test compares.

use std::any::TypeId;
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

use ts_rs::{Config, TS, TypeVisitor};

use crate::{Calls, Streams};

/// A table of the contract.
pub trait Table {
    /// Shows every row.
    fn visit(rows: &mut impl Rows);
}

/// Whoever wants to see the rows of a [`Table`].
pub trait Rows {
    /// One row: its name, what goes in and what comes out.
    fn row<Request: TS + 'static + ?Sized, Response: TS + 'static + ?Sized>(&mut self, name: &'static str);
}

#[derive(Default)]
struct Printer {
    config: Config,
    seen: HashSet<TypeId>,
    declarations: BTreeMap<String, String>,
    rows: String,
}

impl Rows for Printer {
    fn row<Request: TS + 'static + ?Sized, Response: TS + 'static + ?Sized>(&mut self, name: &'static str) {
        self.visit::<Request>();
        self.visit::<Response>();
        let (request, response) = (Request::name(&self.config), Response::name(&self.config));
        let _ = writeln!(self.rows, "  \"{name}\": {{ request: {request}; response: {response} }};");
    }
}

impl TypeVisitor for Printer {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
        if T::output_path().is_some() {
            let comment = T::docs().unwrap_or_default();
            let declaration = format!("{}export {}", comment, T::decl(&self.config));
            self.declarations.insert(T::name(&self.config), declaration);
        }
    }
}

/// The whole contract as one TypeScript module.
#[must_use]
pub fn typescript() -> String {
    // JSON numbers are what crosses the wire; no figure of ours reaches 2^53.
    let mut printer = Printer { config: Config::new().with_large_int("number"), ..Printer::default() };
    Calls::visit(&mut printer);
    let calls = std::mem::take(&mut printer.rows);
    Streams::visit(&mut printer);
    let streams = std::mem::take(&mut printer.rows);
    let mut text =
        String::from("// Generated from the crate `inglenook-contract` by `make bindings`; do not edit.\n\n");
    for declaration in printer.declarations.values() {
        let _ = writeln!(text, "{declaration}\n");
    }
    let _ = write!(text, "export interface Calls {{\n{calls}}}\n\nexport interface Streams {{\n{streams}}}\n");
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_committed_bindings_are_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../ui/src/contract/bindings.ts");
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(committed == super::typescript(), "the contract changed: run `make bindings` and commit the result");
    }
}
