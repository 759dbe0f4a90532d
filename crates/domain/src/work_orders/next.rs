//! Whose move it is, what, by when, and the one button for whoever reads it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Status, Time};
use crate::faults::Priority;
use crate::people::words;

words!(
    /// Whose move it is.
    Who {
        Staff => "staff", "You";
        Contractor => "contractor", "The contractor";
        Tenant => "tenant", "The tenant";
        Nobody => "nobody", "Nobody";
    }
);

/// Who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    Staff,
    Contractor,
    Tenant,
}

/// What the bar says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextStep {
    pub who: Who,
    /// A sentence for this reader.
    pub what: String,
    pub by: Option<Timestamp>,
    /// The code of this reader's one button: `offer`, `accept`, `propose`, `confirm`, `pick`, `set_off`, `arrive`, `complete`, `verify`,
    /// `answer` or `raise`; none where they can only wait.
    pub button: Option<String>,
}

/// What the next step depends on.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    pub status: Status,
    pub priority: Priority,
    pub wants_quote: bool,
    /// Offers that wait for an answer, and when the first of them ends.
    pub offers_waiting: usize,
    pub offer_ends: Option<Timestamp>,
    pub acknowledge_by: Option<Timestamp>,
    /// Times the tenant can pick from.
    pub proposed: usize,
    /// The tenant's pick that waits for the other side, and until when.
    pub held_until: Option<Timestamp>,
    /// The next time that is agreed.
    pub booked: Option<Time>,
    pub on_the_way: bool,
    /// Somebody stood before a closed door last time.
    pub last_was_no_access: bool,
    pub due_at: Option<Timestamp>,
    pub now: Timestamp,
}

/// The next step of an order, as `reader` is told it.
pub fn next_step(f: &Facts, reader: Reader) -> NextStep {
    let emergency = f.priority == Priority::Emergency;
    // Who, by when, what each of the three is told, and the button of whoever's move it is.
    let (who, by, staff, contractor, tenant, button) = match f.status {
        Status::Draft => {
            (Who::Staff, f.due_at, "Offer it to a contractor", "This is not with you any more", "We are arranging the repair", "offer")
        }
        Status::Offered if emergency => (
            Who::Contractor,
            f.acknowledge_by.or(f.offer_ends),
            "An emergency waits to be acknowledged",
            "Emergency: acknowledge it now",
            "We are finding somebody to come",
            "accept",
        ),
        Status::Offered => (
            Who::Contractor,
            f.offer_ends,
            if f.offers_waiting > 1 { "Several contractors were asked: the first to accept gets it" } else { "A contractor was asked" },
            if f.wants_quote { "Say whether you will quote for this" } else { "Accept or decline" },
            "We have asked a contractor",
            "accept",
        ),
        Status::Accepted if f.held_until.is_some_and(|until| until > f.now) => (
            Who::Contractor,
            f.held_until,
            "The tenant picked a time: it waits for a yes",
            "The tenant picked a time: confirm it",
            "You picked a time: it is being confirmed",
            "confirm",
        ),
        Status::Accepted if f.proposed > 0 => {
            (Who::Tenant, f.due_at, "The tenant was offered times", "The tenant was offered times", "Pick a time for the visit", "pick")
        }
        Status::Accepted if emergency => {
            (Who::Contractor, f.due_at, "The contractor is to go now", "Go there now", "Somebody is coming as soon as they can", "set_off")
        }
        Status::Accepted => (
            Who::Contractor,
            f.due_at,
            if f.last_was_no_access { "Nobody was in: a new time is needed" } else { "The contractor is to suggest times" },
            if f.last_was_no_access { "Nobody was in: suggest new times" } else { "Suggest times for the visit" },
            "The contractor will suggest times",
            "propose",
        ),
        Status::Scheduled if f.on_the_way => {
            (Who::Contractor, None, "Somebody is on the way", "Say when you are on site", "Somebody is on the way to you", "arrive")
        }
        Status::Scheduled => (
            Who::Contractor,
            f.booked.map(|t| t.starts_at),
            "A visit is booked",
            "Say when you set off",
            "A visit is booked: please be in",
            "set_off",
        ),
        Status::InProgress => {
            (Who::Contractor, f.due_at, "The work is under way", "Mark it as done when it is", "The work is under way", "complete")
        }
        Status::Done => (
            Who::Staff,
            None,
            "The work is done: check it, and see what the tenant says",
            "Done: send your invoice",
            "The work is done: tell us if it is fixed",
            "verify",
        ),
        Status::Verified => {
            (Who::Nobody, None, "Nothing: it is done and checked", "Nothing: it is done and checked", "Nothing: the work is done", "")
        }
        Status::Cancelled => (Who::Nobody, None, "Nothing: it was cancelled", "Nothing: it was cancelled", "Nothing: it was cancelled", ""),
    };
    let (what, mine) = match reader {
        Reader::Staff => (staff, who == Who::Staff),
        Reader::Contractor => (contractor, who == Who::Contractor),
        Reader::Tenant => (tenant, who == Who::Tenant),
    };
    let button = match (f.status, reader) {
        // Three that are nobody's turn, and still the one thing to do.
        (Status::Done, Reader::Tenant) => Some("answer"),
        (Status::Done, Reader::Contractor) => Some("invoice"),
        _ => Some(button).filter(|b| mine && !b.is_empty()),
    };
    NextStep { who, what: what.to_owned(), by, button: button.map(ToOwned::to_owned) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(status: Status) -> Facts {
        Facts {
            status,
            priority: Priority::Routine,
            wants_quote: false,
            offers_waiting: 1,
            offer_ends: None,
            acknowledge_by: None,
            proposed: 0,
            held_until: None,
            booked: None,
            on_the_way: false,
            last_was_no_access: false,
            due_at: None,
            now: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn it_is_always_somebodys_move_until_it_is_over() {
        let mut table = String::new();
        let soon = Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_mins(5);
        let cases = Status::ALL.iter().map(|s| (s.label(), facts(*s))).chain([
            ("Offered, emergency", Facts { priority: Priority::Emergency, acknowledge_by: Some(soon), ..facts(Status::Offered) }),
            ("Offered to several", Facts { offers_waiting: 3, ..facts(Status::Offered) }),
            ("Accepted, times out", Facts { proposed: 3, ..facts(Status::Accepted) }),
            ("Accepted, held", Facts { proposed: 2, held_until: Some(soon), ..facts(Status::Accepted) }),
            ("Accepted, nobody was in", Facts { last_was_no_access: true, ..facts(Status::Accepted) }),
            ("Accepted, emergency", Facts { priority: Priority::Emergency, ..facts(Status::Accepted) }),
            ("Scheduled, on the way", Facts { on_the_way: true, ..facts(Status::Scheduled) }),
        ]);
        for (name, facts) in cases {
            table = format!("{table}{name}\n");
            for (reader, word) in [(Reader::Staff, "staff"), (Reader::Contractor, "contractor"), (Reader::Tenant, "tenant")] {
                let next = next_step(&facts, reader);
                assert_eq!(next.who == Who::Nobody, !facts.status.is_live() && facts.status != Status::Done, "{name}");
                table = format!("{table}  {word}: [{}] {} {}\n", next.who.as_str(), next.what, next.button.unwrap_or_default());
            }
        }
        insta::assert_snapshot!(table);
    }
}
