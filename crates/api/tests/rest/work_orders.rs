//! Work orders over REST, as the specification's checklist calls them.

use domain::ContactId;
use domain::people::ProfileForm;
use domain::policy::Role;
use http::StatusCode;
use serde_json::{Value, json};
use services::auth::{Api, LogIn, NewOrganisation, Registered, log_in};
use services::people;
use testkit::{TestApp, TestOrg};

use crate::client::{Answered, call, request};

/// A registered organisation with a home, and a plumber who has a log-in.
struct Oak<'a> {
    app: &'a TestApp,
    token: String,
    ticket: String,
    plumber: ContactId,
    plumbers_token: String,
}

impl<'a> Oak<'a> {
    async fn new(app: &'a TestApp) -> Self {
        let new = NewOrganisation {
            org_name: "Oak".into(),
            name: "Olive".into(),
            email: "oak@example.com".into(),
            password: "SecurePass123!".into(),
        };
        let Registered::In { key, .. } =
            services::auth::register(&app.house, Api, new, &services::Request::default()).await.expect("registers")
        else {
            panic!("taken")
        };
        let org = TestOrg { app, id: key.org, slug: String::new() };
        let home = org.home("14 Beech Grove", "LS11 6AB").await;
        let priya = org.staff("Priya", Role::Coordinator).await;
        let plumber = org.contact("Carl", "contractor").await;
        let profile = ProfileForm { trades: "plumber".into(), ..ProfileForm::default() };
        people::contractors::set_profile(&priya, plumber, 0, &profile).await.expect("a profile");
        let plumbers_token = token(app, &org, plumber).await;
        let oak = Self { app, token: key.access, ticket: String::new(), plumber, plumbers_token };
        let leak = json!({ "unitId": home.unit, "category": "PLUMBING", "priority": "URGENT", "title": "Leak under sink" });
        let ticket = oak.send("POST", "/api/v1/tickets", Some(leak)).await.data()["ticketId"].as_str().expect("an id").to_owned();
        Self { ticket, ..oak }
    }
    async fn send(&self, method: &str, path: &str, body: Option<Value>) -> Answered {
        call(self.app, request(method, path, Some(&self.token), body.as_ref())).await
    }
    async fn as_plumber(&self, method: &str, path: &str, body: Option<Value>) -> Answered {
        call(self.app, request(method, path, Some(&self.plumbers_token), body.as_ref())).await
    }
    async fn order(&self) -> String {
        let made = self.send("POST", "/api/v1/work-orders", Some(json!({ "ticketId": self.ticket, "description": "New trap" }))).await;
        assert_eq!(made.status, StatusCode::CREATED);
        format!("/api/v1/work-orders/{}", made.data()["workOrderId"].as_str().expect("a workOrderId"))
    }
}

async fn token(app: &TestApp, org: &TestOrg<'_>, contact: ContactId) -> String {
    let visitor = org.member("Carl", Role::Contractor, Some(contact)).await;
    let email: String = sqlx::query_scalar(
        "update auth.logins set password_hash = (select password_hash from auth.logins where email = 'oak@example.com') where id = $1 returning email",
    )
    .bind(visitor.login().uuid())
    .fetch_one(app.behind())
    .await
    .expect("sets");
    match log_in(&app.house, Api, &email, "SecurePass123!", &services::Request::default()).await.expect("answers") {
        LogIn::In(tokens) => tokens.access,
        other => panic!("{other:?}"),
    }
}

fn kinds(order: &Value) -> Vec<&str> {
    order["timeline"].as_array().expect("a timeline").iter().map(|e| e["kind"].as_str().expect("a kind")).collect()
}

