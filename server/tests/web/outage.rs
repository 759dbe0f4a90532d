//! Postgres goes away under load and comes back: people read why, nothing is half-written, nobody restarts anything.

use std::os::unix::fs::PermissionsExt as _;
use std::str::FromStr as _;
use std::time::{Duration, Instant};

use db::embedded::{Embedded, Options};
use domain::policy::{Act, Role};
use http::StatusCode;
use sqlx::postgres::PgConnectOptions;
use testkit::TestApp;

use crate::browser::Site;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_postgres_is_a_503_with_a_reference_and_its_return_is_enough() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).expect("reachable");
    let start = || {
        let options = Options::throwaway(folder.path()).set("shared_buffers", "16MB");
        tokio::task::spawn_blocking(move || Embedded::start(options).expect("starts"))
    };
    let postgres = start().await.expect("runs");
    let app = TestApp::on(PgConnectOptions::from_str(&postgres.url("postgres")).expect("a URL")).await;
    let oak = app.org("Oak Homes").await;
    let token = oak.session("Olive", Role::OrgAdmin, None).await;
    let olive = oak.staff("Olive", Role::OrgAdmin).await;
    let site = Site::of(&app);
    assert_ne!(site.get("/staff", Some(&token)).await.status, StatusCode::SERVICE_UNAVAILABLE);

    // Writers that never pause: each either commits whole (its event and its counter) or not at all.
    let writing = {
        let olive = olive.clone();
        tokio::spawn(async move {
            let mut said_no = 0_u32;
            loop {
                let wrote: services::Result<()> = async {
                    let mut tx = olive.begin(Act::ChangeSettings).await?;
                    sqlx::query("select app.next_number('outage')").execute(tx.conn()).await?;
                    tx.record(domain::events::Event::new("settings:changed", "organisation", olive.org()));
                    tx.commit().await?;
                    Ok(())
                }
                .await;
                match wrote {
                    Ok(()) if said_no > 0 => return said_no,
                    Ok(()) => {}
                    Err(services::Error::Unavailable(_)) => said_no += 1,
                    Err(other) => panic!("neither written nor unavailable: {other}"),
                }
                tokio::task::yield_now().await;
            }
        })
    };
    tokio::time::sleep(Duration::from_millis(200)).await;
    tokio::task::spawn_blocking(move || postgres.stop()).await.expect("runs").expect("stops");

    let page = site.get("/staff", Some(&token)).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.body.contains("Reference "), "people get something to quote: {}", page.body);
    assert!(!page.body.contains("socket") && !page.body.contains("Io("), "and nothing of our insides");
    assert_eq!(site.get("/health/ready", None).await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(site.get("/health", None).await.status, StatusCode::OK);

    let postgres = start().await.expect("runs");
    let back = Instant::now();
    loop {
        if site.get("/staff", Some(&token)).await.status != StatusCode::SERVICE_UNAVAILABLE {
            break;
        }
        assert!(back.elapsed() < Duration::from_secs(30), "it did not recover by itself");
    }
    assert!(writing.await.expect("the writer lives") > 0, "the outage was felt");
    let (numbers, events): (i64, i64) =
        sqlx::query_as("select coalesce((select value from counters where kind = 'outage'), 0), (select count(*) from timeline_events where kind = 'settings:changed')")
            .fetch_one(app.behind())
            .await
            .expect("an answer");
    assert_eq!(numbers, events, "a half-written transaction");
    drop(app);
    tokio::task::spawn_blocking(move || postgres.stop()).await.expect("runs").expect("stops");
}
