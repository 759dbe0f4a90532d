-- An invitation is made in a transaction on log-ins, which takes its request's idempotency key with it.
grant select, insert, update on idempotency_keys to fettle_auth;
