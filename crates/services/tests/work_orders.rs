//! Work orders from being raised to the tenant's yes, and what must never happen on the way.

#![expect(clippy::expect_used, reason = "what a test arranges may fail as loudly as a test")]

use domain::faults::{Category, Priority};
use domain::people::ProfileForm;
use domain::policy::{Act, Role};
use domain::tickets::{Fixed, Source, Status as TicketStatus};
use domain::work_orders::{
    AbsenceForm, CompletionForm, ContractorOrder, Filter, OperativeForm, OrderForm, OrderRef, SlotForm, Status, StatusFilter, TemplateForm,
    VisitStatus,
};
use domain::{ContactId, TicketId, VisitId, WorkOrderId};
use futures::future::join_all;
use jiff::SignedDuration;
use services::auth::links::{self, Linked};
use services::estate::Slice;
use services::tickets::create::{Create, create as create_ticket};
use services::work_orders::portal::{self, Acted, Action, Outcome, Seen, act};
use services::work_orders::{self as orders, Offer, Place, Proposal, Span, household};
use services::{Contractor, Cx, Error, Request, Staff, Tenant, contractors, people, repairs, tickets};
use testkit::{Home, TestApp, TestOrg};
use uuid::Uuid;

struct Scene<'a> {
    app: &'a TestApp,
    oak: TestOrg<'a>,
    home: Home,
    tom: Cx<Tenant>,
    olive: Cx<Staff>,
    admin: Cx<Staff>,
    carl: Cx<Contractor>,
}

async fn scene(app: &TestApp) -> Scene<'_> {
    let oak = app.org("Oak Homes").await;
    let home = oak.home("14 Beech Grove", "LS11 6AB").await;
    let tom = oak.tenant("Tom", &home).await;
    let olive = oak.staff("Olive", Role::Coordinator).await;
    let admin = oak.staff("Ada", Role::OrgAdmin).await;
    let carl = plumber(&oak, &olive, "Carl", ProfileForm::default()).await;
    Scene { app, oak, home, tom, olive, admin, carl }
}

/// A contractor with a log-in who does plumbing in Leeds.
async fn plumber(oak: &TestOrg<'_>, by: &Cx<Staff>, name: &str, form: ProfileForm) -> Cx<Contractor> {
    let contact = oak.contact(name, "contractor").await;
    let trades = if form.trades.is_empty() { "plumber".to_owned() } else { form.trades.clone() };
    let areas = if form.postcode_areas.is_empty() { "LS".to_owned() } else { form.postcode_areas.clone() };
    people::contractors::set_profile(by, contact, 0, &ProfileForm { trades, postcode_areas: areas, ..form }).await.expect("a profile");
    oak.member(name, Role::Contractor, Some(contact)).await.contractor().expect("a contractor")
}

impl Scene<'_> {
    async fn ticket(&self, title: &str, priority: Priority) -> TicketId {
        let new = Create {
            unit: Some(self.home.unit),
            property: None,
            contact: Some(self.tom.contact()),
            reporter_name: String::new(),
            reporter_phone: String::new(),
            source: Source::Phone,
            title: title.into(),
            description: String::new(),
            fault_path: None,
            category: Some(Category::Plumbing),
            priority: Some(priority),
            vulnerability: String::new(),
            assignee: None,
        };
        create_ticket(&self.olive, new).await.expect("a ticket").id
    }
    async fn order(&self, ticket: TicketId) -> OrderRef {
        orders::create(&self.olive, Place::Ticket(ticket), &OrderForm { description: "New washer".into(), ..OrderForm::default() })
            .await
            .expect("an order")
    }
    /// An order that Carl has accepted.
    async fn accepted(&self) -> (TicketId, WorkOrderId) {
        let ticket = self.ticket("Tap drips", Priority::Routine).await;
        let order = self.order(ticket).await.id;
        orders::assign(&self.olive, order, None, self.carl.contact(), "").await.expect("offers");
        done(act(&self.carl, order, &Action::Accept, None).await);
        (ticket, order)
    }
    async fn ticket_status(&self, id: TicketId) -> TicketStatus {
        tickets::detail::detail(&self.olive, id).await.expect("reads").status
    }
    async fn status(&self, id: WorkOrderId) -> Status {
        orders::detail(&self.olive, id).await.expect("reads").status
    }
    async fn kinds(&self, id: WorkOrderId) -> Vec<String> {
        sqlx::query_scalar("select kind || ' ' || visibility from timeline_events where work_order_id = $1 order by position")
            .bind(id.uuid())
            .fetch_all(self.app.behind())
            .await
            .expect("reads")
    }
    fn mails_to(&self, name: &str) -> Vec<String> {
        let to = format!("{}@example.com", name.to_lowercase());
        self.app.postman.sent().into_iter().filter(|m| m.to.as_str() == to).map(|m| m.subject).collect()
    }
}

fn done(acted: services::Result<Acted>) -> ContractorOrder {
    let Acted { outcome, now } = acted.expect("acts");
    assert_eq!(outcome, Outcome::Done);
    match now {
        Seen::Here(order) => *order,
        Seen::Gone(gone) => panic!("gone: {gone:?}"),
    }
}

fn overtaken(acted: services::Result<Acted>) -> String {
    match acted.expect("answers").outcome {
        Outcome::Overtaken(sentence) => sentence,
        other => panic!("{other:?}"),
    }
}

fn slot(window: &str, date: &str) -> SlotForm {
    SlotForm { window: window.into(), date: date.into(), ..SlotForm::default() }
}
fn at(date: &str, from: &str, to: &str) -> SlotForm {
    SlotForm { window: "between".into(), date: date.into(), from: from.into(), to: to.into() }
}
fn finished() -> CompletionForm {
    CompletionForm { notes: "New washer, tested".into(), minutes: "40".into(), fixed: "yes".into(), ..CompletionForm::default() }
}
fn sentence(error: &Error) -> String {
    match error {
        Error::Invalid(fields) => fields.iter().map(|(f, s)| format!("{f}: {s}")).collect::<Vec<_>>().join("; "),
        other => other.to_string(),
    }
}
fn photo() -> bytes::Bytes {
    let mut jpeg = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(40, 30).write_to(&mut jpeg, image::ImageFormat::Jpeg).expect("a picture");
    jpeg.into_inner().into()
}

