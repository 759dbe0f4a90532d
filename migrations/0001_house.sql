-- The house: organisations, people, homes, tickets, timeline and audit, each behind row-level security.

create schema app;
create schema auth;
create extension if not exists pg_trgm;
create extension if not exists btree_gist;

grant usage on schema public, app to fettle_staff, fettle_tenant, fettle_contractor, fettle_reporter, fettle_system, fettle_auth, fettle_across, fettle_worker, fettle_enqueue;
grant usage on schema auth to fettle_auth;

-- Who is asking: set once per transaction by db::OrgTx; unset means no rows.
create function app.org_id() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.org_id', true), '')::uuid $$;
create function app.membership_id() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.membership_id', true), '')::uuid $$;
create function app.contact_id() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.contact_id', true), '')::uuid $$;
create function app.draft_id() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.draft_id', true), '')::uuid $$;
create function app.login_id() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.login_id', true), '')::uuid $$;
-- Time is injected: the transaction's own moment, not the server's clock.
create function app.now() returns timestamptz language sql stable parallel safe
  as $$ select coalesce(nullif(current_setting('app.now', true), '')::timestamptz, now()) $$;
create function app.today() returns date language sql stable parallel safe
  as $$ select (app.now() at time zone 'Europe/London')::date $$;

-- Every organisation's table ends with this: RLS enabled and forced, one wall for everybody, the owner included.
create function app.protect(target regclass, org_column text default 'org_id') returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('create policy org_wall on %s using (%I = app.org_id()) with check (%I = app.org_id())', target, org_column, org_column);
end
$$;

---------------------------------------------------------------------------------------------------------------- organisations
create table organisations (
  id             uuid primary key,
  name           text not null check (length(name) between 1 and 120),
  slug           text not null unique check (slug ~ '^[a-z0-9](-?[a-z0-9])*$' and length(slug) <= 60),
  plan           text not null default 'free' check (plan in ('free', 'starter', 'professional', 'enterprise')),
  status         text not null default 'active' check (status in ('active', 'suspended', 'closed')),
  billing_email  text,
  settings       jsonb not null default '{}',
  version        integer not null default 1,
  created_at     timestamptz not null,
  updated_at     timestamptz not null
);
select app.protect('organisations', 'id');
create policy across on organisations for select to fettle_across using (true);

-- The tail of each organisation's event stream and audit chain; locked last in a transaction, so nothing commits out of order.
create table org_heads (
  org_id      uuid primary key references organisations,
  position    bigint not null default 0,
  audit_seq   bigint not null default 0,
  audit_hash  bytea not null default '\x'
);
select app.protect('org_heads');
create policy across on org_heads for select to fettle_across using (true);

create table counters (
  org_id  uuid not null references organisations,
  kind    text not null,
  value   bigint not null,
  primary key (org_id, kind)
);
select app.protect('counters');

-- The next number of a kind, without gaps: a rolled-back transaction gives its number back.
create function app.next_number(p_kind text) returns bigint language sql security definer set search_path = pg_catalog, public as $$
  insert into public.counters (org_id, kind, value) values (app.org_id(), p_kind, 1)
  on conflict (org_id, kind) do update set value = counters.value + 1
  returning value
$$;

------------------------------------------------------------------------------------------------------------------------ logins
create table auth.logins (
  id                 uuid primary key,
  email              text not null unique check (email = lower(email) and length(email) <= 254),
  password_hash      text,
  email_verified_at  timestamptz,
  totp_secret_enc    bytea,
  totp_confirmed_at  timestamptz,
  totp_last_step     bigint,
  is_super_admin     boolean not null default false,
  last_login_at      timestamptz,
  disabled_at        timestamptz,
  created_at         timestamptz not null,
  updated_at         timestamptz not null
);

create table auth.sessions (
  id             uuid primary key,
  token_hash     bytea not null unique,
  login_id       uuid not null references auth.logins on delete cascade,
  membership_id  uuid,
  org_id         uuid,
  second_factor  boolean not null default false,
  ip             inet,
  user_agent     text,
  created_at     timestamptz not null,
  last_seen_at   timestamptz not null,
  expires_at     timestamptz not null,
  revoked_at     timestamptz
);
create index on auth.sessions (login_id, revoked_at);

-- Single-use links: invite, magic, verify, reset, draft code. Only the hash is kept. A GET never consumes one.
create table auth.tokens (
  id             uuid primary key,
  purpose        text not null check (purpose in ('invite', 'magic', 'verify', 'reset', 'code')),
  token_hash     bytea not null unique,
  login_id       uuid references auth.logins on delete cascade,
  org_id         uuid,
  membership_id  uuid,
  payload        jsonb not null default '{}',
  attempts       integer not null default 0,
  created_at     timestamptz not null,
  expires_at     timestamptz not null,
  used_at        timestamptz
);
create index on auth.tokens (login_id, purpose);

