#!/usr/bin/env bash
# The programs our transports are tested against: other people's SMTP and S3 servers, in a Python environment of their own.
# Idempotent; prints the folder of the environment.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"

venv="$FETTLE_CACHE/peers-venv"
wanted="aiosmtpd==1.4.6 moto[server]==5.2.5"

# Two test binaries may ask at once.
exec 9>"$FETTLE_CACHE/peers.lock"
flock 9
if [ "$(cat "$venv/.peers" 2>/dev/null || true)" != "$wanted" ]; then
  have python3 || die "the tests of mail and file storage need python3: install it (Debian: apt-get install python3-venv) and run this again"
  say "fettle: fetching the SMTP and S3 servers the tests talk to (once)"
  rm -rf "$venv"
  python3 -m venv "$venv" >&2 || die "python3 cannot make an environment: install python3-venv and run this again"
  # shellcheck disable=SC2086
  "$venv/bin/pip" install --quiet --disable-pip-version-check $wanted >&2 || die "aiosmtpd and moto could not be installed from the Python package index: check the network and run this again"
  printf '%s' "$wanted" > "$venv/.peers"
fi
printf '%s\n' "$venv"
