//! Roles, tables, queue: everything Postgres needs before the app starts.

use anyhow::{Context as _, Result};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

/// Brings a database up to date, as its owner.
pub async fn up(owner: &PgConnectOptions) -> Result<()> {
    db::bootstrap(owner).await.context("The database could not be brought up to date")?;
    jobs::migrate(owner).await.context("The queue's tables could not be made")
}

/// Makes the database when it is not there; drops it first when asked to.
pub async fn ensure_database(server: &PgConnectOptions, name: &'static str, fresh: bool) -> Result<()> {
    let mut conn = PgConnection::connect_with(&server.clone().database("postgres")).await.context("Postgres did not answer")?;
    if fresh {
        sqlx::raw_sql(AssertSqlSafe(format!("drop database if exists {name} with (force)"))).execute(&mut conn).await?;
    }
    let there: bool =
        sqlx::query_scalar("select exists (select from pg_database where datname = $1)").bind(name).fetch_one(&mut conn).await?;
    if !there {
        sqlx::raw_sql(AssertSqlSafe(format!("create database {name}"))).execute(&mut conn).await?;
    }
    conn.close().await?;
    Ok(())
}