#[tokio::test]
async fn from_the_ticket_to_the_tenants_yes() {
    let app = TestApp::new().await;
    let s = scene(&app).await;
    let ticket = s.ticket("Tap drips", Priority::Routine).await;
    let order = s.order(ticket).await;
    assert_eq!(order.reference, "WO-1001");
    assert_eq!(s.ticket_status(ticket).await, TicketStatus::New, "a draft changes nothing");

    orders::offer(
        &s.olive,
        order.id,
        None,
        &Offer { contractors: vec![s.carl.contact()], message: "Mind the cat".into(), ..Offer::default() },
    )
    .await
    .expect("offers");
    assert_eq!((s.status(order.id).await, s.ticket_status(ticket).await), (Status::Offered, TicketStatus::Assigned));
    app.run_jobs().await;
    let mail = app.postman.sent().into_iter().find(|m| m.to.as_str() == "carl@example.com").expect("a mail");
    assert_eq!(mail.subject, "Can you do this? Work order WO-1001, Tap drips");
    assert!(!mail.text.contains("Beech Grove") && mail.text.contains("Mind the cat") && mail.text.contains("LS11"), "{}", mail.text);
    let secret = mail.text.split("/w/").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("a link").to_owned();
    let Ok(Linked::Order(by_link, opens)) = links::resolve(&app.house, &secret, Request::default()).await else { panic!("no link") };
    assert_eq!((opens, by_link.only_order()), (order.id, Some(order.id)));

    // By the link, without a log-in.
    let Seen::Here(seen) = portal::one(&by_link, order.id).await.expect("sees") else { panic!("gone") };
    assert_eq!((seen.allocated, seen.next.button.as_deref(), seen.organisation.as_str()), (false, Some("accept"), "Oak Homes"));
    assert!(matches!(portal::way_in(&by_link, order.id).await, Err(Error::Conflict(_))), "not theirs yet");
    let seen = done(act(&by_link, order.id, &Action::Accept, None).await);
    assert_eq!((seen.status, seen.next.button.as_deref()), (Status::Accepted, Some("propose")));
    assert_eq!(portal::way_in(&by_link, order.id).await.expect("theirs now").tenant_name.as_deref(), Some("Tom"));

    let proposal = Proposal { times: vec![slot("am", "24/11/2026"), slot("pm", "25/11/2026")], ..Proposal::default() };
    done(act(&by_link, order.id, &Action::Propose(proposal), None).await);
    let work = household::work(&s.tom, ticket).await.expect("reads");
    assert_eq!((work[0].contractor.as_str(), work[0].visits.len(), work[0].visits[0].can_pick), ("Carl", 2, true));
    let visit = work[0].visits[0].id;
    assert!(!household::pick(&s.tom, visit).await.expect("picks"), "held until the other side says yes");
    assert_eq!(s.status(order.id).await, Status::Accepted);
    let seen = done(act(&by_link, order.id, &Action::Confirm { visit }, None).await);
    assert_eq!((seen.status, seen.visits.iter().filter(|v| v.status.is_open()).count()), (Status::Scheduled, 1));

    done(act(&by_link, order.id, &Action::SetOff { visit }, None).await);
    done(act(&by_link, order.id, &Action::Arrive { visit: Some(visit) }, None).await);
    assert_eq!((s.status(order.id).await, s.ticket_status(ticket).await), (Status::InProgress, TicketStatus::InProgress));
    portal::add_photo(&by_link, order.id, "after.jpg", photo(), None).await.expect("taken");
    let signed = CompletionForm { signed_by: "Tom".into(), strokes: "[[[0,0],[500,500],[1000,0]]]".into(), ..finished() };
    let seen = done(act(&by_link, order.id, &Action::Complete(signed), None).await);
    assert_eq!((seen.status, seen.photos.len(), seen.completions[0].signature.is_some()), (Status::Done, 1, true));
    assert_eq!(s.ticket_status(ticket).await, TicketStatus::Completed);
    assert!(matches!(portal::way_in(&by_link, order.id).await, Err(Error::Conflict(_))), "no longer live");

    app.run_jobs().await;
    assert_eq!(
        s.mails_to("Tom"),
        [
            "Pick a time for your repair",
            "Your visit is booked: Tuesday 24 November 2026, between 8am and 12 noon",
            "On the way to you now",
            "Is it fixed? Tap drips (PM-4601)"
        ]
    );
    household::rate(&s.tom, order.id, "4", "Tidy").await.expect("rates");
    household::rate(&s.tom, order.id, "5", "Very tidy").await.expect("thinks again");
    repairs::say_fixed(&s.tom, ticket, Fixed::Yes, "").await.expect("yes");
    assert_eq!(s.ticket_status(ticket).await, TicketStatus::Closed);
    orders::verify(&s.olive, order.id, None).await.expect("verifies");
    let seen = orders::detail(&s.olive, order.id).await.expect("reads");
    assert_eq!((seen.status, seen.feedback.len(), seen.feedback[0].stars), (Status::Verified, 1, 5));
    let rating: Option<String> =
        sqlx::query_scalar("select rating::text from contractor_profiles").fetch_one(app.behind()).await.expect("reads");
    assert_eq!(rating.as_deref(), Some("5.00"));
    assert_eq!(
        s.kinds(order.id).await,
        [
            "work_order:created internal",
            "work_order:offered internal",
            "work_order:accepted contractor",
            "visit:proposed public",
            "visit:picked public",
            "visit:booked public",
            "visit:on_the_way public",
            "visit:on_site public",
            "work_order:photo_added public",
            "work_order:done public",
            "feedback:given public",
            "feedback:given public",
            "work_order:verified contractor",
        ]
    );
}

#[tokio::test]
async fn of_fifty_who_accept_at_once_exactly_one_has_it() {
    let app = TestApp::new().await;
    let s = scene(&app).await;
    let mut firms = Vec::new();
    for n in 0..50 {
        firms.push(plumber(&s.oak, &s.olive, &format!("Firm{n}"), ProfileForm::default()).await);
    }
    // Fifty mails are another test's matter.
    sqlx::query("update contacts set email = null where name like 'Firm%'").execute(app.behind()).await.expect("sets");
    let order = s.order(s.ticket("Tap drips", Priority::Routine).await).await.id;
    for some in firms.chunks(20) {
        let contractors = some.iter().map(|f| f.contact()).collect();
        orders::offer(&s.olive, order, None, &Offer { contractors, ..Offer::default() }).await.expect("offers");
    }
    let tried = firms.iter().map(|firm| async move { (firm.contact(), act(firm, order, &Action::Accept, None).await.expect("answers")) });
    let answers = join_all(tried).await;
    let won: Vec<ContactId> = answers.iter().filter(|(_, a)| a.outcome == Outcome::Done).map(|(id, _)| *id).collect();
    assert_eq!(won.len(), 1);
    for (_, answer) in answers.iter().filter(|(id, _)| *id != won[0]) {
        assert_eq!(
            answer.outcome,
            Outcome::Overtaken(
                "Another contractor accepted WO-1001 first, so it is not yours to do. There is nothing more to do here.".into()
            )
        );
        assert!(matches!(&answer.now, Seen::Gone(gone) if gone.why == "Another contractor accepted it first."));
    }
    let seen = orders::detail(&s.olive, order).await.expect("reads");
    assert_eq!((seen.status, seen.contractor.map(|c| c.id)), (Status::Accepted, Some(won[0])));
    assert_eq!(s.kinds(order).await.iter().filter(|k| k.starts_with("work_order:accepted")).count(), 1);
    let ended: i64 =
        sqlx::query_scalar("select count(*) from offers where status = 'WITHDRAWN'").fetch_one(app.behind()).await.expect("reads");
    let links: i64 =
        sqlx::query_scalar("select count(*) from auth.links where revoked_at is null").fetch_one(app.behind()).await.expect("reads");
    assert_eq!((ended, links), (49, 1), "the others' offers and links ended with it");
}

