use std::net::IpAddr;

use db::{ActorRecord, OrgTx, Scope, Transactional};
use domain::policy::{Act, Audience, Role, allows, audience_allows};
use domain::{ApprovalId, ContactId, DraftId, LoginId, MembershipId, OrgId, WorkOrderId};
use jiff::Timestamp;

use crate::idempotency::Claim;
use crate::{Error, House, Result};

/// Somebody who can be inside an organisation. Sealed: the six below are all.
pub trait Actor: Clone + Send + Sync + sealed::Sealed + 'static {
    fn scope(&self, org: OrgId) -> Scope;
    fn record(&self) -> ActorRecord;
    fn may(&self, act: Act) -> bool;
}

/// A member of staff: OrgAdmin, Coordinator or Viewer (or Fettle's support, entered with a reason).
#[derive(Clone, Debug)]
pub struct Staff {
    pub(crate) login: LoginId,
    pub(crate) membership: MembershipId,
    pub(crate) role: Role,
    pub(crate) name: String,
}

/// A renter, logged in.
#[derive(Clone, Debug)]
pub struct Tenant {
    pub(crate) login: LoginId,
    pub(crate) membership: MembershipId,
    pub(crate) contact: ContactId,
    pub(crate) name: String,
}

/// A contractor: logged in, or come by the link to one order.
#[derive(Clone, Debug)]
pub struct Contractor {
    pub(crate) contact: ContactId,
    pub(crate) name: String,
    /// With a log-in.
    pub(crate) member: Option<Signed>,
    /// The one order that a link opens; none with a log-in, which opens all of theirs.
    pub(crate) order: Option<WorkOrderId>,
}

/// Which log-in, as which member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signed {
    pub login: LoginId,
    pub membership: MembershipId,
}

/// A property's owner, by the link to one decision.
#[derive(Clone, Debug)]
pub struct Owner {
    pub(crate) contact: ContactId,
    pub(crate) name: String,
    pub(crate) approval: ApprovalId,
}

/// A guest with one draft.
#[derive(Clone, Debug)]
pub struct Reporter {
    pub(crate) draft: DraftId,
}

/// Background work on behalf of one organisation.
#[derive(Clone, Debug)]
pub struct System {
    pub(crate) because: &'static str,
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Staff {}
    impl Sealed for super::Tenant {}
    impl Sealed for super::Contractor {}
    impl Sealed for super::Owner {}
    impl Sealed for super::Reporter {}
    impl Sealed for super::System {}
}

impl Actor for Staff {
    fn scope(&self, org: OrgId) -> Scope {
        Scope { membership: Some(self.membership), ..Scope::of(org, Audience::Staff) }
    }
    fn record(&self) -> ActorRecord {
        let kind = if self.role == Role::SuperAdmin { "support" } else { "staff" };
        ActorRecord { kind, membership: Some(self.membership), name: Some(self.name.clone()), ..ActorRecord::default() }
    }
    fn may(&self, act: Act) -> bool {
        allows(self.role, act)
    }
}
impl Actor for Tenant {
    fn scope(&self, org: OrgId) -> Scope {
        Scope { membership: Some(self.membership), contact: Some(self.contact), ..Scope::of(org, Audience::Tenant) }
    }
    fn record(&self) -> ActorRecord {
        ActorRecord {
            kind: "tenant",
            membership: Some(self.membership),
            contact: Some(self.contact),
            name: Some(self.name.clone()),
            ..ActorRecord::default()
        }
    }
    fn may(&self, act: Act) -> bool {
        allows(Role::Tenant, act)
    }
}
impl Actor for Contractor {
    fn scope(&self, org: OrgId) -> Scope {
        Scope {
            membership: self.member.map(|m| m.membership),
            contact: Some(self.contact),
            order: self.order,
            ..Scope::of(org, Audience::Contractor)
        }
    }
    fn record(&self) -> ActorRecord {
        ActorRecord {
            kind: "contractor",
            membership: self.member.map(|m| m.membership),
            contact: Some(self.contact),
            name: Some(self.name.clone()),
            ..ActorRecord::default()
        }
    }
    fn may(&self, act: Act) -> bool {
        allows(Role::Contractor, act)
    }
}
impl Actor for Owner {
    fn scope(&self, org: OrgId) -> Scope {
        Scope { contact: Some(self.contact), approval: Some(self.approval), ..Scope::of(org, Audience::Owner) }
    }
    fn record(&self) -> ActorRecord {
        ActorRecord { kind: "owner", contact: Some(self.contact), name: Some(self.name.clone()), ..ActorRecord::default() }
    }
    fn may(&self, act: Act) -> bool {
        audience_allows(Audience::Owner, act)
    }
}
impl Actor for Reporter {
    fn scope(&self, org: OrgId) -> Scope {
        Scope { draft: Some(self.draft), ..Scope::of(org, Audience::Reporter) }
    }
    fn record(&self) -> ActorRecord {
        ActorRecord { kind: "reporter", ..ActorRecord::default() }
    }
    fn may(&self, act: Act) -> bool {
        audience_allows(Audience::Reporter, act)
    }
}
impl Actor for System {
    fn scope(&self, org: OrgId) -> Scope {
        Scope::of(org, Audience::System)
    }
    fn record(&self) -> ActorRecord {
        ActorRecord { kind: "system", name: Some(self.because.to_owned()), ..ActorRecord::default() }
    }
    fn may(&self, act: Act) -> bool {
        audience_allows(Audience::System, act)
    }
}

