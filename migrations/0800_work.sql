-- Work orders, their offers and visits; operatives; and the links by which somebody without a log-in reaches exactly one thing.

-- The owner of a property answers by a link and has eyes of their own.
grant usage on schema public, app to fettle_owner;

-- Which order, or which approval, a link was made for: a transaction that came by one sees nothing else.
create function app.order_id() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.order_id', true), '')::uuid $$;
create function app.approval_id() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.approval_id', true), '')::uuid $$;

------------------------------------------------------------------------------------------------------------------------- links
-- A way to one work order or one approval, sent by e-mail. Not used up by use: a contractor opens an order many times. Only the hash is kept;
-- a GET changes nothing. It ends when it expires or is revoked, and opens nothing that its contact may not see.
create table auth.links (
  id             uuid primary key,
  token_hash     bytea not null unique,
  kind           text not null check (kind in ('order', 'approval')),
  org_id         uuid not null references organisations,
  contact_id     uuid not null,
  work_order_id  uuid,
  approval_id    uuid,
  created_at     timestamptz not null,
  expires_at     timestamptz not null,
  last_used_at   timestamptz,
  revoked_at     timestamptz,
  check ((kind = 'order') = (work_order_id is not null)),
  check ((kind = 'approval') = (approval_id is not null))
);
create index on auth.links (org_id, work_order_id) where revoked_at is null;
create index on auth.links (org_id, approval_id) where revoked_at is null;
grant select, insert, update on auth.links to fettle_auth;

-- Other audiences' verbs cause links (staff offer an order), and none of them may read one: they write through this door, for their own
-- organisation, and get nothing back. The caller keeps the secret; only its hash comes here.
create function app.make_link(p_id uuid, p_token_hash bytea, p_kind text, p_contact uuid, p_order uuid, p_approval uuid, p_expires timestamptz) returns void
language sql security definer set search_path = pg_catalog, public as $$
  insert into auth.links (id, token_hash, kind, org_id, contact_id, work_order_id, approval_id, created_at, expires_at)
  values (p_id, p_token_hash, p_kind, app.org_id(), p_contact, p_order, p_approval, app.now(), p_expires)
$$;
-- A withdrawn offer's link opens nothing more.
create function app.revoke_links(p_order uuid, p_contact uuid, p_approval uuid) returns void
language sql security definer set search_path = pg_catalog, public as $$
  update auth.links set revoked_at = app.now()
  where org_id = app.org_id() and revoked_at is null
    and (work_order_id = p_order and (p_contact is null or contact_id = p_contact) or approval_id = p_approval)
$$;
revoke all on function app.make_link, app.revoke_links from public;
grant execute on function app.make_link, app.revoke_links to fettle_staff, fettle_contractor, fettle_system;

------------------------------------------------------------------------------------------------------------------- work orders
-- People a contractor sends. Their own log-in is optional; an order's link works for whoever holds the phone.
create table operatives (
  org_id         uuid not null references organisations,
  id             uuid not null,
  contractor_id  uuid not null,
  name           text not null check (length(name) between 1 and 120),
  phone          text check (phone ~ '^\+[1-9][0-9]{7,14}$'),
  trades         text[] not null default '{}',
  created_at     timestamptz not null,
  updated_at     timestamptz not null,
  deleted_at     timestamptz,
  version        integer not null default 1,
  primary key (org_id, id),
  unique (org_id, contractor_id, id),
  foreign key (org_id, contractor_id) references contacts (org_id, id)
);
select app.protect('operatives');

