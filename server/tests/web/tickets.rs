//! The console's pages of tickets through the whole router, and the files beside them.

use domain::policy::Role;
use http::StatusCode;
use testkit::TestApp;

use crate::browser::Site;

#[tokio::test]
async fn the_queue_is_whole_before_any_script_and_a_missing_ticket_is_a_404() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let token = oak.session("Olive", Role::Coordinator, None).await;
    let site = Site::of(&app);
    for (path, words) in [
        ("/staff", "No repairs yet"),
        ("/staff/tickets", "Nothing is open"),
        ("/staff/tickets?view=board", "Nothing waits for triage"),
        ("/staff/tickets?q=nothing&status=ALL&from=yesterday&cursor=x", "The list could not be loaded"),
        ("/staff/tickets?q=%27%3B--%20%3Cscript%3E", "No ticket like this"),
        ("/staff/tickets/new", "Find the home"),
    ] {
        let page = site.get(path, Some(&token)).await;
        assert!(page.body.contains(words), "{path} says “{words}”");
        assert!(!page.body.contains("--%20<script>"), "{path}");
    }
    let missing = site.get("/staff/tickets/01930000-0000-7000-8000-000000000001", Some(&token)).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert!(missing.body.contains("There is no such ticket"));
}

#[tokio::test]
async fn files_are_for_those_who_may_see_their_ticket() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let home = oak.home("14 Beech Grove", "LS11 6AB").await;
    let contact = oak.contact("Tom", "tenant").await;
    oak.tenancy(&home, contact, "2025-01-01", None).await;
    let (staff, tenant) = (oak.session("Olive", Role::Viewer, None).await, oak.session("Tom", Role::Tenant, Some(contact)).await);
    let site = Site::of(&app);
    let csv = site.get("/staff/tickets.csv?status=ALL", Some(&staff)).await;
    assert_eq!(
        (csv.status, csv.header("content-type"), csv.header("content-disposition")),
        (StatusCode::OK, "text/csv; charset=utf-8", "attachment; filename=\"tickets.csv\"")
    );
    assert!(csv.body.starts_with("Reference,Title,Status"));
    assert_eq!(site.get("/staff/tickets.csv", Some(&tenant)).await.status, StatusCode::FORBIDDEN);
    assert_eq!(site.get("/staff/tickets.csv", None).await.header("location"), "/login");
    for who in [&staff, &tenant] {
        for path in [
            "/photos/01930000-0000-7000-8000-000000000001/small",
            "/photos/x/large",
            "/photos/01930000-0000-7000-8000-000000000001/original",
        ] {
            assert_eq!(site.get(path, Some(who)).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
    assert_eq!(site.get("/photos/01930000-0000-7000-8000-000000000001/small", None).await.status, StatusCode::NOT_FOUND);
}
