# From a renter's press to the card on another browser's open board
set -euo pipefail
. scripts/env.sh
. scripts/bench-demo.sh
[ -e end2end/node_modules/.package-lock.json ] || (cd end2end && npm ci --no-audit --no-fund --loglevel=error >&2)
demo_up
node bench/board.mjs "$FETTLE_BASE_URL" "${BENCH_REPORTS:-25}"
