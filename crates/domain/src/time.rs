//! Dates as people in the UK read them, computed the same way on the server and in the browser.
//!
//! The browser build carries no time-zone database, so Europe/London is our own rule: clocks go forward at 01:00 UTC on the last
//! Sunday of March and back at 01:00 UTC on the last Sunday of October (Summer Time Order 2002, SI 2002/262). A test holds it
//! against the IANA database.

use jiff::civil::{Date, DateTime, Weekday};
use jiff::{Span, Timestamp, ToSpan, tz::Offset};

/// The offset of Europe/London at a moment, from 1996 on.
pub fn london_offset(at: Timestamp) -> Offset {
    let year = Offset::UTC.to_datetime(at).year();
    let summer = |month: i8| last_sunday(year, month).map(|d| d.at(1, 0, 0, 0)).and_then(|t| Offset::UTC.to_timestamp(t).ok());
    match (summer(3), summer(10)) {
        (Some(start), Some(end)) if start <= at && at < end => Offset::constant(1),
        _ => Offset::UTC,
    }
}

fn last_sunday(year: i16, month: i8) -> Option<Date> {
    let last = Date::new(year, month, 1).ok()?.last_of_month();
    let back = i64::from(last.weekday().since(Weekday::Sunday));
    last.checked_sub(back.days()).ok()
}

/// The wall clock in London.
pub fn london(at: Timestamp) -> DateTime {
    london_offset(at).to_datetime(at)
}

/// The moment a London wall-clock time names; in the hour that is skipped or doubled, the later offset's reading.
pub fn from_london(wall: DateTime) -> Option<Timestamp> {
    let as_utc = Offset::UTC.to_timestamp(wall).ok()?;
    let summer = Offset::constant(1).to_timestamp(wall).ok()?;
    Some(if london_offset(summer) == Offset::constant(1) { summer } else { as_utc })
}

/// The end of a London day: the first moment of the next.
pub fn end_of_day(day: Date) -> Option<Timestamp> {
    from_london(day.tomorrow().ok()?.at(0, 0, 0, 0))
}

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

fn weekday_name(day: Weekday) -> &'static str {
    usize::try_from(day.to_monday_zero_offset()).ok().and_then(|i| DAYS.get(i)).copied().unwrap_or("")
}
fn month_name(month: i8) -> &'static str {
    usize::try_from(month - 1).ok().and_then(|i| MONTHS.get(i)).copied().unwrap_or("")
}
fn short(name: &str) -> &str {
    name.get(..3).unwrap_or(name)
}

/// `Tuesday 24 November 2026`: for tenants and letters.
pub fn long_date(day: Date) -> String {
    format!("{} {} {} {}", weekday_name(day.weekday()), day.day(), month_name(day.month()), day.year())
}

/// `Tue 24 Nov`, with the year when it is not that of `today`.
pub fn short_date(day: Date, today: Date) -> String {
    let year = if day.year() == today.year() { String::new() } else { format!(" {}", day.year()) };
    format!("{} {} {}{year}", short(weekday_name(day.weekday())), day.day(), short(month_name(day.month())))
}

/// `Tue 24 Nov, 14:05`: for staff; with the year when it is not this one.
pub fn date_time(at: Timestamp, now: Timestamp) -> String {
    let wall = london(at);
    format!("{}, {:02}:{:02}", short_date(wall.date(), london(now).date()), wall.hour(), wall.minute())
}

/// `14:05`.
pub fn clock(at: Timestamp) -> String {
    let wall = london(at);
    format!("{:02}:{:02}", wall.hour(), wall.minute())
}

/// The age of something beside its date: `just now`, `12 min ago`, `3 h ago`, `5 days ago`, `4 months ago`; `in 3 h` ahead.
pub fn ago(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second() - at.as_second();
    let (amount, ahead) = (seconds.unsigned_abs(), seconds < 0);
    let plural = |n: u64, unit: &str| if n == 1 { format!("1 {unit}") } else { format!("{n} {unit}s") };
    let words = match amount {
        0..60 => return "just now".to_owned(),
        60..3_600 => format!("{} min", amount / 60),
        3_600..86_400 => format!("{} h", amount / 3_600),
        86_400..5_184_000 => plural(amount / 86_400, "day"),
        5_184_000..63_072_000 => plural(amount / 2_592_000, "month"),
        _ => plural(amount / 31_536_000, "year"),
    };
    if ahead { format!("in {words}") } else { format!("{words} ago") }
}

/// `days` working days after `from` (Saturdays and Sundays do not count). Bank holidays join with the clocks, which carry each
/// nation's calendar; until then a date made with this is labelled Policy.
pub fn add_weekdays(from: Date, days: u16) -> Date {
    let mut day = from;
    let mut left = days;
    while left > 0 {
        let Ok(next) = day.checked_add(Span::new().days(1)) else { return day };
        day = next;
        if !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
            left -= 1;
        }
    }
    day
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    #[test]
    fn london_agrees_with_the_iana_database_to_the_second() {
        let iana = jiff::tz::TimeZone::get("Europe/London").expect("the bundled database");
        for year in 1997..2038 {
            for month in 1..=12 {
                for (day, hour) in [(1, 0), (15, 12), (28, 23)] {
                    let moment = Offset::UTC.to_timestamp(date(year, month, day).at(hour, 59, 59, 0)).expect("in range");
                    assert_eq!(london_offset(moment), iana.to_offset(moment), "{moment}");
                }
            }
        }
        for (moment, hours) in
            [("2026-03-29T00:59:59Z", 0), ("2026-03-29T01:00:00Z", 1), ("2026-10-25T00:59:59Z", 1), ("2026-10-25T01:00:00Z", 0)]
        {
            assert_eq!(london_offset(at(moment)), Offset::constant(hours), "{moment}");
        }
    }

    #[test]
    fn wall_clock_and_back() {
        for moment in ["2026-07-01T12:00:00Z", "2026-12-01T12:00:00Z", "2026-03-29T01:30:00Z"] {
            assert_eq!(from_london(london(at(moment))), Some(at(moment)));
        }
        assert_eq!(end_of_day(date(2026, 6, 30)), Some(at("2026-06-30T23:00:00Z")));
    }

    #[test]
    fn reads_as_people_write() {
        let now = at("2026-11-20T12:00:00Z");
        assert_eq!(long_date(date(2026, 11, 24)), "Tuesday 24 November 2026");
        assert_eq!(date_time(at("2026-07-01T13:05:00Z"), now), "Wed 1 Jul, 14:05");
        assert_eq!(date_time(at("2025-07-01T13:05:00Z"), now), "Tue 1 Jul 2025, 14:05");
        for (then, words) in [
            ("2026-11-20T11:59:30Z", "just now"),
            ("2026-11-20T11:48:00Z", "12 min ago"),
            ("2026-11-20T15:00:00Z", "in 3 h"),
            ("2026-11-19T12:00:00Z", "1 day ago"),
            ("2026-07-01T12:00:00Z", "4 months ago"),
        ] {
            assert_eq!(ago(at(then), now), words);
        }
        assert_eq!(add_weekdays(date(2026, 11, 20), 1), date(2026, 11, 23));
        assert_eq!(add_weekdays(date(2026, 11, 20), 5), date(2026, 11, 27));
    }
}
