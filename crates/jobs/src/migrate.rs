use riverqueue::{database::SchemaName, migrate::PostgresMigrator};
use sqlx::{
    Connection as _, PgConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::runner::{QUEUE_ROLE, SCHEMA};

/// The version of the queue's own tables; a database made for another one is out of date.
pub const VERSION: i64 = riverqueue::migrate::MIGRATION_VERSION_LATEST;

/// Makes or upgrades the queue's tables and grants them to the queue's role. Run after the project's own migrations, as the owner.
/// Running it again changes nothing; several at once wait for each other.
pub async fn migrate(owner: &PgConnectOptions) -> anyhow::Result<()> {
    // A lock of the session, on a connection apart: the library migrates on a connection of its own, one transaction for each step.
    let mut lock = PgConnection::connect_with(owner).await?;
    sqlx::query("select pg_advisory_lock($1)").bind(LOCK).execute(&mut lock).await?;
    let pool = PgPoolOptions::new().max_connections(1).connect_with(owner.clone()).await?;
    PostgresMigrator::new(pool.clone()).with_schema(SchemaName::new(SCHEMA)?).migrate_up().await?;
    pool.close().await;
    // Constants only, so the statement is safe to build.
    let grants = format!(
        "grant usage on schema {SCHEMA} to {QUEUE_ROLE};
         grant select, insert, update, delete on all tables in schema {SCHEMA} to {QUEUE_ROLE};
         grant usage, select on all sequences in schema {SCHEMA} to {QUEUE_ROLE};"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(grants)).execute(&mut lock).await?;
    lock.close().await?;
    Ok(())
}

/// Any number that nothing else locks.
const LOCK: i64 = 0x0066_6574_746c_656a;
