//! Every query of this room. Rows arrive as JSON documents of their table's shape: one statement a table, whatever the number of rows.

use db::{ActorRecord, AuthTx, OrgTx, SystemTx};
use domain::events::Event;
use domain::{LoginId, OrgId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde_json::{Value, json};
use uuid::Uuid;

use super::estate::Rows;
use super::scale::Turns;
use super::source::Firm;
use crate::{Error, House, Result};

/// Something that happened at its own time, by its own actor.
#[derive(Clone, Debug)]
pub(super) struct Happening {
    pub(super) at: Timestamp,
    pub(super) actor: ActorRecord,
    pub(super) event: Event,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) id: OrgId,
    /// False while an earlier run was cut off between the organisation's row and its content.
    pub(super) has_history: bool,
}

pub(super) async fn organisation(house: &House, slug: &str) -> Result<Option<Found>> {
    let mut tx = SystemTx::because(house.db(), "is the demo data there?", house.now()).await?;
    let row = sqlx::query!(
        r#"select o.id,
                  h.position > 0 as "has_history!"
           from organisations o
           join org_heads h on h.org_id = o.id
           where o.slug = $1"#,
        slug,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|r| Found { id: r.id.into(), has_history: r.has_history }))
}

pub(super) async fn insert_organisation(tx: &mut AuthTx, org: OrgId, firm: &Firm, at: Timestamp) -> Result<()> {
    let settings = serde_json::to_value(&firm.settings).map_err(Error::internal)?;
    sqlx::query!(
        "insert into organisations (id, name, slug, plan, billing_email, settings, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $7)
         on conflict (id) do nothing",
        org.uuid(),
        firm.name,
        firm.slug,
        firm.plan,
        firm.settings.office_email,
        settings,
        at.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("insert into org_heads (org_id) values ($1) on conflict (org_id) do nothing", org.uuid()).execute(tx.conn()).await?;
    Ok(())
}

/// The logins of these e-mails; those of an earlier run keep their ids.
pub(super) async fn insert_logins(
    tx: &mut AuthTx,
    wanted: &[(String, LoginId)],
    password_hash: &str,
    at: Timestamp,
) -> Result<Vec<(String, LoginId)>> {
    let emails: Vec<String> = wanted.iter().map(|(email, _)| email.clone()).collect();
    let ids: Vec<Uuid> = wanted.iter().map(|(_, id)| id.uuid()).collect();
    let rows = sqlx::query!(
        "insert into auth.logins (id, email, password_hash, email_verified_at, created_at, updated_at)
         select w.id, w.email, $3, $4, $4, $4 from unnest($1::uuid[], $2::text[]) as w (id, email)
         on conflict (email) do update set updated_at = excluded.updated_at
         returning id, email",
        &ids,
        &emails,
        password_hash,
        at.to_sqlx() as _,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|r| (r.email, r.id.into())).collect())
}

/// `insert!(tx, table, "columns", rows)`: the columns of the documents into the table.
macro_rules! insert {
    ($tx:expr, $into:literal, $from:literal, $rows:expr) => {
        sqlx::query!("insert into " + $into + " select " + $from, Value::Array($rows.to_vec())).execute($tx.conn()).await?
    };
}

