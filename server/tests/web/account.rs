//! Logging in and one's own account, as a browser without JavaScript does it: plain forms, 303s and cookies.

use domain::policy::Role;
use http::StatusCode;
use testkit::TestApp;

use crate::browser::{Answer, Site};

const PASSWORD: &str = "SecurePass123!";

/// Text as a form sends it.
fn form(fields: &[(&str, &str)]) -> String {
    let encode = |text: &str| {
        text.bytes().map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect::<String>()
    };
    fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect::<Vec<_>>().join("&")
}

/// A cookie that an answer sets; nothing when it takes it away.
fn cookie(answer: &Answer, name: &str) -> Option<String> {
    let set = answer.headers.get_all("set-cookie").iter().filter_map(|v| v.to_str().ok());
    let value = set.filter_map(|v| v.split(';').next()).filter_map(|v| v.split_once('=')).find(|(n, _)| *n == name)?.1;
    Some(value.to_owned()).filter(|v| !v.is_empty())
}

fn session(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    cookie(answer, "__Host-fettle").unwrap_or_else(|| panic!("no session; sent to {}", answer.header("location")))
}

async fn register(site: &Site) -> Answer {
    let fields = [("org_name", "Oak Homes"), ("name", "Una"), ("email", "una@example.com"), ("password", PASSWORD)];
    site.form("/rpc/account/register/register", &form(&fields), None).await
}

async fn log_in(site: &Site, password: &str, next: &str) -> Answer {
    site.form("/rpc/account/login/log_in", &form(&[("email", "una@example.com"), ("password", password), ("next", next)]), None).await
}

/// The address in the last mail.
async fn mailed(app: &TestApp) -> String {
    app.run_jobs().await;
    let sent = app.postman.sent();
    let text = &sent.last().expect("a mail").text;
    let link = text.split_whitespace().find(|w| w.starts_with("http://localhost:3000/")).expect("a link");
    link.trim_start_matches("http://localhost:3000").to_owned()
}

fn token(link: &str) -> &str {
    link.split_once("token=").expect("a token").1
}

#[tokio::test]
async fn registering_logs_in_and_the_cookie_is_a_careful_one() {
    let app = TestApp::new().await;
    let site = Site::of(&app);
    let answer = register(&site).await;
    assert_eq!(answer.header("location"), "/staff");
    let set = answer
        .headers
        .get_all("set-cookie")
        .iter()
        .filter_map(|v| v.to_str().ok())
        .find(|v| v.starts_with("__Host-fettle="))
        .expect("a session");
    for part in ["Path=/", "HttpOnly", "SameSite=Lax", "Secure"] {
        assert!(set.contains(part), "{set}");
    }
    let account = site.get("/account", Some(&session(&answer))).await;
    assert_eq!(account.status, StatusCode::OK);
    for words in ["una@example.com", "Oak Homes", "Confirm your email address", "This device"] {
        assert!(account.body.contains(words), "{words}");
    }
}

#[tokio::test]
async fn a_refused_form_comes_back_with_what_was_typed_and_never_the_password() {
    let app = TestApp::new().await;
    let site = Site::of(&app);
    let typed = "</script><script>alert(1)</script> \u{202e}🏠";
    let fields = [("org_name", typed), ("name", ""), ("email", "una"), ("password", "shortpw")];
    let answer = site.form("/rpc/account/register/register", &form(&fields), None).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(!answer.header("location").contains("una"), "what was typed is not in the address");
    let page = site.get(answer.header("location"), None).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("<title>Error: Register your organisation"), "{}", page.body);
    assert!(page.body.contains("&lt;/script&gt;&lt;script&gt;alert(1)"), "typed text is kept, as text");
    assert!(!page.body.contains("<script>alert"));
    assert!(page.body.contains("Enter an email address in the correct format"));
    assert!(page.body.contains("Use at least 10 characters"));
    assert!(!page.body.contains("shortpw"));
}

#[tokio::test]
async fn logging_in_goes_where_the_person_was_going_and_nowhere_else() {
    let app = TestApp::new().await;
    let site = Site::of(&app);
    register(&site).await;
    for (next, goes) in [
        ("/staff/tickets?status=OPEN", "/staff/tickets?status=OPEN"),
        ("", "/staff"),
        ("https://evil.example/", "/staff"),
        ("//evil.example", "/staff"),
        ("/\\evil.example", "/staff"),
    ] {
        assert_eq!(log_in(&site, PASSWORD, next).await.header("location"), goes, "{next}");
    }
    let wrong = log_in(&site, "WrongPass123!", "/staff/tickets").await;
    let page = site.get(wrong.header("location"), None).await;
    assert!(page.body.contains("The email address or password is not right"));
    assert!(page.body.contains("value=\"/staff/tickets\"") && page.body.contains("value=\"una@example.com\""), "{}", page.body);
    let inside = session(&log_in(&site, PASSWORD, "").await);
    assert_eq!(site.get("/login?next=/staff/tickets", Some(&inside)).await.header("location"), "/staff/tickets", "in already");
}

