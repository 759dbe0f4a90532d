//! Requests that are sent again: carried out once, answered twice.
//!
//! A [`Claim`] on a key travels in a `Cx` ([`Cx::claiming`]) and is written into every transaction that the verb begins, so the key is taken if and
//! only if the effect is there. The answer is kept right after; should the process die between the two, the key stays taken and its answer is
//! unknown, which is said. Table: `idempotency_keys`, one key space per membership. Used by `api` alone.

mod sql;

use std::sync::Arc;

use db::Transactional;
use domain::policy::Act;
use domain::{MembershipId, OrgId};
use serde_json::Value;
use uuid::Uuid;

use crate::{Actor, Cx, Error, Result};

const UNDER_WAY: &str = "The first request with this Idempotency-Key is still being carried out. Try again in a few seconds.";
const ANSWER_LOST: &str = "The first request with this Idempotency-Key was carried out, but its answer was not kept. Look at what is there before you send a new request.";

/// A key that is about to be used.
#[derive(Clone, Debug)]
pub struct Claim(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    key: String,
    operation: &'static str,
    request_hash: Vec<u8>,
    /// Tells this request's own transactions from another's.
    nonce: Uuid,
}

/// What is known of a key.
#[derive(Clone, Debug)]
pub enum Recalled {
    New(Claim),
    /// It was carried out; this was the answer.
    Answered {
        status: i32,
        body: Value,
    },
    /// It came before with another request.
    OtherRequest,
}

/// Looks a key up.
///
/// # Errors
/// `Conflict` while the first request is under way, or when its answer was lost.
pub async fn recall<A: Actor>(me: &Cx<A>, key: &str, operation: &'static str, request_hash: &[u8]) -> Result<Recalled> {
    let member = member(me)?;
    let mut tx = me.begin(Act::KeepOwnAccount).await?;
    let found = sql::find(&mut tx, member, key).await?;
    let is_under_way = found.is_none() && !sql::try_lock(&mut tx, member, key).await?;
    tx.done().await?;
    match found {
        None if is_under_way => Err(Error::conflict(UNDER_WAY)),
        None => Ok(Recalled::New(Claim(Arc::new(Inner {
            key: key.to_owned(),
            operation,
            request_hash: request_hash.to_vec(),
            nonce: me.house().new_id(),
        })))),
        Some(row) if row.operation != operation || row.request_hash != request_hash => Ok(Recalled::OtherRequest),
        Some(row) if row.status == 0 => Err(Error::conflict(ANSWER_LOST)),
        Some(row) => Ok(Recalled::Answered { status: row.status, body: row.body }),
    }
}

/// Keeps the answer of a request that was carried out.
pub async fn keep<A: Actor>(me: &Cx<A>, claim: &Claim, status: i32, body: &Value) -> Result<()> {
    let member = member(me)?;
    let mut tx = me.begin(Act::KeepOwnAccount).await?;
    claim.take(&mut tx, me.org(), member).await?;
    sql::answer(&mut tx, member, &claim.0.key, status, body).await?;
    Ok(tx.commit().await?)
}

impl Claim {
    /// Takes the key in this transaction: the first of two requests holds it until it commits.
    pub(crate) async fn take(&self, tx: &mut impl Transactional, org: OrgId, member: MembershipId) -> Result<()> {
        let Inner { key, operation, request_hash, nonce } = &*self.0;
        if !sql::try_lock(tx, member, key).await? || !sql::take(tx, org, member, key, operation, request_hash, *nonce).await? {
            return Err(Error::conflict(UNDER_WAY));
        }
        Ok(())
    }
}

fn member<A: Actor>(me: &Cx<A>) -> Result<MembershipId> {
    me.actor().scope(me.org()).membership.ok_or(Error::Forbidden)
}