create table work_orders (
  org_id             uuid not null references organisations,
  id                 uuid not null,
  number             bigint not null,
  -- `WO-1204`, without gaps in an organisation.
  reference          text not null,
  -- Null for work that nobody reported.
  ticket_id          uuid,
  property_id        uuid not null,
  unit_id            uuid,
  -- The order whose work this one takes up again.
  follows_order_id   uuid,
  category           text not null check (category in ('PLUMBING', 'ELECTRICAL', 'HVAC', 'APPLIANCE', 'STRUCTURAL', 'PEST_CONTROL', 'DAMP_MOULD', 'OTHER')),
  trade              text,
  priority           text not null check (priority in ('EMERGENCY', 'URGENT', 'ROUTINE')),
  title              text not null check (length(title) between 1 and 200),
  -- What is to be done. The contractor reads it: nothing internal belongs here.
  description        text not null default '' check (length(description) <= 10000),
  status             text not null default 'DRAFT' check (status in ('DRAFT', 'OFFERED', 'ACCEPTED', 'SCHEDULED', 'IN_PROGRESS', 'DONE', 'VERIFIED', 'CANCELLED')),
  -- Who does it: a contact of kind contractor, from the accepted offer on.
  contractor_id      uuid,
  operative_id       uuid,
  -- Not to be passed without an approved quote; null: a quote is wanted before any work.
  spend_limit_pence  bigint check (spend_limit_pence >= 0),
  -- What was approved, net: the quote and its variations.
  value_pence        bigint check (value_pence >= 0),
  due_at             timestamptz,
  accepted_at        timestamptz,
  started_at         timestamptz,
  done_at            timestamptz,
  verified_at        timestamptz,
  cancelled_at       timestamptz,
  cancel_reason      text,
  created_by         uuid,
  created_at         timestamptz not null,
  updated_at         timestamptz not null,
  version            integer not null default 1,
  primary key (org_id, id),
  unique (org_id, number),
  unique (org_id, reference),
  foreign key (org_id, ticket_id) references tickets (org_id, id),
  foreign key (org_id, property_id) references properties (org_id, id),
  foreign key (org_id, property_id, unit_id) references units (org_id, property_id, id),
  foreign key (org_id, follows_order_id) references work_orders (org_id, id),
  foreign key (org_id, contractor_id) references contacts (org_id, id),
  foreign key (org_id, contractor_id, operative_id) references operatives (org_id, contractor_id, id),
  foreign key (org_id, created_by) references memberships (org_id, id),
  check (status not in ('DRAFT', 'OFFERED') or contractor_id is null),
  check (status not in ('ACCEPTED', 'SCHEDULED', 'IN_PROGRESS', 'DONE', 'VERIFIED') or contractor_id is not null),
  check ((status = 'CANCELLED') = (cancelled_at is not null and cancel_reason is not null)),
  check (status not in ('DONE', 'VERIFIED') or done_at is not null),
  check (status <> 'VERIFIED' or verified_at is not null)
);
select app.protect('work_orders');
create index work_orders_of_ticket on work_orders (org_id, ticket_id) where ticket_id is not null;
create index work_orders_newest on work_orders (org_id, created_at desc, id desc);
create index work_orders_live on work_orders (org_id, status, due_at, id) where status not in ('VERIFIED', 'CANCELLED');
create index work_orders_of_contractor on work_orders (org_id, contractor_id, created_at desc, id desc);
create index work_orders_of_property on work_orders (org_id, property_id, created_at desc);

-- An order put to a contractor. Several at once are first come, first served: the one who accepts gets it, the others' are withdrawn.
create table offers (
  org_id          uuid not null references organisations,
  id              uuid not null,
  work_order_id   uuid not null,
  contractor_id   uuid not null,
  status          text not null default 'SENT' check (status in ('SENT', 'ACCEPTED', 'DECLINED', 'WITHDRAWN', 'EXPIRED')),
  message         text,
  decline_reason  text,
  expires_at      timestamptz,
  answered_at     timestamptz,
  created_at      timestamptz not null,
  primary key (org_id, id),
  foreign key (org_id, work_order_id) references work_orders (org_id, id),
  foreign key (org_id, contractor_id) references contacts (org_id, id),
  check (status <> 'DECLINED' or decline_reason is not null),
  check ((status = 'SENT') = (answered_at is null))
);
select app.protect('offers');
create unique index one_live_offer_each on offers (org_id, work_order_id, contractor_id) where status in ('SENT', 'ACCEPTED');
-- First come, first served holds when fifty come at once.
create unique index one_accepted_offer on offers (org_id, work_order_id) where status = 'ACCEPTED';
create index offers_of_contractor on offers (org_id, contractor_id, created_at desc);

