# A table of a thousand rows, rendered on the server
set -euo pipefail
. scripts/env.sh
. scripts/bench-house.sh
have node && have npm || die "The comparison with SvelteKit and Next.js needs Node 20 or later: install nodejs and npm."

# Peers are built outside the clone, which stays clean.
peer() {
  local folder="$FETTLE_CACHE/bench-peers/$1"
  mkdir -p "$folder"
  cp -r "bench/peers/$1/." "$folder/"
  mkdir -p "$folder/lib" "$folder/src/lib"
  cp bench/peers/db.js "$folder/lib/"; cp bench/peers/db.js "$folder/src/lib/"
  cp bench/peers/cluster.mjs "$folder/"
  # Not `npm ci`: it takes other platforms' optional packages for missing when the lock names no registry.
  (cd "$folder" && npm install --silent --no-audit --no-fund >&2 && BENCH_SQL="$PWD/../rows.sql" NEXT_TELEMETRY_DISABLED=1 npm run --silent build >&2)
}
mkdir -p "$FETTLE_CACHE/bench-peers"
cp bench/rows.sql "$FETTLE_CACHE/bench-peers/"
peer sveltekit
peer next

house_up 10000 >&2
export BENCH_ORG BENCH_SQL="$PWD/bench/rows.sql" PGUSER=fettle_app PGDATABASE=fettle PGHOST NODE_ENV=production HOST=127.0.0.1 PORT="$BENCH_PORT"
BENCH_ORG="$(bench organisation)"
PGHOST="$(printf '%b' "$(sed -n 's/.*[?&]host=\([^&]*\).*/\1/p' <<<"$PG_URL" | sed 's/%/\\x/g')")"
address="http://127.0.0.1:$BENCH_PORT/"
printf '| | p50 | p99 | a second | page |\n|---|---|---|---|---|\n'
serving leptos "$BENCH_BIN/examples/bench" page "127.0.0.1:$BENCH_PORT"
bench --askers 25 load "$address" --label Fettle
hush
cd "$FETTLE_CACHE/bench-peers/sveltekit"
serving sveltekit node cluster.mjs build/index.js
"$FETTLE_ROOT/$BENCH_BIN/examples/bench" --seconds "$BENCH_SECONDS" --askers 25 load "$address" --label "SvelteKit, a process a core"
hush
cd ../next
serving next node cluster.mjs server.mjs
"$FETTLE_ROOT/$BENCH_BIN/examples/bench" --seconds "$BENCH_SECONDS" --askers 25 load "$address" --label "Next.js, a process a core"
