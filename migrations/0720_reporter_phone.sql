-- The number a caller or a guest leaves with a report: they are no contact of ours, and somebody has to ring them back.
alter table tickets add column reporter_phone text check (length(reporter_phone) <= 40);
-- A renter's report is found by their own name and number on record, which are read as it is written.
grant select (deleted_at) on contacts to fettle_tenant;
