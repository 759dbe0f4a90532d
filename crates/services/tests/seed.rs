//! The demo's two organisations: what is promised of them, and that making them twice is making them once.

use domain::policy::{Act, Role};
use services::seed::{self, Seeded};
use testkit::TestApp;

async fn count(app: &TestApp, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(app.behind()).await.unwrap_or_else(|e| panic!("{sql}: {e}"))
}

#[tokio::test]
async fn two_organisations_with_everything_a_demo_shows() {
    let app = TestApp::new().await;
    let started = std::time::Instant::now();
    let seeded = seed::demo(&app.house).await.expect("plants");
    // One second on an idle machine; tests run beside builds.
    assert!(started.elapsed().as_secs() < 15, "{:?}", started.elapsed());
    let Seeded::Planted { organisations: 2, properties: 40, tickets: 200, events } = seeded else { panic!("{seeded:?}") };

    for (what, at_least, sql) in [
        ("events", i64::try_from(events).expect("few"), "select count(*) from audit_log"),
        ("units", 60, "select count(*) from units"),
        ("tenants", 60, "select count(*) from contacts where kind = 'tenant'"),
        ("owners", 6, "select count(*) from contacts where kind = 'owner'"),
        ("joint tenancies", 8, "select count(*) from (select tenancy_id from tenancy_tenants group by tenancy_id having count(*) > 1) t"),
        ("ended tenancies", 8, "select count(*) from tenancies where status = 'ended'"),
        ("empty homes", 5, "select count(*) from units where status = 'void'"),
        ("communal repairs", 8, "select count(*) from tickets where unit_id is null"),
        ("reopened", 4, "select count(*) from tickets where reopened_count > 0"),
        ("told by staff", 20, "select count(*) from tickets where source = 'phone'"),
        ("with somebody vulnerable", 15, "select count(*) from tickets where vulnerability is not null"),
        ("priorities changed at triage", 3, "select count(*) from tickets where priority <> first_priority"),
        ("months with reports", 12, "select count(distinct date_trunc('month', created_at)) from tickets"),
        ("tenants who can log in", 20, "select count(*) from memberships where role = 'Tenant'"),
        ("trades", 12, "select count(*) from contractor_profiles"),
    ] {
        let found = count(&app, sql).await;
        assert!(found >= at_least, "{what}: {found}, promised {at_least}");
    }
    let missing: Vec<String> = sqlx::query_scalar(
        "select o.name || ' ' || s from organisations o, unnest('{NEW,TRIAGED,ASSIGNED,IN_PROGRESS,COMPLETED,CLOSED,CANCELLED,EMERGENCY,URGENT,ROUTINE}'::text[]) s
         where not exists (select from tickets t where t.org_id = o.id and s in (t.status, t.priority))",
    )
    .fetch_all(app.behind())
    .await
    .expect("an answer");
    assert!(missing.is_empty(), "no ticket is {missing:?}");
    assert_eq!(
        count(&app, "select count(*) from tickets where created_at > '2026-11-20T10:00:00Z' or updated_at > '2026-11-20T10:00:00Z'").await,
        0
    );
    assert!(
        count(&app, "select count(*) from tickets where created_at > '2026-11-20T06:00:00Z'").await >= 2,
        "the demo lives until this morning"
    );
    assert_eq!(
        count(&app, "select count(*) from contacts where phone !~ '^\\+447700900[0-9]{3}$|^\\+44113496[0-9]{4}$|^\\+44117496[0-9]{4}$'")
            .await,
        0
    );
}

#[tokio::test]
async fn a_second_run_changes_nothing() {
    let app = TestApp::new().await;
    seed::demo(&app.house).await.expect("plants");
    let sum = "select (select count(*) from tickets) + (select count(*) from audit_log) + (select count(*) from auth.logins) + (select count(*) from contacts)";
    let before = count(&app, sum).await;
    assert_eq!(seed::demo(&app.house).await.expect("answers"), Seeded::AlreadyThere);
    assert_eq!(count(&app, sum).await, before);
}

#[tokio::test]
async fn a_run_that_was_cut_off_is_finished_by_the_next() {
    let app = TestApp::new().await;
    let mut tx = db::AuthTx::begin(app.house.db(), db::ActorRecord::default(), app.house.now()).await.expect("begins");
    let org = app.house.new_id();
    tx.enter(org).await.expect("enters");
    sqlx::query("insert into organisations (id, name, slug, created_at, updated_at) values ($1, 'Aireborough Homes', 'aireborough-homes', now(), now())")
        .bind(org.uuid())
        .execute(tx.conn())
        .await
        .expect("writes");
    sqlx::query("insert into org_heads (org_id) values ($1)").bind(org.uuid()).execute(tx.conn()).await.expect("writes");
    tx.commit().await.expect("commits");
    assert!(matches!(seed::demo(&app.house).await.expect("plants"), Seeded::Planted { organisations: 2, .. }));
    assert_eq!(count(&app, "select count(*) from organisations").await, 2);
}

#[tokio::test]
async fn each_chain_is_whole_and_in_the_order_of_time() {
    let app = TestApp::new().await;
    seed::demo(&app.house).await.expect("plants");
    for org in services::doctor::audit(&app.house).await.expect("examines") {
        assert_eq!(org.broken, None, "{}", org.name);
        assert!(org.checked > 400, "{}: {}", org.name, org.checked);
    }
    let out_of_order = "select count(*) from (select created_at < lag(created_at) over (partition by org_id order by position) as back from timeline_events) e where back";
    assert_eq!(count(&app, out_of_order).await, 0);
    // A ticket's state is what its timeline says it became.
    let contradicted = "select count(*) from tickets t
        where t.status <> coalesce((select e.data ->> 'to' from timeline_events e
                                    where e.org_id = t.org_id and e.ticket_id = t.id and e.kind ~ 'triaged|status_changed|reopened|closed|cancelled'
                                    order by e.position desc limit 1), 'NEW')";
    assert_eq!(count(&app, contradicted).await, 0);
}

