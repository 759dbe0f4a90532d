-- The doors to the queue. Its tables stand in schema `river` and are made and upgraded by the queue library (jobs::migrate runs
-- right after these migrations); no audience's role may read or write them. A transaction enqueues through one function and a
-- job ends itself through another, so that a job can neither be forged for another organisation nor read by a tenant.
create schema if not exists river;
revoke all on schema river from public;

-- Writes one job in the caller's transaction and answers its id, or null when a job of the same key is already waiting or running.
-- The organisation is the transaction's own: it is not an argument, so it cannot be a wrong one.
create function app.enqueue(
  kind text,
  queue text,
  args jsonb,
  max_attempts smallint,
  run_at timestamptz,
  unique_text text,
  trace text
) returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  org text := app.org_id()::text;
  -- available, pending, retryable, running, scheduled: the states in which a job is alive, as the library numbers them.
  alive constant bit(8) := B'11110001';
  id bigint;
begin
  insert into river.river_job as job (kind, queue, args, max_attempts, scheduled_at, state, metadata, unique_key, unique_states)
  values (
    enqueue.kind,
    enqueue.queue,
    enqueue.args,
    enqueue.max_attempts,
    coalesce(enqueue.run_at, now()),
    (case when enqueue.run_at is null then 'available' else 'scheduled' end)::river.river_job_state,
    jsonb_strip_nulls(jsonb_build_object('org', org, 'trace', enqueue.trace)),
    case when enqueue.unique_text is not null then
      sha256(convert_to(concat_ws(E'\n', enqueue.kind, coalesce(org, '-'), enqueue.unique_text), 'UTF8'))
    end,
    case when enqueue.unique_text is not null then alive end
  )
  on conflict (unique_key)
    where unique_key is not null and unique_states is not null and river.river_job_state_in_bitmask(unique_states, state)
    do nothing
  returning job.id into id;

  if id is not null and enqueue.run_at is null then
    -- What the library itself sends, so that a worker picks the job up at commit and not at its next look.
    perform pg_notify('river.river_insert', json_build_object('queue', enqueue.queue)::text);
  end if;
  return id;
end
$$;

-- Ends a job in the transaction of its effect. False when this attempt no longer owns it: the worker was taken for dead and the job
-- given to another, so the caller must roll back.
create function app.finish_job(job bigint, attempt smallint)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update river.river_job as j
     set state = 'completed', finalized_at = now()
   where j.id = finish_job.job
     and j.state = 'running'
     and j.attempt = finish_job.attempt
     and (app.org_id() is null or j.metadata ->> 'org' = app.org_id()::text);
  return found;
end
$$;

revoke all on function app.enqueue, app.finish_job from public;
grant execute on function app.enqueue to fettle_staff, fettle_tenant, fettle_contractor, fettle_reporter, fettle_system, fettle_auth;
grant execute on function app.finish_job to fettle_system, fettle_auth;
