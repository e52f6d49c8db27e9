//! `GET /openapi.json`: our endpoints as OpenAPI 3.1, made from the handlers and their types.
//!
//! What a token has to allow comes from [`ROUTES`], and so does the list of what other families' programs may ask.

use std::sync::LazyLock;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use serde_json::json;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi as Described, PathItem, Ref, ResponseBuilder};
use utoipa::{Modify, OpenApi, ToSchema};

use super::{downloads, fit, hardware, health, load, metrics, models};
use crate::guard::scope_name;
use crate::routes::{Family, ROUTES, Route};

/// How a token is called in the document.
const TOKEN: &str = "token";
/// Of ours, what does not lie below `/api/v1`.
const BESIDE: &[&str] = &["/health", "/metrics"];

/// A refusal or a failure, in OpenAI's shape.
#[derive(Serialize, ToSchema)]
pub(crate) struct Error {
    error: ErrorBody,
}

/// What went wrong.
#[derive(Serialize, ToSchema)]
#[schema(as = ErrorBody)]
struct ErrorBody {
    /// What happened and what to do, in plain words.
    #[schema(example = "There is no model \"qwen\" on this machine. There is pocket.")]
    message: String,
    /// The kind of failure.
    #[schema(example = "invalid_request_error")]
    r#type: String,
    /// The field of the request that is wrong.
    param: Option<String>,
    /// What programs match on.
    #[schema(example = "model_not_found")]
    code: Option<String>,
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Inglenook",
        description = "The local server of Inglenook: open models on your own machine. Requests and answers are JSON; \
                       times are RFC 3339 in UTC, and sizes are bytes.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    paths(
        models::list,
        load::load,
        load::unload,
        models::delete,
        downloads::start,
        downloads::status,
        downloads::pause,
        downloads::resume,
        downloads::cancel,
        hardware::show,
        fit::fit,
        health::health,
        metrics::metrics
    ),
    tags(
        (name = "Models", description = "What is on this machine, and what of it is in memory."),
        (name = "Downloads", description = "Fetching models from the hub. One comes after the other; what is here of \
                                            one is kept when it stops."),
        (name = "Machine", description = "What this machine is, and what fits it."),
        (name = "Server", description = "How the server itself is doing.")
    ),
    components(schemas(Error)),
    modifiers(&Guarded, &Compatible)
)]
struct Document;

/// Adds what the guard asks of each endpoint, and how it refuses.
struct Guarded;

impl Modify for Guarded {
    fn modify(&self, document: &mut Described) {
        let words = "A token of the page \"Server\" in Inglenook. None is needed from this machine unless that is set; \
                     from the network it always is. `x-api-key` is understood too.";
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(words)).build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme(TOKEN, SecurityScheme::Http(bearer));
        for (path, item) in &mut document.paths.paths {
            for route in ROUTES.iter().filter(|route| pattern(route) == *path) {
                if let Some(operation) = operation(item, route.method) {
                    guarded(operation, route);
                }
            }
        }
    }
}

fn operation<'a>(item: &'a mut PathItem, method: &str) -> Option<&'a mut Operation> {
    match method {
        "GET" => item.get.as_mut(),
        "POST" => item.post.as_mut(),
        "DELETE" => item.delete.as_mut(),
        _ => None,
    }
}

fn guarded(operation: &mut Operation, route: &Route) {
    let mut refused = |status: &str, words: &str| {
        let error = ContentBuilder::new().schema(Some(Ref::from_schema_name("Error"))).build();
        let response = ResponseBuilder::new().description(words).content("application/json", error).build();
        operation.responses.responses.entry(status.to_owned()).or_insert_with(|| response.into());
    };
    if operation.request_body.is_some() {
        refused("400", "The request is not understood, or a value makes no sense");
    }
    if let Some(scope) = route.scope {
        let scope = scope_name(scope);
        refused("401", "A token is needed, or the one that was shown is not known");
        refused("403", &format!("The token lacks \"{scope}\", or this name or web page may not ask"));
        operation.security = Some(vec![SecurityRequirement::new(TOKEN, [scope])]);
    } else {
        operation.security = Some(Vec::new());
    }
}

/// Adds what programs of other families may ask, with where that is described.
struct Compatible;

