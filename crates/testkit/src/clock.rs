use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// A clock that stands still until a test moves it.
#[derive(Debug)]
pub struct HandClock(AtomicI64);

impl HandClock {
    pub fn at(moment: &str) -> Self {
        Self(AtomicI64::new(moment.parse::<Timestamp>().expect("a moment").as_microsecond()))
    }
    pub fn forward(&self, by: SignedDuration) {
        self.0.fetch_add(i64::try_from(by.as_micros()).expect("a sane step"), Ordering::SeqCst);
    }
    pub fn set(&self, moment: &str) {
        self.0.store(moment.parse::<Timestamp>().expect("a moment").as_microsecond(), Ordering::SeqCst);
    }
}

impl services::house::Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::SeqCst)).expect("in range")
    }
}
