//! The team through the API.

use domain::policy::Role;
use http::StatusCode;
use serde_json::{Value, json};
use testkit::TestApp;

use crate::client::{Answered, call, get, request};

async fn admin(app: &TestApp) -> String {
    let new = services::auth::NewOrganisation {
        org_name: "Oak".into(),
        name: "Ada".into(),
        email: "ada@example.com".into(),
        password: "SecurePass123!".into(),
    };
    let registered =
        services::auth::register(&app.house, services::auth::Api, new, &services::Request::default()).await.expect("registers");
    let services::auth::Registered::In { key, .. } = registered else { panic!("taken") };
    key.access
}

async fn send(app: &TestApp, method: &str, path: &str, token: &str, version: Option<i64>, body: &Value) -> Answered {
    let mut request = request(method, path, Some(token), Some(body));
    if let Some(version) = version {
        request.headers_mut().insert("if-match", format!("\"{version}\"").parse().expect("a header"));
    }
    call(app, request).await
}

#[tokio::test]
async fn a_colleague_is_invited_promoted_and_let_go() {
    let app = TestApp::new().await;
    let ada = admin(&app).await;
    let new = json!({ "name": "Cora", "email": "cora@example.com", "role": "Viewer", "jobTitle": "Repairs" });
    let made = send(&app, "POST", "/api/v1/team", &ada, None, &new).await;
    assert_eq!((made.status, made.data()["status"].clone()), (StatusCode::CREATED, json!("invited")));
    let path = format!("/api/v1/team/{}", made.data()["id"].as_str().expect("an id"));

    let changed = send(&app, "PATCH", &path, &ada, Some(1), &json!({ "role": "Coordinator" })).await;
    assert_eq!(changed.data()["role"], "Coordinator");
    assert_eq!(changed.headers["etag"], "\"2\"");
    let stale = send(&app, "PATCH", &path, &ada, Some(1), &json!({ "role": "Viewer" })).await;
    assert_eq!((stale.status, stale.code()), (StatusCode::PRECONDITION_FAILED, "precondition_failed"));
    send(&app, "PATCH", &path, &ada, None, &json!({ "role": "Viewer" })).await.data();

    let wrong = send(&app, "POST", &format!("{path}/deactivate"), &ada, None, &json!({ "heirId": uuid::Uuid::nil() })).await;
    assert!(wrong.field("heirId").contains("active colleague"));
    let gone = send(&app, "POST", &format!("{path}/deactivate"), &ada, None, &json!({})).await;
    assert_eq!(gone.data()["status"], "deactivated");
    let back = send(&app, "POST", &format!("{path}/reactivate"), &ada, None, &json!({})).await;
    assert_eq!(back.data()["status"], "invited", "they had not accepted yet: giving access back invites them again");
    assert_eq!(get(&app, "/api/v1/team", &ada).await.data().as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn an_invitation_that_is_sent_twice_with_its_key_is_one_mail() {
    let app = TestApp::new().await;
    let ada = admin(&app).await;
    let invite = async |key: &str| {
        let new = json!({ "name": "Cora", "email": "cora@example.com", "role": "Viewer" });
        let mut request = request("POST", "/api/v1/team", Some(&ada), Some(&new));
        request.headers_mut().insert("idempotency-key", key.parse().expect("a header"));
        call(&app, request).await
    };
    let (first, second) = (invite("k").await, invite("k").await);
    assert_eq!((first.status, second.status), (StatusCode::CREATED, StatusCode::CREATED));
    assert_eq!(first.data()["id"], second.data()["id"]);
    assert_eq!(second.headers["idempotent-replayed"], "true");
    let to_cora = async || {
        app.run_jobs().await;
        app.postman.sent().iter().filter(|m| format!("{:?}", m.to).contains("cora@example.com")).count()
    };
    assert_eq!(to_cora().await, 1);
    invite("another").await.data();
    assert_eq!(to_cora().await, 2, "without it, or with another, the mail is sent again as asked");
}

#[tokio::test]
async fn bad_input_is_told_by_the_apis_own_names_and_foreign_ids_are_404() {
    let app = TestApp::new().await;
    let ada = admin(&app).await;
    let bad = send(&app, "POST", "/api/v1/team", &ada, None, &json!({ "jobTitle": "x".repeat(121) })).await;
    assert_eq!(bad.code(), "validation_failed");
    for field in ["name", "email", "role", "jobTitle"] {
        bad.field(field);
    }
    let elm = app.org("Elm").await;
    let (eve, tom) = (elm.staff("Eve", Role::Viewer).await, elm.contact("Tom", "tenant").await);
    for (method, path) in [
        ("PATCH", format!("/api/v1/team/{}", eve.membership())),
        ("POST", format!("/api/v1/team/{}/deactivate", eve.membership())),
        ("POST", format!("/api/v1/team/{}/reactivate", eve.membership())),
        ("POST", format!("/api/v1/contacts/{tom}/invitation")),
    ] {
        let answered = send(&app, method, &path, &ada, None, &json!({ "role": "Viewer" })).await;
        assert_eq!((answered.status, answered.code()), (StatusCode::NOT_FOUND, "not_found"), "{method} {path}");
    }
}