impl Modify for Compatible {
    fn modify(&self, document: &mut Described) {
        let families = [
            ("OpenAI", "/v1", "https://platform.openai.com/docs/api-reference", Family::OpenAi),
            ("Ollama", "", "https://docs.ollama.com/api", Family::Ollama),
            ("Anthropic", "", "https://docs.anthropic.com/en/api/messages", Family::Anthropic),
        ];
        let families = families.map(|(name, base, documentation, family)| {
            let theirs = ROUTES.iter().filter(|route| family_of(route) == Some(family));
            let endpoints: Vec<String> = theirs.map(|route| format!("{} {}", route.method, pattern(route))).collect();
            json!({ "name": name, "base_path": base, "documentation": documentation, "endpoints": endpoints })
        });
        let families = families.into_iter().filter(|family| family["endpoints"] != json!([]));
        let families: Vec<_> = families.collect();
        document.extensions = Some(Extensions::from_iter([("x-compatible", families)]));
    }
}

/// Whose programs an endpoint is for; `None` for ours.
fn family_of(route: &Route) -> Option<Family> {
    match route.path {
        path if ours(path) || path == "/openapi.json" || path.starts_with("/docs") => None,
        // Ollama's programs ask for it to see whether somebody is there.
        "/" => Some(Family::Ollama),
        path => Some(Family::of(path)),
    }
}

fn ours(path: &str) -> bool {
    path.starts_with("/api/v1/") || BESIDE.contains(&path)
}

/// A route's path as OpenAPI writes it.
fn pattern(route: &Route) -> String {
    route.path.replace("{*", "{")
}

static DOCUMENT: LazyLock<String> =
    // Our own types always become JSON.
    LazyLock::new(|| Document::openapi().to_pretty_json().unwrap_or_default());

/// The document.
pub(crate) async fn document() -> Response {
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    (kind, DOCUMENT.as_str()).into_response()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::error::ApiError;

    fn document() -> Value {
        serde_json::from_str(&DOCUMENT).expect("JSON")
    }

    fn described(document: &Value) -> BTreeSet<String> {
        let paths = document["paths"].as_object().expect("paths");
        let each = paths.iter().flat_map(|(path, item)| {
            item.as_object().into_iter().flatten().map(move |(method, _)| format!("{} {path}", method.to_uppercase()))
        });
        each.collect()
    }

    #[test]
    fn every_endpoint_of_ours_is_described_and_nothing_else() {
        let ours = ROUTES.iter().filter(|route| ours(route.path));
        let served: BTreeSet<String> = ours.map(|route| format!("{} {}", route.method, pattern(route))).collect();
        assert_eq!(described(&document()), served);
        assert!(served.len() > 10, "{served:?}");
    }

    #[test]
    fn every_operation_says_what_a_token_has_to_allow_and_what_it_is_for() {
        let document = document();
        assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")));
        let load = &document["paths"]["/api/v1/models/load"]["post"];
        assert_eq!(load["security"], json!([{ "token": ["manage"] }]));
        assert_eq!(document["paths"]["/health"]["get"]["security"], json!([]));
        for (path, item) in document["paths"].as_object().expect("paths") {
            for (method, operation) in item.as_object().expect("operations") {
                for said in ["summary", "operationId", "responses", "security", "tags"] {
                    assert!(!operation[said].is_null(), "{method} {path} has no {said}");
                }
            }
        }
    }

    #[test]
    fn every_reference_leads_somewhere_and_every_field_is_explained() {
        let document = document();
        let text = document.to_string();
        for reference in text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(document.pointer(reference).is_some(), "{reference}");
        }
        for (name, schema) in document["components"]["schemas"].as_object().expect("schemas") {
            for (field, about) in schema["properties"].as_object().into_iter().flatten() {
                let said = about["description"].is_string() || about["$ref"].is_string() || about["oneOf"].is_array();
                assert!(said, "{name}.{field} is not explained");
            }
        }
    }

    #[test]
    fn errors_are_described_as_they_are_written() {
        let written = ApiError::invalid("words").body(Family::Own);
        let described = &document()["components"]["schemas"];
        let keys = |value: &Value| -> BTreeSet<String> {
            value.as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect()
        };
        assert_eq!(keys(&described["Error"]["properties"]), keys(&written));
        assert_eq!(keys(&described["ErrorBody"]["properties"]), keys(&written["error"]));
    }

    #[test]
    fn other_families_are_named_with_what_is_served_of_them() {
        let families = document()["x-compatible"].clone();
        let openai = families.as_array().and_then(|all| all.iter().find(|one| one["name"] == "OpenAI")).cloned();
        let endpoints = openai.expect("OpenAI")["endpoints"].clone();
        assert!(endpoints.as_array().is_some_and(|all| all.contains(&json!("POST /v1/chat/completions"))));
        assert!(!families.to_string().contains("/api/v1/"), "ours are not theirs");
    }
}
