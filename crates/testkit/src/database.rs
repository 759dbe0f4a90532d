//! One migrated template per schema version, cloned per test: a clone takes some 30 ms, a migration run seconds.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::str::FromStr as _;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, PgPool};

pub struct TestDatabase {
    name: String,
    server: PgConnectOptions,
    superuser: PgPool,
}

/// The server tests run on: `TEST_DATABASE_URL`, a superuser's.
pub fn server() -> PgConnectOptions {
    let url = std::env::var("TEST_DATABASE_URL").unwrap_or_else(|_| "postgres://postgres@localhost/postgres?host=/tmp/pg".to_owned());
    PgConnectOptions::from_str(&url).expect("TEST_DATABASE_URL is a Postgres URL")
}

impl TestDatabase {
    pub async fn fresh() -> Self {
        Self::on(server()).await
    }

    /// On a server of the test's own, which it may stop.
    pub async fn on(server: PgConnectOptions) -> Self {
        let template = template(&server).await;
        let name = format!("{template}_{}", uuid::Uuid::now_v7().simple());
        let mut admin = admin(&server).await;
        sqlx::raw_sql(AssertSqlSafe(format!("create database {name} template {template}")))
            .execute(&mut admin)
            .await
            .expect("a clone of the template");
        admin.close().await.expect("closes");
        let superuser = PgPoolOptions::new().max_connections(4).connect_lazy_with(server.clone().database(&name));
        Self { name, server, superuser }
    }

    /// The app's own login, as in production.
    pub fn app_options(&self) -> PgConnectOptions {
        self.server.clone().username("fettle_app").database(&self.name)
    }
    /// A database with nothing in it.
    pub async fn empty() -> Self {
        let server = server();
        let name = format!("fettle_empty_{}", uuid::Uuid::now_v7().simple());
        let mut admin = admin(&server).await;
        sqlx::raw_sql(AssertSqlSafe(format!("create database {name}"))).execute(&mut admin).await.expect("an empty database");
        admin.close().await.expect("closes");
        let superuser = PgPoolOptions::new().max_connections(1).connect_lazy_with(server.clone().database(&name));
        Self { name, server, superuser }
    }

    /// The owner's address, for programs.
    pub fn owner_url(&self) -> String {
        let options = self.owner_options();
        let host = options.get_socket().map_or_else(|| options.get_host().to_owned(), |s| s.display().to_string());
        format!("postgres://{}@/{}?host={host}&port={}", options.get_username(), self.name, options.get_port())
    }

    /// The owner, as migrations run.
    pub fn owner_options(&self) -> PgConnectOptions {
        self.server.clone().database(&self.name)
    }
    pub fn superuser(&self) -> &PgPool {
        &self.superuser
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        // A thread of its own: dropping happens inside the test's runtime, which may be ending.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let mut admin = admin(&server).await;
                let _ = sqlx::raw_sql(AssertSqlSafe(format!("drop database if exists {name} with (force)"))).execute(&mut admin).await;
            });
        });
        let _ = dropping.join();
    }
}

async fn admin(server: &PgConnectOptions) -> PgConnection {
    PgConnection::connect_with(&server.clone().database("postgres"))
        .await
        .expect("a Postgres for tests: `make test` starts one, or set TEST_DATABASE_URL to a superuser's URL")
}

/// The template of this schema version, made once by whoever comes first.
async fn template(server: &PgConnectOptions) -> String {
    let mut hasher = DefaultHasher::new();
    for migration in db::MIGRATIONS.iter() {
        migration.checksum.hash(&mut hasher);
    }
    jobs::VERSION.hash(&mut hasher);
    let name = format!("fettle_t{:016x}", hasher.finish());
    let mut admin = admin(server).await;
    sqlx::query("select pg_advisory_lock(7245002)").execute(&mut admin).await.expect("the template's lock");
    let there: bool = sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(&name)
        .fetch_one(&mut admin)
        .await
        .expect("an answer");
    if !there {
        let unfinished = format!("{name}_unfinished");
        for sql in [format!("drop database if exists {unfinished} with (force)"), format!("create database {unfinished}")] {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut admin).await.expect("an empty database");
        }
        db::bootstrap(&server.clone().database(&unfinished)).await.expect("migrations apply");
        jobs::migrate(&server.clone().database(&unfinished)).await.expect("the queue's migrations apply");
        sqlx::raw_sql(AssertSqlSafe(format!("alter database {unfinished} rename to {name}"))).execute(&mut admin).await.expect("renamed");
    }
    admin.close().await.expect("closes, releasing the lock");
    name
}