-- A time at a home. A fixed time belongs to one operative and excludes every other of theirs; a window counts against the contractor's capacity.
create table visits (
  org_id         uuid not null references organisations,
  id             uuid not null,
  work_order_id  uuid not null,
  contractor_id  uuid not null,
  operative_id   uuid,
  -- AM 08–12, PM 12–17, SCHOOL_RUN 09:30–14:30, all London time; FIXED is any other span.
  slot           text not null check (slot in ('FIXED', 'AM', 'PM', 'SCHOOL_RUN')),
  starts_at      timestamptz not null,
  ends_at        timestamptz not null,
  status         text not null default 'PROPOSED' check (status in ('PROPOSED', 'HELD', 'CONFIRMED', 'ON_SITE', 'DONE', 'NO_ACCESS', 'CANCELLED')),
  proposed_by    text not null check (proposed_by in ('staff', 'contractor', 'tenant')),
  -- A slot the tenant picked is held this long for the other side.
  held_until     timestamptz,
  attempt        integer not null default 1 check (attempt >= 1),
  on_the_way_at  timestamptz,
  arrived_at     timestamptz,
  left_at        timestamptz,
  -- A no-access has its time, its photo and its words; a cancellation its reason.
  outcome_note   text,
  outcome_photo  uuid,
  created_at     timestamptz not null,
  updated_at     timestamptz not null,
  version        integer not null default 1,
  primary key (org_id, id),
  foreign key (org_id, work_order_id) references work_orders (org_id, id),
  foreign key (org_id, contractor_id) references contacts (org_id, id),
  foreign key (org_id, contractor_id, operative_id) references operatives (org_id, contractor_id, id),
  foreign key (org_id, outcome_photo) references attachments (org_id, id),
  check (starts_at < ends_at and ends_at - starts_at <= interval '7 days'),
  check ((status = 'HELD') = (held_until is not null)),
  constraint visits_do_not_overlap exclude using gist (
    org_id with =, operative_id with =, tstzrange(starts_at, ends_at) with &&
  ) where (slot = 'FIXED' and operative_id is not null and status in ('HELD', 'CONFIRMED', 'ON_SITE'))
);
select app.protect('visits');
create index visits_of_order on visits (org_id, work_order_id, starts_at);
create index visits_in_time on visits (org_id, starts_at, id) where status not in ('PROPOSED', 'CANCELLED');
create index visits_of_contractor on visits (org_id, contractor_id, starts_at);

alter table attachments add column work_order_id uuid;
alter table attachments add foreign key (org_id, work_order_id) references work_orders (org_id, id);
alter table attachments drop constraint attachments_purpose_check;
alter table attachments add constraint attachments_purpose_check
  check (purpose in ('report', 'ticket', 'logo', 'import', 'document', 'work', 'invoice', 'quote', 'message', 'accreditation'));
create index on attachments (org_id, work_order_id) where work_order_id is not null;

------------------------------------------------------------------------------------------------------------------------ events
-- A line may belong to a work order, and be for its contractor as well as for staff, or instead of the tenant.
alter table timeline_events add column work_order_id uuid;
alter table timeline_events add foreign key (org_id, work_order_id) references work_orders (org_id, id);
alter table timeline_events drop constraint timeline_events_visibility_check;
-- public: staff, the home's tenants, and the order's contractor where there is an order; contractor: staff and the order's contractor.
alter table timeline_events add constraint timeline_events_visibility_check check (visibility in ('public', 'contractor', 'internal'));
create index timeline_of_order on timeline_events (org_id, work_order_id, position) where work_order_id is not null;

create or replace function app.record(p_events jsonb, p_actor jsonb) returns bigint
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  v_org      uuid := app.org_id();
  v_now      timestamptz := app.now();
  v_head     public.org_heads;
  v_event    jsonb;
  v_salt     uuid;
  v_values   bytea;
  v_hash     bytea;
  v_kind     text := p_actor ->> 'kind';
  v_member   uuid := (p_actor ->> 'membership')::uuid;
  v_contact  uuid := (p_actor ->> 'contact')::uuid;
  v_name     text := p_actor ->> 'name';
  v_ip       inet := (p_actor ->> 'ip')::inet;
  v_agent    text := p_actor ->> 'userAgent';
begin
  if v_org is null then
    raise exception 'app.record outside an organisation';
  end if;
  select * into v_head from public.org_heads where org_id = v_org for update;
  if not found then
    raise exception 'organisation % has no head', v_org;
  end if;
  for v_event in select * from jsonb_array_elements(p_events) loop
    if v_event ->> 'visibility' <> 'audit_only' then
      v_head.position := v_head.position + 1;
      insert into public.timeline_events
        (org_id, position, id, ticket_id, work_order_id, kind, entity, entity_id, visibility, actor_kind, actor_membership_id, actor_contact_id, actor_name, data, created_at)
      values
        (v_org, v_head.position, gen_random_uuid(), (v_event ->> 'ticket')::uuid, (v_event ->> 'workOrder')::uuid, v_event ->> 'kind', v_event ->> 'entity',
         (v_event ->> 'entityId')::uuid, v_event ->> 'visibility', v_kind, v_member, v_contact, v_name, v_event -> 'data', v_now);
    end if;
    v_head.audit_seq := v_head.audit_seq + 1;
    v_salt := gen_random_uuid();
    v_values := app.audit_values_hash(v_salt, v_event -> 'old', v_event -> 'new', v_name, v_ip, v_agent);
    v_hash := app.audit_hash(v_head.audit_hash, v_org, v_head.audit_seq, v_now, v_kind, coalesce(v_member, v_contact), v_event ->> 'kind',
                             v_event ->> 'entity', (v_event ->> 'entityId')::uuid, v_values);
    insert into public.audit_log
      (org_id, seq, at, actor_kind, actor_id, action, entity_type, entity_id, values_hash, previous_hash, hash)
    values
      (v_org, v_head.audit_seq, v_now, v_kind, coalesce(v_member, v_contact), v_event ->> 'kind', v_event ->> 'entity', (v_event ->> 'entityId')::uuid,
       v_values, v_head.audit_hash, v_hash);
    insert into public.audit_values (org_id, seq, salt, old_value, new_value, actor_name, ip, user_agent)
    values (v_org, v_head.audit_seq, v_salt, v_event -> 'old', v_event -> 'new', v_name, v_ip, v_agent);
    v_head.audit_hash := v_hash;
  end loop;
  update public.org_heads set position = v_head.position, audit_seq = v_head.audit_seq, audit_hash = v_head.audit_hash where org_id = v_org;
  perform pg_notify('fettle_events', v_org || ':' || v_head.position);
  return v_head.position;
