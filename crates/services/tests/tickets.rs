//! Tickets as staff work with them.

use domain::faults::{Category, Priority};
use domain::policy::Act;
use domain::tickets::{NewTicket, Source};
use serde_json::json;
use services::tickets::open;
use testkit::{Home, TestApp};

fn report(home: &Home, title: &str, app: &TestApp) -> NewTicket {
    NewTicket {
        property: home.property,
        unit: Some(home.unit),
        tenancy: None,
        draft: None,
        reported_by: None,
        reporter_name: None,
        reporter_phone: None,
        source: Source::Portal,
        confirmed: true,
        category: Category::Plumbing,
        priority: Priority::Routine,
        priority_reasons: Vec::new(),
        title: title.into(),
        description: String::new(),
        fault_path: None,
        trade: None,
        hazards: Vec::new(),
        answers: json!({}),
        access: json!({}),
        vulnerability: None,
        assignee: None,
        follows: None,
        aware_at: app.house.now(),
    }
}

#[tokio::test]
async fn a_tenant_report_gets_number_target_and_a_public_line() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let home = oak.home("14 Beech Grove", "LS11 6AB").await;
    let tom = oak.tenant("Tom Okafor", &home).await;
    let mut references = Vec::new();
    for title in ["Tap drips", "Door sticks"] {
        let mut tx = tom.begin(Act::ReportProblem).await.expect("begins");
        let new = NewTicket { reported_by: Some(tom.contact()), reporter_name: Some("Tom Okafor".into()), ..report(&home, title, &app) };
        references.push(open::insert(&mut tx, new).await.expect("inserts").reference);
        tx.commit().await.expect("commits");
    }
    assert_eq!(references, ["PM-4601", "PM-4602"]);
    let (target, extra): (String, String) =
        sqlx::query_as("select to_char(target_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'), search_extra from tickets where reference = 'PM-4601'")
            .fetch_one(app.behind())
            .await
            .expect("reads");
    assert_eq!((target.as_str(), extra.as_str()), ("2026-12-18 23:59:59", "Whole house 14 Beech Grove Leeds LS11 6AB LS116AB Tom Okafor 4601"));
    let kinds: Vec<(String, String)> = sqlx::query_as("select kind, visibility from timeline_events order by position").fetch_all(app.behind()).await.expect("reads");
    assert_eq!(kinds, [("ticket:reported".into(), "public".into()), ("ticket:reported".into(), "public".into())]);
}

#[tokio::test]
async fn a_tenant_cannot_report_for_somebody_elses_home() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let home = oak.home("14 Beech Grove", "LS11 6AB").await;
    let next_door = oak.home("16 Beech Grove", "LS11 6AB").await;
    let tom = oak.tenant("Tom Okafor", &home).await;
    let mut tx = tom.begin(Act::ReportProblem).await.expect("begins");
    let refused = open::insert(&mut tx, report(&next_door, "Not mine", &app)).await;
    assert!(matches!(refused, Err(services::Error::NotFound)), "{refused:?}");
}
