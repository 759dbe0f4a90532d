//! The API's credential: `Authorization: Bearer …`. Checking it is `services::auth`'s.

use http::{HeaderMap, header};

/// The token of a bearer header.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty()).then(|| token.trim())
}
