//! A ticket follows its orders: Assigned when one is put to somebody, In progress when somebody is on site, Completed when all that are live are
//! done, and handed back to triage when the last offer falls away (decisions.md, Tickets).

use super::Status;
use crate::tickets::{Move, Status as Ticket};

/// The moves a ticket makes, one after the other, because one of its orders has just become `moved_to`. `orders` are all of its orders, that one
/// included as it now is.
///
/// It matters which order moved: a ticket that was opened again still has the order that was done before, and that one does not complete it when
/// the new one is called off.
pub fn ticket_moves(ticket: Ticket, moved_to: Status, orders: &[Status]) -> Vec<Move> {
    let mut moves = Vec::new();
    let mut at = ticket;
    while let Some(step) = next(at, moved_to, orders) {
        // A state machine of seven states cannot have further to go; this only keeps a mistake from going round for ever.
        if moves.len() == 4 {
            break;
        }
        moves.push(step);
        at = step.leads_to();
    }
    moves
}

fn next(ticket: Ticket, moved_to: Status, orders: &[Status]) -> Option<Move> {
    let is_out = orders.iter().any(|s| s.is_out());
    let mut live = orders.iter().filter(|s| **s != Status::Cancelled).peekable();
    let all_done = live.peek().is_some() && live.all(|s| s.is_finished());
    let step = match (ticket, moved_to) {
        (Ticket::New | Ticket::Triaged, to) if to.is_out() || to == Status::Done => Move::Assign,
        (Ticket::Assigned, Status::InProgress | Status::Done) => Move::Start,
        (Ticket::Assigned, Status::Draft | Status::Cancelled) if !is_out => Move::HandBack,
        (Ticket::InProgress, Status::Done | Status::Cancelled) if all_done => Move::Complete,
        // Sent back, or more was found to do: it was not finished after all.
        (Ticket::Completed, to) if to.is_out() => Move::Reopen,
        _ => return None,
    };
    ticket.moves().contains(&step).then_some(step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use Status as O;
    use Ticket as T;

    #[test]
    fn a_ticket_follows_its_orders() {
        for (ticket, moved_to, orders, moves) in [
            (T::New, O::Draft, &[O::Draft][..], &[][..]),
            (T::New, O::Offered, &[O::Offered], &[Move::Assign]),
            (T::Triaged, O::Accepted, &[O::Accepted], &[Move::Assign]),
            (T::Assigned, O::Scheduled, &[O::Scheduled], &[]),
            (T::Assigned, O::InProgress, &[O::InProgress, O::Offered], &[Move::Start]),
            (T::InProgress, O::Done, &[O::Done, O::Offered], &[]),
            (T::InProgress, O::Done, &[O::Done, O::Verified, O::Cancelled], &[Move::Complete]),
            // Done by somebody who never pressed "on site".
            (T::Assigned, O::Done, &[O::Done], &[Move::Start, Move::Complete]),
            // A follow-on that is still a draft keeps it open; calling that off finishes it.
            (T::InProgress, O::Done, &[O::Done, O::Draft], &[]),
            (T::InProgress, O::Cancelled, &[O::Done, O::Cancelled], &[Move::Complete]),
            // The last offer falls away.
            (T::Assigned, O::Draft, &[O::Draft], &[Move::HandBack]),
            (T::Assigned, O::Draft, &[O::Draft, O::Offered], &[]),
            // Opened again: the order done before does not complete it.
            (T::Triaged, O::Offered, &[O::Done, O::Offered], &[Move::Assign]),
            (T::Assigned, O::Cancelled, &[O::Done, O::Cancelled], &[Move::HandBack]),
            (T::Completed, O::Accepted, &[O::Accepted], &[Move::Reopen, Move::Assign]),
            (T::Completed, O::Verified, &[O::Verified], &[]),
            (T::Closed, O::Accepted, &[O::Accepted], &[]),
            (T::Cancelled, O::Done, &[O::Done], &[]),
        ] {
            assert_eq!(ticket_moves(ticket, moved_to, orders), moves, "{ticket:?} {moved_to:?} {orders:?}");
        }
    }

    proptest! {
        /// Every move is legal from where the one before led, and asking again changes nothing.
        #[test]
        fn following_is_legal_and_comes_to_rest(ticket in 0usize..7, moved in 0usize..8, others in proptest::collection::vec(0usize..8, 0..5)) {
            let moved = O::ALL[moved];
            let orders: Vec<O> = others.into_iter().map(|o| O::ALL[o]).chain([moved]).collect();
            let mut at = T::ALL[ticket];
            for step in ticket_moves(at, moved, &orders) {
                at = at.after(step).expect("a legal move");
            }
            prop_assert_eq!(ticket_moves(at, moved, &orders), &[]);
        }
    }
}
