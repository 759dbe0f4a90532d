-- What the wizard and the tenant's own pages need beyond the house: a guest's e-mailed code, neighbours who report the same, and a meter.

-- The six digits a guest proves their e-mail with, hashed with the installation's key; guessed at most ten times.
alter table drafts
  add column code_hash     bytea,
  add column code_attempts integer not null default 0,
  add column code_sent_at  timestamptz;

-- Following a neighbour's report must not open it: the words, photos and needs of another home are not the follower's to read. So a tenant's
-- own tickets are those of their home and those they sent; what a follower may know comes from app.followed_reports alone.
create or replace function app.is_my_ticket(p_unit uuid, p_property uuid, p_reporter uuid, p_created timestamptz, p_id uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public as $$
  select exists (
    select from app.my_homes() h
    where (h.unit_id = p_unit and (p_created at time zone 'Europe/London')::date >= h.from_on)
       or (p_reporter = app.contact_id() and h.property_id = p_property)
  )
$$;

-- A tenant follows through the door below, which checks the building; a direct insert would take any ticket's id.
revoke insert on ticket_followers from fettle_tenant;

-- Open reports of the last 30 days in the asking tenant's building that may be the same: the same thing in their own home or in what the
-- building shares, or exactly the same fault at a neighbour's. When, how many, how far; never who, which flat, or in what words.
create function app.nearby_reports(p_property uuid, p_unit uuid, p_path text, p_item text)
returns table (ticket_id uuid, reported_at timestamptz, status text, followers bigint, same_home boolean)
language sql stable security definer set search_path = pg_catalog, public as $$
  select t.id,
         t.created_at,
         t.status,
         (select count(*) from public.ticket_followers f where f.org_id = t.org_id and f.ticket_id = t.id),
         coalesce(t.unit_id = p_unit, false)
  from public.tickets t
  where t.org_id = app.org_id()
    and t.property_id = p_property
    and exists (select from app.my_homes() h where h.property_id = p_property and h.unit_id = p_unit)
    and (t.fault_path = p_path or (coalesce(t.unit_id, p_unit) = p_unit and starts_with(t.fault_path, p_item || '/')))
    and t.status in ('NEW', 'TRIAGED', 'ASSIGNED', 'IN_PROGRESS')
    and t.deleted_at is null
    and t.created_at > app.now() - interval '30 days'
  order by t.created_at
  limit 5
$$;

-- Follows an open report in the asking tenant's building. False when there is none such.
create function app.follow_report(p_ticket uuid, p_unit uuid, p_notes text) returns boolean
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  if not exists (
    select from public.tickets t
    join app.my_homes() h on h.property_id = t.property_id and h.unit_id = p_unit
    where t.org_id = app.org_id() and t.id = p_ticket and t.deleted_at is null and t.status in ('NEW', 'TRIAGED', 'ASSIGNED', 'IN_PROGRESS')
  ) then
    return false;
  end if;
  insert into public.ticket_followers (org_id, ticket_id, contact_id, unit_id, notes, created_at)
  values (app.org_id(), p_ticket, app.contact_id(), p_unit, p_notes, app.now())
  on conflict (org_id, ticket_id, contact_id) do nothing;
  return true;
end
$$;

-- What a follower may know of what they follow. Only catalogued faults can be followed, so the title is the catalogue's, not a person's.
create function app.followed_reports()
returns table (ticket_id uuid, title text, status text, followed_at timestamptz, target_at timestamptz, updated_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public as $$
  select t.id, t.title, t.status, f.created_at, t.target_at, t.updated_at
  from public.ticket_followers f
  join public.tickets t on t.org_id = f.org_id and t.id = f.ticket_id
  where f.org_id = app.org_id()
    and f.contact_id = app.contact_id()
    and t.fault_path is not null
    and t.deleted_at is null
    and exists (select from app.my_homes() h where h.property_id = t.property_id)
  order by f.created_at desc
  limit 50
$$;

-- How many reports came today from this tenant; from a guest, who has no name we know, how many guests reported for the same home.
create function app.reports_today(p_property uuid, p_unit uuid) returns bigint
language sql stable security definer set search_path = pg_catalog, public as $$
  select count(*)
  from public.tickets t
  where t.org_id = app.org_id()
    and t.created_at >= (app.today()::timestamp at time zone 'Europe/London')
    and case
          when app.contact_id() is not null then t.reported_by_contact_id = app.contact_id()
          else t.source = 'guest' and t.property_id = p_property and t.unit_id is not distinct from p_unit
        end
$$;

-- Adds to this month's meter of the asking organisation.
create function app.count_usage(p_resource text, p_count bigint) returns void
language sql security definer set search_path = pg_catalog, public as $$
  insert into public.usage_meters (org_id, id, resource_type, count, period_start, period_end)
  values (app.org_id(), gen_random_uuid(), p_resource, p_count, date_trunc('month', app.today())::date,
          (date_trunc('month', app.today()) + interval '1 month' - interval '1 day')::date)
  on conflict (org_id, resource_type, period_start) do update set count = usage_meters.count + excluded.count
$$;

revoke all on function app.nearby_reports, app.follow_report, app.followed_reports, app.reports_today, app.count_usage from public;
grant execute on function app.nearby_reports, app.follow_report, app.followed_reports to fettle_tenant;
grant execute on function app.reports_today to fettle_tenant, fettle_reporter;
grant execute on function app.count_usage to fettle_staff, fettle_tenant, fettle_reporter, fettle_system;

-- A guest's confirmation shows how far their own report is.
grant select (completed_at, closed_at, updated_at) on tickets to fettle_reporter;
