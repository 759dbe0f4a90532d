//! What was typed into a form that was refused, kept for ten minutes so that a page without JavaScript can show it again: never a password.
//! And what is shown once after a form that was not, encrypted.

use domain::LoginId;
use jiff::SignedDuration;
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{anonymous, sql};
use crate::{Error, House, Result};

const SECRET: &str = "flash";
const LASTS: SignedDuration = SignedDuration::from_mins(10);

/// Keeps `content`; the id goes into the page's address.
pub async fn keep<T: Serialize + Sync>(house: &House, content: &T) -> Result<Uuid> {
    let content = serde_json::to_value(content).map_err(Error::internal)?;
    let id: Uuid = house.new_id();
    let mut tx = anonymous(house).await?;
    sql::flashes::insert(&mut tx, id, &content, LASTS).await?;
    tx.commit().await?;
    Ok(id)
}

/// What was kept, if it still is and is of this shape.
pub async fn read<T: DeserializeOwned>(house: &House, id: Uuid) -> Result<Option<T>> {
    let mut tx = anonymous(house).await?;
    let content = sql::flashes::read(&mut tx, id).await?;
    tx.commit().await?;
    Ok(content.and_then(|c| serde_json::from_value(c).ok()))
}

/// Keeps something that only this login may see, encrypted, to be shown once.
pub async fn keep_secret<T: Serialize + Sync>(house: &House, login: LoginId, content: &T) -> Result<Uuid> {
    let sealed = house.keys().seal(SECRET, &serde_json::to_vec(&(login, content)).map_err(Error::internal)?)?;
    keep(house, &hex::encode(sealed)).await
}

/// Shows what was kept for this login, the first time; then it is gone.
pub async fn take_secret<T: DeserializeOwned>(house: &House, login: LoginId, id: Uuid) -> Result<Option<T>> {
    let mut tx = anonymous(house).await?;
    let content = sql::flashes::take(&mut tx, id).await?;
    tx.commit().await?;
    let Some(sealed) = content.as_ref().and_then(|c| c.as_str()).and_then(|c| hex::decode(c).ok()) else { return Ok(None) };
    let (whose, content): (LoginId, T) = serde_json::from_slice(&house.keys().open(SECRET, &sealed)?).map_err(Error::internal)?;
    Ok((whose == login).then_some(content))
}