create table auth.refresh_tokens (
  id             uuid primary key,
  family_id      uuid not null,
  token_hash     bytea not null unique,
  login_id       uuid not null references auth.logins on delete cascade,
  org_id         uuid not null,
  membership_id  uuid not null,
  created_at     timestamptz not null,
  expires_at     timestamptz not null,
  rotated_at     timestamptz,
  revoked_at     timestamptz
);
create index on auth.refresh_tokens (family_id);
create index on auth.refresh_tokens (login_id);

create table auth.recovery_codes (
  login_id   uuid not null references auth.logins on delete cascade,
  code_hash  bytea not null,
  used_at    timestamptz,
  primary key (login_id, code_hash)
);

-- Attempts by address and by account, shared between processes.
create table auth.attempts (
  bucket      text primary key,
  count       integer not null,
  window_end  timestamptz not null
);

-- What was typed into a form without JavaScript that was refused: read once, soon gone, never a secret.
create table auth.flashes (
  id          uuid primary key,
  content     jsonb not null,
  expires_at  timestamptz not null
);

grant select, insert, update, delete on all tables in schema auth to fettle_auth;

create table memberships (
  org_id          uuid not null references organisations,
  id              uuid not null,
  login_id        uuid not null,
  role            text not null check (role in ('SuperAdmin', 'OrgAdmin', 'Coordinator', 'Viewer', 'Contractor', 'Tenant')),
  contact_id      uuid,
  name            text not null check (length(name) between 1 and 120),
  email           text not null,
  status          text not null default 'active' check (status in ('invited', 'active', 'deactivated')),
  job_title       text,
  preferences     jsonb not null default '{}',
  last_seen_at    timestamptz,
  created_at      timestamptz not null,
  updated_at      timestamptz not null,
  version         integer not null default 1,
  primary key (org_id, id),
  unique (id),
  unique (org_id, login_id, role),
  check (role not in ('Contractor', 'Tenant') or contact_id is not null)
);
select app.protect('memberships');
-- At log-in no organisation is known: a login may read its own memberships, and which organisations they are in.
create policy own_login on memberships for select to fettle_auth using (login_id = app.login_id());
create policy own_login on organisations for select to fettle_auth
  using (exists (select from memberships m where m.org_id = organisations.id and m.login_id = app.login_id()));

------------------------------------------------------------------------------------------------------------------------ people
create table contacts (
  org_id              uuid not null references organisations,
  id                  uuid not null,
  kind                text not null check (kind in ('tenant', 'owner', 'contractor')),
  name                text not null check (length(name) between 1 and 120),
  email               text,
  phone               text check (phone ~ '^\+[1-9][0-9]{7,14}$'),
  preferred_channel   text not null default 'email' check (preferred_channel in ('email', 'sms', 'phone', 'whatsapp', 'letter')),
  preferred_language  text not null default 'en',
  large_print         boolean not null default false,
  -- What must be known before a visit; raises attention, never lowers it.
  needs               text,
  notes               text,
  bank_details_enc    bytea,
  company             text,
  erased_at           timestamptz,
  created_at          timestamptz not null,
  updated_at          timestamptz not null,
  deleted_at          timestamptz,
  version             integer not null default 1,
  primary key (org_id, id)
);
select app.protect('contacts');
create index contacts_by_name on contacts (org_id, kind, lower(name), id) where deleted_at is null;
create index contacts_by_email on contacts (org_id, lower(email));
create index contacts_by_phone on contacts (org_id, phone);
alter table memberships add foreign key (org_id, contact_id) references contacts (org_id, id);
create index memberships_by_login on memberships (login_id);
create index memberships_by_contact on memberships (org_id, contact_id);

create table consent_records (
  org_id        uuid not null references organisations,
  id            uuid not null,
  contact_id    uuid not null,
  channel       text not null check (channel in ('email', 'sms', 'phone', 'whatsapp', 'letter')),
  consented_at  timestamptz,
  opted_out_at  timestamptz,
  ip            inet,
  source        text not null default 'portal',
  created_at    timestamptz not null,
  primary key (org_id, id),
  foreign key (org_id, contact_id) references contacts (org_id, id)
);
select app.protect('consent_records');
create index on consent_records (org_id, contact_id, channel);

