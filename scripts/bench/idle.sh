# Memory of the one process, web and worker, that has served a page and then nothing; and how long a second start takes.
set -euo pipefail
. scripts/env.sh
data="$(mktemp -d "${TMPDIR:-/tmp}/fettle-bench.XXXXXX")"
chmod 755 "$data"   # root hands the cluster to another user, who must get through
port=3990
export FETTLE_DATA_DIR="$data" FETTLE_FILES_DIR="$data/files" FETTLE_LISTEN="127.0.0.1:$port" FETTLE_BASE_URL="http://localhost:$port"
server=
stop() { if [ -n "$server" ]; then kill -TERM "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; server=; fi; }
trap 'stop; rm -rf "$data"' EXIT
start() {
  target/release/fettle demo >/dev/null 2>"$data/said" &
  server=$!
  until curl -fs -o /dev/null "$FETTLE_BASE_URL/health/ready"; do
    kill -0 "$server" 2>/dev/null || die "Fettle did not start: $(cat "$data/said")"
    sleep 0.05
  done
}
start; stop
from="$(date +%s%N)"; start
printf 'second start until ready: %d ms\n' "$((($(date +%s%N) - from) / 1000000))"
curl -fs -o /dev/null "$FETTLE_BASE_URL/"
sleep 30
awk '/^VmRSS/ {printf "idle memory: %.1f MB (limit 80)\n", $2 / 1024; over = $2 > 80 * 1024} END {exit over}' "/proc/$server/status"
