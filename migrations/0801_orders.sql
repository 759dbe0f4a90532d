-- What a work order needs around it: emergencies, completions, checklists, absences, accreditations, feedback, the contractor's offline queue,
-- and the doors through which one audience's act moves what another audience owns.

alter table work_orders
  -- An emergency that nobody acknowledges by then is put to somebody else.
  add column acknowledge_by  timestamptz,
  add column escalated_at    timestamptz,
  -- How many photos of the work a completion must have.
  add column photos_required smallint not null default 0 check (photos_required between 0 and 20),
  -- What is asked for is a price, and no work yet.
  add column wants_quote     boolean not null default false;
grant select (photos_required) on work_orders to fettle_tenant;

-- A time that its contractor offered as certain needs no second yes when the tenant picks it.
alter table visits
  add column auto_confirm boolean not null default false,
  add column note         text check (length(note) <= 2000);
-- A no-access stands with its photo until the order is done; a visit is a row of the month's calendar.
create index visits_of_operative on visits (org_id, operative_id, starts_at) where operative_id is not null;

-- How many visits of one window a contractor takes at a time; fixed times count one by one.
alter table contractor_profiles add column visits_a_window smallint not null default 3 check (visits_a_window between 1 and 200);

--------------------------------------------------------------------------------------------------------------------- contractors
create table absences (
  org_id         uuid not null references organisations,
  id             uuid not null,
  contractor_id  uuid not null,
  -- Null: the whole firm is away.
  operative_id   uuid,
  from_on        date not null,
  to_on          date not null,
  reason         text check (length(reason) <= 200),
  created_at     timestamptz not null,
  deleted_at     timestamptz,
  primary key (org_id, id),
  foreign key (org_id, contractor_id) references contacts (org_id, id),
  foreign key (org_id, contractor_id, operative_id) references operatives (org_id, contractor_id, id),
  check (from_on <= to_on)
);
select app.protect('absences');
create index on absences (org_id, contractor_id, to_on) where deleted_at is null;

-- Insurance and registrations with the paper that proves them.
create table accreditations (
  org_id         uuid not null references organisations,
  id             uuid not null,
  contractor_id  uuid not null,
  kind           text not null check (kind in ('public_liability', 'employers_liability', 'gas_safe', 'electrical', 'asbestos', 'dbs', 'other')),
  label          text not null default '' check (length(label) <= 120),
  number         text check (length(number) <= 60),
  expires_on     date,
  attachment_id  uuid,
  created_at     timestamptz not null,
  deleted_at     timestamptz,
  primary key (org_id, id),
  foreign key (org_id, contractor_id) references contacts (org_id, id),
  foreign key (org_id, attachment_id) references attachments (org_id, id)
);
select app.protect('accreditations');
create index on accreditations (org_id, contractor_id) where deleted_at is null;

-- Stars and words of the tenant about one order's work.
create table feedback (
  org_id         uuid not null references organisations,
  id             uuid not null,
  work_order_id  uuid not null,
  contact_id     uuid not null,
  stars          smallint not null check (stars between 1 and 5),
  words          text check (length(words) <= 2000),
  created_at     timestamptz not null,
  updated_at     timestamptz not null,
  primary key (org_id, id),
  -- Whoever thinks again changes their own.
  unique (org_id, work_order_id, contact_id),
  foreign key (org_id, work_order_id) references work_orders (org_id, id),
  foreign key (org_id, contact_id) references contacts (org_id, id)
);
select app.protect('feedback');

---------------------------------------------------------------------------------------------------------------------- completions
-- How the work was left. An order that is sent back and done again has two.
create table completions (
  org_id           uuid not null references organisations,
  id               uuid not null,
  work_order_id    uuid not null,
  contractor_id    uuid not null,
  notes            text not null check (length(notes) between 1 and 5000),
  minutes          integer check (minutes between 0 and 14400),
  materials        text check (length(materials) <= 2000),
  fixed            text not null check (fixed in ('yes', 'partly', 'no')),
  -- {trade, what, urgent}: work that this visit found and did not do.
  follow_on        jsonb,
  -- Who signed, the strokes as drawn, and their picture.
  signed_by        text check (length(signed_by) <= 120),
  strokes          jsonb,
  signature_id     uuid,
  -- Completed with the checklist open: why, said by an administrator.
  override_reason  text check (length(override_reason) <= 1000),
  created_at       timestamptz not null,
  primary key (org_id, id),
  foreign key (org_id, work_order_id) references work_orders (org_id, id),
  foreign key (org_id, contractor_id) references contacts (org_id, id),
  foreign key (org_id, signature_id) references attachments (org_id, id)
);
select app.protect('completions');
create index on completions (org_id, work_order_id, created_at);

