use domain::ContactId;
use domain::estate::TicketLine;
use domain::events::Event;
use domain::people::{
    BankDetails, BankForm, ConsentForm, ContactCard, ContactDetail, ContactFilter, ContactForm, ContactKind, NewConsent, NewContact,
};
use domain::policy::Act;
use serde_json::json;
use wire::Page;

use super::{read_phone, sql};
use crate::estate::record::{changed, count, value};
use crate::estate::{Position, Slice, like_patterns, page, sql as estate};
use crate::tickets::words;
use crate::{Cx, Error, Result, Staff};

const BANK_DETAILS: &str = "bank-details";

/// # Errors
/// `Invalid` by field.
pub async fn create(me: &Cx<Staff>, form: &ContactForm) -> Result<ContactId> {
    let mut tx = me.begin(Act::ChangePeople).await?;
    let new = NewContact::parse(form, read_phone)?;
    let id = me.house().new_id();
    sql::insert(&mut tx, id, &new).await?;
    tx.record(Event::new("contact:created", "contact", id).created(value(&new)?));
    tx.commit().await?;
    Ok(id)
}

/// # Errors
/// As [`create`]; `Conflict` when somebody changed it meanwhile or the person's data was erased.
pub async fn edit(me: &Cx<Staff>, id: ContactId, version: i32, form: &ContactForm) -> Result<()> {
    let mut tx = me.begin(Act::ChangePeople).await?;
    let new = NewContact::parse(form, read_phone)?;
    let old = locked(&mut tx, id, version).await?;
    if old.kind != new.kind {
        let sentence = format!("They are on record as {}. Somebody who is both has a contact for each", old.kind.label().to_lowercase());
        return Err(Error::invalid("kind", sentence));
    }
    if let Some(event) = changed(Event::new("contact:changed", "contact", id), &old, &new)? {
        save(&mut tx, id, &old, &new).await?;
        tx.record(event);
    }
    tx.commit().await?;
    Ok(())
}

/// Writes a changed contact; repairs they reported are found by the new name and number.
pub(crate) async fn save(tx: &mut db::OrgTx, id: ContactId, old: &NewContact, new: &NewContact) -> Result<()> {
    sql::update(tx, id, new).await?;
    if (&old.name, &old.phone) != (&new.name, &new.phone) {
        words::refresh_later(tx, words::Of::Contact(id)).await?;
    }
    Ok(())
}

/// # Errors
/// `Conflict` with a sentence while they live somewhere, own something or wait for a repair.
pub async fn archive(me: &Cx<Staff>, id: ContactId, version: i32) -> Result<()> {
    let mut tx = me.begin(Act::ChangePeople).await?;
    let old = locked(&mut tx, id, version).await?;
    let ties = sql::ties(&mut tx, id).await?;
    if let Some(sentence) = ties.sentence(&old.name) {
        return Err(Error::conflict(format!("{sentence}. End what is live first, then archive")));
    }
    sql::archive(&mut tx, id).await?;
    tx.record(Event::new("contact:archived", "contact", id));
    tx.commit().await?;
    Ok(())
}

/// What still binds a contact to us.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ties {
    pub(crate) tenancies: i64,
    pub(crate) owned: i64,
    pub(crate) tickets: i64,
}

impl Ties {
    /// `Tom Hall has 1 live tenancy and 2 open repairs`; none when nothing does.
    pub(crate) fn sentence(self, name: &str) -> Option<String> {
        let all = [
            (self.tenancies, count(self.tenancies, "live tenancy", "live tenancies")),
            (self.owned, count(self.owned, "property", "properties")),
            (self.tickets, count(self.tickets, "open repair", "open repairs")),
        ];
        let live: Vec<String> = all.into_iter().filter(|(n, _)| *n > 0).map(|(_, words)| words).collect();
        (!live.is_empty()).then(|| format!("{name} has {}", live.join(" and ")))
    }
}

/// In order of name.
///
/// # Errors
/// `Invalid` for a filter that is not one of its list.
pub async fn list(me: &Cx<Staff>, filter: &ContactFilter, slice: &Slice) -> Result<Page<ContactCard>> {
    let (asked, position) = (asked(filter)?, Position::of(slice)?);
    let mut tx = me.begin(Act::ReadPeople).await?;
    let rows = sql::list(&mut tx, &asked, &position, slice.limit() + 1).await?;
    tx.done().await?;
    Ok(page(rows, slice, |row| (row.card.id.uuid(), vec![row.name_key.clone()])).map(|row| row.card))
}

