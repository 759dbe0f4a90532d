//! Tickets over REST, as the specification's checklist calls them.

use domain::policy::Role;
use http::StatusCode;
use serde_json::{Value, json};
use services::auth::{Api, NewOrganisation, Registered};
use testkit::{Home, TestApp, TestOrg};

use crate::client::{Answered, call, get, request};

struct Caller<'a> {
    app: &'a TestApp,
    token: String,
    org: TestOrg<'a>,
    home: Home,
}

impl<'a> Caller<'a> {
    /// Registers as a program would; the home is put there behind its back.
    async fn new(app: &'a TestApp, name: &str) -> Self {
        let new = NewOrganisation {
            org_name: name.into(),
            name: "Olive".into(),
            email: format!("{}@example.com", name.to_lowercase()),
            password: "SecurePass123!".into(),
        };
        let Registered::In { key, .. } =
            services::auth::register(&app.house, Api, new, &services::Request::default()).await.expect("registers")
        else {
            panic!("taken")
        };
        let org = TestOrg { app, id: key.org, slug: String::new() };
        let home = org.home("14 Beech Grove", "LS11 6AB").await;
        Self { app, token: key.access, org, home }
    }
    async fn send(&self, method: &str, path: &str, body: Option<Value>, headers: &[(&'static str, &str)]) -> Answered {
        let mut request = request(method, path, Some(&self.token), body.as_ref());
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().expect("a header"));
        }
        call(self.app, request).await
    }
    async fn create(&self, body: Value) -> Answered {
        self.send("POST", "/api/v1/tickets", Some(body), &[]).await
    }
    fn leak(&self) -> Value {
        json!({ "unitId": self.home.unit, "category": "PLUMBING", "priority": "URGENT", "title": "Leak under sink", "description": "Since this morning" })
    }
}

fn kinds(ticket: &Value) -> Vec<&str> {
    ticket["timeline"].as_array().expect("a timeline").iter().map(|e| e["kind"].as_str().expect("a kind")).collect()
}

#[tokio::test]
async fn the_checklist_create_list_read_change() {
    let app = TestApp::new().await;
    let oak = Caller::new(&app, "Oak").await;
    let created = oak.create(oak.leak()).await;
    assert_eq!(created.status, StatusCode::CREATED);
    let id = created.data()["ticketId"].as_str().expect("a ticketId").to_owned();
    assert_eq!(created.headers["location"], format!("/api/v1/tickets/{id}"));

    let listed = get(&app, "/api/v1/tickets?status=OPEN&priority=URGENT", &oak.token).await;
    let items = listed.data()["items"].as_array().expect("items");
    assert_eq!((items.len(), items[0]["id"].as_str(), items[0]["status"].as_str()), (1, Some(id.as_str()), Some("NEW")));
    assert!(listed.data()["next"].is_null());
    let others = get(&app, "/api/v1/tickets?status=OPEN&priority=ROUTINE", &oak.token).await;
    assert_eq!(others.data()["items"], json!([]));
    let found = get(&app, "/api/v1/tickets?search=leak", &oak.token).await;
    assert_eq!(found.data()["items"].as_array().map(Vec::len), Some(1));

    let path = format!("/api/v1/tickets/{id}");
    let read = get(&app, &path, &oak.token).await;
    assert_eq!(kinds(read.data()), ["ticket:created_by_staff"]);
    assert_eq!(read.data()["nextStatuses"], json!(["TRIAGED", "ASSIGNED", "CANCELLED"]));

    let changed = oak.send("PATCH", &path, Some(json!({ "priority": "EMERGENCY" })), &[]).await;
    assert_eq!(changed.status, StatusCode::OK);
    assert_eq!((changed.data()["priority"].as_str(), changed.data()["firstPriority"].as_str()), (Some("EMERGENCY"), Some("URGENT")));
    assert_eq!(kinds(changed.data()), ["ticket:created_by_staff", "ticket:priority_changed"]);
    let said = &changed.data()["timeline"][1];
    assert_eq!((said["actor"].as_str(), said["summary"].as_str()), (Some("Olive"), Some("changed the priority from Urgent to Emergency")));

    for status in ["ASSIGNED", "IN_PROGRESS", "COMPLETED"] {
        let moved = oak.send("PATCH", &path, Some(json!({ "status": status })), &[]).await;
        assert_eq!(moved.data()["status"], status);
    }
    let unexplained = oak.send("PATCH", &path, Some(json!({ "status": "CLOSED" })), &[]).await;
    assert_eq!((unexplained.status.as_u16(), unexplained.field("reason")), (422, "Say why it is closed: the tenant is told"));
    let closed = oak.send("PATCH", &path, Some(json!({ "status": "CLOSED", "reason": "Mended" })), &[]).await;
    assert_eq!(closed.data()["closeOutcome"], "BY_STAFF");
    let illegal = oak.send("PATCH", &path, Some(json!({ "status": "IN_PROGRESS" })), &[]).await;
    assert_eq!((illegal.status.as_u16(), illegal.code()), (409, "conflict"));

    let note = oak.send("POST", &format!("{path}/notes"), Some(json!({ "body": "Rang the tenant" })), &[]).await;
    assert_eq!(
        (note.status.as_u16(), note.data()["visibility"].as_str(), note.data()["text"].as_str()),
        (201, Some("internal"), Some("Rang the tenant"))
    );
    assert_eq!(get(&app, &format!("{path}/timeline"), &oak.token).await.data().as_array().map(Vec::len), Some(7));
    assert_eq!(get(&app, &format!("{path}/attachments"), &oak.token).await.data(), &json!([]));

    let deleted = oak.send("DELETE", &format!("{path}?reason=test"), None, &[]).await;
    assert_eq!(deleted.status, StatusCode::OK);
    assert_eq!(get(&app, &path, &oak.token).await.code(), "not_found");
}