end
$$;

------------------------------------------------------------------------------------------------------------------------ grants
grant select on operatives, work_orders, offers, visits to fettle_staff, fettle_system;
grant insert, update on operatives, work_orders, offers, visits to fettle_staff, fettle_system;

-- The orders the asking contractor may see: those put to them that they may still answer, and those that are theirs. A link narrows it to one.
-- `allocated` is true while the order is theirs and live: only then are the tenant's name, number and the way in theirs to know.
create function app.my_orders() returns table (order_id uuid, ticket_id uuid, property_id uuid, unit_id uuid, allocated boolean)
language sql stable security definer set search_path = pg_catalog, public as $$
  select w.id, w.ticket_id, w.property_id, w.unit_id,
         w.contractor_id is not distinct from app.contact_id() and w.status in ('ACCEPTED', 'SCHEDULED', 'IN_PROGRESS')
  from public.work_orders w
  where w.org_id = app.org_id()
    and app.contact_id() is not null
    and (app.order_id() is null or w.id = app.order_id())
    and (w.contractor_id = app.contact_id()
         or exists (select from public.offers o
                    where o.org_id = w.org_id and o.work_order_id = w.id and o.contractor_id = app.contact_id() and o.status in ('SENT', 'DECLINED', 'EXPIRED', 'WITHDRAWN')))
$$;

grant select (id, name, slug, status, settings) on organisations to fettle_owner;
grant select (org_id, id, kind, name, email, phone, company, preferred_channel, preferred_language, large_print, version) on contacts to fettle_contractor, fettle_owner;
create policy contractor_own on contacts as restrictive to fettle_contractor, fettle_owner using (id = app.contact_id());
grant select on contractor_profiles to fettle_contractor;
create policy contractor_own on contractor_profiles as restrictive to fettle_contractor using (contact_id = app.contact_id());
grant select, insert, update on operatives to fettle_contractor;
create policy contractor_own on operatives as restrictive to fettle_contractor using (contractor_id = app.contact_id()) with check (contractor_id = app.contact_id());
grant select on work_orders to fettle_contractor;
grant update (status, contractor_id, operative_id, accepted_at, started_at, done_at, updated_at, version) on work_orders to fettle_contractor;
create policy contractor_own on work_orders as restrictive to fettle_contractor
  using (id in (select o.order_id from app.my_orders() o))
  -- Whatever a contractor writes, the order is theirs or nobody's after it.
  with check (contractor_id is null or contractor_id = app.contact_id());
grant select on offers to fettle_contractor;
grant update (status, decline_reason, answered_at) on offers to fettle_contractor;
create policy contractor_own on offers as restrictive to fettle_contractor
  using (contractor_id = app.contact_id() and work_order_id in (select o.order_id from app.my_orders() o));
grant select, insert, update on visits to fettle_contractor;
create policy contractor_own on visits as restrictive to fettle_contractor
  using (contractor_id = app.contact_id() and work_order_id in (select o.order_id from app.my_orders() o))
  with check (contractor_id = app.contact_id());
