//! The ticket's state machine (decisions.md, Tickets):
//!
//! New → {Triaged, Assigned, Cancelled}; Triaged → {Assigned, Cancelled}; Assigned → In progress → Completed → Closed.
//! Reopening is an event, not a state: it returns a Completed or Closed ticket to Triaged. A live ticket that is Assigned or In
//! progress can be cancelled too, or work could never be called off. Handing a ticket back (Assigned → Triaged) happens when the last
//! offer falls away.

use serde::{Deserialize, Serialize};
use thiserror::Error;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    New,
    Triaged,
    Assigned,
    InProgress,
    Completed,
    Closed,
    Cancelled,
}

impl Status {
    pub const ALL: [Self; 7] = [Self::New, Self::Triaged, Self::Assigned, Self::InProgress, Self::Completed, Self::Closed, Self::Cancelled];
    pub const OPEN: [Self; 5] = [Self::New, Self::Triaged, Self::Assigned, Self::InProgress, Self::Completed];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "NEW",
            Self::Triaged => "TRIAGED",
            Self::Assigned => "ASSIGNED",
            Self::InProgress => "IN_PROGRESS",
            Self::Completed => "COMPLETED",
            Self::Closed => "CLOSED",
            Self::Cancelled => "CANCELLED",
        }
    }
    pub const fn label(self) -> &'static str {
        match self {
            Self::New => "New",
            Self::Triaged => "Triaged",
            Self::Assigned => "Assigned",
            Self::InProgress => "In progress",
            Self::Completed => "Completed",
            Self::Closed => "Closed",
            Self::Cancelled => "Cancelled",
        }
    }
    /// What the tenant reads: what it means for them, not our word for it.
    pub const fn tenant_label(self) -> &'static str {
        match self {
            Self::New => "We have got your report",
            Self::Triaged => "We are arranging the repair",
            Self::Assigned => "A contractor has been asked",
            Self::InProgress => "Work is under way",
            Self::Completed => "Work is done: tell us if it is fixed",
            Self::Closed => "Finished",
            Self::Cancelled => "Cancelled",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Closed | Self::Cancelled)
    }
    /// The moves that are legal from here, in the order a person would expect them on a menu.
    pub const fn moves(self) -> &'static [Move] {
        use Move as M;
        match self {
            Self::New => &[M::Triage, M::Assign, M::Cancel],
            Self::Triaged => &[M::Assign, M::Cancel],
            Self::Assigned => &[M::Start, M::HandBack, M::Cancel],
            Self::InProgress => &[M::Complete, M::Cancel],
            Self::Completed => &[M::Close, M::Reopen],
            Self::Closed => &[M::Reopen],
            Self::Cancelled => &[],
        }
    }
    /// # Errors
    /// [`WrongStatus`] when the move is not legal from here; nothing is changed.
    pub fn after(self, step: Move) -> Result<Self, WrongStatus> {
        if !self.moves().contains(&step) {
            return Err(WrongStatus { from: self, step });
        }
        Ok(step.leads_to())
    }
    /// The move that leads to `target`, if one step does.
    pub fn move_to(self, target: Self) -> Result<Move, WrongStatus> {
        self.moves().iter().copied().find(|m| m.leads_to() == target).ok_or(WrongStatus { from: self, step: Move::towards(target) })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Move {
    Triage,
    Assign,
    HandBack,
    Start,
    Complete,
    Close,
    Reopen,
    Cancel,
}

impl Move {
    pub const ALL: [Self; 8] =
        [Self::Triage, Self::Assign, Self::HandBack, Self::Start, Self::Complete, Self::Close, Self::Reopen, Self::Cancel];
    pub const fn leads_to(self) -> Status {
        match self {
            Self::Triage | Self::HandBack | Self::Reopen => Status::Triaged,
            Self::Assign => Status::Assigned,
            Self::Start => Status::InProgress,
            Self::Complete => Status::Completed,
            Self::Close => Status::Closed,
            Self::Cancel => Status::Cancelled,
        }
    }
    const fn towards(target: Status) -> Self {
        match target {
            Status::New | Status::Triaged => Self::Triage,
            Status::Assigned => Self::Assign,
            Status::InProgress => Self::Start,
            Status::Completed => Self::Complete,
            Status::Closed => Self::Close,
            Status::Cancelled => Self::Cancel,
        }
    }
    /// The verb on a button.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Triage => "Mark as triaged",
            Self::Assign => "Mark as assigned",
            Self::HandBack => "Hand back to triage",
            Self::Start => "Start work",
            Self::Complete => "Mark as completed",
            Self::Close => "Close",
            Self::Reopen => "Reopen",
            Self::Cancel => "Cancel the ticket",
        }
    }
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Triage => "TRIAGE",
            Self::Assign => "ASSIGN",
            Self::HandBack => "HAND_BACK",
            Self::Start => "START",
            Self::Complete => "COMPLETE",
            Self::Close => "CLOSE",
            Self::Reopen => "REOPEN",
            Self::Cancel => "CANCEL",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.as_str() == text)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("A ticket that is {} cannot be moved on by “{}”", .from.label().to_lowercase(), .step.label().to_lowercase())]
