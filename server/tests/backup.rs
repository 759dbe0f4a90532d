//! A backup is one that was restored: into an empty database, with every row and an unbroken audit chain.

use domain::events::Event;
use domain::policy::{Act, Role};
use testkit::TestApp;

#[tokio::test]
async fn what_was_backed_up_is_there_after_the_restore() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    oak.home("14 Beech Grove", "LS11 6AB").await;
    let olive = oak.staff("Olive", Role::OrgAdmin).await;
    let mut tx = olive.begin(Act::ChangeSettings).await.expect("begins");
    tx.record(Event::new("settings:changed", "organisation", oak.id));
    tx.commit().await.expect("commits");

    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("fettle.backup");
    let owner = app.database.owner_url();
    server::backup::backup(&owner, &file).await.expect("backs up");
    assert!(server::backup::backup(&owner, &file).await.is_err(), "never over another backup");

    let copy = testkit::TestDatabase::empty().await;
    server::backup::restore(&copy.owner_url(), &file).await.expect("restores");
    let (homes, broken): (i64, i64) = sqlx::query_as(
        "select (select count(*) from properties), (select count(*) from set_config('app.org_id', (select id::text from organisations), false), app.audit_first_broken())",
    )
    .fetch_one(copy.superuser())
    .await
    .expect("reads");
    assert_eq!((homes, broken), (1, 0));
}
