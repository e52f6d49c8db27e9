//! What mistral.rs and the libraries below it read from the environment.

/// Sets what libraries read from the environment. To be called first, while there is one thread.
#[allow(unsafe_code)]
pub(crate) fn set_environment() {
    // SAFETY: the first thing that `main` does, so no other thread can be reading the environment.
    unsafe {
        // No engine code path may ask the Hub for anything; paths are local, this is the second bolt.
        std::env::set_var("HF_HUB_OFFLINE", "1");
        // A leftover of a distributed run would make the engine open sockets and wait for its fellows.
        for name in ["__MISTRALRS_DAEMON_INTERNAL", "RING_CONFIG", "MISTRALRS_MN_GLOBAL_WORLD_SIZE"] {
            std::env::remove_var(name);
        }
        std::env::set_var("MISTRALRS_NO_NCCL", "1");
        // candle takes a backtrace for each error, which is slow, and one kind of error is used on purpose.
        std::env::set_var("RUST_LIB_BACKTRACE", "0");
    }
}

/// Tells the maths libraries how many threads to use. To be called before the engine is touched.
#[allow(unsafe_code)]
pub(crate) fn set_threads(threads: Option<u32>) {
    let threads = inglenook_worker::process::threads(threads);
    // SAFETY: called on the main thread before it starts any thread that reads the environment: until the model
    // is being loaded there is only the parent watch, which does not.
    unsafe { std::env::set_var("RAYON_NUM_THREADS", threads.to_string()) };
}
