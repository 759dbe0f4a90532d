-- The estate as it is worked with: references that a second import knows rows by, search, and what may not happen twice.

-- An archived property gives its reference free.
alter table properties drop constraint properties_org_id_reference_key;
create unique index properties_by_reference on properties (org_id, reference) where deleted_at is null;

alter table contacts add column reference text;
create unique index contacts_by_reference on contacts (org_id, reference) where deleted_at is null;
create unique index tenancies_by_reference on tenancies (org_id, reference) where deleted_at is null;
-- An archived unit gives its label free; the import and the forms know a unit by it.
alter table units drop constraint units_org_id_property_id_label_key;
create unique index units_by_label on units (org_id, property_id, label) where deleted_at is null;

-- One unit is let once at a time. The verbs say so in words first; this holds when two say so at once.
alter table tenancies add constraint tenancies_do_not_overlap
  exclude using gist (org_id with =, unit_id with =, daterange(start_on, end_on, '[]') with &&) where (deleted_at is null);

-- What people search by, folded once when written: a search asks for every word typed, in any order.
alter table properties add column haystack text generated always as (
  lower(line1 || ' ' || coalesce(line2, '') || ' ' || city || ' ' || postcode || ' ' || replace(postcode, ' ', '') || ' ' || coalesce(name, '')
        || ' ' || coalesce(reference, '') || ' ' || coalesce(uprn::text, ''))
) stored;
alter table contacts add column haystack text generated always as (
  lower(name || ' ' || coalesce(company, '') || ' ' || coalesce(email, '') || ' ' || coalesce(phone, '') || ' ' || coalesce('0' || substr(phone, 4), '')
        || ' ' || coalesce(reference, ''))
) stored;
create index contacts_in_order on contacts (org_id, lower(name), id) where deleted_at is null;
create index units_of_property on units (org_id, property_id, label) where deleted_at is null;
create index owner_links_by_contact on owner_links (org_id, contact_id);

-- What a contractor does, finer than the drawers of work (service_categories), which follow from it.
alter table contractor_profiles add column trades text[] not null default '{}';

-- Two who change an owner's share at once do not overwrite each other.
alter table owner_links add column version integer not null default 1;

-- Erasure forgets the salt with the words, so that nobody can test a guess against the hash the chain keeps; and a name on a timeline.
alter table audit_values alter column salt drop not null;
grant update (actor_name) on timeline_events to fettle_system;

-- One line for a place. A unit that is the whole property goes without saying.
create function app.place(p_label text, p_line1 text, p_city text, p_postcode text) returns text language sql immutable parallel safe as $$
  select case when p_label is null or p_label like 'Whole %' then '' else p_label || ', ' end || p_line1 || ', ' || p_city || ', ' || p_postcode
$$;
grant execute on function app.place(text, text, text, text) to fettle_staff, fettle_tenant, fettle_contractor, fettle_reporter, fettle_system;
