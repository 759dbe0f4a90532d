-- The evidence lists two hashes of a photo: of the bytes as received (sha256), which the sender's own file has, and of the bytes that are
-- stored, which lack the hidden notes (where it was taken, with what).
alter table attachments add column stored_sha256 bytea;
