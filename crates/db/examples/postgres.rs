//! `cargo run -p db --example postgres -- FOLDER [DATABASE]`: a throwaway cluster in the foreground, for the scripts. Prints the
//! superuser's URL on one line when it answers (of DATABASE, made and migrated, when one is named); ends cleanly on Ctrl-C and on
//! SIGTERM. It lies in this crate because it must build while the queries of `services` are not yet prepared.

use std::{
    io::{Write, stdout},
    str::FromStr,
};

use db::embedded::{Embedded, Options};
use sqlx::{AssertSqlSafe, Connection, PgConnection, postgres::PgConnectOptions};
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or_else(|| anyhow::anyhow!("usage: postgres FOLDER [DATABASE]"))?;
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let postgres = Embedded::start(Options::throwaway(folder))?;
    let mut url = postgres.url("postgres");
    if let Some(database) = arguments.next() {
        let mut connection = PgConnection::connect(&url).await?;
        sqlx::raw_sql(AssertSqlSafe(format!("create database \"{database}\""))).execute(&mut connection).await?;
        url = postgres.url(&database);
        db::bootstrap(&PgConnectOptions::from_str(&url)?).await?;
    }
    writeln!(stdout(), "{url}")?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    postgres.stop()?;
    Ok(())
}
