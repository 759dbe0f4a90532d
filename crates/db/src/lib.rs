//! The door to Postgres: pool, transactions as permission slips, roles, migrations. No feature's queries.
//!
//! * [`Db`] holds the pool of the app's own login, which owns nothing and bypasses no policy.
//! * [`OrgTx`] is a transaction inside one organisation with one audience's eyes: `BEGIN; SET LOCAL ROLE …; SET LOCAL app.… ` in one round
//!   trip, always on a task of its own (a cancelled `begin` would poison the pool). It collects what happened ([`OrgTx::record`]) and writes
//!   timeline and audit as its last act, so nothing commits without its line and nothing commits out of order.
//! * [`AuthTx`] reads schema `auth` (log-ins, sessions, tokens) before an organisation is known, and may then enter one.
//! * [`SystemTx`] looks across organisations and must say why.
//!
//! Only `services` begins transactions, and there only `Cx::begin` and the auth room: see `clippy.toml`.

mod across;
pub mod embedded;
mod error;
pub mod events;
mod tx;

pub use across::SystemTx;
pub use error::{DbError, constraint_of, is_unavailable};
pub use tx::{ActorRecord, AuthTx, OrgTx, Scope, Transactional};

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, PgConnection, PgPool};

/// Every migration, compiled in.
pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations");

const ROLES: &str = include_str!("roles.sql");

/// The pool of the app's login.
#[derive(Clone, Debug)]
pub struct Db {
    pool: PgPool,
}

impl Db {
    /// Connects lazily: a Postgres that is down is answered per request with 503, not by refusing to start.
    pub fn connect(options: PgConnectOptions, max_connections: u32) -> Self {
        let pool = PgPoolOptions::new()
            .max_connections(max_connections)
            .acquire_timeout(Duration::from_secs(5))
            .idle_timeout(Duration::from_mins(5))
            .connect_lazy_with(options);
        Self { pool }
    }

    /// For the queue library and LISTEN, which manage connections of their own. Never for a query: those need a transaction with a scope.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Whether Postgres answers, within two seconds.
    pub async fn is_ready(&self) -> bool {
        let probe = async { sqlx::query("select 1").execute(&self.pool).await };
        matches!(tokio::time::timeout(Duration::from_secs(2), probe).await, Ok(Ok(_)))
    }
}

/// Makes the roles and brings the schema up to date. `owner` is a connection that may create roles and owns the schema; the app itself never
/// uses it. Idempotent; processes that race wait for each other.
///
/// # Errors
/// When Postgres refuses, for instance because `owner` may not create roles.
pub async fn bootstrap(owner: &PgConnectOptions) -> Result<(), DbError> {
    let mut conn = PgConnection::connect_with(owner).await?;
    let mut tx = conn.begin().await?;
    sqlx::raw_sql(ROLES).execute(&mut *tx).await?;
    tx.commit().await?;
    MIGRATIONS.run_direct(None, &mut conn, false).await?;
    conn.close().await?;
    Ok(())
}
