//! Names of architectures for people. What runs where is not decided here (see [`crate::engines`]).

/// A family of models under the names that files have for it.
struct Architecture {
    /// For people.
    name: &'static str,
    /// `general.architecture` in GGUF files.
    gguf: &'static [&'static str],
    /// Classes in `config.json`.
    safetensors: &'static [&'static str],
}

const fn row(name: &'static str, gguf: &'static [&'static str], safetensors: &'static [&'static str]) -> Architecture {
    Architecture { name, gguf, safetensors }
}

const ARCHITECTURES: &[Architecture] = &[
    row("Apertus", &["apertus"], &["ApertusForCausalLM"]),
    row("BERT", &["bert", "modern-bert"], &["BertModel", "BertForMaskedLM", "ModernBertModel"]),
    row("BLOOM", &["bloom"], &["BloomForCausalLM"]),
    row("Command R", &["command-r"], &["CohereForCausalLM"]),
    row("Command R7B", &["cohere2"], &["Cohere2ForCausalLM"]),
    row("DeepSeek", &["deepseek"], &["DeepseekForCausalLM"]),
    row("DeepSeek V2", &["deepseek2"], &["DeepseekV2ForCausalLM"]),
    row("DeepSeek V3", &[], &["DeepseekV3ForCausalLM"]),
    row("EXAONE", &["exaone", "exaone4"], &["ExaoneForCausalLM", "Exaone4ForCausalLM"]),
    row("Falcon", &["falcon"], &["FalconForCausalLM"]),
    row("Falcon H1", &["falcon-h1"], &["FalconH1ForCausalLM"]),
    row("Gemma", &["gemma"], &["GemmaForCausalLM"]),
    row("Gemma 2", &["gemma2"], &["Gemma2ForCausalLM"]),
    row("Gemma 3", &["gemma3"], &["Gemma3ForCausalLM", "Gemma3ForConditionalGeneration"]),
    row("Gemma 3n", &["gemma3n"], &["Gemma3nForConditionalGeneration"]),
    row("GLM-4", &["glm4", "chatglm"], &["Glm4ForCausalLM", "GlmForCausalLM"]),
    row("GLM-4 MoE", &["glm4moe"], &["Glm4MoeForCausalLM"]),
    row("GLM-4 MoE Lite", &[], &["Glm4MoeLiteForCausalLM"]),
    row("GPT-2", &["gpt2"], &["GPT2LMHeadModel"]),
    row("GPT-NeoX", &["gptneox"], &["GPTNeoXForCausalLM"]),
    row("gpt-oss", &["gpt-oss"], &["GptOssForCausalLM"]),
    row("Granite", &["granite", "granitemoe"], &["GraniteForCausalLM", "GraniteMoeForCausalLM"]),
    row("Granite 4", &["granitehybrid"], &["GraniteMoeHybridForCausalLM"]),
    row("Hunyuan", &["hunyuan-dense", "hunyuan-moe"], &["HunYuanDenseV1ForCausalLM", "HunYuanMoEV1ForCausalLM"]),
    row("InternLM 2", &["internlm2"], &["InternLM2ForCausalLM"]),
    row("Jamba", &["jamba"], &["JambaForCausalLM"]),
    row("LFM2", &["lfm2", "lfm2moe"], &["Lfm2ForCausalLM", "Lfm2MoeForCausalLM"]),
    row("Llama", &["llama"], &["LlamaForCausalLM"]),
    row("Llama 4", &["llama4"], &["Llama4ForConditionalGeneration", "Llama4ForCausalLM"]),
    row("Mamba", &["mamba", "mamba2"], &["MambaForCausalLM", "Mamba2ForCausalLM"]),
    row("MiniCPM", &["minicpm", "minicpm3"], &["MiniCPMForCausalLM", "MiniCPM3ForCausalLM"]),
    row("Mistral", &[], &["MistralForCausalLM"]),
    row("Mistral 3", &["mistral3"], &["Mistral3ForConditionalGeneration"]),
    row("Mixtral", &[], &["MixtralForCausalLM"]),
    row("MPT", &["mpt"], &["MPTForCausalLM"]),
    row("Nomic BERT", &["nomic-bert", "nomic-bert-moe"], &["NomicBertModel"]),
    row("Nemotron", &["nemotron", "nemotron_h"], &["NemotronForCausalLM", "NemotronHForCausalLM"]),
    row("OLMo", &["olmo", "olmo2", "olmoe"], &["OlmoForCausalLM", "Olmo2ForCausalLM", "OlmoeForCausalLM"]),
    row("Phi-2", &["phi2"], &["PhiForCausalLM"]),
    row("Phi-3", &["phi3"], &["Phi3ForCausalLM"]),
    row("Phi-3.5 MoE", &["phimoe"], &["PhiMoEForCausalLM"]),
    row("Qwen", &["qwen"], &["QWenLMHeadModel"]),
    row("Qwen 2", &["qwen2"], &["Qwen2ForCausalLM"]),
    row("Qwen 2 MoE", &["qwen2moe"], &["Qwen2MoeForCausalLM"]),
    row("Qwen 2 VL", &["qwen2vl"], &["Qwen2VLForConditionalGeneration", "Qwen2_5_VLForConditionalGeneration"]),
    row("Qwen 3", &["qwen3"], &["Qwen3ForCausalLM"]),
    row("Qwen 3 MoE", &["qwen3moe"], &["Qwen3MoeForCausalLM"]),
    row("Qwen 3 Next", &["qwen3next"], &["Qwen3NextForCausalLM"]),
    row(
        "Qwen 3 VL",
        &["qwen3vl", "qwen3vlmoe"],
        &["Qwen3VLForConditionalGeneration", "Qwen3VLMoeForConditionalGeneration"],
    ),
    row(
        "Qwen 3.5",
        &["qwen35", "qwen35moe"],
        &["Qwen3_5ForConditionalGeneration", "Qwen3_5MoeForConditionalGeneration"],
    ),
    row("RWKV", &["rwkv", "rwkv6", "rwkv7"], &["RwkvForCausalLM", "Rwkv6ForCausalLM", "RWKV7ForCausalLM"]),
    row("Seed-OSS", &["seed_oss"], &["SeedOssForCausalLM"]),
    row("SmolLM 3", &["smollm3"], &["SmolLM3ForCausalLM"]),
    row("StableLM", &["stablelm"], &["StableLmForCausalLM"]),
    row("StarCoder", &["starcoder"], &["GPTBigCodeForCausalLM"]),
    row("StarCoder 2", &["starcoder2"], &["Starcoder2ForCausalLM"]),
    row("T5", &["t5", "t5encoder"], &["T5ForConditionalGeneration", "T5EncoderModel"]),
];

fn find(architecture: &str) -> Option<&'static Architecture> {
    ARCHITECTURES.iter().find(|row| {
        let is = |name: &&str| name.eq_ignore_ascii_case(architecture);
        row.gguf.iter().chain(row.safetensors).any(is)
    })
}

/// An architecture's name for people, by what a file calls it; `None` for one that is not known here.
#[must_use]
pub fn architecture_name(architecture: &str) -> Option<&'static str> {
    find(architecture).map(|row| row.name)
}

/// The classes in `config.json` of what GGUF files call `architecture`.
pub(crate) fn safetensors_classes(architecture: &str) -> &'static [&'static str] {
    find(architecture).map_or(&[], |row| row.safetensors)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_name_stands_in_one_row_only() {
        let mut seen = HashSet::new();
        for row in ARCHITECTURES {
            for name in row.gguf.iter().chain(row.safetensors) {
                assert!(seen.insert(name.to_lowercase()), "{name} is there twice");
            }
        }
    }

    #[test]
    fn files_names_become_names_for_people() {
        assert_eq!(architecture_name("qwen3moe"), Some("Qwen 3 MoE"));
        assert_eq!(architecture_name("Qwen3MoeForCausalLM"), Some("Qwen 3 MoE"));
        assert_eq!(architecture_name("something-new"), None);
    }
}