create table contractor_profiles (
  org_id              uuid not null references organisations,
  id                  uuid not null,
  contact_id          uuid not null,
  trade_licences      jsonb not null default '[]',
  service_categories  text[] not null default '{}',
  postcode_areas      text[] not null default '{}',
  rating              numeric(3, 2) check (rating between 0 and 5),
  status              text not null default 'active' check (status in ('invited', 'active', 'suspended', 'archived')),
  out_of_hours        boolean not null default false,
  in_house            boolean not null default false,
  vat_registered      boolean not null default false,
  created_at          timestamptz not null,
  updated_at          timestamptz not null,
  version             integer not null default 1,
  primary key (org_id, id),
  unique (org_id, contact_id),
  foreign key (org_id, contact_id) references contacts (org_id, id)
);
select app.protect('contractor_profiles');

------------------------------------------------------------------------------------------------------------------------- homes
create table properties (
  org_id            uuid not null references organisations,
  id                uuid not null,
  reference         text,
  kind              text not null check (kind in ('house', 'bungalow', 'flat', 'block', 'hmo', 'other')),
  status            text not null default 'active' check (status in ('active', 'void', 'archived')),
  name              text,
  line1             text not null,
  line2             text,
  city              text not null,
  postcode          text not null,
  country           text not null check (country in ('england', 'wales', 'scotland', 'northern_ireland')),
  uprn              bigint check (uprn between 1 and 999999999999),
  -- The facts the legal clocks will need.
  tenure            text not null check (tenure in ('social_rent', 'affordable_rent', 'private_rent', 'shared_ownership', 'leasehold', 'supported')),
  landlord_kind     text not null check (landlord_kind in ('housing_association', 'council', 'private', 'agent')),
  storeys           integer check (storeys between 1 and 100),
  built_year        integer check (built_year between 1500 and 2200),
  has_gas           boolean,
  smoke_alarms      integer check (smoke_alarms between 0 and 500),
  co_alarms         integer check (co_alarms between 0 and 500),
  -- Asbestos, a dog, two-person visits: shown before a visit.
  warnings          text,
  access_notes      text,
  access_codes_enc  bytea,
  created_at        timestamptz not null,
  updated_at        timestamptz not null,
  deleted_at        timestamptz,
  version           integer not null default 1,
  primary key (org_id, id),
  unique (org_id, reference)
);
select app.protect('properties');
create index properties_by_place on properties (org_id, postcode, line1, id) where deleted_at is null;
create index properties_by_uprn on properties (org_id, uprn);

create table units (
  org_id        uuid not null references organisations,
  id            uuid not null,
  property_id   uuid not null,
  -- `Flat 3`; `Whole house` where a property has one.
  label         text not null check (length(label) between 1 and 60),
  floor         integer,
  bedrooms      integer check (bedrooms between 0 and 50),
  uprn          bigint check (uprn between 1 and 999999999999),
  status        text not null default 'let' check (status in ('let', 'void', 'archived')),
  created_at    timestamptz not null,
  updated_at    timestamptz not null,
  deleted_at    timestamptz,
  version       integer not null default 1,
  primary key (org_id, id),
  unique (org_id, property_id, label),
  -- Lets a ticket name both and be sure that they belong together.
  unique (org_id, property_id, id),
  foreign key (org_id, property_id) references properties (org_id, id)
);
select app.protect('units');

create table tenancies (
  org_id         uuid not null references organisations,
  id             uuid not null,
  unit_id        uuid not null,
  reference      text,
  status         text not null default 'active' check (status in ('upcoming', 'active', 'ended')),
  start_on       date not null,
  end_on         date check (end_on >= start_on),
  rent_pence     bigint check (rent_pence >= 0),
  deposit_pence  bigint check (deposit_pence >= 0),
  created_at     timestamptz not null,
  updated_at     timestamptz not null,
  deleted_at     timestamptz,
  version        integer not null default 1,
  primary key (org_id, id),
  foreign key (org_id, unit_id) references units (org_id, id)
);
select app.protect('tenancies');
create index on tenancies (org_id, unit_id, start_on);

-- Joint tenants share a tenancy; the lead is the specification's TenantContactId.
create table tenancy_tenants (
  org_id      uuid not null references organisations,
  tenancy_id  uuid not null,
  contact_id  uuid not null,
  is_lead     boolean not null default false,
  primary key (org_id, tenancy_id, contact_id),
  foreign key (org_id, tenancy_id) references tenancies (org_id, id) on delete cascade,
  foreign key (org_id, contact_id) references contacts (org_id, id)
);
select app.protect('tenancy_tenants');
create index on tenancy_tenants (org_id, contact_id);
create unique index one_lead_tenant on tenancy_tenants (org_id, tenancy_id) where is_lead;

