use std::net::IpAddr;

use domain::events::Event;
use domain::policy::Audience;
use domain::{ApprovalId, ContactId, DraftId, LoginId, MembershipId, OrgId, WorkOrderId};
use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, PgConnection, PgPool, Postgres, Transaction};
use uuid::Uuid;

use crate::{Db, DbError};

/// Whose transaction it is. Built by `services` from a checked credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    pub org: OrgId,
    pub audience: Audience,
    pub membership: Option<MembershipId>,
    pub contact: Option<ContactId>,
    pub draft: Option<DraftId>,
    /// The one order that a contractor's link opens.
    pub order: Option<WorkOrderId>,
    /// The one decision that an owner's link asks for.
    pub approval: Option<ApprovalId>,
}

impl Scope {
    /// A scope with nobody in particular.
    pub const fn of(org: OrgId, audience: Audience) -> Self {
        Self { org, audience, membership: None, contact: None, draft: None, order: None, approval: None }
    }
}

/// Who did it, as the timeline and the audit keep it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActorRecord {
    /// `staff`, `tenant`, `reporter`, `contractor`, `owner`, `system`, `api`, `support`.
    pub kind: &'static str,
    pub membership: Option<MembershipId>,
    pub contact: Option<ContactId>,
    pub name: Option<String>,
    pub ip: Option<IpAddr>,
    pub user_agent: Option<String>,
}

/// What `crates/jobs` needs of a transaction in order to enqueue in it.
pub trait Transactional: Send {
    fn conn(&mut self) -> &mut PgConnection;
    /// The transaction itself, for a library that insists on one. Never for commit or rollback.
    fn transaction(&mut self) -> &mut Transaction<'static, Postgres>;
    fn org(&self) -> Option<OrgId>;
    /// The role to return to after a statement under another.
    fn db_role(&self) -> &'static str;
    fn now(&self) -> Timestamp;
}

/// A transaction inside one organisation with one audience's eyes.
#[derive(Debug)]
pub struct OrgTx {
    tx: Transaction<'static, Postgres>,
    scope: Scope,
    actor: ActorRecord,
    now: Timestamp,
    pending: Vec<Event>,
}

impl OrgTx {
    /// Begins on a task of its own, so that a caller who goes away cannot leave a connection half-begun in the pool
    /// (transact-rs/sqlx #4393). `now` is the moment this transaction lives in.
    ///
    /// # Errors
    /// When no connection can be had or Postgres refuses.
    pub async fn begin(db: &Db, scope: Scope, actor: ActorRecord, now: Timestamp) -> Result<Self, DbError> {
        let mut sql = format!(
            "begin; set local role {}; set local app.org_id = '{}'; set local app.now = '{now}'",
            scope.audience.db_role(),
            scope.org
        );
        for (setting, id) in [
            ("membership_id", scope.membership.map(Uuid::from)),
            ("contact_id", scope.contact.map(Uuid::from)),
            ("draft_id", scope.draft.map(Uuid::from)),
            ("order_id", scope.order.map(Uuid::from)),
            ("approval_id", scope.approval.map(Uuid::from)),
        ] {
            if let Some(id) = id {
                sql = format!("{sql}; set local app.{setting} = '{id}'");
            }
        }
        let tx = begin_apart(db.pool(), sql).await?;
        Ok(Self { tx, scope, actor, now, pending: Vec::new() })
    }

    pub fn conn(&mut self) -> &mut PgConnection {
        &mut self.tx
    }
    pub const fn org(&self) -> OrgId {
        self.scope.org
    }
    pub const fn scope(&self) -> Scope {
        self.scope
    }
    pub const fn actor(&self) -> &ActorRecord {
        &self.actor
    }
    /// The transaction's moment; every `*_at` written in it is this one.
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// Notes what happened. Written, in order, as the last act of [`OrgTx::commit`]; a rolled-back transaction leaves no trace.
    pub fn record(&mut self, event: Event) {
        self.pending.push(event);
    }

    /// Writes the events and commits.
    ///
    /// # Errors
    /// When Postgres refuses; nothing is then written.
    pub async fn commit(mut self) -> Result<(), DbError> {
        write_events(&mut self.tx, &self.pending, &self.actor).await?;
        self.tx.commit().await?;
        Ok(())
    }

    /// Ends a transaction that only read.
    ///
    /// # Errors
    /// When the connection is gone.
    pub async fn done(self) -> Result<(), DbError> {
        debug_assert!(self.pending.is_empty(), "recorded events need commit()");
        self.tx.rollback().await?;
        Ok(())
    }
}

