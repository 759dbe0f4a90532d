//! What the doctor notices, each fault made by a superuser's hand.

use domain::events::Event;
use domain::policy::{Act, Role};
use services::doctor::{self, Finding};
use testkit::TestApp;

async fn spoil(app: &TestApp, sql: &'static str) {
    sqlx::raw_sql(sql).execute(app.behind()).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
}

async fn finding(app: &TestApp, check: &str) -> Finding {
    let findings = doctor::examine(&app.house).await.unwrap_or_else(|e| panic!("{e}"));
    findings.into_iter().find(|f| f.check == check).unwrap_or_else(|| panic!("no check is called {check}"))
}

#[tokio::test]
async fn the_first_broken_link_is_named_and_only_where_it_is() {
    let app = TestApp::new().await;
    let (elm, oak) = (app.org("Elm Lettings").await, app.org("Oak Homes").await);
    for org in [&elm, &oak] {
        let admin = org.staff("Olive", Role::OrgAdmin).await;
        for n in 0..5 {
            let mut tx = admin.begin(Act::ChangeSettings).await.expect("begins");
            tx.record(Event::new("settings:changed", "organisation", org.id).created(serde_json::json!(n)));
            tx.commit().await.expect("commits");
        }
    }
    let reports = doctor::audit(&app.house).await.expect("audits");
    assert_eq!(
        reports.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["Elm Lettings: the audit chain is whole (5 links).", "Oak Homes: the audit chain is whole (5 links)."]
    );

    sqlx::query("update audit_log set action = 'nothing:happened' where org_id = $1 and seq in (3, 4)")
        .bind(oak.id.uuid())
        .execute(app.behind())
        .await
        .expect("tampers");
    let reports = doctor::audit(&app.house).await.expect("audits");
    assert_eq!(
        reports.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "Elm Lettings: the audit chain is whole (5 links).",
            "Oak Homes: the audit chain is broken at link 3 of 5: the row was changed after it was written."
        ]
    );
}

#[tokio::test]
async fn a_house_in_order_is_said_to_be() {
    let app = TestApp::new().await;
    for check in ["Migrations", "Row-level security", "Files"] {
        let found = finding(&app, check).await;
        assert!(found.is_fine, "{found}");
    }
}

#[tokio::test]
async fn migrations_that_are_missing_or_too_new_are_told_apart() {
    let app = TestApp::new().await;
    spoil(&app, "delete from _sqlx_migrations where version = 700").await;
    assert_eq!(finding(&app, "Migrations").await.to_string(), "✘ Migrations: 700 not applied. Run `fettle migrate`.");
    spoil(
        &app,
        "update _sqlx_migrations set version = 700 where version = (select max(version) from _sqlx_migrations where version < 700)",
    )
    .await;
    spoil(&app, "insert into _sqlx_migrations select 999999, description, now(), true, checksum, 1 from _sqlx_migrations limit 1").await;
    assert!(!finding(&app, "Migrations").await.is_fine);
}

#[tokio::test]
async fn a_table_without_its_wall_is_named() {
    let app = TestApp::new().await;
    spoil(&app, "alter table tickets no force row level security").await;
    let found = finding(&app, "Row-level security").await;
    assert!(!found.is_fine && found.says.contains("tickets"), "{found}");
}

#[tokio::test]
async fn a_clock_that_is_off_is_noticed() {
    let app = TestApp::new().await;
    app.clock.set("2020-01-01T00:00:00Z");
    let found = finding(&app, "Clock").await;
    assert!(!found.is_fine && found.says.contains("NTP"), "{found}");
}

#[tokio::test]
async fn a_row_without_its_file_and_a_photo_of_nothing_are_found() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let photo = |created: &'static str| {
        let (id, org) = (app.house.new_id::<uuid::Uuid>(), oak.id.uuid());
        sqlx::query(
            "insert into attachments (org_id, id, purpose, file_name, content_type, bytes, sha256, storage_key, created_at)
             values ($1, $2, 'report', 'tap.jpg', 'image/jpeg', 1, '\\x00', 'org/' || $1 || '/' || $2 || '/original', $3::text::timestamptz)",
        )
        .bind(org)
        .bind(id)
        .bind(created)
    };
    photo("2026-11-19T10:00:00Z").execute(app.behind()).await.expect("inserts");
    let found = finding(&app, "Files").await;
    assert!(!found.is_fine && found.says.starts_with("1 of 1 are missing"), "{found}");
    spoil(&app, "delete from attachments").await;
    photo("2026-09-01T10:00:00Z").execute(app.behind()).await.expect("inserts");
    for key in stored_keys(&app).await {
        let key = services::files::FileKey::parse(&key).expect("a key of ours");
        app.house.files().put(&key, bytes::Bytes::from_static(b"x"), "image/jpeg").await.expect("stores");
    }
    let found = finding(&app, "Files").await;
    assert!(!found.is_fine && found.says.starts_with("1 belong to no report"), "{found}");
}

async fn stored_keys(app: &TestApp) -> Vec<String> {
    sqlx::query_scalar("select storage_key from attachments").fetch_all(app.behind()).await.unwrap_or_default()
}