pub(super) async fn insert_world(tx: &mut OrgTx, rows: &Rows) -> Result<()> {
    insert!(
        tx,
        "contacts (org_id, id, kind, name, email, phone, preferred_channel, preferred_language, large_print, company, created_at, updated_at)",
        "org_id, id, kind, name, email, phone, preferred_channel, preferred_language, large_print, company, created_at, updated_at
         from jsonb_populate_recordset(null::contacts, $1)",
        rows.contacts
    );
    insert!(
        tx,
        "consent_records (org_id, id, contact_id, channel, consented_at, source, created_at)",
        "org_id, id, contact_id, channel, consented_at, source, created_at from jsonb_populate_recordset(null::consent_records, $1)",
        rows.consents
    );
    insert!(
        tx,
        "memberships (org_id, id, login_id, role, contact_id, name, email, status, job_title, created_at, updated_at)",
        "org_id, id, login_id, role, contact_id, name, email, status, job_title, created_at, updated_at from jsonb_populate_recordset(null::memberships, $1)",
        rows.memberships
    );
    insert!(
        tx,
        "contractor_profiles (org_id, id, contact_id, trade_licences, service_categories, trades, postcode_areas, rating, status, out_of_hours, in_house,
           vat_registered, created_at, updated_at)",
        "org_id, id, contact_id, trade_licences, service_categories, trades, postcode_areas, rating, status, out_of_hours, in_house,
           vat_registered, created_at, updated_at from jsonb_populate_recordset(null::contractor_profiles, $1)",
        rows.profiles
    );
    insert!(
        tx,
        "properties (org_id, id, reference, kind, status, name, line1, city, postcode, country, tenure, landlord_kind, storeys, built_year, has_gas,
           smoke_alarms, co_alarms, warnings, access_notes, access_codes_enc, created_at, updated_at)",
        "org_id, id, reference, kind, status, name, line1, city, postcode, country, tenure, landlord_kind, storeys, built_year, has_gas,
           smoke_alarms, co_alarms, warnings, access_notes, access_codes_enc, created_at, updated_at from jsonb_populate_recordset(null::properties, $1)",
        rows.properties
    );
    insert!(
        tx,
        "units (org_id, id, property_id, label, floor, bedrooms, status, created_at, updated_at)",
        "org_id, id, property_id, label, floor, bedrooms, status, created_at, updated_at from jsonb_populate_recordset(null::units, $1)",
        rows.units
    );
    insert!(
        tx,
        "tenancies (org_id, id, unit_id, reference, status, start_on, end_on, rent_pence, deposit_pence, created_at, updated_at)",
        "org_id, id, unit_id, reference, status, start_on, end_on, rent_pence, deposit_pence, created_at, updated_at
         from jsonb_populate_recordset(null::tenancies, $1)",
        rows.tenancies
    );
    insert!(
        tx,
        "tenancy_tenants (org_id, tenancy_id, contact_id, is_lead)",
        "org_id, tenancy_id, contact_id, is_lead from jsonb_populate_recordset(null::tenancy_tenants, $1)",
        rows.tenants
    );
    insert!(
        tx,
        "owner_links (org_id, id, property_id, contact_id, ownership_percentage, spend_limit_pence, ask_before_spending, created_at)",
        "org_id, id, property_id, contact_id, ownership_percentage, spend_limit_pence, ask_before_spending, created_at
         from jsonb_populate_recordset(null::owner_links, $1)",
        rows.owners
    );
    insert!(
        tx,
        "saved_views (org_id, id, membership_id, name, query, created_at)",
        "org_id, id, membership_id, name, query, created_at from jsonb_populate_recordset(null::saved_views, $1)",
        rows.views
    );
    Ok(())
}