#[tokio::test]
async fn nobody_is_booked_twice_however_many_book_at_once() {
    let app = TestApp::new().await;
    let s = scene(&app).await;
    contractors::set_capacity(&s.olive, s.carl.contact(), "2").await.expect("set");
    let ann = contractors::add_operative(&s.olive, s.carl.contact(), &OperativeForm { name: "Ann".into(), ..OperativeForm::default() })
        .await
        .expect("added");
    let mut ids = Vec::new();
    for n in 0..8 {
        let order = s.order(s.ticket(&format!("Job {n}"), Priority::Routine).await).await.id;
        orders::assign(&s.olive, order, None, s.carl.contact(), "").await.expect("offers");
        done(act(&s.carl, order, &Action::Accept, None).await);
        ids.push(order);
    }
    let morning = slot("am", "24/11/2026");
    let booked = join_all(ids.iter().map(|id| orders::schedule(&s.olive, *id, None, &morning, None))).await;
    assert_eq!(booked.iter().filter(|b| b.is_ok()).count(), 2, "windows count against what the firm takes");
    assert!(booked.iter().filter_map(|b| b.as_ref().err()).all(|e| sentence(e).starts_with("There is no room for another visit then")));
    let ten = at("25/11/2026", "10", "11");
    let booked = join_all(ids.iter().map(|id| orders::schedule(&s.olive, *id, None, &ten, Some(ann)))).await;
    assert_eq!(booked.iter().filter(|b| b.is_ok()).count(), 1, "a person is in one place");
    assert!(booked.iter().filter_map(|b| b.as_ref().err()).all(|e| sentence(e).starts_with("They have another visit then")));
    // Behind the app's own check stands the constraint.
    let twice = sqlx::query(
        "insert into visits (org_id, id, work_order_id, contractor_id, operative_id, slot, starts_at, ends_at, status, proposed_by, created_at, updated_at)
         select org_id, gen_random_uuid(), work_order_id, contractor_id, operative_id, slot, starts_at, ends_at, status, proposed_by, now(), now()
         from visits where operative_id is not null and status = 'CONFIRMED'",
    )
    .execute(app.behind())
    .await
    .expect_err("refused");
    assert!(twice.to_string().contains("visits_do_not_overlap"), "{twice}");
    let free = orders::schedule(&s.olive, ids[0], None, &at("25/11/2026", "11", "12"), Some(ann)).await;
    assert!(free.is_ok(), "one begins when the other ends");
}

#[tokio::test]
async fn a_pick_is_held_a_quarter_of_an_hour_and_then_anybodys() {
    let app = TestApp::new().await;
    let s = scene(&app).await;
    contractors::set_capacity(&s.olive, s.carl.contact(), "1").await.expect("set");
    let (ticket, order) = s.accepted().await;
    let times = || Proposal { times: vec![slot("am", "24/11/2026"), slot("pm", "24/11/2026")], ..Proposal::default() };
    done(act(&s.carl, order, &Action::Propose(times()), None).await);
    let visit = household::work(&s.tom, ticket).await.expect("reads")[0].visits[0].id;
    household::pick(&s.tom, visit).await.expect("picks");
    let (_, other) = s.accepted().await;
    let morning = slot("am", "24/11/2026");
    assert!(matches!(orders::schedule(&s.olive, other, None, &morning, None).await, Err(Error::Conflict(_))), "held");
    app.clock.forward(SignedDuration::from_mins(16));
    // No job has run: whoever books lets go of what was held too long.
    orders::schedule(&s.olive, other, None, &morning, None).await.expect("free again");
    assert!(overtaken(act(&s.carl, order, &Action::Confirm { visit }, None).await).contains("let go of"));
    assert!(matches!(household::pick(&s.tom, visit).await, Err(Error::Conflict(w)) if w.starts_with("That time has just been taken")));
    app.run_jobs().await;
    assert!(s.kinds(order).await.contains(&"visit:let_go public".to_owned()));

    let afternoon = household::work(&s.tom, ticket).await.expect("reads")[0].visits[1].id;
    household::pick(&s.tom, afternoon).await.expect("picks");
    app.clock.forward(SignedDuration::from_mins(15));
    app.run_jobs().await;
    let visits = orders::detail(&s.olive, order).await.expect("reads").visits;
    assert!(visits.iter().all(|v| v.status != VisitStatus::Held), "the worker lets go by itself");
    let certain = Proposal { auto_confirm: true, ..times() };
    let Err(Error::Conflict(full)) = orders::propose(&s.olive, order, None, &certain).await else {
        panic!("what is full is no suggestion")
    };
    assert!(full.starts_with("There is no room"));
    let certain = Proposal { times: vec![slot("pm", "25/11/2026")], auto_confirm: true, ..Proposal::default() };
    orders::propose(&s.olive, order, None, &certain).await.expect("suggests");
    let visit = household::work(&s.tom, ticket).await.expect("reads")[0].visits.iter().find(|v| v.can_pick).expect("one").id;
    assert!(household::pick(&s.tom, visit).await.expect("picks"), "the tenant's pick is the last word");
    assert_eq!(s.status(order).await, Status::Scheduled);

    household::cannot_be_in(&s.tom, visit, "At the doctor's; Thursday is better").await.expect("calls off");
    assert_eq!(s.status(order).await, Status::Accepted);
    app.run_jobs().await;
    assert!(s.mails_to("Carl").iter().any(|m| m.starts_with("WO-1001: visit cancelled")), "{:?}", s.mails_to("Carl"));
}

