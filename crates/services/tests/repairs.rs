//! A tenant's own repairs: what they see, what they say, and whether it is fixed.

#![expect(clippy::expect_used, reason = "what a test arranges may fail as loudly as a test")]

use domain::TicketId;
use domain::policy::{Act, Role};
use domain::tickets::{Draft, Fixed, NONE, NewTicket, Preferences, RawAnswers, Report, Source, Status, Step};
use jiff::SignedDuration;
use services::repairs::{self, Answered, Copy};
use services::{Cx, Error, Tenant};
use testkit::{Home, TestApp, TestOrg};

async fn oak_and_tom(app: &TestApp) -> (TestOrg<'_>, Home, Cx<Tenant>) {
    let oak = app.org("Oak Homes").await;
    let home = oak.home("14 Beech Grove", "LS11 6AB").await;
    let tom = oak.tenant("Tom", &home).await;
    (oak, home, tom)
}

/// A repair of the tenant's home.
async fn repair(cx: &Cx<Tenant>, home: &Home) -> TicketId {
    let catalogue = domain::faults::Catalogue::default_uk();
    let mut draft = Draft::of_tenant(Some((home.property, home.unit)));
    let steps: [(Step, &[(&str, &str)]); 7] = [
        (Step::Emergency, &[("emergency", NONE)]),
        (Step::Where, &[("where", NONE)]),
        (Step::Details, &[("details", "The letterbox is stuck")]),
        (Step::Photos, &[]),
        (Step::Access, &[("access", "someone_in")]),
        (Step::Needs, &[("needs", NONE)]),
        (Step::Check, &[]),
    ];
    for (step, fields) in steps {
        draft.answer(step, &RawAnswers::of(fields), catalogue).expect("a good answer");
    }
    let report = Report::parse(&draft, catalogue).expect("complete");
    let mut tx = cx.begin(Act::ReportProblem).await.expect("begins");
    let new = NewTicket {
        property: home.property,
        unit: Some(home.unit),
        tenancy: None,
        draft: None,
        reported_by: Some(cx.contact()),
        reporter_name: Some(cx.name().to_owned()),
        reporter_phone: None,
        source: Source::Portal,
        confirmed: true,
        category: report.assessment.category,
        priority: report.assessment.priority,
        priority_reasons: vec![],
        title: report.title,
        description: report.description,
        fault_path: None,
        trade: None,
        hazards: vec![],
        answers: serde_json::to_value(&report.answers).expect("json"),
        access: serde_json::to_value(&report.access).expect("json"),
        vulnerability: None,
        assignee: None,
        follows: None,
        aware_at: tx.now(),
    };
    let ticket = services::tickets::open::insert(&mut tx, new).await.expect("inserted");
    tx.commit().await.expect("commits");
    ticket.id
}

async fn put(app: &TestApp, id: TicketId, status: &str) {
    let sql = "update tickets set status = $2, completed_at = $3::text::timestamptz, closed_at = case when $2 = 'CLOSED' then $3::text::timestamptz end,
               close_outcome = case when $2 = 'CLOSED' then 'NO_ANSWER' end where id = $1";
    sqlx::query(sql)
        .bind(id.uuid())
        .bind(status.to_owned())
        .bind(app.house.now().to_string())
        .execute(app.behind())
        .await
        .expect("arranged");
}

async fn status(tom: &Cx<Tenant>, id: TicketId) -> Status {
    repairs::one(tom, id).await.expect("theirs").card.status
}

