#!/usr/bin/env bash
# Builds one target with the release profile and prints the path of its executable: built.sh --bin|--bench NAME
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --locked --quiet --message-format=json-render-diagnostics "$1" "$2" |
  sed -n "/\"name\":\"$2\"/s/.*\"executable\":\"\([^\"]*\)\".*/\1/p"