#[tokio::test]
async fn either_sides_change_is_told_to_the_other_and_no_access_is_counted() {
    let app = TestApp::new().await;
    let s = scene(&app).await;
    let (ticket, order) = s.accepted().await;
    let visit = orders::schedule(&s.olive, order, None, &slot("am", "24/11/2026"), None).await.expect("booked");
    let tried = orders::try_visit(&s.olive, visit, &slot("pm", "24/11/2026"), None).await.expect("looks");
    assert!(tried.clashes.is_empty());
    contractors::add_absence(&s.olive, s.carl.contact(), &AbsenceForm { from_on: "25/11/2026".into(), ..AbsenceForm::default() })
        .await
        .expect("away");
    let tried = orders::try_visit(&s.olive, visit, &slot("pm", "25/11/2026"), None).await.expect("looks");
    assert_eq!(tried.clashes, [domain::work_orders::Clash::Away]);
    orders::move_visit(&s.olive, visit, Some(1), &slot("pm", "24/11/2026"), None).await.expect("moved");
    assert!(
        matches!(orders::move_visit(&s.olive, visit, Some(1), &slot("am", "26/11/2026"), None).await, Err(e) if e.is_changed_meanwhile())
    );
    app.run_jobs().await;
    assert!(s.mails_to("Tom").contains(&"Your visit has moved to Tuesday 24 November 2026, between 12 noon and 5pm".to_owned()));
    assert!(s.mails_to("Carl").iter().any(|m| m.starts_with("WO-1001: moved to Tuesday 24 November")));

    app.clock.set("2026-11-24T13:00:00Z");
    let card = portal::add_photo(&s.carl, order, "card.jpg", photo(), None).await.expect("taken").expect("new");
    for (attempt, visit) in
        [(1, visit), (2, orders::schedule(&s.olive, order, None, &slot("am", "26/11/2026"), None).await.expect("again"))]
    {
        app.clock.forward(SignedDuration::from_hours(1));
        let unsaid = act(&s.carl, order, &Action::NoAccess { visit, note: " ".into(), photo: None }, None).await;
        assert!(matches!(unsaid, Err(Error::Invalid(_))), "a no-access has its words");
        let seen =
            done(act(&s.carl, order, &Action::NoAccess { visit, note: "Rang twice, card left".into(), photo: Some(card) }, None).await);
        let missed = seen.visits.iter().find(|v| v.id == visit).expect("there");
        assert_eq!((missed.status, missed.attempt, missed.outcome_photo), (VisitStatus::NoAccess, attempt, Some(card)));
        if attempt == 2 {
            assert_eq!((seen.status, seen.next.what.as_str()), (Status::Accepted, "Nobody was in: suggest new times"));
        }
    }
    app.run_jobs().await;
    assert_eq!(s.mails_to("Tom").iter().filter(|m| *m == "We could not get in").count(), 2);
    assert!(repairs::one(&s.tom, ticket).await.expect("reads").lines.iter().any(|l| l.what == "could not get in"));
}

#[tokio::test]
async fn a_declined_withdrawn_or_expired_offer_hands_the_ticket_back() {
    let app = TestApp::new().await;
    let s = scene(&app).await;
    let bea = plumber(&s.oak, &s.olive, "Bea", ProfileForm::default()).await;
    let ticket = s.ticket("Tap drips", Priority::Routine).await;
    let order = s.order(ticket).await.id;
    let both = || Offer { contractors: vec![s.carl.contact(), bea.contact()], ..Offer::default() };
    orders::offer(&s.olive, order, None, &both()).await.expect("offers");
    assert!(
        matches!(act(&s.carl, order, &Action::Decline { reason: " ".into() }, None).await, Err(Error::Invalid(_))),
        "a decline has its reason"
    );
    let declined = act(&s.carl, order, &Action::Decline { reason: "Too far".into() }, None).await.expect("declines");
    assert!(matches!(&declined.now, Seen::Gone(g) if g.why == "You declined it, or handed it back."));
    assert_eq!(s.status(order).await, Status::Offered, "Bea may still take it");
    let offers = orders::detail(&s.olive, order).await.expect("reads").offers;
    assert_eq!(offers.iter().find(|o| o.contractor.id == s.carl.contact()).and_then(|o| o.decline_reason.as_deref()), Some("Too far"));
    let beas = offers.iter().find(|o| o.contractor.id == bea.contact()).expect("hers").id;
    orders::withdraw(&s.olive, beas).await.expect("withdraws");
    assert_eq!((s.status(order).await, s.ticket_status(ticket).await), (Status::Draft, TicketStatus::Triaged));
    assert!(overtaken(act(&bea, order, &Action::Accept, None).await).starts_with("WO-1001 is no longer open"));
    app.run_jobs().await;
    assert!(s.mails_to("Bea").contains(&"No longer needed: work order WO-1001".to_owned()));

    orders::offer(&s.olive, order, None, &both()).await.expect("asks again");
    app.clock.forward(SignedDuration::from_hours(49));
    app.run_jobs().await;
    assert_eq!((s.status(order).await, s.ticket_status(ticket).await), (Status::Draft, TicketStatus::Triaged));
    assert!(overtaken(act(&s.carl, order, &Action::Accept, None).await).contains("has expired"));

    // Accepted, and handed back before it was begun.
    orders::assign(&s.olive, order, None, bea.contact(), "").await.expect("offers");
    done(act(&bea, order, &Action::Accept, None).await);
    let visit = orders::schedule(&s.olive, order, None, &slot("am", "24/11/2026"), None).await.expect("booked");
    act(&bea, order, &Action::Decline { reason: "Broken leg".into() }, None).await.expect("hands back");
    let seen = orders::detail(&s.olive, order).await.expect("reads");
    assert_eq!((seen.status, seen.contractor), (Status::Draft, None));
    assert!(seen.visits.iter().any(|v| v.id == visit && v.status == VisitStatus::Cancelled));
    assert_eq!(s.ticket_status(ticket).await, TicketStatus::Triaged);
    orders::cancel(&s.olive, order, None, "Not needed").await.expect("cancels");
    assert!(matches!(orders::assign(&s.olive, order, None, bea.contact(), "").await, Err(Error::Conflict(_))));
}

#[tokio::test]
async fn an_emergency_that_nobody_acknowledges_is_put_to_somebody_else() {
    let app = TestApp::new().await;
    let s = scene(&app).await;
    let nora = plumber(&s.oak, &s.olive, "Nora", ProfileForm { out_of_hours: "yes".into(), ..ProfileForm::default() }).await;
    let ticket = s.ticket("Water through the ceiling", Priority::Emergency).await;
    tickets::change::change(&s.olive, ticket, tickets::Change { assignee: Some(Some(s.admin.membership())), ..tickets::Change::default() })
        .await
        .expect("given");
    let order = s.order(ticket).await.id;
    orders::dispatch(&s.olive, order, None, s.carl.contact(), "").await.expect("sends");
    app.run_jobs().await;
    assert_eq!(s.mails_to("Nora").len(), 0);
    app.clock.forward(SignedDuration::from_mins(31));
    app.run_jobs().await;
    assert_eq!(s.mails_to("Nora"), ["EMERGENCY: Can you do this? Work order WO-1001, Water through the ceiling"]);
    let told = app.postman.sent().iter().any(|m| m.subject.starts_with("Emergency not acknowledged: WO-1001"));
    assert!(told, "the ticket's owner hears of it");
    // She goes at once: no time was ever booked.
    let seen = done(act(&nora, order, &Action::Accept, None).await);
    assert_eq!(seen.next.what, "Go there now");
    done(act(&nora, order, &Action::Arrive { visit: None }, None).await);
    assert_eq!(s.ticket_status(ticket).await, TicketStatus::InProgress);
    app.clock.forward(SignedDuration::from_mins(31));
    app.run_jobs().await;
    assert_eq!(s.kinds(order).await.iter().filter(|k| k.starts_with("work_order:escalated")).count(), 1, "somebody has it");
    let routine = s.order(s.ticket("Tap drips", Priority::Routine).await).await.id;
    assert!(matches!(orders::dispatch(&s.olive, routine, None, s.carl.contact(), "").await, Err(Error::Conflict(_))));
}

