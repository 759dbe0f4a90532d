#!/usr/bin/env bash
# Whose code we build on: licences, sources, bans and doors by deny.toml. Known vulnerabilities too where RustSec's database can be fetched;
# a machine that only reaches package registries cannot, and is told so.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/env.sh
have cargo-deny || die "cargo-deny is missing: run scripts/setup.sh --browser."
cargo deny --all-features --log-level error check --hide-inclusion-graph --allow duplicate bans licenses sources
if timeout 60 cargo deny fetch db >/dev/null 2>&1; then
  cargo deny --all-features check --disable-fetch --hide-inclusion-graph advisories
else
  say "RustSec's database cannot be reached from here: known vulnerabilities were not looked up."
fi
