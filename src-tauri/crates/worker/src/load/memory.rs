//! Whether there is memory enough, asked before the kernel has to answer.

use crate::error::{Gb, WorkerError};
use crate::process;

/// Fails if a load needs clearly more than there is. An estimate, and a lenient one: the host knows better what
/// fits, this only spares the machine a load that cannot end well. `needed` is in bytes.
///
/// # Errors
/// [`WorkerError::OutOfMemory`] with both numbers.
pub fn require(needed: u64) -> Result<(), WorkerError> {
    let free = process::available_bytes();
    if free > 0 && needed > free {
        return Err(WorkerError::OutOfMemory { needed_gb: Gb(needed), free_gb: Gb(free) });
    }
    Ok(())
}
