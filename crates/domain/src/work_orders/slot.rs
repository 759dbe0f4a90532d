//! When somebody comes: a window of the day, or a time of its own. All in London time, whatever the reader's clock.

use jiff::civil::{Date, Time as Clock, time};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::faults::coded;
use crate::time::{from_london, london, long_date, short_date};
use crate::values::{FieldErrors, clean};

coded! {
    /// The windows tradespeople offer (HACT calls them appointment types), and any other span.
    Slot {
        Fixed = "FIXED", "At a set time";
        Am = "AM", "Morning";
        Pm = "PM", "Afternoon";
        /// Between taking children to school and fetching them.
        SchoolRun = "SCHOOL_RUN", "Between school runs";
    }
}

impl Slot {
    /// From and to, London time.
    pub const fn window(self) -> Option<(Clock, Clock)> {
        match self {
            Self::Fixed => None,
            Self::Am => Some((time(8, 0, 0, 0), time(12, 0, 0, 0))),
            Self::Pm => Some((time(12, 0, 0, 0), time(17, 0, 0, 0))),
            Self::SchoolRun => Some((time(9, 30, 0, 0), time(14, 30, 0, 0))),
        }
    }
}

/// "Before 11" begins and "after 2" ends with the working day.
const DAY: (Clock, Clock) = (time(8, 0, 0, 0), time(18, 0, 0, 0));
/// "At 10" is taken to need this long.
const AT_LASTS: SignedDuration = SignedDuration::from_hours(1);
/// Nobody books further ahead than this.
const AHEAD_DAYS: i64 = 366;

/// A time somebody comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Time {
    pub slot: Slot,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
}

impl Time {
    /// A window of a day.
    pub fn window(slot: Slot, on: Date) -> Option<Self> {
        let (from, to) = slot.window()?;
        Some(Self { slot, starts_at: from_london(on.to_datetime(from))?, ends_at: from_london(on.to_datetime(to))? })
    }
    pub fn overlaps(&self, other: &Self) -> bool {
        self.starts_at < other.ends_at && other.starts_at < self.ends_at
    }
    /// The London day it begins on.
    pub fn day(&self) -> Date {
        london(self.starts_at).date()
    }
    /// `Tuesday 24 November 2026, between 8am and 12 noon`: for tenants, letters and mails.
    pub fn said(&self) -> String {
        let (from, to) = (london(self.starts_at), london(self.ends_at));
        if from.date() == to.date() {
            format!("{}, between {} and {}", long_date(from.date()), spoken(from.time()), spoken(to.time()))
        } else {
            format!("{}, {} to {}, {}", long_date(from.date()), spoken(from.time()), long_date(to.date()), spoken(to.time()))
        }
    }
    /// `Tue 24 Nov, 08:00–12:00`: for staff and contractors.
    pub fn short(&self, now: Timestamp) -> String {
        let (from, to, today) = (london(self.starts_at), london(self.ends_at), london(now).date());
        let end =
            if from.date() == to.date() { hours(to.time()) } else { format!("{}, {}", short_date(to.date(), today), hours(to.time())) };
        format!("{}, {}–{end}", short_date(from.date(), today), hours(from.time()))
    }
}

fn hours(at: Clock) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// `8am`, `9:30am`, `12 noon`.
fn spoken(at: Clock) -> String {
    let (hour, half) = match at.hour() {
        0 => (12, "am"),
        h @ 1..=11 => (h, "am"),
        12 if at.minute() == 0 => return "12 noon".to_owned(),
        12 => (12, "pm"),
        h => (h - 12, "pm"),
    };
    if at.minute() == 0 { format!("{hour}{half}") } else { format!("{hour}:{:02}{half}", at.minute()) }
}

/// A time as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SlotForm {
    /// `am`, `pm`, `school_run`, `at`, `before`, `after` or `between`.
    pub window: String,
    /// A date as people write it.
    pub date: String,
    /// `9`, `9:30`, `14:00`, `2pm`; not for windows.
    pub from: String,
    /// For `between`, and for `at` where it is known how long it takes.
    pub to: String,
}

