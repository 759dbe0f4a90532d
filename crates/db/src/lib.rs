//! The pool, the org transaction, roles, migrations, the embedded Postgres. No feature's queries.