grant select (org_id, id, kind, name, line1, line2, city, postcode, country, deleted_at) on properties to fettle_contractor;
create policy contractor_own on properties as restrictive to fettle_contractor using (id in (select o.property_id from app.my_orders() o));
grant select (org_id, id, property_id, label, floor, deleted_at) on units to fettle_contractor;
create policy contractor_own on units as restrictive to fettle_contractor using (id in (select o.unit_id from app.my_orders() o));
grant select (org_id, position, id, ticket_id, work_order_id, kind, entity, entity_id, visibility, actor_kind, actor_name, data, created_at) on timeline_events to fettle_contractor;
create policy contractor_own on timeline_events as restrictive to fettle_contractor
  using (visibility in ('public', 'contractor') and work_order_id in (select o.order_id from app.my_orders() o));
-- The photos of the problem and of the work; never what staff keep for themselves.
grant select, insert, update on attachments to fettle_contractor;
create policy contractor_own on attachments as restrictive to fettle_contractor
  using (visibility = 'public' and (
    work_order_id in (select o.order_id from app.my_orders() o)
    or (purpose in ('report', 'ticket') and ticket_id in (select o.ticket_id from app.my_orders() o))
    or (work_order_id is null and ticket_id is null and uploader_contact_id = app.contact_id())))
  with check (visibility = 'public' and uploader_contact_id = app.contact_id()
    and (work_order_id is null or work_order_id in (select o.order_id from app.my_orders() o)));

-- When somebody comes to the home is the tenant's to know: the order's title and state, never its money.
grant select (org_id, id, reference, ticket_id, property_id, unit_id, title, status, started_at, done_at, created_at) on work_orders to fettle_tenant;
create policy tenant_own on work_orders as restrictive to fettle_tenant using (ticket_id in (select t.id from tickets t where t.org_id = work_orders.org_id));
grant select on visits to fettle_tenant;
grant update (status, held_until, outcome_note, updated_at, version) on visits to fettle_tenant;
create policy tenant_own on visits as restrictive to fettle_tenant using (work_order_id in (select w.id from work_orders w where w.org_id = visits.org_id));
-- A photo of the work is on the ticket too, if the order has one; a tenant's policy on attachments covers it by `ticket_id`.

-- The way in and whom to ask for: for the contractor who holds the order, while it is live. The verb that asks audits each look.
create function app.way_in(p_order uuid) returns table (
  warnings text, access_notes text, access_codes_enc bytea, tenant_name text, tenant_phone text, needs text, vulnerability text, access jsonb
) language sql stable security definer set search_path = pg_catalog, public as $$
  select p.warnings, p.access_notes, p.access_codes_enc,
         coalesce(c.name, t.reporter_name), c.phone, c.needs, t.vulnerability, coalesce(t.access, '{}')
  from app.my_orders() o
  join public.work_orders w on w.org_id = app.org_id() and w.id = o.order_id
  join public.properties p on p.org_id = w.org_id and p.id = w.property_id
  left join public.tickets t on t.org_id = w.org_id and t.id = w.ticket_id
  left join public.contacts c on c.org_id = w.org_id and c.erased_at is null and c.deleted_at is null and c.id = coalesce(t.reported_by_contact_id, (
    select tt.contact_id from public.tenancy_tenants tt
    join public.tenancies n on n.org_id = tt.org_id and n.id = tt.tenancy_id and n.deleted_at is null
    where n.org_id = w.org_id and n.unit_id = w.unit_id and n.start_on <= app.today() and (n.end_on is null or n.end_on >= app.today())
    order by tt.is_lead desc, tt.contact_id limit 1))
  where o.order_id = p_order and o.allocated
$$;
revoke all on function app.way_in from public;
grant execute on function app.way_in to fettle_contractor;
grant execute on function app.my_orders, app.order_id, app.approval_id to fettle_staff, fettle_tenant, fettle_contractor, fettle_reporter, fettle_system, fettle_owner;
grant execute on function app.org_id, app.membership_id, app.contact_id, app.draft_id, app.now, app.today, app.place, app.record to fettle_owner;
grant insert on outbound_mails to fettle_owner;
grant execute on function app.enqueue to fettle_owner;

-- A mail with a link in it, written by a verb inside an organisation: like app.make_link, a door in one direction.
create function app.keep_secret_mail(p_id uuid, p_template text, p_lang text, p_to text, p_from text, p_reply_to text, p_subject text, p_sealed bytea) returns void
language sql security definer set search_path = pg_catalog, public as $$
  insert into auth.mails (id, org_id, template, lang, to_address, from_name, reply_to, subject, sealed_body, created_at)
  values (p_id, app.org_id(), p_template, p_lang, p_to, p_from, p_reply_to, p_subject, p_sealed, app.now())
$$;
revoke all on function app.keep_secret_mail from public;
grant execute on function app.keep_secret_mail to fettle_staff, fettle_contractor, fettle_system;
