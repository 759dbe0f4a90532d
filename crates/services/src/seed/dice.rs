use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::{Error, Result};

/// Chance that falls the same way every time: SplitMix64 (Steele, Lea and Flood 2014), which no library update can change.
#[derive(Clone, Debug)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn seeded(text: &str) -> Self {
        Self(text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)))
    }
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    /// Both ends can fall.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high - low + 1).unwrap_or(1).max(1);
        low + i64::try_from(self.next() % span).unwrap_or(0)
    }
    pub(super) fn percent(&mut self, chance: i64) -> bool {
        self.between(1, 100) <= chance
    }
    pub(super) fn minutes(&mut self, low: i64, high: i64) -> SignedDuration {
        SignedDuration::from_secs(self.between(low * 60, high * 60))
    }
    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> Result<&'a T> {
        let at = usize::try_from(self.next() % u64::try_from(from.len().max(1)).unwrap_or(1)).unwrap_or(0);
        from.get(at).ok_or_else(|| Error::internal(anyhow::anyhow!("the demo has nothing to choose from")))
    }
    pub(super) fn shuffle<T>(&mut self, cards: &mut [T]) {
        for last in (1..cards.len()).rev() {
            let other = usize::try_from(self.next() % u64::try_from(last + 1).unwrap_or(1)).unwrap_or(0);
            cards.swap(last, other);
        }
    }
    /// An id as it would have been given at `at`.
    pub(super) fn id<T: From<Uuid>>(&mut self, at: Timestamp) -> T {
        let mut random = [0; 10];
        for (to, from) in random.iter_mut().zip(self.next().to_le_bytes().into_iter().chain(self.next().to_le_bytes())) {
            *to = from;
        }
        T::from(domain::uuid_v7(at, random))
    }
}
