//! The report, from the first question to the ticket: by a renter, by a guest, by somebody who went no further.

#![expect(clippy::expect_used, reason = "what a test arranges may fail as loudly as a test")]

use std::io::Cursor;

use bytes::Bytes;
use domain::DraftId;
use domain::policy::Act;
use domain::tickets::{NONE, RawAnswers, Step, next_step};
use jiff::SignedDuration;
use services::report::{self, Reporting, Saved, State, Submitted, guest, photos};
use services::{Cx, Error, Request, Tenant};
use testkit::{Home, TestApp, TestOrg};

async fn say(who: &Reporting, draft: DraftId, step: Step, fields: &[(&str, &str)]) -> Saved {
    report::save_step(who, draft, step, RawAnswers::of(fields)).await.expect("saved")
}

/// Answers whatever is asked until the check page.
async fn answer_the_rest(who: &Reporting, draft: DraftId) {
    for _ in 0..20 {
        let opened = report::load(who, draft).await.expect("loads");
        let step = next_step(&opened.draft, &opened.catalogue);
        let question = opened.draft.question_to_ask(&opened.catalogue).map(|q| {
            let answer = if q.read("no").is_ok() { "no".to_owned() } else { String::new() };
            (q.code.clone(), answer)
        });
        let (code, answer) = question.unwrap_or_default();
        let fields: &[(&str, &str)] = match step {
            Step::Check => return,
            Step::Questions => &[("question", &code), ("answer", &answer)],
            Step::Advice => &[("read", "yes")],
            Step::Duplicates => &[("same", NONE)],
            Step::Details => &[("details", "It drips")],
            Step::Access => &[("access", "someone_in"), ("times", "morning")],
            Step::Needs => &[("needs", NONE)],
            _ => &[],
        };
        assert!(matches!(say(who, draft, step, fields).await, Saved::Next(_)), "{step:?}");
    }
    panic!("the wizard does not end");
}

/// A complete draft about `path`, ready to be sent.
async fn complete(cx: &Cx<Tenant>, path: &str) -> (Reporting, DraftId) {
    let who = Reporting::from(cx.clone());
    let draft = report::start(cx).await.expect("starts");
    say(&who, draft, Step::Emergency, &[("emergency", NONE)]).await;
    say(&who, draft, Step::Where, &[("path", path)]).await;
    answer_the_rest(&who, draft).await;
    (who, draft)
}

async fn sent(who: &Reporting, draft: DraftId) -> domain::tickets::TicketRef {
    match report::submit(who, draft).await.expect("answers") {
        Submitted::As(ticket) => ticket,
        other => panic!("not sent: {other:?}"),
    }
}

async fn oak_and_tom(app: &TestApp) -> (TestOrg<'_>, Home, Cx<Tenant>) {
    let oak = app.org("Oak Homes").await;
    let home = oak.home("14 Beech Grove", "LS11 6AB").await;
    let tom = oak.tenant("Tom", &home).await;
    (oak, home, tom)
}

fn photo() -> Bytes {
    let mut out = Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(40, 30).write_to(&mut out, image::ImageFormat::Jpeg).expect("a picture");
    out.into_inner().into()
}

