# Memory of the one process, web and worker, that has served pages and then nothing; and how long a second start takes.
set -euo pipefail
. scripts/env.sh
. scripts/bench-demo.sh
demo_up; demo_down
from="$(date +%s%N)"; demo_up
printf 'second start until ready: %d ms\n' "$((($(date +%s%N) - from) / 1000000))"
for path in / /login /report /emergency; do curl -fs -o /dev/null "$FETTLE_BASE_URL$path"; done
sleep "${BENCH_IDLE_SECONDS:-30}"
awk '/^VmRSS/ {printf "idle memory: %.1f MB (limit 80)\n", $2 / 1024; over = $2 > 80 * 1024} END {exit over}' "/proc/$BENCH_SERVER/status"
