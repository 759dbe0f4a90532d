//! The search words of a ticket follow what they are made of: a person's name and number, an address, a unit's label.

use db::OrgTx;
use domain::policy::Act;
use domain::tickets::search_extra;
use domain::{ContactId, PropertyId, UnitId};
use jobs::{Enqueue as _, Job, JobCx, JobError, Registry, RegistryError};
use serde::{Deserialize, Serialize};

use super::sql::{self, ContactRow};
use crate::{Cx, Error, House, Result, System};

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Of {
    Contact(ContactId),
    Property(PropertyId),
    Unit(UnitId),
}

/// Writes the search words of what is concerned afresh. A job, because a block of flats has thousands of tickets and because a renter who
/// changes their number may not write them.
#[derive(Debug, Serialize, Deserialize)]
struct RefreshSearch {
    of: Of,
}
impl Job for RefreshSearch {
    const KIND: &'static str = "refresh-search";
}

/// Registers this room's jobs.
pub(crate) fn register(registry: &mut Registry, house: &House) -> Result<(), RegistryError> {
    let here = house.clone();
    registry.add::<RefreshSearch, _, _>(move |job, changed| {
        let house = here.clone();
        async move { refresh_now(&Cx::system(&house, job.org()?, RefreshSearch::KIND), &job, changed.of).await }
    })?;
    Ok(())
}

/// Has the tickets found by what is true from this transaction on.
pub(crate) async fn refresh_later(tx: &mut OrgTx, of: Of) -> Result<()> {
    tx.enqueue(&RefreshSearch { of }).await?;
    Ok(())
}

async fn refresh_now(cx: &Cx<System>, job: &JobCx, of: Of) -> Result<(), JobError> {
    let mut tx = cx.begin(Act::DoBackgroundWork).await?;
    let (contact, property, unit) = match of {
        Of::Contact(id) => (Some(id), None, None),
        Of::Property(id) => (None, Some(id), None),
        Of::Unit(id) => (None, None, Some(id)),
    };
    let tickets = sql::worded(&mut tx, contact, property, unit).await?;
    let (ids, words): (Vec<_>, Vec<_>) = tickets
        .iter()
        .map(|t| {
            let (names, phones) = of_person(t.reporter_name.as_deref(), t.reporter_phone.as_deref(), t.contact.as_ref());
            let address: Vec<&str> = t.place.lines().collect();
            (t.id, search_extra(&address, &t.place.postcode, &names, &phones, &t.reference))
        })
        .unzip();
    sql::set_words(&mut tx, &ids, &words).await?;
    job.finish(&mut tx).await?;
    Ok(tx.commit().await.map_err(Error::from)?)
}

/// The names and numbers somebody is looked for by: as they reported, and as they are on record.
pub(super) fn of_person<'a>(
    name: Option<&'a str>,
    phone: Option<&'a str>,
    contact: Option<&'a ContactRow>,
) -> (Vec<&'a str>, Vec<&'a str>) {
    let names = name.into_iter().chain(contact.map(|c| c.name.as_str()));
    let phones = phone.into_iter().chain(contact.and_then(|c| c.phone.as_deref()));
    (names.collect(), phones.collect())
}