#[tokio::test]
async fn every_login_opens_its_door_and_a_tenant_reads_no_internal_note() {
    let app = TestApp::new().await;
    seed::demo(&app.house).await.expect("plants");
    let logins = seed::logins().expect("lists");
    let roles: Vec<Role> = logins.iter().map(|l| l.role).collect();
    assert_eq!(roles, [Role::OrgAdmin, Role::Coordinator, Role::Viewer, Role::Contractor, Role::Tenant, Role::OrgAdmin]);

    let mut tenants = 0;
    for login in logins {
        let (id, org, membership, hash): (uuid::Uuid, uuid::Uuid, uuid::Uuid, String) = sqlx::query_as(
            "select l.id, m.org_id, m.id, l.password_hash from auth.logins l join memberships m on m.login_id = l.id where l.email = $1 and l.email_verified_at is not null",
        )
        .bind(&login.email)
        .fetch_one(app.behind())
        .await
        .unwrap_or_else(|e| panic!("{}: {e}", login.email));
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let token = services::auth::sessions::open_for_tests(&app.house, id.into(), org.into(), membership.into()).await.expect("opens");
        let session = services::auth::sessions::resolve(&app.house, token.secret(), services::Request::default()).await.expect("is live");
        assert_eq!(session.visitor.role(), login.role);
        assert_eq!(session.visitor.home(), login.path);
        let Ok(tenant) = session.visitor.tenant() else { continue };
        tenants += 1;
        let mut tx = tenant.begin(Act::FollowOwnRepairs).await.expect("begins");
        let repairs: i64 = sqlx::query_scalar("select count(*) from tickets").fetch_one(tx.conn()).await.expect("reads");
        let all =
            count(&app, "select count(*) from tickets where org_id = (select id from organisations where slug = 'aireborough-homes')")
                .await;
        assert!((1..all / 4).contains(&repairs), "{repairs} of {all}");
        let internal: i64 =
            sqlx::query_scalar("select count(*) from timeline_events where visibility <> 'public' or kind = 'ticket:assigned'")
                .fetch_one(tx.conn())
                .await
                .expect("reads");
        assert_eq!(internal, 0);
    }
    assert_eq!(tenants, 1);
}

#[tokio::test]
async fn the_demo_is_alive_whatever_the_day_and_hour() {
    for now in ["2026-07-01T01:10:00Z", "2027-01-03T06:30:00Z", "2028-02-29T23:59:00Z"] {
        let app = TestApp::new().await;
        app.clock.set(now);
        let seeded = seed::demo(&app.house).await.unwrap_or_else(|e| panic!("{now}: {e}"));
        assert!(matches!(seeded, Seeded::Planted { tickets: 200, .. }), "{now}: {seeded:?}");
        let future: i64 = sqlx::query_scalar("select count(*) from timeline_events where created_at > $1::text::timestamptz")
            .bind(now)
            .fetch_one(app.behind())
            .await
            .expect("counts");
        assert_eq!(future, 0, "{now}");
        let recent: i64 = sqlx::query_scalar("select count(*) from tickets where created_at > $1::text::timestamptz - interval '12 hours'")
            .bind(now)
            .fetch_one(app.behind())
            .await
            .expect("counts");
        assert!(recent >= 2, "{now}: {recent}");
    }
}

#[tokio::test]
async fn tickets_at_scale_are_spread_numbered_and_audited() {
    let app = TestApp::new().await;
    let empty = app.org("Empty Homes").await;
    assert!(matches!(seed::scale(&app.house, empty.id, 5).await, Err(services::Error::Conflict(_))));

    seed::demo(&app.house).await.expect("plants");
    let org = seed::organisation(&app.house, "aireborough-homes").await.expect("answers").expect("is there");
    let scaled = seed::scale(&app.house, org, 12_345).await.expect("scales");
    assert_eq!(scaled.to_string(), "12345 tickets, PM-4727 to PM-17071.");
    for (what, sql, expected) in [
        ("all", "select count(*) from tickets", 200 + 12_345),
        ("states", "select count(distinct status) from tickets where number > 126", 7),
        ("open", "select count(*) from tickets where number > 200 and status not in ('CLOSED', 'CANCELLED')", 246),
        ("homes", "select count(distinct unit_id) from tickets where number > 126", 40),
        ("the next number", "select value from counters where kind = 'ticket' order by value desc limit 1", 126 + 12_345),
        (
            "out of order",
            "select count(*) from tickets a join tickets b on b.org_id = a.org_id and b.number = a.number + 1 where a.number > 200 and (b.created_at, b.id) <= (a.created_at, a.id)",
            0,
        ),
        ("in the future", "select count(*) from tickets where created_at > '2026-11-20T10:00:00Z'", 0),
    ] {
        assert_eq!(count(&app, sql).await, expected, "{what}");
    }
    let reports = services::doctor::audit(&app.house).await.expect("audits");
    assert!(reports.iter().all(|r| r.broken.is_none()), "{reports:?}");
    assert_eq!(count(&app, "select count(*) from audit_log where action = 'seed:scaled'").await, 1);
}
