-- Log-ins need more than the first tables gave them: steps between the password and the session, where an API client signed in from,
-- and indexes for sweeping away what has expired.

alter table auth.tokens drop constraint tokens_purpose_check;
alter table auth.tokens add constraint tokens_purpose_check
  check (purpose in ('invite', 'magic', 'verify', 'reset', 'code', 'second_factor', 'choose'));

alter table auth.refresh_tokens
  add column second_factor boolean not null default false,
  add column ip inet,
  add column user_agent text;

create index on auth.tokens (expires_at);
create index on auth.sessions (expires_at);
create index on auth.refresh_tokens (expires_at);
create index on auth.attempts (window_end);
create index on auth.flashes (expires_at);

-- A portal user's own answered requests; another member's keys are not theirs.
grant select, insert, update on idempotency_keys to fettle_tenant, fettle_contractor;
create policy portal_own on idempotency_keys as restrictive to fettle_tenant, fettle_contractor
  using (membership_id = app.membership_id()) with check (membership_id = app.membership_id());