#[tokio::test]
async fn a_renter_reports_a_dripping_tap() {
    let app = TestApp::new().await;
    let (_, home, tom) = oak_and_tom(&app).await;
    let (who, draft) = complete(&tom, "kitchen/tap/dripping").await;
    assert!(matches!(photos::add(&who, draft, "C:\\tap.jpg", photo()).await.expect("taken"), photos::Added::As(_)));
    let ticket = sent(&who, draft).await;
    app.run_jobs().await;

    let row: (String, String, String, bool, i64, uuid::Uuid) = sqlx::query_as(
        "select t.title, t.status, t.priority, t.confirmed, (select count(*) from attachments a where a.ticket_id = t.id and a.thumb_key is not null), t.unit_id from tickets t",
    )
    .fetch_one(app.behind())
    .await
    .expect("one ticket");
    assert_eq!(row, ("Dripping tap".into(), "NEW".into(), "ROUTINE".into(), true, 1, home.unit.uuid()));
    let mails = app.postman.sent();
    assert_eq!(mails.len(), 1);
    insta::assert_snapshot!(mails[0].text.replace(&ticket.id.to_string(), "TICKET"), @r"
    Hello Tom

    We have got your report. Your reference is PM-4601.

    Dripping tap (Kitchen, tap)

    Our target is to have it dealt with by Friday 18 December 2026. This is our own policy.

    What happens next: we look at your report, send somebody, and tell you when they are coming. If it gets worse, or anybody is in danger, call us.

    See how it is going, or add a photo:
    http://localhost:3000/repairs/TICKET

    --
    Oak Homes
    If you smell gas, call 0800 111 999 straight away.
    ");
    let meter: i64 =
        sqlx::query_scalar("select count from usage_meters where resource_type = 'ticket'").fetch_one(app.behind()).await.expect("a meter");
    assert_eq!(meter, 1);

    let receipt = report::receipt(&who, draft).await.expect("a receipt");
    assert_eq!(receipt.reference, ticket.reference);
    assert!(matches!(report::load(&who, draft).await.expect("loads").state, State::Submitted(id) if id == ticket.id));
    assert_eq!(
        say(&who, draft, Step::Details, &[("details", "more")]).await,
        Saved::Submitted(ticket.id),
        "what was sent is not changed any more"
    );
}

#[tokio::test]
async fn two_thumbs_make_one_ticket() {
    let app = TestApp::new().await;
    let (_, _, tom) = oak_and_tom(&app).await;
    let (who, draft) = complete(&tom, "kitchen/tap/dripping").await;
    let (a, b, c) = tokio::join!(report::submit(&who, draft), report::submit(&who, draft), report::submit(&who, draft));
    let references: std::collections::BTreeSet<String> =
        [a, b, c].into_iter().map(|s| if let Ok(Submitted::As(t)) = s { t.reference } else { panic!("{s:?}") }).collect();
    assert_eq!(references.len(), 1);
    let tickets: i64 = sqlx::query_scalar("select count(*) from tickets").fetch_one(app.behind()).await.expect("a count");
    assert_eq!(tickets, 1);
}

#[tokio::test]
async fn what_was_refused_is_shown_again_and_nothing_is_lost() {
    let app = TestApp::new().await;
    let (_, _, tom) = oak_and_tom(&app).await;
    let (who, draft) = complete(&tom, "kitchen/tap/dripping").await;
    let typed = format!("<script>alert(1)</script> مرحبا 👋 \0{}", "x".repeat(2_500));
    assert_eq!(say(&who, draft, Step::Details, &[("details", &typed)]).await, Saved::Refused(Step::Details));
    let opened = report::load(&who, draft).await.expect("loads");
    let problems = opened.problems.expect("kept");
    assert_eq!(problems.raw.one("details"), typed.replace('\0', ""));
    assert!(problems.errors.get("details").is_some_and(|s| s.starts_with("Your description must be 2000 characters or fewer")));
    assert_eq!(opened.draft.details.as_deref(), Some("It drips"), "the answer from before stays");
    assert_eq!(say(&who, draft, Step::Details, &[("details", "<script>alert(1)</script>")]).await, Saved::Next(Step::Check));
    assert_eq!(report::load(&who, draft).await.expect("loads").problems, None);
}

#[tokio::test]
async fn an_incomplete_draft_is_not_sent_and_says_what_is_missing() {
    let app = TestApp::new().await;
    let (_, _, tom) = oak_and_tom(&app).await;
    let who = Reporting::from(tom.clone());
    let draft = report::start(&tom).await.expect("starts");
    assert_eq!(report::submit(&who, draft).await.expect("answers"), Submitted::Missing(Step::Emergency));
}

#[tokio::test]
async fn an_emergency_is_known_from_its_first_answer_and_recorded_though_it_is_abandoned() {
    let app = TestApp::new().await;
    let (_, _, tom) = oak_and_tom(&app).await;
    let who = Reporting::from(tom.clone());
    let draft = report::start(&tom).await.expect("starts");
    let chosen = app.house.now();
    say(&who, draft, Step::Emergency, &[("emergency", "gas")]).await;
    assert_eq!(report::load(&who, draft).await.expect("loads").aware_at, Some(chosen));
    let told: i64 = sqlx::query_scalar("select count(*) from timeline_events where kind = 'report:emergency_chosen'")
        .fetch_one(app.behind())
        .await
        .expect("a count");
    assert_eq!(told, 1, "staff hear of it at once");

    app.clock.forward(SignedDuration::from_mins(14));
    say(&who, draft, Step::Details, &[("details", "At the meter")]).await;
    app.clock.forward(SignedDuration::from_mins(2));
    app.run_jobs().await;
    let tickets: i64 = sqlx::query_scalar("select count(*) from tickets").fetch_one(app.behind()).await.expect("a count");
    assert_eq!(tickets, 0, "still answering");

    app.clock.forward(SignedDuration::from_mins(20));
    app.run_jobs().await;
    let (title, priority, description, aware, reporter): (String, String, String, jiff_sqlx::Timestamp, String) =
        sqlx::query_as("select title, priority, description, aware_at, reporter_name from tickets")
            .fetch_one(app.behind())
            .await
            .expect("recorded");
    assert_eq!(
        (title.as_str(), priority.as_str(), description.as_str(), reporter.as_str()),
        ("Smell of gas", "EMERGENCY", "At the meter", "Tom")
    );
    assert_eq!(aware.to_jiff(), chosen, "not when the worker wrote it down");
    assert!(matches!(report::load(&who, draft).await.expect("loads").state, State::Submitted(_)), "who comes back finds it sent");
    assert_eq!(app.postman.sent().len(), 1);
}

#[tokio::test]
async fn an_emergency_chosen_by_mistake_makes_no_ticket() {
    let app = TestApp::new().await;
    let (_, _, tom) = oak_and_tom(&app).await;
    let who = Reporting::from(tom.clone());
    let draft = report::start(&tom).await.expect("starts");
    say(&who, draft, Step::Emergency, &[("emergency", "gas")]).await;
    say(&who, draft, Step::Emergency, &[("emergency", NONE)]).await;
    app.clock.forward(SignedDuration::from_hours(1));
    app.run_jobs().await;
    let tickets: i64 = sqlx::query_scalar("select count(*) from tickets").fetch_one(app.behind()).await.expect("a count");
    assert_eq!(tickets, 0);
}

#[tokio::test]
async fn a_neighbours_report_is_offered_without_a_name_and_followed_without_being_read() {
    let app = TestApp::new().await;
    let (oak, home, tom) = oak_and_tom(&app).await;
    let flat = oak.unit(home.property, "Flat 2").await;
    let nina = oak.tenant("Nina", &flat).await;
    let elsewhere = oak.home("2 Elm Row", "LS11 6AB").await;
    let eve = oak.tenant("Eve", &elsewhere).await;
    let (toms, first) = complete(&tom, "heating/hot-water/none").await;
    let ticket = sent(&toms, first).await;

    let (ninas, draft) = complete(&nina, "heating/hot-water/none").await;
    let found = report::possible_duplicates(&ninas, draft).await.expect("answers");
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].ticket, found[0].people, found[0].same_home), (ticket.id, 1, false));
    report::follow(&nina, draft, ticket.id).await.expect("follows");
    assert!(matches!(report::load(&ninas, draft).await, Err(Error::NotFound)), "the draft ended");
    let mut tx = nina.begin(Act::FollowOwnRepairs).await.expect("begins");
    let seen: i64 = sqlx::query_scalar("select count(*) from tickets").fetch_one(tx.conn()).await.expect("a count");
    assert_eq!(seen, 0, "a follower reads nobody's words");
    let followed: Vec<String> = sqlx::query_scalar("select title from app.followed_reports()").fetch_all(tx.conn()).await.expect("reads");
    assert_eq!(followed, ["No hot water"]);
    assert!(
        sqlx::query(
            "insert into ticket_followers (org_id, ticket_id, contact_id, created_at) values (app.org_id(), $1, app.contact_id(), now())"
        )
        .bind(ticket.id.uuid())
        .execute(tx.conn())
        .await
        .is_err()
    );
    drop(tx);

    let (eves, draft) = complete(&eve, "heating/hot-water/none").await;
    assert!(report::possible_duplicates(&eves, draft).await.expect("answers").is_empty(), "another building");
    assert!(matches!(report::follow(&eve, draft, ticket.id).await, Err(Error::Conflict(_))));

    let (ninas, draft) = complete(&nina, "kitchen/tap/dripping").await;
    assert!(report::possible_duplicates(&ninas, draft).await.expect("answers").is_empty(), "another fault");
}

