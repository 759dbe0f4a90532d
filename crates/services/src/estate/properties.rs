use domain::estate::{
    NewProperty, NewUnit, PropertyCard, PropertyDetail, PropertyFilter, PropertyForm, PropertyKind, PropertyStatus, Tenure,
};
use domain::events::Event;
use domain::policy::Act;
use domain::values::clean_lines;
use domain::{PropertyId, UnitId};
use serde_json::json;
use wire::Page;

use super::record::{changed, count, value};
use super::{Position, Slice, like_patterns, page, sql};
use crate::tickets::words;
use crate::{Cx, Error, Result, Staff};

pub(crate) const ACCESS_CODES: &str = "access-codes";

/// A property that is let as a whole gets its one unit at once, so that a tenancy can be entered next.
///
/// # Errors
/// `Invalid` by field; a reference or UPRN that another property has is said at its field.
pub async fn create(me: &Cx<Staff>, form: &PropertyForm) -> Result<PropertyId> {
    let mut tx = me.begin(Act::ChangeEstate).await?;
    let new = NewProperty::parse(form)?;
    refuse_twins(&mut tx, None, &new).await?;
    let id = me.house().new_id();
    sql::properties::insert(&mut tx, id, &new).await?;
    tx.record(Event::new("property:created", "property", id).created(value(&new)?));
    if let Some(label) = new.whole_unit() {
        let unit: UnitId = me.house().new_id();
        sql::units::insert(&mut tx, unit, id, &NewUnit::called(label)).await?;
        tx.record(Event::new("unit:created", "unit", unit).created(value(&NewUnit::called(label))?));
    }
    tx.commit().await?;
    Ok(id)
}

