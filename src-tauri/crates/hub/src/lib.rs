//! Models on this machine: bounded header readers and the library of all folders.
