//! Every query of this room.

use db::{ActorRecord, AuthTx, OrgTx};
use domain::{ContactId, LoginId, MembershipId};
use jiff::civil::Date;
use jiff_sqlx::ToSqlx as _;

use super::Export;
use crate::{House, Result};

pub(super) async fn export(tx: &mut OrgTx, id: ContactId, made_on: Date) -> Result<Option<Export>> {
    let row = sqlx::query!(
        r#"select o.name as organisation,
                  jsonb_build_object(
                    'kind', c.kind, 'name', c.name, 'company', c.company, 'email', c.email, 'telephone', c.phone, 'our_reference', c.reference,
                    'preferred_channel', c.preferred_channel, 'preferred_language', c.preferred_language, 'large_print', c.large_print,
                    'to_know_before_a_visit', c.needs, 'notes', c.notes, 'bank_details_are_held', c.bank_details_enc is not null,
                    'on_record_since', c.created_at, 'last_changed', c.updated_at) as "contact!",
                  (select coalesce(jsonb_agg(jsonb_build_object(
                     'role', m.role, 'name', m.name, 'email', m.email, 'status', m.status, 'since', m.created_at, 'last_seen', m.last_seen_at) order by m.created_at), '[]')
                   from memberships m where m.contact_id = c.id) as "account!",
                  (select coalesce(jsonb_agg(jsonb_build_object(
                     'home', app.place(u.label, p.line1, p.city, p.postcode), 'reference', t.reference, 'from', t.start_on, 'until', t.end_on,
                     'rent_in_pence', t.rent_pence, 'deposit_in_pence', t.deposit_pence, 'lead_tenant', s.is_lead) order by t.start_on), '[]')
                   from tenancy_tenants s
                   join tenancies t on t.org_id = s.org_id and t.id = s.tenancy_id
                   join units u on u.org_id = t.org_id and u.id = t.unit_id
                   join properties p on p.org_id = u.org_id and p.id = u.property_id
                   where s.contact_id = c.id) as "tenancies!",
                  (select coalesce(jsonb_agg(jsonb_build_object(
                     'property', app.place(null, p.line1, p.city, p.postcode), 'share_per_cent', l.ownership_percentage,
                     'spending_limit_in_pence', l.spend_limit_pence, 'ask_before_spending', l.ask_before_spending) order by p.line1), '[]')
                   from owner_links l join properties p on p.org_id = l.org_id and p.id = l.property_id
                   where l.contact_id = c.id) as "properties_owned!",
                  (select coalesce(jsonb_agg(jsonb_build_object(
                     'channel', r.channel, 'agreed', r.opted_out_at is null, 'when', r.created_at, 'how_we_know', r.source, 'address', host(r.ip)) order by r.created_at), '[]')
                   from consent_records r where r.contact_id = c.id) as "consent!",
                  (select coalesce(jsonb_agg(jsonb_build_object(
                     'reference', k.reference, 'reported', k.created_at, 'title', k.title, 'description', k.description, 'status', k.status,
                     'priority', k.priority, 'answers', k.answers, 'access', k.access, 'vulnerability', k.vulnerability, 'our_target', k.target_at,
                     'completed', k.completed_at, 'closed', k.closed_at) order by k.created_at), '[]')
                   from tickets k where k.reported_by_contact_id = c.id) as "repairs_reported!",
                  (select coalesce(jsonb_agg(jsonb_build_object('when', e.created_at, 'what', e.kind, 'content', e.data) order by e.position), '[]')
                   from timeline_events e where e.actor_contact_id = c.id) as "written_on_repairs!",
                  (select coalesce(jsonb_agg(jsonb_build_object('begun', d.created_at, 'answers', d.answers) order by d.created_at), '[]')
                   from drafts d where d.contact_id = c.id and d.status <> 'submitted') as "unfinished_reports!",
                  (select coalesce(jsonb_agg(jsonb_build_object(
                     'file', a.file_name, 'sent', a.created_at, 'taken', a.taken_at, 'kind', a.content_type, 'bytes', a.bytes) order by a.created_at), '[]')
                   from attachments a where a.uploader_contact_id = c.id and a.deleted_at is null) as "files_sent!"
           from contacts c
           join organisations o on o.id = c.org_id
           where c.id = $1"#,
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|r| Export {
        organisation: r.organisation,
        made_on,
        contact: r.contact,
        account: r.account,
        tenancies: r.tenancies,
        properties_owned: r.properties_owned,
        consent: r.consent,
        repairs_reported: r.repairs_reported,
        written_on_repairs: r.written_on_repairs,
        unfinished_reports: r.unfinished_reports,
        files_sent: r.files_sent,
    }))
}

/// When the last tenancy ended, and how many months this organisation keeps data after that.
pub(super) async fn last_tenancy(tx: &mut OrgTx, id: ContactId) -> Result<Option<(Date, u16)>> {
    let row = sqlx::query!(
        r#"select max(t.end_on) as ended_on,
                  coalesce((select settings ->> 'retentionMonths' from organisations where id = app.org_id()), '') as "months!"
           from tenancy_tenants s
           join tenancies t on t.org_id = s.org_id and t.id = s.tenancy_id
           where s.contact_id = $1 and t.deleted_at is null"#,
        id.uuid(),
    )
    .fetch_one(tx.conn())
    .await?;
    let months = row.months.parse().unwrap_or_else(|_| domain::settings::OrgSettings::default().retention_months);
    Ok(row.ended_on.map(|day| (day.to_jiff(), months)))
}

