//! Browser sessions: opaque tokens in a cookie, sliding, revocable.

use domain::{LoginId, MembershipId, OrgId, SessionId};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::{Member, Visitor, sql};
use crate::{Error, House, Request, Result, house::random};

/// A session ends after this long without a request …
pub const IDLE: SignedDuration = SignedDuration::from_hours(24 * 14);
/// … and is touched at most this often, so that reading pages does not write.
const TOUCH_EVERY: SignedDuration = SignedDuration::from_mins(5);

/// The secret a browser keeps. Shown once; only its hash is stored.
#[derive(Clone)]
pub struct SessionToken(String);

impl SessionToken {
    pub(crate) fn fresh() -> Self {
        use base64::Engine as _;
        Self(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(random::<32>()))
    }
    /// For the cookie, and nowhere else.
    pub fn secret(&self) -> &str {
        &self.0
    }
}

pub(crate) fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// A session that was found live, and whose membership is too.
#[derive(Clone, Debug)]
pub struct Session {
    pub id: SessionId,
    pub created_at: Timestamp,
    pub visitor: Visitor,
}

/// Opens a session for a membership whose login has just been proved.
pub(crate) async fn open(tx: &mut db::AuthTx, house: &House, login: LoginId, org: OrgId, membership: MembershipId, second_factor: bool, request: &Request) -> Result<SessionToken> {
    let token = SessionToken::fresh();
    let id: SessionId = house.new_id();
    sql::insert_session(tx, id, &hash(token.secret()), login, org, membership, second_factor, request, IDLE).await?;
    Ok(token)
}

/// Who a cookie's token belongs to, sliding its end forward.
///
/// # Errors
/// `SignedOut` when the token is unknown, expired or revoked, or its membership was deactivated.
pub async fn resolve(house: &House, token: &str, request: Request) -> Result<Session> {
    let mut tx = db::AuthTx::begin(house.db(), db::ActorRecord::default(), house.now()).await?;
    let found = sql::live_session(&mut tx, &hash(token)).await?.ok_or(Error::SignedOut)?;
    tx.enter(found.org).await?;
    let member: Member = sql::active_member(&mut tx, found.membership).await?.ok_or(Error::SignedOut)?;
    if house.now().duration_since(found.last_seen_at) > TOUCH_EVERY {
        sql::touch_session(&mut tx, found.id, IDLE).await?;
    }
    tx.commit().await?;
    Ok(Session { id: found.id, created_at: found.created_at, visitor: Visitor::admit(house, member, request)? })
}

/// Ends the session a cookie names; unknown tokens are nobody's.
pub async fn end(house: &House, token: &str) -> Result<()> {
    let mut tx = db::AuthTx::begin(house.db(), db::ActorRecord::default(), house.now()).await?;
    sql::revoke_session(&mut tx, &hash(token)).await?;
    Ok(tx.commit().await?)
}

/// Opens a session without a proof, for tests alone.
#[doc(hidden)]
pub async fn open_for_tests(house: &House, login: LoginId, org: OrgId, membership: MembershipId) -> Result<SessionToken> {
    let mut tx = db::AuthTx::begin(house.db(), db::ActorRecord::default(), house.now()).await?;
    let token = open(&mut tx, house, login, org, membership, false, &Request::default()).await?;
    tx.commit().await?;
    Ok(token)
}
