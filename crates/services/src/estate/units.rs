use std::str::FromStr as _;

use domain::estate::{NewUnit, UnitCard, UnitDetail, UnitFilter, UnitForm, UnitStatus};
use domain::events::Event;
use domain::policy::Act;
use domain::{PropertyId, UnitId};
use serde_json::json;
use wire::Page;

use super::properties::still_in_use;
use super::record::{changed, value};
use super::{Position, Slice, like_patterns, page, sql};
use crate::tickets::words;
use crate::{Cx, Error, Result, Staff};

/// # Errors
/// `Invalid` by field, `label` when the property has one of that name; `NotFound` without the property.
pub async fn create(me: &Cx<Staff>, property: PropertyId, form: &UnitForm) -> Result<UnitId> {
    let mut tx = me.begin(Act::ChangeEstate).await?;
    let new = NewUnit::parse(form)?;
    sql::properties::lock(&mut tx, property).await?.ok_or(Error::NotFound)?;
    let id = me.house().new_id();
    sql::units::insert(&mut tx, id, property, &new).await?;
    tx.record(Event::new("unit:created", "unit", id).created(value(&new)?).data(json!({ "property": property })));
    tx.commit().await?;
    Ok(id)
}

/// # Errors
/// `Conflict` when somebody changed it meanwhile; else as [`create`].
pub async fn edit(me: &Cx<Staff>, id: UnitId, version: i32, form: &UnitForm) -> Result<()> {
    let mut tx = me.begin(Act::ChangeEstate).await?;
    let new = NewUnit::parse(form)?;
    let old = sql::units::lock(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if old.version != version {
        return Err(Error::changed_meanwhile());
    }
    if let Some(event) = changed(Event::new("unit:changed", "unit", id), &old.unit, &new)? {
        save(&mut tx, id, &old.unit, &new).await?;
        tx.record(event);
    }
    tx.commit().await?;
    Ok(())
}

/// Writes a changed unit; repairs there are found by the new label.
async fn save(tx: &mut db::OrgTx, id: UnitId, old: &NewUnit, new: &NewUnit) -> Result<()> {
    sql::units::update(tx, id, new).await?;
    if old.label != new.label {
        words::refresh_later(tx, words::Of::Unit(id)).await?;
    }
    Ok(())
}

/// # Errors
/// `Conflict` with a sentence while somebody lives there or a repair is open.
pub async fn archive(me: &Cx<Staff>, id: UnitId, version: i32) -> Result<()> {
    let mut tx = me.begin(Act::ChangeEstate).await?;
    let old = sql::units::lock(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if old.version != version {
        return Err(Error::changed_meanwhile());
    }
    let in_use = sql::units::in_use(&mut tx, id).await?;
    if in_use.tenancies + in_use.tickets > 0 {
        return Err(Error::conflict(still_in_use(&old.unit.label, in_use)));
    }
    sql::units::archive(&mut tx, id).await?;
    tx.record(Event::new("unit:archived", "unit", id));
    tx.commit().await?;
    Ok(())
}

/// In order of postcode, street and label.
///
/// # Errors
/// `Invalid` for a filter that is not one of its list.
pub async fn list(me: &Cx<Staff>, filter: &UnitFilter, slice: &Slice) -> Result<Page<UnitCard>> {
    let mut errors = domain::values::FieldErrors::new();
    let property = match filter.property_id.as_str() {
        "" => None,
        typed => errors.choice("property_id", typed, |t| PropertyId::from_str(t).ok(), "That is not the id of a property"),
    };
    let status = match filter.status.as_str() {
        "" => None,
        typed => errors.choice("status", typed, |t| UnitStatus::parse(t).filter(|s| *s != UnitStatus::Archived), "Choose let or void"),
    };
    errors.check()?;
    let position = Position::of(slice)?;
    let mut tx = me.begin(Act::ReadEstate).await?;
    let rows = sql::units::list(&mut tx, like_patterns(&filter.search), property, status, &position, slice.limit() + 1).await?;
    tx.done().await?;
    Ok(page(rows, slice, |row| (row.card.id.uuid(), vec![row.postcode.clone(), row.line1.clone(), row.card.unit.label.clone()]))
        .map(|row| row.card))
}

/// # Errors
/// `NotFound` for what is not there, archived included.
pub async fn detail(me: &Cx<Staff>, id: UnitId) -> Result<UnitDetail> {
    let mut tx = me.begin(Act::ReadEstate).await?;
    let stored = sql::units::read(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let tenancies = sql::tenancies::of_unit(&mut tx, id).await?;
    tx.done().await?;
    Ok(UnitDetail { id, version: stored.version, property_id: stored.property, place: stored.place, unit: stored.unit, tenancies })
}