create table owner_links (
  org_id                uuid not null references organisations,
  id                    uuid not null,
  property_id           uuid not null,
  contact_id            uuid not null,
  ownership_percentage  numeric(5, 2) check (ownership_percentage > 0 and ownership_percentage <= 100),
  spend_limit_pence     bigint check (spend_limit_pence >= 0),
  ask_before_spending   boolean not null default false,
  created_at            timestamptz not null,
  primary key (org_id, id),
  unique (org_id, property_id, contact_id),
  foreign key (org_id, property_id) references properties (org_id, id),
  foreign key (org_id, contact_id) references contacts (org_id, id)
);
select app.protect('owner_links');

-- The homes the asking tenant may see repairs of, and from when: the dates of their own live tenancies.
create function app.my_homes() returns table (unit_id uuid, property_id uuid, tenancy_id uuid, from_on date)
language sql stable security definer set search_path = pg_catalog, public as $$
  select u.id, u.property_id, t.id, t.start_on
  from public.tenancy_tenants tt
  join public.tenancies t on t.org_id = tt.org_id and t.id = tt.tenancy_id
  join public.units u on u.org_id = t.org_id and u.id = t.unit_id
  where tt.org_id = app.org_id()
    and tt.contact_id = app.contact_id()
    and t.deleted_at is null
    and t.start_on <= app.today()
    and (t.end_on is null or t.end_on >= app.today())
$$;

----------------------------------------------------------------------------------------------------------------------- tickets
-- The faults an organisation asks about; absent means the default catalogue.
create table fault_catalogues (
  org_id      uuid primary key references organisations,
  catalogue   jsonb not null,
  version     integer not null default 1,
  updated_at  timestamptz not null
);
select app.protect('fault_catalogues');

-- A report not yet sent. The server holds it, so that a wizard survives a dead battery and works without JavaScript.
create table drafts (
  org_id          uuid not null references organisations,
  id              uuid not null,
  membership_id   uuid,
  contact_id      uuid,
  -- A guest's cookie and a resume link, hashed.
  guest_hash      bytea unique,
  resume_hash     bytea unique,
  unit_id         uuid,
  property_id     uuid,
  answers         jsonb not null default '{}',
  -- What was typed and refused, with the sentences, so that nothing is lost without JavaScript.
  problems        jsonb,
  status          text not null default 'open' check (status in ('open', 'submitted', 'expired')),
  ticket_id       uuid,
  -- When we first knew: the emergency answer or the report, whichever came first.
  aware_at        timestamptz,
  confirmed_at    timestamptz,
  version         integer not null default 1,
  created_at      timestamptz not null,
  updated_at      timestamptz not null,
  expires_at      timestamptz not null,
  primary key (org_id, id),
  unique (id),
  foreign key (org_id, membership_id) references memberships (org_id, id),
  foreign key (org_id, contact_id) references contacts (org_id, id)
);
select app.protect('drafts');
create index on drafts (org_id, contact_id, status);
create index on drafts (org_id, expires_at) where status = 'open';

