//! Every query of this room that is written out; the list, whose shape depends on its filters, is built in `board`.

use db::OrgTx;
use domain::settings::OrgSettings;
use domain::tickets::{Category, HomeHit, Line, Member, Move, Neighbour, NewTicket, Person, Photo, Priority, SavedView, Status};
use domain::{AttachmentId, ContactId, MembershipId, PropertyId, SavedViewId, TenancyId, TicketId, UnitId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;

use super::board::unknown;
use crate::{Error, Result};

pub(super) struct Place {
    pub(super) name: Option<String>,
    pub(super) line1: String,
    pub(super) line2: Option<String>,
    pub(super) city: String,
    pub(super) postcode: String,
    pub(super) unit: Option<String>,
}

impl Place {
    pub(super) fn lines(&self) -> impl Iterator<Item = &str> {
        [self.unit.as_deref(), self.name.as_deref(), Some(self.line1.as_str()), self.line2.as_deref(), Some(self.city.as_str())]
            .into_iter()
            .flatten()
    }
}

pub(super) async fn place(tx: &mut OrgTx, property: PropertyId, unit: Option<UnitId>) -> Result<Option<Place>> {
    let row = sqlx::query_as!(
        Place,
        r#"select p.name,
                  p.line1,
                  p.line2,
                  p.city,
                  p.postcode,
                  u.label as "unit?"
           from properties p
           left join units u on u.org_id = p.org_id and u.property_id = p.id and u.id = $3 and u.deleted_at is null
           where p.org_id = $1
             and p.id = $2
             and p.deleted_at is null"#,
        tx.org().uuid(),
        property.uuid(),
        unit.map(Uuid::from),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.filter(|place| unit.is_none() || place.unit.is_some()))
}

pub(super) async fn settings(tx: &mut OrgTx) -> Result<OrgSettings> {
    let settings = sqlx::query_scalar!("select settings from organisations where id = $1", tx.org().uuid()).fetch_one(tx.conn()).await?;
    serde_json::from_value(settings).map_err(Error::internal)
}

pub(super) async fn next_number(tx: &mut OrgTx) -> Result<i64> {
    Ok(sqlx::query_scalar!(r#"select app.next_number('ticket') as "number!""#).fetch_one(tx.conn()).await?)
}

pub(super) async fn insert(
    tx: &mut OrgTx,
    id: TicketId,
    number: i64,
    reference: &str,
    target_at: Option<Timestamp>,
    search_extra: &str,
    new: &NewTicket,
) -> Result<()> {
    let now = tx.now();
    let hazards: Vec<String> = new.hazards.iter().map(|h| h.as_str().to_owned()).collect();
    sqlx::query!(
        "insert into tickets
           (org_id, id, number, reference, property_id, unit_id, tenancy_id, draft_id, reported_by_contact_id, reporter_name, reporter_phone, source, confirmed,
            category, first_priority, priority, priority_reasons, title, description, fault_path, trade, hazards, answers, access, vulnerability,
            assignee_id, follows_ticket_id, aware_at, target_at, search_extra, created_at, updated_at)
         values
           ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $30, $11, $12,
            $13, $14, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
            $24, $25, $26, $27, $28, $29, $29)",
        tx.org().uuid(),
        id.uuid(),
        number,
        reference,
        new.property.uuid(),
        new.unit.map(Uuid::from),
        new.tenancy.map(Uuid::from),
        new.draft.map(Uuid::from),
        new.reported_by.map(Uuid::from),
        new.reporter_name.as_deref(),
        new.source.as_str(),
        new.confirmed,
        new.category.as_str(),
        new.priority.as_str(),
        &new.priority_reasons,
        new.title,
        new.description,
        new.fault_path.as_ref().map(ToString::to_string),
        new.trade.map(domain::faults::Trade::as_str),
        &hazards,
        new.answers,
        new.access,
        new.vulnerability.as_deref(),
        new.assignee.map(Uuid::from),
        new.follows.map(Uuid::from),
        new.aware_at.to_sqlx() as _,
        target_at.map(jiff_sqlx::ToSqlx::to_sqlx) as _,
        search_extra,
        now.to_sqlx() as _,
        new.reporter_phone.as_deref(),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A ticket as its search words are made of it.
pub(super) struct Worded {
    pub(super) id: Uuid,
    pub(super) reference: String,
    pub(super) reporter_name: Option<String>,
    pub(super) reporter_phone: Option<String>,
    pub(super) contact: Option<ContactRow>,
    pub(super) place: Place,
}

/// Those that a contact reported, or that are about a property or a unit; whichever of the three is given.
pub(super) async fn worded(
    tx: &mut OrgTx,
    contact: Option<ContactId>,
    property: Option<PropertyId>,
    unit: Option<UnitId>,
) -> Result<Vec<Worded>> {
    let rows = sqlx::query!(
        r#"select t.id,
                  t.reference,
                  t.reporter_name,
                  t.reporter_phone,
                  c.name as "contact_name?",
                  c.phone as "contact_phone?",
                  p.name,
                  p.line1,
                  p.line2,
                  p.city,
                  p.postcode,
                  u.label as "unit?"
           from tickets t
           join properties p on p.org_id = t.org_id and p.id = t.property_id
           left join units u on u.org_id = t.org_id and u.id = t.unit_id
           left join contacts c on c.org_id = t.org_id and c.id = t.reported_by_contact_id
           where t.org_id = $1
             and (t.reported_by_contact_id = $2 or t.property_id = $3 or t.unit_id = $4)
             and t.deleted_at is null"#,
        tx.org().uuid(),
        contact.map(Uuid::from),
        property.map(Uuid::from),
        unit.map(Uuid::from),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Worded {
            id: r.id,
            reference: r.reference,
            reporter_name: r.reporter_name,
            reporter_phone: r.reporter_phone,
            contact: r.contact_name.map(|name| ContactRow { name, phone: r.contact_phone }),
            place: Place { name: r.name, line1: r.line1, line2: r.line2, city: r.city, postcode: r.postcode, unit: r.unit },
        })
        .collect())
}

/// Nobody changed the ticket itself, so its version and its `updated_at` stay.
pub(super) async fn set_words(tx: &mut OrgTx, ids: &[Uuid], words: &[String]) -> Result<()> {
    sqlx::query!(
        "update tickets t
         set search_extra = w.words
         from unnest($2::uuid[], $3::text[]) as w (id, words)
         where t.org_id = $1 and t.id = w.id and t.search_extra <> w.words",
        tx.org().uuid(),
        ids,
        words,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What a change starts from and leads to.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Current {
    pub(super) version: i32,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) category: Category,
    pub(super) priority: Priority,
    pub(super) status: Status,
    /// The step just taken; never stored.
    pub(super) step: Option<Move>,
    pub(super) assignee: Option<MembershipId>,
    pub(super) assignee_name: Option<String>,
    pub(super) aware_at: Timestamp,
    pub(super) target_at: Option<Timestamp>,
    pub(super) triaged_at: Option<Timestamp>,
    pub(super) completed_at: Option<Timestamp>,
    pub(super) closed_at: Option<Timestamp>,
    pub(super) close_outcome: Option<String>,
    pub(super) close_reason: Option<String>,
    pub(super) cancel_reason: Option<String>,
    pub(super) reopened_count: i32,
}

/// The ticket, locked until the transaction ends: two changes at once happen one after the other, and the second sees the first's version.
pub(super) async fn lock(tx: &mut OrgTx, id: TicketId) -> Result<Option<Current>> {
    let row = sqlx::query!(
        "select version,
                title,
                description,
                category,
                priority,
                status,
                assignee_id,
                aware_at,
                target_at,
                triaged_at,
                completed_at,
                closed_at,
                close_outcome,
                close_reason,
                cancel_reason,
                reopened_count
         from tickets
         where org_id = $1
           and id = $2
           and deleted_at is null
         for update",
        tx.org().uuid(),
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(|r| {
        Ok(Current {
            version: r.version,
            title: r.title,
            description: r.description,
            category: Category::parse(&r.category).ok_or_else(|| unknown("category", &r.category))?,
            priority: Priority::parse(&r.priority).ok_or_else(|| unknown("priority", &r.priority))?,
            status: Status::parse(&r.status).ok_or_else(|| unknown("status", &r.status))?,
            step: None,
            assignee: r.assignee_id.map(Into::into),
            assignee_name: None,
            aware_at: r.aware_at.to_jiff(),
            target_at: moment(r.target_at),
            triaged_at: moment(r.triaged_at),
            completed_at: moment(r.completed_at),
            closed_at: moment(r.closed_at),
            close_outcome: r.close_outcome,
            close_reason: r.close_reason,
            cancel_reason: r.cancel_reason,
            reopened_count: r.reopened_count,
        })
    })
    .transpose()
}

fn moment(at: Option<jiff_sqlx::Timestamp>) -> Option<Timestamp> {
    at.map(jiff_sqlx::Timestamp::to_jiff)
}

pub(super) async fn update(tx: &mut OrgTx, id: TicketId, new: &Current) -> Result<i32> {
    let now = tx.now();
    let at = |moment: Option<Timestamp>| moment.map(jiff_sqlx::ToSqlx::to_sqlx);
    Ok(sqlx::query_scalar!(
        "update tickets
         set title = $3,
             description = $4,
             category = $5,
             priority = $6,
             status = $7,
             assignee_id = $8,
             target_at = $9,
             triaged_at = $10,
             completed_at = $11,
             closed_at = $12,
             close_outcome = $13,
             close_reason = $14,
             cancel_reason = $15,
             reopened_count = $16,
             updated_at = $17,
             version = version + 1
         where org_id = $1
           and id = $2
         returning version",
        tx.org().uuid(),
        id.uuid(),
        new.title,
        new.description,
        new.category.as_str(),
        new.priority.as_str(),
        new.status.as_str(),
        new.assignee.map(Uuid::from),
        at(new.target_at) as _,
        at(new.triaged_at) as _,
        at(new.completed_at) as _,
        at(new.closed_at) as _,
        new.close_outcome.as_deref(),
        new.close_reason.as_deref(),
        new.cancel_reason.as_deref(),
        new.reopened_count,
        now.to_sqlx() as _,
    )
    .fetch_one(tx.conn())
    .await?)
}

pub(super) async fn delete(tx: &mut OrgTx, id: TicketId) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update tickets set deleted_at = $3, updated_at = $3, version = version + 1 where org_id = $1 and id = $2",
        tx.org().uuid(),
        id.uuid(),
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Moves the ticket to the front of "last changed" without a new version: what was only added to is not changed under anybody's hands.
pub(super) async fn touch(tx: &mut OrgTx, id: TicketId) -> Result<bool> {
    let now = tx.now();
    let touched = sqlx::query!(
        "update tickets set updated_at = $3 where org_id = $1 and id = $2 and deleted_at is null",
        tx.org().uuid(),
        id.uuid(),
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(touched.rows_affected() == 1)
}

/// The name of somebody who can be given a ticket: active, and of a role that works on them.
pub(super) async fn assignable_name(tx: &mut OrgTx, member: MembershipId) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        "select name from memberships where org_id = $1 and id = $2 and status = 'active' and role in ('OrgAdmin', 'Coordinator')",
        tx.org().uuid(),
        member.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?)
}

pub(super) async fn assignable(tx: &mut OrgTx) -> Result<Vec<Member>> {
    let rows = sqlx::query!(
        "select id, name from memberships where org_id = $1 and status = 'active' and role in ('OrgAdmin', 'Coordinator') order by lower(name), id",
        tx.org().uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|r| Member { id: r.id.into(), name: r.name }).collect())
}

pub(super) async fn mark_read(tx: &mut OrgTx, id: TicketId, by: MembershipId) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "insert into ticket_reads (org_id, ticket_id, membership_id, read_at) values ($1, $2, $3, $4)
         on conflict (org_id, ticket_id, membership_id) do update set read_at = excluded.read_at",
        tx.org().uuid(),
        id.uuid(),
        by.uuid(),
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn mark_unread(tx: &mut OrgTx, id: TicketId, by: MembershipId) -> Result<()> {
    sqlx::query!(
        "delete from ticket_reads where org_id = $1 and ticket_id = $2 and membership_id = $3",
        tx.org().uuid(),
        id.uuid(),
        by.uuid(),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn is_there(tx: &mut OrgTx, id: TicketId) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from tickets where org_id = $1 and id = $2 and deleted_at is null) as "there!""#,
        tx.org().uuid(),
        id.uuid(),
    )
    .fetch_one(tx.conn())
    .await?)
}

struct LineRow {
    position: i64,
    kind: String,
    visibility: String,
    actor_kind: String,
    actor_name: Option<String>,
    data: serde_json::Value,
    created_at: jiff_sqlx::Timestamp,
}

impl From<LineRow> for Line {
    fn from(r: LineRow) -> Self {
        Self {
            position: r.position,
            kind: r.kind,
            public: r.visibility == "public",
            actor_kind: r.actor_kind,
            actor: r.actor_name,
            data: r.data,
            at: r.created_at.to_jiff(),
        }
    }
}

pub(super) async fn timeline(tx: &mut OrgTx, id: TicketId) -> Result<Vec<Line>> {
    let rows = sqlx::query_as!(
        LineRow,
        "select position,
                kind,
                visibility,
                actor_kind,
                actor_name,
                data,
                created_at
         from timeline_events
         where org_id = $1
           and ticket_id = $2
         order by position",
        tx.org().uuid(),
        id.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

pub(super) async fn last_line(tx: &mut OrgTx, id: TicketId) -> Result<Option<Line>> {
    let row = sqlx::query_as!(
        LineRow,
        "select position,
                kind,
                visibility,
                actor_kind,
                actor_name,
                data,
                created_at
         from timeline_events
         where org_id = $1
           and ticket_id = $2
         order by position desc
         limit 1",
        tx.org().uuid(),
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(Into::into))
}

pub(super) struct DetailRow {
    pub(super) version: i32,
    pub(super) reference: String,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) status: String,
    pub(super) priority: String,
    pub(super) first_priority: String,
    pub(super) priority_reasons: Vec<String>,
    pub(super) category: String,
    pub(super) trade: Option<String>,
    pub(super) fault_path: Option<String>,
    pub(super) answers: serde_json::Value,
    pub(super) hazards: Vec<String>,
    pub(super) source: String,
    pub(super) confirmed: bool,
    pub(super) access: serde_json::Value,
    pub(super) vulnerability: Option<String>,
    pub(super) reporter_name: Option<String>,
    pub(super) reporter_phone: Option<String>,
    pub(super) reported_by_contact_id: Option<Uuid>,
    pub(super) assignee_id: Option<Uuid>,
    pub(super) assignee_name: Option<String>,
    pub(super) aware_at: jiff_sqlx::Timestamp,
    pub(super) target_at: Option<jiff_sqlx::Timestamp>,
    pub(super) triaged_at: Option<jiff_sqlx::Timestamp>,
    pub(super) completed_at: Option<jiff_sqlx::Timestamp>,
    pub(super) closed_at: Option<jiff_sqlx::Timestamp>,
    pub(super) close_outcome: Option<String>,
    pub(super) close_reason: Option<String>,
    pub(super) cancel_reason: Option<String>,
    pub(super) reopened_count: i32,
    pub(super) follows_id: Option<Uuid>,
    pub(super) follows_reference: Option<String>,
    pub(super) duplicate_of_id: Option<Uuid>,
    pub(super) duplicate_of_reference: Option<String>,
    pub(super) created_at: jiff_sqlx::Timestamp,
    pub(super) updated_at: jiff_sqlx::Timestamp,
    pub(super) property_id: Uuid,
    pub(super) property_kind: String,
    pub(super) property_name: Option<String>,
    pub(super) line1: String,
    pub(super) line2: Option<String>,
    pub(super) city: String,
    pub(super) postcode: String,
    pub(super) has_gas: Option<bool>,
    pub(super) warnings: Option<String>,
    pub(super) access_notes: Option<String>,
    pub(super) has_access_codes: bool,
    pub(super) unit_id: Option<Uuid>,
    pub(super) unit_label: Option<String>,
    pub(super) followers: i64,
}

pub(super) async fn detail(tx: &mut OrgTx, id: TicketId) -> Result<Option<DetailRow>> {
    Ok(sqlx::query_as!(
        DetailRow,
        r#"select t.version,
                  t.reference,
                  t.title,
                  t.description,
                  t.status,
                  t.priority,
                  t.first_priority,
                  t.priority_reasons,
                  t.category,
                  t.trade,
                  t.fault_path,
                  t.answers,
                  t.hazards,
                  t.source,
                  t.confirmed,
                  t.access,
                  t.vulnerability,
                  t.reporter_name,
                  t.reporter_phone,
                  t.reported_by_contact_id,
                  t.assignee_id,
                  m.name as "assignee_name?",
                  t.aware_at,
                  t.target_at,
                  t.triaged_at,
                  t.completed_at,
                  t.closed_at,
                  t.close_outcome,
                  t.close_reason,
                  t.cancel_reason,
                  t.reopened_count,
                  f.id as "follows_id?",
                  f.reference as "follows_reference?",
                  d.id as "duplicate_of_id?",
                  d.reference as "duplicate_of_reference?",
                  t.created_at,
                  t.updated_at,
                  p.id as property_id,
                  p.kind as property_kind,
                  p.name as property_name,
                  p.line1,
                  p.line2,
                  p.city,
                  p.postcode,
                  p.has_gas,
                  p.warnings,
                  p.access_notes,
                  p.access_codes_enc is not null as "has_access_codes!",
                  u.id as "unit_id?",
                  u.label as "unit_label?",
                  (select count(*) from ticket_followers w where w.org_id = t.org_id and w.ticket_id = t.id) as "followers!"
           from tickets t
           join properties p on p.org_id = t.org_id and p.id = t.property_id
           left join units u on u.org_id = t.org_id and u.id = t.unit_id
           left join memberships m on m.org_id = t.org_id and m.id = t.assignee_id
           left join tickets f on f.org_id = t.org_id and f.id = t.follows_ticket_id and f.deleted_at is null
           left join tickets d on d.org_id = t.org_id and d.id = t.duplicate_of and d.deleted_at is null
           where t.org_id = $1
             and t.id = $2
             and t.deleted_at is null"#,
        tx.org().uuid(),
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?)
}

/// The reporter and whoever holds the tenancy today; the flag says which is which (the reporter may be both).
pub(super) async fn people(tx: &mut OrgTx, reporter: Option<Uuid>, unit: Option<Uuid>) -> Result<Vec<(Person, bool)>> {
    let rows = sqlx::query!(
        r#"with living as (
             select tt.contact_id, tt.is_lead
             from tenancies y
             join tenancy_tenants tt on tt.org_id = y.org_id and tt.tenancy_id = y.id
             where y.org_id = $1
               and y.unit_id = $3
               and y.deleted_at is null
               and y.start_on <= app.today()
               and (y.end_on is null or y.end_on >= app.today()))
           select c.id,
                  c.name,
                  c.phone,
                  c.email,
                  c.preferred_channel,
                  c.preferred_language,
                  c.needs,
                  l.contact_id is not null as "lives_there!"
           from contacts c
           left join living l on l.contact_id = c.id
           where c.org_id = $1
             and (c.id = $2 or l.contact_id is not null)
           order by coalesce(l.is_lead, false) desc, lower(c.name), c.id"#,
        tx.org().uuid(),
        reporter,
        unit,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| {
            let person = Person {
                id: r.id.into(),
                name: r.name,
                phone: r.phone,
                email: r.email,
                channel: r.preferred_channel,
                language: r.preferred_language,
                needs: r.needs,
            };
            (person, r.lives_there)
        })
        .collect())
}

pub(super) async fn photos(tx: &mut OrgTx, id: TicketId) -> Result<Vec<Photo>> {
    let rows = sqlx::query!(
        r#"select id,
                  file_name,
                  content_type,
                  bytes,
                  width,
                  height,
                  taken_at,
                  visibility,
                  thumb_key is not null as "is_ready!",
                  created_at
           from attachments
           where org_id = $1
             and ticket_id = $2
             and deleted_at is null
           order by created_at, id"#,
        tx.org().uuid(),
        id.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Photo {
            id: r.id.into(),
            file_name: r.file_name,
            content_type: r.content_type,
            bytes: r.bytes,
            width: r.width,
            height: r.height,
            taken_at: moment(r.taken_at),
            public: r.visibility == "public",
            is_ready: r.is_ready,
            created_at: r.created_at.to_jiff(),
        })
        .collect())
}

