//! The specification's calls of phase 3, as it writes them, and what goes wrong around them.

use crate::client::{call, get, post, request};
use axum::body::Body;
use domain::policy::Role;
use http::{Request, StatusCode};
use serde_json::{Value, json};
use testkit::TestApp;

fn credentials() -> Value {
    json!({ "email": "user@example.com", "password": "SecurePass123!" })
}

async fn register(app: &TestApp) -> Value {
    let body = json!({ "email": "user@example.com", "password": "SecurePass123!", "orgName": "Test Org" });
    let answered = post(app, "/api/v1/auth/register", body).await;
    assert_eq!(answered.status, StatusCode::CREATED, "{}", answered.body);
    answered.data().clone()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}"))
}

async fn link(app: &TestApp) -> String {
    app.run_jobs().await;
    let sent = app.postman.sent();
    let mail = sent.last().expect("a mail");
    mail.text.split_once("token=").and_then(|(_, rest)| rest.split_whitespace().next()).expect("a link").to_owned()
}

#[tokio::test]
async fn register_returns_201_with_user_org_and_tokens() {
    let app = TestApp::new().await;
    let made = register(&app).await;
    for name in ["userId", "orgId", "accessToken", "refreshToken"] {
        assert!(!text(&made, name).is_empty());
    }
    let me = get(&app, "/api/v1/me", text(&made, "accessToken")).await;
    assert_eq!(me.data()["role"], "OrgAdmin");
    assert_eq!(me.data()["orgName"], "Test Org");
    assert_eq!(me.data()["userId"], made["userId"]);

    let again =
        post(&app, "/api/v1/auth/register", json!({ "email": "User@Example.com", "password": "SecurePass123!", "orgName": "Other" })).await;
    assert_eq!((again.status, again.code()), (StatusCode::CONFLICT, "email_taken"));
}

#[tokio::test]
async fn login_returns_200_with_tokens() {
    let app = TestApp::new().await;
    register(&app).await;
    let answered = post(&app, "/api/v1/auth/login", credentials()).await;
    assert_eq!(answered.status, StatusCode::OK);
    assert!(!text(answered.data(), "accessToken").is_empty() && !text(answered.data(), "refreshToken").is_empty());
    for wrong in [
        json!({ "email": "user@example.com", "password": "wrong" }),
        json!({ "email": "nobody@example.com", "password": "SecurePass123!" }),
    ] {
        let refused = post(&app, "/api/v1/auth/login", wrong).await;
        assert_eq!((refused.status, refused.code()), (StatusCode::UNAUTHORIZED, "unauthenticated"));
        assert_eq!(refused.headers["www-authenticate"], "Bearer");
    }
}

#[tokio::test]
async fn refresh_returns_a_new_access_token_and_logout_ends_them() {
    let app = TestApp::new().await;
    let made = register(&app).await;
    let answered = post(&app, "/api/v1/auth/refresh", json!({ "refreshToken": made["refreshToken"] })).await;
    assert_eq!(answered.status, StatusCode::OK);
    let fresh = answered.data().clone();
    get(&app, "/api/v1/me", text(&fresh, "accessToken")).await.data();
    let out = call(&app, request("POST", "/api/v1/auth/logout", Some(text(&fresh, "accessToken")), Some(&json!({})))).await;
    assert_eq!(out.status, StatusCode::OK);
    assert_eq!(get(&app, "/api/v1/me", text(&fresh, "accessToken")).await.code(), "unauthenticated");
    assert_eq!(post(&app, "/api/v1/auth/refresh", json!({ "refreshToken": fresh["refreshToken"] })).await.code(), "unauthenticated");
    assert_eq!(
        post(&app, "/api/v1/auth/logout", json!({ "refreshToken": fresh["refreshToken"] })).await.status,
        StatusCode::OK,
        "already out"
    );
}

#[tokio::test]
async fn password_reset_request_and_confirm() {
    let app = TestApp::new().await;
    register(&app).await;
    for email in ["user@example.com", "nobody@example.com"] {
        let answered = post(&app, "/api/v1/auth/password-reset-request", json!({ "email": email })).await;
        assert_eq!(answered.status, StatusCode::OK);
    }
    let token = link(&app).await;
    let weak = post(&app, "/api/v1/auth/password-reset-confirm", json!({ "token": token, "newPassword": "x" })).await;
    assert_eq!((weak.status, weak.code()), (StatusCode::UNPROCESSABLE_ENTITY, "validation_failed"));
    assert!(weak.field("newPassword").contains("at least 10"));
    let done = post(&app, "/api/v1/auth/password-reset-confirm", json!({ "token": token, "newPassword": "NewPass123!" })).await;
    assert_eq!(done.status, StatusCode::OK);
    let replayed = post(&app, "/api/v1/auth/password-reset-confirm", json!({ "token": token, "newPassword": "NewPass123!" })).await;
    assert_eq!((replayed.status, replayed.code()), (StatusCode::NOT_FOUND, "not_found"));
    post(&app, "/api/v1/auth/login", json!({ "email": "user@example.com", "password": "NewPass123!" })).await.data();
}

