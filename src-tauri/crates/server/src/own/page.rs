//! `GET /docs`: the document of `/openapi.json` for people, on one page that loads nothing from elsewhere.

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};

/// Nothing runs and nothing is asked but this server's own files.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'",
);

fn file(kind: &'static str, text: &'static str) -> Response {
    let headers: [(HeaderName, HeaderValue); 4] = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        // The next version of Inglenook has another page at the same address.
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, text).into_response()
}

/// The page.
pub(crate) async fn html() -> Response {
    file("text/html; charset=utf-8", include_str!("docs/index.html"))
}

/// How it looks.
pub(crate) async fn css() -> Response {
    file("text/css; charset=utf-8", include_str!("docs/docs.css"))
}

/// What fills it.
pub(crate) async fn js() -> Response {
    file("text/javascript; charset=utf-8", include_str!("docs/docs.js"))
}

/// The mark.
pub(crate) async fn mark() -> Response {
    file("image/svg+xml", include_str!("docs/mark.svg"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_page_loads_nothing_from_elsewhere() {
        let page = include_str!("docs/index.html");
        let loaded = [("<script", "src=\""), ("<link", "href=\""), ("<img", "src=\"")].map(|(tag, attribute)| {
            let addresses = page.split(tag).skip(1).map(|rest| rest.split(attribute).nth(1).unwrap_or_default());
            addresses.map(|rest| rest.split('"').next().unwrap_or_default()).collect::<Vec<_>>()
        });
        for address in loaded.iter().flatten() {
            assert!(address.starts_with("/docs/"), "{address:?}");
        }
        assert_eq!(loaded.map(|of| of.len()), [1, 2, 1], "a script, a style and an icon, the mark");
        assert!(!page.contains("<style") && !page.contains("style=\"") && !page.contains(" onclick"), "the policy");
        assert!(!include_str!("docs/docs.css").contains("url("), "no file of a style's own");
        assert!(!include_str!("docs/docs.js").contains("innerHTML"), "text is text");
        let policy = html().await.headers()[header::CONTENT_SECURITY_POLICY].to_str().expect("words").to_owned();
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{policy}");
    }
}
