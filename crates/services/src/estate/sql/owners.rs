use db::OrgTx;
use domain::estate::{NewOwnerLink, OwnerLine};
use domain::values::Pence;
use domain::{ContactId, OwnerLinkId, PropertyId};
use jiff_sqlx::ToSqlx as _;

use crate::{Error, OnConstraint as _, Result};

pub(crate) async fn is_owner(tx: &mut OrgTx, contact: ContactId) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from contacts where id = $1 and kind = 'owner' and deleted_at is null and erased_at is null) as "is!""#,
        contact.uuid()
    )
    .fetch_one(tx.conn())
    .await?)
}

pub(crate) async fn read(tx: &mut OrgTx, id: OwnerLinkId) -> Result<Option<(PropertyId, NewOwnerLink)>> {
    let row = sqlx::query!(
        "select property_id, contact_id, ownership_percentage, spend_limit_pence, ask_before_spending from owner_links where id = $1 for update",
        id.uuid()
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|r| {
        let link = NewOwnerLink {
            contact_id: r.contact_id.into(),
            percentage: r.ownership_percentage.map(|p| p.normalize()),
            spend_limit: r.spend_limit_pence.map(Pence),
            ask_before_spending: r.ask_before_spending,
        };
        (r.property_id.into(), link)
    }))
}

pub(crate) async fn insert(tx: &mut OrgTx, id: OwnerLinkId, property: PropertyId, link: &NewOwnerLink) -> Result<()> {
    let (org, now) = (tx.org(), tx.now());
    sqlx::query!(
        "insert into owner_links (org_id, id, property_id, contact_id, ownership_percentage, spend_limit_pence, ask_before_spending, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        org.uuid(),
        id.uuid(),
        property.uuid(),
        link.contact_id.uuid(),
        link.percentage,
        link.spend_limit.map(|p| p.0),
        link.ask_before_spending,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await
    .on_constraint("owner_links_org_id_property_id_contact_id_key", || Error::invalid("contact_id", "They are an owner of this property already"))?;
    Ok(())
}

pub(crate) async fn update(tx: &mut OrgTx, id: OwnerLinkId, link: &NewOwnerLink) -> Result<()> {
    sqlx::query!(
        "update owner_links set ownership_percentage = $2, spend_limit_pence = $3, ask_before_spending = $4, version = version + 1 where id = $1",
        id.uuid(),
        link.percentage,
        link.spend_limit.map(|p| p.0),
        link.ask_before_spending,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(crate) async fn delete(tx: &mut OrgTx, id: OwnerLinkId) -> Result<()> {
    sqlx::query!("delete from owner_links where id = $1", id.uuid()).execute(tx.conn()).await?;
    Ok(())
}

pub(crate) async fn of_property(tx: &mut OrgTx, property: PropertyId) -> Result<Vec<OwnerLine>> {
    lines(tx, Some(property), None).await
}

pub(crate) async fn of_contact(tx: &mut OrgTx, contact: ContactId) -> Result<Vec<OwnerLine>> {
    lines(tx, None, Some(contact)).await
}

async fn lines(tx: &mut OrgTx, property: Option<PropertyId>, contact: Option<ContactId>) -> Result<Vec<OwnerLine>> {
    let rows = sqlx::query!(
        r#"select o.id,
                  o.property_id,
                  app.place(null, p.line1, p.city, p.postcode) as "place!",
                  o.contact_id,
                  c.name,
                  o.ownership_percentage,
                  o.spend_limit_pence,
                  o.ask_before_spending
           from owner_links o
           join properties p on p.org_id = o.org_id and p.id = o.property_id and p.deleted_at is null
           join contacts c on c.org_id = o.org_id and c.id = o.contact_id
           where ($1::uuid is null or o.property_id = $1) and ($2::uuid is null or o.contact_id = $2)
           order by o.ownership_percentage desc nulls last, c.name, o.id
           limit 500"#,
        property.map(PropertyId::uuid),
        contact.map(ContactId::uuid),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| OwnerLine {
            id: r.id.into(),
            property_id: r.property_id.into(),
            place: r.place,
            contact_id: r.contact_id.into(),
            name: r.name,
            percentage: r.ownership_percentage.map(|p| p.normalize()),
            spend_limit: r.spend_limit_pence.map(Pence),
            ask_before_spending: r.ask_before_spending,
        })
        .collect())
}