#[tokio::test]
async fn what_is_wrong_is_said_by_field() {
    let app = TestApp::new().await;
    let oak = Caller::new(&app, "Oak").await;
    let wrong = oak.create(json!({ "unitId": oak.home.unit, "title": "", "category": "WATER", "priority": "NOW" })).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.field("priority"), "“NOW” is not one of ROUTINE, URGENT, EMERGENCY");
    assert!(wrong.field("category").contains("PEST_CONTROL"));
    let empty = oak.create(json!({})).await;
    assert_eq!(
        (empty.field("title"), empty.field("unitId")),
        ("Say in a few words what is wrong", "Choose the home, or the building for a communal repair")
    );
    let list = get(&app, "/api/v1/tickets?status=SHUT&propertyId=x&from=soon&sort=up", &oak.token).await;
    assert!(list.field("status").starts_with("“SHUT” is not a status. Use OPEN, ALL, NEW"));
    assert_eq!(
        (list.field("propertyId"), list.field("from")),
        ("“x” is not known here. Use a property's id", "“soon” is not known here. Use a date like 2026-11-24")
    );
    assert!(get(&app, "/api/v1/tickets?cursor=nonsense", &oak.token).await.field("cursor").contains("out of date"));
    let hostile = oak.create(json!({ "unitId": oak.home.unit, "title": "<script>alert(1)</script>\u{0} \u{202e}مرحبا 👋", "category": "OTHER", "priority": "ROUTINE" })).await;
    assert_eq!(hostile.data()["title"], "<script>alert(1)</script> مرحبا 👋");
}