#[tokio::test]
async fn an_in_house_team_has_it_at_once_and_a_barred_firm_needs_a_reason() {
    let app = TestApp::new().await;
    let s = scene(&app).await;
    let team = plumber(&s.oak, &s.olive, "Team", ProfileForm { in_house: "yes".into(), ..ProfileForm::default() }).await;
    let roofer = plumber(&s.oak, &s.olive, "Rory", ProfileForm { trades: "roofer".into(), ..ProfileForm::default() }).await;
    let ticket = s.ticket("Tap drips", Priority::Routine).await;
    let order = s.order(ticket).await.id;
    let all = contractors::candidates(&s.olive, order).await.expect("reads").all;
    assert_eq!(all.iter().map(|c| (c.name.as_str(), c.eligible)).collect::<Vec<_>>(), [("Team", true), ("Carl", true), ("Rory", false)]);
    assert_eq!(all[2].reasons[0].words, "Does not do this kind of work");
    let refused = orders::assign(&s.olive, order, None, roofer.contact(), "").await.expect_err("barred");
    assert_eq!(sentence(&refused), "despite: Rory: Does not do this kind of work. Say why they are asked all the same.");
    orders::assign(&s.olive, order, None, roofer.contact(), "He did it last time").await.expect("with a reason");
    contractors::suspend(&s.olive, s.carl.contact(), "Rude to tenants").await.expect("suspends");
    let refused = orders::assign(&s.olive, order, None, s.carl.contact(), "please").await.expect_err("never");
    assert_eq!(sentence(&refused), "contractors: Carl cannot be sent: Suspended: no new work.");
    orders::assign(&s.olive, order, None, team.contact(), "").await.expect("given");
    let seen = orders::detail(&s.olive, order).await.expect("reads");
    assert_eq!((seen.status, seen.contractor.map(|c| c.id)), (Status::Accepted, Some(team.contact())));
    assert!(overtaken(act(&roofer, order, &Action::Accept, None).await).contains("Another contractor accepted"));
    orders::take_back(&s.olive, order, None, "Needed elsewhere").await.expect("takes back");
    assert_eq!((s.status(order).await, s.ticket_status(ticket).await), (Status::Draft, TicketStatus::Triaged));
}

#[tokio::test]
async fn nothing_is_done_while_its_checklist_is_open_unless_an_administrator_says_why() {
    let app = TestApp::new().await;
    let s = scene(&app).await;
    let form =
        TemplateForm { name: "Water".into(), items: "*Isolated\n*Pressure (number)\nRemarks (text)".into(), categories: "PLUMBING".into() };
    let template = orders::checklists::save_template(&s.admin, None, &form).await.expect("saved");
    assert!(matches!(orders::checklists::save_template(&s.olive, None, &form).await, Err(Error::Forbidden)));
    let (ticket, order) = s.accepted().await;
    orders::change(&s.olive, order, None, &OrderForm { photos_required: "1".into(), ..OrderForm::default() }).await.expect("changed");
    // What is changed afterwards reaches no order that has it.
    let later = TemplateForm { items: "*Everything".into(), ..form };
    orders::checklists::save_template(&s.admin, Some((template, 1)), &later).await.expect("saved");

    let shut = overtaken(act(&s.carl, order, &Action::Complete(finished()), None).await);
    assert_eq!(
        shut,
        "The work order cannot be marked as done yet. Still missing: Isolated (Water); Pressure (Water); 1 photo of the work."
    );
    let despite = |cx: &Cx<Staff>, reason: &'static str| {
        let cx = cx.clone();
        async move { orders::complete(&cx, order, None, &finished(), Some(reason)).await }
    };
    assert!(matches!(orders::complete(&s.olive, order, None, &finished(), None).await, Err(Error::Conflict(_))));
    assert!(matches!(despite(&s.olive, "in a hurry").await, Err(Error::Forbidden)));
    assert!(matches!(despite(&s.admin, " ").await, Err(Error::Invalid(_))));

    let list = orders::detail(&s.olive, order).await.expect("reads").checklists[0].clone();
    let tick = |item, value: &str| Action::Tick { checklist: list.id, item, value: value.into() };
    assert!(matches!(act(&s.carl, order, &tick(2, "a lot"), None).await, Err(Error::Invalid(_))));
    done(act(&s.carl, order, &tick(1, "yes"), None).await);
    done(act(&s.carl, order, &tick(2, "3.5"), None).await);
    portal::add_photo(&s.carl, order, "a.jpg", photo(), None).await.expect("taken");
    let more = CompletionForm {
        follow_on: "yes".into(),
        follow_on_what: "Patch the ceiling".into(),
        follow_on_trade: "PLASTERER".into(),
        ..finished()
    };
    done(act(&s.carl, order, &Action::Complete(more), None).await);
    let seen = orders::detail(&s.olive, order).await.expect("reads");
    assert_eq!(seen.followed_by.iter().map(|r| (r.title.as_str(), r.status)).collect::<Vec<_>>(), [("Patch the ceiling", Status::Draft)]);
    assert_eq!(s.ticket_status(ticket).await, TicketStatus::InProgress, "more is known to be needed");
    let next = &seen.followed_by[0].order;
    assert_eq!(next.reference, "WO-1002");
    orders::cancel(&s.olive, next.id, None, "The tenant does it").await.expect("cancelled");
    assert_eq!(s.ticket_status(ticket).await, TicketStatus::Completed);

    let (_, second) = s.accepted().await;
    orders::complete(&s.admin, second, None, &finished(), Some("Seen by phone")).await.expect("overridden");
    let audited: Vec<String> = sqlx::query_scalar("select new_value ->> 'reason' from audit_values v join audit_log a using (org_id, seq) where a.action = 'work_order:gate_overridden'")
        .fetch_all(app.behind())
        .await
        .expect("reads");
    assert_eq!(audited, ["Seen by phone"]);
}

#[tokio::test]
async fn what_a_telephone_sends_twice_is_carried_out_once() {
    let app = TestApp::new().await;
    let s = scene(&app).await;
    let (_, order) = s.accepted().await;
    let visit = orders::schedule(&s.olive, order, None, &slot("am", "24/11/2026"), None).await.expect("booked");
    let (key, note) = (Uuid::from_u128(7), Action::Note { body: "Need a ladder".into() });
    let sent = join_all((0..10).map(|_| act(&s.carl, order, &note, Some(key)))).await;
    let outcomes: Vec<Outcome> = sent.into_iter().map(|a| a.expect("answers").outcome).collect();
    assert_eq!(outcomes.iter().filter(|o| **o == Outcome::Done).count(), 1);
    assert_eq!(outcomes.iter().filter(|o| **o == Outcome::Replayed).count(), 9);
    assert_eq!(s.kinds(order).await.iter().filter(|k| k.starts_with("work_order:note_added")).count(), 1);
    let other = act(&s.carl, order, &Action::Note { body: "Something else".into() }, Some(key)).await;
    assert!(matches!(other, Err(Error::Invalid(_))), "a key is one action's");
    let first = portal::add_photo(&s.carl, order, "a.jpg", photo(), Some(Uuid::from_u128(8))).await.expect("taken");
    let again = portal::add_photo(&s.carl, order, "a.jpg", photo(), Some(Uuid::from_u128(8))).await.expect("answered");
    assert!(first.is_some() && again.is_none());

    // Staff took the visit off while the telephone was without a network.
    orders::cancel_visit(&s.olive, visit, None, "Parts are late").await.expect("cancelled");
    let late = act(&s.carl, order, &Action::Arrive { visit: Some(visit) }, Some(Uuid::from_u128(9))).await.expect("answers");
    assert_eq!(late.outcome, Outcome::Overtaken("This visit is over or was cancelled. Look at what is booked now.".into()));
    assert!(matches!(late.now, Seen::Here(now) if now.status == Status::Accepted), "with what is true now");
}

