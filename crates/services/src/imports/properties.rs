//! A row is a property with one of its units; rows with the same reference are units of one property.

use std::collections::HashMap;

use db::OrgTx;
use domain::estate::{NewProperty, NewUnit, PropertyForm, UnitForm};
use domain::events::Event;
use domain::{PropertyId, UnitId};

use super::table::{Row, Table};
use super::{Step, Work, sql};
use crate::estate::sql as estate;
use crate::{Cx, Result, Staff};

struct Seen {
    id: PropertyId,
    row: u32,
    form: PropertyForm,
    /// None while its own row is wrong: its units are still looked at.
    property: Option<NewProperty>,
    labels: HashMap<String, u32>,
}

pub(super) async fn plan(me: &Cx<Staff>, tx: &mut OrgTx, table: &Table, work: &mut Work) -> Result<()> {
    let stored: HashMap<String, _> = estate::properties::lock_by_reference(tx, &table.all("reference"))
        .await?
        .into_iter()
        .filter_map(|s| s.property.reference.clone().map(|reference| (reference, s)))
        .collect();
    let ids: Vec<_> = stored.values().map(|s| s.id.uuid()).collect();
    let mut units: HashMap<(PropertyId, String), (UnitId, NewUnit)> = HashMap::new();
    for (property, id, unit) in estate::units::of_properties(tx, &ids).await? {
        units.insert((property, unit.label.clone()), (id, unit));
    }
    let stated: Vec<i64> = table.all("uprn").iter().filter_map(|u| u.parse().ok()).collect();
    let uprns = sql::uprns(tx, &stated).await?;
    let mut uprns_here: HashMap<i64, u32> = HashMap::new();
    let mut seen: HashMap<String, Seen> = HashMap::new();
    for row in &table.rows {
        let reference = table.cell(row, "reference");
        if reference.is_empty() {
            work.error(row.number, "reference", "Give the property a reference: it is how a second import knows it");
            continue;
        }
        if !seen.contains_key(&reference) {
            let old = stored.get(&reference);
            let mut form = old.map(|s| PropertyForm::from(&s.property)).unwrap_or_default();
            over(table, row, &mut form);
            let id = old.map_or_else(|| me.house().new_id(), |s| s.id);
            let property = match NewProperty::parse(&form) {
                Ok(property) => Some(property),
                Err(errors) => {
                    work.refuse(row.number, &errors, ToOwned::to_owned);
                    None
                }
            };
            if let Some(uprn) = property.as_ref().and_then(|p| p.uprn) {
                if let Some((other, line1)) = uprns.get(&uprn.0)
                    && *other != id
                {
                    work.error(row.number, "uprn", format!("{line1} has this UPRN already"));
                }
                if let Some(other) = uprns_here.insert(uprn.0, row.number) {
                    work.error(row.number, "uprn", format!("Row {other} has this UPRN already"));
                }
            }
            if let Some(property) = &property {
                match old {
                    Some(old) => {
                        let step = Step::Property(id, Box::new((old.property.clone(), property.clone())));
                        work.update(Event::new("property:changed", "property", id), &old.property, property, step)?;
                    }
                    None => work.create(
                        Event::new("property:created", "property", id),
                        property,
                        Step::NewProperty(id, Box::new(property.clone())),
                    )?,
                }
            }
            seen.insert(reference.clone(), Seen { id, row: row.number, form, property, labels: HashMap::new() });
        } else if let Some(first) = seen.get(&reference) {
            refuse_other_facts(table, row, first, work);
        }
        if let Some(first) = seen.get_mut(&reference) {
            plan_unit(me, table, row, first, &units, work)?;
        }
    }
    Ok(())
}

/// The unit of a row, when it has one.
fn plan_unit(
    me: &Cx<Staff>,
    table: &Table,
    row: &Row,
    of: &mut Seen,
    units: &HashMap<(PropertyId, String), (UnitId, NewUnit)>,
    work: &mut Work,
) -> Result<()> {
    let named = table.cell(row, "unit");
    let label =
        if named.is_empty() { of.property.as_ref().and_then(NewProperty::whole_unit).unwrap_or_default().to_owned() } else { named };
    if label.is_empty() {
        let stray = ["unit_floor", "unit_bedrooms", "unit_uprn", "unit_status"].into_iter().find(|c| !table.cell(row, c).is_empty());
        if let (Some(column), Some(_)) = (stray, &of.property) {
            work.error(row.number, column, "Name the unit this belongs to in the column unit");
        }
        return Ok(());
    }
    if let Some(other) = of.labels.insert(label.clone(), row.number) {
        work.error(row.number, "unit", format!("Row {other} has {label} of this property already"));
        return Ok(());
    }
    let old = units.get(&(of.id, label.clone()));
    let mut form = old.map(|(_, unit)| UnitForm::from(unit)).unwrap_or_default();
    table.over(
        row,
        [
            ("unit_floor", &mut form.floor),
            ("unit_bedrooms", &mut form.bedrooms),
            ("unit_uprn", &mut form.uprn),
            ("unit_status", &mut form.status),
        ],
    );
    form.label = label;
    let unit = match NewUnit::parse(&form) {
        Ok(unit) => unit,
        Err(errors) => {
            work.refuse(row.number, &errors, |field| if field == "label" { "unit".to_owned() } else { format!("unit_{field}") });
            return Ok(());
        }
    };
    if let Some((id, old)) = old {
        work.update(Event::new("unit:changed", "unit", *id), old, &unit, Step::Unit(*id, unit.clone()))
    } else {
        let id: UnitId = me.house().new_id();
        work.create(Event::new("unit:created", "unit", id), &unit, Step::NewUnit(id, of.id, unit.clone()))
    }
}

fn fields(form: &mut PropertyForm) -> [(&'static str, &mut String); 19] {
    [
        ("reference", &mut form.reference),
        ("kind", &mut form.kind),
        ("status", &mut form.status),
        ("name", &mut form.name),
        ("line1", &mut form.line1),
        ("line2", &mut form.line2),
        ("city", &mut form.city),
        ("postcode", &mut form.postcode),
        ("country", &mut form.country),
        ("uprn", &mut form.uprn),
        ("tenure", &mut form.tenure),
        ("landlord_kind", &mut form.landlord_kind),
        ("storeys", &mut form.storeys),
        ("built_year", &mut form.built_year),
        ("has_gas", &mut form.has_gas),
        ("smoke_alarms", &mut form.smoke_alarms),
        ("co_alarms", &mut form.co_alarms),
        ("warnings", &mut form.warnings),
        ("access_notes", &mut form.access_notes),
    ]
}

fn over(table: &Table, row: &Row, form: &mut PropertyForm) {
    table.over(row, fields(form));
}

/// A later row of the same property may leave its facts empty, or repeat them; it may not say something else.
fn refuse_other_facts(table: &Table, row: &Row, first: &Seen, work: &mut Work) {
    let mut said = first.form.clone();
    for (column, before) in fields(&mut said) {
        let here = table.cell(row, column);
        if !here.is_empty() && here != *before {
            work.error(row.number, column, format!("Row {} says “{before}” for the same reference", first.row));
        }
    }
}
