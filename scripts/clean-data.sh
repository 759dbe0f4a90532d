#!/usr/bin/env bash
# Removes what the demonstration keeps: its Postgres, key and files. The next `make run` begins again.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
if [ "$(id -u)" = 0 ]; then usual=/var/lib/fettle; else usual="${XDG_DATA_HOME:-$HOME/.local/share}/fettle"; fi
data="${FETTLE_DATA_DIR:-$usual}"
if ! [ -e "$data" ]; then say "There is nothing in $data."; exit; fi
# Only a folder that looks like ours: a slip in FETTLE_DATA_DIR must not empty a home.
[ -e "$data/fettle.lock" ] || die "$data does not look like a data folder of Fettle: remove it yourself if you are sure."
if have flock && ! flock --nonblock "$data/fettle.lock" true; then die "Fettle is running on $data: stop it first."; fi
rm -rf "${data:?}"/{postgres,postgres.new,run,files,postgres.log,key,fettle.lock}
say "$data is empty now."
