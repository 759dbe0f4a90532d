# Sourced by every script: where caches live, which compiler to use, which RUSTFLAGS apply.
# One value of RUSTFLAGS everywhere (it comes from .cargo/config.toml): two values would build the tree twice.

FETTLE_ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
export FETTLE_ROOT
export FETTLE_CACHE="${FETTLE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/fettle}"
# Intermediate artefacts are shared by every clone; what is run (binary, site) stays with the clone in ./target.
export CARGO_BUILD_BUILD_DIR="${CARGO_BUILD_BUILD_DIR:-$FETTLE_CACHE/target}"
# A clean clone is built once: what incremental builds keep for the next one would only fill the disk.
if [ -n "${CI:-}" ]; then export CARGO_INCREMENTAL=0; fi
export SQLX_OFFLINE="${SQLX_OFFLINE:-true}"
mkdir -p "$FETTLE_CACHE"

# Chosen once by scripts/setup.sh: empty when the default toolchain has the wasm32 target.
if [ -x "$FETTLE_CACHE/toolchain/bin/rustc" ]; then
  export PATH="$FETTLE_CACHE/toolchain/bin:$PATH"
  export SYSROOT="$FETTLE_CACHE/toolchain"
  unset RUSTUP_TOOLCHAIN
fi
# Tools the project installs for itself (wasm-bindgen, wasm-opt) come before whatever the machine has.
export PATH="$FETTLE_CACHE/tools/bin:$PATH"

say() { if [ -t 2 ]; then printf '\033[1m%s\033[0m\n' "$*" >&2; else printf '%s\n' "$*" >&2; fi; }
die() { printf 'fettle: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
