-- Lists of tickets that stay quick at a million: indexes for what staff ask, and a search that uses its index under row-level security.

-- Most pressing first cannot be had from the words' alphabet.
alter table tickets add column priority_rank smallint not null
  generated always as (case priority when 'EMERGENCY' then 1 when 'URGENT' then 2 else 3 end) stored;

-- Open tickets are few among many: what is asked all day long reads them alone.
create index tickets_open_newest on tickets (org_id, created_at desc, id desc) where deleted_at is null and status not in ('CLOSED', 'CANCELLED');
create index tickets_open_by_rank on tickets (org_id, priority_rank, created_at, id) where deleted_at is null and status not in ('CLOSED', 'CANCELLED');
create index tickets_by_rank on tickets (org_id, priority_rank, created_at, id) where deleted_at is null;
create index tickets_open_figures on tickets (org_id, status, priority, target_at, created_at) where deleted_at is null and status not in ('CLOSED', 'CANCELLED');

-- One organisation's words among everybody's.
create extension if not exists btree_gin;
drop index tickets_search;
create index tickets_search on tickets using gin (org_id, search);

-- Ids of the asking organisation's tickets, newest first. `@@` is not leakproof, so under row-level security Postgres would test every row of
-- the organisation instead of asking the index: this function looks as the owner and keeps to the organisation itself.
-- Each term must be the beginning of some word (`okaf`, `LS11`, `0113496`) or an English form of one (`leaking` finds `leak`); a term that is
-- only a stop word narrows nothing. Terms are letters and digits (domain::tickets::Search), and quoted here all the same.
create function app.search_tickets(p_references text[], p_terms text[], p_limit integer) returns setof uuid
language plpgsql stable security definer set search_path = pg_catalog, public rows 100 as $$
declare
  v_query  tsquery;
  v_term   text;
  v_stem   tsquery;
begin
  foreach v_term in array p_terms loop
    v_stem := plainto_tsquery('english', v_term);
    if numnode(v_stem) > 0 or cardinality(p_terms) = 1 then
      v_stem := to_tsquery('simple', '''' || replace(replace(v_term, '\', '\\'), '''', '''''') || ''':*') || v_stem;
      v_query := case when v_query is null then v_stem else v_query && v_stem end;
    end if;
  end loop;
  return query
    select t.id from public.tickets t
    where t.org_id = app.org_id() and t.deleted_at is null and t.reference = any (p_references)
    union
    (select t.id from public.tickets t
     where t.org_id = app.org_id() and t.deleted_at is null and t.search @@ v_query
     order by t.created_at desc
     limit p_limit);
end
$$;
revoke execute on function app.search_tickets(text[], text[], integer) from public;
grant execute on function app.search_tickets(text[], text[], integer) to fettle_staff, fettle_system;
