//! The people who work in the organisation, as the team page shows them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::MembershipId;
use crate::policy::Role;

/// A line of the team page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colleague {
    pub id: MembershipId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub job_title: Option<String>,
    pub standing: Standing,
    /// Invited, and the invitation taken back before they accepted it.
    pub is_withdrawn: bool,
    /// Tickets that are theirs and neither closed nor cancelled.
    pub open_tickets: i64,
    pub last_seen_at: Option<Timestamp>,
    pub is_me: bool,
    pub version: i32,
}

crate::people::words!(
    /// Where a membership stands.
    Standing {
        Invited => "invited", "Invited";
        Active => "active", "Active";
        Deactivated => "deactivated", "Access ended";
    }
);
