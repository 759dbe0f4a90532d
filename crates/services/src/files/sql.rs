//! Every query of this room.

use db::OrgTx;
use domain::AttachmentId;

use super::FileKey;
use crate::{Error, Result};

/// Where the picture lies, unless it was removed.
pub(super) async fn storage_key(tx: &mut OrgTx, id: AttachmentId) -> Result<Option<FileKey>> {
    let key = sqlx::query_scalar!(
        "select storage_key from attachments where org_id = app.org_id() and id = $1 and deleted_at is null",
        id.uuid()
    )
    .fetch_optional(tx.conn())
    .await?;
    key.map(|key| FileKey::parse(&key).ok_or_else(|| Error::internal(anyhow::anyhow!("attachment {id} has a key that is none: {key:?}"))))
        .transpose()
}

pub(super) async fn set_copies(tx: &mut OrgTx, id: AttachmentId, display: &FileKey, thumbnail: &FileKey) -> Result<()> {
    sqlx::query!(
        "update attachments
            set display_key = $2,
                thumb_key = $3
          where org_id = app.org_id()
            and id = $1",
        id.uuid(),
        display.as_str(),
        thumbnail.as_str(),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
