//! Every query of this room.

use std::borrow::Cow;

use db::{OrgTx, SystemTx};
use domain::faults::{Catalogue, FaultPath, Priority};
use domain::settings::OrgSettings;
use domain::tickets::{Draft, Status};
use domain::values::{EmailAddress, Postcode};
use domain::{AttachmentId, ContactId, DraftId, MembershipId, PropertyId, TenancyId, TicketId, UnitId};
use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;

use super::Reporting;
use super::drafts::{HomeOption, Problems, State};
use super::duplicates::Duplicate;
use super::guest::PublicPage;
use super::photos::Photo;
use crate::files::{FileKey, Received};
use crate::{Error, Result};

pub(super) struct DraftRow {
    pub(super) draft: Draft,
    pub(super) problems: Option<Problems>,
    pub(super) state: State,
    pub(super) contact: Option<ContactId>,
    pub(super) aware_at: Option<Timestamp>,
    pub(super) confirmed_at: Option<Timestamp>,
    pub(super) code_hash: Option<Vec<u8>>,
    pub(super) code_attempts: i32,
    pub(super) code_sent_at: Option<Timestamp>,
    pub(super) updated_at: Timestamp,
    pub(super) expires_at: Timestamp,
}

struct RawDraft {
    contact_id: Option<Uuid>,
    answers: serde_json::Value,
    problems: Option<serde_json::Value>,
    status: String,
    ticket_id: Option<Uuid>,
    aware_at: Option<jiff_sqlx::Timestamp>,
    confirmed_at: Option<jiff_sqlx::Timestamp>,
    code_hash: Option<Vec<u8>>,
    code_attempts: i32,
    code_sent_at: Option<jiff_sqlx::Timestamp>,
    updated_at: jiff_sqlx::Timestamp,
    expires_at: jiff_sqlx::Timestamp,
}

impl TryFrom<RawDraft> for DraftRow {
    type Error = Error;
    fn try_from(r: RawDraft) -> Result<Self> {
        let state = match (r.status.as_str(), r.ticket_id) {
            ("submitted", Some(ticket)) => State::Submitted(ticket.into()),
            ("open", _) => State::Open,
            (status, _) => return Err(Error::internal(anyhow::anyhow!("a draft is {status:?} without a ticket"))),
        };
        Ok(Self {
            draft: serde_json::from_value(r.answers).map_err(Error::internal)?,
            problems: r.problems.map(serde_json::from_value).transpose().map_err(Error::internal)?,
            state,
            contact: r.contact_id.map(Into::into),
            aware_at: r.aware_at.map(jiff_sqlx::Timestamp::to_jiff),
            confirmed_at: r.confirmed_at.map(jiff_sqlx::Timestamp::to_jiff),
            code_hash: r.code_hash,
            code_attempts: r.code_attempts,
            code_sent_at: r.code_sent_at.map(jiff_sqlx::Timestamp::to_jiff),
            updated_at: r.updated_at.to_jiff(),
            expires_at: r.expires_at.to_jiff(),
        })
    }
}

