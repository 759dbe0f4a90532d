//! Files made while they are sent: plain routes, since a stream is no page.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::ContactId;
use domain::estate::ImportKind;
use domain::tickets::Filter;
use futures::TryStreamExt as _;
use gate::{Inbound, RequestId};
use http::{HeaderMap, StatusCode, header};
use services::auth::sessions;
use services::{Cx, Error, House, Staff};

/// The queue as CSV, by the same words as its page.
pub async fn tickets_csv(
    State(house): State<House>,
    id: Option<axum::Extension<RequestId>>,
    headers: HeaderMap,
    uri: http::Uri,
) -> Response {
    let trace = id.map_or_else(String::new, |id| id.0.0);
    let (filter, _) = Filter::of_query(Filter::open(), uri.query().unwrap_or_default());
    let rows = staff(&house, &headers, &uri, &trace).await.and_then(|cx| services::tickets::export::csv(cx, filter));
    match rows {
        Ok(rows) => {
            // Once begun, an error can only end the download: the browser then says that it is incomplete.
            let body = rows.inspect_err(move |error| drop(gate::log_error(error, &trace)));
            (
                [(header::CONTENT_TYPE, "text/csv; charset=utf-8"), (header::CONTENT_DISPOSITION, "attachment; filename=\"tickets.csv\"")],
                Body::from_stream(body),
            )
                .into_response()
        }
        Err(error) => refused(&error, &trace),
    }
}

/// Properties, contacts or tenancies as the import reads them: `/staff/export/{kind}.csv`.
pub async fn estate_csv(
    State(house): State<House>,
    id: Option<axum::Extension<RequestId>>,
    headers: HeaderMap,
    uri: http::Uri,
    Path(file): Path<String>,
) -> Response {
    let trace = id.map_or_else(String::new, |id| id.0.0);
    let made = async {
        let cx = staff(&house, &headers, &uri, &trace).await?;
        services::imports::export(&cx, kind_of(&file)?).await
    };
    match made.await {
        Ok(text) => attachment("text/csv; charset=utf-8", &file, text),
        Err(error) => refused(&error, &trace),
    }
}

/// An empty file with the columns of an import: `/staff/import/template/{kind}.csv`. There is nothing of anybody in it.
pub async fn import_template(id: Option<axum::Extension<RequestId>>, Path(file): Path<String>) -> Response {
    let trace = id.map_or_else(String::new, |id| id.0.0);
    match kind_of(&file).and_then(services::imports::template) {
        Ok(text) => attachment("text/csv; charset=utf-8", &format!("template-{file}"), text),
        Err(error) => refused(&error, &trace),
    }
}

fn kind_of(file: &str) -> Result<ImportKind, Error> {
    file.strip_suffix(".csv").and_then(ImportKind::parse).ok_or(Error::NotFound)
}

/// One person's data, as a file (`data.json`) or to read and print (`data.html`).
pub async fn person_data(
    State(house): State<House>,
    id: Option<axum::Extension<RequestId>>,
    headers: HeaderMap,
    uri: http::Uri,
    Path((contact, file)): Path<(String, String)>,
) -> Response {
    let trace = id.map_or_else(String::new, |id| id.0.0);
    let made = async {
        let cx = staff(&house, &headers, &uri, &trace).await?;
        let contact: ContactId = contact.parse().map_err(|_| Error::NotFound)?;
        match file.as_str() {
            "data.json" => {
                Ok((false, serde_json::to_string_pretty(&services::privacy::export(&cx, contact).await?).map_err(Error::internal)?))
            }
            "data.html" => Ok((true, services::privacy::export(&cx, contact).await?.html()?)),
            _ => Err(Error::NotFound),
        }
    };
    match made.await {
        Ok((true, page)) => {
            ([(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], page).into_response()
        }
        Ok((false, text)) => attachment("application/json", "data.json", text),
        Err(error) => refused(&error, &trace),
    }
}

/// The faults an organisation asks about, to be edited and sent back.
pub async fn faults_json(
    State(house): State<House>,
    id: Option<axum::Extension<RequestId>>,
    headers: HeaderMap,
    uri: http::Uri,
) -> Response {
    let trace = id.map_or_else(String::new, |id| id.0.0);
    let made = async {
        let cx = staff(&house, &headers, &uri, &trace).await?;
        let (catalogue, _) = services::settings::faults(&cx).await?;
        serde_json::to_string_pretty(&catalogue).map_err(Error::internal)
    };
    match made.await {
        Ok(text) => attachment("application/json", "faults.json", text),
        Err(error) => refused(&error, &trace),
    }
}

async fn staff(house: &House, headers: &HeaderMap, uri: &http::Uri, trace: &str) -> Result<Cx<Staff>, Error> {
    let inbound = Inbound::of(headers, uri, None, trace.to_owned());
    let token = inbound.session_token.ok_or(Error::SignedOut)?;
    sessions::resolve(house, &token, inbound.request).await?.visitor.staff()
}

/// `name` is one of ours: it needs no escaping.
fn attachment(kind: &'static str, name: &str, text: String) -> Response {
    (
        [
            (header::CONTENT_TYPE, kind.to_owned()),
            (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
            (header::CACHE_CONTROL, "no-store".to_owned()),
        ],
        text,
    )
        .into_response()
}

fn refused(error: &Error, trace: &str) -> Response {
    if matches!(error, Error::SignedOut) {
        return Redirect::to("/login").into_response();
    }
    let said = gate::log_error(error, trace);
    let status = StatusCode::from_u16(said.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], said.to_string()).into_response()
}
