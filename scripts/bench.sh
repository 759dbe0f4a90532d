#!/usr/bin/env bash
# Measures, on release builds, what docs/benchmarks.md states. Each file in scripts/bench measures one thing and prints its
# figures; arguments choose among them: `make bench ARGS='bundle idle'`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
PROFILE=release bash scripts/setup.sh
. scripts/env.sh
cargo xtask bundle --release
cargo build --release --quiet --package server
say "$(nproc) cores, $(awk '/MemTotal/ {printf "%.0f GB", $2 / 1e6}' /proc/meminfo), $(rustc --version)"
[ $# != 0 ] || set -- $(basename --suffix=.sh scripts/bench/*.sh)
for one in "$@"; do
  [ -e "scripts/bench/$one.sh" ] || die "There is no scripts/bench/$one.sh."
  say "== $one"
  bash "scripts/bench/$one.sh"
done