create table checklist_templates (
  org_id      uuid not null references organisations,
  id          uuid not null,
  name        text not null check (length(name) between 1 and 120),
  -- Attached by itself to orders of these categories.
  categories  text[] not null default '{}',
  items       jsonb not null,
  active      boolean not null default true,
  created_at  timestamptz not null,
  updated_at  timestamptz not null,
  deleted_at  timestamptz,
  version     integer not null default 1,
  primary key (org_id, id)
);
select app.protect('checklist_templates');

-- A template as it was when it was attached: changing the template changes no order.
create table order_checklists (
  org_id         uuid not null references organisations,
  id             uuid not null,
  work_order_id  uuid not null,
  template_id    uuid not null,
  name           text not null,
  items          jsonb not null,
  -- By item: what was answered, by whom and when.
  answers        jsonb not null default '{}',
  created_at     timestamptz not null,
  updated_at     timestamptz not null,
  primary key (org_id, id),
  unique (org_id, work_order_id, template_id),
  foreign key (org_id, work_order_id) references work_orders (org_id, id),
  foreign key (org_id, template_id) references checklist_templates (org_id, id)
);
select app.protect('order_checklists');
create index on order_checklists (org_id, work_order_id);

-- What a contractor's device sent, by the key it made: sent again after a lost answer, it is carried out once.
create table action_keys (
  org_id         uuid not null references organisations,
  contact_id     uuid not null,
  key            uuid not null,
  work_order_id  uuid not null,
  action_hash    bytea not null,
  created_at     timestamptz not null,
  primary key (org_id, contact_id, key),
  foreign key (org_id, work_order_id) references work_orders (org_id, id),
  foreign key (org_id, contact_id) references contacts (org_id, id)
);
select app.protect('action_keys');

