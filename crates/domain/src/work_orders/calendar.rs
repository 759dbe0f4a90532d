//! What clashes on a calendar: shown before a move is saved, and after, since an absence may come later than the booking.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Slot, Time, VisitStatus};
use crate::{ContactId, OperativeId, VisitId};

/// A visit as far as clashes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub id: VisitId,
    pub contractor: ContactId,
    pub operative: Option<OperativeId>,
    pub time: Time,
    pub status: VisitStatus,
}

/// Why a visit cannot be kept as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Clash {
    /// The same person is elsewhere.
    PersonBusy,
    /// More visits than the firm takes at a time.
    OverCapacity,
    /// They are away on that day.
    Away,
}

impl Clash {
    pub const fn label(self) -> &'static str {
        match self {
            Self::PersonBusy => "The same person has another visit then",
            Self::OverCapacity => "More visits than they take at that time",
            Self::Away => "They are away that day",
        }
    }
}

/// Somebody's days away: the firm's where no person is named.
pub type Away = (ContactId, Option<OperativeId>, Date, Date);

/// The clashes among `entries`, which must be in order of start. Finished and cancelled visits take up nobody's time.
///
/// One pass: each entry is compared with those that have begun and not ended, which on any real day are few.
pub fn clashes(entries: &[Entry], capacity: impl Fn(ContactId) -> i64, away: &[Away]) -> Vec<(VisitId, Clash)> {
    let mut found = Vec::new();
    let mut running: Vec<&Entry> = Vec::new();
    for entry in entries.iter().filter(|e| e.status.is_booked()) {
        running.retain(|r| r.time.ends_at > entry.time.starts_at);
        let mut counted = i64::from(takes_a_place(entry));
        for other in running.iter().filter(|o| o.contractor == entry.contractor && o.time.overlaps(&entry.time)) {
            counted += i64::from(takes_a_place(other));
            if entry.operative.is_some()
                && entry.operative == other.operative
                && entry.time.slot == Slot::Fixed
                && other.time.slot == Slot::Fixed
            {
                found.extend([(other.id, Clash::PersonBusy), (entry.id, Clash::PersonBusy)]);
            }
        }
        if takes_a_place(entry) && counted > capacity(entry.contractor) {
            found.push((entry.id, Clash::OverCapacity));
        }
        let day = entry.time.day();
        let is_away = away.iter().any(|(firm, person, from, to)| {
            *firm == entry.contractor && (person.is_none() || *person == entry.operative) && *from <= day && day <= *to
        });
        if is_away {
            found.push((entry.id, Clash::Away));
        }
        running.push(entry);
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Windows, and fixed times of nobody in particular, count against what the firm takes at a time; a named person's fixed time excludes only their own.
fn takes_a_place(entry: &Entry) -> bool {
    entry.time.slot != Slot::Fixed || entry.operative.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use uuid::Uuid;

    fn entry(id: u128, slot: Slot, from: &str, to: &str, person: Option<u128>) -> Entry {
        Entry {
            id: VisitId(Uuid::from_u128(id)),
            contractor: ContactId(Uuid::from_u128(1)),
            operative: person.map(|p| OperativeId(Uuid::from_u128(p))),
            time: Time {
                slot,
                starts_at: format!("2026-11-24T{from}:00Z").parse().expect("a moment"),
                ends_at: format!("2026-11-24T{to}:00Z").parse().expect("a moment"),
            },
            status: VisitStatus::Confirmed,
        }
    }
    fn said(entries: &[Entry], capacity: i64, away: &[Away]) -> Vec<(u128, Clash)> {
        clashes(entries, |_| capacity, away).into_iter().map(|(id, clash)| (id.uuid().as_u128(), clash)).collect()
    }

    #[test]
    fn a_person_is_in_one_place_and_a_firm_takes_so_many() {
        let ann = Some(7);
        let day = [
            entry(1, Slot::Fixed, "09:00", "10:00", ann),
            entry(2, Slot::Fixed, "09:30", "10:30", ann),
            entry(3, Slot::Fixed, "10:30", "11:00", ann),
            entry(4, Slot::Fixed, "10:30", "11:00", Some(8)),
        ];
        assert_eq!(said(&day, 1, &[]), [(1, Clash::PersonBusy), (2, Clash::PersonBusy)]);
        let windows = [
            entry(1, Slot::Am, "08:00", "12:00", None),
            entry(2, Slot::Am, "08:00", "12:00", None),
            entry(3, Slot::SchoolRun, "09:30", "14:30", ann),
            entry(4, Slot::Pm, "12:00", "17:00", None),
        ];
        assert_eq!(said(&windows, 2, &[]), [(3, Clash::OverCapacity)]);
        let mut called_off = windows;
        called_off[0].status = VisitStatus::Cancelled;
        assert_eq!(said(&called_off, 2, &[]), []);
    }

    #[test]
    fn an_absence_shows_on_what_was_booked_before() {
        let firm = ContactId(Uuid::from_u128(1));
        let day = [entry(1, Slot::Am, "08:00", "12:00", Some(7)), entry(2, Slot::Pm, "12:00", "17:00", None)];
        let (from, to) = (date(2026, 11, 23), date(2026, 11, 24));
        assert_eq!(said(&day, 9, &[(firm, None, from, to)]), [(1, Clash::Away), (2, Clash::Away)]);
        assert_eq!(said(&day, 9, &[(firm, Some(OperativeId(Uuid::from_u128(7))), from, to)]), [(1, Clash::Away)]);
        assert_eq!(said(&day, 9, &[(firm, None, from, from)]), []);
    }
}
