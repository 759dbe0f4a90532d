//! What every verb stands on: the database, the clock, dice, keys and the address people reach us at. Built once, by `server` or a test.

use std::sync::Arc;

use aes_gcm::aead::{Aead, KeyInit};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use db::Db;
use jiff::Timestamp;
use rand::{RngCore, TryRngCore};

use crate::files::FileStore;
use crate::mail::Postman;
use crate::{Error, Result};

/// Where `now` comes from: the system, or a test's hand.
pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the edge: the one place that reads the clock")]
    fn now(&self) -> Timestamp {
        // Postgres keeps microseconds: a moment must read back as it was written.
        let now = Timestamp::now();
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }
}

/// What this installation is called and where it is.
#[derive(Clone, Debug)]
pub struct Place {
    /// `https://repairs.example.org`, without a trailing slash.
    pub base_url: String,
    /// Demo and development: the inbox page is on, and cookies may travel over plain HTTP on localhost.
    pub is_dev: bool,
    /// The sender of mails, `Fettle <no-reply@…>`.
    pub mail_from: String,
}

/// The world outside, behind the traits that its rooms declare.
#[derive(Clone)]
pub struct Outside {
    pub postman: Arc<dyn Postman>,
    pub files: Arc<dyn FileStore>,
}

struct Inner {
    db: Db,
    clock: Arc<dyn Clock>,
    keys: Keys,
    place: Place,
    outside: Outside,
}

/// Cheap to clone.
#[derive(Clone)]
pub struct House(Arc<Inner>);

impl House {
    pub fn new(db: Db, clock: Arc<dyn Clock>, keys: Keys, place: Place, outside: Outside) -> Self {
        Self(Arc::new(Inner { db, clock, keys, place, outside }))
    }
    pub fn db(&self) -> &Db {
        &self.0.db
    }
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }
    pub fn keys(&self) -> &Keys {
        &self.0.keys
    }
    pub fn place(&self) -> &Place {
        &self.0.place
    }
    pub fn postman(&self) -> &dyn Postman {
        &*self.0.outside.postman
    }
    pub fn files(&self) -> &dyn FileStore {
        &*self.0.outside.files
    }
    /// A fresh UUIDv7 of this moment.
    pub fn new_id<T: From<uuid::Uuid>>(&self) -> T {
        T::from(domain::uuid_v7(self.now(), random()))
    }
    /// An absolute address for a mail: `path` begins with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.0.place.base_url)
    }
}

impl std::fmt::Debug for House {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("House").field("place", &self.0.place).finish_non_exhaustive()
    }
}

/// Random bytes from the operating system's generator.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::rngs::OsRng.unwrap_err().fill_bytes(&mut bytes);
    bytes
}

/// The installation's secrets: 32 bytes from configuration, from which every purpose's key is derived. Never logged.
#[derive(Clone)]
pub struct Keys {
    master: [u8; 32],
}

impl Keys {
    pub const fn new(master: [u8; 32]) -> Self {
        Self { master }
    }

    /// A key for one purpose: HMAC-SHA-256 of the master over the purpose's name.
    pub fn for_purpose(&self, purpose: &'static str) -> [u8; 32] {
        use hmac::{Hmac, KeyInit as _, Mac};
        // HMAC pads a short key with zeros to its block (RFC 2104); a full block is the infallible constructor's input.
        let mut block = [0; 64];
        block.iter_mut().zip(self.master).for_each(|(to, from)| *to = from);
        let mut mac = Hmac::<sha2::Sha256>::new(&block.into());
        mac.update(purpose.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// AES-256-GCM with a fresh nonce before the ciphertext. `purpose` keeps one column's secrets from being read as another's.
    pub fn seal(&self, purpose: &'static str, plain: &[u8]) -> Result<Vec<u8>> {
        let cipher = Aes256Gcm::new(&Key::<Aes256Gcm>::from(self.for_purpose(purpose)));
        let nonce: [u8; 12] = random();
        let sealed =
            cipher.encrypt(&Nonce::from(nonce), plain).map_err(|_| Error::internal(anyhow::anyhow!("could not encrypt a {purpose}")))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    pub fn open(&self, purpose: &'static str, sealed: &[u8]) -> Result<Vec<u8>> {
        let broken = || Error::internal(anyhow::anyhow!("a stored {purpose} does not decrypt: was the key changed?"));
        let (nonce, sealed) = sealed.split_at_checked(12).ok_or_else(broken)?;
        let nonce: [u8; 12] = nonce.try_into().map_err(|_| broken())?;
        let cipher = Aes256Gcm::new(&Key::<Aes256Gcm>::from(self.for_purpose(purpose)));
        cipher.decrypt(&Nonce::from(nonce), sealed).map_err(|_| broken())
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_for_its_own_purpose_only() {
        let keys = Keys::new([7; 32]);
        let sealed = keys.seal("access-codes", b"C1234Z").expect("seals");
        assert_ne!(sealed, keys.seal("access-codes", b"C1234Z").expect("seals"), "a fresh nonce each time");
        assert_eq!(keys.open("access-codes", &sealed).expect("opens"), b"C1234Z");
        assert!(keys.open("bank-details", &sealed).is_err());
        assert!(Keys::new([8; 32]).open("access-codes", &sealed).is_err());
        assert!(keys.open("access-codes", b"short").is_err());
    }
}
