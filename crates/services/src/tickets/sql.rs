//! Every query of this room that is written out; the list, whose shape depends on its filters, is built in `board`.

use db::OrgTx;
use domain::settings::OrgSettings;
use domain::tickets::NewTicket;
use domain::{PropertyId, TicketId, UnitId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;

use crate::{Error, Result};

pub(super) struct Place {
    pub(super) name: Option<String>,
    pub(super) line1: String,
    pub(super) line2: Option<String>,
    pub(super) city: String,
    pub(super) postcode: String,
    pub(super) unit: Option<String>,
}

impl Place {
    pub(super) fn lines(&self) -> impl Iterator<Item = &str> {
        [self.unit.as_deref(), self.name.as_deref(), Some(self.line1.as_str()), self.line2.as_deref(), Some(self.city.as_str())].into_iter().flatten()
    }
}

pub(super) async fn place(tx: &mut OrgTx, property: PropertyId, unit: Option<UnitId>) -> Result<Option<Place>> {
    let row = sqlx::query_as!(
        Place,
        r#"select p.name,
                  p.line1,
                  p.line2,
                  p.city,
                  p.postcode,
                  u.label as "unit?"
           from properties p
           left join units u on u.org_id = p.org_id and u.property_id = p.id and u.id = $3 and u.deleted_at is null
           where p.org_id = $1
             and p.id = $2
             and p.deleted_at is null"#,
        tx.org().uuid(),
        property.uuid(),
        unit.map(Uuid::from),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.filter(|place| unit.is_none() || place.unit.is_some()))
}

pub(super) async fn settings(tx: &mut OrgTx) -> Result<OrgSettings> {
    let settings = sqlx::query_scalar!("select settings from organisations where id = $1", tx.org().uuid()).fetch_one(tx.conn()).await?;
    serde_json::from_value(settings).map_err(Error::internal)
}

pub(super) async fn next_number(tx: &mut OrgTx) -> Result<i64> {
    Ok(sqlx::query_scalar!(r#"select app.next_number('ticket') as "number!""#).fetch_one(tx.conn()).await?)
}

#[expect(clippy::too_many_arguments, reason = "a row's columns")]
pub(super) async fn insert(
    tx: &mut OrgTx,
    id: TicketId,
    number: i64,
    reference: &str,
    target_at: Option<Timestamp>,
    search_extra: &str,
    new: &NewTicket,
) -> Result<()> {
    let now = tx.now();
    let hazards: Vec<String> = new.hazards.iter().map(|h| h.as_str().to_owned()).collect();
    sqlx::query!(
        "insert into tickets
           (org_id, id, number, reference, property_id, unit_id, tenancy_id, draft_id, reported_by_contact_id, reporter_name, source, confirmed,
            category, first_priority, priority, priority_reasons, title, description, fault_path, trade, hazards, answers, access, vulnerability,
            assignee_id, follows_ticket_id, aware_at, target_at, search_extra, created_at, updated_at)
         values
           ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
            $13, $14, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
            $24, $25, $26, $27, $28, $29, $29)",
        tx.org().uuid(),
        id.uuid(),
        number,
        reference,
        new.property.uuid(),
        new.unit.map(Uuid::from),
        new.tenancy.map(Uuid::from),
        new.draft.map(Uuid::from),
        new.reported_by.map(Uuid::from),
        new.reporter_name.as_deref(),
        new.source.as_str(),
        new.confirmed,
        new.category.as_str(),
        new.priority.as_str(),
        &new.priority_reasons,
        new.title,
        new.description,
        new.fault_path.as_ref().map(ToString::to_string),
        new.trade.map(|t| t.as_str()),
        &hazards,
        new.answers,
        new.access,
        new.vulnerability.as_deref(),
        new.assignee.map(Uuid::from),
        new.follows.map(Uuid::from),
        new.aware_at.to_sqlx() as _,
        target_at.map(|t| t.to_sqlx()) as _,
        search_extra,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
