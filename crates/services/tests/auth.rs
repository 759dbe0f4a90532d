//! Who you are, on a real Postgres: every way in, every way it is refused.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up fails with that sentence")]

use domain::OrgId;
use domain::policy::{Act, Role};
use jiff::SignedDuration;
use services::auth::{
    Api, Browser, LogIn, Membership, NewOrganisation, Registered, Visitor, api_tokens, choose, flashes, invites, log_in, magic, profile,
    register, resets, second_factor, sessions, support, verify,
};
use services::{Error, Request};
use sqlx::Row as _;
use testkit::TestApp;

const EMAIL: &str = "user@example.com";
const PASSWORD: &str = "SecurePass123!";

fn from_leeds() -> Request {
    Request { ip: Some("203.0.113.7".parse().expect("an address")), user_agent: Some("Firefox".into()), trace: "t".into() }
}

async fn registered(app: &TestApp) -> api_tokens::ApiTokens {
    let new = NewOrganisation { org_name: "Test Org".into(), name: "Una User".into(), email: EMAIL.into(), password: PASSWORD.into() };
    match register(&app.house, Api, new, &Request::default()).await.expect("registers") {
        Registered::In { key, .. } => key,
        Registered::EmailTaken => panic!("the address is free"),
    }
}

async fn browser(app: &TestApp, email: &str, password: &str) -> LogIn<sessions::SessionToken> {
    log_in(&app.house, Browser, email, password, &Request::default()).await.expect("answers")
}

fn inside<K>(how_far: LogIn<K>) -> K {
    match how_far {
        LogIn::In(key) => key,
        LogIn::NeedsSecondFactor(_) => panic!("a second factor is asked for"),
        LogIn::Choose { .. } => panic!("a choice is asked for"),
        LogIn::Refused => panic!("refused"),
    }
}

async fn visitor(app: &TestApp, token: &sessions::SessionToken) -> Visitor {
    sessions::resolve(&app.house, token.secret(), Request::default()).await.expect("a live session").visitor
}

/// The token in the last mail to somebody, once the worker has had its turn.
async fn mailed(app: &TestApp, to: &str) -> String {
    app.run_jobs().await;
    let sent = app.postman.sent();
    let mail = sent.iter().rev().find(|m| m.to.as_str() == to).unwrap_or_else(|| panic!("no mail to {to}"));
    let (_, rest) = mail.text.split_once("token=").unwrap_or_else(|| panic!("no link in {}", mail.text));
    rest.split_whitespace().next().expect("a token").to_owned()
}

fn totp(secret: &str, at: jiff::Timestamp) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret.replace(' ', "")).expect("base 32");
    totp_rs::Builder::new().with_secret(secret).build().expect("totp").generate(at.as_second().cast_unsigned()).to_string()
}

async fn count(app: &TestApp, sql: &'static str) -> i64 {
    sqlx::query(sql).fetch_one(app.behind()).await.expect(sql).get(0)
}

// ------------------------------------------------------------------------------------------------------------------ registration

#[tokio::test]
async fn registering_makes_an_organisation_its_administrator_and_a_mail() {
    let app = TestApp::new().await;
    let tokens = registered(&app).await;
    let me = api_tokens::resolve_bearer(&app.house, &tokens.access, Request::default()).await.expect("signed in").staff().expect("staff");
    assert_eq!((me.role(), me.org(), me.name()), (Role::OrgAdmin, tokens.org, "Una User"));
    me.begin(Act::ReadTickets).await.expect("a usable organisation").done().await.expect("ends");
    let org = sqlx::query("select name, slug, billing_email from organisations").fetch_one(app.behind()).await.expect("one organisation");
    assert_eq!((org.get::<&str, _>(0), org.get::<&str, _>(1), org.get::<&str, _>(2)), ("Test Org", "test-org", EMAIL));
    assert_eq!(count(&app, "select count(*) from audit_log where action in ('organisation:registered', 'auth:logged_in')").await, 2);

    let token = mailed(&app, EMAIL).await;
    assert_eq!(verify::look(&app.house, &token).await.expect("live"), EMAIL);
    assert_eq!(verify::look(&app.house, &token).await.expect("looking uses nothing up"), EMAIL);
    verify::confirm(&app.house, &token).await.expect("verifies");
    assert!(matches!(verify::confirm(&app.house, &token).await, Err(Error::NotFound)), "once");
    assert_eq!(count(&app, "select count(*) from auth.logins where email_verified_at is not null").await, 1);
}

#[tokio::test]
async fn a_taken_address_is_said_and_nothing_is_made() {
    let app = TestApp::new().await;
    registered(&app).await;
    let again =
        NewOrganisation { org_name: "Other".into(), name: String::new(), email: "USER@example.com ".into(), password: PASSWORD.into() };
    assert!(matches!(register(&app.house, Api, again, &Request::default()).await, Ok(Registered::EmailTaken)));
    assert_eq!(count(&app, "select count(*) from organisations").await, 1);
}

#[tokio::test]
async fn organisations_of_one_name_have_slugs_of_their_own() {
    let app = TestApp::new().await;
    for n in 0..3 {
        let new = NewOrganisation {
            org_name: "Oak & Sons".into(),
            name: String::new(),
            email: format!("n{n}@example.com"),
            password: PASSWORD.into(),
        };
        register(&app.house, Browser, new, &Request::default()).await.expect("registers");
    }
    let slugs: Vec<String> =
        sqlx::query_scalar("select slug from organisations order by slug").fetch_all(app.behind()).await.expect("reads");
    assert_eq!(slugs, ["oak-and-sons", "oak-and-sons-2", "oak-and-sons-3"]);
    let names: Vec<String> = sqlx::query_scalar("select name from memberships order by name").fetch_all(app.behind()).await.expect("reads");
    assert_eq!(names, ["n0", "n1", "n2"], "without a name, the address stands in");
}