#[tokio::test]
async fn duplicates_are_asked_about_before_the_follow_up_questions() {
    let app = TestApp::new().await;
    let (oak, home, tom) = oak_and_tom(&app).await;
    let flat = oak.unit(home.property, "Flat 2").await;
    let nina = oak.tenant("Nina", &flat).await;
    let (toms, first) = complete(&tom, "communal/lift/not-working").await;
    sent(&toms, first).await;
    let who = Reporting::from(nina.clone());
    let draft = report::start(&nina).await.expect("starts");
    say(&who, draft, Step::Emergency, &[("emergency", NONE)]).await;
    let mut next = say(&who, draft, Step::Where, &[("path", "communal/lift/doors")]).await;
    if next == Saved::Next(Step::Advice) {
        next = say(&who, draft, Step::Advice, &[("read", "yes")]).await;
    }
    assert_eq!(next, Saved::Next(Step::Duplicates));
    assert_eq!(say(&who, draft, Step::Duplicates, &[]).await, Saved::Refused(Step::Duplicates));
    assert!(matches!(say(&who, draft, Step::Duplicates, &[("same", NONE)]).await, Saved::Next(Step::Questions | Step::Details)));
}

#[tokio::test]
async fn the_daily_limit_stops_the_eleventh_report_but_no_emergency() {
    let app = TestApp::new().await;
    let (oak, _, tom) = oak_and_tom(&app).await;
    sqlx::query("update organisations set settings = '{\"reportsADay\": 2}' where id = $1")
        .bind(oak.id.uuid())
        .execute(app.behind())
        .await
        .expect("set");
    for _ in 0..2 {
        let (who, draft) = complete(&tom, "kitchen/tap/dripping").await;
        sent(&who, draft).await;
    }
    let (who, draft) = complete(&tom, "kitchen/tap/dripping").await;
    assert_eq!(report::submit(&who, draft).await.expect("answers"), Submitted::Limited);
    assert!(report::load(&who, draft).await.expect("loads").problems.is_some_and(|p| p.errors.get("").is_some()));
    say(&who, draft, Step::Emergency, &[("emergency", "water")]).await;
    answer_the_rest(&who, draft).await;
    sent(&who, draft).await;

    app.clock.forward(SignedDuration::from_hours(24));
    let (who, draft) = complete(&tom, "kitchen/tap/dripping").await;
    sent(&who, draft).await;
}

