# What a first visit to each portal costs; fails when over budget.
set -euo pipefail
. scripts/env.sh
cargo xtask budget
