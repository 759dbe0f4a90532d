//! What an organisation decides for itself: name, colour, logo, numbers, hours, targets, limits, and the faults it asks about.
//!
//! Verbs: [`read`], [`change`], [`set_logo`]; [`faults`], [`change_faults`], [`default_faults`]; [`first_steps`]. Every member of staff reads;
//! administrators change. Tables: organisations, fault_catalogues.
//!
//! Promises: a change names the version it was made from and stands in the audit, old and new; a catalogue that breaks a rule is refused with
//! every rule it breaks; reports made before keep the faults they were made with.

mod sql;

use domain::events::Event;
use domain::faults::Catalogue;
use domain::policy::Act;
use domain::settings::{FirstSteps, OrgSettings, SettingsForm};
use serde::{Deserialize, Serialize};

use crate::estate::record::{changed, value};
use crate::people::read_phone;
use crate::{Cx, Error, Result, Staff};

/// An organisation as its own staff see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Organisation {
    pub name: String,
    /// Where the public reports: `/r/{slug}`.
    pub slug: String,
    pub settings: OrgSettings,
    pub version: i32,
}

/// # Errors
/// `Forbidden` for who may not read settings.
pub async fn read(me: &Cx<Staff>) -> Result<Organisation> {
    let mut tx = me.begin(Act::ReadSettings).await?;
    let organisation = sql::read(&mut tx).await?;
    tx.done().await?;
    Ok(organisation)
}

/// # Errors
/// `Invalid` by field; `Conflict` when somebody changed the settings meanwhile.
pub async fn change(me: &Cx<Staff>, version: i32, form: &SettingsForm) -> Result<()> {
    let mut tx = me.begin(Act::ChangeSettings).await?;
    let old = locked(&mut tx, version).await?;
    let (name, settings) = form.parse(&old.settings, read_phone)?;
    let new = Organisation { name, settings, ..old.clone() };
    write(me, tx, &old, &new).await
}

/// `key` is that of a picture the organisation uploaded; none takes the logo away.
///
/// # Errors
/// `Conflict` when somebody changed the settings meanwhile.
pub async fn set_logo(me: &Cx<Staff>, version: i32, key: Option<String>) -> Result<()> {
    let mut tx = me.begin(Act::ChangeSettings).await?;
    let old = locked(&mut tx, version).await?;
    let new = Organisation { settings: OrgSettings { logo_key: key, ..old.settings.clone() }, ..old.clone() };
    write(me, tx, &old, &new).await
}

async fn write(me: &Cx<Staff>, mut tx: db::OrgTx, old: &Organisation, new: &Organisation) -> Result<()> {
    // Saving settings as they are is how an administrator says that they looked: it counts as a change of version, not of content.
    sql::write(&mut tx, new).await?;
    if let Some(event) = changed(Event::new("settings:changed", "organisation", me.org()).audit_only(), old, new)? {
        tx.record(event);
    }
    tx.commit().await?;
    Ok(())
}

async fn locked(tx: &mut db::OrgTx, version: i32) -> Result<Organisation> {
    sql::lock(tx).await?;
    let organisation = sql::read(tx).await?;
    if organisation.version == version { Ok(organisation) } else { Err(Error::changed_meanwhile()) }
}

/// The faults an organisation asks about, and which edition of its own they are; 0 while they are the default.
///
/// # Errors
/// `Forbidden` for who may not read settings.
pub async fn faults(me: &Cx<Staff>) -> Result<(Catalogue, i32)> {
    let mut tx = me.begin(Act::ReadSettings).await?;
    let own = sql::faults(&mut tx).await?;
    tx.done().await?;
    own.map_or_else(
        || Ok((Catalogue::default_uk().clone(), 0)),
        |(json, version)| Ok((serde_json::from_value(json).map_err(Error::internal)?, version)),
    )
}

/// Takes a whole catalogue, as it was downloaded and edited. `version` is the edition it was made from.
///
/// # Errors
/// `Invalid` at `catalogue`: it is not a catalogue, or every rule it breaks; `Conflict` when somebody changed it meanwhile.
pub async fn change_faults(me: &Cx<Staff>, version: i32, json: &str) -> Result<()> {
    let mut tx = me.begin(Act::ChangeSettings).await?;
    if json.len() > 2_000_000 {
        return Err(Error::invalid("catalogue", "A catalogue must be smaller than 2 MB"));
    }
    let catalogue: Catalogue = serde_json::from_str(json)
        .map_err(|e| Error::invalid("catalogue", format!("This is not a catalogue of faults: line {}, {e}", e.line())))?;
    catalogue.validate().map_err(|wrong| Error::invalid("catalogue", wrong.into_iter().take(20).collect::<Vec<_>>().join(" ")))?;
    sql::lock(&mut tx).await?;
    if sql::faults(&mut tx).await?.map_or(0, |(_, stored)| stored) != version {
        return Err(Error::changed_meanwhile());
    }
    sql::write_faults(&mut tx, value(&catalogue)?, version + 1).await?;
    tx.record(
        Event::new("faults:changed", "organisation", me.org())
            .audit_only()
            .created(serde_json::json!({ "version": catalogue.version, "edition": version + 1 })),
    );
    tx.commit().await?;
    Ok(())
}

/// Goes back to the faults every organisation starts with.
///
/// # Errors
/// `Conflict` when somebody changed the catalogue meanwhile.
pub async fn default_faults(me: &Cx<Staff>, version: i32) -> Result<()> {
    let json = serde_json::to_string(Catalogue::default_uk()).map_err(Error::internal)?;
    change_faults(me, version, &json).await
}

/// What a new organisation has done of what it needs before the first report.
///
/// # Errors
/// `Forbidden` for who may not read settings.
pub async fn first_steps(me: &Cx<Staff>) -> Result<FirstSteps> {
    let mut tx = me.begin(Act::ReadSettings).await?;
    let steps = sql::first_steps(&mut tx).await?;
    tx.done().await?;
    Ok(steps)
}
