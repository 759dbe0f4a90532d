//! What every request passes through, outermost first: an id, a log line, a caught panic, the same-origin guard, security headers.

use std::net::IpAddr;
use std::time::Instant;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, Method, StatusCode, header};

use crate::answer::error_ref;
use crate::context::RequestId;

/// The client's address as a trusted proxy told it.
#[derive(Clone, Copy, Debug)]
pub struct ClientAddress(pub IpAddr);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives each request an id (a sane one that came in is kept), logs it when it is done, and echoes the id.
pub async fn identify(mut request: Request, next: Next) -> Response {
    let id = request
        .headers()
        .get(&REQUEST_ID)
        .and_then(|v| v.to_str().ok())
        .filter(|v| (8..=64).contains(&v.len()) && v.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
        .map_or_else(|| services::house::random::<16>().iter().map(|b| format!("{b:02x}")).collect(), ToOwned::to_owned);
    request.extensions_mut().insert(RequestId(id.clone()));
    let (method, path, began) = (request.method().clone(), request.uri().path().to_owned(), Instant::now());
    // What the request causes later is found in the log under the same id.
    let mut response = services::background::traced(id.clone(), next.run(request)).await;
    let status = response.status().as_u16();
    let duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    if path.starts_with("/pkg/") {
        tracing::debug!(%method, path, status, duration_ms, trace = id, "request");
    } else {
        tracing::info!(%method, path, status, duration_ms, trace = id, "request");
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// Takes the client's address from the last hop of `X-Forwarded-For`; only where the installation says that a proxy stands before it.
pub async fn trust_proxy(mut request: Request, next: Next) -> Response {
    let forwarded = request
        .headers()
        .get("x-forwarded-for")
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.rsplit(',').next())
        .and_then(|v| v.trim().parse().ok());
    if let Some(address) = forwarded {
        request.extensions_mut().insert(ClientAddress(address));
    }
    next.run(request).await
}

/// Cross-site request forgery: a browser says where a request comes from (`Sec-Fetch-Site`, else `Origin`). Whatever changes something must
/// come from this site. `/api/` is exempt: it takes bearer tokens, never cookies.
pub async fn same_origin(request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || request.uri().path().starts_with("/api/") || comes_from_here(&request) {
        return next.run(request).await;
    }
    tracing::warn!(path = request.uri().path(), "refused a cross-site request");
    (
        StatusCode::FORBIDDEN,
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8")],
        "This request came from another website and was refused. Go back to Fettle and try again.",
    )
        .into_response()
}

fn comes_from_here(request: &Request) -> bool {
    let text = |name: &str| request.headers().get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text("origin") else { return false };
    let host = text("host").or_else(|| request.uri().authority().map(http::uri::Authority::as_str));
    origin.split_once("://").map(|(_, o)| o) == host
}

/// Headers every answer carries. The Content-Security-Policy of a page holds a nonce and is set where the page is rendered.
pub async fn security_headers(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("permissions-policy"), "geolocation=(), microphone=(), payment=()"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    if !path.starts_with("/pkg/") && !path.starts_with("/fonts/") && !path.starts_with("/drawings/") {
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-store"));
    }
    response
}

/// A panic is an internal error like any other: logged under a reference, answered without a word of its own.
pub fn on_panic(panic: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let story = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without words");
    let reference = error_ref();
    tracing::error!(error.reference = %reference, error.story = story, "panic");
    (
        StatusCode::INTERNAL_SERVER_ERROR,
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8")],
        format!("Something went wrong on our side. Nothing was changed. Reference {reference}"),
    )
        .into_response()
}

/// The policy of a rendered page: our own scripts by nonce, WebAssembly, nothing from elsewhere, no style attributes.
pub fn page_policy() {
    let nonce = leptos::nonce::use_nonce().map_or_else(String::new, |n| format!(" 'nonce-{n}'"));
    crate::answer::set_header(
        header::CONTENT_SECURITY_POLICY,
        &format!(
            "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'{nonce}; style-src 'self'{nonce}; img-src 'self' data: blob:; \
             connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        ),
    );
}