#[tokio::test]
async fn a_bad_registration_is_answered_field_by_field() {
    let app = TestApp::new().await;
    let bad = NewOrganisation { org_name: "\u{0} ".into(), name: "x".repeat(121), email: "nobody".into(), password: "short".into() };
    let Err(Error::Invalid(fields)) = register(&app.house, Api, bad, &Request::default()).await else { panic!("accepted") };
    let named: Vec<&str> = fields.iter().map(|(field, _)| field).collect();
    assert_eq!(named, ["email", "name", "org_name", "password"]);
}

// ------------------------------------------------------------------------------------------------------------------------ log-in

#[tokio::test]
async fn the_right_password_opens_a_session_and_log_out_ends_it() {
    let app = TestApp::new().await;
    registered(&app).await;
    let token = inside(browser(&app, "User@Example.com", PASSWORD).await);
    let me = visitor(&app, &token).await;
    assert_eq!((me.role(), me.home()), (Role::OrgAdmin, "/staff"));
    sessions::end(&app.house, token.secret()).await.expect("ends");
    assert!(matches!(sessions::resolve(&app.house, token.secret(), Request::default()).await, Err(Error::SignedOut)));
    sessions::end(&app.house, "unknown").await.expect("nobody's");
}

#[tokio::test]
async fn wrong_unknown_and_closed_get_the_same_answer_after_a_similar_time() {
    let app = TestApp::new().await;
    registered(&app).await;
    // The quicker of two: a busy machine makes an answer slower, never quicker.
    let mut quickest = Vec::new();
    for (email, password) in [(EMAIL, "WrongPass123!"), ("nobody@example.com", PASSWORD), ("not an address", PASSWORD)] {
        let mut took = std::time::Duration::MAX;
        for _ in 0..2 {
            let began = std::time::Instant::now();
            assert!(matches!(browser(&app, email, password).await, LogIn::Refused), "{email}");
            took = took.min(began.elapsed());
        }
        quickest.push(took);
    }
    let wrong = quickest.first().copied().unwrap_or_default();
    // Without the pretended hash an unknown account would be answered some twenty times quicker.
    assert!(quickest.iter().all(|took| *took * 5 > wrong), "an unknown account is told by its quick answer: {quickest:?}");

    sqlx::query("update memberships set status = 'deactivated'").execute(app.behind()).await.expect("deactivates");
    assert!(matches!(browser(&app, EMAIL, PASSWORD).await, LogIn::Refused), "nowhere to go");
    sqlx::query("update memberships set status = 'active'").execute(app.behind()).await.expect("activates");
    sqlx::query("update auth.logins set disabled_at = now()").execute(app.behind()).await.expect("closes");
    assert!(matches!(browser(&app, EMAIL, PASSWORD).await, LogIn::Refused), "closed");
}

#[tokio::test]
async fn the_eleventh_wrong_attempt_in_a_minute_waits() {
    let app = TestApp::new().await;
    registered(&app).await;
    for n in 0..10 {
        let how = log_in(&app.house, Browser, EMAIL, "WrongPass123!", &from_leeds()).await.expect("answers");
        assert!(matches!(how, LogIn::Refused), "attempt {n}");
    }
    let eleventh = log_in(&app.house, Browser, EMAIL, PASSWORD, &from_leeds()).await;
    assert!(matches!(eleventh, Err(Error::TooMany { retry_after_s: 60 })), "by account and by address: {eleventh:?}");
    let elsewhere = Request { ip: Some("198.51.100.1".parse().expect("an address")), ..from_leeds() };
    assert!(
        matches!(log_in(&app.house, Browser, EMAIL, PASSWORD, &elsewhere).await, Err(Error::TooMany { .. })),
        "the account, from elsewhere"
    );
    let same_place = log_in(&app.house, Browser, "other@example.com", PASSWORD, &from_leeds()).await;
    assert!(matches!(same_place, Err(Error::TooMany { .. })), "another account, from the same address");

    app.clock.forward(SignedDuration::from_secs(59));
    assert!(matches!(log_in(&app.house, Browser, EMAIL, PASSWORD, &from_leeds()).await, Err(Error::TooMany { retry_after_s: 1 })));
    app.clock.forward(SignedDuration::from_secs(1));
    inside(log_in(&app.house, Browser, EMAIL, PASSWORD, &from_leeds()).await.expect("a new minute"));
}

#[tokio::test]
async fn ten_people_behind_one_router_may_all_log_in() {
    let app = TestApp::new().await;
    registered(&app).await;
    for _ in 0..15 {
        inside(log_in(&app.house, Browser, EMAIL, PASSWORD, &from_leeds()).await.expect("attempts that succeed are not counted"));
    }
}

