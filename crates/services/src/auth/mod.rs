//! Who you are: log-ins, memberships, sessions.
//!
//! A **login** is a person; a **membership** is their role in one organisation. A session carries one membership; switching is offered where
//! a login has several. Tables: schema `auth` (readable by role `fettle_auth` alone) and `memberships`. This room alone makes a [`Cx`] from a
//! credential. Tokens are random, only their SHA-256 is stored.

pub mod sessions;
mod sql;

use domain::policy::{Audience, Role};
use domain::{ContactId, LoginId, MembershipId, OrgId};

use crate::{Contractor, Cx, Error, House, Request, Result, Staff, Tenant};

/// A membership whose login has been proved, not yet an actor.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) org: OrgId,
    pub(crate) membership: MembershipId,
    pub(crate) login: LoginId,
    pub(crate) role: Role,
    pub(crate) contact: Option<ContactId>,
    pub(crate) name: String,
}

/// Whoever came through the door, by audience.
#[derive(Clone, Debug)]
pub enum Visitor {
    Staff(Cx<Staff>),
    Tenant(Cx<Tenant>),
    Contractor(Cx<Contractor>),
}

impl Visitor {
    pub(crate) fn admit(house: &House, member: Member, request: Request) -> Result<Self> {
        let Member { org, membership, login, role, contact, name } = member;
        let contact = || contact.ok_or_else(|| Error::internal(anyhow::anyhow!("membership {membership} has no contact")));
        Ok(match role.audience() {
            Audience::Tenant => Self::Tenant(Cx::new(house, org, Tenant { login, membership, contact: contact()?, name }, request)),
            Audience::Contractor => Self::Contractor(Cx::new(house, org, Contractor { login, membership, contact: contact()?, name }, request)),
            _ => Self::Staff(Cx::new(house, org, Staff { login, membership, role, name }, request)),
        })
    }
    pub fn role(&self) -> Role {
        match self {
            Self::Staff(cx) => cx.role(),
            Self::Tenant(_) => Role::Tenant,
            Self::Contractor(_) => Role::Contractor,
        }
    }
    pub fn org(&self) -> OrgId {
        match self {
            Self::Staff(cx) => cx.org(),
            Self::Tenant(cx) => cx.org(),
            Self::Contractor(cx) => cx.org(),
        }
    }
    pub fn login(&self) -> LoginId {
        match self {
            Self::Staff(cx) => cx.login(),
            Self::Tenant(cx) => cx.login(),
            Self::Contractor(cx) => cx.login(),
        }
    }
    /// Where this visitor's day begins.
    pub fn home(&self) -> &'static str {
        match self {
            Self::Staff(_) => "/staff",
            Self::Tenant(_) => "/repairs",
            Self::Contractor(_) => "/account",
        }
    }
    /// # Errors
    /// `Forbidden` for anybody but staff.
    pub fn staff(self) -> Result<Cx<Staff>> {
        match self {
            Self::Staff(cx) => Ok(cx),
            _ => Err(Error::Forbidden),
        }
    }
    /// # Errors
    /// `Forbidden` for anybody but a tenant.
    pub fn tenant(self) -> Result<Cx<Tenant>> {
        match self {
            Self::Tenant(cx) => Ok(cx),
            _ => Err(Error::Forbidden),
        }
    }
}

/// What pages say about the organisation a visitor is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    pub name: String,
    pub slug: String,
}

/// The visitor's organisation.
///
/// # Errors
/// `Unavailable` when Postgres is away.
pub async fn organisation<A: crate::Actor>(cx: &Cx<A>) -> Result<Organisation> {
    let mut tx = cx.begin(domain::policy::Act::KeepOwnAccount).await?;
    let found = sql::organisation(&mut tx).await?;
    tx.done().await?;
    Ok(found)
}
