use std::collections::HashMap;

use db::OrgTx;
use domain::ContactId;
use domain::events::Event;
use domain::people::{ContactForm, NewContact};

use super::table::Table;
use super::{Step, Work};
use crate::people::{read_phone, sql as people};
use crate::{Cx, Result, Staff};

pub(super) async fn plan(me: &Cx<Staff>, tx: &mut OrgTx, table: &Table, work: &mut Work) -> Result<()> {
    let stored: HashMap<String, _> = people::lock_by_reference(tx, &table.all("reference"))
        .await?
        .into_iter()
        .filter_map(|s| s.contact.reference.clone().map(|reference| (reference, s)))
        .collect();
    let mut seen: HashMap<String, u32> = HashMap::new();
    for row in &table.rows {
        let reference = table.cell(row, "reference");
        if reference.is_empty() {
            work.error(row.number, "reference", "Give the person a reference: it is how a second import knows them");
            continue;
        }
        if let Some(other) = seen.insert(reference.clone(), row.number) {
            work.error(row.number, "reference", format!("Row {other} has this reference already"));
            continue;
        }
        let old = stored.get(&reference);
        let mut form = old.map(|s| ContactForm::from(&s.contact)).unwrap_or_default();
        table.over(
            row,
            [
                ("reference", &mut form.reference),
                ("kind", &mut form.kind),
                ("name", &mut form.name),
                ("company", &mut form.company),
                ("email", &mut form.email),
                ("phone", &mut form.phone),
                ("preferred_channel", &mut form.preferred_channel),
                ("preferred_language", &mut form.preferred_language),
                ("large_print", &mut form.large_print),
                ("needs", &mut form.needs),
                ("notes", &mut form.notes),
            ],
        );
        let new = match NewContact::parse(&form, read_phone) {
            Ok(new) => new,
            Err(errors) => {
                work.refuse(row.number, &errors, ToOwned::to_owned);
                continue;
            }
        };
        match old {
            Some(old) if old.contact.kind != new.kind => {
                let kind = old.contact.kind.label().to_lowercase();
                work.error(row.number, "kind", format!("{reference} is on record as {kind}. Somebody who is both has a contact for each"));
            }
            Some(old) => work.update(
                Event::new("contact:changed", "contact", old.id),
                &old.contact,
                &new,
                Step::Contact(old.id, Box::new((old.contact.clone(), new.clone()))),
            )?,
            None => {
                let id: ContactId = me.house().new_id();
                work.create(Event::new("contact:created", "contact", id), &new, Step::NewContact(id, Box::new(new.clone())))?;
            }
        }
    }
    Ok(())
}
