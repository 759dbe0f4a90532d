//! How often one may try: ten times a minute per address and per account, counted in Postgres and so shared between processes.

use std::net::IpAddr;

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::SignedDuration;

use super::{anonymous, sql};
use crate::{Error, House, Request, Result};

const ATTEMPTS: i32 = 10;
const WINDOW: SignedDuration = SignedDuration::from_mins(1);

/// What is counted; each kind on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limited {
    LogIn,
    Register,
    Reset,
    Magic,
    SecondFactor,
    Password,
}

impl Limited {
    const fn as_str(self) -> &'static str {
        match self {
            Self::LogIn => "log-in",
            Self::Register => "register",
            Self::Reset => "reset",
            Self::Magic => "magic",
            Self::SecondFactor => "second-factor",
            Self::Password => "password",
        }
    }
}

/// Attempts that were counted, to be given back when they succeed: ten people behind one router may all log in.
#[derive(Debug)]
pub(super) struct Spent(Vec<String>);

/// Counts one attempt by this address on this account, existing or not. Committed at once, whatever becomes of the attempt.
///
/// # Errors
/// `TooMany` with the seconds until the window ends.
pub(super) async fn spend(house: &House, what: Limited, request: &Request, account: &str) -> Result<Spent> {
    let mut buckets = vec![format!("{}:account:{}", what.as_str(), fingerprint(house, account))];
    if let Some(ip) = request.ip {
        buckets.push(format!("{}:address:{}", what.as_str(), network(ip)));
    }
    // One order for all, so that two attempts cannot wait for each other.
    buckets.sort();
    let mut tx = anonymous(house).await?;
    let mut retry_after_s = None;
    for bucket in &buckets {
        let (count, window_end) = sql::attempts::count(&mut tx, bucket, WINDOW).await?;
        if count > ATTEMPTS {
            let left = window_end.duration_since(tx.now()).as_secs().clamp(1, WINDOW.as_secs());
            retry_after_s = retry_after_s.max(u32::try_from(left).ok());
        }
    }
    tx.commit().await?;
    match retry_after_s {
        Some(retry_after_s) => {
            tracing::warn!(what = what.as_str(), retry_after_s, trace = request.trace, "too many attempts");
            Err(Error::TooMany { retry_after_s })
        }
        None => Ok(Spent(buckets)),
    }
}

impl Spent {
    /// The attempt was the right person's.
    pub(super) async fn give_back(self, tx: &mut db::AuthTx) -> Result<()> {
        for bucket in &self.0 {
            sql::attempts::uncount(tx, bucket).await?;
        }
        Ok(())
    }
}

/// Keyed, so that the table does not say whose account was tried.
fn fingerprint(house: &House, account: &str) -> String {
    let mut block = [0; 64];
    block.iter_mut().zip(house.keys().for_purpose("attempts")).for_each(|(to, from)| *to = from);
    let mut mac = Hmac::<sha2::Sha256>::new(&block.into());
    mac.update(account.trim().to_lowercase().as_bytes());
    hex::encode(mac.finalize().into_bytes().get(..16).unwrap_or_default())
}

/// One IPv4 address, or the /64 that one IPv6 household has.
fn network(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}
