//! The scripted worker.
