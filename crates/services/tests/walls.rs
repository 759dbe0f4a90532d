//! The walls between organisations and between audiences, with the app's own checks out of the way: raw SQL under the app's login.

use domain::policy::{Act, Role};
use testkit::TestApp;

#[tokio::test]
async fn every_table_of_an_organisation_has_forced_row_level_security() {
    let app = TestApp::new().await;
    let open: Vec<String> = sqlx::query_scalar(
        "select c.oid::regclass::text
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = 'public' and c.relkind in ('r', 'p') and c.relname !~ '^(_sqlx|river_)'
           and not (c.relrowsecurity and c.relforcerowsecurity)",
    )
    .fetch_all(app.behind())
    .await
    .expect("an answer");
    assert!(open.is_empty(), "tables without forced row-level security: {open:?}");
}

#[tokio::test]
async fn an_organisation_sees_its_own_rows_and_no_others() {
    let app = TestApp::new().await;
    let (oak, elm) = (app.org("Oak Homes").await, app.org("Elm Lettings").await);
    oak.home("14 Beech Grove", "LS11 6AB").await;
    let elm_home = elm.home("2 Elm Row", "BS1 4DJ").await;
    let olive = oak.staff("Olive", Role::OrgAdmin).await;

    let mut tx = olive.begin(Act::ReadEstate).await.expect("begins");
    let lines: Vec<String> = sqlx::query_scalar("select line1 from properties").fetch_all(tx.conn()).await.expect("reads");
    assert_eq!(lines, ["14 Beech Grove"]);
    let moved = sqlx::query("update properties set line1 = 'mine now' where id = $1")
        .bind(elm_home.property.uuid())
        .execute(tx.conn())
        .await
        .expect("runs");
    assert_eq!(moved.rows_affected(), 0);
    let smuggled =
        sqlx::query("insert into counters (org_id, kind, value) values ($1, 'x', 1)").bind(elm.id.uuid()).execute(tx.conn()).await;
    assert!(smuggled.is_err());
}

#[tokio::test]
async fn a_connection_without_a_scope_sees_nothing() {
    let app = TestApp::new().await;
    app.org("Oak Homes").await.home("14 Beech Grove", "LS11 6AB").await;
    let refused = sqlx::query("select 1 from properties").execute(app.house.db().pool()).await;
    assert!(refused.is_err(), "the app's login has no grant of its own");
}

#[tokio::test]
async fn a_tenant_reads_their_own_home_only_and_leaving_ends_it() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let home = oak.home("14 Beech Grove", "LS11 6AB").await;
    let next_door = oak.home("16 Beech Grove", "LS11 6AB").await;
    let tom = oak.tenant("Tom", &home).await;
    oak.tenant("Nina", &next_door).await;

    let mut tx = tom.begin(Act::FollowOwnRepairs).await.expect("begins");
    let lines: Vec<String> = sqlx::query_scalar("select line1 from properties").fetch_all(tx.conn()).await.expect("reads");
    assert_eq!(lines, ["14 Beech Grove"]);
    let names: Vec<String> = sqlx::query_scalar("select name from contacts").fetch_all(tx.conn()).await.expect("reads");
    assert_eq!(names, ["Tom"]);
    for forbidden in [
        "select access_codes_enc from properties",
        "select notes from contacts",
        "select assignee_id from tickets",
        "select * from audit_log",
    ] {
        let mut tx = tom.begin(Act::FollowOwnRepairs).await.expect("begins");
        assert!(sqlx::query(forbidden).execute(tx.conn()).await.is_err(), "{forbidden}");
    }
    drop(tx);

    sqlx::query("update tenancies set end_on = '2026-11-19'").execute(app.behind()).await.expect("moves out");
    let mut tx = tom.begin(Act::FollowOwnRepairs).await.expect("begins");
    let lines: Vec<String> = sqlx::query_scalar("select line1 from properties").fetch_all(tx.conn()).await.expect("reads");
    assert!(lines.is_empty());
}

#[tokio::test]
async fn the_policy_is_asked_before_a_transaction_begins() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let viewer = oak.staff("Vera", Role::Viewer).await;
    assert!(matches!(viewer.begin(Act::UpdateTicket).await, Err(services::Error::Forbidden)));
}

#[tokio::test]
async fn the_audit_cannot_be_changed_by_any_role_of_the_app_and_says_where_it_was_broken() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let olive = oak.staff("Olive", Role::OrgAdmin).await;
    for n in 0..3 {
        let mut tx = olive.begin(Act::ChangeSettings).await.expect("begins");
        tx.record(
            domain::events::Event::new("settings:changed", "organisation", oak.id).change(serde_json::json!(n), serde_json::json!(n + 1)),
        );
        tx.commit().await.expect("commits");
    }
    for forbidden in [
        "update audit_log set action = 'x'",
        "delete from audit_log",
        "update timeline_events set kind = 'x'",
        "delete from timeline_events",
        "update org_heads set audit_seq = 0",
    ] {
        let mut tx = olive.begin(Act::ChangeSettings).await.expect("begins");
        assert!(sqlx::query(forbidden).execute(tx.conn()).await.is_err(), "{forbidden}");
    }
    let broken = async || {
        let mut tx = olive.begin(Act::ReadAudit).await.expect("begins");
        sqlx::query_as::<_, (i64, String)>("select * from app.audit_first_broken()").fetch_optional(tx.conn()).await.expect("verifies")
    };
    assert_eq!(broken().await, None);
    sqlx::query("update audit_values set new_value = '99' where seq = 2").execute(app.behind()).await.expect("tampers");
    assert_eq!(broken().await, Some((2, "the recorded values were changed after they were written".into())));
    sqlx::query("update audit_values set new_value = '2' where seq = 2").execute(app.behind()).await.expect("restores");
    assert_eq!(broken().await, None);
    sqlx::query("delete from audit_values where seq = 3").execute(app.behind()).await.expect("erases the personal half");
    assert_eq!(broken().await, None, "erasure keeps the chain whole");
    sqlx::query("delete from audit_log where seq = 3").execute(app.behind()).await.expect("cuts the tail");
    assert_eq!(broken().await.map(|b| b.1), Some("the chain ends before its head: rows were cut from the end".into()));
}

#[tokio::test]
async fn a_caller_who_goes_away_while_a_transaction_begins_leaves_the_connection_clean() {
    use std::time::Duration;
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let olive = oak.staff("Olive", Role::OrgAdmin).await;
    let db = db::Db::connect(app.database.app_options(), 1);
    let scope = db::Scope { membership: Some(olive.membership()), ..db::Scope::of(oak.id, domain::policy::Audience::Staff) };
    for micros in (0..2_000).step_by(50) {
        let begun = db::OrgTx::begin(&db, scope, db::ActorRecord::default(), app.house.now());
        let _ = tokio::time::timeout(Duration::from_micros(micros), begun).await;
        // Inside a transaction now() stands still.
        let mut moments = Vec::new();
        for _ in 0..2 {
            let moment: String =
                sqlx::query_scalar("select now()::text || current_user").fetch_one(db.pool()).await.expect("the next borrower is served");
            assert!(moment.ends_with("fettle_app"), "{moment}");
            moments.push(moment);
        }
        assert_ne!(moments[0], moments[1], "the connection came back inside a transaction");
    }
}
