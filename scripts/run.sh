#!/usr/bin/env bash
# Builds Fettle and runs the demonstration: embedded Postgres, demo data, web and worker in one process.
# PROFILE=release makes the small bundle and the fast server. Arguments go to `fettle demo`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bash scripts/setup.sh
. scripts/env.sh

case "${PROFILE:-dev}" in
  dev) built=debug; flags=() ;;
  release) built=release; flags=(--release) ;;
  *) die "PROFILE is '$PROFILE': use dev or release." ;;
esac

[ -x "target/$built/fettle" ] || say "Building Fettle (the first time takes some minutes)"
cargo xtask bundle "${flags[@]}" || die "The browser half could not be built: see above."
cargo build --quiet --package server "${flags[@]}" || die "The server could not be built: see above."
# exec: Ctrl-C reaches Fettle itself, which stops Postgres before it ends.
exec "target/$built/fettle" demo "$@"