#[tokio::test]
async fn a_magic_link_is_a_way_in() {
    let app = TestApp::new().await;
    register(&app).await;
    post(&app, "/api/v1/auth/magic-link", json!({ "email": "user@example.com" })).await.data();
    let token = link(&app).await;
    let answered = post(&app, "/api/v1/auth/magic-link/confirm", json!({ "token": token })).await;
    get(&app, "/api/v1/me", text(answered.data(), "accessToken")).await.data();
    assert_eq!(post(&app, "/api/v1/auth/magic-link/confirm", json!({ "token": token })).await.code(), "not_found");
}

#[tokio::test]
async fn the_eleventh_wrong_password_in_a_minute_is_429_with_retry_after() {
    let app = TestApp::new().await;
    register(&app).await;
    let wrong = json!({ "email": "user@example.com", "password": "WrongPass123!" });
    for _ in 0..10 {
        assert_eq!(post(&app, "/api/v1/auth/login", wrong.clone()).await.status, StatusCode::UNAUTHORIZED);
    }
    let answered = post(&app, "/api/v1/auth/login", wrong).await;
    assert_eq!((answered.status, answered.code()), (StatusCode::TOO_MANY_REQUESTS, "rate_limited"));
    assert_eq!(answered.headers["retry-after"], "60");
    assert!(answered.body["error"]["message"].as_str().expect("a sentence").contains("Try again in 60 seconds"));
}

#[tokio::test]
async fn a_second_factor_is_asked_for_with_a_ticket() {
    let app = TestApp::new().await;
    let made = register(&app).await;
    let token = text(&made, "accessToken");
    let started = call(&app, request("POST", "/api/v1/me/second-factor", Some(token), None)).await;
    let secret = totp_rs::Secret::try_from_base32(text(started.data(), "secret")).expect("base 32");
    let totp = totp_rs::Builder::new().with_secret(secret).build().expect("totp");
    let code = |app: &TestApp| totp.generate(app.house.now().as_second().cast_unsigned()).to_string();
    let confirmed =
        call(&app, request("POST", "/api/v1/me/second-factor/confirm", Some(token), Some(&json!({ "code": code(&app) })))).await;
    let recovery = confirmed.data()["recoveryCodes"][0].clone();

    let asked = post(&app, "/api/v1/auth/login", credentials()).await;
    assert_eq!((asked.status, asked.code()), (StatusCode::UNAUTHORIZED, "second_factor_required"));
    let ticket = asked.body["error"]["ticket"].clone();
    let wrong = post(&app, "/api/v1/auth/second-factor", json!({ "ticket": ticket, "code": "000000" })).await;
    assert!(wrong.field("code").contains("not right"));
    post(&app, "/api/v1/auth/second-factor", json!({ "ticket": ticket, "code": recovery })).await.data();
    app.clock.forward(jiff::SignedDuration::from_secs(30));
    let mut both = credentials();
    both["code"] = json!(code(&app));
    post(&app, "/api/v1/auth/login", both).await.data();
}