#[tokio::test]
async fn whoever_has_several_memberships_chooses_and_may_switch() {
    let app = TestApp::new().await;
    registered(&app).await;
    let oak = app.org("Oak Homes").await;
    let login: uuid::Uuid = sqlx::query_scalar("select id from auth.logins").fetch_one(app.behind()).await.expect("one");
    add_membership(&app, oak.id, login, Role::Viewer).await;

    let LogIn::Choose { ticket, memberships, is_support } = browser(&app, EMAIL, PASSWORD).await else { panic!("no choice") };
    assert!(!is_support);
    let names: Vec<&str> = memberships.iter().map(|m| m.org_name.as_str()).collect();
    assert_eq!(names, ["Test Org", "Oak Homes"], "the one used last comes first");
    let at_oak: &Membership = memberships.iter().find(|m| m.org == oak.id).expect("there");
    let token = inside(choose(&app.house, Browser, &ticket.0, at_oak.id, &Request::default()).await.expect("chooses"));
    assert_eq!(visitor(&app, &token).await.role(), Role::Viewer);
    assert!(
        matches!(choose(&app.house, Browser, &ticket.0, at_oak.id, &Request::default()).await, Err(Error::NotFound)),
        "a ticket is used once"
    );

    let other = memberships.iter().find(|m| m.org != oak.id).expect("there");
    let switched = sessions::switch(&app.house, token.secret(), other.id, &Request::default()).await.expect("switches");
    assert_eq!(visitor(&app, &switched).await.role(), Role::OrgAdmin);
    assert!(sessions::resolve(&app.house, token.secret(), Request::default()).await.is_err(), "the old session ended");
    let foreign = oak.staff("Olive", Role::Viewer).await;
    assert!(matches!(
        sessions::switch(&app.house, switched.secret(), foreign.membership(), &Request::default()).await,
        Err(Error::NotFound)
    ));
}

async fn add_membership(app: &TestApp, org: OrgId, login: uuid::Uuid, role: Role) {
    let id: uuid::Uuid = app.house.new_id();
    sqlx::query(
        "insert into memberships (org_id, id, login_id, role, name, email, created_at, updated_at) values ($1, $2, $3, $4, 'Una', $5, now(), now())",
    )
    .bind(org.uuid())
    .bind(id)
    .bind(login)
    .bind(role.as_str())
    .bind(EMAIL)
    .execute(app.behind())
    .await
    .expect("a membership");
}

// ---------------------------------------------------------------------------------------------------------------------- sessions

#[tokio::test]
async fn a_session_slides_ends_when_idle_and_ends_with_its_membership() {
    let app = TestApp::new().await;
    registered(&app).await;
    let token = inside(browser(&app, EMAIL, PASSWORD).await);
    for _ in 0..3 {
        app.clock.forward(SignedDuration::from_hours(24 * 10));
        visitor(&app, &token).await;
    }
    app.clock.forward(SignedDuration::from_hours(24 * 15));
    assert!(sessions::resolve(&app.house, token.secret(), Request::default()).await.is_err(), "idle for a fortnight");

    let token = inside(browser(&app, EMAIL, PASSWORD).await);
    sqlx::query("update organisations set status = 'suspended'").execute(app.behind()).await.expect("suspends");
    assert!(sessions::resolve(&app.house, token.secret(), Request::default()).await.is_err());
}

#[tokio::test]
async fn a_login_sees_where_it_is_signed_in_and_signs_out_what_it_does_not_know() {
    let app = TestApp::new().await;
    let tokens = registered(&app).await;
    let here = inside(log_in(&app.house, Browser, EMAIL, PASSWORD, &from_leeds()).await.expect("answers"));
    let elsewhere = inside(browser(&app, EMAIL, PASSWORD).await);
    let session = sessions::resolve(&app.house, here.secret(), Request::default()).await.expect("live");
    let me = session.visitor;

    let places = sessions::list(&me).await.expect("lists");
    assert_eq!((places.len(), places.iter().filter(|p| p.is_api).count()), (3, 1));
    let this = places.iter().find(|p| p.id == session.id).expect("listed");
    assert_eq!((this.ip.as_deref(), this.user_agent.as_deref()), (Some("203.0.113.7"), Some("Firefox")));

    let api = places.iter().find(|p| p.is_api).expect("listed");
    sessions::revoke(&me, api.id).await.expect("revokes");
    assert!(matches!(sessions::revoke(&me, api.id).await, Err(Error::NotFound)), "it has ended");
    assert!(api_tokens::refresh(&app.house, &tokens.refresh, &Request::default()).await.is_err());
    assert!(api_tokens::resolve_bearer(&app.house, &tokens.access, Request::default()).await.is_err(), "its access tokens end with it");

    sessions::revoke_all(&me, Some(session.id)).await.expect("revokes");
    assert!(sessions::resolve(&app.house, elsewhere.secret(), Request::default()).await.is_err());
    visitor(&app, &here).await;

    let stranger = app.org("Oak Homes").await.member("Olive", Role::Viewer, None).await;
    assert!(matches!(sessions::revoke(&stranger, session.id).await, Err(Error::NotFound)), "somebody else's");
}

// -------------------------------------------------------------------------------------------------------------------- API tokens

#[tokio::test]
async fn an_access_token_says_who_it_is_and_lasts_a_quarter_of_an_hour() {
    use base64::Engine as _;
    let app = TestApp::new().await;
    let tokens = registered(&app).await;
    let body = tokens.access.split('.').nth(1).expect("three parts");
    let claims: serde_json::Value =
        serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(body).expect("base 64")).expect("json");
    assert_eq!(claims["email"], EMAIL);
    assert_eq!(claims["role"], "OrgAdmin");
    assert_eq!(claims["orgId"], tokens.org.to_string());
    assert_eq!(claims["userId"], tokens.login.to_string());
    assert!(claims["permissions"].as_array().expect("a list").iter().any(|p| p == "tickets:read"));
    assert_eq!(claims["exp"].as_i64().expect("a moment") - claims["iat"].as_i64().expect("a moment"), 900);

    app.clock.forward(SignedDuration::from_secs(899));
    api_tokens::resolve_bearer(&app.house, &tokens.access, Request::default()).await.expect("still good");
    app.clock.forward(SignedDuration::from_secs(1));
    assert!(matches!(api_tokens::resolve_bearer(&app.house, &tokens.access, Request::default()).await, Err(Error::SignedOut)));
}