pub(super) async fn photo_keys(tx: &mut OrgTx, id: AttachmentId) -> Result<Option<(Option<String>, Option<String>)>> {
    let row = sqlx::query!(
        "select display_key, thumb_key from attachments where org_id = $1 and id = $2 and ticket_id is not null and deleted_at is null",
        tx.org().uuid(),
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|r| (r.display_key, r.thumb_key)))
}

pub(super) async fn neighbours(tx: &mut OrgTx, id: TicketId, property: Uuid) -> Result<Vec<Neighbour>> {
    let rows = sqlx::query!(
        r#"select t.id,
                  t.reference,
                  t.title,
                  t.status,
                  t.priority,
                  u.label as "unit_label?",
                  t.created_at
           from tickets t
           left join units u on u.org_id = t.org_id and u.id = t.unit_id
           where t.org_id = $1
             and t.property_id = $2
             and t.id <> $3
             and t.deleted_at is null
             and t.status not in ('CLOSED', 'CANCELLED')
           order by t.created_at desc, t.id
           limit 12"#,
        tx.org().uuid(),
        property,
        id.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(Neighbour {
                id: r.id.into(),
                reference: r.reference,
                title: r.title,
                status: Status::parse(&r.status).ok_or_else(|| unknown("status", &r.status))?,
                priority: Priority::parse(&r.priority).ok_or_else(|| unknown("priority", &r.priority))?,
                unit_label: r.unit_label,
                created_at: r.created_at.to_jiff(),
            })
        })
        .collect()
}

