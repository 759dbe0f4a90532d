//! The team: invited, given roles, and gone without leaving cases behind.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up fails with that sentence")]

use domain::policy::Role;
use domain::team::{Colleague, Standing};
use domain::{MembershipId, TicketId};
use services::auth::{Browser, LogIn, invites, log_in, sessions};
use services::team::{self, NewColleague};
use services::{Cx, Error, Request, Staff};
use testkit::{TestApp, TestOrg};

fn colleague(name: &str, email: &str, role: &str) -> NewColleague {
    NewColleague { name: name.into(), email: email.into(), role: role.into(), job_title: "Repairs".into() }
}

async fn find(me: &Cx<Staff>, name: &str) -> Colleague {
    team::list(me).await.expect("lists").into_iter().find(|c| c.name == name).unwrap_or_else(|| panic!("{name} is not in the team"))
}

async fn ticket(app: &TestApp, org: &TestOrg<'_>, assignee: MembershipId, status: &str) -> TicketId {
    let home = org.home("14 Beech Grove", "LS11 6AB").await;
    let id: TicketId = app.house.new_id();
    sqlx::query(
        "insert into tickets (org_id, id, number, reference, property_id, unit_id, source, category, first_priority, priority, status, title, assignee_id,
                              aware_at, closed_at, close_outcome, created_at, updated_at)
         values ($1, $2, (select count(*) + 1 from tickets), 'T-' || $2, $3, $4, 'phone', 'PLUMBING', 'ROUTINE', 'ROUTINE', $5, 'Dripping tap', $6,
                 now(), case when $5 = 'CLOSED' then now() end, case when $5 = 'CLOSED' then 'BY_STAFF' end, now(), now())",
    )
    .bind(org.id.uuid())
    .bind(id.uuid())
    .bind(home.property.uuid())
    .bind(home.unit.uuid())
    .bind(status)
    .bind(assignee.uuid())
    .execute(app.behind())
    .await
    .expect("a ticket");
    id
}

async fn assignee(app: &TestApp, ticket: TicketId) -> Option<MembershipId> {
    let id: Option<uuid::Uuid> = sqlx::query_scalar("select assignee_id from tickets where id = $1")
        .bind(ticket.uuid())
        .fetch_one(app.behind())
        .await
        .expect("there");
    id.map(Into::into)
}

#[tokio::test]
async fn a_colleague_is_invited_comes_in_and_is_invited_once() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let ada = oak.staff("Ada", Role::OrgAdmin).await;
    team::invite(&ada, colleague("Cora Lee", "Cora@Example.com", "Coordinator")).await.expect("invites");
    assert_eq!(find(&ada, "Cora Lee").await.standing, Standing::Invited);
    app.run_jobs().await;
    let mail = app.postman.sent().pop().expect("a mail");
    assert_eq!((mail.to.as_str(), mail.subject.as_str()), ("cora@example.com", "Ada invites you to Oak Homes"));
    let token = mail.text.split_once("token=").and_then(|(_, rest)| rest.split_whitespace().next()).expect("a link");
    let skipped = invites::accept(&app.house, Browser, token, "", "", &Request::default()).await;
    assert!(matches!(skipped, Err(Error::Invalid(f)) if f.get("password").is_some()), "staff need a password");
    let LogIn::In(session) = invites::accept(&app.house, Browser, token, "", "SecurePass123!", &Request::default()).await.expect("accepts")
    else {
        panic!("not in")
    };
    let cora = sessions::resolve(&app.house, session.secret(), Request::default()).await.expect("live").visitor.staff().expect("staff");
    assert_eq!((cora.role(), cora.name()), (Role::Coordinator, "Cora Lee"));
    assert_eq!(find(&ada, "Cora Lee").await.standing, Standing::Active);

    let again = team::invite(&ada, colleague("Cora", "cora@example.com", "Viewer")).await;
    assert!(matches!(again, Err(Error::Invalid(f)) if f.get("email").is_some_and(|s| s.contains("already"))), "in whatever role");
}