#[tokio::test]
async fn forged_and_foreign_tokens_are_nobody() {
    let app = TestApp::new().await;
    let tokens = registered(&app).await;
    let mut parts: Vec<&str> = tokens.access.split('.').collect();
    let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{}.", parts[1]);
    parts[2] = "AAAA";
    let mut elsewhere = registered(&TestApp::new().await).await.access;
    elsewhere.push('x');
    for forged in [unsigned, parts.join("."), elsewhere, String::new(), "a.b.c".into(), tokens.refresh] {
        assert!(matches!(api_tokens::resolve_bearer(&app.house, &forged, Request::default()).await, Err(Error::SignedOut)), "{forged}");
    }
}

#[tokio::test]
async fn the_role_is_the_memberships_of_this_moment() {
    let app = TestApp::new().await;
    let tokens = registered(&app).await;
    sqlx::query("update memberships set role = 'Viewer'").execute(app.behind()).await.expect("demotes");
    let me = api_tokens::resolve_bearer(&app.house, &tokens.access, Request::default()).await.expect("still a member");
    assert_eq!(me.role(), Role::Viewer);
    sqlx::query("update memberships set status = 'deactivated'").execute(app.behind()).await.expect("deactivates");
    assert!(api_tokens::resolve_bearer(&app.house, &tokens.access, Request::default()).await.is_err());
    assert!(api_tokens::refresh(&app.house, &tokens.refresh, &Request::default()).await.is_err());
}

#[tokio::test]
async fn refreshing_rotates_and_using_a_rotated_token_ends_the_family() {
    let app = TestApp::new().await;
    let first = registered(&app).await;
    let second = api_tokens::refresh(&app.house, &first.refresh, &Request::default()).await.expect("rotates");
    assert_ne!(first.refresh, second.refresh);
    api_tokens::resolve_bearer(&app.house, &second.access, Request::default()).await.expect("a new access token");
    assert!(matches!(api_tokens::refresh(&app.house, &first.refresh, &Request::default()).await, Err(Error::SignedOut)));
    assert!(
        matches!(api_tokens::refresh(&app.house, &second.refresh, &Request::default()).await, Err(Error::SignedOut)),
        "the family ended"
    );
    assert!(api_tokens::resolve_bearer(&app.house, &second.access, Request::default()).await.is_err());
    assert_eq!(count(&app, "select count(*) from audit_log where action = 'auth:refresh_reused'").await, 1);
}

#[tokio::test]
async fn of_two_that_refresh_at_once_one_at_most_gets_in() {
    let app = TestApp::new().await;
    let tokens = registered(&app).await;
    let request = Request::default();
    let (a, b) = tokio::join!(
        api_tokens::refresh(&app.house, &tokens.refresh, &request),
        api_tokens::refresh(&app.house, &tokens.refresh, &request)
    );
    assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
    assert_eq!(
        count(&app, "select count(*) from auth.refresh_tokens where revoked_at is null").await,
        0,
        "two copies of one token: the family ends"
    );
}

#[tokio::test]
async fn a_refresh_token_lasts_seven_days_and_log_out_ends_it() {
    let app = TestApp::new().await;
    let tokens = registered(&app).await;
    app.clock.forward(SignedDuration::from_hours(7 * 24));
    assert!(api_tokens::refresh(&app.house, &tokens.refresh, &Request::default()).await.is_err());
    let LogIn::In(tokens) = log_in(&app.house, Api, EMAIL, PASSWORD, &Request::default()).await.expect("answers") else { panic!("not in") };
    api_tokens::end(&app.house, &tokens.refresh).await.expect("logs out");
    assert!(api_tokens::refresh(&app.house, &tokens.refresh, &Request::default()).await.is_err());
}

// ------------------------------------------------------------------------------------------------------------------------- links

#[tokio::test]
async fn a_reset_sets_the_password_once_and_signs_everybody_out() {
    let app = TestApp::new().await;
    let tokens = registered(&app).await;
    let session = inside(browser(&app, EMAIL, PASSWORD).await);
    resets::request(&app.house, EMAIL, &Request::default()).await.expect("asks");
    let token = mailed(&app, EMAIL).await;
    let Err(Error::Invalid(fields)) = resets::confirm(&app.house, &token, "short", &Request::default()).await else { panic!("accepted") };
    assert!(fields.get("password").is_some());
    resets::look(&app.house, &token).await.expect("a refused password leaves the link good");
    resets::confirm(&app.house, &token, "NewPass123!", &Request::default()).await.expect("resets");
    assert!(matches!(resets::confirm(&app.house, &token, "NewPass456!", &Request::default()).await, Err(Error::NotFound)), "once");

    assert!(sessions::resolve(&app.house, session.secret(), Request::default()).await.is_err());
    assert!(api_tokens::refresh(&app.house, &tokens.refresh, &Request::default()).await.is_err());
    assert!(matches!(browser(&app, EMAIL, PASSWORD).await, LogIn::Refused));
    inside(browser(&app, EMAIL, "NewPass123!").await);
    app.run_jobs().await;
    assert_eq!(app.postman.sent().last().expect("a mail").subject, "Your password was reset");
}