#[tokio::test]
async fn numbers_have_no_gap_and_no_twin_under_load() {
    let app = TestApp::new().await;
    let s = scene(&app).await;
    let ticket = s.ticket("Tap drips", Priority::Routine).await;
    let tried = (0..50).map(|n| {
        let (olive, ticket) = (s.olive.clone(), ticket);
        async move {
            // Every third is refused after all, and gives its number back.
            let spend_limit = if n % 3 == 0 { "a lot".to_owned() } else { String::new() };
            orders::create(&olive, Place::Ticket(ticket), &OrderForm { spend_limit, ..OrderForm::default() }).await
        }
    });
    let made = join_all(tried).await.into_iter().flatten().count();
    let mut numbers: Vec<i64> = sqlx::query_scalar("select number from work_orders").fetch_all(app.behind()).await.expect("reads");
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=i64::try_from(made).expect("few")).collect::<Vec<_>>());
}

#[tokio::test]
async fn silence_is_no_yes_where_a_hazard_was_recorded() {
    let app = TestApp::new().await;
    let s = scene(&app).await;
    let (plain, order) = s.accepted().await;
    done(act(&s.carl, order, &Action::Complete(finished()), None).await);
    let (hazardous, order) = s.accepted().await;
    sqlx::query("update tickets set hazards = '{DAMP_MOULD}' where id = $1")
        .bind(hazardous.uuid())
        .execute(app.behind())
        .await
        .expect("sets");
    done(act(&s.carl, order, &Action::Complete(finished()), None).await);
    for hours in [0, 24 * 3, 24 * 4, 24 * 3 + 1] {
        app.clock.forward(SignedDuration::from_hours(hours));
        app.run_jobs().await;
    }
    assert_eq!((s.ticket_status(plain).await, s.ticket_status(hazardous).await), (TicketStatus::Closed, TicketStatus::Completed));
    let asked = s.mails_to("Tom").iter().filter(|m| m.contains("s it fixed?")).count();
    assert_eq!(asked, 6, "asked once and reminded twice, each");
    let outcome: String = sqlx::query_scalar("select close_outcome from tickets where id = $1")
        .bind(plain.uuid())
        .fetch_one(app.behind())
        .await
        .expect("reads");
    assert_eq!(outcome, "NO_ANSWER");
    // Within 28 days "not fixed" resumes the same ticket, and the work is ordered again on it.
    assert_eq!(repairs::say_fixed(&s.tom, plain, Fixed::No, "Drips again").await.expect("answers"), repairs::Answered::Reopened);
    let again = s.order(plain).await;
    orders::assign(&s.olive, again.id, None, s.carl.contact(), "").await.expect("offers");
    assert_eq!(s.ticket_status(plain).await, TicketStatus::Assigned);
    app.clock.forward(SignedDuration::from_hours(24 * 20));
    app.run_jobs().await;
    assert_eq!(s.ticket_status(plain).await, TicketStatus::Triaged, "the new offer expired; what was asked before is not asked again");
}

#[tokio::test]
async fn codes_are_shown_while_the_order_is_theirs_and_each_look_is_on_record() {
    let app = TestApp::new().await;
    let s = scene(&app).await;
    let version: i32 = sqlx::query_scalar("select version from properties").fetch_one(app.behind()).await.expect("reads");
    services::estate::properties::set_access_codes(&s.olive, s.home.property, version, "C1234Z").await.expect("set");
    let (_, order) = s.accepted().await;
    assert!(portal::way_in(&s.carl, order).await.expect("theirs").has_codes);
    assert_eq!(portal::codes(&s.carl, order).await.expect("shown"), "C1234Z");
    let bea = plumber(&s.oak, &s.olive, "Bea", ProfileForm::default()).await;
    assert!(portal::codes(&bea, order).await.is_err());
    done(act(&s.carl, order, &Action::Complete(finished()), None).await);
    assert!(matches!(portal::codes(&s.carl, order).await, Err(Error::Conflict(_))));
    let looks: Vec<(String, String)> = sqlx::query_as(
        "select a.actor_kind, v.new_value ->> 'reason' from audit_log a join audit_values v using (org_id, seq) where a.action = 'access-codes:seen'",
    )
    .fetch_all(app.behind())
    .await
    .expect("reads");
    assert_eq!(looks, [("contractor".into(), "Visit for WO-1001".into())]);
}

#[tokio::test]
async fn a_contractor_reads_no_others_order_with_the_apps_checks_out_of_the_way() {
    let app = TestApp::new().await;
    let s = scene(&app).await;
    let bea = plumber(&s.oak, &s.olive, "Bea", ProfileForm::default()).await;
    let (_, carls) = s.accepted().await;
    orders::schedule(&s.olive, carls, None, &slot("am", "24/11/2026"), None).await.expect("booked");
    portal::add_photo(&s.carl, carls, "a.jpg", photo(), None).await.expect("taken");
    // Put to both, taken by Carl: from then on nothing of it is Bea's to see.
    let shared = s.order(s.ticket("Shower drips", Priority::Routine).await).await.id;
    orders::offer(&s.olive, shared, None, &Offer { contractors: vec![s.carl.contact(), bea.contact()], ..Offer::default() })
        .await
        .expect("offers");
    let count = async |cx: &Cx<Contractor>, what: &str| -> i64 {
        let mut tx = cx.begin(Act::DoWork).await.expect("begins");
        sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {what}"))).fetch_one(tx.conn()).await.expect(what)
    };
    assert_eq!(count(&bea, "work_orders").await, 1, "while it is offered");
    done(act(&s.carl, shared, &Action::Accept, None).await);
    for table in
        ["work_orders", "visits", "attachments", "completions", "order_checklists", "timeline_events", "properties", "units", "operatives"]
    {
        assert_eq!(count(&bea, table).await, 0, "{table}");
    }
    assert_eq!(count(&bea, "offers where status <> 'WITHDRAWN'").await, 0);
    assert_eq!(count(&bea, "contacts where id <> app.contact_id()").await, 0);
    assert_eq!(count(&s.carl, "work_orders").await, 2);
    for forbidden in [
        "select * from tickets",
        "select access_codes_enc from properties",
        "select notes from contacts",
        "select * from memberships",
        "update work_orders set value_pence = 1",
        "update work_orders set spend_limit_pence = 1",
        "insert into work_orders select * from work_orders",
        "update completions set notes = 'x'",
    ] {
        let mut tx = s.carl.begin(Act::DoWork).await.expect("begins");
        assert!(sqlx::query(forbidden).execute(tx.conn()).await.is_err(), "{forbidden}");
    }
    let mut tx = bea.begin(Act::DoWork).await.expect("begins");
    let stolen =
        sqlx::query("update work_orders set contractor_id = app.contact_id(), status = 'ACCEPTED'").execute(tx.conn()).await.expect("runs");
    assert_eq!(stolen.rows_affected(), 0);
    let moved: bool =
        sqlx::query_scalar("select app.move_ticket(ticket_id, 'ASSIGNED', 'COMPLETED') from (select $1::uuid as ticket_id) t")
            .bind(Uuid::nil())
            .fetch_one(tx.conn())
            .await
            .expect("runs");
    assert!(!moved);
    drop(tx);
    // A link opens one order of several.
    app.run_jobs().await;
    let mail =
        app.postman.sent().into_iter().rev().find(|m| m.to.as_str() == "carl@example.com" && m.text.contains("/w/")).expect("a mail");
    let secret = mail.text.split("/w/").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("a link");
    let Ok(Linked::Order(by_link, _)) = links::resolve(&app.house, secret, Request::default()).await else { panic!("no link") };
    assert_eq!(count(&by_link, "work_orders").await, 1);
}

