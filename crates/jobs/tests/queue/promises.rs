use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use domain::{OrgId, policy::Audience};
use jiff::{SignedDuration, Timestamp};
use jobs::{Enqueue as _, Enqueued, Every, Job, JobCx, JobError, Queue, Ran, Registry, RegistryError, Runner, RunnerOptions, run_pending};
use serde::{Deserialize, Serialize};
use sqlx::Row as _;

use crate::support::{self, Scratch, org};

#[derive(Serialize, Deserialize)]
struct Greet {
    name: String,
    // Added after the first release: jobs written before it have none.
    #[serde(default)]
    loudly: bool,
}
impl Job for Greet {
    const KIND: &'static str = "greet";
}

#[derive(Serialize, Deserialize)]
struct Index {
    ticket: u32,
}
impl Job for Index {
    const KIND: &'static str = "index-ticket";
    fn unique_key(&self) -> Option<String> {
        Some(self.ticket.to_string())
    }
}

fn greet(name: &str) -> Greet {
    Greet { name: name.into(), loudly: false }
}

type Seen = Arc<Mutex<Vec<(JobCx, String)>>>;

/// A registry whose only job remembers whom it greeted.
fn greeter() -> (Registry, Seen) {
    let seen = Seen::default();
    let mut registry = Registry::new();
    let heard = Arc::clone(&seen);
    registry
        .add::<Greet, _, _>(move |cx, job| {
            heard.lock().expect("unpoisoned").push((cx, format!("{}{}", job.name, if job.loudly { "!" } else { "" })));
            async { Ok(()) }
        })
        .expect("registers");
    (registry, seen)
}

/// A registry whose only job always ends the same way.
fn always(end: fn() -> Result<(), JobError>) -> Registry {
    let mut registry = Registry::new();
    registry.add::<Greet, _, _>(move |_, _| async move { end() }).expect("registers");
    registry
}

fn later(minutes: i64) -> Timestamp {
    Timestamp::now() + SignedDuration::from_mins(minutes)
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..400 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("after 20 s still not: {what}");
}