pub(super) fn asked(filter: &ContactFilter) -> Result<sql::Asked> {
    let mut errors = domain::values::FieldErrors::new();
    let kind = match filter.kind.as_str() {
        "" => None,
        typed => errors.choice("kind", typed, ContactKind::parse, "Choose tenant, owner or contractor"),
    };
    let trade = match filter.trade.as_str() {
        "" => None,
        typed => errors.choice("trade", typed, domain::faults::Trade::parse, "Choose a trade of the list"),
    };
    errors.check()?;
    Ok(sql::Asked { words: like_patterns(&filter.search), kind, trade })
}

/// # Errors
/// `NotFound` for who is not there, archived included.
pub async fn detail(me: &Cx<Staff>, id: ContactId) -> Result<ContactDetail> {
    let mut tx = me.begin(Act::ReadPeople).await?;
    let stored = sql::read(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let tenancies = estate::tenancies::of_contact(&mut tx, id).await?;
    let owns = estate::owners::of_contact(&mut tx, id).await?;
    let consents = sql::consents(&mut tx, id).await?;
    let profile = sql::profile(&mut tx, id).await?;
    let tickets: Vec<TicketLine> = sql::tickets(&mut tx, id).await?;
    tx.done().await?;
    Ok(ContactDetail {
        id,
        version: stored.version,
        contact: stored.contact,
        has_bank_details: stored.has_bank_details,
        erased_at: stored.erased_at,
        tenancies,
        owns,
        consents,
        profile,
        tickets,
        updated_at: stored.updated_at,
    })
}

/// Adds a decision about a way of contact to its history.
///
/// # Errors
/// `Invalid` by field.
pub async fn record_consent(me: &Cx<Staff>, id: ContactId, form: &ConsentForm) -> Result<()> {
    let mut tx = me.begin(Act::ChangePeople).await?;
    let new = NewConsent::parse(form)?;
    let stored = sql::read(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if stored.erased_at.is_some() {
        return Err(erased());
    }
    let ip = me.request().ip.map(|ip| ip.to_string());
    sql::insert_consent(&mut tx, me.house().new_id(), id, &new, ip.as_deref()).await?;
    tx.record(Event::new("consent:recorded", "contact", id).created(value(&new)?));
    tx.commit().await?;
    Ok(())
}

/// Seals where to pay them; an empty form forgets it.
///
/// # Errors
/// `Invalid` by field; `Conflict` when somebody changed the contact meanwhile.
pub async fn set_bank_details(me: &Cx<Staff>, id: ContactId, version: i32, form: &BankForm) -> Result<()> {
    let mut tx = me.begin(Act::ChangePeople).await?;
    let sealed = if *form == BankForm::default() {
        None
    } else {
        let details = serde_json::to_vec(&BankDetails::parse(form)?).map_err(Error::internal)?;
        Some(me.house().keys().seal(BANK_DETAILS, &details)?)
    };
    locked(&mut tx, id, version).await?;
    sql::set_bank_details(&mut tx, id, sealed.as_deref()).await?;
    tx.record(Event::new("bank-details:changed", "contact", id).audit_only().data(json!({ "there_are_details": sealed.is_some() })));
    tx.commit().await?;
    Ok(())
}

/// The bank details. The look is on record before they are shown.
///
/// # Errors
/// `Forbidden` without leave to see sealed things; `Invalid` without a reason; `NotFound` when there are none.
pub async fn reveal_bank_details(me: &Cx<Staff>, id: ContactId, reason: &str) -> Result<BankDetails> {
    let mut tx = me.begin(Act::SeeAccessCodes).await?;
    let reason = domain::values::required(reason, "why you need the details", 200).map_err(|e| Error::invalid("reason", e.to_string()))?;
    let sealed = sql::bank_details(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let opened = me.house().keys().open(BANK_DETAILS, &sealed)?;
    let details = serde_json::from_slice(&opened).map_err(Error::internal)?;
    tx.record(Event::new("bank-details:seen", "contact", id).audit_only().created(json!({ "reason": reason })));
    tx.commit().await?;
    Ok(details)
}

pub(super) async fn locked(tx: &mut db::OrgTx, id: ContactId, version: i32) -> Result<NewContact> {
    let stored = sql::lock(tx, id).await?.ok_or(Error::NotFound)?;
    if stored.erased_at.is_some() {
        return Err(erased());
    }
    if stored.version == version { Ok(stored.contact) } else { Err(Error::changed_meanwhile()) }
}

fn erased() -> Error {
    Error::conflict("This person's data was erased. What is left cannot be changed; make a new contact instead")
}
