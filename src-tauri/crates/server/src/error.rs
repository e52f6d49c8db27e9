//! What goes wrong, with its true status; the family of the path gives it the shape that its programs expect.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use inglenook_app::AppError;
use inglenook_contract::{ErrorCode, ErrorInfo};
use serde_json::{Value, json};

use crate::routes::Family;

/// A refusal or a failure.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    /// Plain words for whoever reads the log of the program.
    pub(crate) message: String,
    /// What programs match on, for example `model_not_found`.
    pub(crate) code: Option<&'static str>,
    /// The field of the request that is wrong.
    pub(crate) param: Option<String>,
    /// Seconds.
    pub(crate) retry_after: Option<u64>,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), code: None, param: None, retry_after: None }
    }

    /// 400.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// 400 for one field.
    pub(crate) fn invalid_param(param: impl Into<String>, message: impl Into<String>) -> Self {
        Self { param: Some(param.into()), ..Self::invalid(message) }
    }

    /// 404.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// 503.
    pub(crate) fn overloaded(message: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, message)
    }

    #[must_use]
    pub(crate) fn code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    #[must_use]
    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The body that a family's programs expect.
    pub(crate) fn body(&self, family: Family) -> Value {
        match family {
            Family::Ollama => json!({ "error": self.message }),
            Family::Anthropic => json!({
                "type": "error",
                "error": { "type": self.anthropic_type(), "message": self.message },
                "request_id": format!("req_{}", uuid::Uuid::new_v4().simple()),
            }),
            Family::OpenAi | Family::Own => json!({ "error": {
                "message": self.message,
                "type": self.openai_type(),
                "param": self.param,
                "code": self.code,
            } }),
        }
    }

    fn openai_type(&self) -> &'static str {
        match self.status.as_u16() {
            401 => "authentication_error",
            403 => "permission_error",
            429 => "rate_limit_error",
            400..=499 => "invalid_request_error",
            _ => "server_error",
        }
    }

    fn anthropic_type(&self) -> &'static str {
        match self.status.as_u16() {
            401 => "authentication_error",
            403 => "permission_error",
            404 => "not_found_error",
            413 => "request_too_large",
            429 => "rate_limit_error",
            400..=499 => "invalid_request_error",
            503 | 529 => "overloaded_error",
            _ => "api_error",
        }
    }

    /// The whole answer, in a family's shape.
    pub(crate) fn response(&self, family: Family) -> Response {
        let mut response = (self.status, axum::Json(self.body(family))).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// The outermost layer knows the family and writes the body; see [`crate::guard`].
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status;
        response.extensions_mut().insert(self);
        response
    }
}

impl From<ErrorInfo> for ApiError {
    fn from(error: ErrorInfo) -> Self {
        let (status, code) = match error.code {
            ErrorCode::InvalidRequest => (StatusCode::BAD_REQUEST, "invalid_request"),
            ErrorCode::ContextFull => (StatusCode::BAD_REQUEST, "context_length_exceeded"),
            ErrorCode::TemplateFailed => (StatusCode::BAD_REQUEST, "template_failed"),
            ErrorCode::NotFound | ErrorCode::ModelMissing => (StatusCode::NOT_FOUND, "model_not_found"),
            ErrorCode::NoModel => (StatusCode::NOT_FOUND, "model_not_found"),
            ErrorCode::ModelUnsupported => (StatusCode::BAD_REQUEST, "model_unsupported"),
            ErrorCode::OutOfMemory => (StatusCode::SERVICE_UNAVAILABLE, "out_of_memory"),
            ErrorCode::Busy | ErrorCode::Cancelled | ErrorCode::Unavailable => {
                (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
            }
            ErrorCode::RateLimited => (StatusCode::TOO_MANY_REQUESTS, "rate_limited"),
            ErrorCode::AccessNeeded => (StatusCode::FORBIDDEN, "access_needed"),
            ErrorCode::NetworkOff | ErrorCode::Unreachable | ErrorCode::HubFailed => {
                (StatusCode::BAD_GATEWAY, "hub_failed")
            }
            ErrorCode::DiskFull => (StatusCode::INSUFFICIENT_STORAGE, "disk_full"),
            _ => (StatusCode::INTERNAL_SERVER_ERROR, "internal_error"),
        };
        let retry_after = error.retry_in_ms.map(|ms| ms.div_ceil(1000));
        let mut message = error.message;
        if error.code == ErrorCode::ContextFull {
            // Libraries know this case by these words, whatever its code.
            message.push_str(" This model's maximum context length is exceeded.");
        }
        Self { status, message, code: Some(code), param: None, retry_after }
    }
}

impl From<AppError> for ApiError {
    fn from(error: AppError) -> Self {
        ErrorInfo::from(error).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_gets_the_shape_that_its_programs_read() {
        let error = ApiError::invalid_param("temperature", "Too hot.").code("out_of_range");
        assert_eq!(
            error.body(Family::OpenAi),
            json!({ "error": {
                "message": "Too hot.", "type": "invalid_request_error", "param": "temperature", "code": "out_of_range",
            } })
        );
        assert_eq!(error.body(Family::Ollama), json!({ "error": "Too hot." }));
        let anthropic = error.body(Family::Anthropic);
        assert_eq!(anthropic["type"], "error");
        assert_eq!(anthropic["error"], json!({ "type": "invalid_request_error", "message": "Too hot." }));
    }

    #[test]
    fn what_the_application_says_gets_its_true_status() {
        let status = |code| ApiError::from(ErrorInfo::new(code, "words")).status.as_u16();
        assert_eq!(status(ErrorCode::ContextFull), 400);
        let full = ApiError::from(ErrorInfo::new(ErrorCode::ContextFull, "It takes 9 tokens.")).message;
        assert_eq!(full, "It takes 9 tokens. This model's maximum context length is exceeded.");
        assert_eq!(status(ErrorCode::NotFound), 404);
        assert_eq!(status(ErrorCode::OutOfMemory), 503);
        assert_eq!(status(ErrorCode::EngineCrashed), 500);
        let waits = ApiError::from(ErrorInfo::new(ErrorCode::Busy, "words").retry_in(1_500));
        assert_eq!(waits.retry_after, Some(2), "whole seconds, never too few");
    }
}