/// `version` is the one the form was filled from.
///
/// # Errors
/// `Conflict` when somebody changed it meanwhile; else as [`create`].
pub async fn edit(me: &Cx<Staff>, id: PropertyId, version: i32, form: &PropertyForm) -> Result<()> {
    let mut tx = me.begin(Act::ChangeEstate).await?;
    let new = NewProperty::parse(form)?;
    let old = sql::properties::lock(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if old.version != version {
        return Err(Error::changed_meanwhile());
    }
    refuse_twins(&mut tx, Some(id), &new).await?;
    if let Some(event) = changed(Event::new("property:changed", "property", id), &old.property, &new)? {
        save(&mut tx, id, &old.property, &new).await?;
        tx.record(event);
    }
    tx.commit().await?;
    Ok(())
}

/// Writes a changed property; repairs there are found by the new address.
pub(crate) async fn save(tx: &mut db::OrgTx, id: PropertyId, old: &NewProperty, new: &NewProperty) -> Result<()> {
    sql::properties::update(tx, id, new).await?;
    if address(old) != address(new) {
        words::refresh_later(tx, words::Of::Property(id)).await?;
    }
    Ok(())
}

fn address(p: &NewProperty) -> (Option<&str>, &str, Option<&str>, &str, &str) {
    (p.name.as_deref(), &p.line1, p.line2.as_deref(), &p.city, p.postcode.as_str())
}

/// Takes a property out of use, its units with it. What happened there stays readable.
///
/// # Errors
/// `Conflict` with a sentence while somebody lives there or a repair is open.
pub async fn archive(me: &Cx<Staff>, id: PropertyId, version: i32) -> Result<()> {
    let mut tx = me.begin(Act::ChangeEstate).await?;
    let old = sql::properties::lock(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if old.version != version {
        return Err(Error::changed_meanwhile());
    }
    // Letting locks the unit's row, and so does this: nobody moves in while we look.
    sql::units::lock_of_property(&mut tx, id).await?;
    let in_use = sql::properties::in_use(&mut tx, id).await?;
    if in_use.tenancies + in_use.tickets > 0 {
        return Err(Error::conflict(still_in_use(&old.property.line1, in_use)));
    }
    sql::properties::archive(&mut tx, id).await?;
    tx.record(Event::new("property:archived", "property", id));
    tx.commit().await?;
    Ok(())
}

/// Live tenancies (upcoming ones too) and open repairs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InUse {
    pub(crate) tenancies: i64,
    pub(crate) tickets: i64,
}

pub(super) fn still_in_use(what: &str, in_use: InUse) -> String {
    let (tenancies, repairs) =
        (count(in_use.tenancies, "live tenancy", "live tenancies"), count(in_use.tickets, "open repair", "open repairs"));
    match (in_use.tenancies, in_use.tickets) {
        (_, 0) => format!("{what} has {tenancies}. End it first, then archive"),
        (0, _) => format!("{what} has {repairs}. Close or cancel what is open first, then archive"),
        _ => format!("{what} has {tenancies} and {repairs}. End the tenancy and close the repairs first, then archive"),
    }
}

/// In order of postcode and street.
///
/// # Errors
/// `Invalid` for a filter that is not one of its list.
pub async fn list(me: &Cx<Staff>, filter: &PropertyFilter, slice: &Slice) -> Result<Page<PropertyCard>> {
    let mut asked = domain::values::FieldErrors::new();
    let mut one_of = |field: &str, typed: &str, known: bool| {
        if !typed.is_empty() && !known {
            asked.add(field, "Choose one of the list");
        }
        Some(typed.to_owned()).filter(|t| !t.is_empty())
    };
    let kind = one_of("kind", &filter.kind, PropertyKind::parse(&filter.kind).is_some());
    let status = one_of("status", &filter.status, PropertyStatus::parse(&filter.status).is_some());
    let tenure = one_of("tenure", &filter.tenure, Tenure::parse(&filter.tenure).is_some());
    asked.check()?;
    let position = Position::of(slice)?;
    let mut tx = me.begin(Act::ReadEstate).await?;
    let rows = sql::properties::list(&mut tx, like_patterns(&filter.search), kind, status, tenure, &position, slice.limit() + 1).await?;
    tx.done().await?;
    Ok(page(rows, slice, |card| (card.id.uuid(), vec![card.postcode.clone(), card.line1.clone()])))
}

/// # Errors
/// `NotFound` for what is not there, archived included.
pub async fn detail(me: &Cx<Staff>, id: PropertyId) -> Result<PropertyDetail> {
    let mut tx = me.begin(Act::ReadEstate).await?;
    let stored = sql::properties::read(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let mut units = sql::units::of_property(&mut tx, id).await?;
    let ids: Vec<_> = units.iter().map(|u| u.id.uuid()).collect();
    for tenancy in sql::tenancies::current_of_units(&mut tx, &ids).await? {
        if let Some(unit) = units.iter_mut().find(|u| u.id == tenancy.unit_id && u.tenancy.is_none()) {
            unit.tenancy = Some(tenancy);
        }
    }
    let owners = sql::owners::of_property(&mut tx, id).await?;
    let tickets = sql::properties::tickets(&mut tx, id).await?;
    let open_tickets = sql::properties::in_use(&mut tx, id).await?.tickets;
    tx.done().await?;
    Ok(PropertyDetail {
        id,
        version: stored.version,
        property: stored.property,
        has_access_codes: stored.has_access_codes,
        units,
        owners,
        tickets,
        open_tickets,
        updated_at: stored.updated_at,
    })
}

/// Sets what opens the door (key safe, alarm, entry system); empty text forgets it. Stored sealed; the audit says that it changed, not to what.
///
/// # Errors
/// `Invalid` when too long; `Conflict` when somebody changed the property meanwhile.
pub async fn set_access_codes(me: &Cx<Staff>, id: PropertyId, version: i32, codes: &str) -> Result<()> {
    let mut tx = me.begin(Act::ChangeEstate).await?;
    let codes = clean_lines(codes);
    if codes.chars().count() > 500 {
        return Err(Error::invalid("codes", "The access codes must be 500 characters or fewer"));
    }
    let old = sql::properties::lock(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if old.version != version {
        return Err(Error::changed_meanwhile());
    }
    let sealed = if codes.is_empty() { None } else { Some(me.house().keys().seal(ACCESS_CODES, codes.as_bytes())?) };
    sql::properties::set_access_codes(&mut tx, id, sealed.as_deref()).await?;
    tx.record(Event::new("access-codes:changed", "property", id).audit_only().data(json!({ "there_are_codes": sealed.is_some() })));
    tx.commit().await?;
    Ok(())
}

/// The access codes, for somebody about to send a person to the door. The look is on record before they are shown.
///
/// # Errors
/// `Forbidden` without leave to see codes; `Invalid` without a reason; `NotFound` when there are none.
pub async fn reveal_access_codes(me: &Cx<Staff>, id: PropertyId, reason: &str) -> Result<String> {
    let mut tx = me.begin(Act::SeeAccessCodes).await?;
    let reason = domain::values::required(reason, "why you need the codes", 200).map_err(|e| Error::invalid("reason", e.to_string()))?;
    let sealed = sql::properties::access_codes(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let codes = me.house().keys().open(ACCESS_CODES, &sealed)?;
    tx.record(Event::new("access-codes:seen", "property", id).audit_only().created(json!({ "reason": reason })));
    tx.commit().await?;
    String::from_utf8(codes).map_err(Error::internal)
}

/// A reference names one property, and so does a UPRN (it is permanent and unique in the UK): a second one is a slip.
async fn refuse_twins(tx: &mut db::OrgTx, me: Option<PropertyId>, new: &NewProperty) -> Result<()> {
    let mut errors = domain::values::FieldErrors::new();
    for twin in sql::properties::twins(tx, me, new.reference.as_deref(), new.uprn).await? {
        if twin.same_reference {
            errors.add("reference", format!("{} has this reference already", twin.line1));
        }
        if twin.same_uprn {
            errors.add("uprn", format!("{} has this UPRN already", twin.line1));
        }
    }
    Ok(errors.check()?)
}
