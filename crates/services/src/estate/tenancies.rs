use std::str::FromStr as _;

use domain::estate::{NewTenancy, TenancyCard, TenancyDetail, TenancyFilter, TenancyForm, TenancyStatus};
use domain::events::Event;
use domain::policy::Act;
use domain::time::{london, long_date};
use domain::values::FieldErrors;
use domain::{ContactId, PropertyId, TenancyId, UnitId};
use jiff::civil::Date;
use wire::Page;

use super::record::{changed, count, value};
use super::{Position, Slice, like_patterns, page, sql};
use crate::{Cx, Error, Result, Staff};

/// # Errors
/// `Invalid` by field: a unit that is not there, a tenant who is not a tenant contact, dates that overlap another tenancy of the unit.
pub async fn create(me: &Cx<Staff>, form: &TenancyForm) -> Result<TenancyId> {
    let mut tx = me.begin(Act::ChangeEstate).await?;
    let new = NewTenancy::parse(form)?;
    let unit = sql::units::lock(&mut tx, new.unit_id).await?;
    if unit.is_none() {
        return Err(Error::invalid("unit_id", "That unit is not there any more. Choose another"));
    }
    refuse_overlap(&mut tx, None, new.unit_id, new.start_on, new.end_on, "start_on").await?;
    refuse_strangers(&mut tx, &new.tenants).await?;
    let id = me.house().new_id();
    sql::tenancies::insert(&mut tx, id, &new).await?;
    tx.record(Event::new("tenancy:created", "tenancy", id).created(value(&new)?));
    tx.commit().await?;
    Ok(id)
}

/// Changes dates, rent and who shares it. The unit stays: moving house is a tenancy that ends and another that begins.
///
/// # Errors
/// As [`create`]; `Conflict` when somebody changed it meanwhile.
pub async fn edit(me: &Cx<Staff>, id: TenancyId, version: i32, form: &TenancyForm) -> Result<()> {
    let mut tx = me.begin(Act::ChangeEstate).await?;
    let new = NewTenancy::parse(form)?;
    let old = locked(&mut tx, id, version).await?;
    if new.unit_id != old.unit_id {
        return Err(Error::invalid("unit_id", "A tenancy stays with its unit. End this one and begin another"));
    }
    refuse_overlap(&mut tx, Some(id), new.unit_id, new.start_on, new.end_on, "start_on").await?;
    let newcomers: Vec<ContactId> = new.tenants.iter().copied().filter(|t| !old.tenants.contains(t)).collect();
    refuse_strangers(&mut tx, &newcomers).await?;
    if let Some(event) = changed(Event::new("tenancy:changed", "tenancy", id), &old, &new)? {
        sql::tenancies::update(&mut tx, id, &new).await?;
        tx.record(event);
    }
    tx.commit().await?;
    Ok(())
}

/// The tenancy's last day becomes `last_day`; from the day after, its tenants see nothing of the home.
///
/// # Errors
/// `Invalid` for a date before the start; `Conflict` when somebody changed it meanwhile.
pub async fn end(me: &Cx<Staff>, id: TenancyId, version: i32, last_day: &str) -> Result<()> {
    let mut tx = me.begin(Act::ChangeEstate).await?;
    let mut errors = FieldErrors::new();
    let day = errors.date("end_on", last_day, "the last day of the tenancy");
    let Some(day) = day else { return Err(errors.into()) };
    let old = locked(&mut tx, id, version).await?;
    if day < old.start_on {
        return Err(Error::invalid("end_on", format!("The tenancy started on {}. It cannot end before", long_date(old.start_on))));
    }
    refuse_overlap(&mut tx, Some(id), old.unit_id, old.start_on, Some(day), "end_on").await?;
    let new = NewTenancy { end_on: Some(day), ..old.clone() };
    if let Some(event) = changed(Event::new("tenancy:ended", "tenancy", id), &old, &new)? {
        sql::tenancies::update(&mut tx, id, &new).await?;
        tx.record(event);
    }
    tx.commit().await?;
    Ok(())
}

/// Takes away a tenancy that was entered by mistake. One that repairs were reported under is ended instead.
///
/// # Errors
/// `Conflict` with a sentence when a repair names it.
pub async fn remove(me: &Cx<Staff>, id: TenancyId, version: i32) -> Result<()> {
    let mut tx = me.begin(Act::ChangeEstate).await?;
    locked(&mut tx, id, version).await?;
    let repairs = sql::tenancies::tickets(&mut tx, id).await?;
    if repairs > 0 {
        let repairs = count(repairs, "repair was", "repairs were");
        return Err(Error::conflict(format!("{repairs} reported under this tenancy, so it stays on record. End it instead")));
    }
    sql::tenancies::remove(&mut tx, id).await?;
    tx.record(Event::new("tenancy:removed", "tenancy", id));
    tx.commit().await?;
    Ok(())
}

