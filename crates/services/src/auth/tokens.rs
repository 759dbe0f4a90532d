//! Single-use secrets that travel by mail or between two steps of logging in.

use db::AuthTx;
use domain::{LoginId, MembershipId, OrgId};
use jiff::SignedDuration;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::sql;
use crate::{Error, House, Result, house::random};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Invite,
    Magic,
    Verify,
    Reset,
    /// Between the password and the second factor.
    SecondFactor,
    /// Between the proof of who one is and the organisation one enters.
    Choose,
}

impl Purpose {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::Magic => "magic",
            Self::Verify => "verify",
            Self::Reset => "reset",
            Self::SecondFactor => "second_factor",
            Self::Choose => "choose",
        }
    }
    pub(super) const fn lasts(self) -> SignedDuration {
        match self {
            Self::Invite => SignedDuration::from_hours(7 * 24),
            Self::Magic => SignedDuration::from_mins(30),
            Self::Verify => SignedDuration::from_hours(24),
            Self::Reset => SignedDuration::from_hours(1),
            Self::SecondFactor | Self::Choose => SignedDuration::from_mins(10),
        }
    }
}

/// 32 random bytes, safe in a URL.
pub(super) fn fresh() -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(random::<32>())
}

/// What is stored of a token. The token has 256 bits of its own, so a plain hash is enough.
pub(super) fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// Makes a token for this login; the answer is the secret itself, which exists nowhere else.
pub(super) async fn issue(
    tx: &mut AuthTx,
    house: &House,
    purpose: Purpose,
    login: LoginId,
    place: Option<(OrgId, MembershipId)>,
    payload: Value,
) -> Result<String> {
    let token = fresh();
    let new = sql::tokens::NewToken {
        id: house.new_id(),
        purpose: purpose.as_str(),
        token_hash: &hash(&token),
        login,
        place,
        payload,
        lasts: purpose.lasts(),
    };
    sql::tokens::insert(tx, new).await?;
    Ok(token)
}

/// Finds a live token without using it up.
pub(super) async fn find(tx: &mut AuthTx, purpose: Purpose, token: &str) -> Result<sql::tokens::Token> {
    sql::tokens::live(tx, purpose.as_str(), &hash(token)).await?.ok_or(Error::NotFound)
}

/// Uses a token up.
///
/// # Errors
/// `NotFound` when it is unknown, used or expired: which of them is nobody's business.
pub(super) async fn consume(tx: &mut AuthTx, purpose: Purpose, token: &str) -> Result<sql::tokens::Token> {
    let found = find(tx, purpose, token).await?;
    sql::tokens::use_up(tx, found.id).await?;
    Ok(found)
}
