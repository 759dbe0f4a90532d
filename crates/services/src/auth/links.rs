//! Links that open one thing without a log-in: a contractor's work order, an owner's decision.
//!
//! A link is a credential like a session: 256 random bits, kept as a hash, sent by [`crate::mail::send_secret_later`]'s way alone. It is not
//! used up by use, because a contractor opens an order many times; it ends when it expires, when the offer is withdrawn or the decision
//! taken. A GET of it changes nothing (mail scanners follow links): the page shows a button, and its POST puts the link into a cookie.

use db::OrgTx;
use domain::{ApprovalId, ContactId, WorkOrderId};
use jiff::SignedDuration;

use super::{anonymous, sql, tokens};
use crate::cx::{Contractor, Owner};
use crate::{Cx, Error, House, Request, Result};

/// An order's link works this long, unless it is revoked: longer than any repair should take, with its invoice.
pub const ORDER_LASTS: SignedDuration = SignedDuration::from_hours(24 * 120);
/// An owner's decision is asked for this long.
pub const APPROVAL_LASTS: SignedDuration = SignedDuration::from_hours(24 * 30);
/// A calendar is subscribed to once and forgotten; it ends when it is revoked, or after this.
pub const CALENDAR_LASTS: SignedDuration = SignedDuration::from_hours(24 * 730);

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opens {
    Order(WorkOrderId),
    Approval(ApprovalId),
    /// A contractor's own times and places, for their telephone's calendar.
    Calendar,
}

/// Who came by a link.
#[derive(Clone, Debug)]
pub enum Linked {
    /// Sees this one order of theirs, and no other.
    Order(Cx<Contractor>, WorkOrderId),
    Approval(Cx<Owner>, ApprovalId),
}

/// Makes a link for this contact in the caller's transaction; the answer is the secret itself, which exists nowhere else. Its address is
/// `/w/{secret}` for an order and `/o/{secret}` for a decision.
pub(crate) async fn make(tx: &mut OrgTx, contact: ContactId, opens: Opens) -> Result<String> {
    let secret = tokens::fresh();
    let lasts = match opens {
        Opens::Order(_) => ORDER_LASTS,
        Opens::Approval(_) => APPROVAL_LASTS,
        Opens::Calendar => CALENDAR_LASTS,
    };
    let expires_at = tx.now() + lasts;
    sql::links::make(tx, domain::uuid_v7(tx.now(), crate::house::random()), &tokens::hash(&secret), contact, opens, expires_at).await?;
    Ok(secret)
}

/// Ends every link to this order, or only this contractor's.
pub(crate) async fn revoke_order(tx: &mut OrgTx, order: WorkOrderId, contact: Option<ContactId>) -> Result<()> {
    sql::links::revoke(tx, Some(order), contact, None).await
}

/// Who a link's secret belongs to. Changes nothing.
///
/// # Errors
/// `NotFound` when it is unknown, expired or revoked, or its contact is gone: which of them is nobody's business.
pub async fn resolve(house: &House, secret: &str, request: Request) -> Result<Linked> {
    let (found, name) = look(house, secret).await?;
    let (org, contact) = (found.org, found.contact);
    Ok(match found.opens {
        Opens::Order(order) => {
            Linked::Order(Cx::new(house, org, Contractor { contact, name, member: None, order: Some(order) }, request), order)
        }
        Opens::Approval(approval) => Linked::Approval(Cx::new(house, org, Owner { contact, name, approval }, request), approval),
        // A calendar's address is in somebody else's calendar server: it opens no page.
        Opens::Calendar => return Err(Error::NotFound),
    })
}

async fn look(house: &House, secret: &str) -> Result<(sql::links::Link, String)> {
    let mut tx = anonymous(house).await?;
    let found = sql::links::live(&mut tx, &tokens::hash(secret)).await?.ok_or(Error::NotFound)?;
    tx.enter(found.org).await?;
    let name = sql::links::contact_name(&mut tx, found.contact).await?.ok_or(Error::NotFound)?;
    tx.commit().await?;
    Ok((found, name))
}

/// The contractor behind a calendar's secret, for the feed alone: what comes by it must never reach a verb that changes anything.
///
/// # Errors
/// `NotFound` when it is unknown, expired or revoked, or opens something else.
pub(crate) async fn calendar(house: &House, secret: &str, request: Request) -> Result<Cx<Contractor>> {
    let (found, name) = look(house, secret).await?;
    match found.opens {
        Opens::Calendar => Ok(Cx::new(house, found.org, Contractor { contact: found.contact, name, member: None, order: None }, request)),
        Opens::Order(_) | Opens::Approval(_) => Err(Error::NotFound),
    }
}
