//! A database of its own for each test, with the project's migrations and the queue's tables.

use std::str::FromStr as _;

use db::{ActorRecord, Db, OrgTx, Scope};
use domain::{OrgId, policy::Audience};
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, PgPool, postgres::PgConnectOptions};
use uuid::Uuid;

pub struct Scratch {
    name: String,
    pub owner: PgConnectOptions,
    /// The app's own login, as `serve` and `worker` use it.
    pub db: Db,
}

impl Scratch {
    pub async fn new() -> Self {
        let name = format!("jobs_{}", Uuid::now_v7().simple());
        let mut admin = PgConnection::connect_with(&server()).await.expect("a Postgres for tests: set TEST_DATABASE_URL");
        sqlx::raw_sql(AssertSqlSafe(format!("create database {name}"))).execute(&mut admin).await.expect("creates a database");
        let owner = server().database(&name);
        db::bootstrap(&owner).await.expect("the project's migrations");
        jobs::migrate(&owner).await.expect("the queue's migrations");
        let db = Db::connect(owner.clone().username("fettle_app"), 10);
        Self { name, owner, db }
    }

    pub async fn begin(&self, org: OrgId) -> OrgTx {
        self.begin_as(org, Audience::Staff).await
    }

    pub async fn begin_as(&self, org: OrgId, audience: Audience) -> OrgTx {
        let scope = Scope::of(org, audience);
        OrgTx::begin(&self.db, scope, ActorRecord::default(), Timestamp::now()).await.expect("a transaction")
    }

    /// Runs SQL with the owner's eyes.
    pub async fn owner(&self) -> PgConnection {
        PgConnection::connect_with(&self.owner).await.expect("the owner connects")
    }

    /// `state:attempt` of every job, in the order of writing.
    pub async fn jobs(&self) -> Vec<String> {
        sqlx::query_scalar("select state || ':' || attempt from river.river_job order by id")
            .fetch_all(&mut self.owner().await)
            .await
            .expect("reads jobs")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let name = self.name.clone();
        // A test's runtime cannot wait inside Drop; a thread with its own can.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let mut admin = PgConnection::connect_with(&server()).await.expect("connects");
                sqlx::raw_sql(AssertSqlSafe(format!("drop database {name} with (force)")))
                    .execute(&mut admin)
                    .await
                    .expect("drops the database");
            });
        });
        let _ = dropped.join();
    }
}

pub fn server() -> PgConnectOptions {
    let url = std::env::var("TEST_DATABASE_URL").unwrap_or_else(|_| "postgres://postgres@localhost/postgres?host=/tmp/pg".into());
    PgConnectOptions::from_str(&url).expect("TEST_DATABASE_URL is a Postgres URL")
}

pub fn org(n: u128) -> OrgId {
    OrgId(Uuid::from_u128(n))
}

pub async fn pool(options: &PgConnectOptions) -> PgPool {
    PgPool::connect_with(options.clone()).await.expect("a pool")
}