/// A live draft: open and not expired, or sent.
pub(super) async fn draft(tx: &mut OrgTx, id: DraftId) -> Result<Option<DraftRow>> {
    let row = sqlx::query_as!(
        RawDraft,
        r#"select contact_id,
                  answers,
                  problems,
                  status,
                  ticket_id,
                  aware_at,
                  confirmed_at,
                  code_hash,
                  code_attempts,
                  code_sent_at,
                  updated_at,
                  expires_at
           from drafts
           where org_id = app.org_id()
             and id = $1
             and (status = 'submitted' or (status = 'open' and expires_at > app.now()))"#,
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// As [`draft`], held until the transaction ends: whoever sends it a second time waits and finds it sent.
pub(super) async fn lock_draft(tx: &mut OrgTx, id: DraftId) -> Result<Option<DraftRow>> {
    sqlx::query!("select id from drafts where org_id = app.org_id() and id = $1 for update", id.uuid()).fetch_optional(tx.conn()).await?;
    draft(tx, id).await
}

pub(super) async fn insert_draft(
    tx: &mut OrgTx,
    id: DraftId,
    draft: &Draft,
    owner: Option<(MembershipId, ContactId)>,
    guest_hash: Option<&[u8]>,
    kept: SignedDuration,
) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "insert into drafts (org_id, id, membership_id, contact_id, guest_hash, property_id, unit_id, answers, created_at, updated_at, expires_at)
         values (app.org_id(), $1, $2, $3, $4, $5, $6, $7, $8, $8, $9)",
        id.uuid(),
        owner.map(|o| o.0.uuid()),
        owner.map(|o| o.1.uuid()),
        guest_hash,
        draft.property_id.map(Uuid::from),
        draft.unit_id.map(Uuid::from),
        json(draft)?,
        now.to_sqlx() as _,
        (now + kept).to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

fn json(value: &impl serde::Serialize) -> Result<serde_json::Value> {
    serde_json::to_value(value).map_err(Error::internal)
}

/// Takes the answers and forgets what was refused before.
pub(super) async fn save_draft(tx: &mut OrgTx, id: DraftId, draft: &Draft) -> Result<()> {
    sqlx::query!(
        "update drafts
            set answers = $2,
                property_id = $3,
                unit_id = $4,
                problems = null,
                updated_at = app.now(),
                version = version + 1
          where org_id = app.org_id() and id = $1",
        id.uuid(),
        json(draft)?,
        draft.property_id.map(Uuid::from),
        draft.unit_id.map(Uuid::from),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn set_problems(tx: &mut OrgTx, id: DraftId, problems: &Problems) -> Result<()> {
    sqlx::query!(
        "update drafts set problems = $2, updated_at = app.now() where org_id = app.org_id() and id = $1",
        id.uuid(),
        json(problems)?
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn clear_problems(tx: &mut OrgTx, id: DraftId) -> Result<()> {
    sqlx::query!("update drafts set problems = null, updated_at = app.now() where org_id = app.org_id() and id = $1", id.uuid())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The first moment stays.
pub(super) async fn set_aware(tx: &mut OrgTx, id: DraftId) -> Result<()> {
    sqlx::query!("update drafts set aware_at = coalesce(aware_at, app.now()) where org_id = app.org_id() and id = $1", id.uuid())
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub(super) async fn set_resume_hash(tx: &mut OrgTx, id: DraftId, hash: &[u8]) -> Result<()> {
    sqlx::query!("update drafts set resume_hash = $2 where org_id = app.org_id() and id = $1", id.uuid(), hash).execute(tx.conn()).await?;
    Ok(())
}

pub(super) async fn guest_hashes(tx: &mut OrgTx, id: DraftId) -> Result<Vec<Vec<u8>>> {
    let row = sqlx::query!(
        "select guest_hash, resume_hash from drafts where org_id = app.org_id() and id = $1 and status <> 'expired' and expires_at > app.now()",
        id.uuid()
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|r| [r.guest_hash, r.resume_hash].into_iter().flatten().collect()).unwrap_or_default())
}

pub(super) async fn set_code(tx: &mut OrgTx, id: DraftId, hash: &[u8]) -> Result<()> {
    sqlx::query!(
        "update drafts set code_hash = $2, code_attempts = 0, code_sent_at = app.now(), problems = null where org_id = app.org_id() and id = $1",
        id.uuid(),
        hash
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn count_code_attempt(tx: &mut OrgTx, id: DraftId) -> Result<()> {
    sqlx::query!("update drafts set code_attempts = code_attempts + 1 where org_id = app.org_id() and id = $1", id.uuid())
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub(super) async fn set_confirmed(tx: &mut OrgTx, id: DraftId, ticket: TicketId) -> Result<()> {
    sqlx::query!(
        "update drafts set confirmed_at = app.now(), code_hash = null, problems = null, updated_at = app.now() where org_id = app.org_id() and id = $1",
        id.uuid()
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("update tickets set confirmed = true, updated_at = app.now() where org_id = app.org_id() and id = $1", ticket.uuid())
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub(super) async fn open_drafts(tx: &mut OrgTx) -> Result<Vec<(DraftId, Timestamp)>> {
    let rows = sqlx::query!(
        "select id, updated_at
         from drafts
         where org_id = app.org_id() and status = 'open' and expires_at > app.now() and answers ->> 'emergency' is not null
         order by updated_at desc
         limit 5"
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|r| (r.id.into(), r.updated_at.to_jiff())).collect())
}

/// Ends a draft without a ticket of its own; its answers go.
pub(super) async fn end_draft(tx: &mut OrgTx, id: DraftId) -> Result<()> {
    sqlx::query!(
        "update drafts set status = 'expired', answers = '{}', problems = null, updated_at = app.now() where org_id = app.org_id() and id = $1 and status = 'open'",
        id.uuid()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Ends a draft that was kept long enough; answers the files its photos leave behind.
pub(super) async fn expire_draft(tx: &mut OrgTx, id: DraftId) -> Result<Vec<FileKey>> {
    end_draft(tx, id).await?;
    let rows = sqlx::query!(
        "delete from attachments
         where org_id = app.org_id()
           and draft_id = $1
           and ticket_id is null
           and exists (select from drafts d where d.org_id = attachments.org_id and d.id = $1 and d.status = 'expired')
         returning storage_key, display_key, thumb_key",
        id.uuid()
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().flat_map(|r| keys(&r.storage_key, r.display_key.as_deref(), r.thumb_key.as_deref())).collect())
}

pub(super) async fn mark_submitted(tx: &mut OrgTx, id: DraftId, ticket: TicketId) -> Result<()> {
    sqlx::query!(
        "update drafts
            set status = 'submitted',
                ticket_id = $2,
                problems = null,
                aware_at = coalesce(aware_at, app.now()),
                updated_at = app.now()
          where org_id = app.org_id() and id = $1",
        id.uuid(),
        ticket.uuid()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn organisation(tx: &mut OrgTx) -> Result<(String, OrgSettings)> {
    let row = sqlx::query!("select name, settings from organisations where id = app.org_id()").fetch_one(tx.conn()).await?;
    Ok((row.name, serde_json::from_value(row.settings).map_err(Error::internal)?))
}

pub(super) async fn by_slug(tx: &mut SystemTx, slug: &str) -> Result<Option<PublicPage>> {
    let row = sqlx::query!("select id, name, settings from organisations where slug = $1 and status = 'active'", slug)
        .fetch_optional(tx.conn())
        .await?;
    row.map(|r| Ok(PublicPage { org: r.id.into(), name: r.name, settings: serde_json::from_value(r.settings).map_err(Error::internal)? }))
        .transpose()
}

/// The organisation's own faults, else those every organisation starts with.
pub(super) async fn catalogue(tx: &mut OrgTx) -> Result<Cow<'static, Catalogue>> {
    let own = sqlx::query_scalar!("select catalogue from fault_catalogues where org_id = app.org_id()").fetch_optional(tx.conn()).await?;
    match own {
        Some(own) => Ok(Cow::Owned(serde_json::from_value(own).map_err(Error::internal)?)),
        None => Ok(Cow::Borrowed(Catalogue::default_uk())),
    }
}

struct Address {
    property_id: Uuid,
    unit_id: Uuid,
    label: String,
    line1: String,
    line2: Option<String>,
    city: String,
    postcode: String,
}

impl From<Address> for HomeOption {
    fn from(a: Address) -> Self {
        let unit = Some(a.label).filter(|label| label != "Whole house");
        let lines: Vec<String> = [unit, Some(a.line1), a.line2, Some(a.city), Some(a.postcode)].into_iter().flatten().collect();
        Self { property: a.property_id.into(), unit: a.unit_id.into(), address: lines.join(", ") }
    }
}

pub(super) async fn my_homes(tx: &mut OrgTx) -> Result<Vec<HomeOption>> {
    let rows = sqlx::query_as!(
        Address,
        r#"select distinct p.id as property_id,
                  u.id as unit_id,
                  u.label,
                  p.line1,
                  p.line2,
                  p.city,
                  p.postcode
           from app.my_homes() h
           join units u on u.org_id = app.org_id() and u.id = h.unit_id and u.deleted_at is null
           join properties p on p.org_id = u.org_id and p.id = u.property_id and p.deleted_at is null
           order by p.postcode, p.line1, u.label"#
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Addresses at a postcode, and nothing else of them. Flats in the order of their numbers.
pub(super) async fn homes_at(tx: &mut OrgTx, postcode: &Postcode) -> Result<Vec<HomeOption>> {
    let rows = sqlx::query_as!(
        Address,
        r#"select p.id as property_id,
                  u.id as unit_id,
                  u.label,
                  p.line1,
                  p.line2,
                  p.city,
                  p.postcode
           from properties p
           join units u on u.org_id = p.org_id and u.property_id = p.id and u.deleted_at is null
           where p.org_id = app.org_id()
             and p.postcode = $1
             and p.deleted_at is null
           order by nullif(regexp_replace(p.line1, '\D.*$', ''), '')::bigint nulls last, p.line1, nullif(regexp_replace(u.label, '\D', '', 'g'), '')::numeric nulls last, u.label
           limit 200"#,
        postcode.as_str(),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The tenant's own address: row-level security shows them no other contact.
pub(super) async fn my_email(tx: &mut OrgTx) -> Result<Option<EmailAddress>> {
    let email = sqlx::query_scalar!("select email from contacts where org_id = app.org_id() and id = app.contact_id()")
        .fetch_optional(tx.conn())
        .await?;
    Ok(email.flatten().and_then(|e| EmailAddress::parse(&e)))
}

pub(super) struct Contact {
    pub(super) name: String,
    pub(super) email: Option<EmailAddress>,
}

pub(super) async fn contact(tx: &mut OrgTx, id: ContactId) -> Result<Option<Contact>> {
    let row = sqlx::query!("select name, email from contacts where org_id = app.org_id() and id = $1", id.uuid())
        .fetch_optional(tx.conn())
        .await?;
    Ok(row.map(|r| Contact { name: r.name, email: r.email.and_then(|e| EmailAddress::parse(&e)) }))
}

/// The live tenancy under which this person lives there.
pub(super) async fn tenancy(tx: &mut OrgTx, unit: UnitId, contact: Option<ContactId>) -> Result<Option<TenancyId>> {
    let id = sqlx::query_scalar!(
        "select t.id
         from tenancies t
         join tenancy_tenants tt on tt.org_id = t.org_id and tt.tenancy_id = t.id
         where t.org_id = app.org_id()
           and t.unit_id = $1
           and tt.contact_id = $2
           and t.deleted_at is null
           and t.start_on <= app.today()
           and (t.end_on is null or t.end_on >= app.today())
         order by t.start_on desc
         limit 1",
        unit.uuid(),
        contact.map(Uuid::from),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(id.map(Into::into))
}

pub(super) async fn nearby(tx: &mut OrgTx, property: PropertyId, unit: UnitId, path: &FaultPath) -> Result<Vec<Duplicate>> {
    let rows = sqlx::query!(
        r#"select ticket_id as "ticket_id!",
                  reported_at as "reported_at!",
                  status as "status!",
                  followers as "followers!",
                  same_home as "same_home!"
           from app.nearby_reports($1, $2, $3, $4)"#,
        property.uuid(),
        unit.uuid(),
        path.to_string(),
        format!("{}/{}", path.room, path.item),
    )
    .fetch_all(tx.conn())
    .await?;
    let duplicates = rows.into_iter().map(|r| {
        Ok(Duplicate {
            ticket: r.ticket_id.into(),
            reported_at: r.reported_at.to_jiff(),
            people: r.followers + 1,
            status: status(&r.status)?,
            same_home: r.same_home,
        })
    });
    duplicates.collect()
}

fn status(text: &str) -> Result<Status> {
    Status::parse(text).ok_or_else(|| Error::internal(anyhow::anyhow!("a ticket has the unknown status {text}")))
}

pub(super) async fn follow(tx: &mut OrgTx, ticket: TicketId, unit: UnitId, notes: Option<&str>) -> Result<bool> {
    Ok(sqlx::query_scalar!(r#"select app.follow_report($1, $2, $3) as "followed!""#, ticket.uuid(), unit.uuid(), notes)
        .fetch_one(tx.conn())
        .await?)
}

pub(super) async fn reports_today(tx: &mut OrgTx, property: PropertyId, unit: Option<UnitId>) -> Result<i64> {
    Ok(sqlx::query_scalar!(r#"select app.reports_today($1, $2) as "count!""#, property.uuid(), unit.map(Uuid::from))
        .fetch_one(tx.conn())
        .await?)
}

pub(super) async fn count_usage(tx: &mut OrgTx, resource: &str) -> Result<()> {
    sqlx::query!("select app.count_usage($1, 1)", resource).execute(tx.conn()).await?;
    Ok(())
}

pub(super) async fn reference(tx: &mut OrgTx, ticket: TicketId) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!("select reference from tickets where org_id = app.org_id() and id = $1", ticket.uuid())
        .fetch_optional(tx.conn())
        .await?)
}

pub(super) struct ReceiptRow {
    pub(super) reference: String,
    pub(super) title: String,
    pub(super) priority: Priority,
    pub(super) status: Status,
    pub(super) aware_at: Timestamp,
    pub(super) target_at: Option<Timestamp>,
    pub(super) created_at: Timestamp,
    pub(super) confirmed: bool,
}

pub(super) async fn receipt(tx: &mut OrgTx, ticket: TicketId) -> Result<Option<ReceiptRow>> {
    let row = sqlx::query!(
        "select reference, title, priority, status, aware_at, target_at, created_at, confirmed from tickets where org_id = app.org_id() and id = $1",
        ticket.uuid()
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(|r| {
        Ok(ReceiptRow {
            reference: r.reference,
            title: r.title,
            priority: Priority::parse(&r.priority)
                .ok_or_else(|| Error::internal(anyhow::anyhow!("a ticket has the unknown priority {}", r.priority)))?,
            status: status(&r.status)?,
            aware_at: r.aware_at.to_jiff(),
            target_at: r.target_at.map(jiff_sqlx::Timestamp::to_jiff),
            created_at: r.created_at.to_jiff(),
            confirmed: r.confirmed,
        })
    })
    .transpose()
}

pub(super) async fn photos(tx: &mut OrgTx, draft: DraftId) -> Result<Vec<Photo>> {
    let rows = sqlx::query!(
        r#"select id, file_name, thumb_key is not null as "has_thumbnail!"
           from attachments
           where org_id = app.org_id() and draft_id = $1 and deleted_at is null
           order by created_at, id"#,
        draft.uuid()
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|r| Photo { id: r.id.into(), file_name: r.file_name, has_thumbnail: r.has_thumbnail }).collect())
}

pub(super) async fn insert_photo(
    tx: &mut OrgTx,
    id: AttachmentId,
    draft: DraftId,
    who: &Reporting,
    file_name: &str,
    key: &FileKey,
    received: &Received,
) -> Result<()> {
    let now = tx.now();
    let size = |side: u32| i32::try_from(side).unwrap_or(i32::MAX);
    let membership = match who {
        Reporting::Tenant(cx) => Some(cx.membership()),
        Reporting::Guest(_) => None,
    };
    sqlx::query!(
        "insert into attachments
           (org_id, id, draft_id, purpose, uploader_membership_id, uploader_contact_id, file_name, content_type, bytes, sha256, stored_sha256,
            width, height, taken_at, storage_key, created_at)
         values (app.org_id(), $1, $2, 'report', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        id.uuid(),
        draft.uuid(),
        membership.map(Uuid::from),
        who.contact().map(Uuid::from),
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

fn keys(storage: &str, display: Option<&str>, thumb: Option<&str>) -> Vec<FileKey> {
    [Some(storage), display, thumb].into_iter().flatten().filter_map(FileKey::parse).collect()
}

pub(super) async fn delete_photo(tx: &mut OrgTx, draft: DraftId, photo: AttachmentId) -> Result<Option<Vec<FileKey>>> {
    let row = sqlx::query!(
        "delete from attachments where org_id = app.org_id() and draft_id = $1 and id = $2 and ticket_id is null returning storage_key, display_key, thumb_key",
        draft.uuid(),
        photo.uuid()
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|r| keys(&r.storage_key, r.display_key.as_deref(), r.thumb_key.as_deref())))
}

pub(super) async fn thumbnail(tx: &mut OrgTx, draft: DraftId, photo: AttachmentId) -> Result<Option<FileKey>> {
    let key = sqlx::query_scalar!(
        "select thumb_key from attachments where org_id = app.org_id() and draft_id = $1 and id = $2 and deleted_at is null",
        draft.uuid(),
        photo.uuid()
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(key.flatten().and_then(|k| FileKey::parse(&k)))
}

pub(super) async fn attach_photos(tx: &mut OrgTx, draft: DraftId, ticket: TicketId) -> Result<()> {
    sqlx::query!(
        "update attachments set ticket_id = $2 where org_id = app.org_id() and draft_id = $1 and deleted_at is null",
        draft.uuid(),
        ticket.uuid()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
