#!/usr/bin/env bash
# The whole suite from a fresh clone. Everything runs even when something fails; the last line is the sum.
# Each check (format, walls, lints, budget) counts as one test; the runners count their own.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bash scripts/setup.sh --browser || { echo "0 passed, 1 failed"; exit 1; }
. scripts/env.sh
. scripts/postgres.sh
trap stop_postgres EXIT
trap 'exit 130' INT TERM

passed=0 failed=0 skipped=0 broken=()

count() { passed=$((passed + $1)); failed=$((failed + $2)); skipped=$((skipped + $3)); }

check() {
  local name="$1"; shift
  say "== $name"
  if "$@" </dev/null; then count 1 0 0; else count 0 1 0; broken+=("$name"); fi
}

# A runner that failed without a failing test did not get as far as running them: that counts as one failure.
tally() {
  local name="$1" status="$2" ok="$3" bad="$4" left="$5"
  if [ "$status" != 0 ] && [ "$bad" = 0 ]; then bad=1; fi
  if [ "$bad" != 0 ]; then broken+=("$name"); fi
  count "$ok" "$bad" "$left"
}

sum_of() { grep -oE "$1" "$2" | grep -oE '[0-9]+' | awk '{n += $1} END {print n + 0}'; }

# Unit tests, services on a real Postgres, refusals, REST.
rust_tests() {
  local log=target/rust-tests.log status=0
  say "== Rust tests"
  if ! start_postgres; then tally "Rust tests" 1 0 0 0; return; fi
  export TEST_DATABASE_URL="$PG_URL"
  if have cargo-nextest; then
    cargo nextest run --workspace --color never </dev/null 2>&1 | tee "$log" || status=$?
    local summary; summary="$(mktemp)"
    grep -E '^ *Summary \[' "$log" | tail -1 >"$summary" || true
    tally "Rust tests" "$status" "$(sum_of '[0-9]+ passed' "$summary")" \
      "$(($(sum_of '[0-9]+ failed' "$summary") + $(sum_of '[0-9]+ timed out' "$summary") + $(sum_of '[0-9]+ exec failed' "$summary")))" \
      "$(sum_of '[0-9]+ skipped' "$summary")"
    rm -f "$summary"
  else
    say "(cargo-nextest is not installed: cargo test does the same, more slowly)"
    cargo test --workspace --no-fail-fast --color never </dev/null 2>&1 | tee "$log" || status=$?
    local results; results="$(mktemp)"
    grep -E '^test result: ' "$log" >"$results" || true
    tally "Rust tests" "$status" "$(sum_of '[0-9]+ passed' "$results")" "$(sum_of '[0-9]+ failed' "$results")" "$(sum_of '[0-9]+ ignored' "$results")"
    rm -f "$results"
  fi
  stop_postgres
}

browser_tests() {
  local status=0 report=target/e2e.json numbers
  say "== Browser tests"
  rm -f "$report"
  PLAYWRIGHT_JSON_OUTPUT_FILE="$FETTLE_ROOT/$report" bash scripts/e2e.sh --reporter=list,json </dev/null || status=$?
  numbers="$(node -e 'const s = JSON.parse(require("fs").readFileSync(process.argv[1])).stats; console.log(s.expected, s.unexpected + s.flaky, s.skipped)' "$report" 2>/dev/null || echo 0 0 0)"
  # shellcheck disable=SC2086  # three numbers, meant to split
  tally "Browser tests" "$status" $numbers
}

check "Format" cargo fmt --all --check
check "Walls" cargo xtask arch
check "What reaches the browser" cargo xtask wasm-tree
check "Dependencies" bash scripts/deny.sh
rust_tests
check "Lints" cargo clippy --workspace --all-targets --quiet -- --deny warnings
check "Lints of the browser half" cargo clippy --quiet --lib --target wasm32-unknown-unknown \
  --package frontend --package frontend-records --package frontend-staff --package app --package account --package staff --package tenant --package ui -- --deny warnings
check "Release bundle" cargo xtask bundle --release
check "Bundle budget" cargo xtask budget
browser_tests

if [ ${#broken[@]} != 0 ]; then say "Failed: $(IFS=,; printf '%s' "${broken[*]}")"; fi
line="$passed passed, $failed failed"
if [ "$skipped" != 0 ]; then line="$line, $skipped skipped"; fi
printf '%s\n' "$line"
[ "$failed" = 0 ]
