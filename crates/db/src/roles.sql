-- Roles are cluster-wide, so a bootstrap step makes them and migrations only grant (decisions.md). Idempotent, and safe when
-- several processes race: the advisory lock is taken by the caller's transaction.
do $$
declare
  audience text;
begin
  perform pg_advisory_xact_lock(7245001);
  if not exists (select from pg_roles where rolname = 'fettle_app') then
    -- The app's own login: owns nothing, bypasses nothing, inherits nothing; it takes an audience's role for one transaction.
    create role fettle_app login noinherit nosuperuser nocreatedb nocreaterole nobypassrls;
  end if;
  foreach audience in array array[
    'fettle_staff', 'fettle_tenant', 'fettle_contractor', 'fettle_owner', 'fettle_reporter', 'fettle_system',
    -- log-ins, sessions and tokens: the only role that reads schema auth
    'fettle_auth',
    -- writes job rows, for the one statement that enqueues
    'fettle_enqueue',
    -- the worker's own bookkeeping of jobs
    'fettle_worker',
    -- work across organisations that names its reason (SystemTx): reads organisations, nothing personal
    'fettle_across'
  ] loop
    if not exists (select from pg_roles where rolname = audience) then
      execute format('create role %I nologin noinherit nobypassrls', audience);
    end if;
    if not pg_has_role('fettle_app', audience, 'member') then
      execute format('grant %I to fettle_app', audience);
    end if;
  end loop;
end
$$;
