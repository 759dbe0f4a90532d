//! A worker that is killed with SIGKILL in the middle of its work loses no job, and what a job does inside Postgres happens once.

use std::{
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use db::{ActorRecord, Db, OrgTx, Scope};
use domain::policy::Audience;
use jiff::Timestamp;
use jobs::{Enqueue as _, Job, JobError, Registry, Runner, RunnerOptions};
use serde::{Deserialize, Serialize};

use crate::support::{Scratch, org, server};

const JOBS: i64 = 400;
const KILLS: usize = 3;
const DATABASE: &str = "FETTLE_TEST_WORKER_DATABASE";

#[derive(Serialize, Deserialize)]
struct Count {
    n: i64,
}
impl Job for Count {
    const KIND: &'static str = "count";
    const TIMEOUT: Duration = Duration::from_secs(1);
}

#[tokio::test]
async fn killed_workers_lose_nothing() {
    let scratch = Scratch::new().await;
    sqlx::raw_sql("create table counted (n bigint); grant insert on counted to fettle_system")
        .execute(&mut scratch.owner().await)
        .await
        .expect("a table");
    let mut tx = scratch.begin(org(1)).await;
    for n in 0..JOBS {
        tx.enqueue(&Count { n }).await.expect("enqueues");
    }
    tx.commit().await.expect("commits");

    let completed = async || {
        sqlx::query_scalar::<_, i64>("select count(*) from river.river_job where state = 'completed'")
            .fetch_one(&mut scratch.owner().await)
            .await
            .expect("counts")
    };
    for kill in 1..=KILLS {
        let mut worker = worker(&scratch);
        while completed().await < JOBS * i64::try_from(kill).expect("small") / 8 {
            assert!(worker.try_wait().expect("a child").is_none(), "the worker ended by itself");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        worker.kill().expect("SIGKILL");
        worker.wait().expect("reaped");
    }
    assert!(completed().await < JOBS, "the kills came while there was work");
    let stranded: i64 = sqlx::query_scalar("select count(*) from river.river_job where state = 'running'")
        .fetch_one(&mut scratch.owner().await)
        .await
        .expect("counts");
    assert!(stranded > 0, "the kills struck jobs that were running");

    let mut last = worker(&scratch);
    for _ in 0..600 {
        if completed().await == JOBS {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    last.kill().expect("stops");
    last.wait().expect("reaped");
    let (done, distinct): (i64, i64) =
        sqlx::query_as("select count(*), count(distinct n) from counted").fetch_one(&mut scratch.owner().await).await.expect("counts");
    assert_eq!((completed().await, done, distinct), (JOBS, JOBS, JOBS));
}

fn worker(scratch: &Scratch) -> Child {
    let database = scratch.owner.get_database().expect("a named database");
    Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "kill::the_worker_process", "--nocapture"])
        .env(DATABASE, database)
        .stdout(Stdio::null())
        .spawn()
        .expect("starts")
}

/// Not a test of its own: the process that the test above starts and kills.
#[tokio::test]
async fn the_worker_process() {
    let Ok(database) = std::env::var(DATABASE) else { return };
    let db = Db::connect(server().database(&database).username("fettle_app"), 10);
    let mut registry = Registry::new();
    let door = Arc::new(db.clone());
    registry
        .add::<Count, _, _>(move |cx, job| {
            let db = Arc::clone(&door);
            async move {
                let scope = Scope::of(cx.org()?, Audience::System);
                let mut tx = OrgTx::begin(&db, scope, ActorRecord::default(), Timestamp::now()).await.map_err(JobError::retry)?;
                sqlx::query("insert into counted values ($1)").bind(job.n).execute(tx.conn()).await.map_err(JobError::retry)?;
                tokio::time::sleep(Duration::from_millis(20)).await;
                cx.finish(&mut tx).await?;
                tx.commit().await.map_err(JobError::retry)
            }
        })
        .expect("registers");
    let options =
        RunnerOptions { rescue_after: Duration::from_secs(3), rescuer_interval: Duration::from_millis(500), ..RunnerOptions::default() };
    let mut runner = Runner::start(&db, &registry, options).await.expect("starts");
    runner.failed().await.expect("works until it is killed");
}
