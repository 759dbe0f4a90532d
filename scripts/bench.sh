#!/usr/bin/env bash
# Measures, on release builds, what docs/benchmarks.md states: prints Markdown on standard output, progress on standard error. Each file in
# scripts/bench measures one thing; arguments choose among them: `make bench ARGS='bundle idle'`. BENCH_DRY=1 goes through the motions on
# debug builds with small numbers, to see that everything runs; its figures mean nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/env.sh
if [ -n "${BENCH_DRY:-}" ]; then
  export BENCH_BIN=target/debug BENCH_SECONDS="${BENCH_SECONDS:-1}" BENCH_SIZES="${BENCH_SIZES:-2000}"
  cargo build --quiet --package server
  cargo build --quiet --package server --features bench --example bench
else
  export BENCH_BIN=target/release BENCH_SECONDS="${BENCH_SECONDS:-10}" BENCH_SIZES="${BENCH_SIZES:-10000 1000000}"
  PROFILE=release bash scripts/setup.sh >&2
  cargo xtask bundle --release >&2
  cargo build --release --quiet --package server
  cargo build --release --quiet --package server --features bench --example bench
fi
printf '%s, %s cores, %s; %s; Node %s; commit %s, %s\n' \
  "$(awk -F': ' '/model name/ {print $2; exit}' /proc/cpuinfo)" "$(nproc)" "$(awk '/MemTotal/ {printf "%.0f GB", $2 / 1e6}' /proc/meminfo)" \
  "$(rustc --version | cut -d' ' -f1,2)" \
  "$(node --version 2>/dev/null || echo none)" "$(git rev-parse --short HEAD)" "$(date -u +%F)"
[ $# != 0 ] || set -- $(basename --suffix=.sh scripts/bench/*.sh)
for one in "$@"; do
  [ -e "scripts/bench/$one.sh" ] || die "There is no scripts/bench/$one.sh."
  printf '\n## %s\n\n' "$(sed -n '1s/^# //p' "scripts/bench/$one.sh")"
  bash "scripts/bench/$one.sh"
done