/// Newest start first.
///
/// # Errors
/// `Invalid` for a filter that is not one of its list.
pub async fn list(me: &Cx<Staff>, filter: &TenancyFilter, slice: &Slice) -> Result<Page<TenancyCard>> {
    let mut e = FieldErrors::new();
    let mut asked = sql::tenancies::Asked { words: like_patterns(&filter.search), ..sql::tenancies::Asked::default() };
    if !filter.status.is_empty() {
        asked.status = e.choice("status", &filter.status, TenancyStatus::parse, "Choose upcoming, active or ended");
    }
    if !filter.property_id.is_empty() {
        asked.property = e.choice("property_id", &filter.property_id, |t| PropertyId::from_str(t).ok(), "That is not the id of a property");
    }
    if !filter.unit_id.is_empty() {
        asked.units =
            e.choice("unit_id", &filter.unit_id, |t| UnitId::from_str(t).ok(), "That is not the id of a unit").map(|u| vec![u.uuid()]);
    }
    if !filter.contact_id.is_empty() {
        asked.contact = e.choice("contact_id", &filter.contact_id, |t| ContactId::from_str(t).ok(), "That is not the id of a contact");
    }
    e.check()?;
    let position = Position::of(slice)?;
    asked.after = match (position.key(0).map(str::parse::<Date>), position.id) {
        (Some(Ok(start)), Some(id)) => Some((start, id)),
        (None, None) => None,
        _ => return Err(Error::invalid("cursor", "That page of the list does not exist. Start again from the first page")),
    };
    let mut tx = me.begin(Act::ReadEstate).await?;
    let rows = sql::tenancies::cards(&mut tx, &asked, slice.limit() + 1).await?;
    tx.done().await?;
    Ok(page(rows, slice, |card| (card.id.uuid(), vec![card.start_on.to_string()])))
}

/// # Errors
/// `NotFound` for what is not there.
pub async fn detail(me: &Cx<Staff>, id: TenancyId) -> Result<TenancyDetail> {
    let mut tx = me.begin(Act::ReadEstate).await?;
    let (tenancy, version) = sql::tenancies::read(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let asked = sql::tenancies::Asked { id: Some(id), ..sql::tenancies::Asked::default() };
    let card = sql::tenancies::cards(&mut tx, &asked, 1).await?.pop().ok_or(Error::NotFound)?;
    tx.done().await?;
    Ok(TenancyDetail { card, version, tenancy })
}

async fn locked(tx: &mut db::OrgTx, id: TenancyId, version: i32) -> Result<NewTenancy> {
    let (tenancy, stored) = sql::tenancies::lock(tx, id).await?.ok_or(Error::NotFound)?;
    // The same order of locks as letting: the unit, so that two changes of its tenancies follow one another.
    sql::units::lock(tx, tenancy.unit_id).await?;
    if stored == version { Ok(tenancy) } else { Err(Error::changed_meanwhile()) }
}

async fn refuse_overlap(
    tx: &mut db::OrgTx,
    me: Option<TenancyId>,
    unit: UnitId,
    start: Date,
    end: Option<Date>,
    field: &str,
) -> Result<()> {
    let Some(other) = sql::tenancies::overlapping(tx, me, unit, start, end).await? else { return Ok(()) };
    let today = london(tx.now()).date();
    let when = match other.end_on {
        Some(end) => format!("from {} to {}", long_date(other.start_on), long_date(end)),
        None => format!("since {}", long_date(other.start_on)),
    };
    let next = if TenancyStatus::on(today, other.start_on, other.end_on) == TenancyStatus::Ended {
        "Check the dates"
    } else {
        "End that tenancy first, or check the dates"
    };
    Err(Error::invalid(field, format!("This unit is let to {} {when}. {next}", other.names())))
}

async fn refuse_strangers(tx: &mut db::OrgTx, tenants: &[ContactId]) -> Result<()> {
    let known = sql::tenancies::tenant_contacts(tx, tenants).await?;
    if tenants.iter().all(|t| known.contains(t)) {
        Ok(())
    } else {
        Err(Error::invalid("tenants", "Choose each tenant from the list of contacts; owners and contractors are not tenants"))
    }
}
