#!/bin/sh
# Runs the compiler as it is. Its use is its path: cargo mixes the path of a workspace wrapper into the names of what our own crates
# compile to, so clones may share one build folder and its dependencies without ever taking each other's crates for their own.
exec "$@"
