//! A person's data, given out and forgotten.

use domain::people::{ContactForm, ErasureForm};
use domain::policy::{Act, Role};
use services::people::contacts;
use services::{Error, privacy};
use testkit::TestApp;

fn reason() -> ErasureForm {
    ErasureForm { reason: "Asked by letter on 3 November".into(), ..ErasureForm::default() }
}
fn sentence(error: Error) -> String {
    match error {
        Error::Conflict(sentence) => sentence,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_person_is_given_what_is_held_about_them_and_nothing_of_others() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let (olive, omar) = (oak.staff("Olive", Role::OrgAdmin).await, oak.staff("Omar", Role::Coordinator).await);
    let home = oak.home("14 Beech Grove", "LS11 6AB").await;
    let form = ContactForm {
        kind: "tenant".into(),
        name: "Tom <Hall>".into(),
        email: "tom@example.com".into(),
        needs: "Wheelchair; ring twice".into(),
        ..ContactForm::default()
    };
    let tom = contacts::create(&olive, &form).await.expect("created");
    oak.tenancy(&home, tom, "2025-01-01", None).await;
    oak.contact("Nina Neighbour", "tenant").await;
    assert!(matches!(privacy::export(&omar, tom).await, Err(Error::Forbidden)), "only administrators answer such requests");

    let export = privacy::export(&olive, tom).await.expect("made");
    let json = serde_json::to_string(&export).expect("json");
    assert!(
        json.contains("Wheelchair; ring twice") && json.contains("14 Beech Grove, Leeds, LS11 6AB") && json.contains("tom@example.com")
    );
    assert!(!json.contains("Nina"));
    let html = export.html().expect("a page");
    assert!(
        html.contains("<h1>Your data at Oak Homes</h1>") && html.contains("Tom &lt;Hall&gt;") && html.contains("To know before a visit")
    );
    assert!(!html.contains("<Hall>"));
    let recorded: i64 = sqlx::query_scalar("select count(*) from audit_log where action = 'contact:exported'")
        .fetch_one(app.behind())
        .await
        .expect("counts");
    assert_eq!(recorded, 1);
}

#[tokio::test]
async fn nobody_is_erased_while_something_live_binds_them_or_the_retention_period_runs() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let (olive, omar) = (oak.staff("Olive", Role::OrgAdmin).await, oak.staff("Omar", Role::Coordinator).await);
    let home = oak.home("14 Beech Grove", "LS11 6AB").await;
    let tom = oak.contact("Tom Hall", "tenant").await;
    oak.tenancy(&home, tom, "2025-01-01", None).await;
    assert!(matches!(privacy::erase(&omar, tom, &reason()).await, Err(Error::Forbidden)));
    assert!(matches!(privacy::erase(&olive, tom, &ErasureForm::default()).await, Err(Error::Invalid(_))));
    let live = privacy::erase(&olive, tom, &reason()).await.expect_err("refused");
    assert_eq!(sentence(live), "Tom Hall has 1 live tenancy. Their data can be erased once nothing is live");
    sqlx::query("update tenancies set end_on = '2026-10-31'").execute(app.behind()).await.expect("moves out");
    let kept = privacy::erase(&olive, tom, &reason()).await.expect_err("refused");
    assert_eq!(
        sentence(kept),
        "Your retention period runs until Sunday 31 October 2032. To erase earlier, confirm that no legal claim needs the data"
    );
    privacy::erase(&olive, tom, &ErasureForm { before_retention_ends: "yes".into(), ..reason() }).await.expect("erased");
    assert!(contacts::detail(&olive, tom).await.expect("there").erased_at.is_some());
}

#[tokio::test]
async fn who_is_forgotten_is_nowhere_and_the_chain_stays_whole() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let olive = oak.staff("Olive", Role::OrgAdmin).await;
    let home = oak.home("14 Beech Grove", "LS11 6AB").await;
    let form = ContactForm {
        kind: "tenant".into(),
        name: "Tomasz Uniquename".into(),
        email: "tomasz.uniquename@example.com".into(),
        phone: "07700 900 982".into(),
        needs: "Uniquename is deaf".into(),
        ..ContactForm::default()
    };
    let tom = contacts::create(&olive, &form).await.expect("created");
    contacts::edit(&olive, tom, 1, &ContactForm { notes: "Uniquename called".into(), ..form.clone() }).await.expect("edited");
    oak.tenancy(&home, tom, "2020-01-01", Some("2020-06-30")).await;
    let login = oak.member("Tomasz Uniquename", Role::Tenant, Some(tom)).await;
    sqlx::query(
        "insert into tickets (org_id, id, number, reference, property_id, unit_id, reported_by_contact_id, reporter_name, source, category, first_priority, priority,
                              status, cancel_reason, title, description, vulnerability, search_extra, aware_at, created_at, updated_at)
         values ($1, gen_random_uuid(), 1, 'PM-4601', $2, $3, $4, 'Tomasz Uniquename', 'portal', 'HVAC', 'URGENT', 'URGENT', 'CANCELLED', 'x', 'No heating', 'Boiler is dead',
                 'deaf', 'Uniquename 07700900982', now(), now(), now())",
    )
    .bind(oak.id.uuid())
    .bind(home.property.uuid())
    .bind(home.unit.uuid())
    .bind(tom.uuid())
    .execute(app.behind())
    .await
    .expect("a repair");

    privacy::erase(&olive, tom, &reason()).await.expect("erased");
    privacy::erase(&olive, tom, &reason()).await.expect("asked twice is done once");

    let tables: Vec<String> = sqlx::query_scalar(
        "select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('public', 'auth') and c.relkind = 'r'",
    )
    .fetch_all(app.behind())
    .await
    .expect("tables");
    for table in tables {
        let found: i64 =
            sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {table} t where t::text ~* 'uniquename|7700900982'")))
                .fetch_one(app.behind())
                .await
                .expect("looks");
        assert_eq!(found, 0, "{table} still knows them");
    }
    let facts: (String, String) = sqlx::query_as("select title, description from tickets").fetch_one(app.behind()).await.expect("reads");
    assert_eq!(facts, ("No heating".into(), "Boiler is dead".into()), "what was wrong stays on record");
    let mut tx = olive.begin(Act::ReadAudit).await.expect("begins");
    let broken =
        sqlx::query_as::<_, (i64, String)>("select * from app.audit_first_broken()").fetch_optional(tx.conn()).await.expect("verifies");
    assert_eq!(broken, None);
    let disabled: bool = sqlx::query_scalar("select disabled_at is not null from auth.logins where id = $1")
        .bind(login.login().uuid())
        .fetch_one(app.behind())
        .await
        .expect("reads");
    assert!(disabled);
    assert!(matches!(contacts::edit(&olive, tom, 4, &form).await, Err(Error::Conflict(_))), "what is forgotten is not written again");
}
