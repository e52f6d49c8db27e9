//! Schemas without room for invented properties.
//!
//! JSON Schema allows any property that it does not forbid, and hardly anybody who writes a schema means that: what
//! Python's or TypeScript's libraries derive from a type says nothing of others. A model would use the room, so an object
//! that lists its properties has no others here, as with llama.cpp and Ollama. A schema that speaks of others itself is
//! taken at its word.

use serde_json::{Map, Value};

/// With one of these beside them, the properties are not all that counts.
const MORE: [&str; 10] = [
    "additionalProperties",
    "patternProperties",
    "unevaluatedProperties",
    "propertyNames",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "$ref",
];
/// What holds schemas by name.
const NAMED: [&str; 3] = ["properties", "$defs", "definitions"];
/// What is a schema, or several; those that only add to another one (`allOf`) are not closed for themselves.
const WITHIN: [&str; 5] = ["items", "prefixItems", "anyOf", "oneOf", "additionalProperties"];

/// The schema with all its objects closed.
pub(super) fn closed(mut schema: Value) -> Value {
    close(&mut schema);
    schema
}

fn close(schema: &mut Value) {
    match schema {
        Value::Array(several) => several.iter_mut().for_each(close),
        Value::Object(fields) => {
            for name in NAMED {
                if let Some(Value::Object(schemas)) = fields.get_mut(name) {
                    schemas.values_mut().for_each(close);
                }
            }
            for name in WITHIN {
                if let Some(within) = fields.get_mut(name) {
                    close(within);
                }
            }
            if lists_all(fields) {
                fields.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
        }
        _ => {}
    }
}

/// Whether an object's schema lists its properties and says nothing of others.
fn lists_all(fields: &Map<String, Value>) -> bool {
    let Some(Value::Object(properties)) = fields.get("properties") else { return false };
    let required = fields.get("required").and_then(Value::as_array).into_iter().flatten();
    let known = required.filter_map(Value::as_str).all(|name| properties.contains_key(name));
    known && !MORE.iter().any(|more| fields.contains_key(*more))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_object_that_lists_its_properties_has_no_others() {
        let city = json!({ "type": "object", "properties": { "name": { "type": "string" } }, "required": ["name"] });
        let mut shut = city.clone();
        shut["additionalProperties"] = json!(false);
        assert_eq!(closed(city.clone()), shut);
        let nested = |city: &Value| {
            json!({ "properties": { "home": city, "seen": { "type": "array", "items": city } },
                "$defs": { "city": { "anyOf": [city, { "type": "null" }] } } })
        };
        let mut all_shut = nested(&shut);
        all_shut["additionalProperties"] = json!(false);
        assert_eq!(closed(nested(&city)), all_shut, "wherever it stands");
    }

    #[test]
    fn a_schema_that_speaks_of_others_is_taken_at_its_word() {
        for open in [
            json!({ "type": "object" }),
            json!({ "properties": { "a": {} }, "additionalProperties": true }),
            json!({ "properties": { "a": {} }, "patternProperties": { "^x-": {} } }),
            json!({ "properties": { "a": {} }, "required": ["a", "b"] }),
            json!({ "properties": { "a": {} }, "allOf": [{ "properties": { "b": {} } }] }),
            json!({ "properties": { "a": {} }, "$ref": "#/$defs/more" }),
            json!(true),
        ] {
            assert_eq!(closed(open.clone()), open);
        }
    }

    #[test]
    fn a_property_may_be_called_like_a_keyword() {
        let schema = json!({ "properties": { "anyOf": { "properties": { "x": {} } }, "items": { "type": "string" } } });
        let shut = closed(schema);
        assert_eq!(shut["properties"]["anyOf"]["additionalProperties"], false);
        assert_eq!(shut["properties"]["items"], json!({ "type": "string" }));
    }
}