#[tokio::test]
async fn too_many_attempts_are_a_429_page_that_says_when() {
    let app = TestApp::new().await;
    let site = Site::of(&app);
    register(&site).await;
    for _ in 0..10 {
        log_in(&site, "WrongPass123!", "").await;
    }
    let answer = log_in(&site, PASSWORD, "").await;
    assert!(cookie(&answer, "__Host-fettle").is_none());
    let page = site.get(answer.header("location"), None).await;
    assert_eq!((page.status, page.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "60"));
    assert!(page.body.contains("Try again in 60 seconds"));
}

#[tokio::test]
async fn a_reset_link_survives_a_mail_scanner_and_works_once() {
    let app = TestApp::new().await;
    let site = Site::of(&app);
    register(&site).await;
    let asked = site.form("/rpc/account/links/request_reset", &form(&[("email", "una@example.com")]), None).await;
    assert_eq!(asked.header("location"), "/reset/sent");
    let link = mailed(&app).await;
    for _ in 0..3 {
        let page = site.get(&link, None).await;
        assert!(page.status == StatusCode::OK && page.body.contains("Set a new password"));
    }
    let set = |password: &'static str| form(&[("token", token(&link)), ("password", password)]);
    let weak = site.form("/rpc/account/links/set_password", &set("short"), None).await;
    let page = site.get(weak.header("location"), None).await;
    assert!(page.body.contains("Use at least 10 characters") && page.body.contains(token(&link)));
    let done = site.form("/rpc/account/links/set_password", &set("NewPass123!"), None).await;
    assert_eq!(done.header("location"), "/reset/done");
    session(&log_in(&site, "NewPass123!", "").await);

    let replayed = site.form("/rpc/account/links/set_password", &set("NewPass456!"), None).await;
    for path in [link.as_str(), replayed.header("location")] {
        let page = site.get(path, None).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.body.contains("This link does not work any more"));
    }
}