/// Empties every column that says who somebody was; `name` stands where theirs did.
pub(super) async fn forget_contact(tx: &mut OrgTx, id: ContactId, name: &str, email: Option<&str>) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update contacts
         set name = $2, reference = null, company = null, email = null, phone = null, needs = null, notes = null, bank_details_enc = null,
             preferred_channel = 'letter', preferred_language = 'en', large_print = false, erased_at = $3, updated_at = $3, version = version + 1
         where id = $1",
        id.uuid(),
        name,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("update consent_records set ip = null, source = 'erased' where contact_id = $1", id.uuid()).execute(tx.conn()).await?;
    // What was wrong with the home stays; who said so, how to reach them and what they said of their health goes.
    sqlx::query!(
        "update tickets k
         set reporter_name = case when k.reporter_name is null then null else $2 end, reporter_phone = null, access = '{}', vulnerability = null,
             search_extra = p.line1 || ' ' || p.city || ' ' || p.postcode || ' ' || replace(p.postcode, ' ', '') || ' ' || split_part(k.reference, '-', 2)
         from properties p
         where k.reported_by_contact_id = $1 and p.org_id = k.org_id and p.id = k.property_id",
        id.uuid(),
        name,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("update ticket_followers set notes = null where contact_id = $1", id.uuid()).execute(tx.conn()).await?;
    sqlx::query!(
        "update drafts set answers = '{}', problems = null, guest_hash = null, resume_hash = null where contact_id = $1",
        id.uuid()
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("update timeline_events set actor_name = $2 where actor_contact_id = $1", id.uuid(), name).execute(tx.conn()).await?;
    sqlx::query!(
        "update outbound_mails
         set to_address = 'erased@erased.invalid', subject = 'Erased', text_body = '', html_body = '',
             status = case when status = 'queued' then 'failed' else status end
         where lower(to_address) = lower($1)",
        email,
    )
    .execute(tx.conn())
    .await?;
    // Of the audit, the words: what was written about them, and their own name and address where they acted.
    sqlx::query!(
        "update audit_values v
         set old_value = null, new_value = null, salt = null,
             actor_name = case when l.actor_id in (select $1 union select m.id from memberships m where m.contact_id = $1) then null else v.actor_name end,
             ip = case when l.actor_id in (select $1 union select m.id from memberships m where m.contact_id = $1) then null else v.ip end,
             user_agent = case when l.actor_id in (select $1 union select m.id from memberships m where m.contact_id = $1) then null else v.user_agent end
         from audit_log l
         where l.org_id = v.org_id and l.seq = v.seq
           and (l.entity_id = $1 or l.actor_id in (select $1 union select m.id from memberships m where m.contact_id = $1))",
        id.uuid(),
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "update memberships set name = $2, email = 'erased@erased.invalid', status = 'deactivated', updated_at = $3, version = version + 1 where contact_id = $1",
        id.uuid(),
        name,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn logins(tx: &mut OrgTx, id: ContactId) -> Result<Vec<(LoginId, MembershipId)>> {
    let rows = sqlx::query!("select login_id, id from memberships where contact_id = $1", id.uuid()).fetch_all(tx.conn()).await?;
    Ok(rows.into_iter().map(|r| (r.login_id.into(), r.id.into())).collect())
}

/// Ends what the log-in may do here; a log-in that is good for nothing else is emptied too.
pub(super) async fn forget_login(house: &House, login: LoginId, membership: MembershipId) -> Result<()> {
    let mut tx = AuthTx::begin(house.db(), ActorRecord { kind: "system", ..ActorRecord::default() }, house.now()).await?;
    tx.as_login(login).await?;
    let now = tx.now();
    sqlx::query!("delete from auth.sessions where membership_id = $1", membership.uuid()).execute(tx.conn()).await?;
    sqlx::query!("delete from auth.refresh_tokens where membership_id = $1", membership.uuid()).execute(tx.conn()).await?;
    let emptied = sqlx::query!(
        "update auth.logins
         set email = 'erased-' || id || '@erased.invalid', password_hash = null, email_verified_at = null, totp_secret_enc = null, totp_confirmed_at = null,
             disabled_at = $2, updated_at = $2
         where id = $1 and not is_super_admin
           and not exists (select from memberships m where m.login_id = $1 and m.status <> 'deactivated')",
        login.uuid(),
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    if emptied.rows_affected() > 0 {
        sqlx::query!("delete from auth.tokens where login_id = $1", login.uuid()).execute(tx.conn()).await?;
        sqlx::query!("delete from auth.sessions where login_id = $1", login.uuid()).execute(tx.conn()).await?;
        sqlx::query!("delete from auth.recovery_codes where login_id = $1", login.uuid()).execute(tx.conn()).await?;
    }
    tx.commit().await?;
    Ok(())
}
