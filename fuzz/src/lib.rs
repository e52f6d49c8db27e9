//! What the targets share: how much memory a header may take, and what the application asks once one was read.
//!
//! A header is read when a folder is opened or a download is weighed; then come the estimate, the table of engines and
//! the words for a person. All of it sees the file's numbers, so all of it is run here, with what must hold whatever
//! the numbers are.

mod after;
mod folder;

use std::alloc::System;

use cap::Cap;

pub use after::{ask, refusal};
pub use folder::Folder;

/// More than any header of the length that is tried here may take. A length that a file declares and that is allocated
/// unseen goes beyond it, even where the system would lend the memory.
const MOST_BYTES: usize = 192 << 20;

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, MOST_BYTES);
