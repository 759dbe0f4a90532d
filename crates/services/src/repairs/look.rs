use domain::policy::Act;
use domain::settings::OrgSettings;
use domain::tickets::{FollowedCard, Repair, RepairCard, ReportAnswers, Status};
use domain::{AttachmentId, TicketId};

use super::sql;
use crate::files::FileKey;
use crate::{Cx, Error, Result, Tenant};

/// "My repairs".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RepairList {
    pub open: Vec<RepairCard>,
    pub finished: Vec<RepairCard>,
    pub followed: Vec<FollowedCard>,
}

/// The repairs of the tenant's homes, newest first, and what they follow in their building.
pub async fn list(cx: &Cx<Tenant>) -> Result<RepairList> {
    let mut tx = cx.begin(Act::FollowOwnRepairs).await?;
    let (open, finished) = sql::cards(&mut tx).await?.into_iter().partition(|card| card.status.is_open());
    let followed = sql::followed(&mut tx).await?;
    tx.done().await?;
    Ok(RepairList { open, finished, followed })
}

/// Whose tenant they are: name and settings, for the frame of their pages.
pub async fn landlord(cx: &Cx<Tenant>) -> Result<(String, OrgSettings)> {
    let mut tx = cx.begin(Act::FollowOwnRepairs).await?;
    let found = sql::organisation(&mut tx).await?;
    tx.done().await?;
    Ok(found)
}

/// # Errors
/// `NotFound` for a repair of another home, or from before they lived there.
pub async fn one(cx: &Cx<Tenant>, id: TicketId) -> Result<Repair> {
    let mut tx = cx.begin(Act::FollowOwnRepairs).await?;
    let row = sql::repair(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let answers: ReportAnswers = serde_json::from_value(row.answers).unwrap_or_default();
    let status = row.card.status;
    let repair = Repair {
        description: row.description,
        answers: answers.by_question.into_values().map(|a| (a.question, a.answer)).collect(),
        aware_at: row.aware_at,
        closed_at: row.closed_at,
        lines: sql::lines(&mut tx, id, cx.name()).await?,
        photos: sql::photos(&mut tx, id).await?,
        can_cancel: status == Status::New,
        can_say_fixed: status == Status::Completed,
        can_say_not_fixed: matches!(status, Status::Completed | Status::Closed),
        card: row.card,
    };
    tx.done().await?;
    Ok(repair)
}

/// Which copy of a photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copy {
    Display,
    Thumbnail,
}

/// Where a copy of a photo of one of their repairs lies. The original is not handed out.
///
/// # Errors
/// `NotFound` for a photo that is not theirs, is for staff alone, or has no copies yet.
pub async fn photo(cx: &Cx<Tenant>, id: AttachmentId, copy: Copy) -> Result<FileKey> {
    let mut tx = cx.begin(Act::FollowOwnRepairs).await?;
    let key = sql::photo(&mut tx, id, copy).await?;
    tx.done().await?;
    key.ok_or(Error::NotFound)
}
