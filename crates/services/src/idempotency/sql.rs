use db::{OrgTx, Transactional};
use domain::{MembershipId, OrgId};
use jiff_sqlx::ToSqlx as _;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Result;

pub(super) struct Row {
    pub(super) operation: String,
    pub(super) request_hash: Vec<u8>,
    /// 0 while there is no answer.
    pub(super) status: i32,
    pub(super) body: Value,
}

pub(super) async fn find(tx: &mut OrgTx, member: MembershipId, key: &str) -> Result<Option<Row>> {
    let org = tx.org().uuid();
    Ok(sqlx::query_as!(
        Row,
        "select operation, request_hash, status, body from idempotency_keys where org_id = $1 and membership_id = $2 and key = $3",
        org,
        member.uuid(),
        key,
    )
    .fetch_optional(tx.conn())
    .await?)
}

/// Held until the transaction ends; false when another transaction holds it.
pub(super) async fn try_lock(tx: &mut impl Transactional, member: MembershipId, key: &str) -> Result<bool> {
    let name = format!("idempotency {} {key}", member.uuid());
    Ok(sqlx::query_scalar!(r#"select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as "held!""#, name).fetch_one(tx.conn()).await?)
}

/// Writes the claim, or finds this request's own; false when it is another's.
pub(super) async fn take(
    tx: &mut impl Transactional,
    org: OrgId,
    member: MembershipId,
    key: &str,
    operation: &str,
    request_hash: &[u8],
    nonce: Uuid,
) -> Result<bool> {
    let now = tx.now();
    let claim = json!({ "claim": nonce });
    sqlx::query!(
        "insert into idempotency_keys (org_id, membership_id, key, operation, request_hash, status, body, created_at)
         values ($1, $2, $3, $4, $5, 0, $6, $7)
         on conflict (org_id, membership_id, key) do nothing",
        org.uuid(),
        member.uuid(),
        key,
        operation,
        request_hash,
        claim,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(sqlx::query_scalar!(
        r#"select body = $4 as "mine!" from idempotency_keys where org_id = $1 and membership_id = $2 and key = $3"#,
        org.uuid(),
        member.uuid(),
        key,
        claim,
    )
    .fetch_one(tx.conn())
    .await?)
}

pub(super) async fn answer(tx: &mut OrgTx, member: MembershipId, key: &str, status: i32, body: &Value) -> Result<()> {
    let org = tx.org().uuid();
    sqlx::query!(
        "update idempotency_keys set status = $4, body = $5 where org_id = $1 and membership_id = $2 and key = $3",
        org,
        member.uuid(),
        key,
        status,
        body,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
