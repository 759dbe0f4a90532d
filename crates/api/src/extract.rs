//! What a handler may ask of a request.

use std::future::Future;
use std::str::FromStr;

use axum::extract::{FromRef, FromRequest, FromRequestParts, Path, Request};
use bytes::Bytes;
use gate::Inbound;
use http::{HeaderMap, StatusCode, header, request::Parts};
use serde::de::DeserializeOwned;
use services::auth::{Visitor, api_tokens};
use services::{Contractor, Cx, Error, House, Staff, Tenant};

use crate::answer::{Code, Refused};

/// Where the request came from.
#[derive(Clone, Debug)]
pub struct Client(pub services::Request);

impl<S: Send + Sync> FromRequestParts<S> for Client {
    type Rejection = Refused;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        Ok(Self(Inbound::of_parts(parts).request))
    }
}

/// Whoever the bearer token belongs to, as this audience: `Visitor` (anybody), `Cx<Staff>`, `Cx<Tenant>` or `Cx<Contractor>`.
#[derive(Clone, Debug)]
pub struct Bearer<T>(pub T);

/// An audience a bearer token can belong to.
pub trait Audience: Sized {
    /// # Errors
    /// `Forbidden` for another audience.
    fn of(visitor: Visitor) -> Result<Self, Error>;
}
impl Audience for Visitor {
    fn of(visitor: Visitor) -> Result<Self, Error> {
        Ok(visitor)
    }
}
impl Audience for Cx<Staff> {
    fn of(visitor: Visitor) -> Result<Self, Error> {
        visitor.staff()
    }
}
impl Audience for Cx<Tenant> {
    fn of(visitor: Visitor) -> Result<Self, Error> {
        visitor.tenant()
    }
}
impl Audience for Cx<Contractor> {
    fn of(visitor: Visitor) -> Result<Self, Error> {
        visitor.contractor()
    }
}

impl<S, T> FromRequestParts<S> for Bearer<T>
where
    S: Send + Sync,
    House: FromRef<S>,
    T: Audience,
{
    type Rejection = Refused;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let house = House::from_ref(state);
        let token = gate::bearer::bearer(&parts.headers).ok_or(Error::SignedOut)?;
        let visitor = api_tokens::resolve_bearer(&house, token, Inbound::of_parts(parts).request).await?;
        Ok(Self(T::of(visitor)?))
    }
}

/// A JSON body.
#[derive(Clone, Debug)]
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Refused;
    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        if !is_json(request.headers()) {
            return Err(Refused::new(Code::UnsupportedMediaType, "Send application/json"));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| match rejection.into_response_status() {
            StatusCode::PAYLOAD_TOO_LARGE => Refused::new(Code::PayloadTooLarge, "The request is too large"),
            _ => Refused::new(Code::Malformed, "The body did not arrive whole"),
        })?;
        parse(&bytes).map(Self)
    }
}

trait RejectionStatus {
    fn into_response_status(self) -> StatusCode;
}
impl<T: axum::response::IntoResponse> RejectionStatus for T {
    fn into_response_status(self) -> StatusCode {
        self.into_response().status()
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    let essence = kind.split(';').next().unwrap_or("").trim();
    essence.eq_ignore_ascii_case("application/json")
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refused> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let parsed = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        match inner.classify() {
            serde_json::error::Category::Data => data_error(&path, &inner.to_string()),
            _ => Refused::new(Code::Malformed, "The body is not JSON"),
        }
    })?;
    json.end().map_err(|_| Refused::new(Code::Malformed, "The body is not JSON"))?;
    Ok(parsed)
}

/// A value of the wrong kind, in words: which field, and what it should be.
fn data_error(path: &str, story: &str) -> Refused {
    let story = story.split(" at line ").next().unwrap_or(story);
    if let Some(name) = story.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
        let field = if path == "." { name.to_owned() } else { format!("{path}.{name}") };
        return Refused::field(&field, "This field is required");
    }
    let expected = story.rsplit_once("expected ").map_or("another kind of value", |(_, expected)| expected);
    Refused::field(if path == "." { "" } else { path }, format!("This must be {expected}"))
}

/// The query string.
#[derive(Clone, Debug)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Refused;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        match axum::extract::Query::<T>::from_request_parts(parts, state).await {
            Ok(query) => Ok(Self(query.0)),
            Err(rejection) => {
                let story = rejection.body_text();
                let story = story.strip_prefix("Failed to deserialize query string: ").unwrap_or(&story);
                let (field, story) = story.split_once(": ").unwrap_or((".", story));
                Err(data_error(field, story))
            }
        }
    }
}

/// The id in the path. One that is no id is one that does not exist.
#[derive(Clone, Copy, Debug)]
pub struct Id<T>(pub T);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for Id<T> {
    type Rejection = Refused;
    fn from_request_parts(parts: &mut Parts, state: &S) -> impl Future<Output = Result<Self, Refused>> + Send {
        let path = Path::<String>::from_request_parts(parts, state);
        async move {
            let not_found = || Refused::from(Error::NotFound);
            let Path(text) = path.await.map_err(|_| not_found())?;
            text.parse().map(Self).map_err(|_| not_found())
        }
    }
}

/// The version the caller saw last, when they sent `If-Match`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IfMatch(pub Option<i32>);

impl IfMatch {
    /// The version a change is based on: the header's, else the body's, else whatever is there now.
    pub fn or(self, body: Option<i32>, current: i32) -> i32 {
        self.0.or(body).unwrap_or(current)
    }
    /// A verb's refusal: with the header sent, "somebody changed it" is 412 and not 409.
    pub fn explain(self, error: Error) -> Refused {
        if self.0.is_some() && error.is_changed_meanwhile() {
            return Refused::new(
                Code::PreconditionFailed,
                "Somebody else changed this since the version you saw. Read it again, then decide",
            );
        }
        error.into()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Refused;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else { return Ok(Self(None)) };
        let text = value.to_str().unwrap_or("").trim();
        if text == "*" {
            return Ok(Self(None));
        }
        let tag = text.strip_prefix("W/").unwrap_or(text);
        let version = tag.strip_prefix('"').and_then(|t| t.strip_suffix('"')).and_then(|t| t.parse().ok());
        match version {
            Some(version) => Ok(Self(Some(version))),
            // An entity tag that was never ours cannot match.
            None => Err(Refused::new(Code::PreconditionFailed, "If-Match must be an ETag this API sent, like \"3\"")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct In {
        #[expect(dead_code, reason = "read by serde alone")]
        org_name: String,
        #[expect(dead_code, reason = "read by serde alone")]
        #[serde(default)]
        lines: Vec<u32>,
    }

    #[test]
    fn a_body_of_the_wrong_shape_is_told_field_by_field() {
        let refused = |text: &str| parse::<In>(text.as_bytes()).expect_err(text).problem;
        assert_eq!(refused("{}").fields.expect("fields")["orgName"], "This field is required");
        assert_eq!(refused(r#"{"orgName":5}"#).fields.expect("fields")["orgName"], "This must be a string");
        assert_eq!(refused(r#"{"orgName":"x","lines":[1,-2]}"#).fields.expect("fields")["lines[1]"], "This must be u32");
        assert_eq!(refused("[]").code, Code::ValidationFailed);
        for broken in ["", "{", "{\"orgName\":\"x\"} x", "\u{feff}{}"] {
            assert_eq!(refused(broken).code, Code::Malformed, "{broken}");
        }
    }
}