/// Where a request came from, for the audit and the limits.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub ip: Option<IpAddr>,
    pub user_agent: Option<String>,
    /// The request id that log lines and the API's `traceId` carry.
    pub trace: String,
}

/// An authenticated actor inside one organisation. It has no public constructor: `auth` returns one after checking a session, a token or a
/// link; the worker makes one for the organisation a job carries.
#[derive(Clone, Debug)]
pub struct Cx<A: Actor> {
    house: House,
    org: OrgId,
    actor: A,
    request: Request,
    claim: Option<Claim>,
}

impl<A: Actor> Cx<A> {
    pub(crate) fn new(house: &House, org: OrgId, actor: A, request: Request) -> Self {
        Self { house: house.clone(), org, actor, request, claim: None }
    }
    /// The same actor, whose transactions take an idempotency key with them.
    #[must_use]
    pub fn claiming(self, claim: Claim) -> Self {
        Self { claim: Some(claim), ..self }
    }
    pub fn house(&self) -> &House {
        &self.house
    }
    pub const fn org(&self) -> OrgId {
        self.org
    }
    pub const fn actor(&self) -> &A {
        &self.actor
    }
    pub const fn request(&self) -> &Request {
        &self.request
    }
    pub fn now(&self) -> Timestamp {
        self.house.now()
    }
    pub fn may(&self, act: Act) -> bool {
        self.actor.may(act)
    }

    /// The only way to a transaction: asks the policy, then begins inside the organisation with the audience's eyes.
    ///
    /// # Errors
    /// `Forbidden` when the policy says no; `Unavailable` when Postgres is away.
    pub async fn begin(&self, act: Act) -> Result<OrgTx> {
        if !self.may(act) {
            return Err(Error::Forbidden);
        }
        let actor = ActorRecord { ip: self.request.ip, user_agent: self.request.user_agent.clone(), ..self.actor.record() };
        let scope = self.actor.scope(self.org);
        let mut tx = OrgTx::begin(self.house.db(), scope, actor, self.house.now()).await?;
        self.take_claim(&mut tx).await?;
        Ok(tx)
    }

    /// Takes this request's idempotency key, where it has one, in a transaction of any kind that is inside the organisation.
    pub(crate) async fn take_claim(&self, tx: &mut impl Transactional) -> Result<()> {
        match (&self.claim, self.actor.scope(self.org).membership) {
            (Some(claim), Some(member)) => claim.take(tx, self.org, member).await,
            _ => Ok(()),
        }
    }
}

impl Cx<Staff> {
    pub const fn role(&self) -> Role {
        self.actor.role
    }
    pub const fn membership(&self) -> MembershipId {
        self.actor.membership
    }
    pub const fn login(&self) -> LoginId {
        self.actor.login
    }
    pub fn name(&self) -> &str {
        &self.actor.name
    }
}
impl Cx<Tenant> {
    pub const fn contact(&self) -> ContactId {
        self.actor.contact
    }
    pub const fn membership(&self) -> MembershipId {
        self.actor.membership
    }
    pub const fn login(&self) -> LoginId {
        self.actor.login
    }
    pub fn name(&self) -> &str {
        &self.actor.name
    }
}
impl Cx<Contractor> {
    pub const fn contact(&self) -> ContactId {
        self.actor.contact
    }
    pub fn name(&self) -> &str {
        &self.actor.name
    }
    /// The one order that may be seen; none for a log-in, which sees all of theirs.
    pub const fn only_order(&self) -> Option<WorkOrderId> {
        self.actor.order
    }
    pub const fn has_login(&self) -> bool {
        self.actor.member.is_some()
    }
}
impl Cx<Owner> {
    pub const fn contact(&self) -> ContactId {
        self.actor.contact
    }
    pub fn name(&self) -> &str {
        &self.actor.name
    }
    pub const fn approval(&self) -> ApprovalId {
        self.actor.approval
    }
}
impl Cx<Reporter> {
    pub const fn draft(&self) -> DraftId {
        self.actor.draft
    }
}
impl Cx<System> {
    /// Background work for `org`; `because` names the job or command.
    pub fn system(house: &House, org: OrgId, because: &'static str) -> Self {
        Self::new(house, org, System { because }, Request::default())
    }
}