create table tickets (
  org_id                  uuid not null references organisations,
  id                      uuid not null,
  number                  bigint not null,
  reference               text not null,
  property_id             uuid not null,
  -- Null for communal and block repairs.
  unit_id                 uuid,
  tenancy_id              uuid,
  draft_id                uuid,
  reported_by_contact_id  uuid,
  reporter_name           text,
  source                  text not null check (source in ('portal', 'guest', 'phone', 'email', 'visit', 'api')),
  -- False while a guest has not proved their e-mail.
  confirmed               boolean not null default true,
  category                text not null check (category in ('PLUMBING', 'ELECTRICAL', 'HVAC', 'APPLIANCE', 'STRUCTURAL', 'PEST_CONTROL', 'DAMP_MOULD', 'OTHER')),
  -- As first assessed, and as it stands: both stay on record.
  first_priority          text not null check (first_priority in ('EMERGENCY', 'URGENT', 'ROUTINE')),
  priority                text not null check (priority in ('EMERGENCY', 'URGENT', 'ROUTINE')),
  priority_reasons        text[] not null default '{}',
  status                  text not null default 'NEW' check (status in ('NEW', 'TRIAGED', 'ASSIGNED', 'IN_PROGRESS', 'COMPLETED', 'CLOSED', 'CANCELLED')),
  title                   text not null check (length(title) between 1 and 200),
  description             text not null default '' check (length(description) <= 10000),
  fault_path              text,
  trade                   text,
  hazards                 text[] not null default '{}',
  answers                 jsonb not null default '{}',
  access                  jsonb not null default '{}',
  vulnerability           text,
  assignee_id             uuid,
  duplicate_of            uuid,
  follows_ticket_id       uuid,
  aware_at                timestamptz not null,
  target_at               timestamptz,
  triaged_at              timestamptz,
  completed_at            timestamptz,
  closed_at               timestamptz,
  close_outcome           text check (close_outcome in ('TENANT_CONFIRMED', 'NO_ANSWER', 'BY_STAFF')),
  close_reason            text,
  cancel_reason           text,
  reopened_count          integer not null default 0,
  search_extra            text not null default '',
  search                  tsvector generated always as (
    to_tsvector('english', title || ' ' || description) || to_tsvector('simple', reference || ' ' || search_extra)
  ) stored,
  created_at              timestamptz not null,
  updated_at              timestamptz not null,
  deleted_at              timestamptz,
  version                 integer not null default 1,
  primary key (org_id, id),
  unique (org_id, number),
  unique (org_id, reference),
  -- A double submit makes one ticket.
  unique (org_id, draft_id),
  foreign key (org_id, property_id) references properties (org_id, id),
  foreign key (org_id, property_id, unit_id) references units (org_id, property_id, id),
  foreign key (org_id, tenancy_id) references tenancies (org_id, id),
  foreign key (org_id, draft_id) references drafts (org_id, id),
  foreign key (org_id, reported_by_contact_id) references contacts (org_id, id),
  foreign key (org_id, assignee_id) references memberships (org_id, id),
  foreign key (org_id, duplicate_of) references tickets (org_id, id),
  foreign key (org_id, follows_ticket_id) references tickets (org_id, id),
  check ((status = 'CLOSED') = (closed_at is not null and close_outcome is not null)),
  check (status <> 'CANCELLED' or cancel_reason is not null)
);
select app.protect('tickets');
create index tickets_newest on tickets (org_id, created_at desc, id desc) where deleted_at is null;
create index tickets_by_status on tickets (org_id, status, created_at desc, id desc) where deleted_at is null;
create index tickets_by_priority on tickets (org_id, priority, created_at desc, id desc) where deleted_at is null;
create index tickets_by_assignee on tickets (org_id, assignee_id, created_at desc, id desc) where deleted_at is null;
create index tickets_updated on tickets (org_id, updated_at desc, id desc) where deleted_at is null;
create index tickets_by_target on tickets (org_id, target_at, id) where deleted_at is null and status not in ('CLOSED', 'CANCELLED');
create index tickets_by_unit on tickets (org_id, unit_id, created_at desc);
create index tickets_by_property on tickets (org_id, property_id, created_at desc);
create index tickets_by_reporter on tickets (org_id, reported_by_contact_id, created_at desc);
create index tickets_search on tickets using gin (search);
alter table drafts add foreign key (org_id, ticket_id) references tickets (org_id, id);

-- Neighbours who follow a report instead of making a second one.
create table ticket_followers (
  org_id      uuid not null references organisations,
  ticket_id   uuid not null,
  contact_id  uuid not null,
  unit_id     uuid,
  notes       text,
  created_at  timestamptz not null,
  primary key (org_id, ticket_id, contact_id),
  foreign key (org_id, ticket_id) references tickets (org_id, id),
  foreign key (org_id, contact_id) references contacts (org_id, id)
);
select app.protect('ticket_followers');

create table ticket_reads (
  org_id         uuid not null references organisations,
  ticket_id      uuid not null,
  membership_id  uuid not null,
  read_at        timestamptz not null,
  primary key (org_id, ticket_id, membership_id),
  foreign key (org_id, ticket_id) references tickets (org_id, id),
  foreign key (org_id, membership_id) references memberships (org_id, id)
);
select app.protect('ticket_reads');

create table saved_views (
  org_id         uuid not null references organisations,
  id             uuid not null,
  membership_id  uuid not null,
  name           text not null check (length(name) between 1 and 60),
  query          text not null,
  created_at     timestamptz not null,
  primary key (org_id, id),
  unique (org_id, membership_id, name),
  foreign key (org_id, membership_id) references memberships (org_id, id)
);
select app.protect('saved_views');

