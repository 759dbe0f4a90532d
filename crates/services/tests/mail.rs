//! Mails, from the transaction that causes them to the postman's answer.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up fails with that sentence")]

use db::{ActorRecord, AuthTx};
use domain::policy::{Act, Role};
use domain::values::EmailAddress;
use domain::{MailId, OrgId};
use jiff::SignedDuration;
use jobs::Ran;
use serde_json::json;
use services::mail::{Mail, SecretMail, SendError, Template, inbox, send_later, send_secret_later};
use services::{Cx, Error, Staff};
use testkit::TestApp;

const RECEIVED: Template = Template {
    name: "received",
    subject: "We have your report {{ reference }}",
    text: r#"{% extends "layout.txt" %}{% block body %}Thank you. Your reference is {{ reference }}.{% endblock %}"#,
    mjml: r#"{% extends "layout.mjml" %}{% block body %}<mj-text>Your reference is {{ reference }}.</mj-text>{% endblock %}"#,
};

const LINK: Template = Template {
    name: "log_in",
    subject: "Your link to log in",
    text: r#"{% extends "layout.txt" %}{% block body %}Open {{ link }}{% endblock %}"#,
    mjml: r#"{% extends "layout.mjml" %}{% block body %}<mj-button href="{{ link }}">Log in</mj-button>{% endblock %}"#,
};

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).expect("an address")
}

async fn send(cx: &Cx<Staff>) -> MailId {
    let mut tx = cx.begin(Act::UpdateTicket).await.expect("begins");
    let id = write(&mut tx).await;
    tx.commit().await.expect("commits");
    id
}

async fn write(tx: &mut db::OrgTx) -> MailId {
    let to = address("tom@example.com");
    let mail = Mail { template: &RECEIVED, to: &to, lang: "en-GB", ticket: None, context: json!({ "reference": "OAK-17" }) };
    send_later(tx, mail).await.expect("is written")
}

async fn send_secret(app: &TestApp, org: Option<OrgId>) {
    let mut tx = AuthTx::begin(app.house.db(), ActorRecord::default(), app.house.now()).await.expect("begins");
    if let Some(org) = org {
        tx.enter(org).await.expect("enters");
    }
    let to = address("tom@example.com");
    let mail =
        SecretMail { template: &LINK, to: &to, lang: "en-GB", org, context: json!({ "link": "https://repairs.example/in/s3cr3t-token" }) };
    send_secret_later(&app.house, &mut tx, mail).await.expect("is written");
    tx.commit().await.expect("commits");
}

/// `status attempts last_error` of the only mail.
async fn row(app: &TestApp, table: &'static str) -> String {
    let sql = format!("select status || ' ' || attempts || ' ' || coalesce(last_error, '-') from {table}");
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(app.behind()).await.expect("one mail")
}

async fn audited(app: &TestApp) -> Vec<String> {
    sqlx::query_scalar("select action from audit_log order by seq").fetch_all(app.behind()).await.expect("reads")
}

#[tokio::test]
async fn a_mail_is_sent_once_its_cause_is_committed_and_says_what_was_true_then() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let olive = oak.staff("Olive", Role::Coordinator).await;
    let mut tx = olive.begin(Act::UpdateTicket).await.expect("begins");
    write(&mut tx).await;
    drop(tx);
    assert_eq!(app.run_jobs().await, Ran::default(), "a rolled-back change sends nothing");

    let id = send(&olive).await;
    sqlx::query("update organisations set name = 'Renamed'").execute(app.behind()).await.expect("renames");
    assert_eq!(app.run_jobs().await, Ran { completed: 1, ..Ran::default() });
    let sent = app.postman.sent();
    let [mail] = sent.as_slice() else { panic!("{} mails", sent.len()) };
    assert_eq!(mail.subject, "We have your report OAK-17");
    assert_eq!((mail.from.name.as_str(), mail.from.address.as_str()), ("Oak Homes", "no-reply@fettle.example"));
    assert_eq!(mail.to.as_str(), "tom@example.com");
    assert_eq!(mail.message_id, format!("<{id}@fettle.example>"));
    assert!(mail.text.contains("Oak Homes") && mail.html.contains("Your reference is OAK-17."), "{}", mail.text);
    assert_eq!(row(&app, "outbound_mails").await, "sent 1 -");
    assert_eq!(audited(&app).await, ["email:sent"]);
}

