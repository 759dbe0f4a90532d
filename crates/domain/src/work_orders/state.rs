//! The state machines of an order, an offer and a visit (decisions.md, Work orders).
//!
//! An order is Draft until it is put to somebody, Offered until somebody takes it, Accepted until there is a time, Scheduled until somebody is on
//! site, In progress until it is Done, and Verified when staff have seen that. It falls back to Draft when its last offer falls away or the
//! contractor hands it back; work that was not right is sent back, and the same order goes on. Work can be done without anybody having pressed
//! "on site", because plumbers have wet hands.

use thiserror::Error;

use crate::faults::coded;

/// A step that is not legal from where the thing stands; nothing is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("This {what} is {}, so it cannot be moved on by “{}”", .from.to_lowercase(), .step.to_lowercase())]
pub struct WrongStep {
    /// `work order`, `offer` or `visit`.
    pub what: &'static str,
    pub from: &'static str,
    pub step: &'static str,
}

/// Gives a status its moves: which are legal from where, in the order a person would expect them on a menu.
macro_rules! machine {
    ($status:ident, $step:ident, $what:literal, { $($from:ident => [$($by:ident -> $to:ident),* $(,)?]),+ $(,)? }) => {
        impl $status {
            /// The moves that are legal from here.
            pub const fn moves(self) -> &'static [$step] {
                match self { $(Self::$from => &[$($step::$by),*]),+ }
            }
            /// # Errors
            /// [`WrongStep`] when the move is not legal from here.
            pub fn after(self, step: $step) -> Result<Self, WrongStep> {
                match (self, step) {
                    $($((Self::$from, $step::$by) => Ok(Self::$to),)*)+
                    _ => Err(WrongStep { what: $what, from: self.label(), step: step.label() }),
                }
            }
        }
    };
}

coded! {
    /// Where a work order stands.
    Status {
        Draft = "DRAFT", "Draft";
        Offered = "OFFERED", "Offered";
        Accepted = "ACCEPTED", "Accepted";
        Scheduled = "SCHEDULED", "Scheduled";
        InProgress = "IN_PROGRESS", "In progress";
        Done = "DONE", "Done";
        Verified = "VERIFIED", "Verified";
        Cancelled = "CANCELLED", "Cancelled";
    }
}

coded! {
    /// What can be done with a work order; the label is the verb on a button.
    Move {
        Offer = "OFFER", "Offer it";
        /// The last offer fell away.
        FallBack = "FALL_BACK", "Take back to draft";
        Accept = "ACCEPT", "Accept";
        Schedule = "SCHEDULE", "Schedule";
        /// The last booked time was cancelled.
        Unschedule = "UNSCHEDULE", "Take off the calendar";
        /// The contractor hands it back, or staff take it away.
        Release = "RELEASE", "Hand back";
        Start = "START", "Start work";
        Complete = "COMPLETE", "Mark as done";
        SendBack = "SEND_BACK", "Send back";
        Verify = "VERIFY", "Verify";
        Cancel = "CANCEL", "Cancel the work order";
    }
}

machine!(Status, Move, "work order", {
    Draft => [Offer -> Offered, Accept -> Accepted, Cancel -> Cancelled],
    Offered => [Offer -> Offered, Accept -> Accepted, FallBack -> Draft, Cancel -> Cancelled],
    Accepted => [Schedule -> Scheduled, Start -> InProgress, Complete -> Done, Release -> Draft, Cancel -> Cancelled],
    Scheduled => [Start -> InProgress, Unschedule -> Accepted, Complete -> Done, Release -> Draft, Cancel -> Cancelled],
    InProgress => [Complete -> Done, Unschedule -> Accepted, Cancel -> Cancelled],
    Done => [Verify -> Verified, SendBack -> Accepted],
    Verified => [],
    Cancelled => [],
});

impl Status {
    /// Not finished and not called off.
    pub const LIVE: [Self; 5] = [Self::Draft, Self::Offered, Self::Accepted, Self::Scheduled, Self::InProgress];

    pub fn is_live(self) -> bool {
        Self::LIVE.contains(&self)
    }
    /// A contractor has it and it is not finished: only now are the way in and the tenant's number theirs to know.
    pub const fn is_allocated(self) -> bool {
        matches!(self, Self::Accepted | Self::Scheduled | Self::InProgress)
    }
    /// It is with somebody: put to them or taken.
    pub const fn is_out(self) -> bool {
        matches!(self, Self::Offered) || self.is_allocated()
    }
    pub const fn is_finished(self) -> bool {
        matches!(self, Self::Done | Self::Verified)
    }
    /// What its contractor reads.
    pub const fn contractor_label(self) -> &'static str {
        match self {
            Self::Draft => "Not with you",
            Self::Offered => "Offered to you",
            Self::Accepted => "Needs a time",
            Self::Scheduled => "Booked",
            Self::InProgress => "Under way",
            Self::Done => "Done, to be checked",
            Self::Verified => "Done and checked",
            Self::Cancelled => "Cancelled",
        }
    }
    /// What the tenant reads.
    pub const fn tenant_label(self) -> &'static str {
        match self {
            Self::Draft | Self::Offered => "Being arranged",
            Self::Accepted => "A time is being arranged",
            Self::Scheduled => "Booked",
            Self::InProgress => "Under way",
            Self::Done | Self::Verified => "Done",
            Self::Cancelled => "Cancelled",
        }
    }
}

