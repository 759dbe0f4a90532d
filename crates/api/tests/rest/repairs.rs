//! A tenant's own repairs over REST, and the figures, views and events of staff.

use domain::policy::Role;
use http::StatusCode;
use serde_json::{Value, json};
use services::{Cx, Staff};
use testkit::{Home, TestApp, TestOrg};

use crate::client::{Answered, access_token, call, get, give_password, request};

/// An access token of a member with a password.
async fn token(app: &TestApp, org: &TestOrg<'_>, name: &str, role: Role, contact: Option<domain::ContactId>) -> String {
    let login = org.member(name, role, contact).await.login();
    give_password(app, login).await;
    access_token(app, login).await
}

async fn send(app: &TestApp, method: &str, path: &str, token: &str, body: Value) -> Answered {
    call(app, request(method, path, Some(token), Some(&body))).await
}

async fn ticket(me: &Cx<Staff>, home: &Home, contact: domain::ContactId) -> String {
    let new = services::tickets::Create {
        unit: Some(home.unit),
        property: None,
        contact: Some(contact),
        reporter_name: String::new(),
        reporter_phone: String::new(),
        source: domain::tickets::Source::Phone,
        title: "Tap drips".into(),
        description: String::new(),
        fault_path: None,
        category: None,
        priority: None,
        vulnerability: String::new(),
        assignee: None,
    };
    services::tickets::create::create(me, new).await.expect("creates").id.to_string()
}

#[tokio::test]
async fn a_tenant_reads_writes_answers_and_nobody_elses() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let (home, next_door) = (oak.home("14 Beech Grove", "LS11 6AB").await, oak.home("15 Beech Grove", "LS11 6AB").await);
    let olive = oak.staff("Olive", Role::Coordinator).await;
    let (tom, nina) = (oak.contact("Tom", "tenant").await, oak.contact("Nina", "tenant").await);
    oak.tenancy(&home, tom, "2025-01-01", None).await;
    oak.tenancy(&next_door, nina, "2025-01-01", None).await;
    let toms = token(&app, &oak, "Tom", Role::Tenant, Some(tom)).await;
    let ninas = token(&app, &oak, "Nina", Role::Tenant, Some(nina)).await;
    let id = ticket(&olive, &home, tom).await;
    let path = format!("/api/v1/repairs/{id}");

    let listed = get(&app, "/api/v1/repairs", &toms).await;
    assert_eq!(listed.data()["open"][0]["title"], "Tap drips");
    assert!(get(&app, "/api/v1/repairs", &ninas).await.data()["open"].as_array().expect("a list").is_empty());
    for (method, path) in [("GET", path.clone()), ("POST", format!("{path}/notes")), ("POST", format!("{path}/cancel"))] {
        let refused =
            if method == "GET" { get(&app, &path, &ninas).await } else { send(&app, method, &path, &ninas, json!({ "body": "x" })).await };
        assert_eq!((refused.status, refused.code()), (StatusCode::NOT_FOUND, "not_found"), "{method} {path}");
    }

    let written = send(&app, "POST", &format!("{path}/notes"), &toms, json!({ "body": "It is worse today" })).await;
    assert_eq!(written.status, StatusCode::CREATED);
    let last = written.data()["timeline"].as_array().and_then(|lines| lines.iter().find(|l| l["text"] == "It is worse today")).cloned();
    assert_eq!(last.expect("on the timeline")["who"], "You");
    assert!(send(&app, "POST", &format!("{path}/notes"), &toms, json!({})).await.field("body").contains("Write your message"));
    let early = send(&app, "POST", &format!("{path}/fixed"), &toms, json!({ "fixed": "yes" })).await;
    assert_eq!((early.status, early.code()), (StatusCode::CONFLICT, "conflict"));
    assert!(send(&app, "POST", &format!("{path}/fixed"), &toms, json!({ "fixed": "maybe" })).await.field("fixed").contains("nobody_came"));

    let mut no_photo = request("POST", &format!("{path}/photos?fileName=notes.txt"), Some(&toms), None);
    *no_photo.body_mut() = axum::body::Body::from("just words");
    assert!(call(&app, no_photo).await.field("photos").contains("notes.txt"));

    let taken_back = send(&app, "POST", &format!("{path}/cancel"), &toms, json!({ "reason": "Mended it myself" })).await;
    assert_eq!(taken_back.data()["status"], "CANCELLED");
    assert_eq!(send(&app, "POST", &format!("{path}/cancel"), &toms, json!({})).await.status, StatusCode::CONFLICT);

    let wanted = json!({ "channel": "letter", "language": "ur", "largePrint": true });
    let kept = send(&app, "PUT", "/api/v1/me/preferences", &toms, wanted).await;
    assert_eq!((kept.data()["language"].clone(), kept.data()["largePrint"].clone()), (json!("ur"), json!(true)));
    let stale = {
        let mut request = request("PUT", "/api/v1/me/preferences", Some(&toms), Some(&json!({ "channel": "email", "language": "en" })));
        request.headers_mut().insert("if-match", "\"1\"".parse().expect("a header"));
        call(&app, request).await
    };
    assert_eq!((stale.status, stale.code()), (StatusCode::PRECONDITION_FAILED, "precondition_failed"));
    assert!(
        send(&app, "PUT", "/api/v1/me/preferences", &toms, json!({ "channel": "owl", "language": "en" })).await.field("channel").len() > 5
    );
}

#[tokio::test]
async fn staff_have_figures_views_and_what_moved() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let home = oak.home("14 Beech Grove", "LS11 6AB").await;
    let tom = oak.contact("Tom", "tenant").await;
    let cora = token(&app, &oak, "Cora", Role::Coordinator, None).await;
    let olive = oak.staff("Olive", Role::Coordinator).await;
    let from = get(&app, "/api/v1/events", &cora).await.data()["position"].as_i64().expect("a position");
    let id = ticket(&olive, &home, tom).await;

    let figures = get(&app, "/api/v1/dashboard", &cora).await;
    assert_eq!((figures.data()["awaitingTriage"].clone(), figures.data()["toTriage"][0]["id"].clone()), (json!(1), json!(id)));
    let moved = get(&app, &format!("/api/v1/events?after={from}"), &cora).await;
    assert_eq!(moved.data()["events"][0]["ticketId"], json!(id));
    let at = moved.data()["position"].as_i64().expect("a position");
    assert!(get(&app, &format!("/api/v1/events?after={at}"), &cora).await.data()["events"].as_array().expect("a list").is_empty());

    let kept =
        send(&app, "POST", "/api/v1/views", &cora, json!({ "name": "Burst pipes", "query": "priority=URGENT&category=PLUMBING" })).await;
    assert_eq!(kept.status, StatusCode::CREATED);
    assert!(kept.data()["query"].as_str().expect("a query").contains("priority=URGENT"));
    assert!(
        send(&app, "POST", "/api/v1/views", &cora, json!({ "name": "x", "query": "priority=LOUD" }))
            .await
            .field("priority")
            .contains("LOUD")
    );
    assert!(send(&app, "POST", "/api/v1/views", &cora, json!({ "query": "" })).await.field("name").len() > 5);
    let path = format!("/api/v1/views/{}", kept.data()["id"].as_str().expect("an id"));
    let olives = token(&app, &oak, "Other", Role::Coordinator, None).await;
    assert_eq!(call(&app, request("DELETE", &path, Some(&olives), None)).await.status, StatusCode::NOT_FOUND, "each person's own");
    call(&app, request("DELETE", &path, Some(&cora), None)).await.data();
    assert!(get(&app, "/api/v1/views", &cora).await.data().as_array().expect("a list").is_empty());
}
