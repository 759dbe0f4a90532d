//! What every answer carries, and what is turned away before any verb is asked.

use axum::body::Body;
use domain::policy::Role;
use http::StatusCode;
use testkit::TestApp;

use crate::browser::{Site, request};

#[tokio::test]
async fn pages_carry_a_policy_with_a_nonce_that_their_scripts_have() {
    let app = TestApp::new().await;
    let site = Site::of(&app);
    let page = site.get("/", None).await;
    assert_eq!(page.status, StatusCode::OK);
    let policy = page.header("content-security-policy");
    let nonce = policy.split_once("'nonce-").and_then(|(_, rest)| rest.split_once('\'')).map(|(nonce, _)| nonce).expect("a nonce");
    for script in page.body.split("<script").skip(1) {
        assert!(
            script.starts_with(&format!(" nonce=\"{nonce}\"")) || script.contains(&format!("nonce=\"{nonce}\"")),
            "a script without the nonce: {script}"
        );
    }
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cache-control", "private, no-store"),
    ] {
        assert_eq!(page.header(name), value);
    }
    assert!(page.header("strict-transport-security").contains("max-age"));
}

#[tokio::test]
async fn an_address_with_nothing_behind_it_is_a_designed_404() {
    let app = TestApp::new().await;
    let site = Site::of(&app);
    for path in ["/nope", "/staff.php", "/pkg/none.js", "/%00", "/../../etc/passwd"] {
        let page = site.get(path, None).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.body.contains("Page not found"), "{path}");
    }
}

#[tokio::test]
async fn a_request_from_another_website_changes_nothing() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let token = oak.session("Olive", Role::OrgAdmin, None).await;
    let site = Site::of(&app);
    for (name, value) in
        [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example"), ("x-nothing", "said")]
    {
        let refused = site.send(request("POST", "/logout", Some(&token)).header(name, value).body(Body::empty()).expect("a request")).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{name}: {value}");
    }
    assert_ne!(site.get("/staff", Some(&token)).await.status, StatusCode::SEE_OTHER, "still signed in");
    let done = site
        .send(request("POST", "/logout", Some(&token)).header("origin", "http://localhost:3000").body(Body::empty()).expect("a request"))
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert_eq!(site.get("/staff", Some(&token)).await.header("location"), "/login?next=/staff", "signed out");
}

#[tokio::test]
async fn an_expired_session_comes_back_to_where_it_was() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let token = oak.session("Olive", Role::OrgAdmin, None).await;
    let site = Site::of(&app);
    app.clock.forward(jiff::SignedDuration::from_hours(24 * 15));
    let page = site.get("/staff/tickets?status=OPEN&q=leak", Some(&token)).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert_eq!(page.header("location"), "/login?next=/staff/tickets%3Fstatus%3DOPEN%26q%3Dleak");
}

#[tokio::test]
async fn health_says_what_is_true() {
    let app = TestApp::new().await;
    let site = Site::of(&app);
    assert_eq!(site.get("/health", None).await.status, StatusCode::OK);
    assert_eq!(site.get("/health/ready", None).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_api_answers_in_its_envelope_and_knows_no_other_origin() {
    let app = TestApp::new().await;
    let site = Site::of(&app);
    for path in ["/api/v1/tickets", "/api/v1/nothing", "/api/nothing"] {
        let answer = site
            .send(request("GET", path, None).header("origin", "https://elsewhere.example").body(Body::empty()).expect("a request"))
            .await;
        assert!(answer.status == StatusCode::UNAUTHORIZED || answer.status == StatusCode::NOT_FOUND, "{path}: {}", answer.status);
        let body: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
        assert!(body["data"].is_null() && body["error"]["code"].is_string() && body["traceId"].is_string(), "{path}: {body}");
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }
}