impl SlotForm {
    /// # Errors
    /// A sentence for each of `window`, `date`, `from` and `to` that cannot be used.
    pub fn parse(&self, now: Timestamp) -> Result<Time, FieldErrors> {
        let mut e = FieldErrors::new();
        let date = e.date("date", &self.date, "the day of the visit");
        let mut clock = |field: &str, typed: &str| e.take(field, read_clock(typed).ok_or("Enter a time, like 9:30 or 2pm"));
        let (slot, span) = match clean(&self.window).to_lowercase().as_str() {
            "am" => (Slot::Am, Slot::Am.window()),
            "pm" => (Slot::Pm, Slot::Pm.window()),
            "school_run" => (Slot::SchoolRun, Slot::SchoolRun.window()),
            "at" if clean(&self.to).is_empty() => {
                let from = clock("from", &self.from);
                // Until midnight at the latest: a visit at half past eleven at night is an emergency's.
                (Slot::Fixed, from.map(|f| (f, f.checked_add(AT_LASTS).unwrap_or(time(23, 59, 0, 0)))))
            }
            "at" | "between" => {
                let (from, to) = (clock("from", &self.from), clock("to", &self.to));
                (Slot::Fixed, from.zip(to))
            }
            "before" => (Slot::Fixed, clock("from", &self.from).map(|to| (DAY.0.min(to.checked_sub(AT_LASTS).unwrap_or(to)), to))),
            "after" => (Slot::Fixed, clock("from", &self.from).map(|from| (from, DAY.1.max(from.checked_add(AT_LASTS).unwrap_or(from))))),
            _ => {
                e.add("window", "Choose morning, afternoon, between school runs, or a time");
                (Slot::Fixed, None)
            }
        };
        if let Some((from, to)) = span
            && from >= to
        {
            e.add(if clean(&self.to).is_empty() { "from" } else { "to" }, "The time must end after it begins");
        }
        let (Some(date), Some((from, to)), true) = (date, span, e.is_empty()) else { return Err(e) };
        let at = |clock: Clock| from_london(date.to_datetime(clock));
        let (Some(starts_at), Some(ends_at)) = (at(from), at(to)) else {
            return Err(FieldErrors::one("date", "Choose another day"));
        };
        let time = Time { slot, starts_at, ends_at };
        if time.ends_at <= now {
            e.add("date", "Choose a time that is still to come");
        } else if date.duration_since(london(now).date()).as_hours() > AHEAD_DAYS * 24 {
            e.add("date", "Choose a day within a year from now");
        }
        e.check()?;
        Ok(time)
    }
}

/// `9`, `9:30`, `09.30`, `14:00`, `2pm`, `2:15 pm`, `noon`.
fn read_clock(typed: &str) -> Option<Clock> {
    let text: String = clean(typed).to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    if text == "noon" {
        return Some(time(12, 0, 0, 0));
    }
    let (digits, half) = match text.strip_suffix("am").map(|d| (d, 0)).or_else(|| text.strip_suffix("pm").map(|d| (d, 12))) {
        Some((digits, half)) => (digits, Some(half)),
        None => (text.as_str(), None),
    };
    let (hour, minute) = digits.split_once([':', '.']).unwrap_or((digits, "00"));
    if hour.is_empty() || hour.len() > 2 || minute.len() != 2 {
        return None;
    }
    let (hour, minute): (i8, i8) = (hour.parse().ok()?, minute.parse().ok()?);
    let hour = match half {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(half) => hour % 12 + half,
        None => hour,
    };
    Clock::new(hour, minute, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-20T10:00:00Z".parse().expect("a moment")
    }
    fn form(window: &str, date: &str, from: &str, to: &str) -> SlotForm {
        SlotForm { window: window.into(), date: date.into(), from: from.into(), to: to.into() }
    }

    #[test]
    fn times_are_london_times() {
        for (typed, said) in [
            (form("am", "24/11/2026", "", ""), "Tue 24 Nov, 08:00–12:00"),
            (form("PM", "24/11/2026", "", ""), "Tue 24 Nov, 12:00–17:00"),
            (form("school_run", "24/11/2026", "", ""), "Tue 24 Nov, 09:30–14:30"),
            (form("at", "24/11/2026", "2pm", ""), "Tue 24 Nov, 14:00–15:00"),
            (form("at", "24/11/2026", "9.15", "9:45"), "Tue 24 Nov, 09:15–09:45"),
            (form("before", "24/11/2026", "11", ""), "Tue 24 Nov, 08:00–11:00"),
            (form("after", "24/11/2026", "14:00", ""), "Tue 24 Nov, 14:00–18:00"),
            (form("between", "24/11/2026", "noon", "1:30pm"), "Tue 24 Nov, 12:00–13:30"),
        ] {
            assert_eq!(typed.parse(now()).map(|t| t.short(now())), Ok(said.into()), "{typed:?}");
        }
        let summer = form("am", "1/7/2027", "", "").parse(now()).expect("a time");
        assert_eq!(summer.starts_at.to_string(), "2027-07-01T07:00:00Z");
        assert_eq!(summer.said(), "Thursday 1 July 2027, between 8am and 12 noon");
        let windows = |slot| Time::window(slot, jiff::civil::date(2026, 11, 24)).expect("a window");
        assert!(windows(Slot::Am).overlaps(&windows(Slot::SchoolRun)));
        assert!(!windows(Slot::Am).overlaps(&windows(Slot::Pm)), "one begins when the other ends");
    }

    #[test]
    fn what_cannot_be_a_time_is_answered_in_words() {
        for (typed, field, sentence) in [
            (form("", "24/11/2026", "", ""), "window", "Choose morning, afternoon, between school runs, or a time"),
            (form("am", "", "", ""), "date", "Enter the day of the visit"),
            (form("at", "24/11/2026", "25", ""), "from", "Enter a time, like 9:30 or 2pm"),
            (form("at", "24/11/2026", "13pm", ""), "from", "Enter a time, like 9:30 or 2pm"),
            (form("between", "24/11/2026", "3pm", "2pm"), "to", "The time must end after it begins"),
            (form("am", "19/11/2026", "", ""), "date", "Choose a time that is still to come"),
            (form("at", "20/11/2026", "8", "9"), "date", "Choose a time that is still to come"),
            (form("am", "24/11/2029", "", ""), "date", "Choose a day within a year from now"),
        ] {
            assert_eq!(typed.parse(now()).expect_err("refused").get(field), Some(sentence), "{typed:?}");
        }
    }
}
