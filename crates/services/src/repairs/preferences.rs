use domain::events::Event;
use domain::people::Channel;
use domain::policy::Act;
use domain::tickets::{LANGUAGES, Preferences};
use domain::values::FieldErrors;
use serde_json::json;

use super::sql;
use crate::{Cx, Error, Result, Tenant};

/// How the tenant wants to hear from us.
pub async fn preferences(cx: &Cx<Tenant>) -> Result<Preferences> {
    let mut tx = cx.begin(Act::FollowOwnRepairs).await?;
    let found = sql::preferences(&mut tx).await?.ok_or(Error::NotFound)?;
    tx.done().await?;
    Ok(found)
}

/// # Errors
/// `Invalid` for what is not on the lists; `Conflict` when staff changed the contact meanwhile.
pub async fn set_preferences(cx: &Cx<Tenant>, wanted: Preferences) -> Result<()> {
    let mut errors = FieldErrors::new();
    if Channel::parse(&wanted.channel).is_none() {
        errors.add("channel", "Select how you want to hear from us");
    }
    if !LANGUAGES.iter().any(|(code, _)| *code == wanted.language) {
        errors.add("language", "Select a language from the list");
    }
    errors.check()?;
    let mut tx = cx.begin(Act::FollowOwnRepairs).await?;
    let before = sql::preferences(&mut tx).await?.ok_or(Error::NotFound)?;
    if !sql::set_preferences(&mut tx, &wanted).await? {
        return Err(Error::changed_meanwhile());
    }
    tx.record(Event::new("contact:preferences_changed", "contact", cx.contact()).audit_only().change(json!(before), json!(wanted)));
    Ok(tx.commit().await?)
}
