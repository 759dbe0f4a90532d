-- What we send by e-mail, kept as it was written: rendered when its cause was committed, so that it says what was true then.
create table outbound_mails (
  org_id      uuid not null references organisations,
  id          uuid not null,
  template    text not null,
  lang        text not null,
  ticket_id   uuid,
  to_address  text not null check (length(to_address) <= 254),
  from_name   text not null,
  reply_to    text,
  subject     text not null,
  text_body   text not null,
  html_body   text not null,
  status      text not null default 'queued' check (status in ('queued', 'sent', 'failed', 'bounced')),
  attempts    integer not null default 0,
  last_error  text,
  -- Given with the first attempt and the same in every later one, so that a mail server can tell a repetition.
  message_id  text,
  created_at  timestamptz not null,
  sent_at     timestamptz,
  primary key (org_id, id),
  foreign key (org_id, ticket_id) references tickets (org_id, id),
  check ((status = 'sent') = (sent_at is not null))
);
select app.protect('outbound_mails');
create index outbound_mails_recent on outbound_mails (org_id, created_at desc, id);
create index outbound_mails_of_ticket on outbound_mails (org_id, ticket_id) where ticket_id is not null;
-- Everybody's verbs cause mails; only the worker reads them.
grant insert on outbound_mails to fettle_staff, fettle_tenant, fettle_contractor, fettle_reporter, fettle_system;
grant select, update on outbound_mails to fettle_system;

-- Mails that carry a way in (a log-in link, a reset, an invitation, a code). They may belong to no organisation, nobody but log-in reads
-- them, the words are encrypted, and they are wiped as soon as the mail has left.
create table auth.mails (
  id           uuid primary key,
  org_id       uuid,
  template     text not null,
  lang         text not null,
  to_address   text not null check (length(to_address) <= 254),
  from_name    text not null,
  reply_to     text,
  subject      text not null,
  sealed_body  bytea,
  -- 'kept': an installation without a mail server shows it in its inbox page instead.
  status       text not null default 'queued' check (status in ('queued', 'sent', 'kept', 'failed', 'bounced')),
  attempts     integer not null default 0,
  last_error   text,
  message_id   text,
  created_at   timestamptz not null,
  sent_at      timestamptz,
  check (sealed_body is not null or status in ('sent', 'failed', 'bounced')),
  check (status <> 'sent' or sealed_body is null)
);
create index mails_recent on auth.mails (created_at desc, id);
grant select, insert, update, delete on auth.mails to fettle_auth;