#[tokio::test]
async fn a_tenants_own_verb_may_cause_a_mail_but_not_read_one() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let home = oak.home("14 Beech Grove", "LS11 6AB").await;
    let tom = oak.tenant("Tom", &home).await;
    let mut tx = tom.begin(Act::FollowOwnRepairs).await.expect("begins");
    write(&mut tx).await;
    assert!(sqlx::query("select subject from outbound_mails").execute(tx.conn()).await.is_err(), "reading is refused");
    let mut tx = tom.begin(Act::FollowOwnRepairs).await.expect("begins");
    write(&mut tx).await;
    tx.commit().await.expect("commits");
    assert_eq!(app.run_jobs().await.completed, 1);
    assert_eq!(app.postman.sent().len(), 1);
}

#[tokio::test]
async fn a_mail_that_is_not_taken_is_tried_again_under_the_same_message_id() {
    let app = TestApp::new().await;
    let olive = app.org("Oak Homes").await.staff("Olive", Role::Coordinator).await;
    send(&olive).await;
    app.postman.refuse_next(SendError::Temporary("451 greylisted, try later".into()));
    assert_eq!(app.run_jobs().await.retrying, 1);
    assert_eq!(row(&app, "outbound_mails").await, "queued 1 451 greylisted, try later");
    let first: String = sqlx::query_scalar("select message_id from outbound_mails").fetch_one(app.behind()).await.expect("given");
    assert_eq!(app.run_jobs().await.attempts(), 0, "not at once");
    app.clock.forward(SignedDuration::from_mins(1));
    assert_eq!(app.run_jobs().await.completed, 1);
    assert_eq!(app.postman.sent().first().map(|mail| mail.message_id.clone()), Some(first));
    assert_eq!(row(&app, "outbound_mails").await, "sent 2 451 greylisted, try later");
}

#[tokio::test]
async fn a_refused_mail_is_a_bounce_and_no_dead_job() {
    let app = TestApp::new().await;
    let olive = app.org("Oak Homes").await.staff("Olive", Role::Coordinator).await;
    send(&olive).await;
    app.postman.refuse_next(SendError::Permanent("550 no such user".into()));
    assert_eq!(app.run_jobs().await, Ran { completed: 1, ..Ran::default() });
    assert_eq!(row(&app, "outbound_mails").await, "bounced 1 550 no such user");
    assert_eq!(audited(&app).await, ["email:bounced"]);
}

#[tokio::test]
async fn after_the_fifth_attempt_a_mail_has_failed_and_its_job_is_dead() {
    let app = TestApp::new().await;
    let olive = app.org("Oak Homes").await.staff("Olive", Role::Coordinator).await;
    send(&olive).await;
    let mut dead = 0;
    for _ in 0..5 {
        app.postman.refuse_next(SendError::Temporary("no answer".into()));
        dead += app.run_jobs().await.dead;
        app.clock.forward(SignedDuration::from_hours(2));
    }
    assert_eq!((dead, row(&app, "outbound_mails").await), (1, "failed 5 no answer".into()));
    assert_eq!(audited(&app).await, ["email:failed"]);

    // A person looked at it and brought it back.
    let back = "update river.river_job set state = 'available', finalized_at = null, scheduled_at = now(), max_attempts = 6";
    sqlx::query(back).execute(app.behind()).await.expect("is put back");
    assert_eq!(app.run_jobs().await.completed, 1);
    assert_eq!(row(&app, "outbound_mails").await, "sent 6 no answer");
}

