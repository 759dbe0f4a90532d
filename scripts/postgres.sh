# Sourced by scripts that need a Postgres: one of their own, empty, on a socket, gone when the script ends.

# start_postgres [DATABASE]: sets PG_URL to a superuser's URL (of DATABASE, made and migrated, when named); fails in words.
start_postgres() {
  local folder
  cargo build --quiet --package db --example postgres || { say "The Postgres supervisor does not compile."; return 1; }
  folder="$(mktemp -d "${TMPDIR:-/tmp}/fettle-pg.XXXXXX")"
  chmod 755 "$folder"   # root hands the cluster to another user, who must get through
  "$FETTLE_ROOT/target/debug/examples/postgres" "$folder" "$@" >"$folder/url" 2>"$folder/said" &
  PG_PID=$! PG_FOLDER="$folder"
  while ! [ -s "$folder/url" ]; do
    kill -0 "$PG_PID" 2>/dev/null || { say "Postgres did not start: $(cat "$folder/said")"; stop_postgres; return 1; }
    sleep 0.1
  done
  PG_URL="$(cat "$folder/url")"
}

stop_postgres() {
  [ -n "${PG_PID:-}" ] || return 0
  kill -TERM "$PG_PID" 2>/dev/null || true
  wait "$PG_PID" 2>/dev/null || true
  rm -rf "$PG_FOLDER"
  PG_PID=
}