#[tokio::test]
async fn asking_for_a_reset_never_tells_whether_there_is_an_account() {
    let app = TestApp::new().await;
    registered(&app).await;
    app.run_jobs().await;
    let before = app.postman.sent().len();
    resets::request(&app.house, "nobody@example.com", &Request::default()).await.expect("the same answer");
    magic::request(&app.house, "nobody@example.com", None, &Request::default()).await.expect("the same answer");
    app.run_jobs().await;
    assert_eq!(app.postman.sent().len(), before);
    for _ in 0..9 {
        resets::request(&app.house, "nobody@example.com", &Request::default()).await.expect("the same answer");
    }
    assert!(matches!(resets::request(&app.house, "nobody@example.com", &Request::default()).await, Err(Error::TooMany { .. })));
}

#[tokio::test]
async fn links_expire() {
    let app = TestApp::new().await;
    registered(&app).await;
    let verification = mailed(&app, EMAIL).await;
    resets::request(&app.house, EMAIL, &Request::default()).await.expect("asks");
    let reset = mailed(&app, EMAIL).await;
    magic::request(&app.house, EMAIL, None, &Request::default()).await.expect("asks");
    let link = mailed(&app, EMAIL).await;

    app.clock.forward(SignedDuration::from_mins(30));
    assert!(matches!(magic::consume(&app.house, Browser, &link, &Request::default()).await, Err(Error::NotFound)));
    resets::look(&app.house, &reset).await.expect("an hour");
    app.clock.forward(SignedDuration::from_mins(30));
    assert!(matches!(resets::look(&app.house, &reset).await, Err(Error::NotFound)));
    app.clock.forward(SignedDuration::from_hours(23));
    assert!(matches!(verify::confirm(&app.house, &verification).await, Err(Error::NotFound)));
    for wrong in ["", "x", "' or 1=1 --", "\u{0}"] {
        assert!(matches!(verify::confirm(&app.house, wrong).await, Err(Error::NotFound)), "{wrong:?}");
    }
    assert!(matches!(resets::look(&app.house, &verification).await, Err(Error::NotFound)), "a link for one thing is none for another");
}

#[tokio::test]
async fn a_magic_link_logs_in_once_and_looking_does_not() {
    let app = TestApp::new().await;
    registered(&app).await;
    let verification = mailed(&app, EMAIL).await;
    verify::confirm(&app.house, &verification).await.expect("verifies");
    magic::request(&app.house, EMAIL, Some("/staff/tickets"), &Request::default()).await.expect("asks");
    let link = mailed(&app, EMAIL).await;
    magic::look(&app.house, &link).await.expect("a mail scanner looks");
    let (how_far, next) = magic::consume(&app.house, Browser, &link, &Request::default()).await.expect("consumes");
    visitor(&app, &inside(how_far)).await;
    assert_eq!(next.as_deref(), Some("/staff/tickets"));
    assert!(matches!(magic::consume(&app.house, Browser, &link, &Request::default()).await, Err(Error::NotFound)));
    inside(browser(&app, EMAIL, PASSWORD).await);
}

#[tokio::test]
async fn whoever_proves_an_address_takes_the_account_from_whoever_made_it() {
    let app = TestApp::new().await;
    let squatter = registered(&app).await;
    let session = inside(browser(&app, EMAIL, PASSWORD).await);
    magic::request(&app.house, EMAIL, None, &Request::default()).await.expect("the owner of the address asks");
    let link = mailed(&app, EMAIL).await;
    let (how_far, _) = magic::consume(&app.house, Browser, &link, &Request::default()).await.expect("consumes");
    inside(how_far);
    assert!(matches!(browser(&app, EMAIL, PASSWORD).await, LogIn::Refused), "the squatter's password");
    assert!(sessions::resolve(&app.house, session.secret(), Request::default()).await.is_err(), "their session");
    assert!(api_tokens::resolve_bearer(&app.house, &squatter.access, Request::default()).await.is_err(), "their tokens");
}

#[tokio::test]
async fn a_changed_password_needs_the_old_one_and_ends_other_sessions() {
    let app = TestApp::new().await;
    registered(&app).await;
    let (here, there) = (inside(browser(&app, EMAIL, PASSWORD).await), inside(browser(&app, EMAIL, PASSWORD).await));
    let session = sessions::resolve(&app.house, here.secret(), Request::default()).await.expect("live");
    let wrong = resets::change(&session.visitor, "WrongPass123!", "NewPass123!", Some(session.id)).await;
    assert!(matches!(wrong, Err(Error::Invalid(f)) if f.get("current").is_some()));
    resets::change(&session.visitor, PASSWORD, "NewPass123!", Some(session.id)).await.expect("changes");
    visitor(&app, &here).await;
    assert!(sessions::resolve(&app.house, there.secret(), Request::default()).await.is_err());
    inside(browser(&app, EMAIL, "NewPass123!").await);
}

// ------------------------------------------------------------------------------------------------------------------- invitations

