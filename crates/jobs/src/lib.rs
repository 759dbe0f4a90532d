//! Typed background jobs on Postgres; the queue library stops here.