#[tokio::test]
async fn a_home_shares_its_repairs_and_nobody_else_sees_them() {
    let app = TestApp::new().await;
    let (oak, home, tom) = oak_and_tom(&app).await;
    let jo = oak.tenant("Jo", &home).await;
    let eve = oak.tenant("Eve", &oak.home("2 Elm Row", "LS11 6AB").await).await;
    let id = repair(&tom, &home).await;
    let olive = oak.staff("Olive", Role::Coordinator).await;
    services::tickets::note::add(&olive, id, "Ring the supplier", false).await.expect("noted");
    services::tickets::note::add(&olive, id, "We come on Tuesday", true).await.expect("noted");
    repairs::add_note(&tom, id, "Thank you <b>").await.expect("written");

    let seen = repairs::one(&jo, id).await.expect("a joint tenant");
    let lines: Vec<String> =
        seen.lines.iter().map(|l| format!("{} {} {}", l.who, l.what, l.words.as_deref().unwrap_or_default())).collect();
    assert_eq!(lines, ["Tom reported the problem ", "We wrote We come on Tuesday", "Tom wrote Thank you <b>"]);
    assert_eq!(repairs::list(&tom).await.expect("lists").open.len(), 1);
    assert!(repairs::list(&eve).await.expect("lists").open.is_empty());
    assert!(matches!(repairs::one(&eve, id).await, Err(Error::NotFound)));
    assert!(matches!(repairs::add_note(&eve, id, "hello").await, Err(Error::NotFound)));
    assert!(matches!(repairs::say_fixed(&eve, id, Fixed::No, "").await, Err(Error::NotFound)));
    assert!(matches!(repairs::cancel(&eve, id, "").await, Err(Error::NotFound)));

    let newcomer = oak.contact("Ned", "tenant").await;
    sqlx::query("update tenancies set end_on = '2026-11-19' where unit_id = $1")
        .bind(home.unit.uuid())
        .execute(app.behind())
        .await
        .expect("moves out");
    oak.tenancy(&home, newcomer, "2026-11-21", None).await;
    app.clock.forward(SignedDuration::from_hours(24));
    let ned = oak.member("Ned", Role::Tenant, Some(newcomer)).await.tenant().expect("a tenant");
    assert!(repairs::list(&ned).await.expect("lists").open.is_empty(), "from before they lived there");
    assert!(matches!(repairs::one(&tom, id).await, Err(Error::NotFound)), "leaving ends access");
}

#[tokio::test]
async fn a_tenant_says_that_it_is_fixed() {
    let app = TestApp::new().await;
    let (_, home, tom) = oak_and_tom(&app).await;
    let id = repair(&tom, &home).await;
    assert!(matches!(repairs::say_fixed(&tom, id, Fixed::Yes, "").await, Err(Error::Conflict(_))), "nothing was done yet");
    put(&app, id, "COMPLETED").await;
    assert_eq!(repairs::say_fixed(&tom, id, Fixed::Yes, "").await.expect("answers"), Answered::Closed);
    assert_eq!(status(&tom, id).await, Status::Closed);
    let outcome: String = sqlx::query_scalar("select close_outcome from tickets").fetch_one(app.behind()).await.expect("a row");
    assert_eq!(outcome, "TENANT_CONFIRMED");
    assert!(matches!(repairs::say_fixed(&tom, id, Fixed::Yes, "").await, Err(Error::Conflict(_))));
}

#[tokio::test]
async fn not_fixed_opens_it_again_and_after_28_days_a_linked_one() {
    let app = TestApp::new().await;
    let (_, home, tom) = oak_and_tom(&app).await;
    let id = repair(&tom, &home).await;
    for (from, fixed) in [("COMPLETED", Fixed::Partly), ("COMPLETED", Fixed::NobodyCame), ("CLOSED", Fixed::No)] {
        put(&app, id, from).await;
        app.clock.forward(SignedDuration::from_hours(24 * 7));
        assert_eq!(repairs::say_fixed(&tom, id, fixed, "still stuck").await.expect("answers"), Answered::Reopened);
        assert_eq!(status(&tom, id).await, Status::Triaged);
    }
    let last = repairs::one(&tom, id).await.expect("theirs").lines.pop().expect("a line");
    assert_eq!(last.words.as_deref(), Some("No, it is not fixed. still stuck"));

    put(&app, id, "CLOSED").await;
    app.clock.forward(SignedDuration::from_hours(24 * 29));
    let Answered::Linked(new) = repairs::say_fixed(&tom, id, Fixed::No, "").await.expect("answers") else { panic!("not linked") };
    assert_eq!((status(&tom, id).await, status(&tom, new.id).await), (Status::Closed, Status::New));
    let follows: Option<uuid::Uuid> = sqlx::query_scalar("select follows_ticket_id from tickets where id = $1")
        .bind(new.id.uuid())
        .fetch_one(app.behind())
        .await
        .expect("a row");
    assert_eq!(follows, Some(id.uuid()));
}