-- Photos and documents. The original is kept with its hash as received; derived copies are what people are shown.
create table attachments (
  org_id         uuid not null references organisations,
  id             uuid not null,
  draft_id       uuid,
  ticket_id      uuid,
  purpose        text not null check (purpose in ('report', 'ticket', 'logo', 'import', 'document')),
  uploader_membership_id uuid,
  uploader_contact_id    uuid,
  visibility     text not null default 'public' check (visibility in ('public', 'internal')),
  file_name      text not null,
  content_type   text not null,
  bytes          bigint not null check (bytes >= 0),
  sha256         bytea not null,
  width          integer,
  height         integer,
  taken_at       timestamptz,
  storage_key    text not null,
  display_key    text,
  thumb_key      text,
  created_at     timestamptz not null,
  deleted_at     timestamptz,
  primary key (org_id, id),
  foreign key (org_id, draft_id) references drafts (org_id, id),
  foreign key (org_id, ticket_id) references tickets (org_id, id)
);
select app.protect('attachments');
create index on attachments (org_id, ticket_id);
create index on attachments (org_id, draft_id);

-------------------------------------------------------------------------------------------------------------- events and audit
-- The timeline, and the stream live pages follow: one table, positions without holes in commit order per organisation.
create table timeline_events (
  org_id               uuid not null references organisations,
  position             bigint not null,
  id                   uuid not null,
  ticket_id            uuid,
  kind                 text not null,
  entity               text not null,
  entity_id            uuid not null,
  visibility           text not null check (visibility in ('public', 'internal')),
  actor_kind           text not null,
  actor_membership_id  uuid,
  actor_contact_id     uuid,
  actor_name           text,
  data                 jsonb not null default 'null',
  created_at           timestamptz not null,
  primary key (org_id, position),
  unique (org_id, id),
  foreign key (org_id, ticket_id) references tickets (org_id, id)
);
select app.protect('timeline_events');
create index timeline_of_ticket on timeline_events (org_id, ticket_id, position);

create table audit_log (
  org_id         uuid not null references organisations,
  seq            bigint not null,
  at             timestamptz not null,
  actor_kind     text not null,
  actor_id       uuid,
  action         text not null,
  entity_type    text not null,
  entity_id      uuid not null,
  values_hash    bytea not null,
  previous_hash  bytea not null,
  hash           bytea not null,
  primary key (org_id, seq)
);
select app.protect('audit_log');
create index audit_of_entity on audit_log (org_id, entity_type, entity_id);
create index audit_by_action on audit_log (org_id, action, at desc);

-- The personal half of an audit row: erasable, because the chain covers its hash and not its words.
create table audit_values (
  org_id      uuid not null references organisations,
  seq         bigint not null,
  salt        uuid not null,
  old_value   jsonb,
  new_value   jsonb,
  actor_name  text,
  ip          inet,
  user_agent  text,
  primary key (org_id, seq),
  foreign key (org_id, seq) references audit_log (org_id, seq)
);
select app.protect('audit_values');

create function app.audit_values_hash(p_salt uuid, p_old jsonb, p_new jsonb, p_name text, p_ip inet, p_agent text) returns bytea
language sql immutable parallel safe as $$
  select sha256(convert_to(jsonb_build_array(p_salt, p_old, p_new, p_name, host(p_ip), p_agent)::text, 'UTF8'))
$$;
create function app.audit_hash(
  p_previous bytea, p_org uuid, p_seq bigint, p_at timestamptz, p_actor_kind text, p_actor uuid, p_action text, p_entity text, p_entity_id uuid, p_values bytea
) returns bytea language sql immutable parallel safe as $$
  select sha256(p_previous || convert_to(jsonb_build_array(
    p_org, p_seq, (extract(epoch from p_at) * 1000000)::bigint, p_actor_kind, p_actor, p_action, p_entity, p_entity_id, encode(p_values, 'hex'))::text, 'UTF8'))
$$;

