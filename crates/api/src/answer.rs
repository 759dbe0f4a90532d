use std::collections::BTreeMap;
use std::marker::PhantomData;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use wire::AppError;

use crate::outer::trace;

/// What a handler gives back.
pub type Answer<T> = Result<Done<T>, Refused>;

/// Every answer's outer form.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Envelope<T> {
    pub data: Option<T>,
    pub error: Option<Problem>,
    /// Quote it when asking for help: our log knows it.
    pub trace_id: String,
}

/// Why a request was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    pub code: Code,
    /// A sentence for people. May change; programs read `code`.
    pub message: String,
    /// With `validation_failed`: a sentence per field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fields: Option<BTreeMap<String, String>>,
    /// With `internal` and `unavailable`: what our log calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// With `second_factor_required`: what to send back with the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident => $text:literal, $status:literal);+ $(;)?) => {
        /// The error catalogue: stable, append-only.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Code { $($(#[$doc])* #[serde(rename = $text)] $code),+ }
        impl Code {
            pub const ALL: &'static [Self] = &[$(Self::$code),+];
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$code => $text),+ }
            }
            pub const fn status(self) -> StatusCode {
                // The numbers below are valid ones.
                match StatusCode::from_u16(match self { $(Self::$code => $status),+ }) {
                    Ok(status) => status,
                    Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
                }
            }
        }
    };
}

codes! {
    /// The request cannot be read: broken JSON, a wrong header.
    Malformed => "malformed_request", 400;
    /// No token, or one that does not work any more.
    Unauthenticated => "unauthenticated", 401;
    /// The password was right; a code is asked for.
    SecondFactorRequired => "second_factor_required", 401;
    /// You may know of it but not do this.
    Forbidden => "forbidden", 403;
    /// It does not exist, or you may not know that it does.
    NotFound => "not_found", 404;
    MethodNotAllowed => "method_not_allowed", 405;
    /// What is there now does not allow it. Read again.
    Conflict => "conflict", 409;
    EmailTaken => "email_taken", 409;
    /// Somebody changed it since the version in `If-Match`.
    PreconditionFailed => "precondition_failed", 412;
    PayloadTooLarge => "payload_too_large", 413;
    UnsupportedMediaType => "unsupported_media_type", 415;
    /// See `fields`.
    ValidationFailed => "validation_failed", 422;
    /// This `Idempotency-Key` came before with another request.
    KeyReused => "idempotency_key_reused", 422;
    /// Wait for `Retry-After` seconds.
    RateLimited => "rate_limited", 429;
    Internal => "internal", 500;
    /// Try again in a minute; nothing was lost.
    Unavailable => "unavailable", 503;
}

// By hand: the derive does not see a rename that comes out of a macro.
impl PartialSchema for Code {
    fn schema() -> RefOr<Schema> {
        let codes = Self::ALL.iter().map(|code| code.as_str());
        let description = Some("The error catalogue: stable, append-only.");
        ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).enum_values(Some(codes)).description(description).into()
    }
}
impl ToSchema for Code {}

/// A refusal on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub problem: Problem,
    retry_after_s: Option<u32>,
}

impl Refused {
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { problem: Problem { code, message: message.into(), fields: None, reference: None, ticket: None }, retry_after_s: None }
    }
    /// One field's sentence, by its name in the API.
    pub fn field(field: &str, sentence: impl Into<String>) -> Self {
        Self::fields(BTreeMap::from([(field.to_owned(), sentence.into())]))
    }
    fn fields(fields: BTreeMap<String, String>) -> Self {
        let mut refused = Self::new(Code::ValidationFailed, "There is a problem with what was sent");
        refused.problem.fields = Some(fields);
        refused
    }
    #[must_use]
    pub fn with_ticket(mut self, ticket: String) -> Self {
        self.problem.ticket = Some(ticket);
        self
    }
}

/// A verb's refusal. What is internal is logged here, once, and only its reference leaves.
impl From<services::Error> for Refused {
    fn from(error: services::Error) -> Self {
        let said = gate::log_error(&error, &trace());
        let message = said.to_string();
        match said {
            AppError::NotFound => Self::new(Code::NotFound, "There is no such thing, or not for you"),
            AppError::Forbidden => Self::new(Code::Forbidden, "Your account may not do this"),
            AppError::SignedOut => Self::new(Code::Unauthenticated, "Log in, or refresh your token"),
            AppError::Conflict(sentence) => Self::new(Code::Conflict, sentence),
            AppError::Invalid(fields) => Self::fields(fields.iter().map(|(field, sentence)| (camel(field), sentence.to_owned())).collect()),
            AppError::TooMany { retry_after_s } => Self { retry_after_s: Some(retry_after_s), ..Self::new(Code::RateLimited, message) },
            AppError::Unavailable(reference) => {
                let mut refused =
                    Self::new(Code::Unavailable, "The service is not available just now. Nothing was lost. Try again in a minute");
                refused.problem.reference = Some(reference.0);
                refused.retry_after_s = Some(10);
                refused
            }
            AppError::Internal(reference) => {
                let mut refused = Self::new(Code::Internal, "Something went wrong on our side. Nothing was changed");
                refused.problem.reference = Some(reference.0);
                refused
            }
            AppError::Offline => Self::new(Code::Unavailable, message),
        }
    }
}

