use riverqueue::{database::SchemaName, migrate::PostgresMigrator};
use sqlx::{Connection as _, PgConnection, PgPool};

use crate::runner::{QUEUE_ROLE, SCHEMA};

/// Makes or upgrades the queue's tables and grants them to the queue's role. Run after the project's own migrations, as the owner.
/// Running it again changes nothing; several at once wait for each other.
pub async fn migrate(pool: &PgPool) -> anyhow::Result<()> {
    // A lock of the session, on a connection outside the pool: the library migrates on connections of its own, one transaction
    // for each step.
    let mut lock = PgConnection::connect_with(&pool.connect_options()).await?;
    sqlx::query("select pg_advisory_lock($1)").bind(LOCK).execute(&mut lock).await?;
    let result = migrate_alone(pool, &mut lock).await;
    lock.close().await?;
    result
}

/// Any number that nothing else locks.
const LOCK: i64 = 0x0066_6574_746c_656a;

async fn migrate_alone(pool: &PgPool, conn: &mut PgConnection) -> anyhow::Result<()> {
    sqlx::query("create schema if not exists river").execute(&mut *conn).await?;
    PostgresMigrator::new(pool.clone()).with_schema(SchemaName::new(SCHEMA)?).migrate_up().await?;
    // Constants only, so the statement is safe to build.
    let grants = format!(
        "grant usage on schema {SCHEMA} to {QUEUE_ROLE};
         grant select, insert, update, delete on all tables in schema {SCHEMA} to {QUEUE_ROLE};
         grant usage, select on all sequences in schema {SCHEMA} to {QUEUE_ROLE};"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(grants)).execute(conn).await?;
    Ok(())
}
