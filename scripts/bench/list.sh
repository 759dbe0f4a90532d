# The ticket list, first page and a far one
set -euo pipefail
. scripts/env.sh
. scripts/bench-house.sh
set -- $BENCH_SIZES
house_up "$1"
for size in $BENCH_SIZES; do
  house_fill "$size"
  BENCH_READY=health/ready serving fettle "$BENCH_BIN/fettle" serve
  bench list --url "http://127.0.0.1:$BENCH_PORT" --label "$size tickets"
  hush
done
