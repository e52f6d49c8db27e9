//! `config.json` as mistral.rs 0.8.1 reads it.
//!
//! Version 5 of transformers writes some fields under other names. The engine refuses such a file although the
//! model is one that it knows, so it is given a copy that has both names.

use serde_json::{Map, Value};

/// The same configuration with the older names added. Nothing that is there already is changed.
pub(super) fn with_older_names(config: &mut Map<String, Value>) {
    if let Some(dtype) = config.get("dtype").cloned() {
        config.entry("torch_dtype").or_insert(dtype);
    }
    if let Some(Value::Object(rope)) = config.get("rope_parameters").cloned() {
        add_rope(config, &rope);
    }
    // Newer versions leave out what says no more than that no layer has a window.
    if let Some(layers) = config.get("num_hidden_layers").cloned()
        && config.get("model_type").and_then(Value::as_str).is_some_and(|kind| kind.starts_with("qwen"))
    {
        config.entry("max_window_layers").or_insert(layers);
    }
    // Models that see keep what concerns text one level deeper.
    if let Some(Value::Object(text)) = config.get_mut("text_config") {
        with_older_names(text);
    }
}

fn add_rope(config: &mut Map<String, Value>, rope: &Map<String, Value>) {
    // Models with windows on some layers have one set a kind of layer.
    if let Some(Value::Object(full)) = rope.get("full_attention") {
        add_rope(config, full);
        let local = rope.get("sliding_attention").and_then(|sliding| sliding.get("rope_theta"));
        if let Some(local) = local {
            config.entry("rope_local_base_freq").or_insert_with(|| local.clone());
        }
        return;
    }
    for name in ["rope_theta", "partial_rotary_factor"] {
        if let Some(value) = rope.get(name) {
            config.entry(name).or_insert_with(|| value.clone());
        }
    }
    let kind = rope.get("rope_type").or_else(|| rope.get("type")).and_then(Value::as_str);
    if kind.is_some_and(|kind| kind != "default") {
        let mut scaling = rope.clone();
        if let Some(kind) = kind {
            scaling.entry("type").or_insert_with(|| kind.into());
        }
        let missing = config.get("rope_scaling").is_none_or(Value::is_null);
        if missing {
            config.insert("rope_scaling".into(), scaling.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn older(config: Value) -> Value {
        let Value::Object(mut config) = config else { panic!("an object") };
        with_older_names(&mut config);
        config.into()
    }

    #[test]
    fn plain_rope_and_dtype_get_their_older_names() {
        let config =
            older(json!({"dtype": "bfloat16", "rope_parameters": {"rope_theta": 1e4, "rope_type": "default"}}));
        assert_eq!(config["rope_theta"], 1e4);
        assert_eq!(config["torch_dtype"], "bfloat16");
        assert_eq!(config.get("rope_scaling"), None, "the default needs none");
    }

    #[test]
    fn scaled_rope_becomes_rope_scaling() {
        let config = older(json!({"rope_parameters": {"rope_theta": 5e5, "rope_type": "llama3", "factor": 8.0}}));
        assert_eq!(config["rope_scaling"]["factor"], 8.0);
        assert_eq!(config["rope_scaling"]["rope_type"], "llama3");
    }

    #[test]
    fn one_set_a_kind_of_layer_and_nested_text_are_found() {
        let config = older(json!({"text_config": {"rope_parameters": {
            "full_attention": {"rope_theta": 1e6, "rope_type": "default"},
            "sliding_attention": {"rope_theta": 1e4, "rope_type": "default"},
        }}}));
        assert_eq!(config["text_config"]["rope_theta"], 1e6);
        assert_eq!(config["text_config"]["rope_local_base_freq"], 1e4);
    }

    #[test]
    fn qwens_windows_may_be_left_out() {
        let config = older(json!({"model_type": "qwen3_moe", "num_hidden_layers": 48}));
        assert_eq!(config["max_window_layers"], 48);
        assert_eq!(older(json!({"model_type": "llama", "num_hidden_layers": 2})).get("max_window_layers"), None);
    }

    #[test]
    fn what_is_there_stays() {
        let config = older(json!({"rope_theta": 1.0, "rope_parameters": {"rope_theta": 2.0}}));
        assert_eq!(config["rope_theta"], 1.0);
    }
}
