//! Who you are: log-ins, memberships, sessions.
//!
//! A **login** is a person; a **membership** is their role in one organisation. A session carries one membership; switching is offered where
//! a login has several. Tables: schema `auth` (readable by role `fettle_auth` alone) and `memberships`. This room alone makes a [`Cx`] from a
//! credential. Verbs: [`register`], [`log_in`] and the steps after it, [`sessions`], [`api_tokens`], [`resets`], [`magic`], [`verify`],
//! [`invites`], [`links`], [`second_factor`], [`profile`], [`support`].
//!
//! Promises: tokens are random, only their hash is stored, each is used once and none by a GET; a wrong password, an unknown and a closed
//! account get the same answer after the same time; ten attempts a minute per address and account. Whoever proves an address that was never
//! proved before takes the account from whoever made it with that address: their password, sessions and second factor end.

pub mod api_tokens;
pub mod flashes;
pub mod invites;
pub mod later;
pub mod links;
pub mod log_in;
pub mod magic;
pub mod mails;
pub mod passwords;
pub mod profile;
pub mod register;
pub mod resets;
pub mod second_factor;
pub mod sessions;
pub mod support;
pub mod verify;

mod limits;
mod sql;
mod tokens;

use db::{ActorRecord, AuthTx};
use domain::events::Event;
use domain::policy::{Act, Audience, Role};
use domain::{ContactId, LoginId, MembershipId, OrgId};
use jiff::SignedDuration;
use serde_json::Value;

use crate::{Actor, Contractor, Cx, Error, House, Request, Result, Signed, Staff, Tenant};

pub(crate) use later::register_jobs;
pub use log_in::{Api, Browser, Door, LogIn, Ticket, choose, log_in};
pub use register::{NewOrganisation, Registered, register};

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

/// A place a login may go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    pub id: MembershipId,
    pub org: OrgId,
    pub org_name: String,
    pub role: Role,
    pub name: String,
}

/// Whoever came through the door, by audience.
#[derive(Clone, Debug)]
pub enum Visitor {
    Staff(Cx<Staff>),
    Tenant(Cx<Tenant>),
    /// With a log-in. Who came by an order's link is [`links::Linked`].
    Contractor(Cx<Contractor>, Signed),
}

macro_rules! each {
    ($visitor:expr, $cx:ident => $answer:expr) => {
        match $visitor {
            Visitor::Staff($cx) => $answer,
            Visitor::Tenant($cx) => $answer,
            Visitor::Contractor($cx, _) => $answer,
        }
    };
}

impl Visitor {
    pub(crate) fn admit(house: &House, member: Member, request: Request) -> Result<Self> {
        let Member { org, membership, login, role, contact, name } = member;
        let contact = || contact.ok_or_else(|| Error::internal(anyhow::anyhow!("membership {membership} has no contact")));
        Ok(match role.audience() {
            Audience::Tenant => Self::Tenant(Cx::new(house, org, Tenant { login, membership, contact: contact()?, name }, request)),
            Audience::Contractor => {
                let signed = Signed { login, membership };
                let contractor = Contractor { contact: contact()?, name, member: Some(signed), order: None };
                Self::Contractor(Cx::new(house, org, contractor, request), signed)
            }
            _ => Self::Staff(Cx::new(house, org, Staff { login, membership, role, name }, request)),
        })
    }
    pub fn role(&self) -> Role {
        match self {
            Self::Staff(cx) => cx.role(),
            Self::Tenant(_) => Role::Tenant,
            Self::Contractor(..) => Role::Contractor,
        }
    }
    pub fn org(&self) -> OrgId {
        each!(self, cx => cx.org())
    }
    pub fn login(&self) -> LoginId {
        match self {
            Self::Staff(cx) => cx.login(),
            Self::Tenant(cx) => cx.login(),
            Self::Contractor(_, signed) => signed.login,
        }
    }
    pub fn membership(&self) -> MembershipId {
        match self {
            Self::Staff(cx) => cx.membership(),
            Self::Tenant(cx) => cx.membership(),
            Self::Contractor(_, signed) => signed.membership,
        }
    }
    pub fn name(&self) -> &str {
        each!(self, cx => &cx.actor().name)
    }
    pub fn house(&self) -> &House {
        each!(self, cx => cx.house())
    }
    pub fn request(&self) -> &Request {
        each!(self, cx => cx.request())
    }
    /// Where this visitor's day begins.
    pub fn home(&self) -> &'static str {
        match self {
            Self::Staff(_) => "/staff",
            Self::Tenant(_) => "/repairs",
            Self::Contractor(..) => "/work",
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
    /// # Errors
    /// `Forbidden` for anybody but a contractor.
    pub fn contractor(self) -> Result<Cx<Contractor>> {
        match self {
            Self::Contractor(cx, _) => Ok(cx),
            _ => Err(Error::Forbidden),
        }
    }
    /// A transaction on this visitor's own log-in, inside their organisation.
    async fn begin_own(&self) -> Result<AuthTx> {
        each!(self, cx => begin_as(cx, Act::KeepOwnAccount).await)
    }
}

/// A transaction on log-ins on behalf of an actor, inside their organisation, when the policy lets them.
async fn begin_as<A: Actor>(me: &Cx<A>, act: Act) -> Result<AuthTx> {
    if !me.may(act) {
        return Err(Error::Forbidden);
    }
    let actor = ActorRecord { ip: me.request().ip, user_agent: me.request().user_agent.clone(), ..me.actor().record() };
    let mut tx = AuthTx::begin(me.house().db(), actor, me.now()).await?;
    tx.enter(me.org()).await?;
    me.take_claim(&mut tx).await?;
    Ok(tx)
}

/// A transaction on log-ins before anybody is known.
async fn anonymous(house: &House) -> Result<AuthTx> {
    Ok(AuthTx::begin(house.db(), ActorRecord { kind: "system", ..ActorRecord::default() }, house.now()).await?)
}

/// From here on the transaction speaks for this member, inside their organisation.
async fn become_member(tx: &mut AuthTx, member: &Member, request: &Request) -> Result<()> {
    tx.as_login(member.login).await?;
    tx.enter(member.org).await?;
    let kind = match member.role {
        Role::SuperAdmin => "support",
        role => role.audience().as_str(),
    };
    tx.act_as(ActorRecord {
        kind,
        membership: Some(member.membership),
        contact: member.contact,
        name: Some(member.name.clone()),
        ip: request.ip,
        user_agent: request.user_agent.clone(),
    });
    Ok(())
}

/// An event about the login itself. It goes into the audit of the organisation the transaction is in, and on no timeline.
fn about_login(kind: &'static str, login: LoginId, new: Value) -> Event {
    Event::new(kind, "login", login).audit_only().created(new)
}

/// Throws away what has been over for a day: attempts, flashes, links, sessions, refresh tokens. Safe to run at any time, by any number;
/// [`later`] has it run every hour.
pub async fn sweep(house: &House) -> Result<()> {
    let mut tx = anonymous(house).await?;
    let before = tx.now() - SignedDuration::from_hours(24);
    sql::tokens::sweep(&mut tx, before).await?;
    Ok(tx.commit().await?)
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
pub async fn organisation<A: Actor>(cx: &Cx<A>) -> Result<Organisation> {
    let mut tx = cx.begin(Act::KeepOwnAccount).await?;
    let found = sql::memberships::organisation(&mut tx).await?;
    tx.done().await?;
    Ok(found)
}
