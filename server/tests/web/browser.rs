//! A browser of sorts: requests through the whole router, layers and all.

use axum::Router;
use axum::body::Body;
use clap::Parser as _;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use testkit::TestApp;
use tokio::sync::{broadcast, watch};
use tower::ServiceExt as _;

pub struct Site {
    router: Router,
    // Dropping it would ring the closing bell.
    _bell: watch::Sender<bool>,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or("")
    }
}

impl Site {
    pub fn of(app: &TestApp) -> Self {
        let (bell, closing) = watch::channel(false);
        let cli = server::config::Cli::parse_from(["fettle", "serve"]);
        Self { router: server::web::router(&cli.config, &app.house, closing, broadcast::channel(16).0), _bell: bell }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a whole body").to_bytes();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&bytes).into_owned() }
    }

    pub async fn get(&self, path: &str, session: Option<&str>) -> Answer {
        self.send(request("GET", path, session).header("accept", "text/html").body(Body::empty()).expect("a request")).await
    }

    /// As a hydrated page calls a server function.
    pub async fn rpc(&self, path: &str, body: &str, session: Option<&str>) -> Answer {
        let request = request("POST", path, session)
            .header("accept", "application/json")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        self.send(request.body(Body::from(body.to_owned())).expect("a request")).await
    }

    /// As a form without JavaScript posts.
    pub async fn form(&self, path: &str, body: &str, session: Option<&str>) -> Answer {
        let request = request("POST", path, session)
            .header("accept", "text/html")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        self.send(request.body(Body::from(body.to_owned())).expect("a request")).await
    }
}

pub fn request(method: &str, path: &str, session: Option<&str>) -> http::request::Builder {
    let builder = Request::builder().method(method).uri(path).header("host", "localhost:3000");
    match session {
        Some(token) => builder.header("cookie", format!("__Host-fettle={token}")),
        None => builder,
    }
}
