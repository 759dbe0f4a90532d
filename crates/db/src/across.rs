use jiff::Timestamp;
use sqlx::{PgConnection, Postgres, Transaction};

use crate::{Db, DbError, tx::begin_apart};

/// A look across organisations, for work that belongs to none: which organisations exist, where their streams end. It reads nothing
/// personal and writes nothing.
#[derive(Debug)]
pub struct SystemTx {
    tx: Transaction<'static, Postgres>,
}

impl SystemTx {
    /// `reason` is a phrase that a reader of the log understands: `"nightly SLA sweep"`.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn because(db: &Db, reason: &'static str, now: Timestamp) -> Result<Self, DbError> {
        tracing::info!(reason, "across organisations");
        let tx = begin_apart(db.pool(), format!("begin read only; set local role fettle_across; set local app.now = '{now}'")).await?;
        Ok(Self { tx })
    }
    pub fn conn(&mut self) -> &mut PgConnection {
        &mut self.tx
    }
}
