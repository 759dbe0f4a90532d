//! One's own account.

use domain::events::Event;
use domain::values::required;
use serde_json::json;

use super::{Visitor, sql};
use crate::{Error, Result};

/// What the account page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    pub name: String,
    pub email: String,
    pub org_name: String,
    pub is_verified: bool,
    pub has_password: bool,
    pub has_second_factor: bool,
}

pub async fn load(me: &Visitor) -> Result<Profile> {
    let mut tx = me.begin_own().await?;
    let login = sql::logins::locked(&mut tx, me.login()).await?.ok_or(Error::SignedOut)?;
    let org_name = sql::memberships::org_name(&mut tx).await?.ok_or(Error::SignedOut)?;
    tx.commit().await?;
    Ok(Profile {
        name: me.name().to_owned(),
        email: login.email,
        org_name,
        is_verified: login.is_verified,
        has_password: login.password_hash.is_some(),
        has_second_factor: login.has_second_factor,
    })
}

/// Changes the name colleagues see.
///
/// # Errors
/// `Invalid` on `name`.
pub async fn rename(me: &Visitor, name: &str) -> Result<()> {
    let name = required(name, "your name", 120).map_err(|e| Error::invalid("name", e.to_string()))?;
    let mut tx = me.begin_own().await?;
    let old = sql::memberships::rename(&mut tx, me.membership(), &name).await?;
    tx.record(
        Event::new("membership:renamed", "membership", me.membership())
            .audit_only()
            .change(json!({ "name": old }), json!({ "name": name })),
    );
    Ok(tx.commit().await?)
}
