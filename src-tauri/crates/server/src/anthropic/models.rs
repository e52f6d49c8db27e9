//! The models as Anthropic lists them, for programs that say by a header that they are written for it.

use axum::http::HeaderMap;
use inglenook_app::serving::Served;
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A model.
#[derive(Debug, Serialize)]
pub(crate) struct Model {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    display_name: String,
    created_at: String,
}

/// All of them; they are few enough for one page.
#[derive(Debug, Serialize)]
pub(crate) struct Page {
    data: Vec<Model>,
    has_more: bool,
    first_id: Option<String>,
    last_id: Option<String>,
}

/// Whether a request is of a program for Anthropic, which always says so.
pub(crate) fn are_asked(headers: &HeaderMap) -> bool {
    headers.contains_key("anthropic-version")
}

impl From<Served> for Model {
    fn from(served: Served) -> Self {
        let came = served.model.origin.as_ref().map_or(0, |origin| origin.finished_at / 1_000);
        let came = OffsetDateTime::from_unix_timestamp(came).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        Self {
            kind: "model",
            id: served.name,
            display_name: served.model.name,
            created_at: came.format(&Rfc3339).unwrap_or_default(),
        }
    }
}

impl Page {
    pub(crate) fn of(served: Vec<Served>) -> Self {
        let data: Vec<Model> = served.into_iter().map(Model::from).collect();
        let id = |model: Option<&Model>| model.map(|model| model.id.clone());
        Self { has_more: false, first_id: id(data.first()), last_id: id(data.last()), data }
    }
}