#[tokio::test]
async fn somebody_elses_draft_is_not_there() {
    let app = TestApp::new().await;
    let (oak, home, tom) = oak_and_tom(&app).await;
    let jo = oak.tenant("Jo", &home).await;
    let (_, draft) = complete(&tom, "kitchen/tap/dripping").await;
    let jo = Reporting::from(jo);
    assert!(matches!(report::load(&jo, draft).await, Err(Error::NotFound)));
    assert!(matches!(report::save_step(&jo, draft, Step::Details, RawAnswers::default()).await, Err(Error::NotFound)));
    assert!(matches!(report::submit(&jo, draft).await, Err(Error::NotFound)));
    assert!(matches!(photos::add(&jo, draft, "a.jpg", photo()).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn a_home_that_is_not_theirs_cannot_be_chosen() {
    let app = TestApp::new().await;
    let (oak, home, tom) = oak_and_tom(&app).await;
    let other = oak.home("2 Elm Row", "LS11 6AB").await;
    let who = Reporting::from(tom.clone());
    let draft = report::start(&tom).await.expect("starts");
    let foreign = format!("{}:{}", other.property, other.unit);
    assert_eq!(say(&who, draft, Step::Home, &[("home", &foreign)]).await, Saved::Refused(Step::Home));
    assert_eq!(
        report::homes(&who, draft).await.expect("homes").iter().map(|h| h.address.as_str()).collect::<Vec<_>>(),
        ["14 Beech Grove, Leeds, LS11 6AB"]
    );
    let _ = home;
}

#[tokio::test]
async fn photos_are_looked_at_counted_and_taken_away_again() {
    let app = TestApp::new().await;
    let (_, _, tom) = oak_and_tom(&app).await;
    let (who, draft) = complete(&tom, "kitchen/tap/dripping").await;
    for (name, bytes) in [("notes.pdf", Bytes::from_static(b"%PDF-1.7 ...")), ("empty.jpg", Bytes::new())] {
        let photos::Added::Refused(sentence) = photos::add(&who, draft, name, bytes).await.expect("answers") else {
            panic!("{name} was taken")
        };
        assert!(sentence.starts_with(name), "{sentence}");
        assert!(report::load(&who, draft).await.expect("loads").problems.is_some_and(|p| p.errors.get("photos") == Some(&sentence)));
    }
    let mut ids = Vec::new();
    for n in 0..photos::MAX_PHOTOS {
        let photos::Added::As(id) = photos::add(&who, draft, &format!("{n}.jpg"), photo()).await.expect("answers") else {
            panic!("refused")
        };
        ids.push(id);
    }
    assert!(
        matches!(photos::add(&who, draft, "9.jpg", photo()).await.expect("answers"), photos::Added::Refused(s) if s.contains("up to 8"))
    );
    app.run_jobs().await;
    photos::remove(&who, draft, ids[0]).await.expect("removed");
    assert_eq!(report::load(&who, draft).await.expect("loads").photos.len(), 7);
    assert_eq!(app.files.keys().len(), 21, "original, display and thumbnail of seven");
    assert!(matches!(photos::remove(&who, draft, ids[0]).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn a_draft_is_kept_thirty_days() {
    let app = TestApp::new().await;
    let (_, _, tom) = oak_and_tom(&app).await;
    let (who, draft) = complete(&tom, "kitchen/tap/dripping").await;
    photos::add(&who, draft, "a.jpg", photo()).await.expect("taken");
    app.clock.forward(SignedDuration::from_hours(24 * 29));
    app.run_jobs().await;
    assert_eq!(report::drafts_of_mine(&tom).await.expect("drafts").len(), 1);
    app.clock.forward(SignedDuration::from_hours(25));
    assert!(matches!(report::load(&who, draft).await, Err(Error::NotFound)));
    app.run_jobs().await;
    let left: (serde_json::Value, i64) =
        sqlx::query_as("select answers, (select count(*) from attachments) from drafts").fetch_one(app.behind()).await.expect("a row");
    assert_eq!(left, (serde_json::json!({}), 0));
    assert!(app.files.keys().is_empty());
}

/// The code in the newest mail.
fn code(app: &TestApp) -> String {
    let mails = app.postman.sent();
    let text = &mails.iter().rev().find(|m| m.text.contains("Your code is")).expect("a code").text;
    text.split("Your code is ").nth(1).expect("a code").chars().take(6).collect()
}

async fn guest_at(app: &TestApp, slug: &str, home: &Home) -> (Cx<services::Reporter>, Reporting, DraftId, String) {
    let secret = guest::open(&app.house, slug).await.expect("opens");
    let cookie = secret.secret();
    let cx = guest::resolve(&app.house, &cookie, Request::default()).await.expect("the guest");
    let (who, draft) = (Reporting::from(cx.clone()), secret.draft());
    say(&who, draft, Step::Emergency, &[("emergency", NONE)]).await;
    say(&who, draft, Step::Postcode, &[("postcode", "ls116ab")]).await;
    say(&who, draft, Step::Home, &[("home", &format!("{}:{}", home.property, home.unit))]).await;
    say(&who, draft, Step::Contact, &[("name", "Gus"), ("email", "gus@example.com"), ("phone", "07700 900982")]).await;
    say(&who, draft, Step::Where, &[("path", "kitchen/tap/dripping")]).await;
    answer_the_rest(&who, draft).await;
    (cx, who, draft, cookie)
}

#[tokio::test]
async fn a_guest_reports_and_proves_their_email_with_a_code() {
    let app = TestApp::new().await;
    let (oak, home, tom) = oak_and_tom(&app).await;
    oak.home("3 Elm Row", "BS1 4DJ").await;
    let (toms, first) = complete(&tom, "kitchen/tap/dripping").await;
    sent(&toms, first).await;
    let (cx, who, draft, _) = guest_at(&app, &oak.slug, &home).await;
    assert_eq!(report::homes(&who, draft).await.expect("homes").len(), 1, "those at the postcode");
    assert!(report::possible_duplicates(&who, draft).await.expect("answers").is_empty(), "nothing about other people");
    let ticket = sent(&who, draft).await;
    app.run_jobs().await;

    let (confirmed, name, source, extra): (bool, String, String, String) =
        sqlx::query_as("select confirmed, reporter_name, source, search_extra from tickets where source = 'guest'")
            .fetch_one(app.behind())
            .await
            .expect("a ticket");
    assert_eq!((confirmed, name.as_str(), source.as_str()), (false, "Gus", "guest"));
    assert!(extra.contains("07700900982"), "{extra}");
    let mut tx = cx.begin(Act::ReportProblem).await.expect("begins");
    let seen: Vec<String> = sqlx::query_scalar("select reference from tickets").fetch_all(tx.conn()).await.expect("reads");
    assert_eq!(seen, [ticket.reference]);
    assert!(sqlx::query("select name from contacts").execute(tx.conn()).await.is_err());
    drop(tx);

    let code = code(&app);
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for typed in ["", "12", wrong] {
        assert_eq!(guest::confirm(&cx, typed).await.expect("answers"), guest::Confirmed::Refused);
    }
    assert!(report::receipt(&who, draft).await.expect("a receipt").problems.is_some());
    assert_eq!(guest::confirm(&cx, &format!(" {} {} ", &code[..3], &code[3..])).await.expect("answers"), guest::Confirmed::Yes);
    assert!(report::receipt(&who, draft).await.expect("a receipt").confirmed);
    assert!(matches!(guest::send_code(&cx).await, Err(Error::Conflict(_))));
}

#[tokio::test]
async fn a_code_is_guessed_ten_times_at_most_and_dies_in_a_day() {
    let app = TestApp::new().await;
    let (oak, home, _) = oak_and_tom(&app).await;
    let (cx, who, draft, _) = guest_at(&app, &oak.slug, &home).await;
    sent(&who, draft).await;
    app.run_jobs().await;
    let right = code(&app);
    let wrong = if right == "000000" { "000001" } else { "000000" };
    for _ in 0..10 {
        assert_eq!(guest::confirm(&cx, wrong).await.expect("answers"), guest::Confirmed::Refused);
    }
    assert_eq!(guest::confirm(&cx, &right).await.expect("answers"), guest::Confirmed::Refused, "the right code comes too late");
    assert!(matches!(guest::send_code(&cx).await, Err(Error::Conflict(_))), "not twice in a minute");
    app.clock.forward(SignedDuration::from_mins(2));
    guest::send_code(&cx).await.expect("sent");
    app.run_jobs().await;
    let right = code(&app);
    app.clock.forward(SignedDuration::from_hours(25));
    assert_eq!(guest::confirm(&cx, &right).await.expect("answers"), guest::Confirmed::Refused);
}

#[tokio::test]
async fn a_guests_secret_opens_their_draft_and_nothing_else() {
    let app = TestApp::new().await;
    let (oak, home, tom) = oak_and_tom(&app).await;
    let (_, mine, draft, cookie) = guest_at(&app, &oak.slug, &home).await;
    let (_, _, others, _) = guest_at(&app, &oak.slug, &home).await;
    let (_, toms) = complete(&tom, "kitchen/tap/dripping").await;
    for foreign in [others, toms] {
        assert!(matches!(report::load(&mine, foreign).await, Err(Error::NotFound)));
    }
    let mut forged = cookie.clone().into_bytes();
    let last = forged.len() - 3;
    forged[last] = if forged[last] == b'A' { b'B' } else { b'A' };
    for wrong in [String::from_utf8(forged).expect("ascii"), String::new(), "x".repeat(86), "é".into()] {
        assert!(matches!(guest::resolve(&app.house, &wrong, Request::default()).await, Err(Error::SignedOut)), "{wrong}");
    }
    assert!(matches!(guest::open(&app.house, "no-such-place").await, Err(Error::NotFound)));

    report::send_resume_link(&mine, draft).await.expect("sent");
    app.run_jobs().await;
    let link = app.postman.sent().pop().expect("a mail").text;
    let token: String = link.split("token=").nth(1).expect("a link").chars().take_while(|c| !c.is_whitespace()).collect();
    let elsewhere = guest::resolve(&app.house, &token, Request::default()).await.expect("another device");
    assert_eq!(elsewhere.draft(), draft);
    assert!(guest::resolve(&app.house, &cookie, Request::default()).await.is_ok(), "the first device goes on");
}

#[tokio::test]
async fn a_guest_in_an_emergency_who_names_a_home_and_leaves_is_recorded_unconfirmed() {
    let app = TestApp::new().await;
    let (oak, home, _) = oak_and_tom(&app).await;
    let secret = guest::open(&app.house, &oak.slug).await.expect("opens");
    let who = Reporting::from(guest::resolve(&app.house, &secret.secret(), Request::default()).await.expect("the guest"));
    say(&who, secret.draft(), Step::Emergency, &[("emergency", "co")]).await;
    say(&who, secret.draft(), Step::Postcode, &[("postcode", "LS11 6AB")]).await;
    say(&who, secret.draft(), Step::Home, &[("home", &format!("{}:{}", home.property, home.unit))]).await;
    app.clock.forward(SignedDuration::from_mins(30));
    app.run_jobs().await;
    let row: (bool, String, Option<String>) =
        sqlx::query_as("select confirmed, priority, reporter_name from tickets").fetch_one(app.behind()).await.expect("recorded");
    assert_eq!(row, (false, "EMERGENCY".into(), None));
}
