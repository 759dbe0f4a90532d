# Sourced by measurements of the one process that `fettle demo` is: an installation of its own, thrown away after.

BENCH_DATA="$(mktemp -d "${TMPDIR:-/tmp}/fettle-bench.XXXXXX")"
chmod 755 "$BENCH_DATA"   # root hands the cluster to another user, who must get through
BENCH_PORT="${BENCH_PORT:-3990}"
export FETTLE_DATA_DIR="$BENCH_DATA" FETTLE_FILES_DIR="$BENCH_DATA/files" FETTLE_LISTEN="127.0.0.1:$BENCH_PORT" FETTLE_BASE_URL="http://localhost:$BENCH_PORT"
BENCH_SERVER=
demo_down() { if [ -n "$BENCH_SERVER" ]; then kill -TERM "$BENCH_SERVER" 2>/dev/null || true; wait "$BENCH_SERVER" 2>/dev/null || true; BENCH_SERVER=; fi; }
trap 'demo_down; rm -rf "$BENCH_DATA"' EXIT
demo_up() {
  "$BENCH_BIN/fettle" demo >/dev/null 2>"$BENCH_DATA/said" &
  BENCH_SERVER=$!
  until curl -fs -o /dev/null "$FETTLE_BASE_URL/health/ready"; do
    kill -0 "$BENCH_SERVER" 2>/dev/null || die "Fettle did not start: $(cat "$BENCH_DATA/said")"
    sleep 0.05
  done
}