#[tokio::test]
async fn a_rolled_back_change_leaves_no_job() {
    let scratch = Scratch::new().await;
    let mut tx = scratch.begin(org(1)).await;
    assert!(matches!(tx.enqueue(&greet("nobody")).await.expect("enqueues"), Enqueued::As(_)));
    drop(tx);
    assert_eq!(scratch.jobs().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_worker_runs_a_committed_job_once_for_its_organisation() {
    let scratch = Scratch::new().await;
    let (registry, seen) = greeter();
    let runner = Runner::start(&scratch.db, &registry, RunnerOptions::default()).await.expect("starts");
    let mut tx = scratch.begin(org(7)).await;
    jobs::traced("request-42".into(), tx.enqueue(&greet("Olive"))).await.expect("enqueues");
    assert!(seen.lock().expect("unpoisoned").is_empty(), "nothing runs before the commit");
    tx.commit().await.expect("commits");
    until("the job is completed", async || scratch.jobs().await == ["completed:1"]).await;
    runner.stop().await.expect("stops");
    let seen = seen.lock().expect("unpoisoned");
    let [(cx, name)] = seen.as_slice() else { panic!("ran {} times", seen.len()) };
    assert_eq!(
        (cx.org().expect("has an organisation"), cx.attempt, cx.trace.as_deref(), name.as_str()),
        (org(7), 1, Some("request-42"), "Olive")
    );
}

#[tokio::test]
async fn what_has_a_schedule_runs_without_a_cause_and_again() {
    let scratch = Scratch::new().await;
    let (mut registry, seen) = greeter();
    registry.every(Every::seconds(1), &greet("the clock")).expect("schedules");
    assert_eq!(registry.schedules(Timestamp::now()).map(|(kind, _)| kind).collect::<Vec<_>>(), ["greet"]);
    let runner = Runner::start(&scratch.db, &registry, RunnerOptions::default()).await.expect("starts");
    until("it ran twice", async || seen.lock().expect("unpoisoned").len() >= 2).await;
    runner.stop().await.expect("stops");
    let seen = seen.lock().expect("unpoisoned");
    let (cx, name) = seen.first().expect("ran");
    assert_eq!((name.as_str(), cx.org().is_err(), cx.max_attempts), ("the clock", true, Greet::MAX_ATTEMPTS));
}

#[tokio::test]
async fn a_job_enqueued_by_a_job_keeps_organisation_and_trace() {
    let scratch = Arc::new(Scratch::new().await);
    let (mut registry, seen) = greeter();
    let again = Arc::clone(&scratch);
    registry
        .add::<Index, _, _>(move |cx, _| {
            let scratch = Arc::clone(&again);
            async move {
                let mut tx = scratch.begin_as(cx.org()?, Audience::System).await;
                tx.enqueue(&greet("from a job")).await.map_err(JobError::retry)?;
                tx.commit().await.map_err(JobError::retry)
            }
        })
        .expect("registers");
    let mut tx = scratch.begin(org(3)).await;
    jobs::traced("first".into(), tx.enqueue(&Index { ticket: 1 })).await.expect("enqueues");
    tx.commit().await.expect("commits");
    let ran = run_pending(&scratch.db, &registry, Timestamp::now()).await.expect("runs");
    assert_eq!(ran, Ran { completed: 2, ..Ran::default() });
    let seen = seen.lock().expect("unpoisoned");
    assert_eq!(seen.iter().map(|(cx, _)| (cx.org().ok(), cx.trace.clone())).collect::<Vec<_>>(), [(Some(org(3)), Some("first".into()))]);
}

#[tokio::test]
async fn a_failing_job_is_tried_five_times_then_dead_and_kept() {
    let scratch = Scratch::new().await;
    let registry = always(|| Err(JobError::retry("the mail server is asleep")));
    let mut tx = scratch.begin(org(1)).await;
    tx.enqueue(&greet("Tom")).await.expect("enqueues");
    tx.commit().await.expect("commits");
    for attempt in 1..=5 {
        let now = later(60 * attempt);
        let ran = run_pending(&scratch.db, &registry, now).await.expect("runs");
        assert_eq!(ran.attempts(), 1);
        if attempt < 5 {
            assert_eq!(scratch.jobs().await, [format!("retryable:{attempt}")]);
            let at_once = run_pending(&scratch.db, &registry, now).await.expect("runs");
            assert_eq!(at_once.attempts(), 0, "there is a pause before the next attempt");
        }
    }
    assert_eq!(scratch.jobs().await, ["discarded:5"]);
    let reasons: Vec<String> = sqlx::query_scalar("select e ->> 'error' from river.river_job, unnest(errors) as e")
        .fetch_all(&mut scratch.owner().await)
        .await
        .expect("reads");
    assert_eq!(reasons, vec!["the mail server is asleep"; 5]);
    assert_eq!(run_pending(&scratch.db, &registry, later(100_000)).await.expect("runs").attempts(), 0);
}

#[tokio::test]
async fn the_job_decides_whether_to_go_on() {
    for (end, state, dead) in [
        ((|| Err(JobError::fail("no such address"))) as fn() -> Result<(), JobError>, "discarded:1", 1),
        (|| Err(JobError::Snooze(Duration::from_hours(1))), "scheduled:0", 0),
    ] {
        let scratch = Scratch::new().await;
        let mut tx = scratch.begin(org(1)).await;
        tx.enqueue(&greet("Tom")).await.expect("enqueues");
        tx.commit().await.expect("commits");
        let ran = run_pending(&scratch.db, &always(end), Timestamp::now()).await.expect("runs");
        assert_eq!((scratch.jobs().await, ran.dead), (vec![state.to_owned()], dead));
    }
}

/// The worker and the one-by-one runner of tests must end jobs alike, or the tests prove nothing.
#[tokio::test]
async fn a_worker_ends_jobs_as_the_tests_runner_does() {
    const ENDS: [fn() -> Result<(), JobError>; 5] = [
        || Ok(()),
        || Err(JobError::retry("again")),
        || Err(JobError::fail("never")),
        || Err(JobError::Snooze(Duration::from_hours(1))),
        || panic!("a bug in a job"),
    ];
    for (n, end) in ENDS.into_iter().enumerate() {
        let mut ended = Vec::new();
        for worker in [false, true] {
            let scratch = Scratch::new().await;
            let mut tx = scratch.begin(org(1)).await;
            tx.enqueue(&greet("Tom")).await.expect("enqueues");
            tx.commit().await.expect("commits");
            if worker {
                let runner = Runner::start(&scratch.db, &always(end), RunnerOptions::default()).await.expect("starts");
                until("the attempt has ended", async || !["available:0", "running:1"].contains(&scratch.jobs().await.join(",").as_str()))
                    .await;
                runner.stop().await.expect("stops");
            } else if n == 4 {
                // A panic ends a test; only the worker survives it.
                ended.push("retryable:1 a bug in a job {}".to_owned());
                continue;
            } else {
                run_pending(&scratch.db, &always(end), Timestamp::now()).await.expect("runs");
            }
            let row = sqlx::query(
                "select state || ':' || attempt || ' ' || coalesce(errors[1] ->> 'error', '-') || ' ' || (metadata - 'org' - 'trace' - 'snoozes')::text as ended
                   from river.river_job",
            )
            .fetch_one(&mut scratch.owner().await)
            .await
            .expect("reads");
            ended.push(row.get::<String, _>("ended").replace("job discarded by worker", "never"));
        }
        assert_eq!(ended.first(), ended.last());
    }
}

#[tokio::test]
async fn a_delayed_job_waits_for_its_time() {
    let scratch = Scratch::new().await;
    let (registry, seen) = greeter();
    let mut tx = scratch.begin(org(1)).await;
    tx.enqueue_at(&greet("Tom"), later(30)).await.expect("enqueues");
    tx.commit().await.expect("commits");
    assert_eq!(run_pending(&scratch.db, &registry, later(29)).await.expect("runs").attempts(), 0);
    assert_eq!(run_pending(&scratch.db, &registry, later(31)).await.expect("runs").completed, 1);
    assert_eq!(seen.lock().expect("unpoisoned").len(), 1);
}

#[tokio::test]
async fn one_key_is_one_job_within_an_organisation_while_it_is_alive() {
    let scratch = Scratch::new().await;
    let mut registry = Registry::new();
    registry.add::<Index, _, _>(|_, _| async { Ok(()) }).expect("registers");
    let enqueue = async |org: OrgId, ticket| {
        let mut tx = scratch.begin(org).await;
        let enqueued = tx.enqueue(&Index { ticket }).await.expect("enqueues");
        tx.commit().await.expect("commits");
        matches!(enqueued, Enqueued::As(_))
    };
    assert!(enqueue(org(1), 5).await);
    assert!(!enqueue(org(1), 5).await, "the same key is waiting");
    assert!(enqueue(org(1), 6).await);
    assert!(enqueue(org(2), 5).await, "another organisation's key is another key");
    run_pending(&scratch.db, &registry, Timestamp::now()).await.expect("runs");
    assert!(enqueue(org(1), 5).await, "done is done");
}

#[tokio::test]
async fn an_effect_and_the_end_of_its_job_are_one_transaction() {
    let scratch = Arc::new(Scratch::new().await);
    sqlx::raw_sql("create table effects (job bigint); grant insert on effects to fettle_system")
        .execute(&mut scratch.owner().await)
        .await
        .expect("a table");
    let attempts = Arc::new(AtomicUsize::new(0));
    let mut registry = Registry::new();
    let (again, count) = (Arc::clone(&scratch), Arc::clone(&attempts));
    registry
        .add::<Greet, _, _>(move |cx, _| {
            let (scratch, count) = (Arc::clone(&again), Arc::clone(&count));
            async move {
                let mut tx = scratch.begin_as(cx.org()?, Audience::System).await;
                sqlx::query("insert into effects values ($1)").bind(cx.job_id).execute(tx.conn()).await.map_err(JobError::retry)?;
                // The first attempt has been taken for dead: another number is in the row by now.
                let mut cx = cx;
                if count.fetch_add(1, Ordering::SeqCst) == 0 {
                    cx.attempt = 9;
                }
                cx.finish(&mut tx).await?;
                tx.commit().await.map_err(JobError::retry)
            }
        })
        .expect("registers");
    let mut tx = scratch.begin(org(1)).await;
    tx.enqueue(&greet("Tom")).await.expect("enqueues");
    tx.commit().await.expect("commits");
    let effects =
        async || sqlx::query_scalar::<_, i64>("select count(*) from effects").fetch_one(&mut scratch.owner().await).await.expect("counts");

    run_pending(&scratch.db, &registry, Timestamp::now()).await.expect("runs");
    assert_eq!((scratch.jobs().await, effects().await), (vec!["retryable:1".to_owned()], 0), "an attempt that lost its job leaves nothing");
    run_pending(&scratch.db, &registry, later(60)).await.expect("runs");
    assert_eq!((scratch.jobs().await, effects().await), (vec!["completed:2".to_owned()], 1));
}

#[tokio::test]
async fn no_audience_reads_or_writes_the_queue() {
    let scratch = Scratch::new().await;
    let mut tx = scratch.begin(org(1)).await;
    tx.enqueue(&greet("Tom")).await.expect("enqueues");
    tx.commit().await.expect("commits");
    for audience in Audience::ALL {
        for sql in [
            "select count(*) from river.river_job",
            "insert into river.river_job (kind, args, max_attempts) values ('greet', '{}', 5)",
            "update river.river_job set args = '{}'",
            "delete from river.river_job",
            "select count(*) from river.river_queue",
        ] {
            let mut tx = scratch.begin_as(org(1), audience).await;
            let error = sqlx::query(sql).execute(tx.conn()).await.expect_err("refused");
            assert_eq!(
                error.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref(),
                Some("42501"),
                "{} may {sql}",
                audience.as_str()
            );
        }
        let mut tx = scratch.begin_as(org(1), audience).await;
        tx.enqueue(&greet("through the door")).await.expect("every audience may enqueue");
        let role: String = sqlx::query_scalar("select current_user::text").fetch_one(tx.conn()).await.expect("reads");
        assert_eq!(role, audience.db_role(), "the transaction keeps its eyes");
    }
    let mut tx = scratch.begin_as(org(1), Audience::Tenant).await;
    let error = sqlx::query("select app.finish_job(1, 1::smallint)").execute(tx.conn()).await.expect_err("refused");
    assert!(error.to_string().contains("permission denied"), "{error}");
}

#[tokio::test]
async fn a_job_belongs_to_the_transactions_organisation_whatever_it_says() {
    let scratch = Scratch::new().await;
    let mut tx = scratch.begin(org(1)).await;
    let id: i64 =
        sqlx::query_scalar(r#"select app.enqueue('greet', 'quick', '{"name": "x", "org": "other"}', 5::smallint, null, null, null)"#)
            .fetch_one(tx.conn())
            .await
            .expect("enqueues");
    tx.commit().await.expect("commits");
    let owner: String = sqlx::query_scalar("select metadata ->> 'org' from river.river_job where id = $1")
        .bind(id)
        .fetch_one(&mut scratch.owner().await)
        .await
        .expect("reads");
    assert_eq!(owner, org(1).to_string());
    // Nor can one organisation's worker end another's job.
    sqlx::query("update river.river_job set state = 'running', attempt = 1").execute(&mut scratch.owner().await).await.expect("updates");
    let mut tx = scratch.begin_as(org(2), Audience::System).await;
    assert!(!sqlx::query_scalar::<_, bool>("select app.finish_job($1, 1::smallint)").bind(id).fetch_one(tx.conn()).await.expect("asks"));
}

#[tokio::test]
async fn payloads_of_older_releases_are_understood_and_unreadable_ones_kept() {
    let scratch = Scratch::new().await;
    let (registry, seen) = greeter();
    let mut tx = scratch.begin(org(1)).await;
    for payload in [r#"{"name": "from before"}"#, r#"{"nom": "from elsewhere"}"#] {
        sqlx::query("select app.enqueue('greet', 'quick', $1::jsonb, 5::smallint, null, null, null)")
            .bind(payload)
            .execute(tx.conn())
            .await
            .expect("enqueues");
    }
    tx.commit().await.expect("commits");
    run_pending(&scratch.db, &registry, Timestamp::now()).await.expect("runs");
    assert_eq!(scratch.jobs().await, ["completed:1", "retryable:1"]);
    assert_eq!(seen.lock().expect("unpoisoned").first().map(|(_, name)| name.as_str()), Some("from before"));
}

#[test]
fn every_registered_name_is_unique_and_well_formed() {
    #[derive(Serialize, Deserialize)]
    struct Impostor {}
    impl Job for Impostor {
        const KIND: &'static str = "greet";
    }
    #[derive(Serialize, Deserialize)]
    struct Spaced {}
    impl Job for Spaced {
        const KIND: &'static str = "two words";
    }
    let (mut registry, _) = greeter();
    assert_eq!(registry.add::<Impostor, _, _>(|_, _| async { Ok(()) }).err(), Some(RegistryError::Twice("greet")));
    assert_eq!(registry.add::<Spaced, _, _>(|_, _| async { Ok(()) }).err(), Some(RegistryError::Name("two words")));
    assert_eq!(registry.kinds(), ["greet"]);
}

/// Our one SQL door writes the queue's rows by hand; this is the alarm for a release of the library that writes them otherwise.
#[tokio::test]
async fn our_door_writes_what_the_library_would() {
    #[derive(Clone, Serialize, Deserialize)]
    struct Library {
        name: String,
    }
    impl riverqueue::JobArgs for Library {
        const KIND: &'static str = "greet";
        fn default_insert_opts() -> riverqueue::InsertOpts {
            riverqueue::InsertOpts::default().with_queue("quick").with_max_attempts(5)
        }
    }
    #[derive(Serialize, Deserialize)]
    struct Ours {
        name: String,
    }
    impl Job for Ours {
        const KIND: &'static str = "greet";
    }
    let scratch = Scratch::new().await;
    let pool = support::pool(&scratch.owner).await;
    let mut listener = sqlx::postgres::PgListener::connect_with(&pool).await.expect("listens");
    listener.listen("river.river_insert").await.expect("listens");
    let library = riverqueue::database::PostgresDatabase::new(pool.clone())
        .with_schema(riverqueue::database::SchemaName::new("river").expect("a name"));
    let client = riverqueue::Client::builder(library).build().expect("a client");
    client.insert(Library { name: "Tom".into() }).await.expect("inserts");
    let theirs = listener.recv().await.expect("hears").payload().to_owned();
    let mut tx = scratch.begin(org(1)).await;
    tx.enqueue(&Ours { name: "Tom".into() }).await.expect("enqueues");
    tx.commit().await.expect("commits");
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(listener.recv().await.expect("hears").payload()).expect("JSON"),
        serde_json::from_str::<serde_json::Value>(&theirs).expect("JSON")
    );
    let rows: Vec<serde_json::Value> =
        sqlx::query_scalar("select to_jsonb(j) - '{id,created_at,scheduled_at,metadata}'::text[] from river.river_job j order by id")
            .fetch_all(&pool)
            .await
            .expect("reads");
    assert_eq!(rows.first(), rows.last());
    assert_eq!(rows.len(), 2);
}

#[tokio::test]
async fn processes_that_migrate_at_once_wait_for_each_other() {
    let scratch = Scratch::new().await;
    sqlx::raw_sql("drop schema river cascade; create schema river").execute(&mut scratch.owner().await).await.expect("starts over");
    let (a, b, c) = tokio::join!(jobs::migrate(&scratch.owner), jobs::migrate(&scratch.owner), jobs::migrate(&scratch.owner));
    for result in [a, b, c] {
        result.expect("migrates");
    }
    let mut tx = scratch.begin(org(1)).await;
    tx.enqueue(&greet("Tom")).await.expect("enqueues");
}

#[derive(Serialize, Deserialize)]
struct Linger {
    millis: u64,
}
impl Job for Linger {
    const KIND: &'static str = "linger";
    const TIMEOUT: Duration = Duration::from_secs(1);
}

fn lingerer() -> Registry {
    let mut registry = Registry::new();
    registry
        .add::<Linger, _, _>(|_, job| async move {
            tokio::time::sleep(Duration::from_millis(job.millis)).await;
            Ok(())
        })
        .expect("registers");
    registry
}

#[tokio::test]
async fn a_stopping_worker_lets_its_jobs_finish() {
    let scratch = Scratch::new().await;
    let runner = Runner::start(&scratch.db, &lingerer(), RunnerOptions::default()).await.expect("starts");
    let mut tx = scratch.begin(org(1)).await;
    tx.enqueue(&Linger { millis: 600 }).await.expect("enqueues");
    tx.commit().await.expect("commits");
    until("the job runs", async || scratch.jobs().await == ["running:1"]).await;
    runner.stop().await.expect("stops");
    assert_eq!(scratch.jobs().await, ["completed:1"]);
}

#[tokio::test]
async fn a_job_that_overruns_its_time_is_cut_off_and_says_so() {
    let scratch = Scratch::new().await;
    let mut tx = scratch.begin(org(1)).await;
    tx.enqueue(&Linger { millis: 60_000 }).await.expect("enqueues");
    tx.commit().await.expect("commits");
    run_pending(&scratch.db, &lingerer(), Timestamp::now()).await.expect("runs");
    let reason: String =
        sqlx::query_scalar("select errors[1] ->> 'error' from river.river_job").fetch_one(&mut scratch.owner().await).await.expect("reads");
    assert_eq!(reason, "it did not finish within 1 s");
}

#[test]
fn a_slow_job_has_a_queue_of_its_own() {
    assert_eq!(Queue::ALL.map(Queue::as_str), ["mail", "quick", "slow"]);
    assert!(Queue::Slow.longest() > Queue::Mail.longest());
}
