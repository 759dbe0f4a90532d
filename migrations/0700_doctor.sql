-- What the doctor asks and the bulk seed takes.

-- Which migrations are applied. The migrations' own table is made by the tool that runs them and granted to nobody; none where it is absent.
create function app.applied_migrations() returns setof bigint language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
  if to_regclass('public._sqlx_migrations') is not null then
    return query execute 'select version from public._sqlx_migrations where success order by version';
  end if;
end
$$;
revoke execute on function app.applied_migrations() from public;
grant execute on function app.applied_migrations() to fettle_across;

-- Takes many numbers of a kind at once and answers the first: one by one, a counter's row would be rewritten as often.
create function app.next_numbers(p_kind text, p_count bigint) returns bigint language sql security definer set search_path = pg_catalog, public as $$
  insert into public.counters (org_id, kind, value) values (app.org_id(), p_kind, p_count)
  on conflict (org_id, kind) do update set value = counters.value + p_count
  returning value - p_count + 1
$$;
revoke execute on function app.next_numbers(text, bigint) from public;
grant execute on function app.next_numbers(text, bigint) to fettle_system;