pub struct WrongStatus {
    pub from: Status,
    pub step: Move,
}

/// Why a ticket is closed; "closed" and "fixed" are two facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CloseOutcome {
    /// The tenant said yes.
    TenantConfirmed,
    /// Ten days and two reminders without an answer, and no hazard on record.
    NoAnswer,
    /// Staff closed it, with a reason.
    ByStaff,
}

impl CloseOutcome {
    pub const ALL: [Self; 3] = [Self::TenantConfirmed, Self::NoAnswer, Self::ByStaff];
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TenantConfirmed => "TENANT_CONFIRMED",
            Self::NoAnswer => "NO_ANSWER",
            Self::ByStaff => "BY_STAFF",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|o| o.as_str() == text)
    }
}

/// What "it is not fixed" does, by how long ago the ticket was closed (decisions.md: within 28 days it reopens the same ticket,
/// later it opens a linked one).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reopening {
    SameTicket,
    LinkedTicket,
}

pub fn reopening(closed_at: Option<jiff::Timestamp>, now: jiff::Timestamp) -> Reopening {
    const DAYS: i64 = 28;
    match closed_at {
        Some(closed) if now.as_second() - closed.as_second() > DAYS * 86_400 => Reopening::LinkedTicket,
        _ => Reopening::SameTicket,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_whole_table() {
        let moves =
            Status::ALL.iter().flat_map(|from| Move::ALL.iter().filter_map(move |step| from.after(*step).ok().map(|to| (from, step, to))));
        let table: String = moves.map(|(from, step, to)| format!("{} --{}--> {}\n", from.as_str(), step.as_str(), to.as_str())).collect();
        insta::assert_snapshot!(table, @r"
        NEW --TRIAGE--> TRIAGED
        NEW --ASSIGN--> ASSIGNED
        NEW --CANCEL--> CANCELLED
        TRIAGED --ASSIGN--> ASSIGNED
        TRIAGED --CANCEL--> CANCELLED
        ASSIGNED --HAND_BACK--> TRIAGED
        ASSIGNED --START--> IN_PROGRESS
        ASSIGNED --CANCEL--> CANCELLED
        IN_PROGRESS --COMPLETE--> COMPLETED
        IN_PROGRESS --CANCEL--> CANCELLED
        COMPLETED --CLOSE--> CLOSED
        COMPLETED --REOPEN--> TRIAGED
        CLOSED --REOPEN--> TRIAGED
        ");
    }

    #[test]
    fn an_illegal_move_says_so_in_words() {
        let refusal = Status::Closed.after(Move::Start).expect_err("illegal");
        assert_eq!(refusal.to_string(), "A ticket that is closed cannot be moved on by “start work”");
    }

    #[test]
    fn not_fixed_within_28_days_reopens_later_links() {
        let closed: jiff::Timestamp = "2026-11-01T12:00:00Z".parse().expect("a moment");
        let days = |n: i64| closed + jiff::SignedDuration::from_hours(24 * n);
        assert_eq!(reopening(Some(closed), days(28)), Reopening::SameTicket);
        assert_eq!(reopening(Some(closed), days(28) + jiff::SignedDuration::from_secs(1)), Reopening::LinkedTicket);
        assert_eq!(reopening(None, days(400)), Reopening::SameTicket);
    }

    proptest! {
        /// Whatever is pressed, a ticket is always in a named state, never leaves Cancelled, and reaches Closed only through Completed.
        #[test]
        fn any_walk_stays_on_the_map(steps in proptest::collection::vec(0usize..8, 0..40)) {
            let mut status = Status::New;
            let mut seen = vec![status];
            for step in steps {
                if let Ok(next) = status.after(Move::ALL[step]) {
                    prop_assert!(status != Status::Cancelled);
                    if next == Status::Closed {
                        prop_assert_eq!(status, Status::Completed);
                    }
                    status = next;
                    seen.push(status);
                }
            }
            prop_assert!(seen.iter().all(|s| Status::ALL.contains(s)));
        }
    }
}
