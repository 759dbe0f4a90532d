//! Files made while they are sent: plain routes, since a stream is no page.

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use domain::tickets::Filter;
use futures::TryStreamExt as _;
use gate::{Inbound, RequestId};
use http::{HeaderMap, StatusCode, header};
use services::House;
use services::auth::sessions;

/// The queue as CSV, by the same words as its page.
pub async fn tickets_csv(State(house): State<House>, id: Option<axum::Extension<RequestId>>, headers: HeaderMap, uri: http::Uri) -> Response {
    let trace = id.map_or_else(String::new, |id| id.0.0);
    let inbound = Inbound::of(&headers, &uri, None, trace.clone());
    let Some(token) = inbound.session_token else { return Redirect::to("/login").into_response() };
    let (filter, _) = Filter::of_query(Filter::open(), uri.query().unwrap_or_default());
    let rows = match sessions::resolve(&house, &token, inbound.request).await.and_then(|s| s.visitor.staff()) {
        Ok(cx) => services::tickets::export::csv(cx, filter),
        Err(error) => Err(error),
    };
    match rows {
        Ok(rows) => {
            // Once begun, an error can only end the download: the browser then says that it is incomplete.
            let body = rows.inspect_err(move |error| drop(gate::log_error(error, &trace)));
            ([(header::CONTENT_TYPE, "text/csv; charset=utf-8"), (header::CONTENT_DISPOSITION, "attachment; filename=\"tickets.csv\"")], Body::from_stream(body)).into_response()
        }
        Err(services::Error::SignedOut) => Redirect::to("/login").into_response(),
        Err(error) => {
            let said = gate::log_error(&error, &trace);
            let status = StatusCode::from_u16(said.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], said.to_string()).into_response()
        }
    }
}
