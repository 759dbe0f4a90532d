//! The wizard through the whole router, as a browser without JavaScript walks it: pages are read, forms are posted, redirects are followed.

use axum::body::Body;
use domain::policy::Role;
use http::StatusCode;
use testkit::TestApp;

use crate::browser::{Answer, Site, request};

const FORM: &str = "application/x-www-form-urlencoded";

/// Where a form led.
async fn post(site: &Site, path: &str, body: &str, session: Option<&str>) -> String {
    let answer = site.form(path, body, session).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}: {}", answer.body);
    answer.header("location").to_owned()
}

async fn page(site: &Site, path: &str, session: Option<&str>) -> String {
    let answer = site.get(path, session).await;
    assert_eq!(answer.status, StatusCode::OK, "{path} leads to {:?}: {}", answer.header("location"), answer.body);
    answer.body
}

fn step_of(location: &str) -> &str {
    location.rsplit('/').next().unwrap_or_default()
}

#[tokio::test]
async fn a_tenant_reports_a_repair_without_javascript() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let home = oak.home("14 Beech Grove", "LS11 6AB").await;
    let contact = oak.contact("Tom", "tenant").await;
    oak.tenancy(&home, contact, "2025-01-01", None).await;
    let token = oak.session("Tom", Role::Tenant, Some(contact)).await;
    let (site, tom) = (Site::of(&app), Some(token.as_str()));

    assert_eq!(post(&site, "/report", "", None).await.split('?').next(), Some("/login"));
    assert!(page(&site, "/report", tom).await.contains("Start now"));
    let first = post(&site, "/report", "", tom).await;
    let draft = first.strip_suffix("/emergency").expect("the first question").to_owned();
    let shown = page(&site, &first, tom).await;
    assert!(
        shown.contains("What is the problem you are reporting?")
            && shown.contains("I can smell gas")
            && shown.contains("Question 1 of about")
    );

    // Refused: the page says so in its title and shows the sentence twice, in the summary and at the field.
    let again = post(&site, &first, "emergency=nonsense", tom).await;
    let shown = page(&site, &again, tom).await;
    assert!(shown.contains("<title>Error: ") && shown.matches("Select the problem you are reporting").count() >= 2);

    // Gas: the number to call, and the report goes on.
    let now = post(&site, &first, "emergency=gas", tom).await;
    assert_eq!(step_of(&now), "now");
    assert!(page(&site, &now, tom).await.contains("tel:0800111999"));

    let mut next = post(&site, &first, "emergency=none", tom).await;
    assert!(page(&site, &format!("{draft}/where?q=dripping+tap"), tom).await.contains("kitchen/tap/dripping"));
    let mut seen = Vec::new();
    while step_of(&next) != "check" {
        let step = step_of(&next).split('?').next().unwrap_or_default().to_owned();
        let shown = page(&site, &next, tom).await;
        assert!(shown.contains("<h1"), "{step}");
        let form = match step.as_str() {
            "where" => "where=kitchen".to_owned(),
            "what" => "what=tap".to_owned(),
            "problem" => "problem=dripping".to_owned(),
            "advice" => "read=yes".to_owned(),
            "questions" => {
                let code = shown
                    .split("name=\"question\" value=\"")
                    .nth(1)
                    .and_then(|rest| rest.split('"').next())
                    .expect("the question's code")
                    .to_owned();
                let answer = shown.split("name=\"answer\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
                format!("question={code}&answer={answer}")
            }
            "details" => "details=It+drips+%3Cscript%3E".to_owned(),
            "access" => "access=someone_in&times=morning&times=afternoon".to_owned(),
            "needs" => "needs=older&needs=breathing".to_owned(),
            _ => String::new(),
        };
        seen.push(step);
        assert!(seen.len() < 20, "{seen:?}");
        next = post(&site, next.split('?').next().unwrap_or_default(), &form, tom).await;
    }
    assert!(
        ["where", "what", "problem", "details", "photos", "access", "needs"].iter().all(|s| seen.iter().any(|seen| seen == s)),
        "{seen:?}"
    );
    let check = page(&site, &next, tom).await;
    for words in ["Dripping tap", "It drips &lt;script&gt;", "Mornings, 8am to 12 noon", "Someone aged 65 or over", "Report this repair"] {
        assert!(check.contains(words), "{words}");
    }
    let done = post(&site, &next, "", tom).await;
    assert_eq!(step_of(&done), "done");
    assert_eq!(post(&site, &next, "", tom).await, done, "sent twice");
    let shown = page(&site, &done, tom).await;
    assert!(shown.contains("We have got it") && shown.contains("PM-4601") && shown.contains("Our target"));
    assert!(page(&site, "/repairs", tom).await.contains("Dripping tap"));
    let ticket: uuid::Uuid = sqlx::query_scalar("select id from tickets").fetch_one(app.behind()).await.expect("one ticket");
    let repair = format!("/repairs/{ticket}");
    assert!(page(&site, &repair, tom).await.contains("You"));

    // Too long: nothing typed is lost.
    let long = "x".repeat(2_001);
    let kept = post(&site, &format!("{repair}/note"), &format!("note={long}"), tom).await;
    let shown = page(&site, &kept, tom).await;
    assert!(shown.contains(&long) && shown.contains("Your message must be 2000 characters or fewer"));
    assert!(post(&site, &format!("{repair}/note"), "note=Thank+you", tom).await.contains("done=note"));
    let shown = page(&site, &format!("{repair}?done=note"), tom).await;
    assert!(shown.contains("Thank you") && shown.contains("Your message was sent."));
    assert!(post(&site, "/preferences", "channel=letter&language=ur&large_print=yes&version=1", tom).await.contains("done=1"));
    assert!(page(&site, "/preferences", tom).await.contains("How we reach you"));
}