pub(super) async fn catalogue(tx: &mut OrgTx) -> Result<Option<serde_json::Value>> {
    Ok(sqlx::query_scalar!("select catalogue from fault_catalogues where org_id = $1", tx.org().uuid()).fetch_optional(tx.conn()).await?)
}

pub(super) struct ContactRow {
    pub(super) name: String,
    pub(super) phone: Option<String>,
}

pub(super) async fn contact(tx: &mut OrgTx, id: ContactId) -> Result<Option<ContactRow>> {
    Ok(sqlx::query_as!(
        ContactRow,
        "select name, phone from contacts where org_id = $1 and id = $2 and deleted_at is null",
        tx.org().uuid(),
        id.uuid()
    )
    .fetch_optional(tx.conn())
    .await?)
}

/// The property a unit belongs to.
pub(super) async fn property_of(tx: &mut OrgTx, unit: UnitId) -> Result<Option<PropertyId>> {
    let id = sqlx::query_scalar!(
        "select property_id from units where org_id = $1 and id = $2 and deleted_at is null",
        tx.org().uuid(),
        unit.uuid()
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(id.map(Into::into))
}

/// The tenancy a contact holds of a unit today.
pub(super) async fn tenancy(tx: &mut OrgTx, unit: UnitId, contact: Option<ContactId>) -> Result<Option<TenancyId>> {
    let id = sqlx::query_scalar!(
        "select y.id
         from tenancies y
         where y.org_id = $1
           and y.unit_id = $2
           and y.deleted_at is null
           and y.start_on <= app.today()
           and (y.end_on is null or y.end_on >= app.today())
         order by exists (select from tenancy_tenants tt where tt.org_id = y.org_id and tt.tenancy_id = y.id and tt.contact_id = $3) desc, y.start_on desc
         limit 1",
        tx.org().uuid(),
        unit.uuid(),
        contact.map(Uuid::from),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(id.map(Into::into))
}

/// Homes by what a caller says: a postcode, a street, a name, a number. Each word must be found in the address or in the name or number of
/// somebody who lives there.
pub(super) async fn homes(tx: &mut OrgTx, patterns: &[String], limit: i64) -> Result<Vec<HomeHit>> {
    let rows = sqlx::query!(
        r#"select h.property_id as "property_id!",
                  h.unit_id,
                  h.line as "line!",
                  h.postcode as "postcode!",
                  h.people as "people!"
           from (
             select p.id as property_id,
                    u.id as unit_id,
                    concat_ws(', ', u.label, p.name, p.line1, p.line2, p.city) as line,
                    p.postcode,
                    coalesce(l.people, '[]'::jsonb) as people,
                    lower(concat_ws(' ', u.label, p.name, p.line1, p.line2, p.city, p.postcode, replace(p.postcode, ' ', ''), p.reference, l.words)) as words
             from properties p
             join units u on u.org_id = p.org_id and u.property_id = p.id and u.deleted_at is null and u.status <> 'archived'
             left join lateral (
               select jsonb_agg(jsonb_build_object('id', c.id, 'name', c.name, 'phone', c.phone, 'email', c.email, 'channel', c.preferred_channel,
                                                   'language', c.preferred_language, 'needs', c.needs) order by tt.is_lead desc, c.name) as people,
                      string_agg(concat_ws(' ', c.name, c.phone, '0' || substr(c.phone, 4)), ' ') as words
               from tenancies y
               join tenancy_tenants tt on tt.org_id = y.org_id and tt.tenancy_id = y.id
               join contacts c on c.org_id = tt.org_id and c.id = tt.contact_id
               where y.org_id = u.org_id
                 and y.unit_id = u.id
                 and y.deleted_at is null
                 and y.start_on <= app.today()
                 and (y.end_on is null or y.end_on >= app.today())) l on true
             where p.org_id = $1
               and p.deleted_at is null
               and p.status <> 'archived'
             union all
             select p.id,
                    null,
                    concat_ws(', ', 'Communal areas', p.name, p.line1, p.city),
                    p.postcode,
                    '[]'::jsonb,
                    lower(concat_ws(' ', 'communal areas block', p.name, p.line1, p.line2, p.city, p.postcode, replace(p.postcode, ' ', ''), p.reference))
             from properties p
             where p.org_id = $1
               and p.deleted_at is null
               and p.status <> 'archived'
               and p.kind in ('block', 'hmo')) h
           where h.words like all ($2)
           order by h.postcode, h.line
           limit $3"#,
        tx.org().uuid(),
        patterns,
        limit,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(HomeHit {
                property: r.property_id.into(),
                unit: r.unit_id.map(Into::into),
                line: r.line,
                postcode: r.postcode,
                people: serde_json::from_value(r.people).map_err(Error::internal)?,
            })
        })
        .collect()
}

pub(super) async fn views(tx: &mut OrgTx, of: MembershipId) -> Result<Vec<SavedView>> {
    let rows = sqlx::query!(
        "select id, name, query from saved_views where org_id = $1 and membership_id = $2 order by lower(name), id",
        tx.org().uuid(),
        of.uuid()
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|r| SavedView { id: r.id.into(), name: r.name, query: r.query }).collect())
}