pub(super) async fn insert_year(
    tx: &mut OrgTx,
    tickets: &[Value],
    followers: &[Value],
    reads: &[Value],
    attachments: &[Value],
) -> Result<()> {
    // The numbers 1 to n are taken from the counter that the next real ticket asks.
    take_numbers(tx, "ticket", i64::try_from(tickets.len()).map_err(Error::internal)?).await?;
    insert!(
        tx,
        "tickets (org_id, id, number, reference, property_id, unit_id, tenancy_id, reported_by_contact_id, reporter_name, source, confirmed, category,
           first_priority, priority, priority_reasons, status, title, description, fault_path, trade, hazards, answers, access, vulnerability, assignee_id,
           duplicate_of, aware_at, target_at, triaged_at, completed_at, closed_at, close_outcome, close_reason, cancel_reason, reopened_count, search_extra,
           created_at, updated_at, version)",
        "org_id, id, number, reference, property_id, unit_id, tenancy_id, reported_by_contact_id, reporter_name, source, confirmed, category,
           first_priority, priority, priority_reasons, status, title, description, fault_path, trade, hazards, answers, access, vulnerability, assignee_id,
           duplicate_of, aware_at, target_at, triaged_at, completed_at, closed_at, close_outcome, close_reason, cancel_reason, reopened_count, search_extra,
           created_at, updated_at, version from jsonb_populate_recordset(null::tickets, $1)",
        tickets
    );
    insert!(
        tx,
        "ticket_followers (org_id, ticket_id, contact_id, unit_id, notes, created_at)",
        "org_id, ticket_id, contact_id, unit_id, notes, created_at from jsonb_populate_recordset(null::ticket_followers, $1)",
        followers
    );
    insert!(
        tx,
        "ticket_reads (org_id, ticket_id, membership_id, read_at)",
        "org_id, ticket_id, membership_id, read_at from jsonb_populate_recordset(null::ticket_reads, $1)",
        reads
    );
    insert!(
        tx,
        "attachments (org_id, id, ticket_id, purpose, uploader_membership_id, uploader_contact_id, visibility, file_name, content_type, bytes, sha256, width,
           height, taken_at, storage_key, display_key, thumb_key, created_at)",
        "org_id, id, ticket_id, purpose, uploader_membership_id, uploader_contact_id, visibility, file_name, content_type, bytes, sha256, width,
           height, taken_at, storage_key, display_key, thumb_key, created_at from jsonb_populate_recordset(null::attachments, $1)",
        attachments
    );
    Ok(())
}

