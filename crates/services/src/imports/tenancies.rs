use std::collections::HashMap;

use db::OrgTx;
use domain::estate::{NewTenancy, TenancyForm};
use domain::events::Event;
use domain::time::long_date;
use domain::{PropertyId, TenancyId, UnitId};
use jiff::civil::Date;

use super::table::{Row, Table};
use super::{Step, Work, sql};
use crate::estate::sql as estate;
use crate::{Cx, Result, Staff};

/// When a unit is let, and by which row or stored tenancy.
struct Let {
    id: TenancyId,
    start: Date,
    end: Option<Date>,
    /// The row that says so; none for what is stored and not in the file.
    row: Option<u32>,
}

pub(super) async fn plan(me: &Cx<Staff>, tx: &mut OrgTx, table: &Table, work: &mut Work) -> Result<()> {
    let properties = sql::properties(tx, &table.all("property_reference")).await?;
    let ids: Vec<_> = properties.values().map(|p| p.uuid()).collect();
    let mut units: HashMap<PropertyId, Vec<(String, UnitId)>> = HashMap::new();
    for (property, id, unit) in estate::units::of_properties(tx, &ids).await? {
        units.entry(property).or_default().push((unit.label, id));
    }
    let people: Vec<String> = table.rows.iter().flat_map(|row| tenant_references(table, row)).collect();
    let people = sql::contacts(tx, &people).await?;
    let unit_ids: Vec<_> = units.values().flatten().map(|(_, id)| id.uuid()).collect();
    let stored = sql::lock_tenancies(tx, &unit_ids, &table.all("reference")).await?;
    let by_reference: HashMap<&str, &sql::StoredTenancy> =
        stored.iter().filter_map(|s| s.tenancy.reference.as_deref().map(|r| (r, s))).collect();
    let mut lets: HashMap<UnitId, Vec<Let>> = HashMap::new();
    for s in &stored {
        lets.entry(s.tenancy.unit_id).or_default().push(Let { id: s.id, start: s.tenancy.start_on, end: s.tenancy.end_on, row: None });
    }

    let mut seen: HashMap<String, u32> = HashMap::new();
    let mut planned: Vec<(u32, TenancyId, NewTenancy)> = Vec::new();
    for row in &table.rows {
        let reference = table.cell(row, "reference");
        if reference.is_empty() {
            work.error(row.number, "reference", "Give the tenancy a reference: it is how a second import knows it");
            continue;
        }
        if let Some(other) = seen.insert(reference.clone(), row.number) {
            work.error(row.number, "reference", format!("Row {other} has this reference already"));
            continue;
        }
        let old = by_reference.get(reference.as_str()).copied();
        let unit = unit_of(table, row, &properties, &units, work);
        let mut tenants = Vec::new();
        for person in tenant_references(table, row) {
            match people.get(&person) {
                Some((id, true)) => tenants.push(id.to_string()),
                Some((_, false)) => work.error(row.number, "tenants", format!("{person} is not a tenant")),
                None => {
                    work.error(row.number, "tenants", format!("There is no contact with the reference {person}. Import contacts first"));
                }
            }
        }
        let mut form = old.map(|s| TenancyForm::from(&s.tenancy)).unwrap_or_default();
        table.over(
            row,
            [
                ("reference", &mut form.reference),
                ("start_on", &mut form.start_on),
                ("end_on", &mut form.end_on),
                ("rent", &mut form.rent),
                ("deposit", &mut form.deposit),
            ],
        );
        form.tenants = tenants.join(",");
        form.unit_id = unit.map(|u| u.to_string()).unwrap_or_default();
        let new = match NewTenancy::parse(&form) {
            Ok(new) => new,
            Err(errors) => {
                // What could not be found has its own sentence already.
                let told = |field: &str| field == "unit_id" || (field == "tenants" && !tenant_references(table, row).is_empty());
                for (field, sentence) in errors.iter().filter(|(field, _)| !told(field)) {
                    work.error(row.number, field, sentence);
                }
                continue;
            }
        };
        if let Some(old) = old
            && old.tenancy.unit_id != new.unit_id
        {
            work.error(row.number, "unit", "A tenancy stays with its unit. End this one and give the new one a reference of its own");
            continue;
        }
        let id = old.map_or_else(|| me.house().new_id(), |s| s.id);
        let lets = lets.entry(new.unit_id).or_default();
        lets.retain(|l| l.id != id);
        lets.push(Let { id, start: new.start_on, end: new.end_on, row: Some(row.number) });
        planned.push((row.number, id, new));
    }
    // Only now is it known when every unit is let.
    for (row, id, new) in &planned {
        let clash =
            lets.get(&new.unit_id).into_iter().flatten().find(|l| l.id != *id && overlap((l.start, l.end), (new.start_on, new.end_on)));
        if let Some(clash) = clash {
            let when = clash.end.map_or_else(
                || format!("since {}", long_date(clash.start)),
                |end| format!("from {} to {}", long_date(clash.start), long_date(end)),
            );
            let whose = clash.row.map_or_else(|| "is let already".to_owned(), |row| format!("is let by row {row}"));
            work.error(*row, "start_on", format!("This unit {whose}, {when}"));
        }
    }
    // What ends makes room for what begins.
    let by_id: HashMap<TenancyId, &sql::StoredTenancy> = stored.iter().map(|s| (s.id, s)).collect();
    planned.sort_by_key(|(_, id, _)| !by_id.contains_key(id));
    for (_, id, new) in planned {
        match by_id.get(&id) {
            Some(old) => work.update(Event::new("tenancy:changed", "tenancy", id), &old.tenancy, &new, Step::Tenancy(id, new.clone()))?,
            None => work.create(Event::new("tenancy:created", "tenancy", id), &new, Step::NewTenancy(id, new.clone()))?,
        }
    }
    Ok(())
}

fn tenant_references(table: &Table, row: &Row) -> Vec<String> {
    table.cell(row, "tenants").split([';', '|', ',']).map(str::trim).filter(|t| !t.is_empty()).map(ToOwned::to_owned).collect()
}

fn unit_of(
    table: &Table,
    row: &Row,
    properties: &HashMap<String, PropertyId>,
    units: &HashMap<PropertyId, Vec<(String, UnitId)>>,
    work: &mut Work,
) -> Option<UnitId> {
    let (reference, label) = (table.cell(row, "property_reference"), table.cell(row, "unit"));
    let Some(property) = properties.get(&reference) else {
        let sentence = if reference.is_empty() {
            "Enter the property's reference".to_owned()
        } else {
            format!("There is no property with the reference {reference}. Import properties first")
        };
        work.error(row.number, "property_reference", sentence);
        return None;
    };
    let of_property = units.get(property).map(Vec::as_slice).unwrap_or_default();
    match (label.as_str(), of_property) {
        ("", [(_, only)]) => Some(*only),
        ("", []) => {
            work.error(row.number, "property_reference", format!("{reference} has no unit to let. Add one first"));
            None
        }
        ("", several) => {
            work.error(row.number, "unit", format!("{reference} has {} units: say which", several.len()));
            None
        }
        (label, several) => {
            let found = several.iter().find(|(l, _)| l.eq_ignore_ascii_case(label)).map(|(_, id)| *id);
            if found.is_none() {
                work.error(row.number, "unit", format!("{reference} has no unit called {label}"));
            }
            found
        }
    }
}

fn overlap(a: (Date, Option<Date>), b: (Date, Option<Date>)) -> bool {
    a.1.is_none_or(|end| b.0 <= end) && b.1.is_none_or(|end| a.0 <= end)
}
