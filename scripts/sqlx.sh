#!/usr/bin/env bash
# Writes .sqlx afresh: what each query! takes and gives, so that Fettle compiles without a database.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/env.sh
. scripts/postgres.sh
trap stop_postgres EXIT
start_postgres fettle_sqlx
rm -rf .sqlx && mkdir .sqlx
# Only what is compiled is written: make cargo look again at every crate that has queries.
grep -rlE 'query(_as|_scalar|_file)?!\(' crates server --include='*.rs' | xargs -r touch
SQLX_OFFLINE=false SQLX_OFFLINE_DIR="$PWD/.sqlx" DATABASE_URL="$PG_URL" cargo check --workspace --all-targets
say "$(find .sqlx -name '*.json' | wc -l) queries described in .sqlx"
