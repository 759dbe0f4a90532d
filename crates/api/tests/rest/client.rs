//! Calls the API as a program would, without a network.

use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::Value;
use services::Request as From;
use services::auth::{Api, LogIn, NewOrganisation, log_in, register};
use testkit::TestApp;
use tower::ServiceExt as _;

pub struct Answered {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Answered {
    pub fn data(&self) -> &Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.body);
        assert!(self.body["error"].is_null(), "{}", self.body);
        &self.body["data"]
    }
    /// The error's code, once the envelope is as promised.
    pub fn code(&self) -> &str {
        assert!(self.body["data"].is_null() && self.body["traceId"].is_string(), "{} {}", self.status, self.body);
        self.body["error"]["code"].as_str().unwrap_or_else(|| panic!("no code in {} {}", self.status, self.body))
    }
    pub fn field(&self, name: &str) -> &str {
        self.body["error"]["fields"][name].as_str().unwrap_or_else(|| panic!("no sentence for {name} in {}", self.body))
    }
}

pub async fn call(app: &TestApp, request: Request<Body>) -> Answered {
    let response = api::router(app.house.clone()).oneshot(request).await.expect("infallible");
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.expect("a body").to_bytes();
    let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| panic!("not JSON: {} {}", parts.status, String::from_utf8_lossy(&bytes)));
    Answered { status: parts.status, headers: parts.headers, body }
}

pub fn request(method: &str, path: &str, token: Option<&str>, body: Option<&Value>) -> Request<Body> {
    let mut builder = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        builder = builder.header("authorization", format!("Bearer {token}"));
    }
    match body {
        Some(body) => builder.header("content-type", "application/json").body(Body::from(body.to_string())),
        None => builder.body(Body::empty()),
    }
    .expect("a request")
}

pub async fn post(app: &TestApp, path: &str, body: Value) -> Answered {
    call(app, request("POST", path, None, Some(&body))).await
}

pub async fn get(app: &TestApp, path: &str, token: &str) -> Answered {
    call(app, request("GET", path, Some(token), None)).await
}

const PASSWORD: &str = "SecurePass123!";

/// Gives a login the password that everybody here has, hashed once by a registration.
pub async fn give_password(app: &TestApp, login: domain::LoginId) {
    let copy =
        "update auth.logins set password_hash = f.password_hash from auth.logins f where f.email = 'first@example.com' and logins.id = $1";
    let copied = sqlx::query(copy).bind(login.uuid()).execute(app.behind()).await.expect("sets").rows_affected();
    if copied == 0 {
        let first =
            NewOrganisation { org_name: "First".into(), name: String::new(), email: "first@example.com".into(), password: PASSWORD.into() };
        register(&app.house, Api, first, &From::default()).await.expect("registers");
        sqlx::query(copy).bind(login.uuid()).execute(app.behind()).await.expect("sets");
    }
}

/// An access token of a member who has the password.
pub async fn access_token(app: &TestApp, login: domain::LoginId) -> String {
    let email: String =
        sqlx::query_scalar("select email from auth.logins where id = $1").bind(login.uuid()).fetch_one(app.behind()).await.expect("there");
    match log_in(&app.house, Api, &email, PASSWORD, &From::default()).await.expect("answers") {
        LogIn::In(tokens) => tokens.access,
        other => panic!("{other:?}"),
    }
}
