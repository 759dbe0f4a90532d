//! What was typed into a form that was refused, kept for ten minutes so that a page without JavaScript can show it again. Never a password.

use jiff::SignedDuration;
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{anonymous, sql};
use crate::{Error, House, Result};

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