/// `org_name` as the API calls it: `orgName`. Dots stay: `lines.0.unit_price` is `lines.0.unitPrice`.
fn camel(field: &str) -> String {
    let mut out = String::with_capacity(field.len());
    let mut raise = false;
    for c in field.chars() {
        if c == '_' {
            raise = !out.is_empty();
        } else if raise {
            out.extend(c.to_uppercase());
            raise = false;
        } else {
            out.push(c);
        }
    }
    out
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = self.problem.code.status();
        let body = Envelope::<Value> { data: None, error: Some(self.problem), trace_id: trace() };
        let mut response = (status, Json(body)).into_response();
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// A request that was carried out.
#[derive(Clone, Debug)]
pub struct Done<T> {
    pub(crate) status: StatusCode,
    pub(crate) data: Value,
    pub(crate) version: Option<i32>,
    pub(crate) location: Option<String>,
    pub(crate) is_replay: bool,
    of: PhantomData<fn() -> T>,
}

impl<T: Serialize> Done<T> {
    pub fn ok(data: T) -> Self {
        Self::with(StatusCode::OK, data)
    }
    pub fn created(data: T) -> Self {
        Self::with(StatusCode::CREATED, data)
    }
    fn with(status: StatusCode, data: T) -> Self {
        // Our own structs, with string keys and finite numbers: serialising cannot fail; null would be visible at once.
        let data = serde_json::to_value(data).unwrap_or_default();
        Self { status, data, version: None, location: None, is_replay: false, of: PhantomData }
    }
}

impl<T> Done<T> {
    /// Sends the version as `ETag`, for `If-Match` at the next change.
    #[must_use]
    pub fn version(mut self, version: i32) -> Self {
        self.version = Some(version);
        self
    }
    /// Where the thing made can be read: a path under `/api/v1`.
    #[must_use]
    pub fn at(mut self, location: impl Into<String>) -> Self {
        self.location = Some(location.into());
        self
    }
    /// A thing read back after it was made: 201.
    #[must_use]
    pub fn as_created(mut self) -> Self {
        self.status = StatusCode::CREATED;
        self
    }
    pub(crate) fn replayed(status: StatusCode, data: Value, version: Option<i32>, location: Option<String>) -> Self {
        Self { status, data, version, location, is_replay: true, of: PhantomData }
    }
}

impl<T> IntoResponse for Done<T> {
    fn into_response(self) -> Response {
        let body = Envelope { data: Some(self.data), error: None, trace_id: trace() };
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        if let Some(Ok(etag)) = self.version.map(|v| HeaderValue::try_from(format!("\"{v}\""))) {
            headers.insert(header::ETAG, etag);
        }
        if let Some(Ok(location)) = self.location.map(HeaderValue::try_from) {
            headers.insert(header::LOCATION, location);
        }
        if self.is_replay {
            headers.insert("idempotent-replayed", HeaderValue::from_static("true"));
        }
        response
    }
}

/// One page of a list. `next` and `previous` go into `?cursor=`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct List<T> {
    pub items: Vec<T>,
    pub next: Option<String>,
    pub previous: Option<String>,
}

impl<T> List<T> {
    /// A page of views as a page of their API form.
    pub fn of<V>(page: wire::Page<V>, out: impl FnMut(V) -> T) -> Self {
        Self { items: page.items.into_iter().map(out).collect(), next: page.next.map(|c| c.0), previous: page.previous.map(|c| c.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_the_status_it_says() {
        let said: Vec<String> = Code::ALL.iter().map(|c| format!("{} {}", c.status().as_u16(), c.as_str())).collect();
        insta::assert_snapshot!(said.join("\n"));
    }

    #[test]
    fn field_names_are_the_apis() {
        for (ours, theirs) in
            [("org_name", "orgName"), ("email", "email"), ("", ""), ("lines.0.unit_price", "lines.0.unitPrice"), ("_x", "x")]
        {
            assert_eq!(camel(ours), theirs);
        }
    }
}