#[tokio::test]
async fn another_organisations_ticket_is_not_found() {
    let app = TestApp::new().await;
    let (oak, elm) = (Caller::new(&app, "Oak").await, Caller::new(&app, "Elm").await);
    let id = oak.create(oak.leak()).await.data()["id"].as_str().expect("an id").to_owned();
    let path = format!("/api/v1/tickets/{id}");
    for (method, path, body) in [
        ("GET", path.clone(), None),
        ("PATCH", path.clone(), Some(json!({ "priority": "EMERGENCY" }))),
        ("DELETE", path.clone(), None),
        ("GET", format!("{path}/timeline"), None),
        ("POST", format!("{path}/notes"), Some(json!({ "body": "x" }))),
        ("GET", "/api/v1/tickets/not-an-id".to_owned(), None),
    ] {
        assert_eq!(elm.send(method, &path, body, &[]).await.code(), "not_found", "{method} {path}");
    }
    assert_eq!(get(&app, "/api/v1/tickets", &elm.token).await.data()["items"], json!([]));
    let smuggled = elm.create(oak.leak()).await;
    assert_eq!(smuggled.field("unitId"), "Choose a home from the list");
}

#[tokio::test]
async fn if_match_and_idempotency_key_are_honoured() {
    let app = TestApp::new().await;
    let oak = Caller::new(&app, "Oak").await;
    let first = oak.send("POST", "/api/v1/tickets", Some(oak.leak()), &[("idempotency-key", "k1")]).await;
    let again = oak.send("POST", "/api/v1/tickets", Some(oak.leak()), &[("idempotency-key", "k1")]).await;
    assert_eq!(
        (again.status.as_u16(), again.data()["id"].as_str(), again.headers["idempotent-replayed"].as_bytes()),
        (201, first.data()["id"].as_str(), b"true".as_slice())
    );
    let other = oak.send("POST", "/api/v1/tickets", Some(json!({ "title": "other" })), &[("idempotency-key", "k1")]).await;
    assert_eq!(other.code(), "idempotency_key_reused");
    assert_eq!(get(&app, "/api/v1/tickets", &oak.token).await.data()["items"].as_array().map(Vec::len), Some(1));

    let path = format!("/api/v1/tickets/{}", first.data()["id"].as_str().expect("an id"));
    let etag = first.headers["etag"].to_str().expect("text").to_owned();
    let changed = oak.send("PATCH", &path, Some(json!({ "category": "HVAC" })), &[("if-match", &etag)]).await;
    assert_ne!(changed.headers["etag"].to_str().expect("text"), etag);
    let stale = oak.send("PATCH", &path, Some(json!({ "category": "OTHER" })), &[("if-match", &etag)]).await;
    assert_eq!((stale.status.as_u16(), stale.code()), (412, "precondition_failed"));
    let stale = oak.send("PATCH", &path, Some(json!({ "category": "OTHER", "version": 1 })), &[]).await;
    assert_eq!((stale.status.as_u16(), stale.code()), (409, "conflict"));
    assert!(
        stale.body["error"]["message"]
            .as_str()
            .is_some_and(|m| m.starts_with("Olive changed the category just now. Your change was not saved.")),
        "{}",
        stale.body
    );
}

#[tokio::test]
async fn the_owner_can_be_set_and_taken_away() {
    let app = TestApp::new().await;
    let oak = Caller::new(&app, "Oak").await;
    let priya = oak.org.staff("Priya", Role::Coordinator).await;
    let path = format!("/api/v1/tickets/{}", oak.create(oak.leak()).await.data()["id"].as_str().expect("an id"));
    let given = oak.send("PATCH", &path, Some(json!({ "assigneeId": priya.membership() })), &[]).await;
    assert_eq!(given.data()["assignee"], "Priya");
    let kept = oak.send("PATCH", &path, Some(json!({ "title": "Leak under the sink" })), &[]).await;
    assert_eq!(kept.data()["assignee"], "Priya", "what is left out stays");
    let taken = oak.send("PATCH", &path, Some(json!({ "assigneeId": null })), &[]).await;
    assert!(taken.data()["assigneeId"].is_null());
    let vera = oak.org.staff("Vera", Role::Viewer).await;
    let refused = oak.send("PATCH", &path, Some(json!({ "assigneeId": vera.membership() })), &[]).await;
    assert!(refused.field("assigneeId").starts_with("Choose somebody of your team"));
}