#[tokio::test]
async fn an_invited_tenant_sets_a_password_or_none_and_comes_in() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let olive = oak.staff("Olive", Role::Coordinator).await;
    let tom = oak.contact("Tom Reed", "tenant").await;
    invites::contact(&olive, tom).await.expect("invites");
    let first = mailed(&app, "tom.reed@example.com").await;
    assert!(app.postman.sent().last().expect("a mail").subject.contains("Olive invites you to Oak Homes"));
    assert!(matches!(browser(&app, "tom.reed@example.com", PASSWORD).await, LogIn::Refused), "an invitation is no log-in");

    invites::contact(&olive, tom).await.expect("sends again");
    let link = mailed(&app, "tom.reed@example.com").await;
    assert!(matches!(invites::look(&app.house, &first).await, Err(Error::NotFound)), "the older link ended");
    let invitation = invites::look(&app.house, &link).await.expect("live");
    assert_eq!((invitation.org_name.as_str(), invitation.role, invitation.needs_password), ("Oak Homes", Role::Tenant, true));
    let weak = invites::accept(&app.house, Browser, &link, "", "short", &Request::default()).await;
    assert!(matches!(weak, Err(Error::Invalid(_))));
    let token = inside(invites::accept(&app.house, Browser, &link, "", PASSWORD, &Request::default()).await.expect("accepts"));
    let me = visitor(&app, &token).await.tenant().expect("a tenant");
    assert_eq!((me.name(), me.contact()), ("Tom Reed", tom));
    assert!(matches!(invites::accept(&app.house, Browser, &link, "", PASSWORD, &Request::default()).await, Err(Error::NotFound)), "once");
    assert!(matches!(invites::contact(&olive, tom).await, Err(Error::Invalid(_))), "they are in");
    inside(browser(&app, "tom.reed@example.com", PASSWORD).await);

    let nina = oak.contact("Nina", "tenant").await;
    invites::contact(&olive, nina).await.expect("invites");
    let link = mailed(&app, "nina@example.com").await;
    inside(invites::accept(&app.house, Browser, &link, "", "", &Request::default()).await.expect("without a password"));
}

#[tokio::test]
async fn invitations_are_for_those_who_can_use_them_from_those_who_may() {
    let app = TestApp::new().await;
    let (oak, elm) = (app.org("Oak Homes").await, app.org("Elm Lettings").await);
    let (olive, vera) = (oak.staff("Olive", Role::Coordinator).await, oak.staff("Vera", Role::Viewer).await);
    let (tom, owner, foreign) =
        (oak.contact("Tom", "tenant").await, oak.contact("Ophelia", "owner").await, elm.contact("Eve", "tenant").await);
    assert!(matches!(invites::contact(&vera, tom).await, Err(Error::Forbidden)));
    assert!(matches!(invites::contact(&olive, owner).await, Err(Error::Conflict(_))));
    assert!(matches!(invites::contact(&olive, foreign).await, Err(Error::NotFound)));
    sqlx::query("update contacts set email = null where id = $1").bind(tom.uuid()).execute(app.behind()).await.expect("forgets");
    assert!(matches!(invites::contact(&olive, tom).await, Err(Error::Conflict(_))));
}

#[tokio::test]
async fn somebody_with_a_login_is_invited_to_a_second_organisation_and_keeps_their_password() {
    let app = TestApp::new().await;
    registered(&app).await;
    verify::confirm(&app.house, &mailed(&app, EMAIL).await).await.expect("verifies");
    let oak = app.org("Oak Homes").await;
    let olive = oak.staff("Olive", Role::Coordinator).await;
    let una = oak.contact("Una", "contractor").await;
    sqlx::query("update contacts set email = $1 where id = $2").bind(EMAIL).bind(una.uuid()).execute(app.behind()).await.expect("sets");
    invites::contact(&olive, una).await.expect("invites");
    let link = mailed(&app, EMAIL).await;
    assert!(!invites::look(&app.house, &link).await.expect("live").needs_password);
    let token = inside(invites::accept(&app.house, Browser, &link, "", "", &Request::default()).await.expect("accepts"));
    assert_eq!(visitor(&app, &token).await.role(), Role::Contractor, "straight into the organisation that invited");
    assert!(matches!(browser(&app, EMAIL, PASSWORD).await, LogIn::Choose { memberships, .. } if memberships.len() == 2));
}

// ----------------------------------------------------------------------------------------------------------------- second factor

async fn with_second_factor(app: &TestApp) -> (Visitor, String, Vec<String>) {
    registered(app).await;
    let me = visitor(app, &inside(browser(app, EMAIL, PASSWORD).await)).await;
    let set_up = second_factor::start(&me).await.expect("starts");
    assert!(set_up.uri.starts_with("otpauth://totp/Fettle"), "{}", set_up.uri);
    assert!(set_up.qr_svg.contains("<svg"));
    assert_eq!(second_factor::start(&me).await.expect("shows it again").secret, set_up.secret);
    assert!(matches!(second_factor::confirm(&me, "000000").await, Err(Error::Invalid(_))));
    let codes = second_factor::confirm(&me, &totp(&set_up.secret, app.house.now())).await.expect("confirms");
    assert_eq!(codes.len(), 10);
    (me, set_up.secret, codes)
}

