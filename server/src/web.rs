//! The web process: routes, layers, health, and an orderly end.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use gate::events::Ear;
use gate::{layers, session_cookie};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use leptos::prelude::LeptosOptions;
use serde::Deserialize;
use services::House;
use tokio::net::TcpListener;
use tokio::sync::{broadcast, watch};
use tower::ServiceExt as _;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::CorsLayer;
use tower_http::services::ServeDir;

use crate::config::Config;
use crate::pages::Pages;

/// The largest request body: a photo of 10 MB and its form around it.
const BODY_LIMIT: usize = 11 * 1024 * 1024;

/// Every route of the web process, with its layers.
pub fn router(
    config: &Config,
    house: &House,
    closing: watch::Receiver<bool>,
    moved: broadcast::Sender<services::live::events::Moved>,
) -> Router {
    let options = LeptosOptions::builder()
        .output_name("fettle")
        .site_root(config.site_root.to_string_lossy().into_owned())
        .site_addr(config.listen)
        .build();
    let pages = Pages {
        house: house.clone(),
        options,
        version: site_version(&config.site_root),
        single_entry: config.site_root.join("pkg/fettle.js").exists(),
    };
    let plain = Router::new()
        .route("/health", get(health))
        .route("/health/ready", get(ready))
        .route("/api/v1/health", get(health))
        .route("/theme", post(theme))
        .route("/logout", post(log_out))
        .route("/staff/tickets.csv", get(crate::downloads::tickets_csv))
        .route("/staff/export/{file}", get(crate::downloads::estate_csv))
        .route("/staff/import/template/{file}", get(crate::downloads::import_template))
        .route("/staff/contacts/{id}/{file}", get(crate::downloads::person_data))
        .route("/staff/settings/faults.json", get(crate::downloads::faults_json))
        .with_state(house.clone());
    let live = Router::new().route("/events", get(gate::events::stream)).with_state(Ear { house: house.clone(), moved, closing });
    let fallback = {
        let (pages, root) = (pages.clone(), config.site_root.clone());
        move |request: Request| {
            let (pages, root) = (pages.clone(), root.clone());
            async move { file_or_problem(&pages, &root, request).await }
        }
    };
    let mut router = Router::new()
        .merge(api::router(house.clone()).layer(cors(config)))
        .merge(plain)
        .merge(gate::posts::routes(house))
        .merge(live)
        .merge(pages.routes())
        .fallback(fallback)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn(layers::same_origin))
        .layer(CatchPanicLayer::custom(layers::on_panic))
        .layer(from_fn(layers::security_headers));
    if config.trust_proxy {
        router = router.layer(from_fn(layers::trust_proxy));
    }
    router.layer(from_fn(layers::identify))
}

/// Off unless origins are configured: then those may call the API with a bearer token, and never with cookies.
fn cors(config: &Config) -> CorsLayer {
    let origins: Vec<HeaderValue> =
        config.cors_origins.iter().filter_map(|o| HeaderValue::from_str(o.trim()).ok()).filter(|o| !o.is_empty()).collect();
    if origins.is_empty() {
        return CorsLayer::new();
    }
    let headers = [header::AUTHORIZATION, header::CONTENT_TYPE, header::IF_MATCH, HeaderName::from_static("idempotency-key")];
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::DELETE])
        .allow_headers(headers)
        .expose_headers([header::ETAG, header::RETRY_AFTER, HeaderName::from_static("x-request-id")])
        .max_age(Duration::from_mins(10))
}

async fn health() -> Response {
    Json(serde_json::json!({ "status": "Healthy" })).into_response()
}

async fn ready(State(house): State<House>) -> Response {
    if house.db().is_ready().await {
        Json(serde_json::json!({ "status": "Ready" })).into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, Json(serde_json::json!({ "status": "Unavailable", "reason": "Postgres does not answer" })))
            .into_response()
    }
}

#[derive(Deserialize)]
struct ThemeForm {
    theme: String,
    #[serde(default)]
    next: String,
}

/// The theme without JavaScript.
async fn theme(Form(form): Form<ThemeForm>) -> Response {
    let theme = match form.theme.as_str() {
        "light" => "light",
        "dark" => "dark",
        _ => "system",
    };
    let cookie = format!("theme={theme}; Path=/; SameSite=Lax; Max-Age=31536000");
    ([(header::SET_COOKIE, cookie)], Redirect::to(&local(&form.next))).into_response()
}

async fn log_out(State(house): State<House>, headers: HeaderMap) -> Response {
    if let Some(token) = session_cookie::read(&headers)
        && let Err(error) = services::auth::sessions::end(&house, &token).await
    {
        gate::log_error(&error, "");
    }
    let gone = session_cookie::set(&house, "fettle", "", 0);
    ([(header::SET_COOKIE, gone.as_str()), (HeaderName::from_static("clear-site-data"), "\"cache\", \"storage\"")], Redirect::to("/login"))
        .into_response()
}

/// A path of this site, or its beginning.
fn local(path: &str) -> String {
    if path.starts_with('/') && !path.starts_with("//") && !path.starts_with("/\\") { path.to_owned() } else { "/".to_owned() }
}

/// A built file; else the page that says there is nothing here.
async fn file_or_problem(pages: &Pages, root: &Path, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let versioned = request.uri().query().is_some_and(|q| q.starts_with("v="));
    let (parts, body) = request.into_parts();
    let mut again = Request::new(axum::body::Body::empty());
    *again.method_mut() = parts.method.clone();
    *again.uri_mut() = parts.uri.clone();
    *again.headers_mut() = parts.headers.clone();
    let original = Request::from_parts(parts, body);
    let is_file = path.starts_with("/pkg/")
        || path.starts_with("/fonts/")
        || path.starts_with("/drawings/")
        || path.rsplit('/').next().is_some_and(|last| last.contains('.'));
    if is_file && matches!(*original.method(), Method::GET | Method::HEAD) {
        let Ok(response) = ServeDir::new(root).precompressed_br().append_index_html_on_directories(false).oneshot(again).await;
        if response.status() != StatusCode::NOT_FOUND {
            let mut response = response.into_response();
            let keep = if versioned || path.starts_with("/fonts/") { "public, max-age=31536000, immutable" } else { "public, max-age=300" };
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
            return response;
        }
    }
    pages.problem(original, StatusCode::NOT_FOUND, None).await
}

/// What the built site is called, so that browsers may keep its files for ever.
fn site_version(root: &Path) -> String {
    std::fs::read_to_string(root.join("version.txt")).map_or_else(|_| "dev".to_owned(), |v| v.trim().to_owned())
}

/// Serves until told to stop; then lets running requests end, closes live streams, and returns.
pub async fn serve(config: &Config, house: &House, mut stop: watch::Receiver<bool>) -> Result<()> {
    let listener = TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("{} cannot be listened on: is another program there? Choose another with --listen", config.listen))?;
    let (moved, _) = broadcast::channel(1024);
    #[expect(clippy::disallowed_methods, reason = "the process's one ear; it ends with the process")]
    let ear = tokio::spawn(db::events::listen(house.db().clone(), moved.clone()));
    let app = router(config, house, stop.clone(), moved);
    let serving = axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).with_graceful_shutdown({
        let mut stop = stop.clone();
        async move {
            let _ = stop.wait_for(|s| *s).await;
        }
    });
    let hard_stop = async {
        let _ = stop.wait_for(|s| *s).await;
        tokio::time::sleep(Duration::from_secs(8)).await;
    };
    tokio::select! {
        done = serving => done?,
        () = hard_stop => tracing::warn!("some requests did not end in time"),
    }
    ear.abort();
    Ok(())
}
