//! Every query of this room. Whose rows they are is decided by row-level security, not by a `where`.

use db::OrgTx;
use domain::faults::{Hazard, Priority};
use domain::settings::OrgSettings;
use domain::tickets::{Category, CloseOutcome, FollowedCard, Preferences, RepairCard, RepairLine, RepairPhoto, Status, told_to_tenant};
use domain::{AttachmentId, ContactId, MembershipId, PropertyId, TenancyId, TicketId, UnitId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;

use super::look::Copy;
use crate::files::{FileKey, Received};
use crate::{Error, Result};

/// How many repairs a page shows; a home with more has had them over many years.
const MOST: i64 = 200;

struct CardRow {
    id: Uuid,
    reference: String,
    title: String,
    status: String,
    priority: String,
    target_at: Option<jiff_sqlx::Timestamp>,
    created_at: jiff_sqlx::Timestamp,
    updated_at: jiff_sqlx::Timestamp,
}

impl TryFrom<CardRow> for RepairCard {
    type Error = Error;
    fn try_from(r: CardRow) -> Result<Self> {
        Ok(Self {
            id: r.id.into(),
            reference: r.reference,
            title: r.title,
            status: known(&r.status, Status::parse)?,
            priority: known(&r.priority, Priority::parse)?,
            target_at: r.target_at.map(jiff_sqlx::Timestamp::to_jiff),
            created_at: r.created_at.to_jiff(),
            updated_at: r.updated_at.to_jiff(),
        })
    }
}

fn known<T>(code: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T> {
    parse(code).ok_or_else(|| Error::internal(anyhow::anyhow!("a ticket has the unknown code {code}")))
}

pub(super) async fn organisation(tx: &mut OrgTx) -> Result<(String, OrgSettings)> {
    let row = sqlx::query!("select name, settings from organisations where id = app.org_id()").fetch_one(tx.conn()).await?;
    Ok((row.name, serde_json::from_value(row.settings).map_err(Error::internal)?))
}

pub(super) async fn cards(tx: &mut OrgTx) -> Result<Vec<RepairCard>> {
    let rows = sqlx::query_as!(
        CardRow,
        "select id,
                reference,
                title,
                status,
                priority,
                target_at,
                created_at,
                updated_at
         from tickets
         where org_id = app.org_id()
           and deleted_at is null
         order by created_at desc, id desc
         limit $1",
        MOST,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

pub(super) async fn followed(tx: &mut OrgTx) -> Result<Vec<FollowedCard>> {
    let rows = sqlx::query!(
        r#"select title as "title!",
                  status as "status!",
                  target_at,
                  followed_at as "followed_at!"
           from app.followed_reports()"#
    )
    .fetch_all(tx.conn())
    .await?;
    let cards = rows.into_iter().map(|r| {
        Ok(FollowedCard {
            title: r.title,
            status: known(&r.status, Status::parse)?,
            target_at: r.target_at.map(jiff_sqlx::Timestamp::to_jiff),
            followed_at: r.followed_at.to_jiff(),
        })
    });
    cards.collect()
}

pub(super) struct RepairRow {
    pub(super) card: RepairCard,
    pub(super) description: String,
    pub(super) answers: serde_json::Value,
    pub(super) aware_at: Timestamp,
    pub(super) closed_at: Option<Timestamp>,
}

pub(super) async fn repair(tx: &mut OrgTx, id: TicketId) -> Result<Option<RepairRow>> {
    let row = sqlx::query!(
        "select id, reference, title, status, priority, target_at, created_at, updated_at, description, answers, aware_at, closed_at
         from tickets
         where org_id = app.org_id()
           and id = $1
           and deleted_at is null",
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(|r| {
        Ok(RepairRow {
            card: CardRow {
                id: r.id,
                reference: r.reference,
                title: r.title,
                status: r.status,
                priority: r.priority,
                target_at: r.target_at,
                created_at: r.created_at,
                updated_at: r.updated_at,
            }
            .try_into()?,
            description: r.description,
            answers: r.answers,
            aware_at: r.aware_at.to_jiff(),
            closed_at: r.closed_at.map(jiff_sqlx::Timestamp::to_jiff),
        })
    })
    .transpose()
}

/// The public events, oldest first, as `reader` is told them.
pub(super) async fn lines(tx: &mut OrgTx, id: TicketId, reader: &str) -> Result<Vec<RepairLine>> {
    let rows = sqlx::query!(
        "select kind, actor_kind, actor_name, data, created_at
         from timeline_events
         where org_id = app.org_id()
           and ticket_id = $1
           and visibility = 'public'
         order by position
         limit 500",
        id.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| told_to_tenant(&r.kind, &r.actor_kind, r.actor_name.as_deref(), reader, &r.data, r.created_at.to_jiff()))
        .collect())
}

pub(super) async fn photos(tx: &mut OrgTx, id: TicketId) -> Result<Vec<RepairPhoto>> {
    let rows = sqlx::query!(
        r#"select id, display_key is not null and thumb_key is not null as "is_ready!"
           from attachments
           where org_id = app.org_id()
             and ticket_id = $1
             and visibility = 'public'
             and content_type like 'image/%'
             and deleted_at is null
           order by created_at, id"#,
        id.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|r| RepairPhoto { id: r.id.into(), is_ready: r.is_ready }).collect())
}

pub(super) async fn photo(tx: &mut OrgTx, id: AttachmentId, copy: Copy) -> Result<Option<FileKey>> {
    let row = sqlx::query!(
        "select display_key, thumb_key
         from attachments
         where org_id = app.org_id()
           and id = $1
           and visibility = 'public'
           and ticket_id is not null
           and deleted_at is null",
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    let key = row.and_then(|r| match copy {
        Copy::Display => r.display_key,
        Copy::Thumbnail => r.thumb_key,
    });
    Ok(key.and_then(|k| FileKey::parse(&k)))
}

pub(super) async fn photo_count(tx: &mut OrgTx, id: TicketId) -> Result<i64> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from attachments where org_id = app.org_id() and ticket_id = $1 and deleted_at is null"#,
        id.uuid()
    );
    Ok(count.fetch_one(tx.conn()).await?)
}

pub(super) async fn insert_photo(
    tx: &mut OrgTx,
    id: AttachmentId,
    ticket: TicketId,
    by: (MembershipId, ContactId),
    file_name: &str,
    key: &FileKey,
    received: &Received,
) -> Result<()> {
    let now = tx.now();
    let size = |side: u32| i32::try_from(side).unwrap_or(i32::MAX);
    sqlx::query!(
        "insert into attachments
           (org_id, id, ticket_id, purpose, uploader_membership_id, uploader_contact_id, file_name, content_type, bytes, sha256, stored_sha256,
            width, height, taken_at, storage_key, created_at)
         values (app.org_id(), $1, $2, 'ticket', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        id.uuid(),
        ticket.uuid(),
        by.0.uuid(),
        by.1.uuid(),
        file_name,
        received.kind.content_type(),
        i64::try_from(received.bytes.len()).unwrap_or(i64::MAX),
        received.sha256.as_slice(),
        received.stored_sha256.as_slice(),
        size(received.width),
        size(received.height),
        received.taken_at.map(jiff_sqlx::ToSqlx::to_sqlx) as _,
        key.as_str(),
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Something was added: the ticket moves up the lists. None when it is not theirs.
pub(super) async fn touch(tx: &mut OrgTx, id: TicketId) -> Result<Option<()>> {
    let done =
        sqlx::query!("update tickets set updated_at = app.now() where org_id = app.org_id() and id = $1 and deleted_at is null", id.uuid())
            .execute(tx.conn())
            .await?;
    Ok((done.rows_affected() == 1).then_some(()))
}

/// A ticket held until the transaction ends.
pub(super) struct Held {
    pub(super) reference: String,
    pub(super) title: String,
    pub(super) status: Status,
    pub(super) category: Category,
    pub(super) priority: Priority,
    pub(super) property: PropertyId,
    pub(super) unit: Option<UnitId>,
    pub(super) tenancy: Option<TenancyId>,
    pub(super) fault_path: Option<String>,
    pub(super) hazards: Vec<Hazard>,
    pub(super) answers: serde_json::Value,
    pub(super) access: serde_json::Value,
    pub(super) vulnerability: Option<String>,
    pub(super) closed_at: Option<Timestamp>,
}

pub(super) async fn hold(tx: &mut OrgTx, id: TicketId) -> Result<Option<Held>> {
    let row = sqlx::query!(
        "select reference, title, status, category, priority, property_id, unit_id, tenancy_id, fault_path, hazards, answers, access, vulnerability, closed_at
         from tickets
         where org_id = app.org_id()
           and id = $1
           and deleted_at is null
         for update",
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(|r| {
        Ok(Held {
            reference: r.reference,
            title: r.title,
            status: known(&r.status, Status::parse)?,
            category: known(&r.category, Category::parse)?,
            priority: known(&r.priority, Priority::parse)?,
            property: r.property_id.into(),
            unit: r.unit_id.map(Into::into),
            tenancy: r.tenancy_id.map(Into::into),
            fault_path: r.fault_path,
            hazards: r.hazards.iter().filter_map(|h| Hazard::parse(h)).collect(),
            answers: r.answers,
            access: r.access,
            vulnerability: r.vulnerability,
            closed_at: r.closed_at.map(jiff_sqlx::Timestamp::to_jiff),
        })
    })
    .transpose()
}

pub(super) async fn close(tx: &mut OrgTx, id: TicketId, outcome: CloseOutcome) -> Result<()> {
    sqlx::query!(
        "update tickets
            set status = 'CLOSED',
                closed_at = app.now(),
                close_outcome = $2,
                updated_at = app.now(),
                version = version + 1
          where org_id = app.org_id() and id = $1",
        id.uuid(),
        outcome.as_str(),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn reopen(tx: &mut OrgTx, id: TicketId) -> Result<()> {
    sqlx::query!(
        "update tickets
            set status = 'TRIAGED',
                completed_at = null,
                closed_at = null,
                close_outcome = null,
                reopened_count = reopened_count + 1,
                updated_at = app.now(),
                version = version + 1
          where org_id = app.org_id() and id = $1",
        id.uuid(),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn cancel(tx: &mut OrgTx, id: TicketId, reason: &str) -> Result<()> {
    sqlx::query!(
        "update tickets set status = 'CANCELLED', cancel_reason = $2, updated_at = app.now(), version = version + 1 where org_id = app.org_id() and id = $1",
        id.uuid(),
        reason,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn preferences(tx: &mut OrgTx) -> Result<Option<Preferences>> {
    let row = sqlx::query!("select preferred_channel, preferred_language, large_print, version from contacts where org_id = app.org_id() and id = app.contact_id()")
        .fetch_optional(tx.conn())
        .await?;
    Ok(row.map(|r| Preferences {
        channel: r.preferred_channel,
        language: r.preferred_language,
        large_print: r.large_print,
        version: r.version,
    }))
}

/// False when the contact changed since it was read.
pub(super) async fn set_preferences(tx: &mut OrgTx, wanted: &Preferences) -> Result<bool> {
    let done = sqlx::query!(
        "update contacts
            set preferred_channel = $1,
                preferred_language = $2,
                large_print = $3,
                updated_at = app.now(),
                version = version + 1
          where org_id = app.org_id()
            and id = app.contact_id()
            and version = $4",
        wanted.channel,
        wanted.language,
        wanted.large_print,
        wanted.version,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Finished work that is asked about, held, and whom to ask.
pub(super) struct Asked {
    pub(super) reference: String,
    pub(super) title: String,
    pub(super) status: Status,
    pub(super) completed_at: Option<Timestamp>,
    pub(super) hazard: bool,
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
}

pub(super) async fn asked(tx: &mut OrgTx, id: TicketId) -> Result<Option<Asked>> {
    let row = sqlx::query!(
        r#"select t.reference, t.title, t.status, t.completed_at, cardinality(t.hazards) > 0 as "hazard!", c.name as "name?", c.email as "email?"
           from tickets t
           left join contacts c on c.org_id = t.org_id and c.deleted_at is null and c.erased_at is null and c.id = coalesce(t.reported_by_contact_id, (
             select tt.contact_id
             from tenancy_tenants tt
             join tenancies n on n.org_id = tt.org_id and n.id = tt.tenancy_id and n.deleted_at is null
             where n.org_id = t.org_id
               and n.unit_id = t.unit_id
               and n.start_on <= app.today()
               and (n.end_on is null or n.end_on >= app.today())
             order by tt.is_lead desc, tt.contact_id
             limit 1))
           where t.org_id = app.org_id()
             and t.id = $1
             and t.deleted_at is null
           for no key update of t"#,
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(|r| {
        Ok(Asked {
            reference: r.reference,
            title: r.title,
            status: known(&r.status, Status::parse)?,
            completed_at: r.completed_at.map(jiff_sqlx::Timestamp::to_jiff),
            hazard: r.hazard,
            name: r.name,
            email: r.email,
        })
    })
    .transpose()
}