#[tokio::test]
async fn who_is_signed_out_meanwhile_returns_to_what_they_typed() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let home = oak.home("14 Beech Grove", "LS11 6AB").await;
    let contact = oak.contact("Tom", "tenant").await;
    oak.tenancy(&home, contact, "2025-01-01", None).await;
    let token = oak.session("Tom", Role::Tenant, Some(contact)).await;
    let (site, tom) = (Site::of(&app), Some(token.as_str()));
    let first = post(&site, "/report", "", tom).await;
    post(&site, &first, "emergency=none", tom).await;
    post(&site, &first.replace("emergency", "where"), "where=none", tom).await;
    let details = first.replace("emergency", "details");
    let login = post(&site, &details, "details=A+long+story", Some("gone")).await;
    let back = login.strip_prefix("/login?next=").expect("to the log-in page").replace("%3F", "?").replace("%3D", "=");
    assert!(page(&site, &back, tom).await.contains("A long story"));
}

/// One part of a multipart form.
fn part(name: &str, file: Option<&str>, bytes: &[u8]) -> Vec<u8> {
    let file = file.map(|f| format!("; filename=\"{f}\"\r\nContent-Type: image/jpeg")).unwrap_or_default();
    [format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").as_bytes(), bytes, b"\r\n"].concat()
}

async fn upload(site: &Site, path: &str, parts: &[Vec<u8>], whole: bool, cookie: &str) -> Answer {
    let mut body: Vec<u8> = parts.concat();
    if whole {
        body.extend_from_slice(b"--b--\r\n");
    }
    let request = request("POST", path, None)
        .header("cookie", cookie)
        .header("accept", "text/html")
        .header("content-type", "multipart/form-data; boundary=b")
        .header("sec-fetch-site", "same-origin");
    site.send(request.body(Body::from(body)).expect("a request")).await
}

fn photo() -> Vec<u8> {
    let mut out = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(60, 40).write_to(&mut out, image::ImageFormat::Jpeg).expect("a picture");
    out.into_inner()
}

#[tokio::test]
async fn a_guest_comes_by_the_public_page_with_photos_and_a_code() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let home = oak.home("14 Beech Grove", "LS11 6AB").await;
    let site = Site::of(&app);
    assert_eq!(site.get("/r/nobody", None).await.status, StatusCode::NOT_FOUND);
    let public = format!("/r/{}", oak.slug);
    assert!(page(&site, &public, None).await.contains("Report a repair to "));
    let opened = site.form(&public, "", None).await;
    let first = opened.header("location").to_owned();
    let cookie = opened.header("set-cookie").split(';').next().expect("a cookie").to_owned();
    assert!(cookie.starts_with("__Host-report=") && opened.header("set-cookie").contains("HttpOnly"));
    let get = async |path: &str| {
        let answer = site
            .send(
                request("GET", path, None).header("cookie", &cookie).header("accept", "text/html").body(Body::empty()).expect("a request"),
            )
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{path} leads to {:?}", answer.header("location"));
        answer.body
    };
    let send = async |path: &str, body: &str| {
        let request = request("POST", path, None)
            .header("cookie", &cookie)
            .header("accept", "text/html")
            .header("content-type", FORM)
            .header("sec-fetch-site", "same-origin");
        site.send(request.body(Body::from(body.to_owned())).expect("a request")).await.header("location").to_owned()
    };
    let draft = first.strip_suffix("/emergency").expect("the first question").to_owned();
    assert_eq!(step_of(&send(&first, "emergency=none").await), "postcode");
    assert_eq!(step_of(&send(&format!("{draft}/postcode"), "postcode=BS1+4DJ").await), "home");
    assert!(get(&format!("{draft}/home")).await.contains("We have no home at that postcode"));
    send(&format!("{draft}/postcode"), "postcode=ls116ab").await;
    assert!(get(&format!("{draft}/home")).await.contains("14 Beech Grove, Leeds, LS11 6AB"));
    assert_eq!(step_of(&send(&format!("{draft}/home"), &format!("home={}%3A{}", home.property, home.unit)).await), "contact");
    assert_eq!(step_of(&send(&format!("{draft}/contact"), "name=&email=gus%40&phone=").await), "contact");
    let shown = get(&format!("{draft}/contact")).await;
    assert!(shown.contains("value=\"gus@\"") && shown.contains("Enter your name"));
    send(&format!("{draft}/contact"), "name=Gus&email=gus%40example.com&phone=07700+900982").await;
    send(&format!("{draft}/where"), "where=none").await;
    send(&format!("{draft}/details"), "details=The+letterbox+is+stuck").await;

    let photos = format!("{draft}/photos");
    let mixed =
        [part("photos", Some("door.jpg"), &photo()), part("photos", Some("notes.pdf"), b"%PDF-1.7"), part("then", None, b"continue")];
    assert_eq!(upload(&site, &photos, &mixed, true, &cookie).await.header("location"), photos, "the refused one is said first");
    let shown = get(&photos).await;
    assert!(shown.contains("door.jpg") && shown.contains("notes.pdf: "));
    let cut = [part("photos", Some("half.jpg"), &photo()[..200])];
    upload(&site, &photos, &cut, false, &cookie).await;
    let rows: i64 = sqlx::query_scalar("select count(*) from attachments").fetch_one(app.behind()).await.expect("a count");
    assert_eq!((rows, app.files.keys().len()), (1, 1), "what was cut off leaves nothing behind");
    assert_eq!(step_of(upload(&site, &photos, &[part("then", None, b"continue")], true, &cookie).await.header("location")), "access");
    send(&format!("{draft}/access"), "access=call_first").await;
    assert_eq!(step_of(&send(&format!("{draft}/needs"), "needs=none").await), "check");
    assert_eq!(step_of(&send(&format!("{draft}/check"), "").await), "done");
    assert!(get(&format!("{draft}/done")).await.contains("Confirm your email address"));
    app.run_jobs().await;
    let mails = app.postman.sent();
    let code: String = mails.iter().find_map(|m| m.text.split("Your code is ").nth(1)).expect("a code").chars().take(6).collect();
    send(&format!("{draft}/confirm"), "code=12").await;
    assert!(get(&format!("{draft}/done")).await.contains("Enter the 6 digits"));
    send(&format!("{draft}/confirm"), &format!("code={code}")).await;
    assert!(get(&format!("{draft}/done")).await.contains("Your email address is confirmed"));
    assert_eq!(site.get(&format!("{draft}/done"), None).await.status, StatusCode::SEE_OTHER, "another browser is sent to log in");
}