/// Writes the past in the order of time, each event at its own moment: `app.record` takes its time from `app.now`, which is set before each.
/// CASE makes Postgres set it first; rows of unnest come in order.
pub(super) async fn record_history(tx: &mut OrgTx, history: &mut [Happening]) -> Result<()> {
    history.sort_by_key(|h| h.at);
    let (mut moments, mut events, mut actors) = (Vec::new(), Vec::new(), Vec::new());
    for Happening { at, actor, event } in history.iter() {
        moments.push(at.to_string());
        events.push(json!([{
            "kind": event.kind, "entity": event.entity, "entityId": event.entity_id, "ticket": event.ticket, "workOrder": event.work_order, "visibility": event.visibility.as_str(),
            "data": event.data, "old": event.old, "new": event.new,
        }]));
        actors.push(json!({ "kind": actor.kind, "membership": actor.membership, "contact": actor.contact, "name": actor.name, "ip": null, "userAgent": null }));
    }
    sqlx::query!(
        "select count(case when set_config('app.now', h.at, true) is not null then app.record(h.events, h.actor) end)
         from unnest($1::text[], $2::jsonb[], $3::jsonb[]) as h (at, events, actor)",
        &moments,
        &events,
        &actors,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn has_homes(tx: &mut OrgTx) -> Result<bool> {
    Ok(sqlx::query_scalar!(r#"select exists (select from units where org_id = app.org_id() and deleted_at is null) as "exists!""#)
        .fetch_one(tx.conn())
        .await?)
}

/// The first of `count` numbers nobody else will have.
pub(super) async fn take_numbers(tx: &mut OrgTx, kind: &str, count: i64) -> Result<i64> {
    Ok(sqlx::query_scalar!(r#"select app.next_numbers($1, $2) as "first!""#, kind, count).fetch_one(tx.conn()).await?)
}

/// How a run at scale is laid out: the number of its first ticket, how many there are, and how far apart in time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spread {
    pub(super) first: i64,
    pub(super) count: i64,
    /// Microseconds.
    pub(super) step: f64,
}

/// The `from`-th to the `to`-th ticket of the run. Most are closed, one in thirty cancelled; the newest fiftieth is open in all states.
pub(super) async fn insert_batch(tx: &mut OrgTx, turns: &Turns, spread: Spread, from: i64, to: i64) -> Result<()> {
    sqlx::query!(
        r#"with home as materialized (
             select h.*, row_number() over () - 1 as nth, count(*) over () as of
             from (
               select u.property_id,
                      u.id as unit_id,
                      u.label,
                      p.line1,
                      p.city,
                      p.postcode,
                      t.id as tenancy_id,
                      c.id as contact_id,
                      c.name
               from units u
               join properties p on p.org_id = u.org_id and p.id = u.property_id
               left join tenancies t on t.org_id = u.org_id and t.unit_id = u.id and t.status = 'active' and t.deleted_at is null
               left join tenancy_tenants tt on tt.org_id = t.org_id and tt.tenancy_id = t.id and tt.is_lead
               left join contacts c on c.org_id = tt.org_id and c.id = tt.contact_id
               where u.org_id = app.org_id() and u.deleted_at is null and p.deleted_at is null
             ) h
           ), fault as materialized (
             select f.*, row_number() over () - 1 as nth, count(*) over () as of
             from unnest($6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[]) as f (title, words, path, category, priority, trade)
           ), colleague as materialized (
             select coalesce(array_agg(id order by id), '{}') as ids from memberships where org_id = app.org_id() and role = 'Coordinator' and status = 'active'
           ), line as (
             select $1 + i as number,
                    app.now() - ($2 - i) * $3::float8 * interval '1 microsecond' as at,
                    md5(($1 + i)::text) as chance,
                    case
                      when i >= $2 - $2 / 50 then (array['NEW', 'TRIAGED', 'ASSIGNED', 'IN_PROGRESS', 'COMPLETED'])[1 + i % 5]
                      when i % 30 = 0 then 'CANCELLED'
                      else 'CLOSED'
                    end as status,
                    i
             from generate_series($4::bigint, $5::bigint - 1) as i
           )
           insert into tickets
             (org_id, id, number, reference, property_id, unit_id, tenancy_id, reported_by_contact_id, reporter_name, source, category, first_priority, priority,
              status, title, description, fault_path, trade, assignee_id, aware_at, target_at, triaged_at, completed_at, closed_at, close_outcome, cancel_reason,
              search_extra, created_at, updated_at)
           select app.org_id(),
                  -- A UUIDv7 of its moment, so that the key grows with time.
                  (lpad(to_hex((extract(epoch from l.at) * 1000)::bigint), 12, '0') || '7' || left(l.chance, 3) || '8' || substr(l.chance, 4, 15))::uuid,
                  l.number,
                  'PM-' || 4600 + l.number,
                  h.property_id,
                  h.unit_id,
                  h.tenancy_id,
                  h.contact_id,
                  h.name,
                  'portal',
                  f.category,
                  f.priority,
                  f.priority,
                  l.status,
                  f.title,
                  f.words,
                  f.path,
                  f.trade,
                  case when l.status <> 'NEW' then c.ids[1 + l.i % greatest(cardinality(c.ids), 1)] end,
                  l.at,
                  l.at + case f.priority when 'EMERGENCY' then interval '1 day' when 'URGENT' then interval '7 days' else interval '28 days' end,
                  case when l.status not in ('NEW', 'CANCELLED') then l.at + interval '3 hours' end,
                  case when l.status in ('COMPLETED', 'CLOSED') then l.at + interval '6 days' end,
                  case when l.status = 'CLOSED' then l.at + interval '8 days' end,
                  case when l.status = 'CLOSED' then 'TENANT_CONFIRMED' end,
                  case when l.status = 'CANCELLED' then 'Made for measuring.' end,
                  concat_ws(' ', h.label, h.line1, h.city, h.postcode, replace(h.postcode, ' ', ''), h.name, 4600 + l.number),
                  l.at,
                  l.at + interval '1 minute'
           from line l
           join home h on h.nth = l.i % h.of
           join fault f on f.nth = (l.i / 7) % f.of
           cross join colleague c"#,
        spread.first,
        spread.count,
        spread.step,
        from,
        to,
        &turns.titles,
        &turns.words,
        &turns.paths,
        &turns.categories,
        &turns.priorities,
        &turns.trades,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