#[tokio::test]
async fn a_person_in_two_organisations_says_which() {
    let app = TestApp::new().await;
    let made = register(&app).await;
    let oak = app.org("Oak Homes").await;
    sqlx::query(
        "insert into memberships (org_id, id, login_id, role, name, email, created_at, updated_at)
         select $1, $2, id, 'Viewer', 'Una', email, now(), now() from auth.logins",
    )
    .bind(oak.id.uuid())
    .bind(app.house.new_id::<uuid::Uuid>())
    .execute(app.behind())
    .await
    .expect("a second membership");
    let mut given = credentials();
    assert_eq!(post(&app, "/api/v1/auth/login", given.clone()).await.data()["orgId"], made["orgId"], "the one used last");
    given["orgId"] = json!(oak.id);
    let answered = post(&app, "/api/v1/auth/login", given.clone()).await;
    let me = get(&app, "/api/v1/me", text(answered.data(), "accessToken")).await;
    assert_eq!((me.data()["role"].clone(), me.data()["orgName"].clone()), (json!("Viewer"), json!("Oak Homes")));
    let both = get(&app, "/api/v1/me/memberships", text(answered.data(), "accessToken")).await;
    assert_eq!(both.data().as_array().map(Vec::len), Some(2));
    given["orgId"] = json!(app.org("Elm").await.id);
    assert!(post(&app, "/api/v1/auth/login", given).await.field("orgId").contains("not in this organisation"));
}

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let app = TestApp::new().await;
    let made = register(&app).await;
    let other = post(&app, "/api/v1/auth/login", credentials()).await.data().clone();
    let token = text(&made, "accessToken");
    let list = get(&app, "/api/v1/me/sessions", token).await;
    let sessions = list.data().as_array().expect("a list");
    assert_eq!(sessions.len(), 2);
    let foreign = sessions.iter().find(|s| s["isThis"] == false).expect("the other");
    let path = format!("/api/v1/me/sessions/{}", text(foreign, "id"));
    call(&app, request("DELETE", &path, Some(token), None)).await.data();
    assert_eq!(get(&app, "/api/v1/me", text(&other, "accessToken")).await.code(), "unauthenticated");
    assert_eq!(call(&app, request("DELETE", &path, Some(token), None)).await.code(), "not_found");
    assert_eq!(call(&app, request("DELETE", "/api/v1/me/sessions/not-an-id", Some(token), None)).await.code(), "not_found");
}

#[tokio::test]
async fn whatever_goes_wrong_comes_in_the_envelope() {
    let app = TestApp::new().await;
    let json = |method: &str, path: &str, kind: &str, body: String| {
        Request::builder().method(method).uri(path).header("content-type", kind).body(Body::from(body)).expect("a request")
    };
    let login = "/api/v1/auth/login";
    for (request, status, code) in [
        (json("GET", "/api/v1/nowhere", "", String::new()), 404, "not_found"),
        (json("GET", "/api/v2/tickets", "", String::new()), 404, "not_found"),
        (json("GET", login, "", String::new()), 405, "method_not_allowed"),
        (json("POST", login, "text/plain", "{}".into()), 415, "unsupported_media_type"),
        (json("POST", login, "application/json", "{".into()), 400, "malformed_request"),
        (json("POST", login, "application/json", String::new()), 400, "malformed_request"),
        (json("POST", login, "application/json", format!("\"{}\"", "x".repeat(2 * 1024 * 1024))), 413, "payload_too_large"),
        (json("POST", login, "application/json", "{\"email\":\"a@b.co\"}".into()), 422, "validation_failed"),
        (json("POST", login, "application/json", "{\"email\":\"\\u0000\",\"password\":\"\\u202e👋\"}".into()), 401, "unauthenticated"),
        (json("GET", "/api/v1/me", "", String::new()), 401, "unauthenticated"),
    ] {
        let what = format!("{} {}", request.method(), request.uri());
        let answered = call(&app, request).await;
        assert_eq!((answered.status.as_u16(), answered.code()), (status, code), "{what}");
    }
    let missing = post(&app, login, json!({ "email": 5 })).await;
    assert_eq!(missing.field("email"), "This must be a string");
}

#[tokio::test]
async fn an_expired_access_token_is_401_and_a_refresh_mends_it() {
    let app = TestApp::new().await;
    let made = register(&app).await;
    app.clock.forward(jiff::SignedDuration::from_mins(15));
    let refused = get(&app, "/api/v1/me", text(&made, "accessToken")).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::UNAUTHORIZED, "unauthenticated"));
    let fresh = post(&app, "/api/v1/auth/refresh", json!({ "refreshToken": made["refreshToken"] })).await;
    get(&app, "/api/v1/me", text(fresh.data(), "accessToken")).await.data();
}

#[tokio::test]
async fn a_database_that_is_away_is_503_with_a_reference() {
    let app = TestApp::new().await;
    let made = register(&app).await;
    app.house.db().pool().close().await;
    let answered = get(&app, "/api/v1/me", text(&made, "accessToken")).await;
    assert_eq!((answered.status, answered.code()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable"));
    assert!(answered.body["error"]["reference"].is_string());
    assert!(answered.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn a_tenant_has_an_account_of_their_own_too() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let tom = oak.contact("Tom Reed", "tenant").await;
    let olive = oak.staff("Olive", Role::Coordinator).await;
    services::auth::invites::contact(&olive, tom).await.expect("invites");
    let accepted = post(&app, "/api/v1/auth/invitations/accept", json!({ "token": link(&app).await, "password": "SecurePass123!" })).await;
    let me = get(&app, "/api/v1/me", text(accepted.data(), "accessToken")).await;
    assert_eq!((me.data()["role"].clone(), me.data()["name"].clone()), (json!("Tenant"), json!("Tom Reed")));
}