/// Saving under a name that is there replaces it.
pub(super) async fn save_view(tx: &mut OrgTx, id: SavedViewId, of: MembershipId, name: &str, query: &str) -> Result<SavedViewId> {
    let now = tx.now();
    let id = sqlx::query_scalar!(
        "insert into saved_views (org_id, id, membership_id, name, query, created_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (org_id, membership_id, name) do update set query = excluded.query
         returning id",
        tx.org().uuid(),
        id.uuid(),
        of.uuid(),
        name,
        query,
        now.to_sqlx() as _,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(id.into())
}

pub(super) async fn remove_view(tx: &mut OrgTx, id: SavedViewId, of: MembershipId) -> Result<bool> {
    let gone =
        sqlx::query!("delete from saved_views where org_id = $1 and id = $2 and membership_id = $3", tx.org().uuid(), id.uuid(), of.uuid())
            .execute(tx.conn())
            .await?;
    Ok(gone.rows_affected() == 1)
}

pub(super) struct Figures {
    pub(super) by_priority: serde_json::Value,
    pub(super) by_status: serde_json::Value,
    pub(super) by_day: serde_json::Value,
    pub(super) oldest_awaiting: Option<jiff_sqlx::Timestamp>,
    pub(super) opened_today: i64,
    pub(super) closed_today: i64,
    pub(super) overdue: i64,
    pub(super) due_soon: i64,
    pub(super) mine: i64,
}

/// The dashboard's figures in one statement. All but two read the index of open tickets alone.
pub(super) async fn figures(
    tx: &mut OrgTx,
    me: MembershipId,
    today: Timestamp,
    tomorrow_ends: Timestamp,
    fortnight_ago: Timestamp,
) -> Result<Figures> {
    let now = tx.now();
    Ok(sqlx::query_as!(
        Figures,
        r#"with open as (
             select status, priority, target_at, created_at
             from tickets
             where org_id = $1
               and deleted_at is null
               and status not in ('CLOSED', 'CANCELLED'))
           select
             (select coalesce(jsonb_object_agg(priority, n), '{}') from (select priority, count(*) as n from open group by priority) x) as "by_priority!",
             (select coalesce(jsonb_object_agg(status, n), '{}') from (select status, count(*) as n from open group by status) x) as "by_status!",
             (select coalesce(jsonb_object_agg(day, n), '{}')
              from (select (created_at at time zone 'Europe/London')::date as day, count(*) as n
                    from tickets
                    where org_id = $1
                      and deleted_at is null
                      and created_at >= $5
                    group by 1) x) as "by_day!",
             (select min(created_at) from open where status = 'NEW') as oldest_awaiting,
             (select count(*) from tickets where org_id = $1 and deleted_at is null and created_at >= $3) as "opened_today!",
             (select count(*) from tickets
              where org_id = $1 and deleted_at is null and status = 'CLOSED' and updated_at >= $3 and closed_at >= $3) as "closed_today!",
             -- Done, and waiting for the tenant's yes: no longer late.
             (select count(*) from open where target_at < $2 and status <> 'COMPLETED') as "overdue!",
             (select count(*) from open where target_at >= $2 and target_at < $4 and status <> 'COMPLETED') as "due_soon!",
             (select count(*) from tickets
              where org_id = $1 and deleted_at is null and assignee_id = $6 and status not in ('CLOSED', 'CANCELLED')) as "mine!""#,
        tx.org().uuid(),
        now.to_sqlx() as _,
        today.to_sqlx() as _,
        tomorrow_ends.to_sqlx() as _,
        fortnight_ago.to_sqlx() as _,
        me.uuid(),
    )
    .fetch_one(tx.conn())
    .await?)
}
