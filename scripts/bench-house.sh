# Sourced by measurements that need a house: a throwaway Postgres with the demo in it, and a server on it.

BENCH_PORT="${BENCH_PORT:-3991}"
bench() { "$BENCH_BIN/examples/bench" --seconds "$BENCH_SECONDS" "$@"; }

# house_up TICKETS: Postgres, migrated, with the demo and so many tickets in its first organisation.
house_up() {
  . scripts/postgres.sh
  BENCH_FILES="$(mktemp -d "${TMPDIR:-/tmp}/fettle-bench.XXXXXX")"
  trap 'house_down' EXIT
  start_postgres fettle
  export FETTLE_OWNER_DATABASE_URL="$PG_URL" DATABASE_URL="${PG_URL/postgres@/fettle_app@}" FETTLE_FILES_DIR="$BENCH_FILES" FETTLE_LOG=warn
  FETTLE_KEY="$(head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n')"
  export FETTLE_KEY FETTLE_LISTEN="127.0.0.1:$BENCH_PORT" FETTLE_BASE_URL="http://localhost:$BENCH_PORT"
  BENCH_PEERS=()
  house_fill "$1"
}

house_fill() {
  bench prepare "$1"
}

# serving NAME COMMAND…: runs it in the background until the house goes down, and waits until BENCH_PORT answers.
serving() {
  local name="$1"; shift
  "$@" >"$BENCH_FILES/$name.log" 2>&1 &
  local pid=$!
  BENCH_PEERS+=("$pid")
  for _ in $(seq 300); do
    curl -fs -o /dev/null "http://127.0.0.1:$BENCH_PORT/${BENCH_READY:-}" && return 0
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  die "$name did not start: $(tail -5 "$BENCH_FILES/$name.log")"
}

hush() {
  for pid in "${BENCH_PEERS[@]}"; do kill -TERM "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done
  BENCH_PEERS=()
}

house_down() {
  hush
  stop_postgres
  rm -rf "$BENCH_FILES"
}