#[tokio::test]
async fn the_checklist_create_assign_schedule_complete() {
    let app = TestApp::new().await;
    let oak = Oak::new(&app).await;
    let path = oak.order().await;
    let listed = oak.send("GET", "/api/v1/work-orders?status=OPEN", None).await;
    assert_eq!(listed.data()["items"][0]["reference"], "WO-1001");

    let assigned = oak.send("PATCH", &format!("{path}/assign"), Some(json!({ "contractorId": oak.plumber }))).await;
    assert_eq!((assigned.status, assigned.data()["status"].as_str()), (StatusCode::OK, Some("OFFERED")));
    assert_eq!(kinds(assigned.data()), ["work_order:created", "work_order:offered"]);
    let ticket = oak.send("GET", &format!("/api/v1/tickets/{}", oak.ticket), None).await;
    assert_eq!(ticket.data()["status"], "ASSIGNED");
    assert!(ticket.data()["timeline"].as_array().is_some_and(|t| t.iter().any(|e| e["kind"] == "work_order:offered")));
    app.run_jobs().await;
    assert!(app.postman.sent().iter().any(|m| m.to.as_str() == "carl@example.com"), "the contractor is told");

    let seen = oak.as_plumber("GET", &path, None).await;
    assert_eq!((seen.data()["ticketId"].is_null(), seen.data()["offers"].as_array().map(Vec::len)), (true, Some(1)));
    let accepted = oak.as_plumber("POST", &format!("{path}/accept"), Some(json!({}))).await;
    assert_eq!(accepted.data()["status"], "ACCEPTED");

    let time = json!({ "window": "am", "date": "2026-11-24" });
    let scheduled = oak.send("PATCH", &format!("{path}/schedule"), Some(time)).await;
    assert_eq!(
        (scheduled.data()["status"].as_str(), scheduled.data()["scheduledStartAt"].as_str()),
        (Some("SCHEDULED"), Some("2026-11-24T08:00:00Z"))
    );
    let month = oak.send("GET", "/api/v1/visits?from=2026-11-01&to=2026-11-30", None).await;
    assert_eq!((month.data()[0]["slot"].as_str(), month.data()[0]["clashes"].as_array().map(Vec::len)), (Some("AM"), Some(0)));

    let gated = oak.send("PATCH", &path, Some(json!({ "photosRequired": 1 }))).await;
    assert_eq!(gated.data()["missing"], json!(["1 photo of the work"]));
    let done = json!({ "notes": "New trap", "minutes": 30, "fixed": "yes" });
    let refused = oak.as_plumber("POST", &format!("{path}/complete"), Some(done.clone())).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "conflict"));
    let refused = oak.send("POST", &format!("{path}/complete"), Some(json!({ "fixed": "yes" }))).await;
    assert_eq!(refused.field("notes"), "Say what was done");
    oak.send("PATCH", &path, Some(json!({ "photosRequired": 0 }))).await.data();
    let completed = oak.as_plumber("POST", &format!("{path}/complete"), Some(done)).await;
    assert_eq!((completed.status, completed.data()["status"].as_str()), (StatusCode::OK, Some("DONE")));
    assert_eq!(oak.send("GET", &format!("/api/v1/tickets/{}", oak.ticket), None).await.data()["status"], "COMPLETED");
    assert_eq!(oak.send("POST", &format!("{path}/verify"), Some(json!({}))).await.data()["status"], "VERIFIED");
}

#[tokio::test]
async fn a_declined_offer_a_taken_time_and_an_overtaken_action_are_answered_in_words() {
    let app = TestApp::new().await;
    let oak = Oak::new(&app).await;
    let path = oak.order().await;
    let nobody = oak.send("PATCH", &format!("{path}/assign"), Some(json!({ "contractorId": uuid::Uuid::nil() }))).await;
    assert_eq!(nobody.field("contractorId"), "Choose a contractor from the list");
    let early = oak.send("PATCH", &format!("{path}/schedule"), Some(json!({ "window": "am", "date": "2026-11-24" }))).await;
    assert_eq!(early.code(), "conflict");
    oak.send("POST", &format!("{path}/offers"), Some(json!({ "contractorIds": [oak.plumber] }))).await.data();
    let unexplained = oak.as_plumber("POST", &format!("{path}/decline"), Some(json!({}))).await;
    assert_eq!(unexplained.field("reason"), "Enter why, so that we can ask somebody else");
    oak.as_plumber("POST", &format!("{path}/decline"), Some(json!({ "reason": "Too far" }))).await.data();
    assert_eq!(oak.send("GET", &path, None).await.data()["status"], "DRAFT");
    assert_eq!(oak.as_plumber("GET", &path, None).await.code(), "conflict", "it went by, and they may know that");
    assert_eq!(oak.as_plumber("POST", &format!("{path}/accept"), Some(json!({}))).await.code(), "conflict");

    let added = oak.send("POST", &format!("/api/v1/contacts/{}/operatives", oak.plumber), Some(json!({ "name": "Ann" }))).await;
    assert_eq!(added.status, StatusCode::CREATED);
    let ann = added.data()["id"].clone();
    let renamed = oak
        .send(
            "PATCH",
            &format!("/api/v1/contacts/{}/operatives/{}", oak.plumber, ann.as_str().expect("an id")),
            Some(json!({ "name": "Ann Lee" })),
        )
        .await;
    assert_eq!(renamed.data()["name"], "Ann Lee");
    let second = oak.order().await;
    for path in [&path, &second] {
        oak.send("PATCH", &format!("{path}/assign"), Some(json!({ "contractorId": oak.plumber }))).await.data();
        let action = json!({ "action": { "do": "accept" }, "key": "0198c0de-0000-7000-8000-000000000001" });
        let answered = oak.as_plumber("POST", &format!("{path}/actions"), Some(action)).await;
        assert_eq!(answered.status.as_u16(), if path == &second { 422 } else { 200 }, "a key is one action's");
        if path == &second {
            oak.as_plumber("POST", &format!("{path}/accept"), Some(json!({}))).await.data();
        }
    }
    let ten = json!({ "window": "at", "date": "2026-11-24", "from": "10", "operativeId": ann });
    assert_eq!(oak.send("PATCH", &format!("{path}/schedule"), Some(ten.clone())).await.status, StatusCode::OK);
    let taken = oak.send("PATCH", &format!("{second}/schedule"), Some(ten)).await;
    assert_eq!(taken.code(), "conflict");
    let unknown = oak.as_plumber("POST", &format!("{path}/actions"), Some(json!({ "action": { "do": "fly" } }))).await;
    assert_eq!(unknown.field("action"), "This is not an action; see the list of them");
    let who = oak.send("GET", &format!("{path}/candidates"), None).await;
    assert_eq!((who.data()[0]["name"].as_str(), who.data()[0]["load"].as_i64()), (Some("Carl"), Some(2)));
}
