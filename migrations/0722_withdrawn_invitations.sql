-- When an invitation was taken back before it was accepted; null for everybody who has been in. Giving access back to whoever never had it
-- means inviting them again.
alter table memberships add column withdrawn_at timestamptz;
