use db::{AuthTx, OrgTx};
use domain::{ApprovalId, ContactId, OrgId, WorkOrderId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;

use crate::auth::links::Opens;
use crate::{Error, Result};

pub(in crate::auth) struct Link {
    pub(in crate::auth) org: OrgId,
    pub(in crate::auth) contact: ContactId,
    pub(in crate::auth) opens: Opens,
}

pub(in crate::auth) async fn make(
    tx: &mut OrgTx,
    id: Uuid,
    token_hash: &[u8],
    contact: ContactId,
    opens: Opens,
    expires_at: Timestamp,
) -> Result<()> {
    let (kind, order, approval) = match opens {
        Opens::Order(id) => ("order", Some(id.uuid()), None),
        Opens::Approval(id) => ("approval", None, Some(id.uuid())),
        Opens::Calendar => ("calendar", None, None),
    };
    sqlx::query!(
        r#"select app.make_link($1, $2, $3, $4, $5, $6, $7) as "made: ()""#,
        id,
        token_hash,
        kind,
        contact.uuid(),
        order,
        approval,
        expires_at.to_sqlx() as _,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(())
}

pub(in crate::auth) async fn revoke(
    tx: &mut OrgTx,
    order: Option<WorkOrderId>,
    contact: Option<ContactId>,
    approval: Option<ApprovalId>,
) -> Result<()> {
    sqlx::query!(
        r#"select app.revoke_links($1, $2, $3) as "done: ()""#,
        order.map(WorkOrderId::uuid),
        contact.map(ContactId::uuid),
        approval.map(ApprovalId::uuid),
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(())
}

pub(in crate::auth) async fn live(tx: &mut AuthTx, token_hash: &[u8]) -> Result<Option<Link>> {
    let row = sqlx::query!(
        "select org_id,
                kind,
                contact_id,
                work_order_id,
                approval_id
         from auth.links
         where token_hash = $1
           and revoked_at is null
           and expires_at > app.now()",
        token_hash,
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(|r| {
        let opens = match (r.work_order_id, r.approval_id) {
            (Some(order), None) => Opens::Order(order.into()),
            (None, Some(approval)) => Opens::Approval(approval.into()),
            (None, None) if r.kind == "calendar" => Opens::Calendar,
            _ => return Err(Error::internal(anyhow::anyhow!("a link opens one thing"))),
        };
        Ok(Link { org: r.org_id.into(), contact: r.contact_id.into(), opens })
    })
    .transpose()
}

pub(in crate::auth) async fn contact_name(tx: &mut AuthTx, contact: ContactId) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        "select name from contacts where org_id = app.org_id() and id = $1 and deleted_at is null and erased_at is null",
        contact.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?)
}