--------------------------------------------------------------------------------------------------------------------------- links
-- A calendar that a telephone subscribes to: the same kind of secret, which opens times and places and no more.
alter table auth.links drop constraint links_kind_check;
alter table auth.links add constraint links_kind_check check (kind in ('order', 'approval', 'calendar'));
create unique index one_calendar_each on auth.links (org_id, contact_id) where kind = 'calendar' and revoked_at is null;
create function app.revoke_calendar(p_contact uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  if app.contact_id() is not null and app.contact_id() <> p_contact then
    raise exception 'a calendar is its contractor''s own';
  end if;
  update auth.links set revoked_at = app.now()
  where org_id = app.org_id() and kind = 'calendar' and contact_id = p_contact and revoked_at is null;
  return found;
end
$$;
create function app.has_calendar(p_contact uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public as $$
  select exists (select from auth.links where org_id = app.org_id() and kind = 'calendar' and contact_id = p_contact and revoked_at is null and expires_at > app.now())
    and (app.contact_id() is null or app.contact_id() = p_contact)
$$;

-------------------------------------------------------------------------------------------------------------------- whose order
-- A contractor whom an order passed by sees nothing of it any more: what is another's is another's. They keep their own offer.
create or replace function app.my_orders() returns table (order_id uuid, ticket_id uuid, property_id uuid, unit_id uuid, allocated boolean)
language sql stable security definer set search_path = pg_catalog, public as $$
  select w.id, w.ticket_id, w.property_id, w.unit_id,
         w.contractor_id is not distinct from app.contact_id() and w.status in ('ACCEPTED', 'SCHEDULED', 'IN_PROGRESS')
  from public.work_orders w
  where w.org_id = app.org_id()
    and app.contact_id() is not null
    and (app.order_id() is null or w.id = app.order_id())
    and (w.contractor_id = app.contact_id()
         or (w.contractor_id is null and w.status = 'OFFERED'
             and exists (select from public.offers o
                         where o.org_id = w.org_id and o.work_order_id = w.id and o.contractor_id = app.contact_id() and o.status = 'SENT')))
$$;
drop policy contractor_own on offers;
create policy contractor_own on offers as restrictive to fettle_contractor
  using (contractor_id = app.contact_id() and (app.order_id() is null or work_order_id = app.order_id()));

-- What became of an order that was once put to the asking contractor, in no more words than they need: its reference and why it is gone.
create function app.offer_fate(p_order uuid) returns table (reference text, title text, offer_status text, taken boolean)
language sql stable security definer set search_path = pg_catalog, public as $$
  select w.reference, w.title, o.status, w.contractor_id is not null
  from public.offers o
  join public.work_orders w on w.org_id = o.org_id and w.id = o.work_order_id
  where o.org_id = app.org_id() and o.work_order_id = p_order and o.contractor_id = app.contact_id()
    and (app.order_id() is null or o.work_order_id = app.order_id())
  order by o.status <> 'SENT', o.answered_at desc, o.id desc
  limit 1
$$;

-- First come, first served: whoever has the order ends the others' offers and links, and learns only how many there were.
create function app.end_other_offers(p_order uuid) returns integer
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  v_ended integer;
begin
  if not exists (select from public.work_orders w where w.org_id = app.org_id() and w.id = p_order and w.contractor_id is not null
                   and (app.contact_id() is null or w.contractor_id = app.contact_id())) then
    raise exception 'the order is not the asking contractor''s';
  end if;
  with ended as (
    update public.offers o set status = 'WITHDRAWN', answered_at = app.now()
    where o.org_id = app.org_id() and o.work_order_id = p_order and o.status = 'SENT'
    returning o.contractor_id
  ), locked as (
    update auth.links l set revoked_at = app.now()
    where l.org_id = app.org_id() and l.work_order_id = p_order and l.revoked_at is null and l.contact_id in (select contractor_id from ended)
  )
  select count(*) into v_ended from ended;
  return v_ended;
end
$$;

-- The last offer fell away: the order is a draft again. The caller has the order's lock, or had it before its own offer ended.
create function app.offer_fell_away(p_order uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  if app.contact_id() is not null and not exists (select from public.offers o where o.org_id = app.org_id() and o.work_order_id = p_order and o.contractor_id = app.contact_id()) then
    raise exception 'the order was never put to the asking contractor';
  end if;
  update public.work_orders w set status = 'DRAFT', acknowledge_by = null, updated_at = app.now(), version = version + 1
  where w.org_id = app.org_id() and w.id = p_order and w.status = 'OFFERED'
    and not exists (select from public.offers o where o.org_id = w.org_id and o.work_order_id = w.id and o.status = 'SENT');
  return found;
end
$$;

---------------------------------------------------------------------------------------------------------------------- one ticket
-- The ticket of an order with the states of all its orders, locked: what its next state is follows from them (domain::work_orders::follow).
create function app.work_of_ticket(p_ticket uuid) returns table (status text, orders text[])
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  if app.contact_id() is not null and not exists (select from app.my_orders() o where o.ticket_id = p_ticket)
     -- A contractor who has just handed an order back.
     and not exists (select from public.offers f join public.work_orders w on w.org_id = f.org_id and w.id = f.work_order_id
                     where f.org_id = app.org_id() and f.contractor_id = app.contact_id() and w.ticket_id = p_ticket) then
    return;
  end if;
  return query
    with held as (
      select t.id, t.status from public.tickets t where t.org_id = app.org_id() and t.id = p_ticket and t.deleted_at is null for no key update
    )
    select h.status, coalesce((select array_agg(w.status order by w.number) from public.work_orders w where w.org_id = app.org_id() and w.ticket_id = h.id), '{}')
    from held h;
end
$$;

-- Moves it there. Which moves are legal is the domain's to say; closing and cancelling are never a contractor's.
create function app.move_ticket(p_ticket uuid, p_from text, p_to text) returns boolean
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  if p_to not in ('TRIAGED', 'ASSIGNED', 'IN_PROGRESS', 'COMPLETED') or p_from in ('CLOSED', 'CANCELLED')
     or not exists (select from app.work_of_ticket(p_ticket)) then
    return false;
  end if;
  update public.tickets
     set status = p_to,
         triaged_at = case when p_to in ('TRIAGED', 'ASSIGNED') then coalesce(triaged_at, app.now()) else triaged_at end,
         completed_at = case when p_to = 'COMPLETED' then app.now() when p_to = 'TRIAGED' then null else completed_at end,
         reopened_count = reopened_count + case when p_from = 'COMPLETED' and p_to = 'TRIAGED' then 1 else 0 end,
         updated_at = app.now(),
         version = version + 1
   where org_id = app.org_id() and id = p_ticket and status = p_from and deleted_at is null;
  return found;
end
$$;

---------------------------------------------------------------------------------------------------------------------- timetable
-- Holds the contractor's timetable until the transaction ends, so that two who book at once do so one after the other; lets go of what was held
-- too long first, because no constraint can ask what time it is. Answers how many windows they take at a time.
create function app.hold_timetable(p_contractor uuid) returns integer
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  v_capacity integer;
begin
  perform from public.contacts c where c.org_id = app.org_id() and c.id = p_contractor for no key update;
  if not found then
    return 0;
  end if;
  update public.visits v set status = 'PROPOSED', held_until = null, updated_at = app.now(), version = version + 1
  where v.org_id = app.org_id() and v.contractor_id = p_contractor and v.status = 'HELD' and v.held_until <= app.now();
  select p.visits_a_window into v_capacity from public.contractor_profiles p where p.org_id = app.org_id() and p.contact_id = p_contractor;
  return coalesce(v_capacity, 3);
end
$$;
-- How many booked visits of a contractor's that name nobody, or are windows, fall into this time; and whether this person has a fixed one then.
create function app.booked_between(p_contractor uuid, p_operative uuid, p_starts timestamptz, p_ends timestamptz, p_except uuid)
returns table (counted integer, person_busy boolean)
language sql stable security definer set search_path = pg_catalog, public as $$
  select (count(*) filter (where v.slot <> 'FIXED' or v.operative_id is null))::integer,
         coalesce(bool_or(v.slot = 'FIXED' and v.operative_id = p_operative), false)
  from public.visits v
  where v.org_id = app.org_id() and v.contractor_id = p_contractor and v.status in ('HELD', 'CONFIRMED', 'ON_SITE')
    and v.starts_at < p_ends and v.ends_at > p_starts and v.id is distinct from p_except
$$;

-- The tenant's part in their home's visits: their pick makes the order scheduled, their cancelling takes that away, and who comes when is theirs to
-- know. Which order is theirs row-level security has said already to whoever can name the visit.
create function app.tenant_order(p_order uuid) returns table (status text, contractor_id uuid, ticket_id uuid, reference text, title text)
language sql stable security definer set search_path = pg_catalog, public as $$
  select w.status, w.contractor_id, w.ticket_id, w.reference, w.title
  from public.work_orders w
  join public.tickets t on t.org_id = w.org_id and t.id = w.ticket_id and t.deleted_at is null
  where w.org_id = app.org_id() and w.id = p_order
    and app.is_my_ticket(t.unit_id, t.property_id, t.reported_by_contact_id, t.created_at, t.id)
$$;
create function app.tenant_schedules(p_order uuid, p_from text, p_to text) returns boolean
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  if not (p_from = 'ACCEPTED' and p_to = 'SCHEDULED' or p_from = 'SCHEDULED' and p_to = 'ACCEPTED')
     or not exists (select from app.tenant_order(p_order) o where o.status = p_from) then
    return false;
  end if;
  update public.work_orders set status = p_to, updated_at = app.now(), version = version + 1
  where org_id = app.org_id() and id = p_order and status = p_from;
  return found;
end
$$;
-- Whose firm comes, by name: the tenant opens the door to them.
create function app.visitors(p_ticket uuid) returns table (work_order_id uuid, reference text, title text, status text, contractor text, done_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public as $$
  select w.id, w.reference, w.title, w.status, coalesce(c.company, c.name), w.done_at
  from public.work_orders w
  join public.tickets t on t.org_id = w.org_id and t.id = w.ticket_id and t.deleted_at is null
  join public.contacts c on c.org_id = w.org_id and c.id = w.contractor_id
  where w.org_id = app.org_id() and w.ticket_id = p_ticket and w.status in ('ACCEPTED', 'SCHEDULED', 'IN_PROGRESS', 'DONE', 'VERIFIED')
    and app.is_my_ticket(t.unit_id, t.property_id, t.reported_by_contact_id, t.created_at, t.id)
  order by w.number
$$;
-- A contractor's rating is the mean of what tenants gave, each order counted once.
create function app.rate_again(p_order uuid) returns void
language sql security definer set search_path = pg_catalog, public as $$
  update public.contractor_profiles p
     set rating = (select round(avg(f.stars), 2) from public.feedback f
                   join public.work_orders w on w.org_id = f.org_id and w.id = f.work_order_id
                   where f.org_id = p.org_id and w.contractor_id = p.contact_id),
         updated_at = app.now()
   where p.org_id = app.org_id() and p.contact_id = (select w.contractor_id from public.work_orders w where w.org_id = app.org_id() and w.id = p_order)
$$;

-- Work that a visit found and did not do becomes an order of its own at once, so that the ticket is not taken for finished.
create function app.follow_on(p_id uuid, p_from uuid, p_trade text, p_category text, p_priority text, p_title text, p_what text) returns text
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  v_number    bigint;
  v_reference text;
begin
  if not exists (select from public.work_orders w where w.org_id = app.org_id() and w.id = p_from and (app.contact_id() is null or w.contractor_id = app.contact_id())) then
    raise exception 'the order is not the asking contractor''s';
  end if;
  v_number := app.next_number('work_order');
  v_reference := 'WO-' || (1000 + v_number);
  insert into public.work_orders (org_id, id, number, reference, ticket_id, property_id, unit_id, follows_order_id, category, trade, priority, title, description, created_at, updated_at)
  select w.org_id, p_id, v_number, v_reference, w.ticket_id, w.property_id, w.unit_id, w.id, p_category, p_trade, p_priority, p_title, p_what, app.now(), app.now()
  from public.work_orders w where w.org_id = app.org_id() and w.id = p_from;
  return v_reference;
end
$$;

-- What the contractor who holds an order may add to it besides its state.
create function app.operative_is_mine(p_operative uuid) returns boolean language sql stable security definer set search_path = pg_catalog, public as $$
  select exists (select from public.operatives o where o.org_id = app.org_id() and o.id = p_operative and o.contractor_id = app.contact_id() and o.deleted_at is null)
$$;

-- One contractor reads another's firm name from nowhere; their own profile's capacity is theirs to set.
grant update (visits_a_window, updated_at, version) on contractor_profiles to fettle_contractor;

------------------------------------------------------------------------------------------------------------------------- grants
grant select, insert, update on absences, accreditations, feedback, completions, checklist_templates, order_checklists, action_keys to fettle_staff, fettle_system;
grant select, insert, update on absences, accreditations to fettle_contractor;
create policy contractor_own on absences as restrictive to fettle_contractor using (contractor_id = app.contact_id()) with check (contractor_id = app.contact_id());
create policy contractor_own on accreditations as restrictive to fettle_contractor using (contractor_id = app.contact_id()) with check (contractor_id = app.contact_id());
grant select, insert on completions to fettle_contractor;
create policy contractor_own on completions as restrictive to fettle_contractor
  using (contractor_id = app.contact_id() and work_order_id in (select o.order_id from app.my_orders() o))
  with check (contractor_id = app.contact_id() and override_reason is null);
grant select on order_checklists to fettle_contractor;
grant update (answers, updated_at) on order_checklists to fettle_contractor;
create policy contractor_own on order_checklists as restrictive to fettle_contractor using (work_order_id in (select o.order_id from app.my_orders() o));
grant select, insert on action_keys to fettle_contractor;
create policy contractor_own on action_keys as restrictive to fettle_contractor using (contact_id = app.contact_id()) with check (contact_id = app.contact_id());
-- Stars, not names: who gave them is staff's to know.
grant select (org_id, id, work_order_id, stars, words, created_at) on feedback to fettle_contractor;
create policy contractor_own on feedback as restrictive to fettle_contractor using (work_order_id in (select o.order_id from app.my_orders() o));
grant select, insert, update on feedback to fettle_tenant;
create policy tenant_own on feedback as restrictive to fettle_tenant
  using (contact_id = app.contact_id() and work_order_id in (select w.id from work_orders w where w.org_id = feedback.org_id))
  with check (contact_id = app.contact_id() and work_order_id in (select w.id from work_orders w where w.org_id = feedback.org_id));
-- A draft or an offer is nothing the tenant waits for yet.
create policy tenant_sees_who_comes on work_orders as restrictive to fettle_tenant
  using (status in ('ACCEPTED', 'SCHEDULED', 'IN_PROGRESS', 'DONE', 'VERIFIED') or (status = 'CANCELLED' and started_at is not null));
-- A photo of the work names its order to the tenant's page too.
grant update (held_until, on_the_way_at) on visits to fettle_tenant;

revoke all on function app.revoke_calendar, app.has_calendar, app.offer_fell_away, app.offer_fate, app.end_other_offers, app.work_of_ticket, app.move_ticket, app.hold_timetable,
  app.booked_between, app.tenant_order, app.tenant_schedules, app.visitors, app.rate_again, app.follow_on, app.operative_is_mine from public;
grant execute on function app.revoke_calendar, app.has_calendar to fettle_staff, fettle_contractor;
grant execute on function app.offer_fate, app.operative_is_mine to fettle_contractor;
grant execute on function app.offer_fell_away, app.end_other_offers, app.work_of_ticket, app.move_ticket, app.follow_on to fettle_staff, fettle_contractor, fettle_system;
grant execute on function app.hold_timetable, app.booked_between to fettle_staff, fettle_contractor, fettle_tenant, fettle_system;
grant execute on function app.tenant_order, app.tenant_schedules, app.visitors, app.rate_again to fettle_tenant;