#[tokio::test]
async fn a_second_factor_is_asked_for_and_its_code_works_once() {
    let app = TestApp::new().await;
    let (_, secret, _) = with_second_factor(&app).await;
    let LogIn::NeedsSecondFactor(ticket) = browser(&app, EMAIL, PASSWORD).await else { panic!("not asked") };
    let used = totp(&secret, app.house.now());
    assert!(
        matches!(second_factor::finish(&app.house, Browser, &ticket.0, &used, &Request::default()).await, Err(Error::Invalid(_))),
        "used to set it up"
    );

    app.clock.forward(SignedDuration::from_secs(60));
    let late = totp(&secret, app.house.now() - SignedDuration::from_secs(30));
    let token =
        inside(second_factor::finish(&app.house, Browser, &ticket.0, &late, &Request::default()).await.expect("one step late is fine"));
    assert!(sessions::resolve(&app.house, token.secret(), Request::default()).await.expect("live").second_factor);
    let again = second_factor::finish(&app.house, Browser, &ticket.0, &totp(&secret, app.house.now()), &Request::default()).await;
    assert!(matches!(again, Err(Error::NotFound)), "a ticket is used once");

    let LogIn::NeedsSecondFactor(ticket) = browser(&app, EMAIL, PASSWORD).await else { panic!("not asked") };
    let replayed = second_factor::finish(&app.house, Browser, &ticket.0, &late, &Request::default()).await;
    assert!(matches!(replayed, Err(Error::Invalid(_))));
    let stale = totp(&secret, app.house.now() + SignedDuration::from_secs(90));
    assert!(
        matches!(second_factor::finish(&app.house, Browser, &ticket.0, &stale, &Request::default()).await, Err(Error::Invalid(_))),
        "three steps early"
    );
}

#[tokio::test]
async fn five_wrong_codes_end_the_ticket() {
    let app = TestApp::new().await;
    let (_, secret, _) = with_second_factor(&app).await;
    app.clock.forward(SignedDuration::from_mins(5));
    let LogIn::NeedsSecondFactor(ticket) = browser(&app, EMAIL, PASSWORD).await else { panic!("not asked") };
    for _ in 0..5 {
        assert!(matches!(
            second_factor::finish(&app.house, Browser, &ticket.0, "12345x", &Request::default()).await,
            Err(Error::Invalid(_))
        ));
    }
    let right = second_factor::finish(&app.house, Browser, &ticket.0, &totp(&secret, app.house.now()), &Request::default()).await;
    assert!(matches!(right, Err(Error::NotFound)));
}

#[tokio::test]
async fn a_recovery_code_works_once_in_any_spelling() {
    let app = TestApp::new().await;
    let (me, _, codes) = with_second_factor(&app).await;
    let spelled = codes[0].to_uppercase().replace('-', " ");
    for expected in [true, false] {
        let LogIn::NeedsSecondFactor(ticket) = browser(&app, EMAIL, PASSWORD).await else { panic!("not asked") };
        let how = second_factor::finish(&app.house, Browser, &ticket.0, &spelled, &Request::default()).await;
        assert_eq!(how.is_ok(), expected);
    }
    assert_eq!(second_factor::standing(&me).await.expect("reads").recovery_codes_left, 9);
    let renewed = second_factor::renew_codes(&me, PASSWORD).await.expect("renews");
    assert!(renewed.iter().all(|c| !codes.contains(c)));
    let stored: Vec<Vec<u8>> =
        sqlx::query_scalar("select code_hash from auth.recovery_codes").fetch_all(app.behind()).await.expect("reads");
    assert!(stored.iter().all(|hash| hash.len() == 32), "only hashes are kept");
}

#[tokio::test]
async fn turning_the_second_factor_off_asks_for_the_password() {
    let app = TestApp::new().await;
    let (me, _, _) = with_second_factor(&app).await;
    assert!(matches!(second_factor::disable(&me, "WrongPass123!").await, Err(Error::Invalid(_))));
    second_factor::disable(&me, PASSWORD).await.expect("turns off");
    inside(browser(&app, EMAIL, PASSWORD).await);
}

#[tokio::test]
async fn neither_a_link_nor_a_reset_goes_around_the_second_factor() {
    let app = TestApp::new().await;
    registered(&app).await;
    verify::confirm(&app.house, &mailed(&app, EMAIL).await).await.expect("verifies");
    let me = visitor(&app, &inside(browser(&app, EMAIL, PASSWORD).await)).await;
    let set_up = second_factor::start(&me).await.expect("starts");
    second_factor::confirm(&me, &totp(&set_up.secret, app.house.now())).await.expect("confirms");
    magic::request(&app.house, EMAIL, None, &Request::default()).await.expect("asks");
    let link = mailed_link(&app, "Your link to log in").await;
    assert!(matches!(
        magic::consume(&app.house, Browser, &link, &Request::default()).await.expect("consumes").0,
        LogIn::NeedsSecondFactor(_)
    ));
    resets::request(&app.house, EMAIL, &Request::default()).await.expect("asks");
    let link = mailed_link(&app, "Set a new password").await;
    resets::confirm(&app.house, &link, "NewPass123!", &Request::default()).await.expect("resets");
    assert!(matches!(browser(&app, EMAIL, "NewPass123!").await, LogIn::NeedsSecondFactor(_)));
}

async fn mailed_link(app: &TestApp, subject: &str) -> String {
    app.run_jobs().await;
    let sent = app.postman.sent();
    let mail = sent.iter().rev().find(|m| m.subject == subject).unwrap_or_else(|| panic!("no mail {subject}"));
    mail.text.split_once("token=").and_then(|(_, rest)| rest.split_whitespace().next()).expect("a link").to_owned()
}

// ----------------------------------------------------------------------------------------------------------------------- support

