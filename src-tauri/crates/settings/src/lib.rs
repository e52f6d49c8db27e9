//! Where the data lies and the settings that last.
