//! Which weights llama.cpp's kernels keep a second time in an order of their own, beside the mapped file: read off
//! `ggml_repack_get_optimal_repack_type` in `ggml-cpu/repack.cpp` and the AMX buffer in `ggml-cpu/amx` (version in
//! `llama-cpp-sys-2` 0.1.161).

use inglenook_engine::tensor_types::TensorType;

use crate::header::Group;

/// What kernels do with weights when a model is loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Repacking {
    /// They take them as they lie in the file.
    #[default]
    None,
    /// x86 with AVX2.
    Avx2,
    /// x86 with AVX-512.
    Avx512,
    /// x86 with AMX.
    Amx,
    /// ARM with dot products.
    NeonDot,
}

const AVX2: &[&str] = &["Q4_0", "Q4_K", "IQ4_NL", "MXFP4"];
const AVX512: &[&str] = &["Q4_0", "Q4_K", "IQ4_NL", "MXFP4", "Q2_K"];
const AMX: &[&str] = &["Q4_0", "Q4_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K", "IQ4_XS", "F16"];
const NEON: &[&str] = &["Q4_0", "Q4_K", "Q5_K", "Q6_K", "IQ4_NL", "MXFP4", "Q8_0", "Q1_0"];

impl Repacking {
    /// What the kernels of this name do (see `inglenook_engine::kernels::NAMES`).
    #[must_use]
    pub fn of_kernels(name: &str) -> Self {
        match name {
            "sapphirerapids" => Self::Amx,
            "zen4" | "cooperlake" | "icelake" | "cascadelake" | "cannonlake" | "skylakex" => Self::Avx512,
            "alderlake" | "haswell" => Self::Avx2,
            "armv8.0_1" => Self::None,
            name if name.starts_with("armv") || name.starts_with("apple_") => Self::NeonDot,
            _ => Self::None,
        }
    }

    /// What the best kernels for the processor that this runs on do, as far as it says. Kernels that a worker has
    /// chosen say it better.
    #[must_use]
    pub fn of_this_processor() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            let has_512 = std::arch::is_x86_feature_detected!("avx512f")
                && std::arch::is_x86_feature_detected!("avx512bw")
                && std::arch::is_x86_feature_detected!("avx512vl");
            if has_512 {
                return Self::Avx512;
            }
            if std::arch::is_x86_feature_detected!("avx2") {
                return Self::Avx2;
            }
            Self::None
        }
        #[cfg(target_arch = "aarch64")]
        {
            if std::arch::is_aarch64_feature_detected!("dotprod") { Self::NeonDot } else { Self::None }
        }
        #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
        Self::None
    }

    /// Whether weights of this purpose and type are kept twice. A table of embeddings is looked up, not multiplied with,
    /// so it is not; where it serves as the last layer, too, that is asked as [`Group::Output`].
    #[must_use]
    pub fn takes(self, group: Group, kind: TensorType) -> bool {
        let types = match (self, group) {
            (Self::None, _) | (_, Group::Embeddings) => return false,
            (Self::Avx2, _) => AVX2,
            // AMX multiplies one matrix at a time; several experts fall to what stands below it.
            (Self::Avx512, _) | (Self::Amx, Group::Experts) => AVX512,
            (Self::Amx, _) => return AMX.contains(&kind.name) || AVX512.contains(&kind.name),
            (Self::NeonDot, _) => NEON,
        };
        types.contains(&kind.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(id: u32) -> TensorType {
        TensorType::of(id).expect("in the table")
    }

    #[test]
    fn what_is_kept_twice_depends_on_the_kernels() {
        let (q2_k, q4_k, q6_k, q8_0) = (kind(10), kind(12), kind(14), kind(8));
        let taken = |kernels: &str| {
            let kernels = Repacking::of_kernels(kernels);
            [q2_k, q4_k, q6_k, q8_0].map(|kind| kernels.takes(Group::Blocks, kind))
        };
        assert_eq!(taken("haswell"), [false, true, false, false]);
        assert_eq!(taken("cooperlake"), [true, true, false, false]);
        assert_eq!(taken("sapphirerapids"), [true, true, true, true]);
        assert_eq!(taken("apple_m1"), [false, true, true, true]);
        assert_eq!(taken("sse42"), [false; 4]);
        assert!(!Repacking::Avx2.takes(Group::Embeddings, q4_k), "a table is looked up");
    }

    #[test]
    fn every_build_of_the_kernels_is_known() {
        for name in inglenook_engine::kernels::NAMES {
            let older = ["piledriver", "ivybridge", "sandybridge", "sse42", "x64", "armv8.0_1"].contains(name);
            assert_eq!(Repacking::of_kernels(name) == Repacking::None, older, "{name}");
        }
    }
}
