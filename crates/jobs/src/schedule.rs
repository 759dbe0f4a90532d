use jiff::Timestamp;

/// When work without a cause begins: at a fixed distance from the full period, counted from 1970 in UTC and not from the start of a
/// process, so that restarts neither put it off nor repeat it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Every {
    seconds: i64,
    past: i64,
}

impl Every {
    /// At this minute of every hour.
    ///
    /// # Panics
    /// For a minute that no hour has; a schedule is written in the code, so this is found by the first test.
    pub const fn hour_at(minute: u8) -> Self {
        assert!(minute < 60, "an hour has 60 minutes");
        Self { seconds: 3600, past: 60 * minute as i64 }
    }

    ///
    /// # Panics
    /// For no time at all.
    pub const fn seconds(seconds: u32) -> Self {
        assert!(seconds > 0, "a period is at least a second");
        Self { seconds: seconds as i64, past: 0 }
    }

    /// The first moment after `now`; none after the end of time.
    pub fn next(self, now: Timestamp) -> Option<Timestamp> {
        let at = now.as_second();
        let since = (at - self.past).rem_euclid(self.seconds);
        Timestamp::from_second(at - since + self.seconds).ok()
    }
}

impl riverqueue::periodic::PeriodicSchedule for Every {
    fn next(&self, current: Timestamp) -> Option<Timestamp> {
        Self::next(*self, current)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_run_is_strictly_later_and_knows_no_start() {
        let hourly = Every::hour_at(17);
        for (now, next) in [
            ("2026-11-20T10:00:00Z", "2026-11-20T10:17:00Z"),
            ("2026-11-20T10:16:59.9Z", "2026-11-20T10:17:00Z"),
            ("2026-11-20T10:17:00Z", "2026-11-20T11:17:00Z"),
            ("2026-11-20T23:40:00Z", "2026-11-21T00:17:00Z"),
        ] {
            let (now, next): (Timestamp, Timestamp) = (now.parse().expect("a time"), next.parse().expect("a time"));
            assert_eq!(hourly.next(now), Some(next), "{now}");
        }
        assert_eq!(Every::seconds(1).next(Timestamp::UNIX_EPOCH), Timestamp::from_second(1).ok());
        assert_eq!(hourly.next(Timestamp::MAX), None);
    }
}
