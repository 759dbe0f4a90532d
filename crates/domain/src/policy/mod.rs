//! Who may do what. `Act` is what a verb asks for; [`allows`] is the whole policy, an exhaustive match that is printed as a matrix
//! (see the snapshot beside this file) and reviewed as a diff. Rules about *which* object (own tenancy, own order) are pure functions
//! beside the write and restrictive policies in Postgres; this table only says which role may try.
//!
//! Permission names are the specification's (`tickets:read` …); they travel in access tokens.

use serde::{Deserialize, Serialize};

/// A membership's role in one organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Role {
    /// Fettle's own people; made by the command line only; enters one organisation at a time with an audited reason.
    SuperAdmin,
    OrgAdmin,
    Coordinator,
    Viewer,
    Contractor,
    Tenant,
}

impl Role {
    pub const ALL: [Self; 6] = [Self::SuperAdmin, Self::OrgAdmin, Self::Coordinator, Self::Viewer, Self::Contractor, Self::Tenant];
    pub const STAFF: [Self; 3] = [Self::OrgAdmin, Self::Coordinator, Self::Viewer];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SuperAdmin => "SuperAdmin",
            Self::OrgAdmin => "OrgAdmin",
            Self::Coordinator => "Coordinator",
            Self::Viewer => "Viewer",
            Self::Contractor => "Contractor",
            Self::Tenant => "Tenant",
        }
    }
    pub const fn label(self) -> &'static str {
        match self {
            Self::SuperAdmin => "Fettle support",
            Self::OrgAdmin => "Administrator",
            Self::Coordinator => "Coordinator",
            Self::Viewer => "Viewer",
            Self::Contractor => "Contractor",
            Self::Tenant => "Tenant",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.as_str() == text)
    }
    /// Which front door and which database role this role uses.
    pub const fn audience(self) -> Audience {
        match self {
            Self::SuperAdmin | Self::OrgAdmin | Self::Coordinator | Self::Viewer => Audience::Staff,
            Self::Contractor => Audience::Contractor,
            Self::Tenant => Audience::Tenant,
        }
    }
}

/// Whose eyes a transaction has. Each is a database role with its own grants and policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    Staff,
    Tenant,
    Contractor,
    /// A property's owner with one decision to take, by a link.
    Owner,
    /// A guest with one draft and nothing else.
    Reporter,
    /// Background work on behalf of one organisation.
    System,
}

impl Audience {
    pub const ALL: [Self; 6] = [Self::Staff, Self::Tenant, Self::Contractor, Self::Owner, Self::Reporter, Self::System];
    pub const fn db_role(self) -> &'static str {
        match self {
            Self::Staff => "fettle_staff",
            Self::Tenant => "fettle_tenant",
            Self::Contractor => "fettle_contractor",
            Self::Owner => "fettle_owner",
            Self::Reporter => "fettle_reporter",
            Self::System => "fettle_system",
        }
    }
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Tenant => "tenant",
            Self::Contractor => "contractor",
            Self::Owner => "owner",
            Self::Reporter => "reporter",
            Self::System => "system",
        }
    }
}

macro_rules! acts {
    ($($(#[$doc:meta])* $act:ident => $permission:literal),+ $(,)?) => {
        /// What a verb asks leave for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Act { $($(#[$doc])* $act),+ }
        impl Act {
            pub const ALL: &'static [Self] = &[$(Self::$act),+];
            /// The permission's name as tokens carry it.
            pub const fn permission(self) -> &'static str {
                match self { $(Self::$act => $permission),+ }
            }
            pub const fn name(self) -> &'static str {
                match self { $(Self::$act => stringify!($act)),+ }
            }
        }
    };
}

