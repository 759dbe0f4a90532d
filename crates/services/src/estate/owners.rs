use domain::estate::{NewOwnerLink, OwnerForm, shares_fit};
use domain::events::Event;
use domain::policy::Act;
use domain::values::FieldErrors;
use domain::{OwnerLinkId, PropertyId};
use serde_json::json;

use super::record::{changed, value};
use super::sql;
use crate::{Cx, Error, Result, Staff};

/// # Errors
/// `Invalid` by field: not an owner contact, linked already, or shares that would pass 100 per cent.
pub async fn link(me: &Cx<Staff>, property: PropertyId, form: &OwnerForm) -> Result<OwnerLinkId> {
    let mut tx = me.begin(Act::ChangeEstate).await?;
    let new = NewOwnerLink::parse(form)?;
    // The property's row serialises whoever changes its shares.
    sql::properties::lock(&mut tx, property).await?.ok_or(Error::NotFound)?;
    if !sql::owners::is_owner(&mut tx, new.contact_id).await? {
        return Err(Error::invalid("contact_id", "Choose the owner from the list of contacts; tenants and contractors are not owners"));
    }
    refuse_more_than_the_whole(&mut tx, property, None, &new).await?;
    let id = me.house().new_id();
    sql::owners::insert(&mut tx, id, property, &new).await?;
    tx.record(Event::new("owner:linked", "property", property).created(value(&new)?).data(json!({ "owner_link": id })));
    tx.commit().await?;
    Ok(id)
}

/// Changes the share and what may be spent; the owner stays the same person.
///
/// # Errors
/// As [`link`].
pub async fn change(me: &Cx<Staff>, id: OwnerLinkId, form: &OwnerForm) -> Result<()> {
    let mut tx = me.begin(Act::ChangeEstate).await?;
    let (property, old) = sql::owners::read(&mut tx, id).await?.ok_or(Error::NotFound)?;
    sql::properties::lock(&mut tx, property).await?.ok_or(Error::NotFound)?;
    let new = NewOwnerLink::parse(&OwnerForm { contact_id: old.contact_id.to_string(), ..form.clone() })?;
    refuse_more_than_the_whole(&mut tx, property, Some(id), &new).await?;
    if let Some(event) = changed(Event::new("owner:changed", "property", property), &old, &new)? {
        sql::owners::update(&mut tx, id, &new).await?;
        tx.record(event);
    }
    tx.commit().await?;
    Ok(())
}

/// # Errors
/// `NotFound` for a link that is not there.
pub async fn unlink(me: &Cx<Staff>, id: OwnerLinkId) -> Result<()> {
    let mut tx = me.begin(Act::ChangeEstate).await?;
    let (property, old) = sql::owners::read(&mut tx, id).await?.ok_or(Error::NotFound)?;
    sql::owners::delete(&mut tx, id).await?;
    tx.record(Event { old: Some(value(&old)?), ..Event::new("owner:unlinked", "property", property) });
    tx.commit().await?;
    Ok(())
}

async fn refuse_more_than_the_whole(tx: &mut db::OrgTx, property: PropertyId, me: Option<OwnerLinkId>, new: &NewOwnerLink) -> Result<()> {
    let others = sql::owners::of_property(tx, property).await?;
    let others = others.iter().filter(|o| Some(o.id) != me).map(|o| o.percentage);
    let stated: rust_decimal::Decimal = others.clone().flatten().sum();
    if shares_fit(others.chain([new.percentage])) {
        return Ok(());
    }
    let left = (rust_decimal::Decimal::ONE_HUNDRED - stated).normalize();
    Err(FieldErrors::one("percentage", format!("The other owners hold {}% already, so at most {left}% is left", stated.normalize())).into())
}
