//! Kernels of llama.cpp: the same arithmetic built for one generation of processors after the other, as libraries of
//! which the worker loads the best that runs here. The names are those that llama.cpp's own build gives them
//! (`ggml/src/CMakeLists.txt`, version in `llama-cpp-sys-2` 0.1.161).

/// Tells a worker by its environment to take only kernels that stand below these in [`NAMES`].
pub const BELOW: &str = "INGLENOOK_KERNELS_BELOW";

/// Every build for this kind of processor, the best first. A newer one uses all that an older one does, so the first
/// that runs is the fastest.
#[cfg(target_arch = "x86_64")]
pub const NAMES: &[&str] = &[
    "sapphirerapids",
    "zen4",
    "cooperlake",
    "icelake",
    "cascadelake",
    "cannonlake",
    "skylakex",
    "alderlake",
    "haswell",
    "piledriver",
    "ivybridge",
    "sandybridge",
    "sse42",
    "x64",
];

/// Every build for this kind of processor, the best first. A newer one uses all that an older one does, so the first
/// that runs is the fastest.
#[cfg(all(target_arch = "aarch64", target_vendor = "apple"))]
pub const NAMES: &[&str] = &["apple_m4", "apple_m2_m3", "apple_m1"];

/// Every build for this kind of processor, the best first. A newer one uses all that an older one does, so the first
/// that runs is the fastest.
#[cfg(all(target_arch = "aarch64", not(target_vendor = "apple")))]
pub const NAMES: &[&str] =
    &["armv9.2_2", "armv9.2_1", "armv8.6_2", "armv8.6_1", "armv8.2_3", "armv8.2_2", "armv8.2_1", "armv8.0_1"];

/// No builds for other processors.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
pub const NAMES: &[&str] = &[];

/// What may be tried, the best first: all, or those below the named one. A name that is not known stands above all.
pub fn candidates(below: Option<&str>) -> impl Iterator<Item = &'static str> {
    let first = below.and_then(|name| NAMES.iter().position(|other| *other == name)).map_or(0, |at| at + 1);
    NAMES[first..].iter().copied()
}

/// The lower of two names, either of which may be missing: below it both are ruled out.
#[must_use]
pub fn lower(one: Option<String>, other: Option<String>) -> Option<String> {
    let place = |name: &String| NAMES.iter().position(|known| known == name);
    one.into_iter().chain(other).max_by_key(place)
}

/// What these kernels use, for people.
#[must_use]
pub fn described(name: &str) -> &str {
    match name {
        "sapphirerapids" => "AMX",
        "zen4" | "cooperlake" => "AVX-512 with VNNI and BF16",
        "icelake" | "cascadelake" => "AVX-512 with VNNI",
        "cannonlake" | "skylakex" => "AVX-512",
        "alderlake" => "AVX2 with VNNI",
        "haswell" => "AVX2",
        "piledriver" | "ivybridge" | "sandybridge" => "AVX",
        "sse42" => "SSE 4.2",
        "x64" => "SSE 2",
        "armv9.2_2" | "apple_m4" => "SME",
        "armv9.2_1" | "armv8.6_1" | "armv8.6_2" | "armv8.2_3" => "SVE",
        "armv8.2_1" | "armv8.2_2" | "apple_m1" | "apple_m2_m3" => "NEON with dot products",
        "armv8.0_1" => "NEON",
        other => other,
    }
}

/// The file name of kernels on this platform.
#[must_use]
pub fn file_name(name: &str) -> String {
    // Also on macOS: they are modules, which CMake calls `.so` there.
    if cfg!(windows) { format!("ggml-cpu-{name}.dll") } else { format!("libggml-cpu-{name}.so") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_a_name_come_only_lower_ones() {
        assert_eq!(candidates(None).count(), NAMES.len());
        let Some((highest, rest)) = NAMES.split_first() else { return };
        assert_eq!(candidates(Some(highest)).collect::<Vec<_>>(), rest);
        assert_eq!(candidates(NAMES.last().copied()).count(), 0, "nothing is left");
        assert_eq!(candidates(Some("of next year")).count(), NAMES.len());
    }

    #[test]
    fn of_two_the_lower_rules_out_more() {
        let Some([high, low]) = NAMES.first_chunk::<2>().copied() else { return };
        let some = |name: &str| Some(name.to_owned());
        assert_eq!(lower(some(high), some(low)), some(low));
        assert_eq!(lower(some(high), None), some(high));
        assert_eq!(lower(None, None), None);
    }
}
