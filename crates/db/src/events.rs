//! The live stream's ear: one LISTEN connection per process, a broadcast to whoever waits. A message says *organisation and position*
//! and no more; who may see what happened is decided when the listener asks, under its own scope.

use std::str::FromStr;
use std::time::Duration;

use domain::OrgId;
use sqlx::postgres::PgListener;
use tokio::sync::broadcast;

use crate::Db;

const CHANNEL: &str = "fettle_events";

/// An organisation's stream moved to this position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    pub org: OrgId,
    pub position: i64,
}

impl FromStr for Moved {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let (org, position) = text.split_once(':').ok_or(())?;
        Ok(Self { org: org.parse().map_err(|_| ())?, position: position.parse().map_err(|_| ())? })
    }
}

/// Listens for ever, reconnecting with patience; messages missed meanwhile are not lost to clients, who ask from their last position on
/// every (re)connection. Ends when every receiver and the returned sender are gone… which is when the process ends.
pub async fn listen(db: Db, out: broadcast::Sender<Moved>) {
    loop {
        match PgListener::connect_with(db.pool()).await {
            Ok(mut listener) => {
                if listener.listen(CHANNEL).await.is_ok() {
                    while let Ok(message) = listener.recv().await {
                        if let Ok(moved) = message.payload().parse::<Moved>() {
                            let _ = out.send(moved);
                        }
                    }
                }
            }
            Err(error) => tracing::warn!(%error, "not listening for events; trying again"),
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}