#[tokio::test]
async fn a_bad_invitation_is_answered_field_by_field() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let ada = oak.staff("Ada", Role::OrgAdmin).await;
    let bad = NewColleague { name: String::new(), email: "x".into(), role: "Tenant".into(), job_title: "y".repeat(121) };
    let Err(Error::Invalid(fields)) = team::invite(&ada, bad).await else { panic!("accepted") };
    assert_eq!(fields.iter().map(|(f, _)| f).collect::<Vec<_>>(), ["email", "job_title", "name", "role"]);
}

#[tokio::test]
async fn only_administrators_change_the_team_and_only_their_own() {
    let app = TestApp::new().await;
    let (oak, elm) = (app.org("Oak Homes").await, app.org("Elm Lettings").await);
    let (cora, vera) = (oak.staff("Cora", Role::Coordinator).await, oak.staff("Vera", Role::Viewer).await);
    let eve = elm.staff("Eve", Role::OrgAdmin).await;
    assert_eq!(team::list(&vera).await.expect("everybody of staff may look").len(), 2);
    for me in [&cora, &vera] {
        assert!(matches!(team::invite(me, colleague("N", "n@example.com", "Viewer")).await, Err(Error::Forbidden)));
        assert!(matches!(team::change_role(me, vera.membership(), "OrgAdmin", 1).await, Err(Error::Forbidden)));
        assert!(matches!(team::deactivate(me, vera.membership(), None, 1).await, Err(Error::Forbidden)));
    }
    assert!(matches!(team::change_role(&eve, vera.membership(), "OrgAdmin", 1).await, Err(Error::NotFound)));
    assert!(matches!(team::deactivate(&eve, vera.membership(), None, 1).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let ada = oak.staff("Ada", Role::OrgAdmin).await;
    let refused = team::change_role(&ada, ada.membership(), "Viewer", 1).await;
    assert!(matches!(refused, Err(Error::Conflict(s)) if s.contains("last administrator")));
    assert!(matches!(team::deactivate(&ada, ada.membership(), None, 1).await, Err(Error::Conflict(_))), "nor oneself");

    let bea = oak.staff("Bea", Role::OrgAdmin).await;
    let (a, b) = tokio::join!(team::deactivate(&ada, bea.membership(), None, 1), team::deactivate(&bea, ada.membership(), None, 1));
    assert!(a.is_ok() != b.is_ok(), "two who remove each other at once: {a:?} {b:?}");
}

#[tokio::test]
async fn a_role_counts_from_the_next_request_on() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let (ada, cora) = (oak.staff("Ada", Role::OrgAdmin).await, oak.staff("Cora", Role::Coordinator).await);
    let open = ticket(&app, &oak, cora.membership(), "TRIAGED").await;
    let token = sessions::open_for_tests(&app.house, cora.login(), oak.id, cora.membership()).await.expect("a session");
    team::change_role(&ada, cora.membership(), "Viewer", 1).await.expect("changes");
    let now = sessions::resolve(&app.house, token.secret(), Request::default()).await.expect("live");
    assert_eq!(now.visitor.role(), Role::Viewer);
    assert_eq!(assignee(&app, open).await, None, "a viewer cannot work on it");
    assert!(matches!(team::change_role(&ada, cora.membership(), "OrgAdmin", 1).await, Err(Error::Conflict(_))), "an old version");
    assert!(matches!(team::change_role(&ada, cora.membership(), "Tenant", 2).await, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn whoever_goes_hands_open_cases_to_a_colleague_or_to_nobody() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let (ada, cora, dan) =
        (oak.staff("Ada", Role::OrgAdmin).await, oak.staff("Cora", Role::Coordinator).await, oak.staff("Dan", Role::Coordinator).await);
    let vera = oak.staff("Vera", Role::Viewer).await;
    let (open, closed) = (ticket(&app, &oak, cora.membership(), "TRIAGED").await, ticket(&app, &oak, cora.membership(), "CLOSED").await);
    assert_eq!(find(&ada, "Cora").await.open_tickets, 1);
    for heir in [vera.membership(), cora.membership(), app.house.new_id()] {
        let refused = team::deactivate(&ada, cora.membership(), Some(heir), 1).await;
        assert!(matches!(refused, Err(Error::Invalid(f)) if f.get("heir").is_some()));
    }
    let token = sessions::open_for_tests(&app.house, cora.login(), oak.id, cora.membership()).await.expect("a session");
    team::deactivate(&ada, cora.membership(), Some(dan.membership()), 1).await.expect("ends");
    assert_eq!((assignee(&app, open).await, assignee(&app, closed).await), (Some(dan.membership()), Some(cora.membership())));
    assert!(sessions::resolve(&app.house, token.secret(), Request::default()).await.is_err(), "out at once");
    let told: i64 = sqlx::query_scalar(
        "select count(*) from timeline_events where kind = 'ticket:assigned' and ticket_id = $1 and visibility = 'internal'",
    )
    .bind(open.uuid())
    .fetch_one(app.behind())
    .await
    .expect("counts");
    assert_eq!(told, 1);

    let dans = find(&ada, "Dan").await;
    team::deactivate(&ada, dans.id, None, dans.version).await.expect("ends");
    assert_eq!(assignee(&app, open).await, None);

    let again = find(&ada, "Cora").await;
    assert_eq!(again.standing, Standing::Deactivated);
    let invited = team::invite(&ada, colleague("Cora", &again.email, "Viewer")).await;
    assert!(matches!(invited, Err(Error::Invalid(f)) if f.get("email").is_some_and(|s| s.contains("Give it back"))));
    team::reactivate(&ada, again.id, again.version).await.expect("gives back");
    assert!(matches!(team::reactivate(&ada, again.id, again.version + 1).await, Err(Error::Conflict(_))));
    sessions::resolve(&app.house, token.secret(), Request::default()).await.expect("back in");
}

#[tokio::test]
async fn a_withdrawn_invitation_lets_nobody_in() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let ada = oak.staff("Ada", Role::OrgAdmin).await;
    let id = team::invite(&ada, colleague("Cora", "cora@example.com", "Coordinator")).await.expect("invites");
    app.run_jobs().await;
    let mail = app.postman.sent().pop().expect("a mail");
    let token = mail.text.split_once("token=").and_then(|(_, rest)| rest.split_whitespace().next()).expect("a link");
    team::deactivate(&ada, id, None, 1).await.expect("withdraws");
    let accepted = invites::accept(&app.house, Browser, token, "", "SecurePass123!", &Request::default()).await;
    assert!(matches!(accepted, Err(Error::NotFound)));
    let how = log_in(&app.house, Browser, "cora@example.com", "SecurePass123!", &Request::default()).await.expect("answers");
    assert!(matches!(how, LogIn::Refused));

    // Giving "access back" to whoever never had it is another invitation, and no more than that.
    let cora = find(&ada, "Cora").await;
    assert!(cora.is_withdrawn);
    team::reactivate(&ada, id, cora.version).await.expect("invites again");
    assert_eq!(find(&ada, "Cora").await.standing, Standing::Invited);
    assert!(matches!(team::reactivate(&ada, id, cora.version).await, Err(Error::Conflict(_))), "once");
    app.run_jobs().await;
    let mail = app.postman.sent().pop().expect("another mail");
    let token = mail.text.split_once("token=").and_then(|(_, rest)| rest.split_whitespace().next()).expect("a link");
    invites::accept(&app.house, Browser, token, "", "SecurePass123!", &Request::default()).await.expect("accepts");
    let cora = find(&ada, "Cora").await;
    assert_eq!((cora.standing, cora.is_withdrawn), (Standing::Active, false));
}
