//! A contractor's visits for their telephone's calendar: no cookie, no page, only the secret in the address.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::request::Parts;
use http::{StatusCode, header};
use services::{Error, House, contractors};

use crate::context::Inbound;
use crate::log_error;

pub(super) fn routes() -> Router<House> {
    Router::new().route("/calendar/{file}", get(feed))
}

/// The feed, or 404 without a word for an address that is unknown or revoked.
async fn feed(State(house): State<House>, Path(file): Path<String>, parts: Parts) -> Response {
    let Some(secret) = file.strip_suffix(".ics") else { return StatusCode::NOT_FOUND.into_response() };
    match contractors::feed(&house, secret, Inbound::of_parts(&parts).request).await {
        Ok(feed) => {
            let headers = [
                (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
                (header::CACHE_CONTROL, "private, no-store"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
                (header::REFERRER_POLICY, "no-referrer"),
            ];
            (headers, feed).into_response()
        }
        Err(Error::NotFound | Error::Forbidden) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            let said = log_error(&error, "");
            StatusCode::from_u16(said.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response()
        }
    }
}