#[tokio::test]
async fn a_report_is_taken_back_only_while_it_is_new() {
    let app = TestApp::new().await;
    let (_, home, tom) = oak_and_tom(&app).await;
    let id = repair(&tom, &home).await;
    put(&app, id, "TRIAGED").await;
    assert!(matches!(repairs::cancel(&tom, id, "").await, Err(Error::Conflict(s)) if s.contains("call us")));
    put(&app, id, "NEW").await;
    repairs::cancel(&tom, id, "It mended itself").await.expect("cancelled");
    assert_eq!(status(&tom, id).await, Status::Cancelled);
    assert_eq!(repairs::list(&tom).await.expect("lists").finished.len(), 1);
}

#[tokio::test]
async fn photos_are_shown_as_copies_and_refused_in_words() {
    let app = TestApp::new().await;
    let (oak, home, tom) = oak_and_tom(&app).await;
    let eve = oak.tenant("Eve", &oak.home("2 Elm Row", "LS11 6AB").await).await;
    let id = repair(&tom, &home).await;
    let mut jpeg = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(40, 30).write_to(&mut jpeg, image::ImageFormat::Jpeg).expect("a picture");
    let photo = repairs::add_photo(&tom, id, "../../door.jpg", jpeg.into_inner().into()).await.expect("taken");
    assert!(matches!(repairs::photo(&tom, photo, Copy::Display).await, Err(Error::NotFound)), "no copy yet, and never the original");
    app.run_jobs().await;
    assert!(
        repairs::photo(&tom, photo, Copy::Display).await.expect("a copy").as_str()
            == services::files::FileKey::display(oak.id, photo).as_str()
    );
    assert!(matches!(repairs::photo(&eve, photo, Copy::Thumbnail).await, Err(Error::NotFound)));
    assert!(matches!(
        repairs::add_photo(&eve, id, "a.jpg", bytes::Bytes::from_static(b"x")).await,
        Err(Error::Invalid(_) | Error::NotFound)
    ));
    let Err(Error::Invalid(errors)) = repairs::add_photo(&tom, id, "notes.pdf", bytes::Bytes::from_static(b"%PDF-1.7")).await else {
        panic!("taken")
    };
    assert!(errors.get("photos").is_some_and(|s| s.starts_with("notes.pdf: ")));
    assert!(matches!(repairs::add_note(&tom, id, " \0 ").await, Err(Error::Invalid(_))));
    assert!(matches!(repairs::add_note(&tom, id, &"x".repeat(2_001)).await, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn preferences_are_the_tenants_own_and_never_overwrite_unseen() {
    let app = TestApp::new().await;
    let (_, _, tom) = oak_and_tom(&app).await;
    let before = repairs::preferences(&tom).await.expect("reads");
    let wanted = Preferences { channel: "letter".into(), language: "ur".into(), large_print: true, ..before.clone() };
    repairs::set_preferences(&tom, wanted.clone()).await.expect("saved");
    let after = repairs::preferences(&tom).await.expect("reads");
    assert_eq!(after, Preferences { version: before.version + 1, ..wanted.clone() });
    assert!(matches!(repairs::set_preferences(&tom, wanted).await, Err(Error::Conflict(_))));
    let odd = Preferences { channel: "pigeon".into(), language: "xx".into(), ..after };
    assert!(
        matches!(repairs::set_preferences(&tom, odd).await, Err(Error::Invalid(e)) if e.get("channel").is_some() && e.get("language").is_some())
    );
}
