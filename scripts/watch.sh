#!/usr/bin/env bash
# Rebuilds and restarts the demonstration whenever a source changes: `cargo leptos watch` without cargo-leptos.
# A build that fails leaves the last good one running. Reload the page yourself. Arguments go to `fettle demo`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bash scripts/setup.sh
. scripts/env.sh

fettle=
stop() { if [ -n "$fettle" ]; then kill -TERM "$fettle" 2>/dev/null || true; wait "$fettle" 2>/dev/null || true; fettle=; fi; }
trap stop EXIT
trap 'exit 130' INT TERM

seen="$(mktemp)"; trap 'stop; rm -f "$seen"' EXIT
changed() { find app crates frontend server style public migrations Cargo.toml Cargo.lock -type f -newer "$seen" -print -quit | grep -q .; }

while true; do
  touch "$seen"
  if cargo xtask bundle && cargo build --quiet --package server; then
    stop
    target/debug/fettle demo "$@" &
    fettle=$!
  else
    say "That does not build; waiting for the next change."
  fi
  until changed; do
    if [ -n "$fettle" ] && ! kill -0 "$fettle" 2>/dev/null; then wait "$fettle" || true; fettle=; say "Fettle ended; waiting for a change."; fi
    sleep 0.5
  done
  sleep 0.2   # an editor may still be writing its other files
done