#[tokio::test]
async fn support_enters_one_organisation_with_a_reason_that_its_administrators_read() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    support::make_super_admin(&app.house, "sam@fettle.example").await.expect("makes");
    let token = mailed(&app, "sam@fettle.example").await;
    resets::confirm(&app.house, &token, "SecurePass123!", &Request::default()).await.expect("sets a password");

    let LogIn::Choose { ticket, memberships, is_support } = browser(&app, "sam@fettle.example", PASSWORD).await else {
        panic!("no choice")
    };
    assert!(memberships.is_empty() && is_support);
    let enter = async |slug: &str, reason: &str| {
        support::enter_organisation(&app.house, Browser, &ticket.0, slug, reason, &Request::default()).await
    };
    assert!(matches!(enter(&oak.slug, " ").await, Err(Error::Invalid(f)) if f.get("reason").is_some()));
    assert!(matches!(enter("no-such", "they asked").await, Err(Error::Invalid(f)) if f.get("organisation").is_some()));
    let token = inside(enter(&oak.slug, "Ticket 4812: the import fails").await.expect("enters"));
    let me = visitor(&app, &token).await.staff().expect("staff");
    assert_eq!((me.role(), me.org()), (Role::SuperAdmin, oak.id));
    assert!(matches!(me.begin(Act::UpdateTicket).await, Err(Error::Forbidden)));
    let reason: serde_json::Value = sqlx::query_scalar(
        "select v.new_value from audit_log a join audit_values v using (org_id, seq) where a.action = 'support:entered' and a.actor_kind = 'support'",
    )
    .fetch_one(app.behind())
    .await
    .expect("audited");
    assert_eq!(reason["reason"], "Ticket 4812: the import fails");

    app.clock.forward(SignedDuration::from_mins(61));
    assert!(sessions::resolve(&app.house, token.secret(), Request::default()).await.is_err(), "support's session is short");
    assert!(
        matches!(browser(&app, "sam@fettle.example", PASSWORD).await, LogIn::Choose { memberships, .. } if memberships.is_empty()),
        "a reason every time"
    );
}

#[tokio::test]
async fn nobody_else_enters_by_supports_door() {
    let app = TestApp::new().await;
    registered(&app).await;
    let oak = app.org("Oak Homes").await;
    let login: uuid::Uuid = sqlx::query_scalar("select id from auth.logins").fetch_one(app.behind()).await.expect("one");
    add_membership(&app, oak.id, login, Role::Viewer).await;
    let elm = app.org("Elm Lettings").await;
    let LogIn::Choose { ticket, .. } = browser(&app, EMAIL, PASSWORD).await else { panic!("no choice") };
    let entered = support::enter_organisation(&app.house, Browser, &ticket.0, &elm.slug, "let me in", &Request::default()).await;
    assert!(matches!(entered, Err(Error::Forbidden)));
}

// ------------------------------------------------------------------------------------------------------------------------- other

#[tokio::test]
async fn the_account_page_shows_and_changes_ones_own_name() {
    let app = TestApp::new().await;
    registered(&app).await;
    let token = inside(browser(&app, EMAIL, PASSWORD).await);
    let me = visitor(&app, &token).await;
    let found = profile::load(&me).await.expect("loads");
    assert_eq!((found.email.as_str(), found.org_name.as_str(), found.is_verified, found.has_password), (EMAIL, "Test Org", false, true));
    profile::rename(&me, "Una Úlfsdóttir").await.expect("renames");
    assert!(matches!(profile::rename(&me, " ").await, Err(Error::Invalid(_))));
    assert_eq!(visitor(&app, &token).await.name(), "Una Úlfsdóttir");
}

#[tokio::test]
async fn what_was_typed_is_kept_for_ten_minutes() {
    let app = TestApp::new().await;
    let id = flashes::keep(&app.house, &serde_json::json!({ "email": "x" })).await.expect("keeps");
    let read = flashes::read::<serde_json::Value>(&app.house, id).await.expect("reads").expect("there");
    assert_eq!(read["email"], "x");
    assert_eq!(flashes::read::<u32>(&app.house, id).await.expect("reads"), None, "another shape is nothing");
    let (mine, other) = (app.house.new_id(), app.house.new_id());
    let secret = flashes::keep_secret(&app.house, mine, &"codes").await.expect("keeps");
    assert_eq!(flashes::take_secret::<String>(&app.house, mine, secret).await.expect("takes").as_deref(), Some("codes"));
    assert_eq!(flashes::take_secret::<String>(&app.house, mine, secret).await.expect("takes"), None, "shown once");
    let secret = flashes::keep_secret(&app.house, mine, &"codes").await.expect("keeps");
    assert_eq!(flashes::take_secret::<String>(&app.house, other, secret).await.expect("takes"), None, "to nobody else");

    app.clock.forward(SignedDuration::from_mins(10));
    assert_eq!(flashes::read::<serde_json::Value>(&app.house, id).await.expect("reads"), None);
    app.clock.forward(SignedDuration::from_hours(25));
    services::auth::sweep(&app.house).await.expect("sweeps");
    assert_eq!(count(&app, "select count(*) from auth.flashes").await, 0);
}

#[tokio::test]
async fn nothing_secret_is_stored_as_it_is() {
    let app = TestApp::new().await;
    let tokens = registered(&app).await;
    resets::request(&app.house, EMAIL, &Request::default()).await.expect("asks");
    let link = mailed(&app, EMAIL).await;
    for table in ["auth.logins", "auth.sessions", "auth.tokens", "auth.refresh_tokens", "auth.mails", "audit_values"] {
        let dump: String = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select coalesce(string_agg(t::text, ' '), '') from {table} t")))
            .fetch_one(app.behind())
            .await
            .expect("dumps");
        for secret in [PASSWORD, tokens.refresh.as_str(), tokens.access.as_str(), link.as_str()] {
            assert!(!dump.contains(secret), "{table}");
        }
    }
}