coded! {
    /// What became of an offer.
    OfferStatus {
        Sent = "SENT", "Waiting for an answer";
        Accepted = "ACCEPTED", "Accepted";
        Declined = "DECLINED", "Declined";
        Withdrawn = "WITHDRAWN", "Withdrawn";
        Expired = "EXPIRED", "Expired";
    }
}

coded! {
    OfferMove {
        Accept = "ACCEPT", "Accept";
        Decline = "DECLINE", "Decline";
        Withdraw = "WITHDRAW", "Withdraw";
        Expire = "EXPIRE", "Expire";
    }
}

machine!(OfferStatus, OfferMove, "offer", {
    Sent => [Accept -> Accepted, Decline -> Declined, Withdraw -> Withdrawn, Expire -> Expired],
    // Handed back after all, or taken away.
    Accepted => [Decline -> Declined, Withdraw -> Withdrawn],
    Declined => [],
    Withdrawn => [],
    Expired => [],
});

coded! {
    /// Where a visit stands.
    VisitStatus {
        Proposed = "PROPOSED", "Proposed";
        /// Picked by the tenant, for a quarter of an hour, until the other side says yes.
        Held = "HELD", "Held";
        Confirmed = "CONFIRMED", "Confirmed";
        OnSite = "ON_SITE", "On site";
        Done = "DONE", "Done";
        NoAccess = "NO_ACCESS", "No access";
        Cancelled = "CANCELLED", "Cancelled";
    }
}

coded! {
    VisitMove {
        Pick = "PICK", "Pick this time";
        LetGo = "LET_GO", "Let go";
        Confirm = "CONFIRM", "Confirm";
        Arrive = "ARRIVE", "I am on site";
        Leave = "LEAVE", "Leave";
        FindNobody = "FIND_NOBODY", "No access";
        Cancel = "CANCEL", "Cancel the visit";
    }
}

machine!(VisitStatus, VisitMove, "visit", {
    Proposed => [Pick -> Held, Confirm -> Confirmed, Cancel -> Cancelled],
    Held => [Confirm -> Confirmed, LetGo -> Proposed, Arrive -> OnSite, Cancel -> Cancelled],
    Confirmed => [Arrive -> OnSite, FindNobody -> NoAccess, Leave -> Done, Cancel -> Cancelled],
    OnSite => [Leave -> Done, FindNobody -> NoAccess],
    Done => [],
    NoAccess => [],
    Cancelled => [],
});

impl VisitStatus {
    /// It takes up somebody's time.
    pub const fn is_booked(self) -> bool {
        matches!(self, Self::Held | Self::Confirmed | Self::OnSite)
    }
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Proposed) || self.is_booked()
    }
    pub const fn tenant_label(self) -> &'static str {
        match self {
            Self::Proposed => "Suggested: pick one",
            Self::Held => "Picked: being confirmed",
            Self::Confirmed => "Confirmed",
            Self::OnSite => "They are there now",
            Self::Done => "They were there",
            Self::NoAccess => "They could not get in",
            Self::Cancelled => "Cancelled",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_tables() {
        let mut table = String::new();
        let mut row = |from: &str, by: &str, to: &str| table = format!("{table}{from} --{by}--> {to}\n");
        for &from in Status::ALL {
            from.moves().iter().for_each(|m| row(from.as_str(), m.as_str(), from.after(*m).expect("legal").as_str()));
        }
        for &from in OfferStatus::ALL {
            from.moves().iter().for_each(|m| row(from.as_str(), m.as_str(), from.after(*m).expect("legal").as_str()));
        }
        for &from in VisitStatus::ALL {
            from.moves().iter().for_each(|m| row(from.as_str(), m.as_str(), from.after(*m).expect("legal").as_str()));
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn an_illegal_step_says_so_in_words() {
        let refusal = Status::Verified.after(Move::Start).expect_err("illegal");
        assert_eq!(refusal.to_string(), "This work order is verified, so it cannot be moved on by “start work”");
        let refusal = OfferStatus::Withdrawn.after(OfferMove::Accept).expect_err("illegal");
        assert_eq!(refusal.to_string(), "This offer is withdrawn, so it cannot be moved on by “accept”");
    }

    proptest! {
        /// Whatever is pressed: what is cancelled or verified stays so, nothing is done that nobody had, and what is allocated was accepted.
        #[test]
        fn any_walk_of_an_order_stays_on_the_map(steps in proptest::collection::vec(0usize..11, 0..60)) {
            let mut status = Status::Draft;
            let mut had = false;
            for step in steps {
                let step = Move::ALL[step];
                prop_assert_eq!(status.moves().contains(&step), status.after(step).is_ok());
                if let Ok(next) = status.after(step) {
                    prop_assert!(!matches!(status, Status::Cancelled | Status::Verified));
                    had = (had || step == Move::Accept) && !matches!(step, Move::Release | Move::FallBack);
                    prop_assert_eq!(had || next == Status::Cancelled, next.is_allocated() || next.is_finished() || next == Status::Cancelled);
                    status = next;
                }
            }
        }

        #[test]
        fn a_visit_ends_once(steps in proptest::collection::vec(0usize..7, 0..40)) {
            let mut status = VisitStatus::Proposed;
            for step in steps {
                if let Ok(next) = status.after(VisitMove::ALL[step]) {
                    prop_assert!(status.is_open());
                    status = next;
                }
            }
        }
    }
}