#[tokio::test]
async fn a_tenant_reads_no_other_homes_visits_and_no_money() {
    let app = TestApp::new().await;
    let s = scene(&app).await;
    let eve = s.oak.tenant("Eve", &s.oak.home("2 Elm Row", "LS11 6AB").await).await;
    let (ticket, order) = s.accepted().await;
    let draft = s.order(ticket).await.id;
    let visit = orders::schedule(&s.olive, order, None, &slot("am", "24/11/2026"), None).await.expect("booked");
    assert!(household::work(&eve, ticket).await.expect("reads").is_empty());
    assert!(matches!(household::pick(&eve, visit).await, Err(Error::NotFound)));
    assert!(matches!(household::cannot_be_in(&eve, visit, "no").await, Err(Error::NotFound)));
    assert!(matches!(household::rate(&eve, order, "1", "").await, Err(Error::NotFound)));
    for table in ["work_orders", "visits", "feedback"] {
        let mut tx = eve.begin(Act::FollowOwnRepairs).await.expect("begins");
        let n: i64 =
            sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {table}"))).fetch_one(tx.conn()).await.expect(table);
        assert_eq!(n, 0, "{table}");
    }
    let mut tx = s.tom.begin(Act::FollowOwnRepairs).await.expect("begins");
    let seen: Vec<Uuid> = sqlx::query_scalar("select id from work_orders").fetch_all(tx.conn()).await.expect("reads");
    assert_eq!(seen, [order.uuid()], "a draft is nothing to wait for: {draft}");
    for forbidden in [
        "select value_pence from work_orders",
        "select spend_limit_pence from work_orders",
        "select * from offers",
        "select * from operatives",
        "select * from completions",
    ] {
        let mut tx = s.tom.begin(Act::FollowOwnRepairs).await.expect("begins");
        assert!(sqlx::query(forbidden).execute(tx.conn()).await.is_err(), "{forbidden}");
    }
    let mut tx = eve.begin(Act::FollowOwnRepairs).await.expect("begins");
    let done: bool = sqlx::query_scalar("select app.tenant_schedules($1, 'SCHEDULED', 'ACCEPTED')")
        .bind(order.uuid())
        .fetch_one(tx.conn())
        .await
        .expect("runs");
    assert!(!done);
}

#[tokio::test]
async fn another_organisations_order_is_not_found() {
    let app = TestApp::new().await;
    let s = scene(&app).await;
    let elm = app.org("Elm").await.staff("Eli", Role::OrgAdmin).await;
    let (ticket, order) = s.accepted().await;
    let visit = orders::schedule(&s.olive, order, None, &slot("am", "24/11/2026"), None).await.expect("booked");
    let not_found = |r: Result<(), Error>| assert!(matches!(r, Err(Error::NotFound)), "{r:?}");
    not_found(orders::detail(&elm, order).await.map(drop));
    not_found(orders::create(&elm, Place::Ticket(ticket), &OrderForm::default()).await.map(drop));
    not_found(orders::cancel(&elm, order, None, "x").await);
    not_found(orders::move_visit(&elm, visit, None, &slot("pm", "24/11/2026"), None).await);
    not_found(orders::complete(&elm, order, None, &finished(), None).await);
    not_found(contractors::candidates(&elm, order).await.map(drop));
    not_found(contractors::operatives(&elm, s.carl.contact()).await.map(drop));
    assert!(orders::list(&elm, &Filter::default(), &Slice::default()).await.expect("lists").items.is_empty());
    let viewer = s.oak.staff("Vera", Role::Viewer).await;
    assert!(orders::detail(&viewer, order).await.is_ok());
    assert!(matches!(orders::cancel(&viewer, order, None, "x").await, Err(Error::Forbidden)));
}

#[tokio::test]
async fn the_list_is_narrowed_as_coordinators_ask() {
    let app = TestApp::new().await;
    let s = scene(&app).await;
    let (ticket, order) = s.accepted().await;
    app.clock.forward(SignedDuration::from_mins(1));
    let draft = s.order(s.ticket("Boiler bangs", Priority::Urgent).await).await.id;
    let ids = async |filter: Filter| -> Vec<WorkOrderId> {
        orders::list(&s.olive, &filter, &Slice::default()).await.expect("lists").items.into_iter().map(|c| c.id).collect()
    };
    assert_eq!(ids(Filter::open()).await, [draft, order]);
    assert_eq!(ids(Filter { status: StatusFilter::Is(Status::Draft), ..Filter::default() }).await, [draft]);
    assert_eq!(ids(Filter { contractor: Some(s.carl.contact()), ..Filter::default() }).await, [order]);
    assert_eq!(ids(Filter { unscheduled: true, ..Filter::default() }).await, [order]);
    assert_eq!(ids(Filter { ticket: Some(ticket), ..Filter::default() }).await, [order]);
    assert_eq!(ids(Filter { mine: true, ..Filter::default() }).await, [draft, order]);
    for (typed, found) in
        [("WO-1001", vec![order]), ("ls116ab", vec![draft, order]), ("carl", vec![order]), ("boiler", vec![draft]), ("100%", vec![])]
    {
        assert_eq!(ids(Filter { search: typed.into(), ..Filter::default() }).await, found, "{typed}");
    }
    assert_eq!(ids(Filter { overdue: true, ..Filter::default() }).await, []);
    let first = orders::list(&s.olive, &Filter::default(), &Slice { after: None, size: 1 }).await.expect("lists");
    let second = orders::list(&s.olive, &Filter::default(), &Slice { after: first.next, size: 1 }).await.expect("lists");
    assert_eq!((first.items[0].id, second.items[0].id, second.next), (draft, order, None));
    app.clock.forward(SignedDuration::from_hours(24 * 60));
    assert_eq!(ids(Filter { overdue: true, ..Filter::default() }).await, [draft, order]);
    let of_ticket = orders::by_ticket(&s.olive, ticket).await.expect("reads");
    assert_eq!(of_ticket[0].1.what, "The contractor is to suggest times");
    let work = portal::my_work(&s.carl).await.expect("reads");
    assert_eq!((work.to_schedule.len(), work.offered.len(), work.today.len()), (1, 0, 0));
}