#[tokio::test]
async fn a_job_that_runs_twice_sends_once() {
    let app = TestApp::new().await;
    let olive = app.org("Oak Homes").await.staff("Olive", Role::Coordinator).await;
    send(&olive).await;
    app.run_jobs().await;
    let again = "update river.river_job set state = 'available', finalized_at = null, scheduled_at = now()";
    sqlx::query(again).execute(app.behind()).await.expect("is put back");
    assert_eq!(app.run_jobs().await.completed, 1);
    assert_eq!((app.postman.sent().len(), audited(&app).await.len()), (1, 1));
}

#[tokio::test]
async fn a_way_in_is_unreadable_while_it_waits_and_gone_when_it_has_left() {
    for in_org in [false, true] {
        let app = TestApp::new().await;
        let oak = app.org("Oak Homes").await;
        send_secret(&app, in_org.then_some(oak.id)).await;
        let everything = "select m::text || j::text from auth.mails m, river.river_job j";
        let at_rest: String = sqlx::query_scalar(everything).fetch_one(app.behind()).await.expect("one mail, one job");
        let hex = hex::encode("s3cr3t-token");
        assert!(!at_rest.contains("s3cr3t-token") && !at_rest.contains(&hex), "{at_rest}");

        app.postman.refuse_next(SendError::Temporary("451 later".into()));
        assert_eq!(app.run_jobs().await.retrying, 1);
        app.clock.forward(SignedDuration::from_mins(1));
        assert_eq!(app.run_jobs().await.completed, 1);
        let sent = app.postman.sent();
        let [mail] = sent.as_slice() else { panic!("{} mails", sent.len()) };
        assert!(mail.text.contains("https://repairs.example/in/s3cr3t-token"));
        assert_eq!(mail.from.name, if in_org { "Oak Homes" } else { "Fettle" });
        assert_eq!(row(&app, "auth.mails").await, "sent 2 451 later");
        let wiped: bool = sqlx::query_scalar("select sealed_body is null from auth.mails").fetch_one(app.behind()).await.expect("reads");
        assert!(wiped);
        assert_eq!(audited(&app).await, if in_org { vec!["email:sent"] } else { vec![] });
    }
}

#[tokio::test]
async fn only_log_in_reads_the_mails_that_let_people_in() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    send_secret(&app, Some(oak.id)).await;
    let admin = oak.staff("Olive", Role::OrgAdmin).await;
    let system = Cx::system(&app.house, oak.id, "a test");
    for mut tx in [admin.begin(Act::ReadAudit).await.expect("begins"), system.begin(Act::DoBackgroundWork).await.expect("begins")] {
        let error = sqlx::query("select subject from auth.mails").execute(tx.conn()).await.expect_err("refused");
        assert!(error.to_string().contains("permission denied"), "{error}");
    }
}

#[tokio::test]
async fn the_development_inbox_shows_everything_and_exists_only_where_nothing_leaves() {
    let app = TestApp::new().await;
    let (oak, elm) = (app.org("Oak Homes").await, app.org("Elm Lettings").await);
    for org in [&oak, &elm] {
        send(&org.staff("Olive", Role::Coordinator).await).await;
        app.clock.forward(SignedDuration::from_secs(1));
    }
    send_secret(&app, None).await;
    assert!(matches!(inbox(&app.house, 50).await, Err(Error::NotFound)), "mail leaves this installation");

    app.postman.keep_everything();
    app.run_jobs().await;
    let mails = inbox(&app.house, 50).await.expect("the inbox");
    let seen: Vec<_> = mails.iter().map(|mail| (mail.from.as_str(), mail.subject.as_str(), mail.status.as_str())).collect();
    assert_eq!(
        seen,
        [
            ("Fettle", "Your link to log in", "kept"),
            ("Elm Lettings", "We have your report OAK-17", "sent"),
            ("Oak Homes", "We have your report OAK-17", "sent")
        ]
    );
    assert!(mails.first().is_some_and(|mail| mail.text.contains("s3cr3t-token")), "a person can log in with it");
    assert_eq!(inbox(&app.house, 1).await.expect("the inbox").len(), 1);
}