acts! {
    /// Log-in, sessions, password, second factor: everyone's own.
    KeepOwnAccount => "account:own",
    ReadTickets => "tickets:read",
    CreateTicket => "tickets:create",
    UpdateTicket => "tickets:update",
    DeleteTicket => "tickets:delete",
    /// Start and send a report as the renter (or a guest with a draft).
    ReportProblem => "repairs:report",
    /// Read and answer the repairs of one's own home.
    FollowOwnRepairs => "repairs:read",
    ReadEstate => "properties:read",
    ChangeEstate => "properties:update",
    ReadPeople => "contacts:read",
    ChangePeople => "contacts:update",
    /// Key-safe codes and the like: each look is audited.
    SeeAccessCodes => "access-codes:read",
    ImportData => "imports:create",
    ReadTeam => "team:read",
    ChangeTeam => "team:update",
    ReadSettings => "settings:read",
    ChangeSettings => "settings:update",
    ReadAudit => "audit:read",
    /// Export and erasure of one person's data.
    AnswerDataRequest => "privacy:manage",
    ReadWork => "work-orders:read",
    /// Raise, offer, schedule, verify and cancel work orders.
    ManageWork => "work-orders:update",
    /// Complete an order whose checklist is not done; needs a reason.
    OverrideChecklist => "work-orders:override",
    /// Accept, decline, visit and complete one's own orders.
    DoWork => "work:own",
    ReadMoney => "money:read",
    /// Enter a quote or an invoice that came by post or e-mail.
    EnterMoney => "money:create",
    /// Offer a price for one's own order, and send its invoice.
    SendMoney => "money:own",
    /// Approve or reject a quote, variation or invoice; the member's own spend limit is checked beside it.
    DecideMoney => "money:approve",
    /// Mark an invoice paid, and export what is due.
    PayInvoices => "money:pay",
    /// Take the one decision an owner was asked for.
    DecideAsOwner => "approvals:own",
    ReadMessages => "messages:read",
    /// Write to tenants, contractors and owners, and among staff.
    SendMessages => "messages:create",
    /// Background work.
    DoBackgroundWork => "system:work",
}

/// The whole policy.
///
/// A Viewer reads and changes nothing. A Coordinator runs repairs, homes and people but neither the team nor the settings. Access codes
/// are for those who send somebody to the door. Paying and passing over a checklist are an administrator's, so that approving and paying
/// are not one person's by default. SuperAdmin, once inside an organisation, reads everything and changes nothing but settings
/// and team, which is what support is asked for.
pub const fn allows(role: Role, act: Act) -> bool {
    use Act as A;
    use Role as R;
    match act {
        A::KeepOwnAccount => true,
        A::ReadTickets | A::ReadEstate | A::ReadPeople | A::ReadTeam | A::ReadSettings | A::ReadWork | A::ReadMoney | A::ReadMessages => {
            matches!(role, R::SuperAdmin | R::OrgAdmin | R::Coordinator | R::Viewer)
        }
        A::CreateTicket
        | A::UpdateTicket
        | A::ChangeEstate
        | A::ChangePeople
        | A::SeeAccessCodes
        | A::ImportData
        | A::ManageWork
        | A::EnterMoney
        | A::DecideMoney
        | A::SendMessages => matches!(role, R::OrgAdmin | R::Coordinator),
        A::DeleteTicket | A::AnswerDataRequest | A::OverrideChecklist | A::PayInvoices => matches!(role, R::OrgAdmin),
        A::ChangeTeam | A::ChangeSettings | A::ReadAudit => matches!(role, R::SuperAdmin | R::OrgAdmin),
        A::ReportProblem | A::FollowOwnRepairs => matches!(role, R::Tenant),
        A::DoWork | A::SendMoney => matches!(role, R::Contractor),
        // An owner has a link and no role.
        A::DecideAsOwner | A::DoBackgroundWork => false,
    }
}

/// What an audience without a role may do: a guest reports, the worker works.
pub const fn audience_allows(audience: Audience, act: Act) -> bool {
    match audience {
        Audience::Reporter => matches!(act, Act::ReportProblem),
        Audience::System => true,
        Audience::Owner => matches!(act, Act::DecideAsOwner),
        Audience::Staff | Audience::Tenant | Audience::Contractor => false,
    }
}

/// The permissions a role's access token carries, in the order of [`Act::ALL`].
pub fn permissions(role: Role) -> Vec<&'static str> {
    Act::ALL.iter().copied().filter(|act| allows(role, *act)).map(Act::permission).collect()
}

/// The policy as a table for people: one row an act, one column a role.
pub fn matrix() -> String {
    let head: String = Role::ALL.iter().map(|role| format!(" {:>11}", role.as_str())).collect();
    let row = |act: &Act| {
        let cells: String = Role::ALL.iter().map(|role| format!(" {:>11}", if allows(*role, *act) { "✔" } else { "✘" })).collect();
        format!("{:<20} {:<20}{cells}\n", act.name(), act.permission())
    };
    let rows: String = Act::ALL.iter().map(row).collect();
    format!("{:<20} {:<20}{head}\n{rows}", "act", "permission")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_is_what_the_matrix_says() {
        insta::assert_snapshot!(matrix());
    }

    #[test]
    fn a_viewer_changes_nothing() {
        for act in Act::ALL {
            if allows(Role::Viewer, *act) {
                assert!(act.permission().ends_with(":read") || *act == Act::KeepOwnAccount, "{}", act.name());
            }
        }
    }

    #[test]
    fn no_role_works_in_the_background() {
        assert!(Role::ALL.into_iter().all(|role| !allows(role, Act::DoBackgroundWork)));
    }
}