#[tokio::test]
async fn a_month_of_two_thousand_visits_is_read_whole_with_its_clashes_and_by_an_index() {
    let app = TestApp::new().await;
    let s = scene(&app).await;
    let (_, order) = s.accepted().await;
    sqlx::query(
        "insert into visits (org_id, id, work_order_id, contractor_id, slot, starts_at, ends_at, status, proposed_by, created_at, updated_at)
         select org_id, gen_random_uuid(), id, contractor_id, 'AM', '2026-12-01 08:00Z'::timestamptz + (n % 30) * interval '1 day',
                '2026-12-01 12:00Z'::timestamptz + (n % 30) * interval '1 day', 'CONFIRMED', 'staff', now(), now()
         from work_orders, generate_series(1, 2000) n where id = $1",
    )
    .bind(order.uuid())
    .execute(app.behind())
    .await
    .expect("fills");
    sqlx::query("analyze visits").execute(app.behind()).await.expect("counts");
    let span = Span { from: jiff::civil::date(2026, 12, 1), to: jiff::civil::date(2026, 12, 31), contractor: None, operative: None };
    let month = orders::calendar(&s.olive, &span).await.expect("reads");
    assert_eq!(month.visits.len(), 2_000);
    assert!(month.visits.iter().any(|v| v.clashes == [domain::work_orders::Clash::OverCapacity]));
    // What it costs is the database's part; how long the rest takes is measured by the bench, on a machine that does nothing else.
    let mut tx = s.olive.begin(Act::ReadWork).await.expect("begins");
    let plan: Vec<String> = sqlx::query_scalar(
        "explain select v.id from visits v
         where v.org_id = app.org_id() and v.status not in ('PROPOSED', 'CANCELLED') and v.starts_at < '2026-12-08' and v.starts_at >= '2026-12-07'",
    )
    .fetch_all(tx.conn())
    .await
    .expect("explains");
    assert!(plan.iter().any(|line| line.contains("visits_in_time") || line.contains("visits_of_")), "{plan:#?}");
}

#[tokio::test]
async fn a_calendar_opens_times_and_places_until_it_is_revoked() {
    let app = TestApp::new().await;
    let s = scene(&app).await;
    let (_, order) = s.accepted().await;
    orders::schedule(&s.olive, order, None, &slot("am", "24/11/2026"), None).await.expect("booked");
    let url = contractors::new_calendar(&s.olive, s.carl.contact()).await.expect("made");
    let secret = url.rsplit('/').next().and_then(|f| f.strip_suffix(".ics")).expect("a secret").to_owned();
    let feed = contractors::feed(&app.house, &secret, Request::default()).await.expect("reads");
    assert!(feed.contains("DTSTART:20261124T080000Z") && feed.contains("14 Beech Grove"), "{feed}");
    assert!(!feed.contains("Tom"), "nobody's name");
    assert!(links::resolve(&app.house, &secret, Request::default()).await.is_err(), "it opens no page");
    let stored: Vec<Vec<u8>> =
        sqlx::query_scalar("select token_hash from auth.links where kind = 'calendar'").fetch_all(app.behind()).await.expect("reads");
    assert!(stored.iter().all(|h| h.as_slice() != secret.as_bytes()));
    let newer = contractors::new_calendar(&s.olive, s.carl.contact()).await.expect("made");
    assert_ne!(newer, url);
    assert!(matches!(contractors::feed(&app.house, &secret, Request::default()).await, Err(Error::NotFound)), "the older address ends");
    contractors::revoke_calendar(&s.olive, s.carl.contact()).await.expect("revoked");
    assert!(!contractors::has_calendar(&s.olive, s.carl.contact()).await.expect("reads"));
    assert!(matches!(contractors::revoke_calendar(&s.olive, s.carl.contact()).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn a_firm_keeps_its_people_absences_and_papers_itself_with_a_log_in() {
    let app = TestApp::new().await;
    let s = scene(&app).await;
    let ann = contractors::own::add_operative(
        &s.carl,
        &OperativeForm { name: "Ann".into(), phone: "07700 900982".into(), ..OperativeForm::default() },
    )
    .await
    .expect("added");
    let people = contractors::own::operatives(&s.carl).await.expect("reads");
    assert_eq!((people[0].name.as_str(), people[0].phone.as_deref()), ("Ann", Some("07700 900 982")));
    contractors::own::change_operative(&s.carl, ann, 1, &OperativeForm { name: "Ann Lee".into(), ..OperativeForm::default() })
        .await
        .expect("changed");
    let stale =
        contractors::own::change_operative(&s.carl, ann, 1, &OperativeForm { name: "Anna".into(), ..OperativeForm::default() }).await;
    assert!(matches!(stale, Err(e) if e.is_changed_meanwhile()));
    let bea = plumber(&s.oak, &s.olive, "Bea", ProfileForm::default()).await;
    assert!(matches!(contractors::own::remove_operative(&bea, ann).await, Err(Error::NotFound)), "another firm's");
    let insurance = |day: &str| domain::work_orders::AccreditationForm {
        kind: "public_liability".into(),
        expires_on: day.into(),
        ..Default::default()
    };
    contractors::own::add_accreditation(&s.carl, &insurance("1/11/2026"), Some(("policy.jpg".into(), photo()))).await.expect("noted");
    let papers = contractors::accreditations(&s.olive, s.carl.contact()).await.expect("reads");
    assert!(papers[0].expired && papers[0].file.is_some());
    let order = s.order(s.ticket("Tap drips", Priority::Routine).await).await.id;
    let all = contractors::candidates(&s.olive, order).await.expect("reads").all;
    let carl = all.iter().find(|c| c.id == s.carl.contact()).expect("there");
    assert_eq!((carl.eligible, carl.reasons[0].words.as_str()), (false, "Public liability insurance ended on Sunday 1 November 2026"));
    contractors::add_accreditation(&s.olive, s.carl.contact(), &insurance("1/11/2027"), None).await.expect("noted");
    orders::assign(&s.olive, order, None, s.carl.contact(), "").await.expect("in date again");
    let visit_of_ann = async {
        done(act(&s.carl, order, &Action::Accept, None).await);
        let book = Action::Book { time: at("24/11/2026", "9", "10"), operative: Some(ann) };
        done(act(&s.carl, order, &book, None).await)
    };
    assert_eq!(visit_of_ann.await.visits[0].operative.as_ref().map(|o| o.name.as_str()), Some("Ann Lee"));
    assert!(
        matches!(contractors::remove_operative(&s.olive, s.carl.contact(), ann).await, Err(Error::Conflict(_))),
        "she has a visit to come"
    );
    let nobody = VisitId(Uuid::nil());
    assert!(matches!(orders::confirm(&s.olive, nobody).await, Err(Error::NotFound)));
}
