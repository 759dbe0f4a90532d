use domain::ContactId;
use domain::events::Event;
use domain::people::{ContactFilter, ContactKind, ContractorCard, NewProfile, ProfileForm};
use domain::policy::Act;
use wire::Page;

use super::{contacts, sql};
use crate::estate::record::{changed, value};
use crate::estate::{Position, Slice, page};
use crate::{Cx, Error, Result, Staff};

/// What a contractor does, where, and on what authority. `version` is that of the profile the form was filled from; 0 when there was none.
///
/// # Errors
/// `Invalid` by field; `Conflict` for a contact that is no contractor, or when somebody changed the profile meanwhile.
pub async fn set_profile(me: &Cx<Staff>, contact: ContactId, version: i32, form: &ProfileForm) -> Result<()> {
    let mut tx = me.begin(Act::ChangePeople).await?;
    let new = NewProfile::parse(form)?;
    let who = sql::lock(&mut tx, contact).await?.ok_or(Error::NotFound)?;
    if who.contact.kind != ContactKind::Contractor {
        return Err(Error::conflict(format!("{} is not on record as a contractor", who.contact.name)));
    }
    match sql::profile(&mut tx, contact).await? {
        None if version == 0 => {
            sql::insert_profile(&mut tx, me.house().new_id(), contact, &new).await?;
            tx.record(Event::new("contractor:created", "contact", contact).created(value(&new)?));
        }
        Some(old) if old.version == version => {
            if let Some(event) = changed(Event::new("contractor:changed", "contact", contact), &old.profile, &new)? {
                sql::update_profile(&mut tx, contact, &new).await?;
                tx.record(event);
            }
        }
        _ => return Err(Error::changed_meanwhile()),
    }
    tx.commit().await?;
    Ok(())
}

/// In order of name.
///
/// # Errors
/// `Invalid` for a filter that is not one of its list.
pub async fn list(me: &Cx<Staff>, filter: &ContactFilter, slice: &Slice) -> Result<Page<ContractorCard>> {
    let asked = sql::Asked { kind: Some(ContactKind::Contractor), ..contacts::asked(filter)? };
    let position = Position::of(slice)?;
    let mut tx = me.begin(Act::ReadPeople).await?;
    let rows = sql::list(&mut tx, &asked, &position, slice.limit() + 1).await?;
    let ids: Vec<_> = rows.iter().map(|row| row.card.id.uuid()).collect();
    let mut profiles = sql::profiles(&mut tx, &ids).await?;
    tx.done().await?;
    let page = page(rows, slice, |row| (row.card.id.uuid(), vec![row.name_key.clone()]));
    Ok(page.map(|row| ContractorCard { profile: profiles.remove(&row.card.id), contact: row.card }))
}