impl Transactional for OrgTx {
    fn conn(&mut self) -> &mut PgConnection {
        &mut self.tx
    }
    fn transaction(&mut self) -> &mut Transaction<'static, Postgres> {
        &mut self.tx
    }
    fn org(&self) -> Option<OrgId> {
        Some(self.scope.org)
    }
    fn db_role(&self) -> &'static str {
        self.scope.audience.db_role()
    }
    fn now(&self) -> Timestamp {
        self.now
    }
}

/// A transaction on log-ins, sessions and tokens: role `fettle_auth`, which alone reads schema `auth`.
#[derive(Debug)]
pub struct AuthTx {
    tx: Transaction<'static, Postgres>,
    org: Option<OrgId>,
    now: Timestamp,
    pending: Vec<Event>,
    actor: ActorRecord,
}

impl AuthTx {
    /// # Errors
    /// As [`OrgTx::begin`].
    pub async fn begin(db: &Db, actor: ActorRecord, now: Timestamp) -> Result<Self, DbError> {
        let tx = begin_apart(db.pool(), format!("begin; set local role fettle_auth; set local app.now = '{now}'")).await?;
        Ok(Self { tx, org: None, now, pending: Vec::new(), actor })
    }
    pub fn conn(&mut self) -> &mut PgConnection {
        &mut self.tx
    }
    pub const fn now(&self) -> Timestamp {
        self.now
    }
    /// From here on this login's own memberships, in whatever organisation, can be read.
    ///
    /// # Errors
    /// When the connection is gone.
    pub async fn as_login(&mut self, login: LoginId) -> Result<(), DbError> {
        self.set("app.login_id", login.uuid()).await
    }
    /// Enters one organisation: its rows can now be read and written as far as `fettle_auth` is granted, and events recorded.
    ///
    /// # Errors
    /// When the connection is gone.
    pub async fn enter(&mut self, org: OrgId) -> Result<(), DbError> {
        self.org = Some(org);
        self.set("app.org_id", org.uuid()).await
    }
    pub fn act_as(&mut self, actor: ActorRecord) {
        self.actor = actor;
    }
    /// Notes what happened in the organisation entered.
    pub fn record(&mut self, event: Event) {
        self.pending.push(event);
    }
    /// # Errors
    /// When Postgres refuses; nothing is then written.
    pub async fn commit(mut self) -> Result<(), DbError> {
        write_events(&mut self.tx, &self.pending, &self.actor).await?;
        self.tx.commit().await?;
        Ok(())
    }
    async fn set(&mut self, name: &'static str, id: Uuid) -> Result<(), DbError> {
        sqlx::query("select set_config($1, $2, true)").bind(name).bind(id.to_string()).execute(&mut *self.tx).await?;
        Ok(())
    }
}

impl Transactional for AuthTx {
    fn conn(&mut self) -> &mut PgConnection {
        &mut self.tx
    }
    fn transaction(&mut self) -> &mut Transaction<'static, Postgres> {
        &mut self.tx
    }
    fn org(&self) -> Option<OrgId> {
        self.org
    }
    fn db_role(&self) -> &'static str {
        "fettle_auth"
    }
    fn now(&self) -> Timestamp {
        self.now
    }
}

pub(crate) async fn begin_apart(pool: &PgPool, sql: String) -> Result<Transaction<'static, Postgres>, DbError> {
    let pool = pool.clone();
    #[expect(clippy::disallowed_methods, reason = "this is the one place that begins: on its own task, so it cannot be cancelled half-way")]
    let begun = tokio::spawn(async move { pool.begin_with(AssertSqlSafe(sql)).await });
    Ok(begun.await.map_err(|_| DbError::Begin)??)
}

async fn write_events(conn: &mut PgConnection, events: &[Event], actor: &ActorRecord) -> Result<(), DbError> {
    if events.is_empty() {
        return Ok(());
    }
    let rows: Vec<Value> = events
        .iter()
        .map(|e| {
            json!({
                "kind": e.kind, "entity": e.entity, "entityId": e.entity_id, "ticket": e.ticket, "workOrder": e.work_order, "visibility": e.visibility.as_str(),
                "data": e.data, "old": e.old, "new": e.new,
            })
        })
        .collect();
    let who = json!({
        "kind": actor.kind, "membership": actor.membership, "contact": actor.contact, "name": actor.name,
        "ip": actor.ip.map(|ip| ip.to_string()), "userAgent": actor.user_agent,
    });
    sqlx::query("select app.record($1, $2)").bind(Value::Array(rows)).bind(who).execute(conn).await?;
    Ok(())
}