-- The one door to the timeline and the audit. Called last in a transaction by db::OrgTx::commit: it locks the organisation's head, gives
-- each event its position, links it into the chain and says so to those who listen. Portal roles have no other way in.
create function app.record(p_events jsonb, p_actor jsonb) returns bigint
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
        (org_id, position, id, ticket_id, kind, entity, entity_id, visibility, actor_kind, actor_membership_id, actor_contact_id, actor_name, data, created_at)
      values
        (v_org, v_head.position, gen_random_uuid(), (v_event ->> 'ticket')::uuid, v_event ->> 'kind', v_event ->> 'entity',
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

-- The first broken link of the asking organisation's chain, or nothing. `fettle doctor --audit` prints it.
create function app.audit_first_broken() returns table (seq bigint, reason text)
language sql stable security definer set search_path = pg_catalog, public as $$
  with chain as (
    select a.*, lag(a.hash, 1, '\x'::bytea) over (order by a.seq) as expected_previous, row_number() over (order by a.seq) as expected_seq,
           v.salt, v.old_value, v.new_value, v.actor_name, v.ip, v.user_agent
    from public.audit_log a
    left join public.audit_values v on v.org_id = a.org_id and v.seq = a.seq
    where a.org_id = app.org_id()
  )
  (select c.seq,
         case
           when c.seq <> c.expected_seq then 'a row before this one is missing'
           when c.previous_hash <> c.expected_previous then 'the link to the row before does not fit'
           when c.hash <> app.audit_hash(c.previous_hash, c.org_id, c.seq, c.at, c.actor_kind, c.actor_id, c.action, c.entity_type, c.entity_id, c.values_hash)
             then 'the row was changed after it was written'
           else 'the recorded values were changed after they were written'
         end
  from chain c
  where c.seq <> c.expected_seq
     or c.previous_hash <> c.expected_previous
     or c.hash <> app.audit_hash(c.previous_hash, c.org_id, c.seq, c.at, c.actor_kind, c.actor_id, c.action, c.entity_type, c.entity_id, c.values_hash)
     or (c.salt is not null and c.values_hash <> app.audit_values_hash(c.salt, c.old_value, c.new_value, c.actor_name, c.ip, c.user_agent))
  order by c.seq limit 1)
  union all
  select h.audit_seq, 'the chain ends before its head: rows were cut from the end'
  from public.org_heads h
  where h.org_id = app.org_id()
    and h.audit_hash <> coalesce((select a.hash from public.audit_log a where a.org_id = h.org_id order by a.seq desc limit 1), '\x'::bytea)
    and not exists (select from chain c where c.seq <> c.expected_seq or c.previous_hash <> c.expected_previous)
  limit 1
$$;

------------------------------------------------------------------------------------------------------------------------- other
create table usage_meters (
  org_id         uuid not null references organisations,
  id             uuid not null,
  resource_type  text not null check (resource_type in ('sms', 'whatsapp', 'ai_job', 'ticket', 'storage_bytes')),
  count          bigint not null default 0,
  period_start   date not null,
  period_end     date not null,
  primary key (org_id, id),
  unique (org_id, resource_type, period_start)
);
select app.protect('usage_meters');

-- The answer to a request that was made before with the same key; written in the transaction of its effect.
create table idempotency_keys (
  org_id        uuid not null references organisations,
  key           text not null check (length(key) between 1 and 255),
  membership_id uuid not null,
  operation     text not null,
  request_hash  bytea not null,
  status        integer not null,
  body          jsonb not null,
  created_at    timestamptz not null,
  primary key (org_id, membership_id, key)
);
select app.protect('idempotency_keys');

------------------------------------------------------------------------------------------------------------------------ grants
-- Staff and the worker: everything of their organisation but the append-only tables, which are written through app.record alone.
grant select on all tables in schema public to fettle_staff, fettle_system;
grant insert, update on
  organisations, memberships, contacts, consent_records, contractor_profiles, properties, units, tenancies, tenancy_tenants, owner_links,
  fault_catalogues, drafts, tickets, ticket_followers, ticket_reads, saved_views, attachments, usage_meters, idempotency_keys
to fettle_staff, fettle_system;
grant delete on tenancy_tenants, owner_links, ticket_followers, ticket_reads, saved_views, idempotency_keys, drafts, attachments to fettle_staff, fettle_system;
-- Erasure empties the personal half of an audit row and nothing else.
grant update (old_value, new_value, actor_name, ip, user_agent, salt) on audit_values to fettle_system;

-- Log-in and registration.
grant select, insert, update on memberships to fettle_auth;
grant select, insert on organisations to fettle_auth;
grant select, insert on org_heads to fettle_auth;
grant select on contacts to fettle_auth;
grant select on organisations, org_heads to fettle_across;

-- Tenants: their own homes and what is theirs in them. Columns are granted one by one where a table also holds what is not theirs.
create function app.is_my_ticket(p_unit uuid, p_property uuid, p_reporter uuid, p_created timestamptz, p_id uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public as $$
  select exists (
    select from app.my_homes() h
    where (h.unit_id = p_unit and (p_created at time zone 'Europe/London')::date >= h.from_on)
       or (p_reporter = app.contact_id() and h.property_id = p_property)
       or (p_unit is null and h.property_id = p_property and exists (
             select from public.ticket_followers f where f.org_id = app.org_id() and f.ticket_id = p_id and f.contact_id = app.contact_id()))
       or exists (select from public.ticket_followers f where f.org_id = app.org_id() and f.ticket_id = p_id and f.contact_id = app.contact_id())
  )
$$;

grant select (id, name, slug, status, settings) on organisations to fettle_tenant, fettle_reporter, fettle_contractor;
grant select (org_id, id, kind, name, email, phone, preferred_channel, preferred_language, large_print, needs, version) on contacts to fettle_tenant;
grant update (name, phone, preferred_channel, preferred_language, large_print, needs, updated_at, version) on contacts to fettle_tenant;
create policy tenant_own on contacts as restrictive to fettle_tenant using (id = app.contact_id());
grant select (org_id, id, kind, name, line1, line2, city, postcode, country, deleted_at) on properties to fettle_tenant;
create policy tenant_own on properties as restrictive to fettle_tenant using (id in (select h.property_id from app.my_homes() h));
grant select on units, tenancies, tenancy_tenants to fettle_tenant;
create policy tenant_own on units as restrictive to fettle_tenant using (id in (select h.unit_id from app.my_homes() h));
create policy tenant_own on tenancies as restrictive to fettle_tenant using (id in (select h.tenancy_id from app.my_homes() h));
create policy tenant_own on tenancy_tenants as restrictive to fettle_tenant using (tenancy_id in (select h.tenancy_id from app.my_homes() h));
grant select on fault_catalogues to fettle_tenant, fettle_reporter;
grant select, insert, update on drafts to fettle_tenant;
create policy tenant_own on drafts as restrictive to fettle_tenant using (contact_id = app.contact_id()) with check (contact_id = app.contact_id());
grant select (
  org_id, id, number, reference, property_id, unit_id, tenancy_id, draft_id, reported_by_contact_id, source, confirmed, category, first_priority, priority, status, title,
  description, fault_path, hazards, answers, access, vulnerability, aware_at, target_at, completed_at, closed_at, close_outcome, reopened_count, created_at, updated_at, deleted_at, version
) on tickets to fettle_tenant;
grant insert on tickets to fettle_tenant;
grant update (status, completed_at, closed_at, close_outcome, reopened_count, cancel_reason, updated_at, version) on tickets to fettle_tenant;
create policy tenant_own on tickets as restrictive to fettle_tenant
  using (app.is_my_ticket(unit_id, property_id, reported_by_contact_id, created_at, id))
  with check (app.is_my_ticket(unit_id, property_id, reported_by_contact_id, created_at, id));
grant select, insert, delete on ticket_followers to fettle_tenant;
create policy tenant_own on ticket_followers as restrictive to fettle_tenant using (contact_id = app.contact_id()) with check (contact_id = app.contact_id());
grant select (org_id, position, id, ticket_id, kind, entity, entity_id, visibility, actor_kind, actor_name, data, created_at) on timeline_events to fettle_tenant;
create policy tenant_own on timeline_events as restrictive to fettle_tenant
  using (visibility = 'public' and ticket_id in (select t.id from tickets t where t.org_id = timeline_events.org_id));
grant select, insert, update, delete on attachments to fettle_tenant;
create policy tenant_own on attachments as restrictive to fettle_tenant
  using (visibility = 'public' and (
    ticket_id in (select t.id from tickets t where t.org_id = attachments.org_id)
    or (ticket_id is null and draft_id in (select d.id from drafts d where d.org_id = attachments.org_id))))
  with check (visibility = 'public');

-- Guests: one draft, its photos, and the ticket it becomes; no other person's data.
grant select, insert, update on drafts to fettle_reporter;
create policy reporter_own on drafts as restrictive to fettle_reporter using (id = app.draft_id()) with check (id = app.draft_id());
grant select (org_id, id, kind, name, line1, line2, city, postcode, deleted_at) on properties to fettle_reporter;
grant select (org_id, id, property_id, label, deleted_at) on units to fettle_reporter;
grant select (org_id, id, number, reference, property_id, unit_id, draft_id, status, priority, title, aware_at, target_at, created_at, confirmed) on tickets to fettle_reporter;
grant insert on tickets to fettle_reporter;
grant update (confirmed, updated_at) on tickets to fettle_reporter;
create policy reporter_own on tickets as restrictive to fettle_reporter using (draft_id = app.draft_id()) with check (draft_id = app.draft_id());
grant select, insert, update, delete on attachments to fettle_reporter;
create policy reporter_own on attachments as restrictive to fettle_reporter using (draft_id = app.draft_id()) with check (draft_id = app.draft_id() and visibility = 'public');

grant execute on all functions in schema app to fettle_staff, fettle_tenant, fettle_contractor, fettle_reporter, fettle_system, fettle_auth, fettle_across;
