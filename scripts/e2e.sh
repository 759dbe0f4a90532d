#!/usr/bin/env bash
# The browser tests against a demonstration of their own, with the bundle and server that are built (or built now, dev profile).
# Each test comes from an address of its own (X-Forwarded-For), so that the limits on attempts hold for each alone.
# Arguments go to Playwright: `scripts/e2e.sh --project=phone report.spec.ts`. BASE_URL=… tests a Fettle that runs already.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/env.sh

lock="end2end/node_modules/.package-lock.json"
if ! [ -e "$lock" ] || [ end2end/package-lock.json -nt "$lock" ]; then
  have npm || die "npm is missing: run scripts/setup.sh --browser."
  (cd end2end && npm ci --no-audit --no-fund --loglevel=error) || die "The browser tests' packages could not be installed: see above."
fi

if [ -z "${BASE_URL:-}" ]; then
  [ -e target/site/manifest.json ] || cargo xtask bundle
  cargo build --quiet --package server
  port="$(node -e 's=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')"
  data="$(mktemp -d "${TMPDIR:-/tmp}/fettle-e2e.XXXXXX")"
  chmod 755 "$data"   # root hands the cluster to another user, who must get through
  FETTLE_DATA_DIR="$data" FETTLE_FILES_DIR="$data/files" FETTLE_LISTEN="127.0.0.1:$port" FETTLE_BASE_URL="http://localhost:$port" FETTLE_TRUST_PROXY=true \
    target/debug/fettle demo >target/e2e-server.log 2>&1 </dev/null &
  server=$!
  stop() { kill -TERM "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -rf "$data"; }
  trap stop EXIT
  trap 'exit 130' INT TERM
  export BASE_URL="http://localhost:$port"
  for ((tries = 0; ; tries++)); do
    if curl -fs -o /dev/null "$BASE_URL/health/ready" 2>/dev/null; then break; fi
    kill -0 "$server" 2>/dev/null || { cat target/e2e-server.log >&2; die "The server for the browser tests did not start."; }
    [ "$tries" -lt 600 ] || { cat target/e2e-server.log >&2; die "The server for the browser tests was not ready after two minutes."; }
    sleep 0.2
  done
fi

cd end2end
npx --no-install playwright test "$@"