#[tokio::test]
async fn a_magic_link_shows_a_button_and_the_button_logs_in() {
    let app = TestApp::new().await;
    let site = Site::of(&app);
    register(&site).await;
    site.form("/rpc/account/links/request_magic", &form(&[("email", "una@example.com"), ("next", "/staff/tickets")]), None).await;
    let link = mailed(&app).await;
    let page = site.get(&link, None).await;
    assert!(page.body.contains("press the button"));
    assert!(cookie(&page, "__Host-fettle").is_none(), "a GET logs nobody in");
    let answer = site.form("/rpc/account/links/use_magic", &form(&[("token", token(&link))]), None).await;
    assert_eq!(answer.header("location"), "/staff/tickets");
    session(&answer);
    assert_eq!(site.get(&link, None).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_address_is_confirmed_by_a_button() {
    let app = TestApp::new().await;
    let site = Site::of(&app);
    let me = session(&register(&site).await);
    let link = mailed(&app).await;
    let page = site.get(&link, None).await;
    assert!(page.body.contains("Is this your email address?") && page.body.contains("una@example.com"));
    let done = site.form("/rpc/account/links/verify_email", &form(&[("token", token(&link))]), None).await;
    assert_eq!(done.header("location"), "/verify/done");
    assert!(!site.get("/account", Some(&me)).await.body.contains("Confirm your email address"));
}

#[tokio::test]
async fn a_tenant_accepts_an_invitation_and_stands_at_their_repairs() {
    let app = TestApp::new().await;
    let site = Site::of(&app);
    let oak = app.org("Oak Homes").await;
    let olive = oak.staff("Olive", Role::Coordinator).await;
    let tom = oak.contact("Tom Reed", "tenant").await;
    services::auth::invites::contact(&olive, tom).await.expect("invites");
    let link = mailed(&app).await;
    let page = site.get(&link, None).await;
    for words in ["Welcome to ", "Oak Homes", "tom.reed@example.com", "You may leave it empty"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    let weak = site
        .form("/rpc/account/links/accept_invitation", &form(&[("token", token(&link)), ("name", "Tom R"), ("password", "x")]), None)
        .await;
    let page = site.get(weak.header("location"), None).await;
    assert!(page.body.contains("value=\"Tom R\"") && page.body.contains("Use at least 10 characters"), "{}", page.body);
    let answer = site
        .form("/rpc/account/links/accept_invitation", &form(&[("token", token(&link)), ("name", "Tom R"), ("password", "")]), None)
        .await;
    assert_eq!(answer.header("location"), "/repairs");
    let me = session(&answer);
    assert!(site.get("/account", Some(&me)).await.body.contains("None: you log in by email"));
}

#[tokio::test]
async fn a_second_factor_is_set_up_used_and_its_codes_are_shown_once() {
    let app = TestApp::new().await;
    let site = Site::of(&app);
    let me = session(&register(&site).await);
    let page = site.get("/account/second-factor", Some(&me)).await;
    assert!(page.body.contains("<svg"), "a QR code");
    let (_, rest) = page.body.split_once("account-key\">").expect("a key");
    let secret = totp_rs::Secret::try_from_base32(rest.split('<').next().expect("a key").replace(' ', "")).expect("base 32");
    let totp = totp_rs::Builder::new().with_secret(secret).build().expect("totp");
    let code = |app: &TestApp| totp.generate(app.house.now().as_second().cast_unsigned()).to_string();

    let wrong = site.form("/rpc/account/security/turn_on", &form(&[("code", "000000")]), Some(&me)).await;
    assert!(site.get(wrong.header("location"), Some(&me)).await.body.contains("This code is not right"));
    let on = site.form("/rpc/account/security/turn_on", &form(&[("code", &code(&app))]), Some(&me)).await;
    let shown = site.get(on.header("location"), Some(&me)).await;
    assert!(shown.body.contains("Keep these recovery codes"));
    assert!(!site.get(on.header("location"), Some(&me)).await.body.contains("Keep these recovery codes"), "once");

    app.clock.forward(jiff::SignedDuration::from_secs(30));
    let asked = log_in(&site, PASSWORD, "/staff/tickets").await;
    assert_eq!(asked.header("location"), "/login/code?next=/staff/tickets");
    assert!(cookie(&asked, "__Host-fettle").is_none());
    let step = cookie(&asked, "__Host-fettle-step").expect("a step");
    let with_step = |fields: &str| {
        let request = crate::browser::request("POST", "/rpc/account/login/send_code", None)
            .header("cookie", format!("__Host-fettle-step={step}"))
            .header("accept", "text/html")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        request.body(axum::body::Body::from(fields.to_owned())).expect("a request")
    };
    let wrong = site.send(with_step(&form(&[("code", "111111"), ("next", "/staff/tickets")]))).await;
    assert!(site.get(wrong.header("location"), None).await.body.contains("This code is not right"));
    let answer = site.send(with_step(&form(&[("code", &code(&app)), ("next", "/staff/tickets")]))).await;
    assert_eq!(answer.header("location"), "/staff/tickets");
    session(&answer);
}

#[tokio::test]
async fn signing_out_elsewhere_leaves_this_place_alone() {
    let app = TestApp::new().await;
    let site = Site::of(&app);
    register(&site).await;
    let (here, there) = (session(&log_in(&site, PASSWORD, "").await), session(&log_in(&site, PASSWORD, "").await));
    let answer = site.form("/rpc/account/profile/sign_out_everywhere_else", "", Some(&here)).await;
    let page = site.get(answer.header("location"), Some(&here)).await;
    assert!(page.status == StatusCode::OK && page.body.contains("Everywhere else is signed out"));
    assert_eq!(site.get("/account", Some(&there)).await.header("location"), "/login?next=/account");
}

#[tokio::test]
async fn changing_the_password_asks_for_the_old_one() {
    let app = TestApp::new().await;
    let site = Site::of(&app);
    let me = session(&register(&site).await);
    let change = |current: &str| form(&[("current", current), ("password", "NewPass123!")]);
    let wrong = site.form("/rpc/account/security/change_password", &change("WrongPass123!"), Some(&me)).await;
    assert!(site.get(wrong.header("location"), Some(&me)).await.body.contains("This is not your password"));
    let done = site.form("/rpc/account/security/change_password", &change(PASSWORD), Some(&me)).await;
    assert!(site.get(done.header("location"), Some(&me)).await.body.contains("Your password is changed"));
    session(&log_in(&site, "NewPass123!", "").await);
}

#[tokio::test]
async fn the_legal_pages_and_the_question_before_logging_out_are_there() {
    let app = TestApp::new().await;
    let site = Site::of(&app);
    for (path, words) in [
        ("/cookies", "nothing to accept or refuse"),
        ("/privacy", "Your rights"),
        ("/accessibility", "Web Content Accessibility Guidelines"),
        ("/logout", "Do you want to log out?"),
        ("/reset/sent", "Look in your inbox"),
    ] {
        let page = site.get(path, None).await;
        assert!(page.status == StatusCode::OK && page.body.contains(words), "{path}");
        assert!(!page.body.contains("_bg.wasm"), "{path} needs no script");
    }
}
